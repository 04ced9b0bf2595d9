//! A PC5 radio behind UDP: one DSMP (China) or WSMP (US) frame a datagram.

use std::net::SocketAddr;

use super::{BoxFuture, Handover, Radio, SendError, Transmission, network_frame, udp::Peer};

/// See the module.
#[derive(Debug)]
pub struct Pc5Udp(Peer);

impl Pc5Udp {
    /// Towards the radio at `to`.
    pub fn new(to: SocketAddr) -> Self {
        Self(Peer::new(to))
    }
}

impl Radio for Pc5Udp {
    fn send<'a>(&'a mut self, transmission: &'a Transmission) -> BoxFuture<'a, Result<Handover, SendError>> {
        Box::pin(async move { self.0.send(&network_frame(transmission)?).await })
    }
}
