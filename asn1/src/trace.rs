//! Finds where an encoding breaks: a second UPER decoder, which reads as rasn's does but remembers the path of the
//! member and the bit where it stands. It only runs over what rasn has refused, to say why and where; a test
//! (`tests/hostile.rs`) sees to it that it finds a fault in all that rasn refuses.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::string::ToString;
use alloc::vec::Vec;

use rasn::error::DecodeError;
use rasn::prelude::*;
use rasn::types::constraints::Bounded;
use rasn::types::{DecodeChoice, Enumerated, IntegerType, fields::Field, variants::Variants};

use crate::error::{CodecError, Step, path_text};

/// Where and why `octets` are no encoding of a `T`; `None` when they are one after all.
pub(crate) fn find_fault<T: Decode>(octets: &[u8]) -> Option<CodecError> {
    let mut tracer = Tracer {
        octets,
        position: 0,
        end: octets.len() * 8,
        slots: Vec::new(),
        sequences: Vec::new(),
        path: Vec::new(),
        fault: None,
    };
    if let Err(error) = T::decode(&mut tracer) {
        let here =
            || CodecError { bit: Some(tracer.position), ..CodecError::at(path_text(&tracer.path), plain(&error)) };
        return Some(tracer.fault.clone().unwrap_or_else(here));
    }
    let used = tracer.position.div_ceil(8).max(1);
    let extra = octets.len().saturating_sub(used);
    (extra > 0 || octets.is_empty()).then(|| {
        let message = if extra > 0 { format!("{extra} octets behind the message") } else { "no octets".to_owned() };
        CodecError { bit: Some(tracer.position), ..CodecError::new(message) }
    })
}

/// rasn's message without what it says about codecs.
fn plain(error: &DecodeError) -> String {
    let text = error.to_string();
    text.split(" (Codec: ").next().unwrap_or_default().to_owned()
}

/// What the next value goes by, and whether it is there.
struct Slot {
    step: Step,
    present: bool,
}

/// What is known of the additions of a sequence that is being read.
struct Sequence {
    extended: bool,
    /// Which additions are present, once their header has been read.
    additions: Option<Vec<bool>>,
    next: usize,
}

struct Tracer<'a> {
    octets: &'a [u8],
    /// In bits.
    position: usize,
    /// In bits; inside an open type, where that ends.
    end: usize,
    slots: Vec<Slot>,
    sequences: Vec<Sequence>,
    path: Vec<Step>,
    fault: Option<CodecError>,
}

type Result<T, E = DecodeError> = core::result::Result<T, E>;

