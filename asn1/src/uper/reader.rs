//! Octets to values.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use rasn::error::DecodeError;
use rasn::prelude::*;
use rasn::types::{DecodeChoice, Enumerated, IntegerType, fields::Field};

use super::trail::{Path, Trail};
use super::{
    OPEN_TYPE, PACKED_ALTERNATIVE, PACKED_BITS, UNKNOWN_ALTERNATIVE, UNLISTED, integer_bounds, size_bounds, width,
};
use crate::CodecError;

/// The most bits that are read at once: a word, less what may stand before them in their first octet.
const AT_ONCE: u32 = 57;
/// What may be set aside for a list before its items are read, as a multiple of the octets that are left for them.
const MEMORY_PER_OCTET: usize = 16;

type Result<T, E> = core::result::Result<T, E>;

pub(super) struct Reader<'a, T> {
    octets: &'a [u8],
    /// In bits.
    position: usize,
    /// In bits; inside an open type, where that ends.
    end: usize,
    /// Which optional members of the sequence being read are there, the next one in the highest bit.
    presence: u64,
    additions: Additions,
    /// Where `octets` lies in the whole message, in bits.
    origin: usize,
    /// Octets that did not lie on octet bounds.
    aligned: [u8; 16],
    /// The index of the alternative being read, where the type does not know it.
    unknown_alternative: u32,
    trail: T,
}

/// The additions of the sequence that is being read.
#[derive(Clone, Copy, Default)]
struct Additions {
    /// The extension bit is set, and the header not read yet.
    announced: bool,
    /// Where the bits that say which ones are there stand, and how many are left.
    bitmap: usize,
    left: usize,
}

impl<'a, T: Trail> Reader<'a, T> {
    pub(super) fn new(octets: &'a [u8], trail: T) -> Self {
        Self {
            octets,
            position: 0,
            end: octets.len() * 8,
            presence: 0,
            additions: Additions::default(),
            origin: 0,
            aligned: [0; 16],
            unknown_alternative: 0,
            trail,
        }
    }

    /// Nothing may be left but the bits that fill the last octet; a message has at least one octet.
    #[inline]
    pub(super) fn finish(&mut self) -> Result<(), T::Error> {
        let used = self.position.div_ceil(8).max(1);
        match self.octets.len().checked_sub(used) {
            Some(0) => Ok(()),
            Some(extra) => Err(self.fail(|| format!("{extra} octets behind the message"))),
            None => Err(self.fail(|| "no octets".into())),
        }
    }

    #[cold]
    #[inline(never)]
    fn fail(&mut self, message: impl FnOnce() -> String) -> T::Error {
        self.trail.fail(self.origin + self.position, message)
    }

    #[cold]
    #[inline(never)]
    fn refuse(&mut self, kind: &str) -> T::Error {
        self.fail(|| format!("{kind} is in no message of this crate"))
    }

    #[cold]
    #[inline(never)]
    fn too_short(&mut self, count: usize) -> T::Error {
        let left = self.end - self.position;
        self.fail(|| format!("{count} bits are needed and {left} are left"))
    }

    /// At most 64 bits, the first one the most significant.
    #[inline(always)]
    fn bits(&mut self, count: u32) -> Result<u64, T::Error> {
        if count as usize > self.end - self.position {
            return Err(self.too_short(count as usize));
        }
        let value = if count <= AT_ONCE {
            self.peek(self.position, count)
        } else {
            let low = count - 32;
            self.peek(self.position, 32) << low | self.peek(self.position + 32, low)
        };
        self.position += count as usize;
        Ok(value)
    }

    /// At most 57 bits, which are there.
    #[inline(always)]
    fn peek(&self, position: usize, count: u32) -> u64 {
        if count == 0 {
            return 0;
        }
        let rest = self.octets.get(position / 8..).unwrap_or_default();
        let word = match rest.first_chunk() {
            Some(word) => u64::from_be_bytes(*word),
            None => last_word(rest),
        };
        word << (position % 8) >> (u64::BITS - count)
    }

    #[inline(always)]
    fn bit(&mut self) -> Result<bool, T::Error> {
        self.bits(1).map(|bit| bit == 1)
    }

