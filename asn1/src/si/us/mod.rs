//! Messages of the US set in SI units; how they are written is told in [the module above](super).

pub mod common;
pub mod sdsm;
mod sdsm_kinds;
