//! Bits on their way to octets: lengths, numbers, strings, open types.

use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use rasn::error::EncodeError;
use rasn::prelude::*;

use super::{integer_bounds, size_bounds, width};

/// From here on a length determinant comes in fragments of so many items.
const FRAGMENT: usize = 16_384;

pub(super) type Result<T, E = Refused> = core::result::Result<T, E>;

/// A value can't be encoded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refused(pub(super) &'static str);

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

pub(super) const OUTSIDE: Refused = Refused("a number outside its range");
const WRONG_SIZE: Refused = Refused("more or fewer items than the type allows");

/// Whole octets, and behind them up to 63 bits in a word.
pub(super) struct Writer {
    octets: Vec<u8>,
    /// The bits that fill no octets yet, from the left; zeros behind them.
    word: u64,
    /// How many bits the word has room for: 1 to 64.
    room: u32,
    pub(super) sequence: Sequence,
}

/// What is known of the sequence that is being written.
#[derive(Clone, Copy, Default)]
pub(super) struct Sequence {
    /// Which optional members are there, the latest in the lowest bit.
    pub(super) presence: u64,
    /// Where the bits for the additions are, once one of them is there.
    pub(super) bitmap: Option<usize>,
    pub(super) additions: u32,
    pub(super) next_addition: u32,
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
    pub(super) fn position(&self) -> usize {
        self.octets.len() * 8 + (u64::BITS - self.room) as usize
    }

    /// At most 64 bits; `value` has no more.
    #[inline(always)]
    pub(super) fn put(&mut self, value: u64, count: u32) {
        if count == 0 {
            // Where the word is empty, nothing would be a shift by all its bits.
        } else if count < self.room {
            self.room = self.room.wrapping_sub(count);
            self.word |= value << self.room;
        } else {
            self.put_across(value, count);
        }
    }

    /// At most 128 bits; `value` has no more.
    #[inline(always)]
    pub(super) fn put_piece(&mut self, value: u128, count: u32) {
        if count > u64::BITS {
            self.put((value >> u64::BITS) as u64, count.wrapping_sub(u64::BITS));
        }
        self.put(value as u64, count.min(u64::BITS));
    }

    /// As [`Self::put`], where the word becomes full.
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
    pub(super) fn patch(&mut self, position: usize, value: u64, count: u32) {
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
    pub(super) fn fragments(
        &mut self,
        count: usize,
        mut write: impl FnMut(&mut Self, Range<usize>) -> Result<()>,
    ) -> Result<()> {
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
    pub(super) fn items(
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
    pub(super) fn normally_small(&mut self, number: u32) {
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
    pub(super) fn odd_integer(&mut self, constraints: &Constraints, value: i64) -> Result<()> {
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
    pub(super) fn octets(&mut self, octets: &[u8]) {
        let (words, rest) = octets.as_chunks::<8>();
        for word in words {
            self.put(u64::from_be_bytes(*word), 64);
        }
        for octet in rest {
            self.put(u64::from(*octet), 8);
        }
    }

    pub(super) fn open_octets(&mut self, octets: &[u8]) -> Result<()> {
        self.fragments(octets.len(), |this, range| {
            this.octets(&octets[range]);
            Ok(())
        })
    }

    /// An open type with what `write` writes: its length is put in afterwards.
    pub(super) fn open_type(&mut self, write: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
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
    pub(super) fn refuse(&mut self, _: &str) -> Refused {
        Refused("a kind that is in no message of this crate")
    }
}