    /// A length determinant without bounds; the flag says that it is of a fragment with more to follow.
    fn length(&mut self) -> Result<(usize, bool), T::Error> {
        if !self.bit()? {
            return Ok((self.bits(7)? as usize, false));
        }
        if !self.bit()? {
            return Ok((self.bits(14)? as usize, false));
        }
        match self.bits(6)? {
            blocks @ 1..=4 => Ok((blocks as usize * 16_384, true)),
            _ => Err(self.fail(|| "a length of no known form".into())),
        }
    }

    /// A length within `constraints`, or of any size where there are none.
    #[inline(always)]
    fn size(&mut self, constraints: &Constraints) -> Result<(usize, bool), T::Error> {
        let (bounds, extensible) = size_bounds(constraints);
        if extensible && self.bit()? {
            return self.length();
        }
        let Some((start, end)) = bounds else {
            return self.length();
        };
        let length = start + self.bits(width((end - start) as u64))? as usize;
        if length > end {
            return Err(self.fail(|| format!("{length} items, outside {start}..{end}")));
        }
        Ok((length, false))
    }

    /// A small number that is rarely more than 63.
    fn normally_small(&mut self) -> Result<usize, T::Error> {
        if !self.bit()? {
            return Ok(self.bits(6)? as usize);
        }
        let octets = self.length()?.0;
        match octets {
            1..=4 => Ok(self.bits(octets as u32 * 8)? as usize),
            _ => Err(self.fail(|| format!("a small number of {octets} octets"))),
        }
    }

    #[inline(always)]
    fn integer(&mut self, constraints: &Constraints) -> Result<i64, T::Error> {
        let (bounds, extensible) = integer_bounds(constraints);
        match bounds {
            Some((start, end)) if !extensible || !self.bit()? => {
                let range = end.wrapping_sub(start) as u64;
                let offset = self.bits(width(range))?;
                let value = start.wrapping_add(offset as i64);
                if offset > range {
                    return Err(self.fail(|| format!("{value}, outside {start}..{end}")));
                }
                Ok(value)
            }
            _ => self.unbounded_integer(),
        }
    }

    fn unbounded_integer(&mut self) -> Result<i64, T::Error> {
        let octets = self.length()?.0;
        match octets as u32 {
            count @ 1..=8 => {
                let unused = u64::BITS - count * 8;
                Ok((self.bits(count * 8)? << unused) as i64 >> unused)
            }
            _ => Err(self.fail(|| format!("an integer of {octets} octets; up to 8 are read"))),
        }
    }

    /// Items of `width` bits (8 in octets, 7 in characters), each as an octet.
    fn string(&mut self, constraints: &Constraints, width: u32) -> Result<Vec<u8>, T::Error> {
        let mut items = Vec::new();
        let (mut length, mut more) = self.size(constraints)?;
        loop {
            if length * width as usize > self.end - self.position {
                return Err(self.too_short(length * width as usize));
            }
            items.reserve_exact(length);
            if width == 8 && self.position.is_multiple_of(8) {
                let start = self.position / 8;
                items.extend_from_slice(self.octets.get(start..start + length).unwrap_or_default());
            } else {
                let at = |index| self.peek(self.position + index * width as usize, width) as u8;
                items.extend((0..length).map(at));
            }
            self.position += length * width as usize;
            if !more {
                return Ok(items);
            }
            (length, more) = self.length()?;
        }
    }

    /// A bit string of up to 64 bits, as [`PACKED_BITS`] says.
    #[inline(always)]
    fn packed_bits(&mut self, constraints: &Constraints) -> Result<[u8; 9], T::Error> {
        let (length, _) = self.size(constraints)?;
        if length > 64 {
            return Err(self.fail(|| format!("a bit string of {length} bits, more than the 64 that are kept")));
        }
        let mut packed = [0; 9];
        let [count, word @ ..] = &mut packed;
        *count = length as u8;
        if length > 0 {
            *word = (self.bits(length as u32)? << (64 - length)).to_be_bytes();
        }
        Ok(packed)
    }

