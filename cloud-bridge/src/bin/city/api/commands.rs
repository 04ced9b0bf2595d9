//! What sites were told to do, and what became of it: the ledger, to be read.

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio_postgres::Row;

use super::Shared;
use super::error::ApiError;
use super::query::{Answer, Nothing, Page, Parameters, Parts, checked_limit, checked_site};

/// How a command may stand, as it can be asked for.
const STATES: [&str; 5] = ["unanswered", "accepted", "rejected", "done", "failed"];
/// What is told of each command. `commanded` is a view of the database.
const COLUMNS: &str = "city, site, id, kind, key, issued_us, expires_us, heard_us, bytes, sha256, state, reason, detail, \
     answered_us, number";

/// Which commands.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    city: Option<String>,
    site: Option<String>,
    /// One that went to several sites has the same id at each.
    id: Option<String>,
    kind: Option<String>,
    /// One of [`STATES`].
    state: Option<String>,
    from_us: Option<i64>,
    to_us: Option<i64>,
    limit: Option<i64>,
    after: Option<String>,
}

/// `GET /api/v1/commands`: the last heard first, in pages.
pub async fn commands(State(api): State<Shared>, wanted: Parameters<Wanted>) -> Answer {
    let Query(Wanted { city, site, id, kind, state, from_us, to_us, limit, after }) = wanted?;
    checked_site(city.as_deref(), site.as_deref())?;
    if let Some(unknown) = state.as_deref().filter(|state| !STATES.contains(state)) {
        return Err(ApiError::BadRequest(format!("state: {unknown:?} is none of {}", STATES.join(", "))));
    }
    let (before_us, before) = place(after.as_deref())?;
    let limit = checked_limit(limit)?;
    let (from_us, to_us) = Page { from_us, to_us, ..Page::default() }.range(&api).await?;
    let sql = format!(
        "SELECT {COLUMNS} FROM commanded WHERE heard_us >= $1 AND heard_us < $2 AND (heard_us, number) < ($3, $4) \
         AND ($5::text IS NULL OR city = $5) AND ($6::text IS NULL OR site = $6) AND ($7::text IS NULL OR id = $7) \
         AND ($8::text IS NULL OR kind = $8) AND ($9::text IS NULL OR state = $9) \
         ORDER BY heard_us DESC, number DESC LIMIT $10"
    );
    let rows = api
        .readers
        .query(&sql, &[&from_us, &to_us, &before_us, &before, &city, &site, &id, &kind, &state, &limit])
        .await?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|n| n == limit);
    let next = rows.last().filter(|_| is_full);
    let next = next.map(|row| format!("{}.{}", row.get::<_, i64>("heard_us"), row.get::<_, i64>("number")));
    Ok(Json(json!({"commands": rows.iter().map(summary).collect::<Vec<_>>(), "next": next})))
}

/// Where the page before ended: time and number.
fn place(after: Option<&str>) -> Result<(i64, i64), ApiError> {
    let Some(text) = after else { return Ok((i64::MAX, i64::MAX)) };
    let bad = || ApiError::BadRequest(format!("after: {text:?} is not the `next` of a page"));
    let (heard_us, number) = text.split_once('.').ok_or_else(bad)?;
    Ok((heard_us.parse().map_err(|_| bad())?, number.parse().map_err(|_| bad())?))
}

/// What was sent, and how it stands.
fn summary(row: &Row) -> Value {
    let text = |name: &str| row.get::<_, Option<String>>(name);
    let time = |name: &str| row.get::<_, Option<i64>>(name);
    json!({
        "city": text("city"), "site": text("site"), "id": text("id"), "kind": text("kind"), "key": text("key"),
        "issued_us": time("issued_us"), "expires_us": time("expires_us"), "heard_us": time("heard_us"),
        "bytes": row.get::<_, i32>("bytes"), "sha256": text("sha256"),
        "state": text("state"), "reason": text("reason"), "detail": text("detail"), "answered_us": time("answered_us"),
    })
}

/// `GET /api/v1/sites/{city}/{site}/commands/{id}`: all that was sent to a site under an id, with its signature, and all answers.
pub async fn command(
    State(api): State<Shared>,
    parts: Parts<(String, String, String)>,
    nothing: Parameters<Nothing>,
) -> Answer {
    let Path((city, site, id)) = parts?;
    nothing?;
    let sql = format!(
        "SELECT {COLUMNS}, signature, signed FROM commanded WHERE city = $1 AND site = $2 AND id = $3 ORDER BY number"
    );
    let sent = api.readers.query(&sql, &[&city, &site, &id]).await?;
    let sql = "SELECT state, nullif(reason, ''), detail, heard_us FROM command_answer \
         WHERE city = $1 AND site = $2 AND id = $3 ORDER BY heard_us, state";
    let answers = api.readers.query(sql, &[&city, &site, &id]).await?;
    if sent.is_empty() && answers.is_empty() {
        return Err(ApiError::NotFound(format!("no command {id} to {city}/{site} has been heard")));
    }
    let whole = |row: &Row| {
        let mut command = summary(row);
        command["signature"] = row.get::<_, String>("signature").into();
        command["signed"] = row.get::<_, Option<String>>("signed").into();
        command
    };
    let answer = |row: &Row| {
        json!({
            "state": row.get::<_, String>(0), "reason": row.get::<_, Option<String>>(1),
            "detail": row.get::<_, Option<String>>(2), "heard_us": row.get::<_, i64>(3),
        })
    };
    let [sent, answers] = [sent.iter().map(whole).collect(), answers.iter().map(answer).collect::<Vec<_>>()];
    Ok(Json(json!({"sent": sent, "answers": answers})))
}
