//! SAE J2735 of September 2024, with the RSM of J2945/4 and the SDSM of J3224.

pub mod bsm;
pub mod common;
pub mod frame;
pub mod map;
pub mod part_ii;
pub mod psm;
pub mod rsm;
pub mod rtcm;
pub mod sdsm;
pub mod spat;
pub mod srm;
pub mod ssm;
pub mod tim;

pub use frame::{MessageFrame, decode, encode};
