//! The sockets of the virtual on-board unit. They hand frames on and never give up on their own.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use perception::time::UtcMicros;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::Via;
use crate::clock::Clock;
use crate::radios::uu_quic::{self, Answer, Subscription};
use crate::radios::{Shutdown, stopped};

/// The longest message that is taken from a stream, octets: twice what C-V2X carries.
const MAX_STREAMED: usize = 16 * 1024;
/// How long connecting, and then subscribing, may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// A server that says nothing for so long is gone.
const IDLE_TIMEOUT: Duration = Duration::from_secs(6);
/// The first and the longest pause before another try.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(8));

/// What a socket has to tell.
#[derive(Clone, Debug)]
pub enum Event {
    /// A frame came.
    Frame {
        /// By which radio.
        via: Via,
        /// When.
        at: UtcMicros,
        /// The frame.
        frame: Vec<u8>,
    },
    /// A link changed; for a person to read.
    Link {
        /// Which.
        via: Via,
        /// How.
        text: String,
    },
}

/// What a link needs from around it.
#[derive(Clone, Debug)]
pub struct Outlet {
    /// Where events go; one that finds no room is lost, as on the air.
    pub events: mpsc::Sender<Event>,
    /// Stamps frames.
    pub clock: Arc<Clock>,
    /// Ends the link.
    pub shutdown: Shutdown,
}

impl Outlet {
    fn frame(&self, via: Via, frame: Vec<u8>) {
        let _ = self.events.try_send(Event::Frame { via, at: self.clock.now(), frame });
    }

    fn link(&self, via: Via, text: String) {
        let _ = self.events.try_send(Event::Link { via, text });
    }
}

/// Receives frames as UDP datagrams from an on-board PC5 radio, until the end.
pub async fn receive_pc5(socket: UdpSocket, mut outlet: Outlet) {
    let mut buffer = vec![0; 65_536];
    loop {
        let received = tokio::select! {
            biased;
            () = stopped(&mut outlet.shutdown) => return,
            received = socket.recv_from(&mut buffer) => received,
        };
        match received {
            Ok((length, _)) => outlet.frame(Via::Pc5, buffer[..length].to_vec()),
            Err(error) => {
                outlet.link(Via::Pc5, error.to_string());
                tokio::time::sleep(BACK_OFF.0).await;
            }
        }
    }
}

/// Where and how to get messages over 5G.
#[derive(Clone, Debug)]
pub struct UuLink {
    /// `HOST:PORT`.
    pub server: String,
    /// The name in the server's certificate.
    pub name: String,
    /// The certificate to trust, PEM.
    pub ca: PathBuf,
    /// What to ask for.
    pub subscription: Subscription,
}

impl UuLink {
    /// Takes the name from `server`; the error says what is wrong with it.
    pub fn new(server: String, ca: PathBuf, subscription: Subscription) -> Result<Self, String> {
        let host = server.rsplit_once(':').filter(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok());
        let name = host.ok_or_else(|| format!("{server:?} is not HOST:PORT"))?.0.trim_matches(['[', ']']).to_owned();
        Ok(Self { server, name, ca, subscription })
    }
}

