//! Octets to values.

use alloc::vec::Vec;

use rasn::prelude::*;
use rasn::types::{DecodeChoice, Enumerated, IntegerType, fields::Fields};

use super::brief::Brief;
use super::fault::{Broken, Wrong};
use super::piece::PIECE;
use super::source::{AT_ONCE, Additions, Reader, Result, room_for};
use super::{OPEN_TYPE, PACKED_ALTERNATIVE, PACKED_BITS, UNKNOWN_ALTERNATIVE, UNLISTED, size_bounds, width};
use crate::error::Step;

impl<'a> Reader<'a> {
    /// Reads an open type; `read` sees no further than its end. One in fragments, of 16 Ki octets and more, is put
    /// together first.
    fn open_type<V>(&mut self, read: impl for<'x> FnOnce(&mut Reader<'x>) -> Result<V>) -> Result<V> {
        let (length, more) = self.length()?;
        if more {
            return self.fragmented(length, read);
        }
        let (outer, end) = (self.end, self.position + length * 8);
        if end > outer {
            return Err(self.fail(Wrong::OpenType { octets: length }));
        }
        let sequence = (self.presence, self.additions, self.member + 1);
        self.end = end;
        let value = read(self)?;
        self.close_open_type()?;
        (self.presence, self.additions, self.member) = sequence;
        self.position = end;
        self.end = outer;
        Ok(value)
    }

    /// An open type is padded to whole octets, and has at least one.
    #[inline(always)]
    fn close_open_type(&mut self) -> Result<()> {
        match (self.end - self.position) / 8 {
            0 => Ok(()),
            extra => Err(self.fail(Wrong::Behind { octets: extra, what: "the value of an open type" })),
        }
    }

    #[cold]
    #[inline(never)]
    fn fragmented<V>(&mut self, first: usize, read: impl for<'x> FnOnce(&mut Reader<'x>) -> Result<V>) -> Result<V> {
        let origin = self.origin + self.position;
        let octets = self.string_of(first, true, 8)?;
        let mut inner = Reader { origin, ..Reader::new(&octets) };
        let value = read(&mut inner).and_then(|value| inner.close_open_type().map(|()| value));
        self.fault = inner.fault;
        if value.is_ok() {
            self.done();
        }
        value
    }

    #[inline(always)]
    fn optional<D>(&mut self, read: impl FnOnce(&mut Self) -> Result<D>) -> Result<Option<D>> {
        let present = self.presence >> 63 == 1;
        self.presence <<= 1;
        if !present {
            self.done();
            return Ok(None);
        }
        read(self).map(Some)
    }

    fn addition<D: Decode>(&mut self, tag: Tag, constraints: &Constraints) -> Result<Option<D>> {
        if self.next_addition()? != Some(true) {
            self.done();
            return Ok(None);
        }
        let constraints = D::CONSTRAINTS.intersect(*constraints);
        self.open_type(|inner| D::decode_with_tag_and_constraints(inner, tag, &constraints)).map(Some)
    }

    /// An alternative behind the extension marker. One that the type does not know is kept as it came, where the type has
    /// a place for it.
    fn later_alternative<D: DecodeChoice>(&mut self) -> Result<D> {
        let (root, later) = (D::VARIANTS.len(), D::EXTENDED_VARIANTS.unwrap_or_default().len());
        let keeps_unknown = D::IDENTIFIERS.last() == Some(&UNKNOWN_ALTERNATIVE);
        let known = later - usize::from(keeps_unknown);
        let index = self.normally_small()?;
        if index >= known && !keeps_unknown {
            return Err(self.fail(Wrong::Later { index, what: "a choice" }));
        }
        let place = root + index.min(known);
        let tag = Tag::new(Class::Context, place as u32);
        self.unknown_alternative = index as u32;
        let read = if index < known { self.open_type(|inner| D::from_tag(inner, tag)) } else { D::from_tag(self, tag) };
        read.inspect_err(|_| self.came_by(D::IDENTIFIERS.get(place).copied().map(Step::Name)))
    }
}

impl<'a> Decoder for Reader<'a> {
    type Ok = ();
    type Error = Broken;
    type AnyDecoder<const R: usize, const E: usize> = Reader<'a>;

