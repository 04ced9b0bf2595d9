//! Octets, and what a reader makes of their bits: lengths, numbers, strings.

use alloc::boxed::Box;
use alloc::vec::Vec;

use rasn::prelude::*;

use super::fault::{Broken, Fault, Wrong};
use super::{integer_bounds, plain_bounds, size_bounds, width};

/// The most bits that are read at once: a word, less what may stand before them in their first octet.
pub(super) const AT_ONCE: u32 = 57;
/// What may be set aside for a list before its items are read, as a multiple of the octets that are left for them.
const MEMORY_PER_OCTET: usize = 16;

pub(super) type Result<T, E = Broken> = core::result::Result<T, E>;

pub(super) struct Reader<'a> {
    pub(super) octets: &'a [u8],
    /// In bits.
    pub(super) position: usize,
    /// In bits; inside an open type, where that ends.
    pub(super) end: usize,
    /// Which optional members of the sequence being read are there, the next one in the highest bit.
    pub(super) presence: u64,
    pub(super) additions: Additions,
    /// Where `octets` lies in the whole message, in bits.
    pub(super) origin: usize,
    /// Octets that did not lie on octet bounds.
    pub(super) aligned: [u8; 16],
    /// The index of the alternative being read, where the type does not know it.
    pub(super) unknown_alternative: u32,
    /// How many members of the sequence being read are done.
    pub(super) member: usize,
    pub(super) fault: Option<Box<Fault>>,
}

/// The additions of the sequence that is being read.
#[derive(Clone, Copy, Default)]
pub(super) struct Additions {
    /// The extension bit is set, and the header not read yet.
    pub(super) announced: bool,
    /// Where the bits that say which ones are there stand, and how many are left.
    pub(super) bitmap: usize,
    pub(super) left: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(octets: &'a [u8]) -> Self {
        Self {
            octets,
            position: 0,
            end: octets.len() * 8,
            presence: 0,
            additions: Additions::default(),
            origin: 0,
            aligned: [0; 16],
            unknown_alternative: 0,
            member: 0,
            fault: None,
        }
    }

    /// Nothing may be left but the bits that fill the last octet; a message has at least one octet.
    #[inline]
    pub(super) fn finish(&mut self) -> Result<()> {
        let used = self.position.div_ceil(8).max(1);
        match self.octets.len().checked_sub(used) {
            Some(0) => Ok(()),
            Some(extra) => Err(self.fail(Wrong::Behind { octets: extra, what: "the message" })),
            None => Err(self.fail(Wrong::Text("no octets"))),
        }
    }

    /// At most 64 bits, the first one the most significant.
    #[inline(always)]
    pub(super) fn bits(&mut self, count: u32) -> Result<u64> {
        if count > AT_ONCE { self.many_bits(count) } else { self.few_bits(count) }
    }

    #[inline(never)]
    fn many_bits(&mut self, count: u32) -> Result<u64> {
        let high = self.few_bits(32)?;
        Ok(high << (count - 32) | self.few_bits(count - 32)?)
    }

    #[inline(always)]
    fn few_bits(&mut self, count: u32) -> Result<u64> {
        let position = self.position;
        // The position never passes the end.
        if count as usize > self.end.wrapping_sub(position) {
            return Err(self.too_short(count as usize));
        }
        self.position = position.wrapping_add(count as usize);
        Ok(self.peek(position, count))
    }

    /// At most 57 bits, which are there.
    #[inline(always)]
    pub(super) fn peek(&self, position: usize, count: u32) -> u64 {
        word_at(self.octets, position, count)
    }

    /// What lies `offset` bits ahead, 121 of them or more, with zeros behind the last octet.
    #[inline(always)]
    pub(super) fn ahead(&self, offset: usize) -> u128 {
        ahead(self.octets, self.position.wrapping_add(offset))
    }

