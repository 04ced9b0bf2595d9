//! What happened, and what still lasts.

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::json;
use tokio_postgres::Row;

use super::Shared;
use super::error::ApiError;
use super::geo::Bbox;
use super::query::{Answer, Page, Parameters, checked_limit, checked_site};

/// Which messages of events.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    city: Option<String>,
    site: Option<String>,
    /// The event's kind.
    kind: Option<String>,
    /// Whether the event lasted when the message was sent.
    lasting: Option<bool>,
    from_us: Option<i64>,
    to_us: Option<i64>,
    limit: Option<i64>,
    after: Option<String>,
}

/// `GET /api/v1/events`: all that was told of events.
pub async fn events(State(api): State<Shared>, told: Parameters<Told>) -> Answer {
    let Query(told) = told?;
    checked_site(told.city.as_deref(), told.site.as_deref())?;
    let which = "m.kind = 'event' AND ($9::text IS NULL OR s.city = $9) AND ($10::text IS NULL OR s.site = $10) \
         AND ($11::text IS NULL OR m.payload ->> 'kind' = $11) \
         AND ($12::boolean IS NULL OR m.payload ? 'ended_at_us' <> $12)";
    let page = Page { from_us: told.from_us, to_us: told.to_us, limit: told.limit, after: told.after };
    page.messages(&api, which, &[&told.city, &told.site, &told.kind, &told.lasting]).await
}

/// Which events, as they last stood.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Newest {
    city: Option<String>,
    site: Option<String>,
    kind: Option<String>,
    /// Whether it still lasts.
    lasting: Option<bool>,
    /// Those within this.
    bbox: Option<Bbox>,
    /// Last told at or after this, microseconds since 1970 UTC.
    #[serde(default)]
    from_us: i64,
    /// Rows, 1 to 1000; default 100.
    limit: Option<i64>,
}

impl Newest {
    /// Cities and messages, the last told first.
    pub async fn rows(&self, api: &Shared) -> Result<Vec<Row>, ApiError> {
        checked_site(self.city.as_deref(), self.site.as_deref())?;
        let limit = checked_limit(self.limit)?;
        let [west, south, east, north] = self.bbox.unwrap_or_default().0;
        // A box may cross the 180th meridian: then its west is greater than its east.
        let sql = "SELECT s.city, l.payload FROM latest l JOIN site s USING (site_id) CROSS JOIN LATERAL \
             (SELECT (l.payload ->> 'lon_deg')::float8 AS lon, (l.payload ->> 'lat_deg')::float8 AS lat) AS at \
             WHERE l.kind = 'event' AND l.to_us >= $1 AND ($2::text IS NULL OR s.city = $2) \
             AND ($3::text IS NULL OR s.site = $3) AND ($4::text IS NULL OR l.payload ->> 'kind' = $4) \
             AND ($5::boolean IS NULL OR l.payload ? 'ended_at_us' <> $5) AND at.lat BETWEEN $7 AND $9 \
             AND CASE WHEN $6::float8 <= $8 THEN at.lon BETWEEN $6 AND $8 ELSE at.lon >= $6 OR at.lon <= $8 END \
             ORDER BY l.to_us DESC, l.site_id, l.id LIMIT $10";
        let (city, site, kind, lasting) = (&self.city, &self.site, &self.kind, &self.lasting);
        let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 10] =
            [&self.from_us, city, site, kind, lasting, &west, &south, &east, &north, &limit];
        api.readers.query(sql, &parameters).await
    }
}

/// `GET /api/v1/events/newest`: each event once, as it last stood, the last told first. A site's event is forgotten here
/// when another takes its slot, 191 events later at the earliest.
pub async fn newest(State(api): State<Shared>, newest: Parameters<Newest>) -> Answer {
    let Query(newest) = newest?;
    let rows = newest.rows(&api).await?;
    let event = |row: &Row| json!({"city": row.get::<_, String>(0), "message": row.get::<_, serde_json::Value>(1)});
    Ok(Json(json!({"events": rows.iter().map(event).collect::<Vec<_>>()})))
}
