//! A UDP socket towards one radio that outlives refusals, missing networks and changed interfaces.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::UdpSocket;

use super::{Handover, SendError};

/// Opened at the first message and again after any error that another socket may not have.
#[derive(Debug)]
pub(super) struct Peer {
    to: SocketAddr,
    socket: Option<UdpSocket>,
}

impl Peer {
    pub(super) fn new(to: SocketAddr) -> Self {
        Self { to, socket: None }
    }

    /// Sends one datagram.
    ///
    /// An ICMP refusal belongs to the datagram before this one and would make the system keep this one back. So the
    /// refusal is taken first, this datagram goes out in any case (the peer may be back), and the refusal is what is
    /// reported: over time as many are counted as were refused.
    pub(super) async fn send(&mut self, datagram: &[u8]) -> Result<Handover, SendError> {
        let socket = match self.socket.take() {
            Some(socket) => socket,
            None => self.open().await.map_err(|error| self.error(&error))?,
        };
        let refused = socket.take_error().ok().flatten();
        let sent = socket.send(datagram).await;
        let keep = match &sent {
            Ok(_) => true,
            Err(error) => matches!(error.kind(), ErrorKind::ConnectionRefused) || is_too_long(error),
        };
        if keep {
            self.socket = Some(socket);
        }
        match (sent, refused) {
            (Err(error), _) | (Ok(_), Some(error)) => Err(self.error(&error)),
            (Ok(_), None) => Ok(Handover::Done),
        }
    }

    async fn open(&self) -> std::io::Result<UdpSocket> {
        let any: SocketAddr = match self.to {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let socket = UdpSocket::bind(any).await?;
        // Some radios take frames at their subnet's broadcast address.
        socket.set_broadcast(true)?;
        socket.connect(self.to).await?;
        Ok(socket)
    }

    fn error(&self, error: &std::io::Error) -> SendError {
        let reason = match error.kind() {
            ErrorKind::ConnectionRefused => "refused",
            ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable | ErrorKind::NetworkDown => "unreachable",
            _ if is_too_long(error) => "too_long",
            _ => "io",
        };
        SendError { reason, detail: format!("{}: {error}", self.to) }
    }
}

/// EMSGSIZE: the message's fault, not the socket's.
fn is_too_long(error: &std::io::Error) -> bool {
    error.raw_os_error() == Some(90)
}
