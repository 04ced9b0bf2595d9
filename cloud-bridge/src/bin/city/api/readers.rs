//! Connections for reading, few and of their own: who reads much must not hold up what is stored.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard};
use tokio::time::timeout;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Error, Row};

use super::error::ApiError;
use crate::store::Database;

/// How long a request may wait for its rows; the database gives a query up before, if it does anything at all.
const PATIENCE: Duration = Duration::from_secs(15);
/// As many requests are answered from the database at a time; the others wait.
const READERS: usize = 4;

/// Connections that are made when they are needed, and again when they broke.
pub struct Readers {
    database: Database,
    clients: [Mutex<Option<Client>>; READERS],
    next: AtomicUsize,
}

impl Readers {
    pub fn new(database: Database) -> Self {
        Self { database, clients: Default::default(), next: AtomicUsize::new(0) }
    }

    /// The rows of a query; no query runs longer than 10 s, and none can write.
    pub async fn query(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, ApiError> {
        match timeout(PATIENCE, self.rows(sql, parameters)).await {
            Ok(rows) => Ok(rows?),
            Err(_) => Err(ApiError::Unavailable("the database does not answer".to_owned())),
        }
    }

    async fn rows(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Error> {
        let mut client = self.free().await;
        let usable = match client.take().filter(|client| !client.is_closed()) {
            Some(usable) => usable,
            None => {
                let new = self.database.connect().await?;
                new.batch_execute("SET statement_timeout = '10s'; SET default_transaction_read_only = on").await?;
                new
            }
        };
        client.insert(usable).query(sql, parameters).await
    }

    async fn free(&self) -> MutexGuard<'_, Option<Client>> {
        for client in &self.clients {
            if let Ok(free) = client.try_lock() {
                return free;
            }
        }
        let next = self.next.fetch_add(1, Ordering::Relaxed) % READERS;
        self.clients[next].lock().await
    }
}
