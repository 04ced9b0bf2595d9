//! Brings the database's tables to this version. Several workers may begin at once.

use anyhow::bail;
use tokio_postgres::Client;

/// In order; what has been released is never changed, only added to.
const MIGRATIONS: [&str; 3] = [
    include_str!("../../../../migrations/0001_store.sql"),
    include_str!("../../../../migrations/0002_read.sql"),
    include_str!("../../../../migrations/0003_command.sql"),
];
/// Any number that nobody else locks: "lukou" in ASCII.
const LOCK: i64 = 0x6c_75_6b_6f_75;

/// Applies what is missing, all or nothing.
pub async fn migrate(client: &mut Client) -> anyhow::Result<()> {
    let transaction = client.transaction().await?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await?;
    transaction
        .batch_execute(
            "CREATE TABLE IF NOT EXISTS schema_version (version int PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())",
        )
        .await?;
    let found: i32 = transaction.query_one("SELECT coalesce(max(version), 0) FROM schema_version", &[]).await?.get(0);
    let known = i32::try_from(MIGRATIONS.len())?;
    if found > known {
        bail!("the database's tables are of version {found}, and this program knows {known}: use the newer program");
    }
    if found == 0 {
        let encoding: String = transaction.query_one("SHOW server_encoding", &[]).await?.get(0);
        if encoding != "UTF8" {
            bail!("the database is in {encoding}, which can't hold the names of all sites: make it with encoding UTF8");
        }
    }
    for (version, sql) in (1..).zip(MIGRATIONS).filter(|&(version, _)| version > found) {
        transaction.batch_execute(sql).await?;
        transaction.execute("INSERT INTO schema_version (version) VALUES ($1)", &[&version]).await?;
        tracing::info!(version, "database migrated");
    }
    transaction.commit().await?;
    Ok(())
}
