//! Messages of the China set in SI units; how they are written is told in [the module above](super).

pub mod bsm;
pub mod common;
pub mod day2;
pub mod map;
mod offset;
pub mod rsi;
pub mod rsm;
pub mod spat;