/// A QUIC client that trusts the certificates in `ca` and nothing else.
pub fn client_config(ca: &Path) -> Result<quinn::ClientConfig, String> {
    let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", ca.display());
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(ca).map_err(|error| wrong(&error))? {
        roots.add(certificate.map_err(|error| wrong(&error))?).map_err(|error| wrong(&error))?;
    }
    if roots.is_empty() {
        return Err(wrong(&"no certificate in PEM form in it"));
    }
    let mut tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|error| wrong(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    tls.alpn_protocols = vec![uu_quic::ALPN.to_vec()];
    let crypto = quinn::crypto::rustls::QuicClientConfig::try_from(tls).map_err(|error| wrong(&error))?;
    let mut config = quinn::ClientConfig::new(Arc::new(crypto));
    let mut transport = quinn::TransportConfig::default();
    transport.max_idle_timeout(quinn::IdleTimeout::try_from(IDLE_TIMEOUT).ok());
    transport.keep_alive_interval(Some(IDLE_TIMEOUT / 3));
    config.transport_config(Arc::new(transport));
    Ok(config)
}

/// Receives frames over 5G until the end; connects again, with growing pauses, whenever the connection is lost.
pub async fn receive_uu(link: UuLink, mut outlet: Outlet) {
    let mut pause = BACK_OFF.0;
    loop {
        let mut shutdown = outlet.shutdown.clone();
        let connected = async {
            let (endpoint, connection) = connect(&link).await?;
            pause = BACK_OFF.0;
            outlet.link(Via::Uu, format!("connected to {} ({})", link.server, connection.remote_address()));
            let ended = receive_connection(&connection, &outlet).await;
            drop(endpoint);
            Err::<(), String>(ended)
        };
        let ended = tokio::select! {
            biased;
            () = stopped(&mut shutdown) => return,
            ended = connected => ended,
        };
        if let Err(error) = ended {
            outlet.link(Via::Uu, format!("{}: {error}; trying again", link.server));
        }
        tokio::select! {
            biased;
            () = stopped(&mut outlet.shutdown) => return,
            () = tokio::time::sleep(pause) => {}
        }
        pause = (pause * 2).min(BACK_OFF.1);
    }
}

async fn connect(link: &UuLink) -> Result<(quinn::Endpoint, quinn::Connection), String> {
    // Read again at each try: the file may come later than the vehicle.
    let config = client_config(&link.ca)?;
    let addresses = tokio::net::lookup_host(&link.server).await.map_err(|error| error.to_string())?;
    let mut last = "no address".to_owned();
    for address in addresses {
        match timeout(CONNECT_WITHIN, connect_to(link, address, config.clone())).await {
            Ok(Ok(connected)) => return Ok(connected),
            Ok(Err(error)) => last = format!("{address}: {error}"),
            Err(_) => last = format!("{address}: no answer"),
        }
    }
    Err(last)
}

async fn connect_to(
    link: &UuLink,
    address: SocketAddr,
    config: quinn::ClientConfig,
) -> Result<(quinn::Endpoint, quinn::Connection), String> {
    let any: SocketAddr = match address {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let endpoint = quinn::Endpoint::client(any).map_err(|error| error.to_string())?;
    let connecting = endpoint.connect_with(config, address, &link.name).map_err(|error| error.to_string())?;
    let connection = connecting.await.map_err(|error| error.to_string())?;
    subscribe(&connection, &link.subscription).await?;
    Ok((endpoint, connection))
}

/// Says what the vehicle wants; the error is the server's own word where there is one.
pub async fn subscribe(connection: &quinn::Connection, subscription: &Subscription) -> Result<(), String> {
    let (mut send, mut receive) = connection.open_bi().await.map_err(|error| error.to_string())?;
    let mut line = serde_json::to_vec(subscription).map_err(|error| error.to_string())?;
    line.push(b'\n');
    send.write_all(&line).await.map_err(|error| error.to_string())?;
    let _ = send.finish();
    let answer = uu_quic::read_line(&mut receive).await?;
    let answer: Answer = serde_json::from_slice(&answer).map_err(|error| format!("answer: {error}"))?;
    match answer {
        Answer { ok: true, .. } => Ok(()),
        Answer { error, .. } => Err(error.unwrap_or_else(|| "refused without a reason".into())),
    }
}

async fn receive_connection(connection: &quinn::Connection, outlet: &Outlet) -> String {
    let mut streams = tokio::task::JoinSet::new();
    loop {
        tokio::select! {
            datagram = connection.read_datagram() => match datagram {
                Ok(datagram) => outlet.frame(Via::Uu, datagram.to_vec()),
                Err(error) => return error.to_string(),
            },
            // The server may open 100 at a time, quinn's default; each holds one message.
            stream = connection.accept_uni() => match stream {
                Ok(mut stream) => drop(streams.spawn(async move { stream.read_to_end(MAX_STREAMED).await })),
                Err(error) => return error.to_string(),
            },
            Some(streamed) = streams.join_next() => match streamed {
                Ok(Ok(frame)) => outlet.frame(Via::Uu, frame),
                Ok(Err(error)) => outlet.link(Via::Uu, format!("a streamed message was lost: {error}")),
                Err(_) => {}
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_the_host() {
        let link =
            |server: &str| UuLink::new(server.into(), "ca.pem".into(), Subscription::default()).map(|link| link.name);
        assert_eq!(link("rsu.example:4433").as_deref(), Ok("rsu.example"));
        assert_eq!(link("[::1]:4433").as_deref(), Ok("::1"));
        for wrong in ["rsu.example", ":4433", "rsu:x", ""] {
            assert!(link(wrong).is_err(), "{wrong}");
        }
    }
}
