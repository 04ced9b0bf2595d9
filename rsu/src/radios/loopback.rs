//! A radio without air, for tests and benches: messages come out of a bounded channel.

use tokio::sync::mpsc;

use super::{BoxFuture, Handover, Radio, SendError, Transmission};

/// See the module.
#[derive(Debug)]
pub struct Loopback(mpsc::Sender<Transmission>);

impl Loopback {
    /// The radio and the end at which its messages come out; `capacity` of them wait there at most.
    pub fn new(capacity: usize) -> (Self, mpsc::Receiver<Transmission>) {
        let (sender, receiver) = mpsc::channel(capacity.max(1));
        (Self(sender), receiver)
    }
}

impl Radio for Loopback {
    fn send<'a>(&'a mut self, transmission: &'a Transmission) -> BoxFuture<'a, Result<Handover, SendError>> {
        Box::pin(async move {
            match self.0.send(transmission.clone()).await {
                Ok(()) => Ok(Handover::Done),
                Err(_) => Ok(Handover::NobodyListens),
            }
        })
    }
}
