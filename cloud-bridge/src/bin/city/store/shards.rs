//! Who serves which sites, agreed upon through the database alone.
//!
//! A site belongs to one of 64 shards by its name. Each worker says twice a second that it lives, renews the lease of its
//! shards, gives up those beyond its share and takes such as nobody holds. A worker that was killed is known by its
//! connection, which the system closes for it: that is sooner than its lease ends, and no worker that is merely slow is taken for
//! dead. Nothing that matters for correctness hangs on it: two workers with one shard store each message once, and what
//! nobody heard comes again from the site's outbox.

use std::collections::{BTreeMap, BTreeSet};

use cloud_bridge::SiteKeys;
use tokio_postgres::{Client, Error};

/// How many shards there are: more than there will be workers.
pub const SHARDS: i32 = 64;

/// How long a worker without a connection has been silent when it is taken for dead, seconds: it may be about to connect again.
const SILENT_S: f64 = 1.5;
/// The first ticks by a new connection, in which nobody is taken for dead: a database that was restarted has lost all connections, and
/// the others are on their way back as well.
const SETTLING: u32 = 4;

/// The shard of a site: FNV-1a of `city/site`, mixed once more (Fibonacci hashing), since the last letters of a name, in which sites
/// differ, do not reach its upper bits; the same in every version and on every machine.
pub fn shard_of(site: &SiteKeys) -> i32 {
    let hash = site
        .to_string()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    i32::try_from(mixed >> 58).unwrap_or_default()
}

/// A worker's place among the others.
pub struct Shards {
    client: Client,
    name: String,
    lease_s: f64,
    ticks: u32,
}

impl Shards {
    /// The others see by this connection that the worker lives: it bears its name.
    pub async fn new(client: Client, name: String, lease_s: u32) -> Result<Self, Error> {
        client.query_one("SELECT set_config('application_name', 'lukou city ' || $1, false)", &[&name]).await?;
        Ok(Self { client, name, lease_s: f64::from(lease_s), ticks: 0 })
    }

    /// Renews, gives up and takes; returns the shards that are now this worker's. To be called twice a second.
    pub async fn tick(&mut self) -> Result<BTreeSet<i32>, Error> {
        let transaction = self.client.transaction().await?;
        transaction
            .execute(
                "INSERT INTO worker (name, seen_at) VALUES ($1, now()) ON CONFLICT (name) DO UPDATE SET seen_at = now()",
                &[&self.name],
            )
            .await?;
        self.ticks = self.ticks.saturating_add(1);
        if self.ticks > SETTLING {
            let dead = "DELETE FROM worker WHERE seen_at < now() - make_interval(secs => $1) \
                 AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'lukou city ' || worker.name)";
            transaction.execute(dead, &[&SILENT_S]).await?;
        }
        let alive = "SELECT count(*) FROM worker WHERE seen_at > now() - make_interval(secs => $1)";
        let workers: i64 = transaction.query_one(alive, &[&self.lease_s]).await?.get(0);
        let share = (i64::from(SHARDS) + workers - 1) / workers.max(1);
        let renew = "UPDATE shard SET until = now() + make_interval(secs => $2) WHERE owner = $1 RETURNING shard";
        let mut mine: BTreeSet<i32> =
            transaction.query(renew, &[&self.name, &self.lease_s]).await?.iter().map(|row| row.get(0)).collect();
        let held = i64::try_from(mine.len()).unwrap_or(i64::MAX);
        if held > share {
            let give = "UPDATE shard SET owner = NULL, until = NULL WHERE shard IN (SELECT shard FROM shard \
                 WHERE owner = $1 ORDER BY shard DESC LIMIT $2) RETURNING shard";
            for row in transaction.query(give, &[&self.name, &(held - share)]).await? {
                mine.remove(&row.get(0));
            }
        } else if held < share {
            let claim = "UPDATE shard SET owner = $1, until = now() + make_interval(secs => $2) WHERE shard IN (SELECT \
                 shard FROM shard WHERE until < now() OR NOT EXISTS (SELECT FROM worker WHERE name = owner) \
                 ORDER BY shard FOR UPDATE SKIP LOCKED LIMIT $3) RETURNING shard";
            let claimed = transaction.query(claim, &[&self.name, &self.lease_s, &(share - held)]).await?;
            mine.extend(claimed.iter().map(|row| row.get::<_, i32>(0)));
        }
        transaction.commit().await?;
        Ok(mine)
    }

