//! PostgreSQL: what must not be lost, and who serves which sites.
//!
//! The database's clock is the only one here: several workers agree on it.

mod migrate;
mod partitions;
mod shards;
mod write;

use std::time::Duration;

use tokio_postgres::{Client, NoTls};

pub use migrate::migrate;
pub use partitions::Partitions;
pub use shards::{Shards, shard_of};
pub use write::{Writer, is_poison};

/// First and longest pause between attempts to reach the database.
const PAUSE_FIRST: Duration = Duration::from_millis(250);
const PAUSE_LONGEST: Duration = Duration::from_secs(10);

/// Pauses that grow from attempt to attempt, without end.
pub fn pauses() -> impl Iterator<Item = Duration> {
    std::iter::successors(Some(PAUSE_FIRST), |&pause| Some((pause * 2).min(PAUSE_LONGEST)))
}

/// Connects; the connection is driven by a task of its own, which ends with it.
pub async fn connect(database: &str) -> Result<Client, tokio_postgres::Error> {
    let mut config: tokio_postgres::Config = database.parse()?;
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(5));
    }
    let (client, connection) = config.application_name("lukou city").connect(NoTls).await?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::warn!("database connection: {}", explain(&error));
        }
    });
    Ok(client)
}

/// The error with its cause: tokio-postgres' own text leaves it out.
pub fn explain(error: &tokio_postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
