//! The way to the signal controller.

use tokio::sync::mpsc;

use super::{Command, Refusal};

/// Asks a controller to serve a request, or to let go of it.
pub trait Control: Send {
    /// Never waits. `Some`: the controller's word, known at once. `None`: it comes as [`crate::pipeline::Input::Commanded`]
    /// through the inlet.
    fn ask(&mut self, command: &Command) -> Option<Result<(), Refusal>>;
}

/// Commands that may wait for the task that talks to the controller: more than there are requests.
const QUEUE: usize = 128;

/// The source of the signal, which talks to the controller by the protocol's own means ([`crate::signals::runner`]).
#[derive(Clone, Debug)]
pub struct ToSource(mpsc::Sender<Command>);

impl ToSource {
    /// The way, and the source's end of it.
    pub fn new() -> (Self, mpsc::Receiver<Command>) {
        let (queue, commands) = mpsc::channel(QUEUE);
        (Self(queue), commands)
    }
}

impl Control for ToSource {
    fn ask(&mut self, command: &Command) -> Option<Result<(), Refusal>> {
        // A command to let go that is lost here is made up for by the source's own limit.
        self.0.try_send(command.clone()).err().map(|_| Err(Refusal::Silent))
    }
}

/// A source of the signal that can only be listened to.
#[derive(Clone, Copy, Debug)]
pub struct NoControl;

impl Control for NoControl {
    fn ask(&mut self, _command: &Command) -> Option<Result<(), Refusal>> {
        Some(Err(Refusal::NotSupported))
    }
}
