//! Messages of the China set in SI units; how they are written is told in [the module above](super).

pub mod common;
mod offset;
pub mod rsm;
