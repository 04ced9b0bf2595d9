//! The messages of phase 2, which travel as `msgFrameExt`: TEST, RTCM, RSC, SSM, VIR, PAM, PSM, CLPMM and VPM.

pub mod clpmm;
pub mod common;
mod frame;
pub mod non_motor;
pub mod pam;
pub mod psm;
pub mod rsc;
pub mod rtcm;
pub mod ssm;
pub mod ssm_obstacle;
pub mod test;
pub mod vir;
pub mod vpm;
pub mod vpm_action;
pub mod vpm_obu;

pub use frame::MessageFrameExt;
