//! Sites, their states, what happened: straight from the tables.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio_postgres::Row;

use super::Shared;
use super::error::ApiError;

type Answer = Result<Json<Value>, ApiError>;
/// Parameters of a request, or what is wrong with them.
pub type Parameters<T> = Result<Query<T>, QueryRejection>;

/// Microseconds of a day.
const DAY_US: i64 = 86_400_000_000;
/// The most rows of one page.
const MAX_LIMIT: i64 = 1000;

/// A stretch of time, and a page of what is in it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Page {
    pub city: Option<String>,
    pub site: Option<String>,
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
    /// From and to, always a true stretch.
    pub fn range(&self) -> Result<(i64, i64), ApiError> {
        let (from_us, to_us) = (self.from_us.unwrap_or(0), self.to_us.unwrap_or(i64::MAX));
        if from_us >= to_us {
            return Err(ApiError::BadRequest(format!("to_us: {to_us} is not after from_us, {from_us}")));
        }
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
}

fn checked_limit(limit: Option<i64>) -> Result<i64, ApiError> {
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
pub async fn sites(State(api): State<Shared>) -> Answer {
    let sql = "SELECT s.city, s.site, s.alive, (extract(epoch FROM s.alive_changed_at) * 1000000)::bigint, l.to_us, \
         l.payload, (SELECT max(to_us) FROM latest WHERE site_id = s.site_id) FROM site s \
         LEFT JOIN latest l ON l.site_id = s.site_id AND l.kind = 'health' ORDER BY s.city, s.site";
    let rows = api.readers.query(sql, &[]).await?;
    let site = |row: &Row| {
        let (city, site): (String, String) = (row.get(0), row.get(1));
        let place = api.place(&city, &site);
        let health: Option<Value> = row.get(5);
        json!({
            "city": city, "site": site,
            "name": place.and_then(|place| place.name.clone()),
            "latitude_deg": place.map(|place| place.latitude_deg),
            "longitude_deg": place.map(|place| place.longitude_deg),
            "alive": row.get::<_, Option<bool>>(2), "alive_changed_us": row.get::<_, Option<i64>>(3),
            "newest_us": row.get::<_, Option<i64>>(6), "health_us": row.get::<_, Option<i64>>(4),
            "state": health.as_ref().map(|health| health["state"].clone()),
            "reasons": health.as_ref().map(|health| health["reasons"].clone()),
        })
    };
    Ok(Json(json!({"sites": rows.iter().map(site).collect::<Vec<_>>()})))
}

async fn site_id(api: &Shared, city: &str, site: &str) -> Result<i32, ApiError> {
    let sql = "SELECT site_id FROM site WHERE city = $1 AND site = $2";
    let rows = api.readers.query(sql, &[&city, &site]).await?;
    let unknown = || ApiError::NotFound(format!("no site {city}/{site} has been seen"));
    rows.first().map(|row| row.get(0)).ok_or_else(unknown)
}

/// `GET /api/v1/sites/{city}/{site}/latest`
pub async fn latest(State(api): State<Shared>, Path((city, site)): Path<(String, String)>) -> Answer {
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

/// `GET /api/v1/sites/{city}/{site}/history/{kind}`
pub async fn history(
    State(api): State<Shared>,
    Path((city, site, kind)): Path<(String, String, String)>,
    page: Parameters<Page>,
) -> Answer {
    let Query(page) = page?;
    if page.city.is_some() || page.site.is_some() {
        return Err(ApiError::BadRequest("city, site: are in the path already".to_owned()));
    }
    if cloud_bridge::Kind::from_name(&kind).is_none() {
        return Err(ApiError::NotFound(format!("there is no kind {kind}")));
    }
    let id = site_id(&api, &city, &site).await?;
    messages(&api, &page, &kind, Some(id)).await
}

/// `GET /api/v1/events`
pub async fn events(State(api): State<Shared>, page: Parameters<Page>) -> Answer {
    let Query(page) = page?;
    let id = match (&page.city, &page.site) {
        (Some(city), Some(site)) => Some(site_id(&api, city, site).await?),
        (None, None) => None,
        _ => return Err(ApiError::BadRequest("city, site: give both or neither".to_owned())),
    };
    messages(&api, &page, "event", id).await
}

/// Which events, as they last stood.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Newest {
    /// Last told at or after this, microseconds since 1970 UTC.
    #[serde(default)]
    from_us: i64,
    /// Rows, 1 to 1000; default 100.
    limit: Option<i64>,
}

/// `GET /api/v1/events/newest`: each event once, as it last stood, the last told first. A site's event is forgotten here
/// when another takes its slot, 255 events later.
pub async fn newest_events(State(api): State<Shared>, newest: Parameters<Newest>) -> Answer {
    let Query(newest) = newest?;
    let sql = "SELECT s.city, l.payload FROM latest l JOIN site s USING (site_id) WHERE l.kind = 'event' AND l.to_us >= $1 \
         ORDER BY l.to_us DESC, l.site_id, l.id LIMIT $2";
    let rows = api.readers.query(sql, &[&newest.from_us, &checked_limit(newest.limit)?]).await?;
    let event = |row: &Row| json!({"city": row.get::<_, String>(0), "message": row.get::<_, Value>(1)});
    Ok(Json(json!({"events": rows.iter().map(event).collect::<Vec<_>>()})))
}

/// A page of messages, oldest first.
async fn messages(api: &Shared, page: &Page, kind: &str, site_id: Option<i32>) -> Answer {
    let (range, limit, (after_us, after_site, after_seq)) = (page.range()?, checked_limit(page.limit)?, page.after()?);
    let (first_day, last_day) = days((range.0.max(after_us), range.1));
    let sql = "SELECT m.to_us, m.site_id, m.seq, s.city, m.payload FROM message m JOIN site s USING (site_id) \
         WHERE m.kind = $1 AND ($2::int IS NULL OR m.site_id = $2) AND m.day BETWEEN $3 AND $4 AND m.to_us >= $5 \
         AND m.to_us < $6 AND (m.to_us, m.site_id, m.seq) > ($7, $8, $9) ORDER BY m.to_us, m.site_id, m.seq LIMIT $10";
    let rows = api
        .readers
        .query(
            sql,
            &[&kind, &site_id, &first_day, &last_day, &range.0, &range.1, &after_us, &after_site, &after_seq, &limit],
        )
        .await?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|n| n == limit);
    let next = rows
        .last()
        .filter(|_| is_full)
        .map(|row| format!("{}.{}.{}", row.get::<_, i64>(0), row.get::<_, i32>(1), row.get::<_, i64>(2)));
    let message = |row: &Row| json!({"city": row.get::<_, String>(3), "message": row.get::<_, Value>(4)});
    Ok(Json(json!({"messages": rows.iter().map(message).collect::<Vec<_>>(), "next": next})))
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

/// A lot as the newest message has it, and where the settings or the message say it is.
pub struct Lot {
    pub city: String,
    pub site: String,
    pub message: Value,
    /// Longitude and latitude, degrees.
    pub position: Option<[f64; 2]>,
}

/// The newest state of each lot.
pub async fn lots(api: &Shared) -> Result<Vec<Lot>, ApiError> {
    let sql = "SELECT s.city, s.site, l.payload FROM latest l JOIN site s USING (site_id) WHERE l.kind = 'parking' \
         ORDER BY s.city, s.site, l.id";
    let rows = api.readers.query(sql, &[]).await?;
    let lot = |row: &Row| {
        let (city, site, message): (String, String, Value) = (row.get(0), row.get(1), row.get(2));
        let own = position(&message);
        let position = own.or_else(|| api.place(&city, &site).map(|place| [place.longitude_deg, place.latitude_deg]));
        Lot { city, site, message, position }
    };
    Ok(rows.iter().map(lot).collect())
}

/// Where a message, or a part of one, says it is: `longitude_deg` and `latitude_deg`, in itself or in its `position`.
pub fn position(of: &Value) -> Option<[f64; 2]> {
    let at = |of: &Value| Some([of["longitude_deg"].as_f64()?, of["latitude_deg"].as_f64()?]);
    at(of).or_else(|| at(&of["position"]))
}

/// `GET /api/v1/parking.geojson` (RFC 7946)
pub async fn parking(State(api): State<Shared>) -> Result<impl axum::response::IntoResponse, ApiError> {
    let feature = |lot: &Lot| {
        let of = |name: &str| lot.message[name].clone();
        json!({
            "type": "Feature",
            "geometry": lot.position.map(|position| json!({"type": "Point", "coordinates": position})),
            "properties": {
                "city": lot.city, "site": lot.site, "lot": of("lot"), "name": of("name"), "total": of("total"),
                "free": of("free"), "occupied": of("occupied"), "unknown": of("unknown"), "at_us": of("to_us"),
                "simulated": lot.message["simulated"].as_bool().unwrap_or_default(),
            },
        })
    };
    let features: Vec<Value> = lots(&api).await?.iter().map(feature).collect();
    let body = json!({"type": "FeatureCollection", "features": features}).to_string();
    Ok(([(axum::http::header::CONTENT_TYPE, "application/geo+json")], body))
}
