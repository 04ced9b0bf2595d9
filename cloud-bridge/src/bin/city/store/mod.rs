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