impl Tracer<'_> {
    fn fail(&mut self, message: impl Into<String>) -> DecodeError {
        let message = message.into();
        let error = rasn::de::Error::custom(&message, rasn::Codec::Uper);
        let at = path_text(&self.path);
        self.fault.get_or_insert(CodecError { message, at, bit: Some(self.position) });
        error
    }

    fn refuse(&mut self, kind: &str) -> DecodeError {
        self.fail(format!("{kind} is in no message of this crate"))
    }

    /// At most 64 bits, the first one the most significant.
    fn bits(&mut self, count: usize) -> Result<u64> {
        if count > self.end.saturating_sub(self.position) {
            let left = self.end.saturating_sub(self.position);
            return Err(self.fail(format!("{count} bits are needed and {left} are left")));
        }
        let mut value = 0;
        for position in self.position..self.position + count {
            let bit = self.octets[position / 8] >> (7 - position % 8) & 1;
            value = value << 1 | u64::from(bit);
        }
        self.position += count;
        Ok(value)
    }

    fn bit(&mut self) -> Result<bool> {
        self.bits(1).map(|bit| bit == 1)
    }

    fn open(&mut self) -> Option<Step> {
        let step = self.slots.pop().map(|slot| slot.step);
        self.path.extend(step);
        step
    }

    fn close(&mut self, step: Option<Step>) {
        if step.is_some() {
            self.path.pop();
        }
    }

    fn leaf<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let step = self.open();
        let value = read(self)?;
        self.close(step);
        Ok(value)
    }

    /// A length determinant without bounds; the flag says that it is of a fragment with more to follow.
    fn length(&mut self) -> Result<(usize, bool)> {
        if !self.bit()? {
            return Ok((self.bits(7)? as usize, false));
        }
        if !self.bit()? {
            return Ok((self.bits(14)? as usize, false));
        }
        match self.bits(6)? {
            blocks @ 1..=4 => Ok((blocks as usize * 16_384, true)),
            _ => Err(self.fail("a length of no known form")),
        }
    }

    /// A length within `constraints`, or of any size where there are none.
    fn size(&mut self, constraints: &Constraints) -> Result<(usize, bool)> {
        let Some(size) = constraints.size() else {
            return self.length();
        };
        if size.extensible.is_some() && self.bit()? {
            return self.length();
        }
        let (start, end) = match *size.constraint {
            Bounded::Single(length) => return Ok((length, false)),
            Bounded::Range { start: Some(start), end: Some(end) } if end < 65_536 => (start, end),
            _ => return self.length(),
        };
        let length = start + self.bits(width((end - start) as u64))? as usize;
        if length > end {
            return Err(self.fail(format!("{length} items, outside {start}..{end}")));
        }
        Ok((length, false))
    }

    /// Octets (`width` 8), characters (7) or bits (1), each as a number.
    fn string(&mut self, constraints: &Constraints, width: usize) -> Result<Vec<u8>> {
        let mut items = Vec::new();
        let (mut length, mut more) = self.size(constraints)?;
        loop {
            if length * width > self.end.saturating_sub(self.position) {
                return Err(self.fail(format!("{} bits are needed, and not left", length * width)));
            }
            for _ in 0..length {
                items.push(self.bits(width)? as u8);
            }
            if !more {
                return Ok(items);
            }
            (length, more) = self.length()?;
        }
    }

    /// Reads an open type; `read` sees no further than its end.
    fn open_type<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let (length, more) = self.length()?;
        if more {
            return Err(self.fail("an open type of 16384 octets and more"));
        }
        let outer = self.end;
        let end = self.position + length * 8;
        if end > outer {
            return Err(self.fail(format!("an open type of {length} octets, which are not left")));
        }
        self.end = end;
        let value = read(self)?;
        self.position = end;
        self.end = outer;
        Ok(value)
    }

    /// The preamble of a sequence, and slots for its members.
    fn open_members(
        &mut self,
        extensible: bool,
        root: &mut dyn Iterator<Item = Field>,
        additions: &mut dyn Iterator<Item = Field>,
    ) -> Result<Option<Step>> {
        let step = self.open();
        let extended = extensible && self.bit()?;
        let first = self.slots.len();
        for field in root {
            let present = field.is_not_optional_or_default() || self.bit()?;
            self.slots.push(Slot { step: Step::Name(field.name), present });
        }
        self.slots.extend(additions.map(|field| Slot { step: Step::Name(field.name), present: true }));
        self.slots[first..].reverse();
        self.sequences.push(Sequence { extended, additions: None, next: 0 });
        Ok(step)
    }

    /// Whether the next addition of the sequence is there.
    fn next_addition(&mut self) -> Result<Option<bool>> {
        let unread = self.sequences.last().is_some_and(|sequence| sequence.extended && sequence.additions.is_none());
        if unread {
            let count = if self.bit()? { self.length()?.0 } else { self.bits(6)? as usize + 1 };
            if count == 0 {
                return Err(self.fail("additions are announced, and there are none"));
            }
            let mut present = Vec::new();
            for _ in 0..count {
                present.push(self.bit()?);
            }
            if let Some(sequence) = self.sequences.last_mut() {
                sequence.additions = Some(present);
            }
        }
        let Some(sequence) = self.sequences.last_mut() else {
            return Ok(None);
        };
        let present = sequence.additions.as_ref().and_then(|additions| additions.get(sequence.next)).copied();
        sequence.next += 1;
        Ok(present)
    }

    /// Steps over the additions that the type does not know.
    fn close_members(&mut self, step: Option<Step>) -> Result<()> {
        while let Some(present) = self.next_addition()? {
            if present {
                self.open_type(|_| Ok(()))?;
            }
        }
        self.sequences.pop();
        self.close(step);
        Ok(())
    }

    fn optional<D>(&mut self, read: impl FnOnce(&mut Self) -> Result<D>) -> Result<Option<D>> {
        if self.slots.last().is_some_and(|slot| !slot.present) {
            self.slots.pop();
            return Ok(None);
        }
        read(self).map(Some)
    }

    fn addition<D>(&mut self, read: impl FnOnce(&mut Self) -> Result<D>) -> Result<Option<D>> {
        if self.next_addition()? != Some(true) {
            self.slots.pop();
            return Ok(None);
        }
        self.open_type(|this| {
            let value = read(this)?;
            // An open type is padded to whole octets, and has at least one.
            match this.end.saturating_sub(this.position) / 8 {
                0 => Ok(Some(value)),
                extra => Err(this.fail(format!("{extra} octets behind an addition"))),
            }
        })
    }
}

/// How many bits tell the numbers 0 to `greatest`.
const fn width(greatest: u64) -> usize {
    (u64::BITS - greatest.leading_zeros()) as usize
}

impl<'a> Decoder for Tracer<'a> {
    type Ok = ();
    type Error = DecodeError;
    type AnyDecoder<const R: usize, const E: usize> = Tracer<'a>;

    fn codec(&self) -> rasn::Codec {
        rasn::Codec::Uper
    }

    fn decode_any(&mut self, _: Tag) -> Result<Any> {
        self.leaf(|this| this.string(&Constraints::NONE, 8)).map(Any::new)
    }

    fn decode_bit_string(&mut self, _: Tag, constraints: &Constraints) -> Result<BitString> {
        self.leaf(|this| this.string(constraints, 1)).map(|bits| bits.iter().map(|bit| *bit == 1).collect())
    }

    fn decode_bool(&mut self, _: Tag) -> Result<bool> {
        self.leaf(Self::bit)
    }

