//! Octets to values, for the items of a list in the usual case.
//!
//! A message is mostly lists, and an item of one is mostly plain: numbers in their ranges, nothing of a later edition. This reader
//! knows no more than that. It looks for the end once an item is done, and has no words for a fault, so that there is little to carry
//! from member to member. Where it gives up, [`Reader`](super::source::Reader) reads the item, which knows what else may come.

use alloc::vec::Vec;

use rasn::prelude::*;
use rasn::types::{DecodeChoice, Enumerated, IntegerType};

use super::fault::Broken;
use super::piece::PIECE;
use super::source::{AT_ONCE, Result, ahead, room_for, word_at};
use super::{OPEN_TYPE, PACKED_BITS, plain_bounds, size_bounds, width};

pub(super) struct Brief<'a> {
    octets: &'a [u8],
    /// In bits. It may pass the end, behind which there are zeros, or what is not the item's.
    position: usize,
    end: usize,
    /// Which optional members of the sequence being read are there, the next one in the highest bit.
    presence: u64,
    /// Octets that did not lie on octet bounds.
    aligned: [u8; 16],
}

impl<'a> Brief<'a> {
    /// For the item at a position, which ends before `end`, both in bits.
    #[inline(always)]
    pub(super) const fn new(octets: &'a [u8], position: usize, end: usize) -> Self {
        Self { octets, position, end, presence: 0, aligned: [0; 16] }
    }

    /// Where the item ended that was read; `None` if it was not all there.
    #[inline(always)]
    pub(super) fn end_of_item(&self) -> Option<usize> {
        (self.position <= self.end).then_some(self.position)
    }

    /// At most 64 bits, the first one the most significant.
    #[inline(always)]
    fn bits(&mut self, count: u32) -> u64 {
        if count > AT_ONCE {
            let high = self.few_bits(32);
            return high << (count - 32) | self.few_bits(count - 32);
        }
        self.few_bits(count)
    }

    #[inline(always)]
    fn few_bits(&mut self, count: u32) -> u64 {
        let position = self.position;
        // No item is so long that this wraps: a list stops at the end.
        self.position = position.wrapping_add(count as usize);
        word_at(self.octets, position, count)
    }

    #[inline(always)]
    fn extended(&mut self, extensible: bool) -> Result<()> {
        if extensible && self.bits(1) == 1 { Err(Broken) } else { Ok(()) }
    }

    /// A number that is less than `count`.
    #[inline(always)]
    fn index(&mut self, count: usize) -> Result<usize> {
        let index = self.bits(width(count.saturating_sub(1) as u64)) as usize;
        if index < count { Ok(index) } else { Err(Broken) }
    }

    #[inline(always)]
    fn size(&mut self, constraints: &Constraints) -> Result<usize> {
        let (Some((start, end)), extensible) = size_bounds(constraints) else { return Err(Broken) };
        self.extended(extensible)?;
        self.index(end.wrapping_sub(start).wrapping_add(1)).map(|index| start.wrapping_add(index))
    }

    #[inline(always)]
    fn optional<D>(&mut self, read: impl FnOnce(&mut Self) -> Result<D>) -> Result<Option<D>> {
        let present = self.presence >> 63 == 1;
        self.presence <<= 1;
        if present { read(self).map(Some) } else { Ok(None) }
    }

    #[cold]
    fn refuse(&mut self, _: &'static str) -> Broken {
        Broken
    }
}

impl<'a> Decoder for Brief<'a> {
    type Ok = ();
    type Error = Broken;
    type AnyDecoder<const R: usize, const E: usize> = Brief<'a>;

    #[inline(always)]
    fn codec(&self) -> rasn::Codec {
        super::OURS
    }

    #[inline(always)]
    fn decode_bool(&mut self, _: Tag) -> Result<bool> {
        Ok(self.bits(1) == 1)
    }

    #[inline(always)]
    fn decode_enumerated<E: Enumerated>(&mut self, _: Tag) -> Result<E> {
        self.extended(const { E::EXTENDED_VARIANTS.is_some() })?;
        let index = self.index(const { E::VARIANTS.len() })?;
        E::VARIANTS.get(index).copied().ok_or(Broken)
    }

