//! Sites, their states, what happened: straight from the tables.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use cloud_bridge::Kind;
use cloud_bridge::schema::Traffic;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::Shared;
use super::error::ApiError;

/// JSON, or what is wrong.
pub type Answer = Result<Json<Value>, ApiError>;
/// Parameters of a request, or what is wrong with them.
pub type Parameters<T> = Result<Query<T>, QueryRejection>;
/// Parts of a path, or what is wrong with them.
pub type Parts<T> = Result<Path<T>, PathRejection>;

/// Of a path without parameters: also there an unknown one is an error, since who asks for `?city=` would take the answer for that.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Microseconds of a day.
const DAY_US: i64 = 86_400_000_000;
/// The most rows of one page.
const MAX_LIMIT: i64 = 1000;

/// What the last chunk of a traffic message's key is for windows of this length; empty for a site's shortest.
pub fn window_id(window_s: i64) -> String {
    let traffic = Traffic { window_s: u32::try_from(window_s).ok(), ..Traffic::default() };
    cloud_bridge::State::Traffic(traffic).id().unwrap_or_default().to_owned()
}

/// A stretch of time, and a page of what is in it.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Messages that end at or after this, microseconds since 1970 UTC.
    pub from_us: Option<i64>,
    /// Messages that end before this.
    pub to_us: Option<i64>,
    /// Rows, 1 to 1000; default 100.
    pub limit: Option<i64>,
    /// `next` of the page before.
    pub after: Option<String>,
}

impl Page {
    /// From and to, always a true stretch. Where only the end is given it is the day before; where nothing is, the last day
    /// and what claims to be later.
    pub async fn range(&self, api: &Shared) -> Result<(i64, i64), ApiError> {
        let (from_us, to_us) = match (self.from_us, self.to_us) {
            (Some(from_us), to_us) => (from_us, to_us.unwrap_or(i64::MAX)),
            (None, Some(to_us)) => (to_us.saturating_sub(DAY_US), to_us),
            (None, None) => {
                let now = api.readers.query("SELECT (extract(epoch FROM now()) * 1000000)::bigint", &[]).await?;
                (now.first().map_or(0, |row| row.get::<_, i64>(0)) - DAY_US, i64::MAX)
            }
        };
        checked_range(from_us, to_us)?;
        Ok((from_us, to_us))
    }

    /// Where the page begins: after this end, site and number.
    fn after(&self) -> Result<(i64, i32, i64), ApiError> {
        let Some(text) = &self.after else { return Ok((i64::MIN, 0, 0)) };
        let bad = || ApiError::BadRequest(format!("after: {text:?} is not the `next` of a page"));
        let mut parts = text.split('.');
        let mut part = || parts.next().ok_or_else(bad);
        let (to_us, site, seq) = (part()?, part()?, part()?);
        let (Ok(to_us), Ok(site), Ok(seq)) = (to_us.parse(), site.parse(), seq.parse()) else { return Err(bad()) };
        Ok((to_us, site, seq))
    }

    /// The page's messages, oldest first. `which` says which in SQL, with `more` for its parameters from `$9` on.
    pub async fn messages(&self, api: &Shared, which: &str, more: &[&(dyn ToSql + Sync)]) -> Answer {
        let (range, limit, after) = (self.range(api).await?, checked_limit(self.limit)?, self.after()?);
        let from_us = range.0.max(after.0);
        let (first_day, last_day) = days((from_us, range.1));
        let sql = format!(
            "SELECT m.to_us, m.site_id, m.seq, s.city, m.payload FROM message m JOIN site s USING (site_id) \
             WHERE {which} AND m.day BETWEEN $1 AND $2 AND m.to_us >= $3 AND m.to_us < $4 \
             AND (m.to_us, m.site_id, m.seq) > ($5, $6, $7) ORDER BY m.to_us, m.site_id, m.seq LIMIT $8"
        );
        let mut parameters: Vec<&(dyn ToSql + Sync)> =
            vec![&first_day, &last_day, &from_us, &range.1, &after.0, &after.1, &after.2, &limit];
        parameters.extend(more);
        let rows = api.readers.query(&sql, &parameters).await?;
        let is_full = i64::try_from(rows.len()).is_ok_and(|n| n == limit);
        let next = rows
            .last()
            .filter(|_| is_full)
            .map(|row| format!("{}.{}.{}", row.get::<_, i64>(0), row.get::<_, i32>(1), row.get::<_, i64>(2)));
        let message = |row: &Row| json!({"city": row.get::<_, String>(3), "message": row.get::<_, Value>(4)});
        Ok(Json(json!({"messages": rows.iter().map(message).collect::<Vec<_>>(), "next": next})))
    }
}

