//! ONNX detectors: from a camera picture to boxes with classes, in the picture's own pixels.
//!
//! A model is a directory with `model.toml` and the network beside it ([`ModelFile`]). A [`Detector`] runs one:
//! letterbox (aspect kept, padding on the right and below), network (ONNX Runtime, loaded at run time), decoder
//! ([`DecoderKind`]), thresholds by class, non-maximum suppression, and back to source pixels.
//!
//! One detector belongs to one thread; its buffers are reused from frame to frame.

mod decode;
mod detector;
mod ghost;
mod image;
mod letterbox;
mod model;
mod nms;
mod runtime;

pub use detector::{DetectError, Detector, DetectorSettings};
pub use ghost::{GhostError, GhostModel, GhostThresholds};
pub use image::{BgrImage, ImageError};
pub use model::{ClassSpec, ColourOrder, DecoderKind, DecoderSpec, InputSpec, Layout, ModelError, ModelFile, NmsSpec};
pub use runtime::{RUNTIME_VARIABLE, RuntimeError};