    #[inline(always)]
    fn decode_integer<I: IntegerType>(&mut self, tag: Tag, constraints: &Constraints) -> Result<I> {
        if const { I::WIDTH == i128::BITS } && tag.class == PIECE {
            let bits = ahead(self.octets, self.position.wrapping_add(tag.value as usize));
            return I::try_from(bits.cast_signed()).map_err(|_| Broken);
        }
        let (start, end) = plain_bounds(constraints).ok_or(Broken)?;
        let range = end.wrapping_sub(start) as u64;
        let offset = self.bits(width(range));
        if offset > range {
            return Err(Broken);
        }
        I::try_from(start.wrapping_add(offset as i64)).map_err(|_| Broken)
    }

    #[inline(always)]
    fn decode_null(&mut self, tag: Tag) -> Result<()> {
        if tag.class == PIECE {
            self.position = self.position.wrapping_add(tag.value as usize);
        }
        Ok(())
    }

    #[inline(always)]
    fn decode_sequence<const RC: usize, const EC: usize, D, DF, F>(
        &mut self,
        _: Tag,
        _: Option<DF>,
        decode_fn: F,
    ) -> Result<D>
    where
        D: Constructed<RC, EC>,
        DF: FnOnce() -> D,
        F: FnOnce(&mut Self) -> Result<D>,
    {
        let optional = const { D::FIELDS.number_of_optional_and_default_fields() as u32 };
        const { assert!(D::FIELDS.number_of_optional_and_default_fields() <= AT_ONCE as usize) };
        let outer = self.presence;
        self.extended(D::IS_EXTENSIBLE)?;
        if optional > 0 {
            self.presence = self.bits(optional) << (u64::BITS - optional);
        }
        let value = decode_fn(self);
        self.presence = outer;
        value
    }

    #[inline(always)]
    fn decode_sequence_of<D: Decode>(&mut self, _: Tag, constraints: &Constraints) -> Result<Vec<D>> {
        let count = self.size(constraints)?;
        let left = self.end.checked_sub(self.position).ok_or(Broken)?;
        let mut values = Vec::with_capacity(room_for::<D>(count, left));
        for _ in 0..count {
            values.push(D::decode(self)?);
            if self.position > self.end {
                return Err(Broken);
            }
        }
        Ok(values)
    }