    /// Reads an open type; `read` sees no further than its end. One in fragments, of 16 Ki octets and more, is put
    /// together first.
    fn open_type<V>(
        &mut self,
        read: impl for<'x> FnOnce(&mut Reader<'x, T>) -> Result<V, T::Error>,
    ) -> Result<V, T::Error> {
        self.trail.open_wrapped();
        let (length, more) = self.length()?;
        if more {
            return self.fragmented(length, read);
        }
        let (outer, end) = (self.end, self.position + length * 8);
        if end > outer {
            return Err(self.fail(|| format!("an open type of {length} octets, which are not left")));
        }
        let sequence = (self.presence, self.additions);
        self.end = end;
        let value = read(self)?;
        self.close_open_type()?;
        (self.presence, self.additions) = sequence;
        self.position = end;
        self.end = outer;
        self.trail.close();
        Ok(value)
    }

    /// An open type is padded to whole octets, and has at least one.
    #[inline(always)]
    fn close_open_type(&mut self) -> Result<(), T::Error> {
        match (self.end - self.position) / 8 {
            0 => Ok(()),
            extra => Err(self.fail(|| format!("{extra} octets behind the value of an open type"))),
        }
    }

    #[cold]
    #[inline(never)]
    fn fragmented<V>(
        &mut self,
        first: usize,
        read: impl for<'x> FnOnce(&mut Reader<'x, T>) -> Result<V, T::Error>,
    ) -> Result<V, T::Error> {
        let origin = self.origin + self.position;
        let mut octets = Vec::new();
        let (mut length, mut more) = (first, true);
        loop {
            if length * 8 > self.end - self.position {
                return Err(self.too_short(length * 8));
            }
            octets.extend((0..length).map(|index| self.peek(self.position + index * 8, 8) as u8));
            self.position += length * 8;
            if !more {
                break;
            }
            (length, more) = self.length()?;
        }
        let mut inner = Reader { origin, ..Reader::new(&octets, core::mem::take(&mut self.trail)) };
        let value = read(&mut inner).and_then(|value| inner.close_open_type().map(|()| value));
        self.trail = inner.trail;
        self.trail.close();
        value
    }

    #[inline(always)]
    fn optional<D>(&mut self, read: impl FnOnce(&mut Self) -> Result<D, T::Error>) -> Result<Option<D>, T::Error> {
        let present = self.presence >> 63 == 1;
        self.presence <<= 1;
        if !present {
            self.trail.skip();
            return Ok(None);
        }
        read(self).map(Some)
    }

    /// Whether the next addition is there; `None` behind the last one.
    fn next_addition(&mut self) -> Result<Option<bool>, T::Error> {
        if self.additions.announced {
            let count = if self.bit()? { self.length()?.0 } else { self.bits(6)? as usize + 1 };
            if count == 0 {
                return Err(self.fail(|| "additions are announced, and there are none".into()));
            }
            if count > self.end - self.position {
                return Err(self.too_short(count));
            }
            self.additions = Additions { announced: false, bitmap: self.position, left: count };
            self.position += count;
        }
        if self.additions.left == 0 {
            return Ok(None);
        }
        let present = self.peek(self.additions.bitmap, 1) == 1;
        self.additions.bitmap += 1;
        self.additions.left -= 1;
        Ok(Some(present))
    }

    fn addition<D: Decode>(&mut self, tag: Tag, constraints: &Constraints) -> Result<Option<D>, T::Error> {
        if self.next_addition()? != Some(true) {
            self.trail.skip();
            return Ok(None);
        }
        let constraints = D::CONSTRAINTS.intersect(*constraints);
        self.open_type(|inner| D::decode_with_tag_and_constraints(inner, tag, &constraints)).map(Some)
    }

    /// An alternative behind the extension marker. One that the type does not know is kept as it came, where the type has
    /// a place for it.
    fn later_alternative<D: DecodeChoice>(&mut self) -> Result<D, T::Error> {
        let (root, later) = (D::VARIANTS.len(), D::EXTENDED_VARIANTS.unwrap_or_default().len());
        let keeps_unknown = D::IDENTIFIERS.last() == Some(&UNKNOWN_ALTERNATIVE);
        let known = later - usize::from(keeps_unknown);
        let index = self.normally_small()?;
        if index >= known && !keeps_unknown {
            return Err(self.fail(|| format!("alternative {index} of a choice's later edition")));
        }
        let place = root + index.min(known);
        self.trail.alternative(D::IDENTIFIERS.get(place).copied().unwrap_or_default());
        let tag = Tag::new(Class::Context, place as u32);
        let value = if index < known {
            self.open_type(|inner| D::from_tag(inner, tag))?
        } else {
            self.unknown_alternative = index as u32;
            D::from_tag(self, tag)?
        };
        self.trail.close();
        Ok(value)
    }

    /// Steps over the additions that the type does not know.
    #[cold]
    #[inline(never)]
    fn skip_additions(&mut self) -> Result<(), T::Error> {
        while let Some(present) = self.next_addition()? {
            if present {
                self.skip_open_type()?;
            }
        }
        Ok(())
    }

    fn skip_open_type(&mut self) -> Result<(), T::Error> {
        loop {
            let (length, more) = self.length()?;
            if length * 8 > self.end - self.position {
                return Err(self.fail(|| format!("an open type of {length} octets, which are not left")));
            }
            self.position += length * 8;
            if !more {
                return Ok(());
            }
        }
    }

    /// How many items to make room for: not more than what is left could fill.
    #[inline(always)]
    fn room_for<D>(&self, count: usize) -> usize {
        let left = (self.end - self.position).div_ceil(8);
        count.min(left * MEMORY_PER_OCTET / size_of::<D>().max(1) + 1)
    }
}

