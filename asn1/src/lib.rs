//! Bytes to V2X messages and back: the China and SAE message sets in UPER. No I/O, no clock, nothing of ours.
//!
//! A message has two levels here. The *wire form* are the types of [`cn`] and [`us`]: the standards' own structure with
//! the standards' own integers, which [`cn::encode`], [`cn::decode`], [`us::encode`] and [`us::decode`] turn into UPER
//! and back. The *SI form*, in [`si`], says the same in metres, seconds and radians, with `None` for what is unknown; what
//! the integers mean is in [`units`] and [`time`], once. [`decode_to_json`] and [`encode_from_json`] go between UPER and JSON (X.697) for any dialect.

// Firmware and browsers carry it too: an allocator is all it asks of the system.
#![cfg_attr(not(test), no_std)]

extern crate alloc;

pub mod bits;
pub mod cn;
pub mod confidence;
mod dialect;
mod error;
pub mod integer;
pub mod intersection_status;
pub mod jer;
pub mod lane_attributes;
mod macros;
mod numbered;
pub mod oid;
pub mod road_users;
pub mod si;
pub mod time;
pub mod transport;
pub mod units;
mod unknown;
mod unused;
mod uper;
pub mod us;
pub mod vehicle_state;

pub use dialect::{Dialect, UnknownDialect, decode_to_json, encode_from_json};
pub use error::CodecError;
/// The ASN.1 string and open types that members of messages have.
pub use rasn::types::{Any, FixedOctetString, Ia5String, ObjectIdentifier, OctetString};
pub use unknown::UnknownAlternative;

/// OCTET STRING (SIZE(1)).
pub type Octets1 = FixedOctetString<1>;
/// OCTET STRING (SIZE(2)).
pub type Octets2 = FixedOctetString<2>;
/// OCTET STRING (SIZE(3)).
pub type Octets3 = FixedOctetString<3>;
/// OCTET STRING (SIZE(4)), as the identities of SAE J2735.
pub type Octets4 = FixedOctetString<4>;
/// OCTET STRING (SIZE(6)).
pub type Octets6 = FixedOctetString<6>;
/// OCTET STRING (SIZE(7)).
pub type Octets7 = FixedOctetString<7>;
/// OCTET STRING (SIZE(8)), as the identities of the China set.
pub type Octets8 = FixedOctetString<8>;
/// OCTET STRING (SIZE(9)).
pub type Octets9 = FixedOctetString<9>;
/// OCTET STRING (SIZE(12)).
pub type Octets12 = FixedOctetString<12>;
/// OCTET STRING (SIZE(16)).
pub type Octets16 = FixedOctetString<16>;
/// OCTET STRING (SIZE(17)).
pub type Octets17 = FixedOctetString<17>;
/// OCTET STRING (SIZE(32)).
pub type Octets32 = FixedOctetString<32>;
/// OCTET STRING (SIZE(64)).
pub type Octets64 = FixedOctetString<64>;
/// OCTET STRING (SIZE(127)).
pub type Octets127 = FixedOctetString<127>;

/// Text as an IA5String; `None` when it has a character outside 7-bit ASCII.
pub fn ia5(text: &str) -> Option<Ia5String> {
    Ia5String::from_iso646_bytes(text.as_bytes()).ok()
}