    #[inline(always)]
    fn decode_octet_string<'buf, S>(&'buf mut self, tag: Tag, constraints: &Constraints) -> Result<S>
    where
        S: From<&'buf [u8]> + From<Vec<u8>>,
    {
        if tag == PACKED_BITS {
            let length = self.size(constraints)?;
            if length > 64 {
                return Err(Broken);
            }
            let word = if length == 0 { 0 } else { self.bits(length as u32) << (64 - length) };
            self.aligned[0] = length as u8;
            self.aligned[1..9].copy_from_slice(&word.to_be_bytes());
            return Ok(S::from(&self.aligned[..9]));
        }
        match size_bounds(constraints) {
            (Some((start, end)), false) if start == end && end < 16 => {
                self.aligned = ahead(self.octets, self.position).to_be_bytes();
                self.position = self.position.wrapping_add(end * 8);
                Ok(S::from(&self.aligned[..end]))
            }
            _ => Err(Broken),
        }
    }

    #[inline(always)]
    fn decode_explicit_prefix<D: Decode>(&mut self, tag: Tag) -> Result<D> {
        if tag == OPEN_TYPE { Err(Broken) } else { D::decode(self) }
    }

    fn decode_optional_with_explicit_prefix<D: Decode>(&mut self, tag: Tag) -> Result<Option<D>> {
        self.optional(|this| this.decode_explicit_prefix(tag))
    }

    #[inline(always)]
    fn decode_choice<D: DecodeChoice>(&mut self, _: &Constraints) -> Result<D> {
        self.extended(const { D::EXTENDED_VARIANTS.is_some() })?;
        let index = self.index(const { D::VARIANTS.len() })?;
        D::from_tag(self, Tag::new(Class::Context, index as u32))
    }

    #[inline(always)]
    fn decode_optional<D: Decode>(&mut self) -> Result<Option<D>> {
        self.optional(D::decode)
    }

    #[inline(always)]
    fn decode_optional_with_tag<D: Decode>(&mut self, tag: Tag) -> Result<Option<D>> {
        self.optional(|this| D::decode_with_tag(this, tag))
    }

    #[inline(always)]
    fn decode_optional_with_constraints<D: Decode>(&mut self, constraints: &Constraints) -> Result<Option<D>> {
        self.optional(|this| D::decode_with_constraints(this, constraints))
    }

    #[inline(always)]
    fn decode_optional_with_tag_and_constraints<D: Decode>(
        &mut self,
        tag: Tag,
        constraints: &Constraints,
    ) -> Result<Option<D>> {
        self.optional(|this| D::decode_with_tag_and_constraints(this, tag, constraints))
    }

    // The extension bit of the sequence says that there are no additions.

    #[inline(always)]
    fn decode_extension_addition_with_explicit_tag_and_constraints<D: Decode>(
        &mut self,
        _: Tag,
        _: &Constraints,
    ) -> Result<Option<D>> {
        Ok(None)
    }

    #[inline(always)]
    fn decode_extension_addition_with_tag_and_constraints<D: Decode>(
        &mut self,
        _: Tag,
        _: &Constraints,
    ) -> Result<Option<D>> {
        Ok(None)
    }

    fn decode_any(&mut self, _: Tag) -> Result<Any> {
        Err(Broken)
    }

    fn decode_bit_string(&mut self, _: Tag, _: &Constraints) -> Result<BitString> {
        Err(Broken)
    }

    fn decode_object_identifier(&mut self, _: Tag) -> Result<ObjectIdentifier> {
        Err(Broken)
    }

    fn decode_utf8_string(&mut self, _: Tag, _: &Constraints) -> Result<Utf8String> {
        Err(Broken)
    }

    fn decode_ia5_string(&mut self, _: Tag, _: &Constraints) -> Result<Ia5String> {
        Err(Broken)
    }

    crate::unused::unused_in_decoder!(Broken);
}

#[cfg(test)]
mod tests {
    use core::fmt::Debug;

    use super::*;
    use crate::uper::source::Reader;
    use crate::{cn, uper, us};

    fn in_brief<T: Decode>(octets: &[u8], end: usize) -> Option<(T, usize)> {
        let mut brief = Brief::new(octets, 0, end);
        let item = T::decode(&mut brief).ok()?;
        Some((item, brief.end_of_item()?))
    }

    /// What is read in brief is what the reader reads, to the same bit; `sure` says that what can be sent is always read so.
    fn held_against_the_reader<T: Decode + Encode + PartialEq + Debug>(sure: bool) {
        let mut random = fastrand::Rng::with_seed(1);
        let mut usual = 0;
        for _ in 0..200_000 {
            let mut octets = [0; 64];
            random.fill(&mut octets);
            // Few of what is optional, and nothing of a later edition, in every other.
            octets[0] &= if random.bool() { random.u8(..128) & random.u8(..) } else { 0xff };
            let end = random.usize(..=octets.len() * 8);
            let mut reader = Reader::new(&octets);
            reader.end = end;
            let read = T::decode(&mut reader).ok().map(|item| (item, reader.position));
            match (in_brief(&octets, end), read) {
                (None, None) => {}
                (None, Some((item, _))) if sure => {
                    let Ok(octets) = uper::encode(&item) else { continue };
                    let (again, _) = in_brief(&octets, octets.len() * 8).expect("what can be sent is usual");
                    assert_eq!(item, again);
                }
                (None, Some(_)) => {}
                (brief, read) => {
                    usual += 1;
                    assert_eq!(brief, read);
                }
            }
        }
        assert!(usual > 100, "{usual} were usual: {}", core::any::type_name::<T>());
    }

    #[test]
    fn items_are_what_the_reader_reads() {
        held_against_the_reader::<cn::rsm::ParticipantData>(true);
        held_against_the_reader::<cn::spat::Phase>(false);
        held_against_the_reader::<cn::map::Lane>(false);
        held_against_the_reader::<us::spat::MovementState>(false);
        held_against_the_reader::<us::sdsm::DetectedObjectData>(false);
    }
}