impl Reader<'_, Path> {
    pub(super) fn into_fault(self, outcome: Result<(), DecodeError>) -> CodecError {
        self.trail.into_fault(self.origin + self.position, outcome.err().as_ref())
    }
}

/// The members of a sequence, in their order on the wire.
fn members<const RC: usize, const EC: usize, D: Constructed<RC, EC>>() -> impl DoubleEndedIterator<Item = Field> {
    let additions = D::EXTENDED_FIELDS;
    let later = (0..EC).filter_map(move |index| additions.as_ref().and_then(|fields| fields.get(index)).copied());
    (0..RC).filter_map(|index| D::FIELDS.get(index).copied()).chain(later)
}

/// What is left at the end of a message, as a word with zeros behind it.
#[inline(never)]
fn last_word(rest: &[u8]) -> u64 {
    let mut word = [0; 8];
    for (to, from) in word.iter_mut().zip(rest) {
        *to = *from;
    }
    u64::from_be_bytes(word)
}

impl<'a, T: Trail> Decoder for Reader<'a, T> {
    type Ok = ();
    type Error = T::Error;
    type AnyDecoder<const R: usize, const E: usize> = Reader<'a, T>;

    #[inline(always)]
    fn codec(&self) -> rasn::Codec {
        super::OURS
    }

    fn decode_any(&mut self, _: Tag) -> Result<Any, T::Error> {
        self.trail.open();
        let octets = self.string(&Constraints::NONE, 8)?;
        self.trail.close();
        Ok(Any::new(octets))
    }

    fn decode_bit_string(&mut self, _: Tag, constraints: &Constraints) -> Result<BitString, T::Error> {
        self.trail.open();
        let [length, word @ ..] = self.packed_bits(constraints)?;
        self.trail.close();
        let mut bits = BitString::from_slice(&word);
        bits.truncate(length.into());
        Ok(bits)
    }

    #[inline(always)]
    fn decode_bool(&mut self, _: Tag) -> Result<bool, T::Error> {
        self.trail.open();
        let value = self.bit()?;
        self.trail.close();
        Ok(value)
    }

