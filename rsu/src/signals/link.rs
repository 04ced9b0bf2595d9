//! The link to a controller: UDP, TCP to it, or TCP from it.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

/// How long a connection may take to come about, and a controller may take to read what is sent to it.
const PATIENCE: Duration = Duration::from_secs(3);

/// UDP or TCP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// One frame a datagram.
    #[default]
    Udp,
    /// A stream of frames.
    Tcp,
}

/// `signal.link` of `site.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkFile {
    /// UDP (default) or TCP.
    #[serde(default)]
    pub transport: Transport,
    /// Where we listen. UDP: absent is any free port. TCP: the controller connects to us.
    pub listen: Option<SocketAddr>,
    /// The controller's address. UDP: where what we say goes, and the only address that is listened to; absent: whoever
    /// speaks. TCP: we connect to it.
    pub to: Option<SocketAddr>,
}

impl LinkFile {
    /// What is wrong with it, if anything.
    pub fn check(&self) -> Result<(), String> {
        match (self.transport, self.listen, self.to) {
            (Transport::Udp, None, None) => Err("link: udp needs listen, to, or both".into()),
            (Transport::Tcp, Some(_), Some(_)) | (Transport::Tcp, None, None) => {
                Err("link: tcp needs either to (we connect) or listen (the controller connects)".into())
            }
            _ => Ok(()),
        }
    }
}

/// An endpoint whose local address is taken.
#[derive(Debug)]
pub enum Endpoint {
    /// No link: the source speaks by itself.
    Alone,
    /// A datagram socket; also where its words go.
    Udp(UdpSocket, Option<SocketAddr>),
    /// We connect.
    TcpTo(SocketAddr),
    /// The controller connects.
    TcpFrom(TcpListener),
}

impl Endpoint {
    /// Takes the local address, if there is one to take.
    ///
    /// # Errors
    /// It is in use or not this machine's.
    pub async fn bind(file: Option<&LinkFile>) -> io::Result<Self> {
        let Some(&LinkFile { transport, listen, to }) = file else { return Ok(Self::Alone) };
        match (transport, listen, to) {
            (Transport::Udp, listen, to) => {
                let socket = UdpSocket::bind(listen.unwrap_or_else(|| any_port(to))).await?;
                Ok(Self::Udp(socket, to))
            }
            (Transport::Tcp, Some(listen), _) => Ok(Self::TcpFrom(TcpListener::bind(listen).await?)),
            (Transport::Tcp, None, Some(to)) => Ok(Self::TcpTo(to)),
            (Transport::Tcp, None, None) => Err(io::Error::other("tcp needs to or listen")),
        }
    }

    /// Where it listens; `None`: nowhere.
    pub fn local_addr(&self) -> Option<SocketAddr> {
        match self {
            Self::Alone | Self::TcpTo(_) => None,
            Self::Udp(socket, _) => socket.local_addr().ok(),
            Self::TcpFrom(listener) => listener.local_addr().ok(),
        }
    }

    /// True if a silent controller may mean a dead connection.
    pub fn is_stream(&self) -> bool {
        matches!(self, Self::TcpTo(_) | Self::TcpFrom(_))
    }

    /// A link to the controller. Waits for it to connect if that is its part.
    ///
    /// # Errors
    /// It cannot be reached.
    pub async fn open(&self) -> io::Result<Link<'_>> {
        match self {
            Self::Alone => Ok(Link::Alone),
            Self::Udp(socket, to) => Ok(Link::Udp { socket, to: *to, speaker: *to }),
            Self::TcpTo(to) => {
                let stream = tokio::time::timeout(PATIENCE, TcpStream::connect(to)).await??;
                stream.set_nodelay(true)?;
                Ok(Link::Tcp(stream))
            }
            Self::TcpFrom(listener) => {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                Ok(Link::Tcp(stream))
            }
        }
    }
}

fn any_port(to: Option<SocketAddr>) -> SocketAddr {
    let any: IpAddr =
        if to.is_some_and(|to| to.is_ipv6()) { Ipv6Addr::UNSPECIFIED.into() } else { Ipv4Addr::UNSPECIFIED.into() };
    SocketAddr::new(any, 0)
}

/// What a link gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// So many bytes.
    Bytes(usize),
    /// A datagram from somebody who is not the controller.
    Stranger(SocketAddr),
    /// The controller has closed the connection.
    Closed,
}

/// A link that stands.
#[derive(Debug)]
pub enum Link<'a> {
    /// Nobody at the other end.
    Alone,
    /// Datagrams.
    Udp {
        /// The socket.
        socket: &'a UdpSocket,
        /// The controller, if it is known beforehand.
        to: Option<SocketAddr>,
        /// Who is answered.
        speaker: Option<SocketAddr>,
    },
    /// A stream.
    Tcp(TcpStream),
}

impl Link<'_> {
    /// Waits for bytes. Nothing is lost when this is given up while it waits.
    ///
    /// # Errors
    /// Those of the socket.
    pub async fn receive(&mut self, buffer: &mut [u8]) -> io::Result<Received> {
        match self {
            Self::Alone => std::future::pending().await,
            Self::Udp { socket, to, speaker } => {
                let (length, from) = socket.recv_from(buffer).await?;
                if to.is_some_and(|to| to.ip().to_canonical() != from.ip().to_canonical()) {
                    return Ok(Received::Stranger(from));
                }
                *speaker = to.or(Some(from));
                Ok(Received::Bytes(length))
            }
            Self::Tcp(stream) => match stream.read(buffer).await? {
                0 => Ok(Received::Closed),
                length => Ok(Received::Bytes(length)),
            },
        }
    }

    /// Sends one frame, to whoever spoke last if the controller's address is not known. False: nobody to send it to.
    ///
    /// # Errors
    /// Those of the socket, and a stream that takes nothing for 3 s.
    pub async fn send(&mut self, bytes: &[u8]) -> io::Result<bool> {
        match self {
            Self::Alone | Self::Udp { speaker: None, .. } => Ok(false),
            Self::Udp { socket, speaker: Some(speaker), .. } => {
                socket.send_to(bytes, *speaker).await?;
                Ok(true)
            }
            Self::Tcp(stream) => {
                tokio::time::timeout(PATIENCE, stream.write_all(bytes)).await??;
                Ok(true)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_cannot_be_is_refused() {
        let address = Some(SocketAddr::from(([127, 0, 0, 1], 9)));
        let check = |transport, listen, to| LinkFile { transport, listen, to }.check().is_ok();
        assert!(check(Transport::Udp, address, None) && check(Transport::Udp, None, address));
        assert!(check(Transport::Tcp, address, None) && check(Transport::Tcp, None, address));
        assert!(!check(Transport::Udp, None, None) && !check(Transport::Tcp, None, None));
        assert!(!check(Transport::Tcp, address, address));
    }
}
