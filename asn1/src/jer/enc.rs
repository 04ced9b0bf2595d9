//! Values to JSON.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use rasn::error::EncodeError;
use rasn::prelude::*;
use rasn::types::{Choice, Enumerated, IntegerType, fields::Field, variants::Variants};
use serde_json::{Map, Value};

use crate::error::{CodecError, Step, path_text};

pub(super) fn encode<T: Encode>(value: &T) -> Result<Value, CodecError> {
    let mut encoder = JerEncoder::default();
    let outcome = value.encode(&mut encoder);
    match (outcome, encoder.root) {
        (Ok(()), Some(json)) => Ok(json),
        (Ok(()), None) => Err(CodecError::new("nothing was encoded")),
        (Err(error), _) => {
            Err(encoder.fault.unwrap_or_else(|| CodecError::at(path_text(&encoder.path), error.to_string())))
        }
    }
}

/// Where finished values go: the members of an object or of an array.
enum Sink {
    Object(Map<String, Value>),
    Array(Vec<Value>),
}

/// Each value takes the next slot (the name or index it will go by), the outermost one none.
#[derive(Default)]
struct JerEncoder {
    slots: Vec<Step>,
    sinks: Vec<Sink>,
    path: Vec<Step>,
    root: Option<Value>,
    fault: Option<CodecError>,
}

impl JerEncoder {
    fn put(&mut self, slot: Option<Step>, value: Value) {
        match (slot, self.sinks.last_mut()) {
            (Some(Step::Name(name)), Some(Sink::Object(members))) => {
                members.insert(name.to_owned(), value);
            }
            (Some(Step::Index(_)), Some(Sink::Array(items))) => items.push(value),
            _ => self.root = Some(value),
        }
    }

    fn leaf(&mut self, value: Result<Value, String>) -> Result<(), EncodeError> {
        let slot = self.slots.pop();
        match value {
            Ok(value) => {
                self.put(slot, value);
                Ok(())
            }
            Err(message) => {
                self.path.extend(slot);
                Err(self.fail(message))
            }
        }
    }

    fn fail(&mut self, message: String) -> EncodeError {
        let error = rasn::enc::Error::custom(&message, rasn::Codec::Jer);
        self.fault.get_or_insert_with(|| CodecError::at(path_text(&self.path), message));
        error
    }

    /// Opens the object or array that the next slot is for; `close` takes what this gives.
    fn open(&mut self, sink: Sink) -> Option<Step> {
        let slot = self.slots.pop();
        self.path.extend(slot);
        self.sinks.push(sink);
        slot
    }

    /// Opens an object, with slots for its members. Not generic, so that it is compiled once for all types.
    fn open_members(
        &mut self,
        root: &mut dyn Iterator<Item = Field>,
        additions: &mut dyn Iterator<Item = Field>,
    ) -> Option<Step> {
        let slot = self.open(Sink::Object(Map::new()));
        let first = self.slots.len();
        self.slots.extend(root.chain(additions).map(|field| Step::Name(field.name)));
        self.slots[first..].reverse();
        slot
    }

    fn close(&mut self, slot: Option<Step>) {
        if slot.is_some() {
            self.path.pop();
        }
        match self.sinks.pop() {
            Some(Sink::Object(members)) => self.put(slot, Value::Object(members)),
            Some(Sink::Array(items)) => self.put(slot, Value::Array(items)),
            None => {}
        }
    }

    fn refuse(&mut self, kind: &str) -> EncodeError {
        self.path.extend(self.slots.pop());
        self.fail(format!("{kind} is in no message of this crate"))
    }
}

