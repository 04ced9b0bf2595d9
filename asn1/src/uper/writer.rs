//! Values to octets.

use rasn::prelude::*;
use rasn::types::{Choice, Enumerated, IntegerType, SetOf};

use super::piece::PIECE;
use super::sink::{OUTSIDE, Refused, Result, Sequence, Writer};
use super::{OPEN_TYPE, PACKED_ALTERNATIVE, PACKED_BITS, UNKNOWN_ALTERNATIVE, UNLISTED, plain_bounds, width};

impl Writer {
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
        tag: Tag,
        constraints: &Constraints,
        value: &I,
        _: Identifier,
    ) -> Result<()> {
        if const { I::WIDTH == i128::BITS } && tag.class == PIECE {
            let bits: i128 = value.clone().try_into().map_err(|_| OUTSIDE)?;
            self.put_piece(bits.cast_unsigned(), tag.value);
            return Ok(());
        }
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
