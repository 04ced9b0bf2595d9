//! Messages in SI units: to the wire and back.

#![allow(clippy::unwrap_used, reason = "a test that can not read its vectors has failed")]

mod cn;
mod cn_phase1;
mod cn_phase2;
mod scales;
mod support;
mod us;
mod us_traps;