    /// Moves over what was seen ahead; it is no fault if that is not all there.
    #[inline(always)]
    pub(super) fn step_over(&mut self, count: usize) -> Result<()> {
        if count > self.end.wrapping_sub(self.position) {
            return Err(Broken);
        }
        self.position = self.position.wrapping_add(count);
        Ok(())
    }

    #[inline(always)]
    pub(super) fn bit(&mut self) -> Result<bool> {
        self.bits(1).map(|bit| bit == 1)
    }

    /// A value is done.
    #[inline(always)]
    pub(super) fn done(&mut self) {
        // As many values as a sequence has members: far from the largest number.
        self.member = self.member.wrapping_add(1);
    }

    /// A length determinant without bounds; the flag says that it is of a fragment with more to follow.
    pub(super) fn length(&mut self) -> Result<(usize, bool)> {
        if !self.bit()? {
            return Ok((self.bits(7)? as usize, false));
        }
        if !self.bit()? {
            return Ok((self.bits(14)? as usize, false));
        }
        match self.bits(6)? {
            blocks @ 1..=4 => Ok((blocks as usize * 16_384, true)),
            _ => Err(self.fail(Wrong::Text("a length of no known form"))),
        }
    }

    /// A length within `constraints`, or of any size where there are none.
    #[inline(always)]
    pub(super) fn size(&mut self, constraints: &Constraints) -> Result<(usize, bool)> {
        let (bounds, extensible) = size_bounds(constraints);
        if extensible && self.bit()? {
            return self.length();
        }
        let Some((start, end)) = bounds else {
            return self.length();
        };
        let length = start + self.bits(width((end - start) as u64))? as usize;
        if length > end {
            return Err(self.fail(Wrong::Items { count: length, start, end }));
        }
        Ok((length, false))
    }

    /// A small number that is rarely more than 63.
    pub(super) fn normally_small(&mut self) -> Result<usize> {
        if !self.bit()? {
            return Ok(self.bits(6)? as usize);
        }
        let octets = self.length()?.0;
        match octets {
            1..=4 => Ok(self.bits(octets as u32 * 8)? as usize),
            _ => Err(self.fail(Wrong::Length { octets, what: "a small number" })),
        }
    }

    #[inline(always)]
    pub(super) fn integer(&mut self, constraints: &Constraints) -> Result<i64> {
        match plain_bounds(constraints) {
            Some((start, end)) => self.integer_within(start, end),
            None => self.odd_integer(constraints),
        }
    }

    #[inline(always)]
    fn integer_within(&mut self, start: i64, end: i64) -> Result<i64> {
        let range = end.wrapping_sub(start) as u64;
        let offset = self.bits(width(range))?;
        let value = start.wrapping_add(offset as i64);
        if offset > range {
            return Err(self.outside(value, start, end));
        }
        Ok(value)
    }

    /// One that may lie outside its bounds, or has none.
    #[inline(never)]
    fn odd_integer(&mut self, constraints: &Constraints) -> Result<i64> {
        let (bounds, extensible) = integer_bounds(constraints);
        match bounds {
            Some((start, end)) if !extensible || !self.bit()? => self.integer_within(start, end),
            _ => self.unbounded_integer(),
        }
    }

    pub(super) fn unbounded_integer(&mut self) -> Result<i64> {
        let octets = self.length()?.0;
        match octets as u32 {
            count @ 1..=8 => {
                let unused = u64::BITS - count * 8;
                Ok((self.bits(count * 8)? << unused) as i64 >> unused)
            }
            _ => Err(self.fail(Wrong::Length { octets, what: "an integer, of which up to 8 are read," })),
        }
    }

    /// Items of `width` bits (8 in octets, 7 in characters), each as an octet.
    pub(super) fn string(&mut self, constraints: &Constraints, width: u32) -> Result<Vec<u8>> {
        let (length, more) = self.size(constraints)?;
        self.string_of(length, more, width)
    }

