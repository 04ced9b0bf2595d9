//! The newest states as NGSI-LD entities (ETSI GS CIM 009): what a context broker asks of a source that is registered with it,
//! or whoever asks for himself; and what a broker is told that does not ask.

mod broker;
mod entity;
mod models;
mod page;
mod push;

use axum::extract::{Path, Query, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE, InvalidHeaderValue, LINK};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::error::ApiError;
use super::query::{Parameters, Parts};
use entity::Entity;
use page::Page;

pub use push::{Untold, tell_broker};

const CORE_CONTEXT: &str = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld";
/// What a `Link` header to a context says of it (JSON-LD 1.1, 6.2).
const CONTEXT_RELATION: &str = "rel=\"http://www.w3.org/ns/json-ld#context\"; type=\"application/ld+json\"";
/// The most entities of one answer (ETSI GS CIM 009, 5.5.9 lets a broker choose).
const MAX_LIMIT: usize = 1000;

const TRAFFIC: &str = "TrafficFlowObserved";
const LOT: &str = "OffStreetParking";
const SPOT: &str = "ParkingSpot";
const KINDS: [&str; 3] = [TRAFFIC, LOT, SPOT];

/// How entities are given, and over which windows traffic is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Only these attributes, with commas between.
    attrs: Option<String>,
    /// `normalized`; `simplified`, which was `keyValues`: values alone.
    options: Option<String>,
    /// Of traffic: windows of this length, seconds; else each site's usual one.
    window_s: Option<i64>,
}

/// Which entities. (Flattened fields could not refuse unknown ones.)
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Of these types, with commas between.
    #[serde(rename = "type")]
    kinds: Option<String>,
    /// These, with commas between.
    id: Option<String>,
    attrs: Option<String>,
    options: Option<String>,
    window_s: Option<i64>,
    limit: Option<usize>,
    #[serde(default)]
    offset: usize,
    /// Whether a header says how many there are.
    #[serde(default)]
    count: bool,
}

/// `GET /ngsi-ld/v1/entities`
pub async fn entities(
    State(api): State<Shared>,
    headers: HeaderMap,
    wanted: Parameters<Wanted>,
) -> Result<Response, Problem> {
    let Query(wanted) = wanted.map_err(ApiError::from)?;
    let limit = wanted.limit.unwrap_or(100);
    if limit > MAX_LIMIT || (limit == 0 && !wanted.count) {
        return Err(bad(format!("limit: {limit} is not between 1 and {MAX_LIMIT}")));
    }
    let form = Form { attrs: wanted.attrs, options: wanted.options, window_s: wanted.window_s };
    let ids = wanted.id.as_deref().map(list);
    let kinds = match (&wanted.kinds, &ids) {
        (Some(kinds), _) => list(kinds),
        (None, Some(ids)) => ids.iter().filter_map(|id| kind_of(id)).collect(),
        (None, None) if form.attrs.is_some() => KINDS.to_vec(),
        (None, None) => return Err(bad("one of type, id and attrs is needed".to_owned())),
    };
    let page = Page { offset: wanted.offset, limit, counted: wanted.count };
    let (found, count) = page.of(&api, &kinds, ids.as_deref(), &form).await?;
    let mut answer = Answer::new(&api, &headers, &form)?;
    if wanted.count {
        answer.headers.insert("NGSILD-Results-Count", HeaderValue::from(count));
    }
    let found = found.into_iter().map(|entity| answer.json(entity)).collect();
    Ok(answer.with(&Value::Array(found)))
}

/// `GET /ngsi-ld/v1/entities/{id}`
pub async fn entity(
    State(api): State<Shared>,
    id: Parts<String>,
    headers: HeaderMap,
    form: Parameters<Form>,
) -> Result<Response, Problem> {
    let (Path(id), Query(form)) = (id.map_err(ApiError::from)?, form.map_err(ApiError::from)?);
    let none = || Problem(ApiError::NotFound(format!("there is no entity {id}")));
    let kind = kind_of(&id).ok_or_else(none)?;
    let only = Page { offset: 0, limit: 1, counted: false };
    let (found, _) = only.of(&api, &[kind], Some(&[&id]), &form).await?;
    let entity = found.into_iter().next().ok_or_else(none)?;
    let answer = Answer::new(&api, &headers, &form)?;
    let body = answer.json(entity);
    Ok(answer.with(&body))
}

fn list(text: &str) -> Vec<&str> {
    text.split(',').map(str::trim).collect()
}

/// The type that an id of ours names.
fn kind_of(id: &str) -> Option<&'static str> {
    let named = id.strip_prefix("urn:ngsi-ld:")?.split(':').next()?;
    KINDS.into_iter().find(|kind| *kind == named)
}

/// An answer in the making.
struct Answer {
    headers: HeaderMap,
    simplified: bool,
    /// `None`: in a header.
    context: Option<Value>,
}

impl Answer {
    /// JSON-LD with its context within, or JSON with a link to it, as the client takes.
    fn new(api: &Shared, asked: &HeaderMap, form: &Form) -> Result<Self, Problem> {
        let simplified = match form.options.as_deref() {
            None | Some("normalized") => false,
            Some("simplified" | "keyValues") => true,
            Some(other) => return Err(bad(format!("options: {other:?} is neither normalized nor simplified"))),
        };
        let accepts = asked.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
        let in_header = accepts.contains("application/json") && !accepts.contains("application/ld+json");
        let mut headers = HeaderMap::new();
        if !in_header {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/ld+json"));
            let own = api.ngsi_context.as_deref();
            let context = own.map_or(json!(CORE_CONTEXT), |own| json!([own, CORE_CONTEXT]));
            return Ok(Self { headers, simplified, context: Some(context) });
        }
        let link = context_link(api).map_err(|_| ApiError::Internal("api.ngsi_context".to_owned()))?;
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(LINK, link);
        Ok(Self { headers, simplified, context: None })
    }

    fn json(&self, entity: Entity) -> Value {
        entity.into_json(self.simplified, self.context.as_ref())
    }

    fn with(self, body: &Value) -> Response {
        (self.headers, body.to_string()).into_response()
    }
}

/// The `Link` to the context of entities that do not have it within.
fn context_link(api: &Shared) -> Result<HeaderValue, InvalidHeaderValue> {
    let context = api.ngsi_context.as_deref().unwrap_or(CORE_CONTEXT);
    HeaderValue::from_str(&format!("<{context}>; {CONTEXT_RELATION}"))
}

fn bad(what: String) -> Problem {
    Problem(ApiError::BadRequest(what))
}

/// What goes wrong, as NGSI-LD tells it (ETSI GS CIM 009, 6.3.2 and 6.3.3): RFC 7807 as JSON.
pub struct Problem(ApiError);

impl From<ApiError> for Problem {
    fn from(error: ApiError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, _, detail) = self.0.parts();
        let (kind, title) = match status {
            StatusCode::BAD_REQUEST => ("BadRequestData", "The request is not understood"),
            StatusCode::NOT_FOUND => ("ResourceNotFound", "There is no such thing"),
            _ => ("InternalError", "It can't be answered now"),
        };
        let kind = format!("https://uri.etsi.org/ngsi-ld/errors/{kind}");
        (status, axum::Json(json!({"type": kind, "title": title, "detail": detail}))).into_response()
    }
}
