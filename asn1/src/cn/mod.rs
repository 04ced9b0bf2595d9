//! The China message set: BSM, MAP, RSM, SPAT and RSI.

pub mod bsm;
pub mod common;
pub mod confidence;
pub mod frame;
pub mod map;
pub mod n4;
pub mod rsi;
pub mod rsm;
pub mod spat;

pub use frame::{MessageFrame, decode, encode, encode_into};
