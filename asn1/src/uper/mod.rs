//! UPER (X.691, unaligned): our own reader and writer for the types that rasn's derives define.
//!
//! They stand behind rasn's `Decoder` and `Encoder`, so the types say once what they are, and rasn's own codec can be held
//! against ours (`tests/referee.rs`). What they gain: everything that a type's constraints decide is decided when
//! it is compiled, no allocation but the values' own, and what a later edition added is kept or skipped instead of lost.
//!
//! rasn's traits have no words for three things that our types ask for: a value wrapped in an open type, a bit string
//! without an allocation, and a value in one piece. A type that knows from [`OURS`] whom it speaks to asks by
//! [`open_type`](OpenType), [`PACKED_BITS`] and [`piece`].

mod brief;
mod fault;
pub(crate) mod piece;
mod reader;
mod sink;
mod source;
mod writer;

use alloc::vec::Vec;
use core::marker::PhantomData;

use rasn::prelude::*;
use rasn::types::constraints::Bounded;

use crate::{CodecError, jer};
use sink::Writer;
use source::Reader;

/// What our reader and writer answer when a type asks for the codec: rasn has no name for ours, and nothing here is in
/// aligned PER.
pub(crate) const OURS: rasn::Codec = rasn::Codec::Aper;

/// The tag by which an explicit prefix stands for an open type. (Those of choices, the only ones of our types, leave no
/// trace on the wire.)
const OPEN_TYPE: Tag = Tag::new(Class::Private, 0);

/// The tag by which an octet string of nine stands for a bit string of up to 64: its length, and the bits from the left.
pub(crate) const PACKED_BITS: Tag = Tag::BIT_STRING;

/// The tag by which an octet string stands for an alternative that the type does not know: its index in four octets, and
/// its value.
pub(crate) const PACKED_ALTERNATIVE: Tag = Tag::EXTERNAL;

/// The identifier of the alternative that keeps unknown ones; it is the last.
pub(crate) const UNKNOWN_ALTERNATIVE: &str = "unknownAlternative";

/// The identifier of the value that stands for unknown ones of an enumeration; it is the last.
pub(crate) const UNLISTED: &str = "unlisted";

/// How large most messages are at most.
pub(crate) const USUAL_OCTETS: usize = 512;

/// The encoding of a value. Which member broke a constraint, if one did, is found out afterwards.
pub(crate) fn encode<T: Encode>(value: &T) -> Result<Vec<u8>, CodecError> {
    let mut octets = Vec::with_capacity(USUAL_OCTETS);
    encode_into(value, &mut octets)?;
    Ok(octets)
}

/// The same into a buffer, which is cleared first and keeps its memory.
pub(crate) fn encode_into<T: Encode>(value: &T, octets: &mut Vec<u8>) -> Result<(), CodecError> {
    let mut writer = Writer::new(core::mem::take(octets));
    let outcome = value.encode(&mut writer);
    *octets = writer.finish();
    outcome.map_err(|error| {
        octets.clear();
        jer::to_json(value).err().unwrap_or_else(|| CodecError::new(error.message()))
    })
}

/// The value that the octets encode, all of them.
pub(crate) fn decode<T: Decode>(octets: &[u8]) -> Result<T, CodecError> {
    let mut reader = Reader::new(octets);
    match T::decode(&mut reader) {
        Ok(value) if reader.finish().is_ok() => Ok(value),
        _ => Err(reader.into_error()),
    }
}

/// A value in an open type: its encoding padded to whole octets, behind their number. Plain in JSON.
pub(crate) struct OpenType<T>(PhantomData<T>);

impl<T: Encode + Decode> OpenType<T> {
    pub(crate) fn encode<'b, E: Encoder<'b>>(value: &T, encoder: &mut E) -> Result<(), E::Error> {
        match encoder.codec() {
            OURS => encoder.encode_explicit_prefix(OPEN_TYPE, value, Identifier::EMPTY).map(drop),
            rasn::Codec::Jer => value.encode(encoder),
            codec => {
                let octets = rasn::uper::encode(value).map_err(|error| rasn::enc::Error::custom(error, codec))?;
                Any::new(octets).encode(encoder)
            }
        }
    }

    pub(crate) fn decode<D: Decoder>(decoder: &mut D) -> Result<T, D::Error> {
        match decoder.codec() {
            OURS => decoder.decode_explicit_prefix(OPEN_TYPE),
            rasn::Codec::Jer => T::decode(decoder),
            codec => {
                let octets = Any::decode(decoder)?;
                rasn::uper::decode(octets.as_bytes()).map_err(|error| rasn::de::Error::custom(error, codec))
            }
        }
    }
}

/// How many bits tell the numbers 0 to `greatest`.
#[inline(always)]
const fn width(greatest: u64) -> u32 {
    u64::BITS - greatest.leading_zeros()
}

/// The least and the greatest of a bounded range; `None` where an end is open.
#[inline(always)]
fn ends<T: Copy>(range: &Bounded<T>) -> Option<(T, T)> {
    match *range {
        Bounded::Single(value) => Some((value, value)),
        Bounded::Range { start: Some(start), end: Some(end) } => Some((start, end)),
        _ => None,
    }
}

/// The bounds of an integer, and whether others may come behind an extension bit.
#[inline(always)]
fn integer_bounds(constraints: &Constraints) -> (Option<(i64, i64)>, bool) {
    let Some(value) = constraints.value() else {
        return (None, false);
    };
    // Every bound of the message sets fits: a type with wider ones is coded as one without.
    let bounds = ends(&*value.constraint);
    (bounds.and_then(|(start, end)| Some((start.try_into().ok()?, end.try_into().ok()?))), value.extensible.is_some())
}

/// The bounds of an integer that may have no other values, the usual case.
#[inline(always)]
fn plain_bounds(constraints: &Constraints) -> Option<(i64, i64)> {
    let value = constraints.value()?;
    match (*value.constraint, value.extensible) {
        // No message has a bound beyond 64 bits.
        (Bounded::Range { start: Some(start), end: Some(end) }, None) => Some((start as i64, end as i64)),
        _ => None,
    }
}

/// The bounds of a size, and whether others may come behind an extension bit.
#[inline(always)]
fn size_bounds(constraints: &Constraints) -> (Option<(usize, usize)>, bool) {
    match constraints.size() {
        // From 64 Ki on a length says itself, whatever its bounds (X.691, 11.9).
        Some(size) => (ends(&*size.constraint).filter(|(_, end)| *end < 65_536), size.extensible.is_some()),
        None => (None, false),
    }
}
