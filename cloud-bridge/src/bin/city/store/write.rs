//! A batch of messages into the tables, once each.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use cloud_bridge::{Kind, SiteKeys};
use tokio_postgres::{Client, Error, Statement, Transaction};

use super::book::forget_commands;
use super::{Partitions, shard_of};
use crate::inbox::Incoming;

const US_PER_DAY: i64 = 86_400_000_000;

const SITES: &str = "INSERT INTO site (city, site, shard) SELECT * FROM unnest($1::text[], $2::text[], $3::int[]) \
     ON CONFLICT DO NOTHING";
const SITE_IDS: &str =
    "SELECT city, site, site_id FROM site JOIN unnest($1::text[], $2::text[]) AS t(city, site) USING (city, site)";
const MESSAGES: &str = "INSERT INTO message (day, site_id, kind, seq, id, from_us, to_us, simulated, payload) \
     SELECT day, site_id, kind, seq, id, from_us, to_us, simulated, payload::jsonb FROM unnest($1::int[], $2::int[], \
     $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], $8::boolean[], $9::text[]) \
     AS t(day, site_id, kind, seq, id, from_us, to_us, simulated, payload) ON CONFLICT DO NOTHING \
     RETURNING site_id, kind, seq";
// What claims to be of a later time than now would hide all that comes after it.
const LATEST: &str = "INSERT INTO latest AS l (site_id, kind, id, seq, from_us, to_us, simulated, payload) \
     SELECT site_id, kind, id, seq, from_us, to_us, simulated, payload::jsonb FROM unnest($1::int[], $2::text[], \
     $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::boolean[], $8::text[]) \
     AS t(site_id, kind, id, seq, from_us, to_us, simulated, payload) \
     WHERE to_us <= extract(epoch FROM now() + interval '1 minute') * 1000000 \
     ON CONFLICT (site_id, kind, id) DO UPDATE SET seq = excluded.seq, from_us = excluded.from_us, \
     to_us = excluded.to_us, simulated = excluded.simulated, received_at = now(), payload = excluded.payload \
     WHERE (excluded.to_us, excluded.seq) > (l.to_us, l.seq) RETURNING site_id, kind, id";
const NOW_US: &str = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

/// Whether the fault lies in the values, so that the same batch fails each time.
pub fn is_poison(error: &Error) -> bool {
    // 22: data exception. 54: a limit of the program, such as nesting too deep.
    error.code().is_some_and(|code| code.code().starts_with("22") || code.code().starts_with("54"))
}

/// A connection that writes.
pub struct Writer {
    client: Client,
    messages: Statement,
    latest: Statement,
    site_ids: HashMap<SiteKeys, i32>,
    partitions: Partitions,
    retention_days: i32,
    newest_only: Vec<Kind>,
}

impl Writer {
    /// Prepares a connection whose tables are of this version.
    pub async fn new(client: Client, retention_days: i32, newest_only: Vec<Kind>) -> Result<Self, Error> {
        let partitions = Partitions::new(retention_days);
        let messages = client.prepare(MESSAGES).await?;
        let latest = client.prepare(LATEST).await?;
        let site_ids = HashMap::new();
        let mut writer = Self { client, messages, latest, site_ids, partitions, retention_days, newest_only };
        writer.maintain().await?;
        Ok(writer)
    }

    /// See [`Partitions::maintain`]; and forgets commands whose time is over.
    pub async fn maintain(&mut self) -> Result<(), Error> {
        self.partitions.maintain(&mut self.client).await?;
        forget_commands(&self.client, self.retention_days).await
    }

    /// Stores the batch in one transaction. Once it has returned, all of it is there for good.
    pub async fn write(&mut self, batch: &[Incoming]) -> Result<Written, Error> {
        self.learn_sites(batch).await?;
        let mut rows: Vec<Row<'_>> = batch.iter().enumerate().filter_map(|(n, of)| self.row(n, of)).collect();
        // Everybody takes locks in the same order, so that two workers with the same messages never wait for each other.
        rows.sort_unstable_by_key(|row| (row.site_id, row.of.key.kind, row.of.seq));
        let kept: Vec<&Row<'_>> = rows.iter().filter(|row| !self.newest_only.contains(&row.of.key.kind)).collect();
        self.partitions.make_for(&mut self.client, kept.iter().map(|row| row.day)).await?;
        let transaction = self.client.transaction().await?;
        let mut new = insert(&transaction, &self.messages, &kept).await?;
        let mut newest: BTreeMap<(i32, &str, &str), &Row<'_>> = BTreeMap::new();
        for row in &rows {
            let there = newest.entry((row.site_id, row.of.key.kind.name(), row.of.id())).or_insert(row);
            if (row.of.to_us, row.of.seq) > (there.of.to_us, there.of.seq) {
                *there = row;
            }
        }
        let newest: Vec<&Row<'_>> = newest.into_values().collect();
        let latest = upsert(&transaction, &self.latest, &newest).await?;
        transaction.commit().await?;
        let mut fates = vec![Fate::default(); batch.len()];
        for row in &kept {
            // Taken out: of two copies in one batch the other is a duplicate.
            fates[row.n].is_new = new.remove(&(row.site_id, row.of.key.kind.name().to_owned(), row.of.seq));
        }
        for row in newest {
            let key = (row.site_id, row.of.key.kind.name().to_owned(), row.of.id().to_owned());
            fates[row.n].is_latest = latest.contains(&key);
        }
        let stored_us = self.client.query_one(NOW_US, &[]).await?.get(0);
        let duplicates = kept.iter().filter(|row| !fates[row.n].is_new).count() as u64;
        Ok(Written { fates, duplicates, stored_us })
    }