    #[inline(always)]
    fn decode_enumerated<E: Enumerated>(&mut self, _: Tag) -> Result<E, T::Error> {
        self.trail.open();
        if E::EXTENDED_VARIANTS.is_some() && self.bit()? {
            let later = E::EXTENDED_VARIANTS.unwrap_or_default();
            let index = self.normally_small()?;
            // The last of them stands for those that are not known, where the type has such a one.
            let unlisted = later.last().filter(|_| E::IDENTIFIERS.last() == Some(&UNLISTED));
            let Some(value) = later.get(index).or(unlisted) else {
                return Err(self.fail(|| format!("value {index} of an enumeration's later edition")));
            };
            self.trail.close();
            return Ok(*value);
        }
        let count = const { E::VARIANTS.len() };
        let index = self.bits(width(count.saturating_sub(1) as u64))? as usize;
        let Some(value) = E::VARIANTS.get(index) else {
            return Err(self.fail(|| format!("value {index} of an enumeration that has {count}")));
        };
        self.trail.close();
        Ok(*value)
    }

    #[inline(always)]
    fn decode_integer<I: IntegerType>(&mut self, _: Tag, constraints: &Constraints) -> Result<I, T::Error> {
        self.trail.open();
        let number = self.integer(constraints)?;
        let Ok(value) = I::try_from(number) else {
            return Err(self.fail(|| format!("{number} is out of range")));
        };
        self.trail.close();
        Ok(value)
    }

    fn decode_null(&mut self, _: Tag) -> Result<(), T::Error> {
        self.trail.open();
        self.trail.close();
        Ok(())
    }

    fn decode_object_identifier(&mut self, _: Tag) -> Result<ObjectIdentifier, T::Error> {
        self.trail.open();
        let octets = self.string(&Constraints::NONE, 8)?;
        let arcs = crate::oid::arcs(&octets).and_then(crate::oid::absolute);
        let Some(identifier) = arcs.and_then(ObjectIdentifier::new) else {
            return Err(self.fail(|| "a malformed object identifier".into()));
        };
        self.trail.close();
        Ok(identifier)
    }

    #[inline(always)]
    fn decode_sequence<const RC: usize, const EC: usize, D, DF, F>(
        &mut self,
        _: Tag,
        _: Option<DF>,
        decode_fn: F,
    ) -> Result<D, T::Error>
    where
        D: Constructed<RC, EC>,
        DF: FnOnce() -> D,
        F: FnOnce(&mut Self) -> Result<D, T::Error>,
    {
        let optional = const { D::FIELDS.number_of_optional_and_default_fields() as u32 };
        const { assert!(D::FIELDS.number_of_optional_and_default_fields() <= AT_ONCE as usize) };
        self.trail.open();
        self.trail.members(members::<RC, EC, D>());
        let outer = (self.presence, self.additions);
        if D::IS_EXTENSIBLE {
            self.additions = Additions { announced: self.bit()?, ..Additions::default() };
        }
        if optional > 0 {
            self.presence = self.bits(optional)? << (u64::BITS - optional);
        }
        let value = decode_fn(self)?;
        if D::IS_EXTENSIBLE && (self.additions.announced || self.additions.left > 0) {
            self.skip_additions()?;
        }
        (self.presence, self.additions) = outer;
        self.trail.close();
        Ok(value)
    }

    #[inline(always)]
    fn decode_sequence_of<D: Decode>(&mut self, _: Tag, constraints: &Constraints) -> Result<Vec<D>, T::Error> {
        self.trail.open();
        let (mut count, mut more) = self.size(constraints)?;
        let mut values = Vec::with_capacity(self.room_for::<D>(count));
        loop {
            for _ in 0..count {
                self.trail.item(values.len());
                values.push(D::decode(self)?);
            }
            if !more {
                break;
            }
            (count, more) = self.length()?;
        }
        self.trail.close();
        Ok(values)
    }

