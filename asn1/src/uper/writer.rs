//! Values to octets.

use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use rasn::error::EncodeError;
use rasn::prelude::*;
use rasn::types::{Choice, Enumerated, IntegerType, SetOf};

use super::{
    OPEN_TYPE, PACKED_ALTERNATIVE, PACKED_BITS, UNKNOWN_ALTERNATIVE, UNLISTED, integer_bounds, plain_bounds,
    size_bounds, width,
};

/// From here on a length determinant comes in fragments of so many items.
const FRAGMENT: usize = 16_384;

type Result<T, E = Refused> = core::result::Result<T, E>;

/// A value can't be encoded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refused(&'static str);

impl Refused {
    pub(super) const fn message(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl From<EncodeError> for Refused {
    fn from(_: EncodeError) -> Self {
        Self("a value that has no encoding")
    }
}

impl From<Refused> for EncodeError {
    fn from(refused: Refused) -> Self {
        rasn::enc::Error::custom(refused, super::OURS)
    }
}

impl rasn::enc::Error for Refused {
    fn custom<D: fmt::Display>(_: D, _: rasn::Codec) -> Self {
        Self("a value that has no encoding")
    }
}

const OUTSIDE: Refused = Refused("a number outside its range");
const WRONG_SIZE: Refused = Refused("more or fewer items than the type allows");

/// Whole octets, and behind them up to 63 bits in a word.
pub(super) struct Writer {
    octets: Vec<u8>,
    /// The bits that fill no octets yet, from the left; zeros behind them.
    word: u64,
    /// How many bits the word has room for: 1 to 64.
    room: u32,
    sequence: Sequence,
}

/// What is known of the sequence that is being written.
#[derive(Clone, Copy, Default)]
struct Sequence {
    /// Which optional members are there, the latest in the lowest bit.
    presence: u64,
    /// Where the bits for the additions are, once one of them is there.
    bitmap: Option<usize>,
    additions: u32,
    next_addition: u32,
}

impl Writer {
    pub(super) fn new(mut octets: Vec<u8>) -> Self {
        octets.clear();
        Self { octets, word: 0, room: u64::BITS, sequence: Sequence::default() }
    }

    /// The octets, the last one filled with zeros; a message has at least one.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.flush();
        if self.octets.is_empty() {
            self.octets.push(0);
        }
        self.octets
    }

    /// In bits.
    #[inline(always)]
    fn position(&self) -> usize {
        self.octets.len() * 8 + (u64::BITS - self.room) as usize
    }

    /// At most 64 bits; `value` has no more.
    #[inline(always)]
    fn put(&mut self, value: u64, count: u32) {
        if count == 0 {
            // Where the word is empty, nothing would be a shift by all its bits.
        } else if count < self.room {
            self.room = self.room.wrapping_sub(count);
            self.word |= value << self.room;
        } else {
            self.put_across(value, count);
        }
    }

    /// The same where the word becomes full.
    #[inline(never)]
    fn put_across(&mut self, value: u64, count: u32) {
        let left = count.wrapping_sub(self.room);
        let full = self.word | value >> left;
        self.octets.extend_from_slice(&full.to_be_bytes());
        // A shift by all 64 bits, which Rust refuses, happens only where nothing is left.
        self.word = if left == 0 { 0 } else { value << u64::BITS.wrapping_sub(left) };
        self.room = u64::BITS.wrapping_sub(left);
    }

    /// Moves the word into the octets, the last one filled with zeros.
    fn flush(&mut self) {
        let bits = u64::BITS - self.room;
        let word = self.word.to_be_bytes();
        self.octets.extend_from_slice(&word[..bits.div_ceil(8) as usize]);
        self.word = 0;
        self.room = u64::BITS;
    }

    /// Sets bits in what was written: `value`, of 1 to 57 bits, at `position`, where there were zeros.
    #[inline(always)]
    fn patch(&mut self, position: usize, value: u64, count: u32) {
        let whole = self.octets.len() * 8;
        if position >= whole {
            self.word |= value << (u64::BITS - (position - whole) as u32 - count);
            return;
        }
        let bits = value << (u64::BITS - count) >> (position % 8);
        let rest = self.octets.get_mut(position / 8..).unwrap_or_default();
        match rest.first_chunk_mut() {
            Some(window) => *window = (u64::from_be_bytes(*window) | bits).to_be_bytes(),
            None => self.patch_across(position / 8, bits),
        }
    }

    /// The same where some of the bits may not have left the word.
    #[inline(never)]
    fn patch_across(&mut self, first: usize, bits: u64) {
        let mut bits = u128::from(bits) << 64;
        for octet in self.octets.iter_mut().skip(first) {
            *octet |= (bits >> 120) as u8;
            bits <<= 8;
        }
        self.word |= (bits >> 64) as u64;
    }

    /// A length determinant without bounds, of less than 16 Ki.
    fn short_length(&mut self, length: usize) {
        match length {
            0..128 => self.put(length as u64, 8),
            _ => self.put(0x8000 | length as u64, 16),
        }
    }

    /// Items behind a length without bounds, in fragments where there are many.
    fn fragments(&mut self, count: usize, mut write: impl FnMut(&mut Self, Range<usize>) -> Result<()>) -> Result<()> {
        let mut done = 0;
        while count - done >= FRAGMENT {
            let blocks = ((count - done) / FRAGMENT).min(4);
            self.put(0xc0 | blocks as u64, 8);
            write(self, done..done + blocks * FRAGMENT)?;
            done += blocks * FRAGMENT;
        }
        self.short_length(count - done);
        write(self, done..count)
    }

    /// Items behind their number, as `constraints` has it.
    #[inline(always)]
    fn items(
        &mut self,
        count: usize,
        constraints: &Constraints,
        mut write: impl FnMut(&mut Self, Range<usize>) -> Result<()>,
    ) -> Result<()> {
        let (bounds, extensible) = size_bounds(constraints);
        let within = bounds.filter(|(start, end)| (*start..=*end).contains(&count));
        if extensible {
            self.put(u64::from(within.is_none()), 1);
        }
        match (within, bounds) {
            (Some((start, end)), _) => {
                self.put((count - start) as u64, width((end - start) as u64));
                write(self, 0..count)
            }
            (None, Some(_)) if !extensible => Err(WRONG_SIZE),
            _ => self.fragments(count, write),
        }
    }

    /// A small number that is rarely more than 63.
    fn normally_small(&mut self, number: u32) {
        if number < 64 {
            self.put(number.into(), 7);
        } else {
            let octets = width(number.into()).div_ceil(8);
            self.put(0x100 | u64::from(octets), 9);
            self.put(number.into(), octets * 8);
        }
    }

    /// One that may lie outside its bounds, or has none.
    #[inline(never)]
    fn odd_integer(&mut self, constraints: &Constraints, value: i64) -> Result<()> {
        let (bounds, extensible) = integer_bounds(constraints);
        let within = bounds.filter(|(start, end)| *start <= value && value <= *end);
        match (within, bounds) {
            (None, Some(_)) if !extensible => return Err(OUTSIDE),
            _ if extensible => self.put(u64::from(within.is_none()), 1),
            _ => {}
        }
        match within {
            Some((start, end)) => self.put(value.wrapping_sub(start) as u64, width(end.wrapping_sub(start) as u64)),
            None => self.unbounded_integer(value),
        }
        Ok(())
    }

    fn unbounded_integer(&mut self, value: i64) {
        let magnitude = if value < 0 { !value } else { value };
        // One bit more, for the sign.
        let octets = (width(magnitude as u64) + 1).div_ceil(8);
        self.put(octets.into(), 8);
        let unused = u64::BITS - octets * 8;
        self.put((value as u64) << unused >> unused, octets * 8);
    }

    #[inline(always)]
    fn octets(&mut self, octets: &[u8]) {
        let (words, rest) = octets.as_chunks::<8>();
        for word in words {
            self.put(u64::from_be_bytes(*word), 64);
        }
        for octet in rest {
            self.put(u64::from(*octet), 8);
        }
    }

    fn open_octets(&mut self, octets: &[u8]) -> Result<()> {
        self.fragments(octets.len(), |this, range| {
            this.octets(&octets[range]);
            Ok(())
        })
    }

    /// An open type with what `write` writes: its length is put in afterwards.
    fn open_type(&mut self, write: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let sequence = core::mem::take(&mut self.sequence);
        let at = self.position();
        self.put(0, 8);
        write(self)?;
        self.sequence = sequence;
        let bits = self.position() - at - 8;
        let octets = bits.div_ceil(8).max(1);
        self.put(0, (octets * 8 - bits) as u32);
        if octets < 128 {
            self.patch(at, octets as u64, 8);
            return Ok(());
        }
        self.lengthen(at, octets)
    }

    /// Makes room for a length of more than one octet before the `octets` that were written behind `at`.
    #[cold]
    #[inline(never)]
    fn lengthen(&mut self, at: usize, octets: usize) -> Result<()> {
        let end = self.position();
        self.flush();
        let (first, shift) = ((at + 8) / 8, (at + 8) % 8);
        if octets < FRAGMENT {
            // An octet more, in the middle of the one where the value begins.
            let split = self.octets.get(first).copied().unwrap_or_default();
            let before = !(0xff >> shift);
            self.octets.insert(first, split & before);
            if let Some(begin) = self.octets.get_mut(first + 1) {
                *begin = split & !before;
            }
            self.rewind(end + 8);
            self.patch(at, 0x8000 | octets as u64, 16);
            return Ok(());
        }
        let pairs = self.octets.get(first..).unwrap_or_default().iter().zip(first + 1..);
        let next = |index| self.octets.get(index).copied().unwrap_or_default();
        let whole = pairs.map(|(octet, index)| (u16::from_be_bytes([*octet, next(index)]) << shift >> 8) as u8);
        let value: Vec<u8> = whole.take(octets).collect();
        self.rewind(at);
        self.open_octets(&value)
    }

    /// Forgets what lies behind `end`, which is in bits; the word is empty before.
    fn rewind(&mut self, end: usize) {
        let (whole, bits) = (end / 8, (end % 8) as u32);
        let last = self.octets.get(whole).copied().unwrap_or_default();
        self.octets.truncate(whole);
        self.room = u64::BITS - bits;
        self.word = u64::from(last & !(0xff_u8 >> bits)) << 56;
    }

    #[cold]
    fn refuse(&mut self, _: &str) -> Refused {
        Refused("a kind that is in no message of this crate")
    }

    #[inline(always)]
    fn some(&mut self, write: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.sequence.presence = self.sequence.presence << 1 | 1;
        write(self)
    }

    #[inline(always)]
    fn none(&mut self) -> Result<()> {
        self.sequence.presence <<= 1;
        Ok(())
    }
}

impl<'e> Encoder<'e> for Writer {
    type Ok = ();
    type Error = Refused;
    type AnyEncoder<'o, const R: usize, const E: usize> = Writer;