/// Refuses what is no stretch of time.
pub fn checked_range(from_us: i64, to_us: i64) -> Result<(), ApiError> {
    if from_us >= to_us {
        return Err(ApiError::BadRequest(format!("to_us: {to_us} is not after from_us, {from_us}")));
    }
    Ok(())
}

/// Refuses a site without its city: a name is a site's only within its city.
pub fn checked_site(city: Option<&str>, site: Option<&str>) -> Result<(), ApiError> {
    if site.is_some() && city.is_none() {
        return Err(ApiError::BadRequest("site: give its city too".to_owned()));
    }
    Ok(())
}

pub fn checked_limit(limit: Option<i64>) -> Result<i64, ApiError> {
    match limit.unwrap_or(100) {
        limit @ 1..=MAX_LIMIT => Ok(limit),
        other => Err(ApiError::BadRequest(format!("limit: {other} is not between 1 and {MAX_LIMIT}"))),
    }
}

/// Days that hold what ends in a stretch; the tables are cut by them.
pub fn days((from_us, to_us): (i64, i64)) -> (i32, i32) {
    let day = |us: i64| i32::try_from(us.div_euclid(DAY_US)).unwrap_or(i32::MAX);
    (day(from_us), day(to_us))
}

/// `GET /api/v1/sites`
pub async fn sites(State(api): State<Shared>, nothing: Parameters<Nothing>) -> Answer {
    nothing?;
    Ok(Json(json!({"sites": all_sites(&api).await?})))
}

/// Every site, with its newest health and where it is.
pub async fn all_sites(api: &Shared) -> Result<Vec<Value>, ApiError> {
    let sql = "SELECT s.city, s.site, s.alive, (extract(epoch FROM s.alive_changed_at) * 1000000)::bigint, l.to_us, \
         l.payload, (SELECT max(to_us) FROM latest WHERE site_id = s.site_id) FROM site s \
         LEFT JOIN latest l ON l.site_id = s.site_id AND l.kind = 'health' ORDER BY s.city, s.site";
    let rows = api.readers.query(sql, &[]).await?;
    let site = |row: &Row| {
        let (city, site): (String, String) = (row.get(0), row.get(1));
        let health: Option<Value> = row.get(5);
        let place = api.place(&city, &site, health.as_ref());
        json!({
            "city": city, "site": site,
            "name": api.settings_of(&city, &site).and_then(|place| place.name.clone()),
            "latitude_deg": place.map(|[_, latitude_deg]| latitude_deg),
            "longitude_deg": place.map(|[longitude_deg, _]| longitude_deg),
            "alive": row.get::<_, Option<bool>>(2), "alive_changed_us": row.get::<_, Option<i64>>(3),
            "newest_us": row.get::<_, Option<i64>>(6), "health_us": row.get::<_, Option<i64>>(4),
            "simulated": health.as_ref().map(|health| health["simulated"].as_bool().unwrap_or_default()),
            "state": health.as_ref().map(|health| health["state"].clone()),
            "reasons": health.as_ref().map(|health| health["reasons"].clone()),
        })
    };
    Ok(rows.iter().map(site).collect())
}

