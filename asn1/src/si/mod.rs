//! Messages in SI units: what the integers of the wire mean.
//!
//! Each message of [`crate::cn`] and [`crate::us`] that is used here has a struct of the same name under [`cn`] and [`us`],
//! one file a message, with the same members in the same order. What changes is how a member says its value:
//!
//! | on the wire | here |
//! |---|---|
//! | an integer times a step | `f64` in metres, seconds, radians (latitude and longitude in degrees), the unit at the end of the name: `speed_mps` |
//! | ... that may say "unknown", or may be missing | `Option<f64>`; `None` is sent as missing where that is allowed, else as "unknown" |
//! | a confidence class | `Option<f64>`: the bound at 95 %, in the unit of what it is about |
//! | `Position3D`, or an offset from one | `Option<`[`Position`]`>`: the place itself, never the offset |
//! | `DSecond` | `Option<f64>`, seconds within the minute |
//! | text | `String`, or [`Description`] where GB 2312 is allowed |
//! | a group | a struct of the same name; `Option` where it may be missing |
//! | an identifier, a count, an enumeration, a bit string | as it is |
//!
//! [`Si::to_wire`] rounds to the nearest step and refuses what the wire can't say, by the path of ASN.1 names, as in
//! `participants[3].speed: speed_mps 200 is outside 0 to 163.8`; where the standard says of an end of the range that it
//! means "this much or more", everything beyond is sent as the end. Offsets take the smallest form that fits. The length
//! of lists and the range of plain numbers are checked when the wire form is encoded. [`Si::from_wire`] can't fail: what is
//! reserved or without meaning is unknown. There and back again gives the same SI value, exactly; a wire form comes back
//! with "unknown" left out where it may be missing, and with the smallest offsets.
//!
//! # How a message is written
//!
//! Each quantity has one line in either direction, with its scale from [`crate::units`] and nothing else about units:
//!
//! | member | `to_wire` | `from_wire` |
//! |---|---|---|
//! | mandatory, can say "unknown" | `SPEED_MPS.to_wire_or_unknown(self.speed_mps).at("speed")?` | `SPEED_MPS.from_wire(wire.speed)` |
//! | mandatory, can not | `PITCH_RAD.to_wire(self.pitch_rad).at("pitch")?` | `PITCH_RAD.value(wire.pitch)` |
//! | may be missing | `SPEED_MPS.to_wire_optional(self.speed_z_mps).at("speedZ")?` | `SPEED_MPS.from_wire_optional(wire.speed_z)` |
//! | class, mandatory | `ConfidenceClass::of(self.speed_confidence_mps)` | `wire.speed_confidence.bound()` |
//! | class, may be missing | `ConfidenceClass::of_optional(self.acc_cfd_x_mps2)` | `bound_of(wire.acc_cfd_x)` |
//! | group, list, either of them optional | `self.size.to_wire().at("size")?` | `Si::from_wire(&wire.size)` |
//! | list whose items need the reference position | `each(&self.participants, \|p\| p.to_wire(&ref_pos)).at("participants")?` | `iter().map(..).collect()` |
//!
//! Groups that only one message has live in its file, others in `common.rs` of their family, and those of both families
//! here. A group with the same members in both families is one struct with [`Si`] for either wire type. Tests: one line a
//! message in `tests/si/cn.rs` or `tests/si/us.rs`, see `tests/si/support.rs`.

pub mod cn;
mod common;
mod confidence;
mod position;
mod text;
pub mod us;

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

pub use common::{Acceleration4Way, DateTime, PositionConfidenceSet, PositionalAccuracy};
pub use confidence::{ConfidenceClass, bound_of};
pub use position::Position;
pub use text::{Description, gb2312, gb2312_text, ia5_text, text_to_ia5};

use crate::CodecError;
use crate::units::OutOfRange;

/// A value in SI units that the wire type `W` can say.
pub trait Si<W>: Sized {
    /// The wire form, rounded to its steps.
    ///
    /// # Errors
    /// When a quantity is outside what the wire can say, or text can't be written; `at` is the path of ASN.1 names from here.
    fn to_wire(&self) -> Result<W, CodecError>;

    /// What the wire form means.
    fn from_wire(wire: &W) -> Self;
}

/// A member that may be missing.
impl<S: Si<W>, W> Si<Option<W>> for Option<S> {
    fn to_wire(&self) -> Result<Option<W>, CodecError> {
        self.as_ref().map(Si::to_wire).transpose()
    }

    fn from_wire(wire: &Option<W>) -> Self {
        wire.as_ref().map(Si::from_wire)
    }
}

/// A list; errors say which item.
impl<S: Si<W>, W> Si<Vec<W>> for Vec<S> {
    fn to_wire(&self) -> Result<Vec<W>, CodecError> {
        each(self, Si::to_wire)
    }

    fn from_wire(wire: &Vec<W>) -> Self {
        wire.iter().map(Si::from_wire).collect()
    }
}

/// Says at which member something went wrong.
pub(crate) trait At<T> {
    /// The same, with the member's ASN.1 name before the path.
    fn at(self, name: &str) -> Result<T, CodecError>;
}

impl<T> At<T> for Result<T, OutOfRange> {
    fn at(self, name: &str) -> Result<T, CodecError> {
        self.map_err(|error| CodecError::at(name, error.to_string()))
    }
}

impl<T> At<T> for Result<T, CodecError> {
    fn at(self, name: &str) -> Result<T, CodecError> {
        self.map_err(|error| error.within(name, 0))
    }
}

/// Every item by `convert`; errors say which one.
pub(crate) fn each<T, W>(items: &[T], convert: impl Fn(&T) -> Result<W, CodecError>) -> Result<Vec<W>, CodecError> {
    items.iter().enumerate().map(|(index, item)| convert(item).at(&format!("[{index}]"))).collect()
}
