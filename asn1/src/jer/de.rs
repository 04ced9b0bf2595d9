//! JSON to values.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use rasn::error::DecodeError;
use rasn::prelude::*;
use rasn::types::{DecodeChoice, Enumerated, IntegerType, fields::Field, variants::Variants};
use serde_json::{Map, Value};

use crate::bits::Bits;
use crate::error::{CodecError, Step, path_text};
use crate::oid::decimal;

pub(super) fn decode<T: Decode>(json: &Value) -> Result<T, CodecError> {
    let mut decoder = JerDecoder { slots: vec![(None, Some(json))], path: Vec::new(), fault: None };
    T::decode(&mut decoder)
        .map_err(|error| decoder.fault.unwrap_or_else(|| CodecError::at(path_text(&decoder.path), error.to_string())))
}

/// Each value takes the next slot: what it goes by, and its JSON unless it is absent.
struct JerDecoder<'v> {
    slots: Vec<(Option<Step>, Option<&'v Value>)>,
    path: Vec<Step>,
    fault: Option<CodecError>,
}

impl<'v> JerDecoder<'v> {
    fn fail(&mut self, message: impl Into<String>) -> DecodeError {
        let message = message.into();
        let error = rasn::de::Error::custom(&message, rasn::Codec::Jer);
        self.fault.get_or_insert_with(|| CodecError::at(path_text(&self.path), message));
        error
    }

    fn refuse(&mut self, kind: &str) -> DecodeError {
        self.fail(format!("{kind} is in no message of this crate"))
    }

    /// The next slot's JSON, its step on the path until `close`. After an error the path stays, to be reported.
    fn open(&mut self) -> Result<(Option<Step>, &'v Value), DecodeError> {
        let (step, json) = self.slots.pop().unwrap_or((None, None));
        self.path.extend(step);
        json.map(|json| (step, json)).ok_or_else(|| self.fail("missing"))
    }

    /// Opens an object, with slots for its members. Not generic, so that it is compiled once for all types.
    fn open_members(
        &mut self,
        root: &mut dyn Iterator<Item = Field>,
        additions: &mut dyn Iterator<Item = Field>,
    ) -> Result<Option<Step>, DecodeError> {
        let (step, json) = self.open()?;
        let members = object(json).map_err(|message| self.fail(message))?;
        let first = self.slots.len();
        let slot = |field: Field| (Some(Step::Name(field.name)), members.get(field.name));
        self.slots.extend(root.chain(additions).map(slot));
        let known = |key: &str| {
            self.slots[first..].iter().any(|(step, _)| matches!(step, Some(Step::Name(name)) if *name == key))
        };
        if let Some(unknown) = members.keys().find(|key| !known(key)) {
            return Err(self.fail(format!("a member {unknown:?} that the type does not have")));
        }
        self.slots[first..].reverse();
        Ok(step)
    }

    fn close(&mut self, step: Option<Step>) {
        if step.is_some() {
            self.path.pop();
        }
    }