    #[inline(always)]
    fn codec(&self) -> rasn::Codec {
        super::OURS
    }

    fn decode_any(&mut self, _: Tag) -> Result<Any> {
        let octets = self.string(&Constraints::NONE, 8)?;
        self.done();
        Ok(Any::new(octets))
    }

    fn decode_bit_string(&mut self, _: Tag, constraints: &Constraints) -> Result<BitString> {
        let [length, word @ ..] = self.packed_bits(constraints)?;
        self.done();
        let mut bits = BitString::from_slice(&word);
        bits.truncate(length.into());
        Ok(bits)
    }

    #[inline(always)]
    fn decode_bool(&mut self, _: Tag) -> Result<bool> {
        let value = self.bit()?;
        self.done();
        Ok(value)
    }

    #[inline(always)]
    fn decode_enumerated<E: Enumerated>(&mut self, _: Tag) -> Result<E> {
        if E::EXTENDED_VARIANTS.is_some() && self.bit()? {
            let later = E::EXTENDED_VARIANTS.unwrap_or_default();
            let index = self.normally_small()?;
            // The last of them stands for those that are not known, where the type has such a one.
            let unlisted = later.last().filter(|_| E::IDENTIFIERS.last() == Some(&UNLISTED));
            let Some(value) = later.get(index).or(unlisted) else {
                return Err(self.fail(Wrong::Later { index, what: "an enumeration" }));
            };
            self.done();
            return Ok(*value);
        }
        let count = const { E::VARIANTS.len() };
        let index = self.bits(width(count.saturating_sub(1) as u64))? as usize;
        let Some(value) = E::VARIANTS.get(index) else {
            return Err(self.fail(Wrong::Index { index, count, what: "an enumeration" }));
        };
        self.done();
        Ok(*value)
    }

    #[inline(always)]
    fn decode_integer<I: IntegerType>(&mut self, tag: Tag, constraints: &Constraints) -> Result<I> {
        if const { I::WIDTH == i128::BITS } && tag.class == PIECE {
            return I::try_from(self.ahead(tag.value as usize).cast_signed()).map_err(|_| Broken);
        }
        let number = self.integer(constraints)?;
        let Ok(value) = I::try_from(number) else {
            return Err(self.fail(Wrong::Text("a number that does not fit its type")));
        };
        self.done();
        Ok(value)
    }

    #[inline(always)]
    fn decode_null(&mut self, tag: Tag) -> Result<()> {
        if tag.class == PIECE {
            self.step_over(tag.value as usize)?;
        }
        self.done();
        Ok(())
    }

    fn decode_object_identifier(&mut self, _: Tag) -> Result<ObjectIdentifier> {
        let octets = self.string(&Constraints::NONE, 8)?;
        let arcs = crate::oid::arcs(&octets).and_then(crate::oid::absolute);
        let Some(identifier) = arcs.and_then(ObjectIdentifier::new) else {
            return Err(self.fail(Wrong::Text("a malformed object identifier")));
        };
        self.done();
        Ok(identifier)
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
        let (presence, additions, member) = (self.presence, self.additions, self.member);
        let extended = D::IS_EXTENSIBLE && self.bit()?;
        if EC > 0 {
            self.additions = Additions { announced: extended, ..Additions::default() };
        }
        if optional > 0 {
            self.presence = self.bits(optional)? << (u64::BITS - optional);
        }
        self.member = 0;
        let value = decode_fn(self);
        if value.is_err() {
            let root: &'static Fields<RC> = const { &D::FIELDS };
            let known: &'static Option<Fields<EC>> = const { &D::EXTENDED_FIELDS };
            self.came_by_member(root, known.as_ref().map_or(&[], |fields| fields));
            self.member = member;
            return value;
        }
        if EC > 0 {
            self.skip_additions()?;
            self.additions = additions;
        } else if extended {
            self.skip_all_additions()?;
        }
        if optional > 0 {
            self.presence = presence;
        }
        self.member = member.wrapping_add(1);
        value
    }