    #[inline(always)]
    fn codec(&self) -> rasn::Codec {
        super::OURS
    }

    fn encode_any(&mut self, _: Tag, value: &Any, _: Identifier) -> Result<()> {
        self.open_octets(value.as_bytes())
    }

    #[inline(always)]
    fn encode_bool(&mut self, _: Tag, value: bool, _: Identifier) -> Result<()> {
        self.put(value.into(), 1);
        Ok(())
    }

    fn encode_bit_string(&mut self, _: Tag, constraints: &Constraints, value: &BitStr, _: Identifier) -> Result<()> {
        self.items(value.len(), constraints, |this, range| {
            value[range].iter().for_each(|bit| this.put(u64::from(*bit), 1));
            Ok(())
        })
    }

    #[inline(always)]
    fn encode_enumerated<E: Enumerated>(&mut self, _: Tag, value: &E, _: Identifier) -> Result<()> {
        let count = const { E::VARIANTS.len() };
        if let Some(index) = E::VARIANTS.iter().position(|variant| variant == value) {
            let extensible = const { E::EXTENDED_VARIANTS.is_some() };
            self.put(index as u64, u32::from(extensible) + width(count.saturating_sub(1) as u64));
            return Ok(());
        }
        let later = E::EXTENDED_VARIANTS.unwrap_or_default();
        let index = later.iter().position(|variant| variant == value);
        let unlisted = E::IDENTIFIERS.last() == Some(&UNLISTED) && later.last() == Some(value);
        let index = index.filter(|_| !unlisted).ok_or(Refused("a value of a later edition, which is not known"))?;
        self.put(1, 1);
        self.normally_small(index as u32);
        Ok(())
    }

