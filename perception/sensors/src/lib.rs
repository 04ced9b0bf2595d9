//! Cameras (files and RTSP through OpenCV), radars (UDP) and recordings (MCAP) as perception's inputs.
//!
//! Each source runs on its own thread, survives a bad device, and says how it is doing. None of them reads the
//! system's clock: the time is asked of the [`Now`] that the service passes in.

use std::sync::Arc;

use perception::time::UtcMicros;

pub mod camera;
mod mailbox;
pub mod radar;
pub mod recording;
mod stop;

pub use mailbox::{LatestFrame, VideoFrame};

/// Where a source gets the time from: UTC, microseconds. The service passes its one clock, a test whatever it likes.
pub type Now = Arc<dyn Fn() -> UtcMicros + Send + Sync>;
