//! One table a day: made before it is needed, dropped as a whole when its time is over.

use std::collections::BTreeSet;

use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Error, Transaction};

/// Days made ahead, so that midnight finds its table.
const AHEAD_DAYS: i32 = 2;
/// Only one worker changes the tables at a time: "lukop".
const LOCK: i64 = 0x6c_75_6b_6f_70;
/// How long a change waits for those who read the tables: a backup does for hours, and who comes after the change waits with it.
const WAIT: &str = "SET LOCAL lock_timeout = '2s'";

/// The days that have a table, as far as this worker knows; what it does not know is only slower.
#[derive(Debug, Default)]
pub struct Partitions {
    known: BTreeSet<i32>,
    today: i32,
    retention_days: i32,
}

impl Partitions {
    pub fn new(retention_days: i32) -> Self {
        Self { retention_days, ..Self::default() }
    }

    /// Looks at the calendar: makes tables ahead, drops those whose time is over, and strays as old.
    pub async fn maintain(&mut self, client: &mut Client) -> Result<(), Error> {
        let row = client.query_one("SELECT floor(extract(epoch FROM now()) / 86400)::int", &[]).await?;
        self.today = row.get(0);
        self.known = existing(client).await?;
        for day in self.today..=self.today.saturating_add(AHEAD_DAYS) {
            self.make(client, day).await?;
        }
        let oldest = self.oldest();
        let over: Vec<i32> = self.known.iter().copied().filter(|&day| day < oldest).collect();
        for day in over {
            if unless_busy(drop_day(client, day).await)? {
                self.known.remove(&day);
                tracing::info!(day, "a day's messages dropped, its time is over");
            }
        }
        let stray = "DELETE FROM message_stray WHERE received_at < now() - make_interval(days => $1)";
        client.execute(stray, &[&self.retention_days]).await?;
        Ok(())
    }

    /// Makes the tables of those of `days` that lie within the time that is kept; what is of other days goes to the strays.
    pub async fn make_for(&mut self, client: &mut Client, days: impl Iterator<Item = i32>) -> Result<(), Error> {
        let kept = self.oldest()..=self.today.saturating_add(AHEAD_DAYS);
        let missing: BTreeSet<i32> = days.filter(|day| kept.contains(day) && !self.known.contains(day)).collect();
        for day in missing {
            self.make(client, day).await?;
        }
        Ok(())
    }

    fn oldest(&self) -> i32 {
        self.today.saturating_sub(self.retention_days)
    }

    /// While the tables are busy, what is of the day goes to the strays; the next look at the calendar tries again.
    async fn make(&mut self, client: &mut Client, day: i32) -> Result<(), Error> {
        if !self.known.contains(&day) {
            unless_busy(make_day(client, day).await)?;
            self.known.insert(day);
        }
        Ok(())
    }
}

/// A transaction in which the tables may be changed.
async fn change(client: &mut Client) -> Result<Transaction<'_>, Error> {
    let transaction = client.transaction().await?;
    transaction.batch_execute(WAIT).await?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await?;
    Ok(transaction)
}

/// Whether a change was made; not if somebody reads what it changes for longer than it may wait.
fn unless_busy(changed: Result<(), Error>) -> Result<bool, Error> {
    match changed {
        Err(error) if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => {
            tracing::warn!("the tables of days stay as they are for now: somebody reads them for long");
            Ok(false)
        }
        other => other.map(|()| true),
    }
}

/// Strays of the day move in, so that a copy that comes now still meets the first.
async fn make_day(client: &mut Client, day: i32) -> Result<(), Error> {
    let transaction = change(client).await?;
    let name = name_of(day);
    let found = transaction.query_one("SELECT to_regclass($1) IS NOT NULL", &[&name]).await?;
    if !found.get::<_, bool>(0) {
        let next = i64::from(day) + 1;
        transaction
            .batch_execute(&format!(
                "LOCK TABLE message IN SHARE ROW EXCLUSIVE MODE;
                 CREATE TABLE {name} (LIKE message INCLUDING ALL);
                 INSERT INTO {name} SELECT * FROM message_stray WHERE day = {day};
                 DELETE FROM message_stray WHERE day = {day};
                 ALTER TABLE message ATTACH PARTITION {name} FOR VALUES FROM ({day}) TO ({next});"
            ))
            .await?;
    }
    transaction.commit().await
}

fn name_of(day: i32) -> String {
    // A table's name has no minus.
    if day < 0 { format!("message_before_{}", day.unsigned_abs()) } else { format!("message_{day}") }
}

async fn existing(client: &Client) -> Result<BTreeSet<i32>, Error> {
    let rows = client
        .query("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'message'::regclass", &[])
        .await?;
    let day = |name: String| name.strip_prefix("message_")?.parse().ok();
    Ok(rows.iter().filter_map(|row| day(row.get(0))).collect())
}

async fn drop_day(client: &mut Client, day: i32) -> Result<(), Error> {
    let transaction = change(client).await?;
    transaction.batch_execute(&format!("DROP TABLE IF EXISTS {}", name_of(day))).await?;
    transaction.commit().await
}
