//! UPER through rasn, with errors that say where.

use alloc::string::ToString;
use alloc::vec::Vec;

use rasn::{Decode, Encode};

use crate::CodecError;
use crate::{jer, trace};

/// The encoding of a value. rasn checks every constraint; which member broke one is found out afterwards.
pub(crate) fn encode<T: Encode>(value: &T) -> Result<Vec<u8>, CodecError> {
    rasn::uper::encode(value).map_err(|error| match jer::to_json(value) {
        Err(found) => found,
        Ok(_) => CodecError::new(error.to_string()),
    })
}

/// The value that the octets encode, all of them.
pub(crate) fn decode<T: Decode>(octets: &[u8]) -> Result<T, CodecError> {
    rasn::uper::decode(octets)
        .map_err(|error| trace::find_fault::<T>(octets).unwrap_or_else(|| CodecError::new(error.to_string())))
}