    fn encode_object_identifier(&mut self, _: Tag, value: &[u32], _: Identifier) -> Result<()> {
        let written = crate::oid::contents(value, |octets| {
            self.items(octets.len(), &Constraints::NONE, |this, range| {
                this.octets(&octets[range]);
                Ok(())
            })
        });
        written.unwrap_or(Err(Refused("not an object identifier")))
    }

    #[inline(always)]
    fn encode_integer<I: IntegerType>(
        &mut self,
        _: Tag,
        constraints: &Constraints,
        value: &I,
        _: Identifier,
    ) -> Result<()> {
        let value: i64 = value.clone().try_into().map_err(|_| OUTSIDE)?;
        match plain_bounds(constraints) {
            Some((start, end)) if start <= value && value <= end => {
                self.put(value.wrapping_sub(start) as u64, width(end.wrapping_sub(start) as u64));
                Ok(())
            }
            _ => self.odd_integer(constraints, value),
        }
    }

    fn encode_null(&mut self, _: Tag, _: Identifier) -> Result<()> {
        Ok(())
    }

    #[inline]
    fn encode_octet_string(&mut self, tag: Tag, constraints: &Constraints, value: &[u8], _: Identifier) -> Result<()> {
        match (tag, value) {
            (PACKED_BITS, [length, word @ ..]) => {
                let word = word.first_chunk().map_or(0, |word| u64::from_be_bytes(*word));
                self.items((*length).into(), constraints, |this, range| {
                    let count = range.len() as u32;
                    if count > 0 {
                        this.put(word >> (u64::BITS - count), count);
                    }
                    Ok(())
                })
            }
            (PACKED_ALTERNATIVE, [i0, i1, i2, i3, octets @ ..]) => {
                self.normally_small(u32::from_be_bytes([*i0, *i1, *i2, *i3]));
                self.open_octets(octets)
            }
            _ => self.items(value.len(), constraints, |this, range| {
                this.octets(&value[range]);
                Ok(())
            }),
        }
    }

