//! The tables of commands and their answers.

use cloud_bridge::{Ack, Command, SignedCommand, SiteKeys};
use tokio_postgres::{Client, Error, Statement, Transaction};

use super::Database;
use crate::ledger::Entry;

const SENT: &str = "INSERT INTO command (city, site, id, kind, issued_us, expires_us, key, signature, sha256, bytes, signed) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING";
const ANSWER: &str = "INSERT INTO command_answer AS a (city, site, id, state, reason, detail) \
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING coalesce((SELECT kind FROM command c \
     WHERE (c.city, c.site, c.id) = (a.city, a.site, a.id) ORDER BY number LIMIT 1), 'unknown')";

/// A connection that writes them.
pub struct Book {
    client: Client,
    sent: Statement,
    answer: Statement,
}

impl Book {
    /// Connects to a database whose tables are of this version.
    pub async fn open(database: &Database) -> Result<Self, Error> {
        let client = database.connect().await?;
        let (sent, answer) = (client.prepare(SENT).await?, client.prepare(ANSWER).await?);
        Ok(Self { client, sent, answer })
    }

    /// Writes it down in one transaction. Kind and state of what was not there yet: `sent`, or the answer's.
    pub async fn write(&mut self, entries: &[Entry]) -> Result<Vec<(String, &'static str)>, Error> {
        let transaction = self.client.transaction().await?;
        let mut new = Vec::new();
        for entry in entries {
            match entry {
                Entry::Sent { site, command, wire } => {
                    if write_sent(&transaction, &self.sent, site, command, wire).await? {
                        new.push((command.kind.name().to_owned(), "sent"));
                    }
                }
                Entry::Answer { site, ack } => {
                    let kind = write_answer(&transaction, &self.answer, site, ack).await?;
                    new.extend(kind.map(|kind| (kind, ack.state.name())));
                }
            }
        }
        transaction.commit().await?;
        Ok(new)
    }
}

/// Whether it was not there yet.
async fn write_sent(
    transaction: &Transaction<'_>,
    statement: &Statement,
    site: &SiteKeys,
    command: &Command,
    wire: &SignedCommand,
) -> Result<bool, Error> {
    // What came over the wire is 64 KiB at most.
    let bytes = i32::try_from(wire.signed.len()).unwrap_or(i32::MAX);
    let written = transaction
        .execute(
            statement,
            &[
                &site.city(),
                &site.site(),
                &command.id,
                &command.kind.name(),
                &command.issued_us,
                &command.expires_us,
                &wire.key,
                &wire.signature,
                &wire.sha256(),
                &bytes,
                &Entry::kept_text(command, wire),
            ],
        )
        .await?;
    Ok(written == 1)
}

/// The kind of command, where the answer was not there yet.
async fn write_answer(
    transaction: &Transaction<'_>,
    statement: &Statement,
    site: &SiteKeys,
    ack: &Ack,
) -> Result<Option<String>, Error> {
    let reason = ack.reason.as_deref().unwrap_or_default();
    let written = transaction
        .query_opt(statement, &[&site.city(), &site.site(), &ack.id, &ack.state.name(), &reason, &ack.detail])
        .await?;
    Ok(written.map(|row| row.get(0)))
}

/// Removes what was heard longer ago.
pub async fn forget_commands(client: &Client, retention_days: i32) -> Result<(), Error> {
    for table in ["command", "command_answer"] {
        let old = "heard_us < extract(epoch FROM now() - make_interval(days => $1)) * 1000000";
        client.execute(&format!("DELETE FROM {table} WHERE {old}"), &[&retention_days]).await?;
    }
    Ok(())
}
