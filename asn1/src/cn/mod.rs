//! The China message set: BSM, MAP, RSM, SPAT and RSI, and the messages of phase 2 ([`day2`]).

pub mod bsm;
pub mod common;
pub mod confidence;
pub mod csae157;
pub mod day2;
pub mod frame;
pub mod map;
pub mod n4;
pub mod rsi;
pub mod rsm;
pub mod spat;

pub use frame::{MessageFrame, decode, encode, encode_into};