    fn leaf<T>(&mut self, parse: impl FnOnce(&'v Value) -> Result<T, String>) -> Result<T, DecodeError> {
        let (step, json) = self.open()?;
        let value = parse(json).map_err(|message| self.fail(message))?;
        self.close(step);
        Ok(value)
    }

    fn optional<D: Decode>(
        &mut self,
        body: impl FnOnce(&mut Self) -> Result<D, DecodeError>,
    ) -> Result<Option<D>, DecodeError> {
        if let Some((_, None)) = self.slots.last() {
            self.slots.pop();
            return Ok(None);
        }
        body(self).map(Some)
    }
}

fn object(json: &Value) -> Result<&Map<String, Value>, String> {
    json.as_object().ok_or_else(|| format!("an object was expected, not {}", kind(json)))
}

/// The one member of the object that stands for a choice.
fn alternative(json: &Value) -> Result<(&str, &Value), String> {
    let mut members = object(json)?.iter();
    match (members.next(), members.next()) {
        (Some((name, value)), None) => Ok((name, value)),
        _ => Err("an object with exactly one member was expected, the alternative".to_owned()),
    }
}

fn string(json: &Value) -> Result<&str, String> {
    json.as_str().ok_or_else(|| format!("a string was expected, not {}", kind(json)))
}

fn octets(json: &Value) -> Result<Vec<u8>, String> {
    super::unhex(string(json)?).ok_or_else(|| "not an even number of hex digits".to_owned())
}

fn kind(json: &Value) -> &'static str {
    match json {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// A plain hex string where the length is the constraint's or 0, `{"value", "length"}` where it is not.
fn bits(json: &Value, constraints: &Constraints) -> Result<(Vec<u8>, usize), String> {
    let (octets, length) = match json {
        Value::Object(members) => {
            let value = members.get("value").ok_or("\"value\" is missing")?;
            let length = members.get("length").and_then(Value::as_u64).ok_or("\"length\" is missing")?;
            if members.len() != 2 {
                return Err("members other than \"value\" and \"length\"".to_owned());
            }
            (octets(value)?, usize::try_from(length).map_err(|_| "\"length\" is too large")?)
        }
        other => {
            let octets = octets(other)?;
            let fixed = super::fixed_size(constraints).filter(|_| !octets.is_empty());
            let length = fixed.unwrap_or(octets.len() * 8);
            (octets, length)
        }
    };
    super::check_size(constraints, length)?;
    if Bits::from_octets(&octets, length).is_none() {
        return Err(format!("hex that is not {length} bits (at most 64) padded with zeros"));
    }
    Ok((octets, length))
}

impl<'v> Decoder for JerDecoder<'v> {
    type Ok = ();
    type Error = DecodeError;
    type AnyDecoder<const R: usize, const E: usize> = JerDecoder<'v>;

    fn codec(&self) -> rasn::Codec {
        rasn::Codec::Jer
    }

    fn decode_any(&mut self, _: Tag) -> Result<Any, DecodeError> {
        self.leaf(octets).map(Any::new)
    }

    fn decode_bit_string(&mut self, _: Tag, constraints: &Constraints) -> Result<BitString, DecodeError> {
        let (octets, length) = self.leaf(|json| bits(json, constraints))?;
        let mut value = BitString::from_vec(octets);
        value.truncate(length);
        Ok(value)
    }

    fn decode_bool(&mut self, _: Tag) -> Result<bool, DecodeError> {
        self.leaf(|json| json.as_bool().ok_or_else(|| format!("a boolean was expected, not {}", kind(json))))
    }

    fn decode_enumerated<E: Enumerated>(&mut self, _: Tag) -> Result<E, DecodeError> {
        self.leaf(|json| {
            let name = string(json)?;
            E::from_identifier(name).ok_or_else(|| format!("{name:?} is no name of this enumeration"))
        })
    }

    fn decode_integer<I: IntegerType>(&mut self, _: Tag, constraints: &Constraints) -> Result<I, DecodeError> {
        self.leaf(|json| {
            let number = json.as_i64().ok_or_else(|| format!("an integer was expected, not {json}"))?;
            super::check_value(constraints, &number)?;
            I::try_from(i128::from(number)).map_err(|_| format!("{number} is out of range"))
        })
    }

    fn decode_null(&mut self, _: Tag) -> Result<(), DecodeError> {
        self.leaf(|json| json.as_null().ok_or_else(|| format!("null was expected, not {}", kind(json))))
    }

    fn decode_object_identifier(&mut self, _: Tag) -> Result<ObjectIdentifier, DecodeError> {
        self.leaf(|json| {
            let arcs: Option<Vec<u32>> = string(json)?.split('.').map(decimal).collect();
            arcs.and_then(ObjectIdentifier::new).ok_or_else(|| "not a dotted object identifier".to_owned())
        })
    }

    fn decode_sequence<const RC: usize, const EC: usize, D, DF, F>(
        &mut self,
        _: Tag,
        _: Option<DF>,
        decode_fn: F,
    ) -> Result<D, DecodeError>
    where
        D: Constructed<RC, EC>,
        DF: FnOnce() -> D,
        F: FnOnce(&mut Self) -> Result<D, DecodeError>,
    {
        let additions = D::EXTENDED_FIELDS;
        let step =
            self.open_members(&mut D::FIELDS.iter(), &mut additions.iter().flat_map(|additions| additions.iter()))?;
        let value = decode_fn(self)?;
        self.close(step);
        Ok(value)
    }

    fn decode_sequence_of<D: Decode>(&mut self, _: Tag, constraints: &Constraints) -> Result<Vec<D>, DecodeError> {
        let (step, json) = self.open()?;
        let Some(items) = json.as_array() else {
            return Err(self.fail(format!("an array was expected, not {}", kind(json))));
        };
        super::check_size(constraints, items.len()).map_err(|message| self.fail(message))?;
        let mut values = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            self.slots.push((Some(Step::Index(index)), Some(item)));
            values.push(D::decode(self)?);
        }
        self.close(step);
        Ok(values)
    }

    fn decode_octet_string<'buf, T>(&'buf mut self, _: Tag, constraints: &Constraints) -> Result<T, DecodeError>
    where
        T: From<&'buf [u8]> + From<Vec<u8>>,
    {
        let octets = self.leaf(|json| {
            let octets = octets(json)?;
            super::check_size(constraints, octets.len()).map(|()| octets)
        })?;
        Ok(T::from(octets))
    }

