//! PostgreSQL: what must not be lost, and who serves which sites.
//!
//! The database's clock is the only one here: several workers agree on it.

mod book;
mod migrate;
mod partitions;
mod shards;
mod write;

use std::time::Duration;

use anyhow::Context;
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, NoTls, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::config::StoreConfig;

pub use book::Book;
pub use migrate::migrate;
pub use partitions::Partitions;
pub use shards::{Shards, shard_of};
pub use write::{Writer, Written, is_poison};

/// First and longest pause between attempts to reach the database.
const PAUSE_FIRST: Duration = Duration::from_millis(250);
const PAUSE_LONGEST: Duration = Duration::from_secs(10);

/// A database or a worker whose machine is gone says nothing more: whoever waits for it asks at the TCP level after this, and again,
/// and gives up.
const ASK_IDLE_S: u64 = 10;
const ASK_AGAIN_S: u64 = 5;
const ASK_TIMES: u32 = 3;
const UNANSWERED_S: u64 = ASK_IDLE_S + ASK_AGAIN_S * ASK_TIMES as u64;
/// The system's own default, which is what the library says when the settings say nothing.
const TWO_HOURS: Duration = Duration::from_secs(7200);
/// How long a worker that stands still may hold what it has locked in the midst of a transaction, seconds: the others wait for that.
const HOLDS_LOCKS_S: u32 = 5;

/// Pauses that grow from attempt to attempt, without end.
pub fn pauses() -> impl Iterator<Item = Duration> {
    std::iter::successors(Some(PAUSE_FIRST), |&pause| Some((pause * 2).min(PAUSE_LONGEST)))
}

/// Where the database is, and how to get there.
#[derive(Clone)]
pub struct Database {
    config: tokio_postgres::Config,
    tls: Option<MakeRustlsConnect>,
}

impl Database {
    /// Reads the settings and the certificates that they name.
    pub fn new(settings: &StoreConfig) -> anyhow::Result<Self> {
        let mut config: tokio_postgres::Config = settings.database.parse().context("store.database")?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(5));
        }
        if config.get_keepalives_idle() == TWO_HOURS {
            config.keepalives_idle(Duration::from_secs(ASK_IDLE_S));
        }
        if config.get_keepalives_interval().is_none() {
            config.keepalives_interval(Duration::from_secs(ASK_AGAIN_S)).keepalives_retries(ASK_TIMES);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(Duration::from_secs(UNANSWERED_S));
        }
        config.application_name("lukou city");
        let tls = settings.tls.as_ref().map(|tls| tls.config().context("store.tls")).transpose()?;
        if tls.is_some() {
            // Whatever the text says: certificates are not given for a connection that does without.
            config.ssl_mode(SslMode::Require);
        }
        Ok(Self { config, tls: tls.map(MakeRustlsConnect::new) })
    }

    /// Connects; the connection is driven by a task of its own, which ends with it.
    pub async fn connect(&self) -> Result<Client, tokio_postgres::Error> {
        match &self.tls {
            Some(tls) => self.connect_by(tls.clone()).await,
            None => self.connect_by(NoTls).await,
        }
    }

    async fn connect_by<T>(&self, tls: T) -> Result<Client, tokio_postgres::Error>
    where
        T: MakeTlsConnect<Socket>,
        T::Stream: Send + 'static,
    {
        let (client, connection) = self.config.connect(tls).await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!("database connection: {}", explain(&error));
            }
        });
        // By statements and not as options of the start, which poolers refuse.
        client
            .batch_execute(&format!(
                "SET idle_in_transaction_session_timeout = '{HOLDS_LOCKS_S}s'; SET tcp_keepalives_idle = {ASK_IDLE_S}; \
                 SET tcp_keepalives_interval = {ASK_AGAIN_S}; SET tcp_keepalives_count = {ASK_TIMES}; \
                 SET tcp_user_timeout = '{UNANSWERED_S}s'"
            ))
            .await?;
        Ok(client)
    }
}

/// The error with its cause: tokio-postgres' own text leaves it out.
pub fn explain(error: &tokio_postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
