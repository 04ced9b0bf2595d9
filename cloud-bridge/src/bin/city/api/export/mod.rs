//! What was stored of a stretch of time, as a table: CSV or Parquet, however long it is.
//!
//! It is read site by site and a page at a time, each found by an index, and sent on as it is read: neither this worker nor
//! the database holds more of it than a page and a group of rows, and no query takes longer than the others.

mod encode;
mod table;

use std::io;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_postgres::types::ToSql;
use tokio_stream::wrappers::ReceiverStream;

use super::Shared;
use super::error::ApiError;
use super::query::{Parameters, checked_range, checked_site, days, window_id};
use encode::{Encoder, Format};
use table::{Batch, EVENTS, PARKING, TRAFFIC, Table};

/// Length of the windows that are looked for at a site that has said none, seconds.
const DEFAULT_WINDOW_S: i64 = 60;
/// Exports at a time; each may hold some tens of megabytes.
pub const MAX_EXPORTS: usize = 2;
/// Rows that the database is asked for at a time; a message more, so that none is cut.
const PAGE_ROWS: i64 = 2000;
/// Rows of a Parquet row group, and of a piece of CSV; at most a page more.
const GROUP_ROWS: usize = 10_000;
/// How long a client may take for one group before it is given up.
const CLIENT_PATIENCE: Duration = Duration::from_secs(60);

/// What is to be exported.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    city: Option<String>,
    site: Option<String>,
    /// Messages that end at or after this, microseconds since 1970 UTC.
    from_us: i64,
    /// Messages that end before this.
    to_us: i64,
    /// Of traffic: windows of this length, seconds; else each site's usual one.
    window_s: Option<i64>,
}

/// `GET /api/v1/{traffic,parking,events}.{csv,parquet}`
pub fn routes() -> Router<Shared> {
    let mut routes = Router::new();
    for table in [&TRAFFIC, &PARKING, &EVENTS] {
        for format in [Format::Csv, Format::Parquet] {
            let answer = move |state, wanted| answer(table, format, state, wanted);
            routes = routes.route(&format!("/api/v1/{}.{}", table.name, format.extension()), get(answer));
        }
    }
    routes
}

async fn answer(
    table: &'static Table,
    format: Format,
    State(api): State<Shared>,
    wanted: Parameters<Wanted>,
) -> Result<Response, ApiError> {
    let Query(wanted) = wanted?;
    checked_range(wanted.from_us, wanted.to_us)?;
    checked_site(wanted.city.as_deref(), wanted.site.as_deref())?;
    if wanted.window_s.is_some() && !table.has_windows {
        return Err(ApiError::BadRequest("window_s: is of traffic only".to_owned()));
    }
    let permit = api.exports.clone().try_acquire_owned();
    let permit =
        permit.map_err(|_| ApiError::Unavailable(format!("{MAX_EXPORTS} exports are under way; try later")))?;
    let sql = "SELECT site_id FROM site WHERE ($1::text IS NULL OR city = $1) AND ($2::text IS NULL OR site = $2) \
         ORDER BY city, site";
    let sites = api.readers.query(sql, &[&wanted.city, &wanted.site]).await?;
    let sites = sites.iter().map(|row| row.get(0)).collect();
    let (encoder, head) = Encoder::begin(format, table).map_err(|e| ApiError::Internal(e.to_string()))?;
    let (to_client, pieces) = mpsc::channel(1);
    let mut export = Export { api, table, wanted, encoder, batch: Batch::new(table), to_client };
    tokio::spawn(async move {
        let _permit = permit;
        if let Err(problem) = export.run(head, sites).await {
            tracing::warn!("export of {}: {problem}", export.table.name);
            // The answer has begun: that it breaks off is all that can still be said.
            let _ = export.to_client.send(Err(io::Error::other(problem))).await;
        }
    });
    Ok(([(CONTENT_TYPE, format.content_type())], Body::from_stream(ReceiverStream::new(pieces))).into_response())
}

/// One export under way.
struct Export {
    api: Shared,
    table: &'static Table,
    wanted: Wanted,
    encoder: Encoder,
    batch: Batch,
    to_client: mpsc::Sender<io::Result<Vec<u8>>>,
}

impl Export {
    /// Sends the beginning, all rows and the end.
    async fn run(&mut self, head: Vec<u8>, sites: Vec<i32>) -> Result<(), String> {
        self.send(head).await?;
        for site_id in sites {
            let window_s = self.window_s(site_id).await?;
            let mut after = Some((self.wanted.from_us, -1));
            while let Some((to_us, seq)) = after {
                after = self.page(site_id, window_s, to_us, seq).await?;
                if self.batch.len() >= GROUP_ROWS {
                    self.flush().await?;
                }
            }
        }
        self.flush().await?;
        let end = self.encoder.end().map_err(|e| e.to_string())?;
        self.send(end).await
    }

    /// Length of the windows that are told of a site, seconds; `None` of a table without windows.
    async fn window_s(&self, site_id: i32) -> Result<Option<i64>, String> {
        if self.wanted.window_s.is_some() || !self.table.has_windows {
            return Ok(self.wanted.window_s);
        }
        let sql = "SELECT window_s FROM usual_window WHERE site_id = $1";
        let rows = self.api.readers.query(sql, &[&site_id]).await.map_err(|e| e.parts().2)?;
        Ok(Some(rows.first().map_or(DEFAULT_WINDOW_S, |row| row.get(0))))
    }

    /// Reads what comes after a message; end and number of the last one, unless there is no more.
    async fn page(
        &mut self,
        site_id: i32,
        window_s: Option<i64>,
        after_us: i64,
        after_seq: i64,
    ) -> Result<Option<(i64, i64)>, String> {
        let (first_day, last_day) = days((after_us, self.wanted.to_us));
        let window = window_s.map(|window_s| (window_id(window_s), window_s));
        let mut parameters: Vec<&(dyn ToSql + Sync)> =
            vec![&site_id, &first_day, &last_day, &after_us, &self.wanted.to_us, &after_seq, &PAGE_ROWS];
        if let Some((id, window_s)) = &window {
            parameters.extend([id as &(dyn ToSql + Sync), window_s]);
        }
        let rows = self.api.readers.query(&self.table.sql(), &parameters).await;
        let rows = rows.map_err(|e| e.parts().2)?;
        rows.iter().for_each(|row| self.batch.push(row));
        let is_full = i64::try_from(rows.len()).is_ok_and(|n| n >= PAGE_ROWS);
        Ok(rows.last().filter(|_| is_full).map(|row| self.table.place(row)))
    }

    async fn flush(&mut self) -> Result<(), String> {
        if self.batch.len() == 0 {
            return Ok(());
        }
        let batch = std::mem::replace(&mut self.batch, Batch::new(self.table));
        let piece = self.encoder.rows(&batch).map_err(|e| e.to_string())?;
        self.send(piece).await
    }

    async fn send(&self, piece: Vec<u8>) -> Result<(), String> {
        match timeout(CLIENT_PATIENCE, self.to_client.send(Ok(piece))).await {
            Ok(sent) => sent.map_err(|_| "the client has gone".to_owned()),
            Err(_) => Err(format!("the client took nothing for {CLIENT_PATIENCE:?}")),
        }
    }
}