    #[inline(always)]
    fn decode_octet_string<'buf, S>(&'buf mut self, tag: Tag, constraints: &Constraints) -> Result<S, T::Error>
    where
        S: From<&'buf [u8]> + From<Vec<u8>>,
    {
        self.trail.open();
        if tag == PACKED_BITS {
            let packed = self.packed_bits(constraints)?;
            self.trail.close();
            self.aligned[..packed.len()].copy_from_slice(&packed);
            return Ok(S::from(&self.aligned[..packed.len()]));
        }
        if tag == PACKED_ALTERNATIVE {
            let mut packed = self.unknown_alternative.to_be_bytes().to_vec();
            packed.extend(self.string(&Constraints::NONE, 8)?);
            self.trail.close();
            return Ok(S::from(packed));
        }
        // Identities and the like: of one short length.
        if let (Some((start, end)), false) = size_bounds(constraints)
            && start == end
            && end <= 16
        {
            for index in 0..end {
                self.aligned[index] = self.bits(8)? as u8;
            }
            self.trail.close();
            return Ok(S::from(&self.aligned[..end]));
        }
        let octets = self.string(constraints, 8)?;
        self.trail.close();
        Ok(S::from(octets))
    }

    fn decode_utf8_string(&mut self, _: Tag, _: &Constraints) -> Result<Utf8String, T::Error> {
        Err(self.refuse("UTF8String"))
    }

    fn decode_ia5_string(&mut self, _: Tag, constraints: &Constraints) -> Result<Ia5String, T::Error> {
        self.trail.open();
        let octets = self.string(constraints, 7)?;
        let Ok(text) = Ia5String::from_iso646_bytes(&octets) else {
            return Err(self.fail(|| "a character outside IA5".into()));
        };
        self.trail.close();
        Ok(text)
    }

    #[inline(always)]
    fn decode_explicit_prefix<D: Decode>(&mut self, tag: Tag) -> Result<D, T::Error> {
        if tag == OPEN_TYPE { self.open_type(|inner| D::decode(inner)) } else { D::decode(self) }
    }

    fn decode_optional_with_explicit_prefix<D: Decode>(&mut self, tag: Tag) -> Result<Option<D>, T::Error> {
        self.optional(|this| this.decode_explicit_prefix(tag))
    }

    #[inline(always)]
    fn decode_choice<D: DecodeChoice>(&mut self, _: &Constraints) -> Result<D, T::Error> {
        self.trail.open();
        if D::EXTENDED_VARIANTS.is_some() && self.bit()? {
            return self.later_alternative();
        }
        let count = const { D::VARIANTS.len() };
        let index = self.bits(width(count.saturating_sub(1) as u64))? as usize;
        if index >= count {
            return Err(self.fail(|| format!("alternative {index} of a choice that has {count}")));
        }
        self.trail.alternative(D::IDENTIFIERS.get(index).copied().unwrap_or_default());
        let value = D::from_tag(self, Tag::new(Class::Context, index as u32))?;
        self.trail.close();
        Ok(value)
    }

    #[inline(always)]
    fn decode_optional<D: Decode>(&mut self) -> Result<Option<D>, T::Error> {
        self.optional(D::decode)
    }

    #[inline(always)]
    fn decode_optional_with_tag<D: Decode>(&mut self, tag: Tag) -> Result<Option<D>, T::Error> {
        self.optional(|this| D::decode_with_tag(this, tag))
    }

    #[inline(always)]
    fn decode_optional_with_constraints<D: Decode>(
        &mut self,
        constraints: &Constraints,
    ) -> Result<Option<D>, T::Error> {
        self.optional(|this| D::decode_with_constraints(this, constraints))
    }

    #[inline(always)]
    fn decode_optional_with_tag_and_constraints<D: Decode>(
        &mut self,
        tag: Tag,
        constraints: &Constraints,
    ) -> Result<Option<D>, T::Error> {
        self.optional(|this| D::decode_with_tag_and_constraints(this, tag, constraints))
    }

    fn decode_extension_addition_with_explicit_tag_and_constraints<D: Decode>(
        &mut self,
        tag: Tag,
        constraints: &Constraints,
    ) -> Result<Option<D>, T::Error> {
        self.decode_extension_addition_with_tag_and_constraints(tag, constraints)
    }

    fn decode_extension_addition_with_tag_and_constraints<D: Decode>(
        &mut self,
        tag: Tag,
        constraints: &Constraints,
    ) -> Result<Option<D>, T::Error> {
        self.addition(tag, constraints)
    }

    crate::unused::unused_in_decoder!(T::Error);
}
