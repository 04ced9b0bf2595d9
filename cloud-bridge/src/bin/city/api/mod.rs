//! The HTTP interface: reads only. `docs/ref/city-api.md` explains it, `openapi.json` describes it for programs.

mod commands;
mod error;
mod events;
mod export;
mod geo;
mod https;
mod ngsi;
mod query;
mod readers;

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, bail};
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Method};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::Listener;
use cloud_bridge::Kind;
use rustls::ServerConfig;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use crate::config::{CityConfig, SitePlace};
use crate::metrics::Metrics;
use crate::store::Database;
use error::ApiError;
use https::TlsListener;
use query::Parts;
use readers::Readers;

pub use ngsi::{Untold, tell_broker};

/// The description of the interface, for programs.
const OPENAPI: &str = include_str!("openapi.json");
const PAGE: &str = include_str!("page/index.html");
const STYLE: &str = include_str!("page/style.css");
const SCRIPT: &str = include_str!("page/main.js");

/// What requests are answered from.
pub struct Api {
    metrics: Arc<Metrics>,
    readers: Readers,
    places: BTreeMap<String, SitePlace>,
    ngsi_context: Option<String>,
    token: Option<String>,
    tls: Option<ServerConfig>,
    /// One permit an export.
    exports: Arc<Semaphore>,
}

type Shared = Arc<Api>;

impl Api {
    pub fn new(config: &CityConfig, database: Database, metrics: Arc<Metrics>) -> anyhow::Result<Self> {
        let token = config.api.token_file.as_ref().map(|file| {
            let text = std::fs::read_to_string(file).with_context(|| format!("api.token_file: {}", file.display()))?;
            let token = text.trim().to_owned();
            if token.len() < 16 {
                bail!("api.token_file: {} holds less than 16 characters", file.display());
            }
            Ok(token)
        });
        Ok(Self {
            metrics,
            readers: Readers::new(database),
            places: config.sites.clone(),
            ngsi_context: config.api.ngsi_context.clone(),
            token: token.transpose()?,
            tls: config.api.tls.as_ref().map(|tls| tls.config().context("api.tls")).transpose()?,
            exports: Arc::new(Semaphore::new(export::MAX_EXPORTS)),
        })
    }

    /// Until `stop`.
    pub async fn serve(self: Arc<Self>, listener: TcpListener, stop: watch::Receiver<bool>) {
        match self.tls.clone() {
            Some(tls) => self.serve_on(TlsListener::new(listener, tls), stop).await,
            None => self.serve_on(listener, stop).await,
        }
    }

    async fn serve_on<L>(self: Arc<Self>, listener: L, mut stop: watch::Receiver<bool>)
    where
        L: Listener,
        L::Addr: std::fmt::Debug,
    {
        let stopped = async move {
            // Gone is as good as told.
            let _ = stop.wait_for(|&stop| stop).await;
        };
        if let Err(error) = axum::serve(listener, routes(self)).with_graceful_shutdown(stopped).await {
            tracing::error!("api: {error}");
        }
    }

    /// What the settings say of a site.
    fn settings_of(&self, city: &str, site: &str) -> Option<&SitePlace> {
        self.places.get(&format!("{city}/{site}"))
    }

    /// Where a site is (longitude and latitude, degrees): where the settings say, else where its newest health does.
    fn place(&self, city: &str, site: &str, health: Option<&Value>) -> Option<[f64; 2]> {
        let set = self.settings_of(city, site).map(|place| [place.longitude_deg, place.latitude_deg]);
        set.or_else(|| health.and_then(geo::position))
    }
}

fn routes(api: Shared) -> Router {
    Router::new()
        .route("/", get(|| async { asset("text/html; charset=utf-8", PAGE) }))
        .route("/assets/style.css", get(|| async { asset("text/css; charset=utf-8", STYLE) }))
        .route("/assets/main.js", get(|| async { asset("text/javascript; charset=utf-8", SCRIPT) }))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/metrics", get(metrics))
        .route("/api/v1/openapi.json", get(|| async { asset("application/json", OPENAPI) }))
        .route("/api/v1/schemas/{file}", get(schema))
        .route("/api/v1/sites", get(query::sites))
        .route("/api/v1/sites/{city}/{site}/latest", get(query::latest))
        .route("/api/v1/sites/{city}/{site}/history/{kind}", get(query::history))
        .route("/api/v1/events", get(events::events))
        .route("/api/v1/events/newest", get(events::newest))
        .route("/api/v1/commands", get(commands::commands))
        .route("/api/v1/sites/{city}/{site}/commands/{id}", get(commands::command))
        .route("/api/v1/stored", get(query::stored))
        .route("/api/v1/sites.geojson", get(geo::sites))
        .route("/api/v1/events.geojson", get(geo::events))
        .route("/api/v1/parking.geojson", get(geo::parking))
        .merge(export::routes())
        .route("/ngsi-ld/v1/entities", get(ngsi::entities))
        .route("/ngsi-ld/v1/entities/{id}", get(ngsi::entity))
        .fallback(|| async { ApiError::NotFound("there is nothing here; see /api/v1/openapi.json".to_owned()) })
        .method_not_allowed_fallback(|| async { ApiError::MethodNotAllowed })
        .layer(from_fn_with_state(Arc::clone(&api), guard))
        .with_state(api)
}

/// Lets in who bears the token; the page itself, which holds nothing, asks for it.
async fn guard(State(api): State<Shared>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_open = path == "/" || path == "/healthz" || path.starts_with("/assets/");
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return ApiError::MethodNotAllowed.into_response();
    }
    if let Some(token) = &api.token
        && !is_open
    {
        let borne = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let borne = borne.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        if !same(borne.as_bytes(), token.as_bytes()) {
            return ApiError::Unauthorized.into_response();
        }
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'self'; frame-ancestors 'none'"));
    response
}

/// Compares in a time that does not tell how much of it is right.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

fn asset(content_type: &'static str, body: &'static str) -> Response {
    ([(CONTENT_TYPE, content_type)], body).into_response()
}

/// `GET /api/v1/schemas/{file}`: what the description refers to where it speaks of messages.
async fn schema(file: Parts<String>) -> Result<Response, ApiError> {
    let Path(file) = file?;
    let kind = Kind::ALL.into_iter().find(|&kind| cloud_bridge::file_name(kind) == file);
    let kind = kind.ok_or_else(|| ApiError::NotFound(format!("there is no schema {file}")))?;
    Ok(([(CONTENT_TYPE, "application/schema+json")], cloud_bridge::json_schema(kind)).into_response())
}

async fn metrics(State(api): State<Shared>) -> Result<Response, ApiError> {
    let text = api.metrics.text().map_err(|e| ApiError::Internal(e.to_string()))?;
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}