    /// The same behind its (first) length.
    pub(super) fn string_of(&mut self, mut length: usize, mut more: bool, width: u32) -> Result<Vec<u8>> {
        let mut items = Vec::new();
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
    pub(super) fn packed_bits(&mut self, constraints: &Constraints) -> Result<[u8; 9]> {
        let (length, _) = self.size(constraints)?;
        if length > 64 {
            return Err(self.fail(Wrong::Bits(length)));
        }
        let mut packed = [0; 9];
        let [count, word @ ..] = &mut packed;
        *count = length as u8;
        if length > 0 {
            *word = (self.bits(length as u32)? << (64 - length)).to_be_bytes();
        }
        Ok(packed)
    }

    /// Whether the next addition is there; `None` behind the last one.
    pub(super) fn next_addition(&mut self) -> Result<Option<bool>> {
        if self.additions.announced {
            let count = if self.bit()? { self.length()?.0 } else { self.bits(6)? as usize + 1 };
            if count == 0 {
                return Err(self.fail(Wrong::Text("additions are announced, and there are none")));
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

    /// The same where it knows none.
    #[cold]
    #[inline(never)]
    pub(super) fn skip_all_additions(&mut self) -> Result<()> {
        let outer = self.additions;
        self.additions = Additions { announced: true, ..Additions::default() };
        self.skip_additions()?;
        self.additions = outer;
        Ok(())
    }

    /// Steps over the additions that the type does not know.
    #[inline(never)]
    pub(super) fn skip_additions(&mut self) -> Result<()> {
        while let Some(present) = self.next_addition()? {
            if present {
                self.skip_open_type()?;
            }
        }
        Ok(())
    }

    pub(super) fn skip_open_type(&mut self) -> Result<()> {
        loop {
            let (length, more) = self.length()?;
            if length * 8 > self.end - self.position {
                return Err(self.fail(Wrong::OpenType { octets: length }));
            }
            self.position += length * 8;
            if !more {
                return Ok(());
            }
        }
    }
}

/// How many items to make room for: not more than `left` bits could fill.
#[inline(always)]
pub(super) fn room_for<D>(count: usize, left: usize) -> usize {
    count.min(left.div_ceil(8) * MEMORY_PER_OCTET / size_of::<D>().max(1) + 1)
}

/// At most 57 bits, with zeros behind the last octet.
#[inline(always)]
pub(super) fn word_at(octets: &[u8], position: usize, count: u32) -> u64 {
    if count == 0 {
        return 0;
    }
    let first = position / 8;
    let word = match octets.get(first..first + 8).and_then(<[u8]>::first_chunk) {
        Some(word) => u64::from_be_bytes(*word),
        None => last_word(octets, first),
    };
    word << (position % 8) >> u64::BITS.wrapping_sub(count)
}

/// What lies behind `position`, 121 bits or more, with zeros behind the last octet.
#[inline(always)]
pub(super) fn ahead(octets: &[u8], position: usize) -> u128 {
    let first = position / 8;
    let bits = match octets.get(first..first + 16).and_then(<[u8]>::first_chunk) {
        Some(bits) => u128::from_be_bytes(*bits),
        None => last_bits(octets, first),
    };
    bits << (position % 8)
}

/// What is left at the end of a message, as a word with zeros behind it.
#[inline(never)]
fn last_word(octets: &[u8], first: usize) -> u64 {
    let missing = (first + 8).saturating_sub(octets.len()) as u32;
    match octets.last_chunk() {
        Some(last) => u64::from_be_bytes(*last).checked_shl(missing * 8).unwrap_or(0),
        None => {
            let mut word = [0; 8];
            word.iter_mut().zip(octets.iter().skip(first)).for_each(|(to, from)| *to = *from);
            u64::from_be_bytes(word)
        }
    }
}

/// The same in sixteen octets.
#[inline(never)]
fn last_bits(octets: &[u8], first: usize) -> u128 {
    let mut bits = [0; 16];
    bits.iter_mut().zip(octets.iter().skip(first)).for_each(|(to, from)| *to = *from);
    u128::from_be_bytes(bits)
}