async fn site_id(api: &Shared, city: &str, site: &str) -> Result<i32, ApiError> {
    let sql = "SELECT site_id FROM site WHERE city = $1 AND site = $2";
    let rows = api.readers.query(sql, &[&city, &site]).await?;
    let unknown = || ApiError::NotFound(format!("no site {city}/{site} has been seen"));
    rows.first().map(|row| row.get(0)).ok_or_else(unknown)
}

/// `GET /api/v1/sites/{city}/{site}/latest`
pub async fn latest(State(api): State<Shared>, parts: Parts<(String, String)>, nothing: Parameters<Nothing>) -> Answer {
    let Path((city, site)) = parts?;
    nothing?;
    let id = site_id(&api, &city, &site).await?;
    let sql = "SELECT kind, id, payload, (extract(epoch FROM received_at) * 1000000)::bigint FROM latest \
         WHERE site_id = $1 ORDER BY kind, id";
    let rows = api.readers.query(sql, &[&id]).await?;
    let state = |row: &Row| {
        json!({
            "kind": row.get::<_, String>(0), "id": row.get::<_, String>(1), "received_us": row.get::<_, i64>(3),
            "message": row.get::<_, Value>(2),
        })
    };
    Ok(Json(json!({"latest": rows.iter().map(state).collect::<Vec<_>>()})))
}

/// Which messages of a site's kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Past {
    /// Of one lot or event slot.
    id: Option<String>,
    /// Of traffic: windows of this length, seconds.
    window_s: Option<i64>,
    from_us: Option<i64>,
    to_us: Option<i64>,
    limit: Option<i64>,
    after: Option<String>,
}

/// `GET /api/v1/sites/{city}/{site}/history/{kind}`
pub async fn history(
    State(api): State<Shared>,
    parts: Parts<(String, String, String)>,
    past: Parameters<Past>,
) -> Answer {
    let (Path((city, site, kind)), Query(past)) = (parts?, past?);
    let Some(known) = Kind::from_name(&kind) else {
        return Err(ApiError::NotFound(format!("there is no kind {kind}")));
    };
    if past.window_s.is_some() && (known != Kind::Traffic || past.id.is_some()) {
        return Err(ApiError::BadRequest("window_s: is of traffic only, and says the id".to_owned()));
    }
    let id = past.id.or_else(|| past.window_s.map(window_id));
    let site_id = site_id(&api, &city, &site).await?;
    let which = "m.site_id = $9 AND m.kind = $10 AND ($11::text IS NULL OR m.id = $11) AND ($12::bigint IS NULL \
         OR window_s(m.payload, m.from_us, m.to_us) = $12)";
    let page = Page { from_us: past.from_us, to_us: past.to_us, limit: past.limit, after: past.after };
    page.messages(&api, which, &[&site_id, &kind, &id, &past.window_s]).await
}

/// What is to be counted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredOf {
    city: String,
    #[serde(default)]
    from_seq: i64,
}

/// `GET /api/v1/stored`: rows and different numbers by kind, to compare with what was sent.
pub async fn stored(State(api): State<Shared>, of: Parameters<StoredOf>) -> Answer {
    let Query(of) = of?;
    let sql = "SELECT kind, sum(n)::bigint, sum(numbers)::bigint FROM (SELECT m.kind, count(*) n, count(DISTINCT m.seq) \
         numbers FROM message m JOIN site s USING (site_id) WHERE s.city = $1 AND m.seq >= $2 GROUP BY m.site_id, m.kind) c \
         GROUP BY kind ORDER BY kind";
    let rows = api.readers.query(sql, &[&of.city, &of.from_seq]).await?;
    let kind = |row: &Row| json!({"kind": row.get::<_, String>(0), "messages": row.get::<_, i64>(1), "numbers": row.get::<_, i64>(2)});
    Ok(Json(json!({"stored": rows.iter().map(kind).collect::<Vec<_>>()})))
}