    fn decode_enumerated<E: Enumerated>(&mut self, _: Tag) -> Result<E> {
        let (variants, extensible) = (E::VARIANTS, E::EXTENDED_VARIANTS.is_some());
        self.leaf(|this| {
            if extensible && this.bit()? {
                return Err(this.fail("a value of an enumeration's later edition"));
            }
            let index = this.bits(width(variants.len().saturating_sub(1) as u64))? as usize;
            variants
                .get(index)
                .copied()
                .ok_or_else(|| this.fail(format!("value {index} of an enumeration that has {}", variants.len())))
        })
    }

    fn decode_integer<I: IntegerType>(&mut self, _: Tag, constraints: &Constraints) -> Result<I> {
        let number = self.leaf(|this| {
            let range = constraints.value().map(|range| *range.constraint);
            let (start, end) = match range {
                Some(Bounded::Single(value)) => (value, value),
                Some(Bounded::Range { start: Some(start), end: Some(end) }) => (start, end),
                _ => return Err(this.fail("an integer without bounds")),
            };
            let number = start + i128::from(this.bits(width((end - start) as u64))?);
            if number > end {
                return Err(this.fail(format!("{number}, outside {start}..{end}")));
            }
            Ok(number)
        })?;
        I::try_from(number).map_err(|_| self.fail(format!("{number} is out of range")))
    }

    fn decode_null(&mut self, _: Tag) -> Result<()> {
        self.leaf(|_| Ok(()))
    }

    fn decode_object_identifier(&mut self, _: Tag) -> Result<ObjectIdentifier> {
        self.leaf(|this| {
            let octets = this.string(&Constraints::NONE, 8)?;
            let arcs = crate::oid::arcs(&octets).and_then(crate::oid::absolute);
            arcs.and_then(ObjectIdentifier::new).ok_or_else(|| this.fail("a malformed object identifier"))
        })
    }

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
        let additions = D::EXTENDED_FIELDS;
        let step = self.open_members(
            D::IS_EXTENSIBLE,
            &mut D::FIELDS.iter(),
            &mut additions.iter().flat_map(|additions| additions.iter()),
        )?;
        let value = decode_fn(self)?;
        self.close_members(step)?;
        Ok(value)
    }

    fn decode_sequence_of<D: Decode>(&mut self, _: Tag, constraints: &Constraints) -> Result<Vec<D>> {
        let step = self.open();
        let (count, more) = self.size(constraints)?;
        if more {
            return Err(self.fail("a list of 16384 items and more"));
        }
        let mut values = Vec::new();
        for index in 0..count {
            self.slots.push(Slot { step: Step::Index(index), present: true });
            values.push(D::decode(self)?);
        }
        self.close(step);
        Ok(values)
    }

    fn decode_octet_string<'buf, T>(&'buf mut self, _: Tag, constraints: &Constraints) -> Result<T>
    where
        T: From<&'buf [u8]> + From<Vec<u8>>,
    {
        self.leaf(|this| this.string(constraints, 8)).map(T::from)
    }

    fn decode_utf8_string(&mut self, _: Tag, _: &Constraints) -> Result<Utf8String> {
        Err(self.refuse("UTF8String"))
    }

    fn decode_ia5_string(&mut self, _: Tag, constraints: &Constraints) -> Result<Ia5String> {
        let octets = self.leaf(|this| this.string(constraints, 7))?;
        Ia5String::from_iso646_bytes(&octets).map_err(|_| self.fail("a character outside IA5"))
    }

    fn decode_explicit_prefix<D: Decode>(&mut self, _: Tag) -> Result<D> {
        D::decode(self)
    }

    fn decode_optional_with_explicit_prefix<D: Decode>(&mut self, _: Tag) -> Result<Option<D>> {
        self.optional(D::decode)
    }

    fn decode_choice<D: DecodeChoice>(&mut self, _: &Constraints) -> Result<D> {
        let step = self.open();
        if D::EXTENDED_VARIANTS.is_some() && self.bit()? {
            return Err(self.fail("an alternative of a choice's later edition"));
        }
        let variants = Variants::from_slice(D::VARIANTS);
        let index = self.bits(width(variants.len().saturating_sub(1) as u64))? as usize;
        let Some((&name, &tag)) = D::IDENTIFIERS.get(index).zip(variants.get(index)) else {
            return Err(self.fail(format!("alternative {index} of a choice that has {}", variants.len())));
        };
        self.slots.push(Slot { step: Step::Name(name), present: true });
        let value = D::from_tag(self, tag)?;
        self.close(step);
        Ok(value)
    }

    fn decode_optional<D: Decode>(&mut self) -> Result<Option<D>> {
        self.optional(D::decode)
    }

    fn decode_optional_with_tag<D: Decode>(&mut self, tag: Tag) -> Result<Option<D>> {
        self.optional(|this| D::decode_with_tag(this, tag))
    }

    fn decode_optional_with_constraints<D: Decode>(&mut self, constraints: &Constraints) -> Result<Option<D>> {
        self.optional(|this| D::decode_with_constraints(this, constraints))
    }

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
        self.addition(|this| D::decode_with_tag_and_constraints(this, tag, &D::CONSTRAINTS.intersect(*constraints)))
    }

    crate::unused::unused_kinds!();
}
