//! SAE J2735 of September 2024, with the RSM of J2945/4 and the SDSM of J3224.

pub mod bsm;
pub mod bsm_special;
pub mod bsm_supplemental;
pub mod common;
pub mod confidence;
pub mod frame;
pub mod itis;
pub mod itis_incidents;
pub mod lanes;
pub mod map;
pub mod part_ii;
pub mod person;
pub mod psm;
pub mod requestor;
pub mod rsm;
pub mod rtcm;
pub mod sdsm;
pub mod spat;
pub mod srm;
pub mod ssm;
pub mod surface;
pub mod tim;
pub mod tim_regions;

pub use frame::{MessageFrame, decode, encode, encode_into};