    /// Writes down of some of this worker's sites whether they are connected.
    pub async fn note_alive(&self, changed: &[(SiteKeys, bool)]) -> Result<(), Error> {
        let cities: Vec<&str> = changed.iter().map(|(site, _)| site.city()).collect();
        let sites: Vec<&str> = changed.iter().map(|(site, _)| site.site()).collect();
        let shards: Vec<i32> = changed.iter().map(|(site, _)| shard_of(site)).collect();
        let alive: Vec<bool> = changed.iter().map(|&(_, alive)| alive).collect();
        // Looked up first: each row that is only tried costs a number of the sequence.
        let add = "INSERT INTO site (city, site, shard) SELECT * FROM unnest($1::text[], $2::text[], $3::int[]) AS t(city, \
             site, shard) WHERE NOT EXISTS (SELECT FROM site s WHERE s.city = t.city AND s.site = t.site) \
             ON CONFLICT DO NOTHING";
        self.client.execute(add, &[&cities, &sites, &shards]).await?;
        let note = "UPDATE site s SET alive = t.alive, alive_changed_at = now() FROM unnest($1::text[], $2::text[], \
             $3::boolean[]) AS t(city, site, alive) WHERE s.city = t.city AND s.site = t.site \
             AND s.alive IS DISTINCT FROM t.alive";
        self.client.execute(note, &[&cities, &sites, &alive]).await?;
        Ok(())
    }

    /// Writes down that of the sites of these shards only `known` may be connected.
    pub async fn note_others_gone(&self, mine: &BTreeSet<i32>, known: &BTreeMap<SiteKeys, bool>) -> Result<(), Error> {
        let cities: Vec<&str> = known.keys().map(SiteKeys::city).collect();
        let sites: Vec<&str> = known.keys().map(SiteKeys::site).collect();
        let mine: Vec<i32> = mine.iter().copied().collect();
        let gone = "UPDATE site AS s SET alive = false, alive_changed_at = now() WHERE shard = ANY($3) AND alive \
             AND NOT EXISTS (SELECT FROM unnest($1::text[], $2::text[]) AS t(city, site) \
             WHERE t.city = s.city AND t.site = s.site)";
        self.client.execute(gone, &[&cities, &sites, &mine]).await?;
        Ok(())
    }

    /// How far behind the sites of these shards are, by kind that sites say again and again: how old the newest state is of the
    /// one that is behind most, seconds, and of how many it is older than `silent_s`.
    pub async fn behind(&self, mine: &BTreeSet<i32>, silent_s: f64) -> Result<Vec<(String, f64, i64)>, Error> {
        let mine: Vec<i32> = mine.iter().copied().collect();
        let behind = "SELECT kind, max(age_s), count(*) FILTER (WHERE age_s > $2) FROM (SELECT l.kind, \
             (extract(epoch FROM now()) - max(l.to_us) / 1000000.0)::double precision AS age_s FROM latest l \
             JOIN site s USING (site_id) WHERE s.shard = ANY($1) AND l.kind <> 'event' GROUP BY l.site_id, l.kind) AS a \
             GROUP BY kind";
        let rows = self.client.query(behind, &[&mine, &silent_s]).await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect())
    }

    /// The sites of these shards, connected or not.
    pub async fn sites_of(&self, shards: &[i32]) -> Result<Vec<SiteKeys>, Error> {
        let rows = self.client.query("SELECT city, site FROM site WHERE shard = ANY($1)", &[&shards]).await?;
        Ok(rows.iter().filter_map(|row| SiteKeys::new(row.get(0), row.get(1)).ok()).collect())
    }

    /// Hands the shards over at once instead of when the lease ends.
    pub async fn leave(&self) -> Result<(), Error> {
        self.client.execute("UPDATE shard SET owner = NULL, until = NULL WHERE owner = $1", &[&self.name]).await?;
        self.client.execute("DELETE FROM worker WHERE name = $1", &[&self.name]).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_city_of_sites_spreads_over_all_shards() {
        let mut counts = [0_u32; 64];
        for n in 0..6400 {
            let shard = shard_of(&SiteKeys::new("city", &format!("junction-{n}")).unwrap());
            counts[usize::try_from(shard).unwrap()] += 1;
        }
        assert!(counts.iter().all(|&n| (50..200).contains(&n)), "{counts:?}");
        // Fixed for ever: a database holds it.
        assert_eq!(shard_of(&SiteKeys::new("demo", "vtest").unwrap()), 34);
    }
}