    fn decode_utf8_string(&mut self, _: Tag, constraints: &Constraints) -> Result<Utf8String, DecodeError> {
        self.leaf(|json| {
            let text = string(json)?;
            super::check_size(constraints, text.chars().count()).map(|()| text.to_owned())
        })
    }

    fn decode_ia5_string(&mut self, _: Tag, constraints: &Constraints) -> Result<Ia5String, DecodeError> {
        self.leaf(|json| {
            let text = string(json)?;
            super::check_size(constraints, text.len())?;
            Ia5String::from_iso646_bytes(text.as_bytes()).map_err(|_| "a character outside IA5 (7 bits)".to_owned())
        })
    }

    fn decode_explicit_prefix<D: Decode>(&mut self, _: Tag) -> Result<D, DecodeError> {
        D::decode(self)
    }

    fn decode_optional_with_explicit_prefix<D: Decode>(&mut self, _: Tag) -> Result<Option<D>, DecodeError> {
        self.optional(D::decode)
    }

    fn decode_choice<D: DecodeChoice>(&mut self, _: &Constraints) -> Result<D, DecodeError> {
        let (step, json) = self.open()?;
        let (name, value) = alternative(json).map_err(|message| self.fail(message))?;
        let variants = Variants::from_slice(&[D::VARIANTS, D::EXTENDED_VARIANTS.unwrap_or(&[])].concat());
        let index = D::IDENTIFIERS.iter().position(|identifier| *identifier == name);
        let Some((&name, &tag)) = index.and_then(|index| D::IDENTIFIERS.get(index).zip(variants.get(index))) else {
            return Err(self.fail(format!("{name:?} is no alternative of this choice")));
        };
        self.slots.push((Some(Step::Name(name)), Some(value)));
        let value = D::from_tag(self, tag)?;
        self.close(step);
        Ok(value)
    }

    fn decode_optional<D: Decode>(&mut self) -> Result<Option<D>, DecodeError> {
        self.optional(D::decode)
    }

    fn decode_optional_with_tag<D: Decode>(&mut self, tag: Tag) -> Result<Option<D>, DecodeError> {
        self.optional(|this| D::decode_with_tag(this, tag))
    }

    fn decode_optional_with_constraints<D: Decode>(
        &mut self,
        constraints: &Constraints,
    ) -> Result<Option<D>, DecodeError> {
        self.optional(|this| D::decode_with_constraints(this, constraints))
    }

    fn decode_optional_with_tag_and_constraints<D: Decode>(
        &mut self,
        tag: Tag,
        constraints: &Constraints,
    ) -> Result<Option<D>, DecodeError> {
        self.optional(|this| D::decode_with_tag_and_constraints(this, tag, constraints))
    }

    fn decode_extension_addition_with_explicit_tag_and_constraints<D: Decode>(
        &mut self,
        tag: Tag,
        constraints: &Constraints,
    ) -> Result<Option<D>, DecodeError> {
        self.optional(|this| D::decode_with_tag_and_constraints(this, tag, constraints))
    }

    fn decode_extension_addition_with_tag_and_constraints<D: Decode>(
        &mut self,
        tag: Tag,
        constraints: &Constraints,
    ) -> Result<Option<D>, DecodeError> {
        self.optional(|this| D::decode_with_tag_and_constraints(this, tag, constraints))
    }

    crate::unused::unused_in_decoder!(DecodeError);
}
