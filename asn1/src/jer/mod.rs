//! JSON Encoding Rules (X.697) for every type of this crate.
//!
//! rasn has a JER codec too; this one differs where the field's codecs do (an extensible BIT STRING of its root length
//! is a plain hex string, hex is lower case), refuses what the constraints refuse, refuses members that it does not know,
//! and says where in the message it found fault.

mod de;
mod enc;

use alloc::format;
use alloc::string::String;
use alloc::string::ToString;
use alloc::vec::Vec;

use rasn::{Decode, Encode};
use serde_json::Value;

use crate::error::CodecError;

/// The value as JSON.
///
/// # Errors
/// When a member is outside its constraint; `at` names it.
pub fn to_json<T: Encode>(value: &T) -> Result<Value, CodecError> {
    enc::encode(value)
}

/// The value that the JSON stands for.
///
/// # Errors
/// When a member is missing, unknown, of the wrong kind or outside its constraint; `at` names it.
pub fn from_json<T: Decode>(json: &Value) -> Result<T, CodecError> {
    de::decode(json)
}

/// Octets as lower-case hex.
pub(crate) fn hex(octets: &[u8]) -> String {
    let digit = |nibble: u8| char::from(if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 });
    octets.iter().flat_map(|octet| [digit(octet >> 4), digit(octet & 15)]).collect()
}

/// Hex of either case as octets.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    Some(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// The one length that a size constraint names, if it names one.
fn fixed_size(constraints: &rasn::types::Constraints) -> Option<usize> {
    use rasn::types::constraints::Bounded;
    match *constraints.size()?.constraint {
        Bounded::Single(length) => Some(length),
        Bounded::Range { start: Some(start), end: Some(end) } if start == end => Some(start),
        _ => None,
    }
}

/// Says what is wrong with a length, if anything.
fn check_size(constraints: &rasn::types::Constraints, length: usize) -> Result<(), String> {
    match constraints.size() {
        Some(size) if size.extensible.is_none() && !size.constraint.contains(&length) => {
            Err(format!("{length} items, outside {}", bounds(&size.constraint)))
        }
        _ => Ok(()),
    }
}

/// Says what is wrong with a number, if anything.
fn check_value<I: rasn::types::IntegerType>(constraints: &rasn::types::Constraints, value: &I) -> Result<(), String> {
    match constraints.value() {
        Some(range) if range.extensible.is_none() && !range.constraint.in_bound(value) => {
            Err(format!("{value}, outside {}", bounds(&range.constraint)))
        }
        _ => Ok(()),
    }
}

fn bounds<T: core::fmt::Display>(bounds: &rasn::types::constraints::Bounded<T>) -> String {
    use rasn::types::constraints::Bounded;
    let end = |end: &Option<T>| end.as_ref().map(T::to_string).unwrap_or_default();
    match bounds {
        Bounded::None => String::new(),
        Bounded::Single(value) => value.to_string(),
        Bounded::Range { start, end: last } => format!("{}..{}", end(start), end(last)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_goes_both_ways() {
        assert_eq!(hex(&[0x00, 0xaf, 0x19]), "00af19");
        assert_eq!(unhex("00Af19"), Some(vec![0x00, 0xaf, 0x19]));
        assert_eq!(unhex("0"), None);
        assert_eq!(unhex("0g"), None);
        assert_eq!(unhex("é0"), None);
    }
}
