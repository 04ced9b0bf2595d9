//! Messages of phase 2 in SI units, as far as the service says or hears them.

pub mod common;
pub mod pam;
pub mod psm;
pub mod rsc;
pub mod rtcm;
pub mod ssm;
pub mod ssm_motion;
pub mod ssm_obstacle;
pub mod vir;
