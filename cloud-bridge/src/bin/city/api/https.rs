//! HTTPS: connections of which the TLS handshake is over.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Handshakes at the same time; who comes then waits in the kernel's queue.
const MAX_HANDSHAKES: usize = 64;
/// How long one may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Listens, and does handshakes beside each other: one that dawdles holds up nobody.
pub struct TlsListener {
    tcp: TcpListener,
    acceptor: TlsAcceptor,
    under_way: JoinSet<Option<(TlsStream<TcpStream>, SocketAddr)>>,
}

impl TlsListener {
    pub fn new(tcp: TcpListener, config: ServerConfig) -> Self {
        Self { tcp, acceptor: TlsAcceptor::from(Arc::new(config)), under_way: JoinSet::new() }
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            tokio::select! {
                Some(done) = self.under_way.join_next() => {
                    if let Ok(Some(connection)) = done {
                        return connection;
                    }
                }
                (stream, from) = Listener::accept(&mut self.tcp), if self.under_way.len() < MAX_HANDSHAKES => {
                    let handshake = timeout(HANDSHAKE, self.acceptor.accept(stream));
                    self.under_way.spawn(async move {
                        match handshake.await {
                            Ok(Ok(stream)) => return Some((stream, from)),
                            Ok(Err(error)) => tracing::debug!(%from, "no TLS: {error}"),
                            Err(_) => tracing::debug!(%from, "no TLS: it took too long"),
                        }
                        None
                    });
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.tcp.local_addr()
    }
}