    #[inline]
    fn decode_sequence_of<D: Decode>(&mut self, _: Tag, constraints: &Constraints) -> Result<Vec<D>> {
        let outer = self.member;
        let (mut count, mut more) = self.size(constraints)?;
        let mut values = Vec::with_capacity(room_for::<D>(count, self.end - self.position));
        // Where one item is not of the usual, others will not be either.
        let mut usual = true;
        loop {
            for _ in 0..count {
                if usual {
                    let mut brief = Brief::new(self.octets, self.position, self.end);
                    if let Ok(item) = D::decode(&mut brief)
                        && let Some(end) = brief.end_of_item()
                    {
                        self.position = end;
                        values.push(item);
                        continue;
                    }
                    usual = false;
                }
                match D::decode(self) {
                    Ok(value) => values.push(value),
                    Err(broken) => {
                        self.came_by(Some(Step::Index(values.len())));
                        self.member = outer;
                        return Err(broken);
                    }
                }
            }
            if !more {
                break;
            }
            (count, more) = self.length()?;
        }
        self.member = outer.wrapping_add(1);
        Ok(values)
    }

    #[inline]
    fn decode_octet_string<'buf, S>(&'buf mut self, tag: Tag, constraints: &Constraints) -> Result<S>
    where
        S: From<&'buf [u8]> + From<Vec<u8>>,
    {
        if tag == PACKED_BITS {
            let packed = self.packed_bits(constraints)?;
            self.done();
            self.aligned[..packed.len()].copy_from_slice(&packed);
            return Ok(S::from(&self.aligned[..packed.len()]));
        }
        if tag == PACKED_ALTERNATIVE {
            let mut packed = self.unknown_alternative.to_be_bytes().to_vec();
            packed.extend(self.string(&Constraints::NONE, 8)?);
            self.done();
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
            self.done();
            return Ok(S::from(&self.aligned[..end]));
        }
        let octets = self.string(constraints, 8)?;
        self.done();
        Ok(S::from(octets))
    }

    fn decode_utf8_string(&mut self, _: Tag, _: &Constraints) -> Result<Utf8String> {
        Err(self.refuse("UTF8String"))
    }

    fn decode_ia5_string(&mut self, _: Tag, constraints: &Constraints) -> Result<Ia5String> {
        let octets = self.string(constraints, 7)?;
        let Ok(text) = Ia5String::from_iso646_bytes(&octets) else {
            return Err(self.fail(Wrong::Text("a character outside IA5")));
        };
        self.done();
        Ok(text)
    }

    #[inline(always)]
    fn decode_explicit_prefix<D: Decode>(&mut self, tag: Tag) -> Result<D> {
        if tag == OPEN_TYPE { self.open_type(|inner| D::decode(inner)) } else { D::decode(self) }
    }

    fn decode_optional_with_explicit_prefix<D: Decode>(&mut self, tag: Tag) -> Result<Option<D>> {
        self.optional(|this| this.decode_explicit_prefix(tag))
    }

    #[inline(always)]
    fn decode_choice<D: DecodeChoice>(&mut self, _: &Constraints) -> Result<D> {
        let outer = self.member;
        let value = if const { D::EXTENDED_VARIANTS.is_some() } && self.bit()? {
            self.later_alternative()
        } else {
            let count = const { D::VARIANTS.len() };
            let index = self.bits(width(count.saturating_sub(1) as u64))? as usize;
            if index >= count {
                return Err(self.fail(Wrong::Index { index, count, what: "a choice" }));
            }
            let read = D::from_tag(self, Tag::new(Class::Context, index as u32));
            read.inspect_err(|_| self.came_by(D::IDENTIFIERS.get(index).copied().map(Step::Name)))
        };
        self.member = outer.wrapping_add(usize::from(value.is_ok()));
        value
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

    fn decode_extension_addition_with_explicit_tag_and_constraints<D: Decode>(
        &mut self,
        tag: Tag,
        constraints: &Constraints,
    ) -> Result<Option<D>> {
        self.decode_extension_addition_with_tag_and_constraints(tag, constraints)
    }

    fn decode_extension_addition_with_tag_and_constraints<D: Decode>(
        &mut self,
        tag: Tag,
        constraints: &Constraints,
    ) -> Result<Option<D>> {
        self.addition(tag, constraints)
    }

    crate::unused::unused_in_decoder!(Broken);
}
