//! The way to the signal controller.

use super::{Command, Refusal};

/// Asks a controller to serve a request, or to let go of it.
pub trait Control: Send {
    /// Never waits. `Some`: the controller's word, known at once. `None`: it comes as [`crate::pipeline::Input::Commanded`]
    /// through the inlet.
    fn ask(&mut self, command: &Command) -> Option<Result<(), Refusal>>;
}

/// A source of the signal that can only be listened to.
#[derive(Clone, Copy, Debug)]
pub struct NoControl;

impl Control for NoControl {
    fn ask(&mut self, _command: &Command) -> Option<Result<(), Refusal>> {
        Some(Err(Refusal::NotSupported))
    }
}