impl Encoder<'_> for JerEncoder {
    type Ok = ();
    type Error = EncodeError;
    type AnyEncoder<'other, const R: usize, const E: usize> = JerEncoder;

    fn codec(&self) -> rasn::Codec {
        rasn::Codec::Jer
    }

    fn encode_any(&mut self, _: Tag, value: &Any, _: Identifier) -> Result<(), EncodeError> {
        self.leaf(Ok(super::hex(value.as_bytes()).into()))
    }

    fn encode_bool(&mut self, _: Tag, value: bool, _: Identifier) -> Result<(), EncodeError> {
        self.leaf(Ok(value.into()))
    }

    fn encode_bit_string(
        &mut self,
        _: Tag,
        constraints: &Constraints,
        value: &BitStr,
        _: Identifier,
    ) -> Result<(), EncodeError> {
        let mut octets = vec![0; value.len().div_ceil(8)];
        for index in value.iter_ones() {
            octets[index / 8] |= 0x80 >> (index % 8);
        }
        let text = super::hex(&octets);
        // The empty string needs no length beside it; so the field's codecs write it.
        let json = if super::fixed_size(constraints) == Some(value.len()) || value.is_empty() {
            Value::from(text)
        } else {
            serde_json::json!({ "value": text, "length": value.len() })
        };
        self.leaf(super::check_size(constraints, value.len()).map(|()| json))
    }

    fn encode_enumerated<E: Enumerated>(&mut self, _: Tag, value: &E, _: Identifier) -> Result<(), EncodeError> {
        self.leaf(Ok(value.identifier().into()))
    }

    fn encode_object_identifier(&mut self, _: Tag, value: &[u32], _: Identifier) -> Result<(), EncodeError> {
        let arcs: Vec<String> = value.iter().map(u32::to_string).collect();
        self.leaf(Ok(arcs.join(".").into()))
    }

    fn encode_integer<I: IntegerType>(
        &mut self,
        _: Tag,
        constraints: &Constraints,
        value: &I,
        _: Identifier,
    ) -> Result<(), EncodeError> {
        let json = super::check_value(constraints, value)
            .and_then(|()| value.to_i64().map(Value::from).ok_or_else(|| format!("{value}, outside 64 bits")));
        self.leaf(json)
    }

    fn encode_null(&mut self, _: Tag, _: Identifier) -> Result<(), EncodeError> {
        self.leaf(Ok(Value::Null))
    }

    fn encode_octet_string(
        &mut self,
        _: Tag,
        constraints: &Constraints,
        value: &[u8],
        _: Identifier,
    ) -> Result<(), EncodeError> {
        self.leaf(super::check_size(constraints, value.len()).map(|()| super::hex(value).into()))
    }

    fn encode_utf8_string(
        &mut self,
        _: Tag,
        constraints: &Constraints,
        value: &str,
        _: Identifier,
    ) -> Result<(), EncodeError> {
        self.leaf(super::check_size(constraints, value.chars().count()).map(|()| value.into()))
    }

    fn encode_ia5_string(
        &mut self,
        _: Tag,
        constraints: &Constraints,
        value: &Ia5String,
        _: Identifier,
    ) -> Result<(), EncodeError> {
        let octets = value.as_iso646_bytes();
        let json = super::check_size(constraints, octets.len())
            .map(|()| octets.iter().copied().map(char::from).collect::<String>().into());
        self.leaf(json)
    }

    fn encode_explicit_prefix<V: Encode>(&mut self, _: Tag, value: &V, _: Identifier) -> Result<(), EncodeError> {
        value.encode(self)
    }

    fn encode_sequence<'b, const RC: usize, const EC: usize, C, F>(
        &'b mut self,
        _: Tag,
        encoder_scope: F,
        _: Identifier,
    ) -> Result<(), EncodeError>
    where
        C: Constructed<RC, EC>,
        F: FnOnce(&mut Self::AnyEncoder<'b, RC, EC>) -> Result<(), EncodeError>,
    {
        let additions = C::EXTENDED_FIELDS;
        let slot =
            self.open_members(&mut C::FIELDS.iter(), &mut additions.iter().flat_map(|additions| additions.iter()));
        encoder_scope(self)?;
        self.close(slot);
        Ok(())
    }

    fn encode_sequence_of<E: Encode>(
        &mut self,
        _: Tag,
        value: &[E],
        constraints: &Constraints,
        _: Identifier,
    ) -> Result<(), EncodeError> {
        if let Err(message) = super::check_size(constraints, value.len()) {
            return self.leaf(Err(message));
        }
        let slot = self.open(Sink::Array(Vec::with_capacity(value.len())));
        for (index, item) in value.iter().enumerate() {
            self.slots.push(Step::Index(index));
            item.encode(self)?;
        }
        self.close(slot);
        Ok(())
    }

    fn encode_some<E: Encode>(&mut self, value: &E, _: Identifier) -> Result<(), EncodeError> {
        value.encode(self)
    }

    fn encode_some_with_tag_and_constraints<E: Encode>(
        &mut self,
        tag: Tag,
        constraints: &Constraints,
        value: &E,
        identifier: Identifier,
    ) -> Result<(), EncodeError> {
        value.encode_with_tag_and_constraints(self, tag, constraints, identifier)
    }

    fn encode_none<E: Encode>(&mut self, _: Identifier) -> Result<(), EncodeError> {
        self.slots.pop();
        Ok(())
    }

    fn encode_none_with_tag(&mut self, _: Tag, _: Identifier) -> Result<(), EncodeError> {
        self.slots.pop();
        Ok(())
    }

    fn encode_choice<E: Encode + Choice>(
        &mut self,
        _: &Constraints,
        tag: Tag,
        encode_fn: impl FnOnce(&mut Self) -> Result<Tag, EncodeError>,
        _: Identifier,
    ) -> Result<(), EncodeError> {
        let variants = Variants::from_slice(&[E::VARIANTS, E::EXTENDED_VARIANTS.unwrap_or(&[])].concat());
        let name = variants.iter().position(|&variant| variant == tag).and_then(|index| E::IDENTIFIERS.get(index));
        let Some(name) = name else {
            return self.leaf(Err("an alternative without a name".to_owned()));
        };
        let slot = self.open(Sink::Object(Map::new()));
        self.slots.push(Step::Name(name));
        encode_fn(self)?;
        self.close(slot);
        Ok(())
    }

    fn encode_extension_addition<E: Encode>(
        &mut self,
        tag: Tag,
        constraints: &Constraints,
        value: E,
        identifier: Identifier,
    ) -> Result<(), EncodeError> {
        value.encode_with_tag_and_constraints(self, tag, constraints, identifier)
    }

    crate::unused::unused_in_encoder!(EncodeError);
}