    fn row<'a>(&self, n: usize, of: &'a Incoming) -> Option<Row<'a>> {
        let day = i32::try_from(of.to_us.div_euclid(US_PER_DAY)).ok()?;
        Some(Row { n, of, day, site_id: *self.site_ids.get(&of.key.site)? })
    }

    async fn learn_sites(&mut self, batch: &[Incoming]) -> Result<(), Error> {
        let mut unknown: Vec<&SiteKeys> =
            batch.iter().map(|incoming| &incoming.key.site).filter(|site| !self.site_ids.contains_key(site)).collect();
        unknown.sort_unstable();
        unknown.dedup();
        if unknown.is_empty() {
            return Ok(());
        }
        let cities: Vec<&str> = unknown.iter().map(|site| site.city()).collect();
        let sites: Vec<&str> = unknown.iter().map(|site| site.site()).collect();
        let shards: Vec<i32> = unknown.iter().map(|site| shard_of(site)).collect();
        self.client.execute(SITES, &[&cities, &sites, &shards]).await?;
        for row in self.client.query(SITE_IDS, &[&cities, &sites]).await? {
            if let Ok(site) = SiteKeys::new(row.get(0), row.get(1)) {
                self.site_ids.insert(site, row.get(2));
            }
        }
        Ok(())
    }
}

/// What became of a batch.
pub struct Written {
    /// Of each message.
    pub fates: Vec<Fate>,
    /// Messages of kinds with history that were there already.
    pub duplicates: u64,
    /// When it was there for good by the database's clock, microseconds since 1970 UTC.
    pub stored_us: i64,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fate {
    /// It was not there yet; never of kinds without history.
    pub is_new: bool,
    /// It became the newest state of its key.
    pub is_latest: bool,
}

struct Row<'a> {
    /// Its place in the batch.
    n: usize,
    of: &'a Incoming,
    day: i32,
    site_id: i32,
}

fn column<'a, T>(rows: &[&'a Row<'a>], value: impl Fn(&'a Row<'a>) -> T) -> Vec<T> {
    rows.iter().map(|row| value(row)).collect()
}

/// Site, kind and number of those that were not there.
async fn insert(
    transaction: &Transaction<'_>,
    statement: &Statement,
    rows: &[&Row<'_>],
) -> Result<BTreeSet<(i32, String, i64)>, Error> {
    let inserted = transaction
        .query(
            statement,
            &[
                &column(rows, |row| row.day),
                &column(rows, |row| row.site_id),
                &column(rows, |row| row.of.key.kind.name()),
                &column(rows, |row| row.of.seq),
                &column(rows, |row| row.of.id()),
                &column(rows, |row| row.of.from_us),
                &column(rows, |row| row.of.to_us),
                &column(rows, |row| row.of.simulated),
                &column(rows, |row| row.of.payload.as_str()),
            ],
        )
        .await?;
    Ok(inserted.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect())
}

/// Site, kind and id of the keys whose state is now another.
async fn upsert(
    transaction: &Transaction<'_>,
    statement: &Statement,
    rows: &[&Row<'_>],
) -> Result<BTreeSet<(i32, String, String)>, Error> {
    let changed = transaction
        .query(
            statement,
            &[
                &column(rows, |row| row.site_id),
                &column(rows, |row| row.of.key.kind.name()),
                &column(rows, |row| row.of.id()),
                &column(rows, |row| row.of.seq),
                &column(rows, |row| row.of.from_us),
                &column(rows, |row| row.of.to_us),
                &column(rows, |row| row.of.simulated),
                &column(rows, |row| row.of.payload.as_str()),
            ],
        )
        .await?;
    Ok(changed.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect())
}