    fn encode_utf8_string(&mut self, _: Tag, _: &Constraints, _: &str, _: Identifier) -> Result<()> {
        Err(self.refuse("UTF8String"))
    }

    fn encode_ia5_string(&mut self, _: Tag, constraints: &Constraints, value: &Ia5String, _: Identifier) -> Result<()> {
        let characters = value.as_iso646_bytes();
        self.items(characters.len(), constraints, |this, range| {
            characters[range].iter().for_each(|character| this.put(u64::from(*character & 0x7f), 7));
            Ok(())
        })
    }

    #[inline(always)]
    fn encode_explicit_prefix<V: Encode>(&mut self, tag: Tag, value: &V, _: Identifier) -> Result<()> {
        if tag == OPEN_TYPE { self.open_type(|inner| value.encode(inner)) } else { value.encode(self) }
    }

    #[inline(never)]
    fn encode_sequence<'b, const RC: usize, const EC: usize, C, F>(
        &'b mut self,
        _: Tag,
        encoder_scope: F,
        _: Identifier,
    ) -> Result<()>
    where
        C: Constructed<RC, EC>,
        F: FnOnce(&mut Self::AnyEncoder<'b, RC, EC>) -> Result<()>,
    {
        let optional = const { C::FIELDS.number_of_optional_and_default_fields() as u32 };
        let head = optional + u32::from(C::IS_EXTENSIBLE);
        if head == 0 {
            return encoder_scope(self);
        }
        let start = self.position();
        self.put(0, head);
        let outer = core::mem::replace(&mut self.sequence, Sequence { additions: EC as u32, ..Sequence::default() });
        encoder_scope(self)?;
        let inner = core::mem::replace(&mut self.sequence, outer);
        let extended = C::IS_EXTENSIBLE && inner.bitmap.is_some();
        let bits = u64::from(extended) << optional | inner.presence;
        if bits != 0 {
            self.patch(start, bits, head);
        }
        Ok(())
    }

    #[inline]
    fn encode_sequence_of<E: Encode>(
        &mut self,
        _: Tag,
        value: &[E],
        constraints: &Constraints,
        _: Identifier,
    ) -> Result<()> {
        self.items(value.len(), constraints, |this, range| value[range].iter().try_for_each(|item| item.encode(this)))
    }

    #[inline(always)]
    fn encode_some<E: Encode>(&mut self, value: &E, _: Identifier) -> Result<()> {
        self.some(|this| value.encode(this))
    }

    #[inline(always)]
    fn encode_some_with_tag_and_constraints<E: Encode>(
        &mut self,
        tag: Tag,
        constraints: &Constraints,
        value: &E,
        identifier: Identifier,
    ) -> Result<()> {
        self.some(|this| value.encode_with_tag_and_constraints(this, tag, constraints, identifier))
    }

    #[inline(always)]
    fn encode_none<E: Encode>(&mut self, _: Identifier) -> Result<()> {
        self.none()
    }

    #[inline(always)]
    fn encode_none_with_tag(&mut self, _: Tag, _: Identifier) -> Result<()> {
        self.none()
    }

    #[inline]
    fn encode_choice<E: Encode + Choice>(
        &mut self,
        _: &Constraints,
        tag: Tag,
        encode_fn: impl FnOnce(&mut Self) -> Result<Tag>,
        _: Identifier,
    ) -> Result<()> {
        // With automatic tags an alternative's number is its place.
        let (count, index) = (const { E::VARIANTS.len() }, tag.value);
        let extensible = const { E::EXTENDED_VARIANTS.is_some() };
        if (index as usize) < count {
            self.put(index.into(), u32::from(extensible) + width(count.saturating_sub(1) as u64));
            return encode_fn(self).map(drop);
        }
        self.put(1, 1);
        if E::IDENTIFIERS.get(index as usize) == Some(&UNKNOWN_ALTERNATIVE) {
            // It knows its own index.
            return encode_fn(self).map(drop);
        }
        self.normally_small(index - count as u32);
        self.open_type(|inner| encode_fn(inner).map(drop))
    }

    fn encode_extension_addition<E: Encode>(
        &mut self,
        tag: Tag,
        constraints: &Constraints,
        value: E,
        identifier: Identifier,
    ) -> Result<()> {
        let index = self.sequence.next_addition;
        self.sequence.next_addition += 1;
        if !value.is_present() {
            return Ok(());
        }
        let bitmap = match self.sequence.bitmap {
            Some(bitmap) => bitmap,
            None => {
                // The number of additions, less one, as a normally small number, and a bit for each.
                self.put(u64::from(self.sequence.additions - 1), 7);
                let bitmap = self.position();
                self.put(0, self.sequence.additions);
                self.sequence.bitmap = Some(bitmap);
                bitmap
            }
        };
        self.patch(bitmap + index as usize, 1, 1);
        self.open_type(|inner| value.encode_with_tag_and_constraints(inner, tag, constraints, identifier))
    }

    crate::unused::unused_in_encoder!(Refused);
}
