//! HTTP: the console page with its stream and its inspector, `/metrics`, `/healthz`, `/readyz` (`docs/ref/api.md`).
//!
//! Read-only: nothing can be changed from here, and no picture of a camera leaves the box this way. Everything is
//! bounded: connections, streams, header size and time; a slow reader of the stream misses states and delays nobody.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{self, HeaderValue};
use axum::http::{StatusCode, Uri};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tokio_stream::wrappers::ReceiverStream;

use crate::clock::Clock;
use crate::console::{ASSETS, ConsoleFeed, ConsoleMap, Published, SentMessages};
use crate::health::{Component, Health, Level};
use crate::metrics::Metrics;

mod messages;

pub use messages::MAX_FRAME_TEXT;

/// Most pages that can follow the stream at once; the next one is told to come back.
pub const MAX_STREAMS: usize = 16;
/// Most connections at once; the next one is closed.
pub const MAX_CONNECTIONS: usize = 128;
/// Largest request head, octets.
const MAX_HEAD_BYTES: usize = 16 * 1024;
/// Longest time for a request's head to arrive, and for an idle connection.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Least time between two states for one reader: a little less than a tenth of a second, so that a publisher at 10 Hz
/// loses nothing to jitter.
const LEAST_GAP: Duration = Duration::from_millis(90);
/// How often a reader is told the service's time; it also keeps the connection open through proxies.
const CLOCK_EVERY: Duration = Duration::from_secs(5);
/// A reader that takes nothing for so long is given up.
const SLOW_READER: Duration = Duration::from_secs(15);
/// What the accept loop waits after an error such as "too many open files".
const ACCEPT_BACK_OFF: Duration = Duration::from_millis(200);

/// Own files only: no script, style, picture or connection from anywhere else, and no page that frames this one.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What the answers are made from. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ApiState {
    feed: ConsoleFeed,
    sent: SentMessages,
    map: Bytes,
    health: Arc<Health>,
    metrics: Metrics,
    clock: Arc<Clock>,
    streams: Arc<Semaphore>,
    decoding: Arc<Semaphore>,
}

impl ApiState {
    /// Serialises the map once.
    ///
    /// # Errors
    /// Only if the map could not be written as JSON, which the types rule out.
    pub fn new(
        feed: ConsoleFeed,
        sent: SentMessages,
        map: &ConsoleMap,
        health: Arc<Health>,
        metrics: Metrics,
        clock: Arc<Clock>,
    ) -> Result<Self, serde_json::Error> {
        let map = serde_json::to_vec(map)?.into();
        let (streams, decoding) = (Arc::new(Semaphore::new(MAX_STREAMS)), Arc::new(Semaphore::new(1)));
        Ok(Self { feed, sent, map, health, metrics, clock, streams, decoding })
    }
}

/// All routes.
pub fn router(state: ApiState) -> Router {
    let mut router = Router::new()
        .route("/api/v1/state", get(latest_state))
        .route("/api/v1/map", get(map))
        .route("/api/v1/stream", get(stream))
        .route("/api/v1/messages", get(messages::list))
        .route("/api/v1/messages/{set}/{message}", get(messages::newest))
        .route("/api/v1/decode", get(messages::decode))
        .route("/metrics", get(metrics))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz));
    for asset in ASSETS {
        // Asked for anew each time, so that page and service are never of two versions.
        let headers = [(header::CONTENT_TYPE, asset.content_type), (header::CACHE_CONTROL, "no-cache")];
        router = router.route(asset.path, get(async move || (headers, asset.body)));
    }
    router
        .fallback(async |uri: Uri| (StatusCode::NOT_FOUND, format!("There is nothing at {}.\n", uri.path())))
        .method_not_allowed_fallback(async || {
            (StatusCode::METHOD_NOT_ALLOWED, "This interface is read-only: use GET.\n")
        })
        .layer(map_response(secure))
        .with_state(state)
}

/// Serves until `shutdown` completes; then closes every connection at once, for all of them only read.
///
/// # Errors
/// None at present: failures to accept are logged and tried again.
pub async fn serve(listener: TcpListener, router: Router, shutdown: impl Future<Output = ()>) -> io::Result<()> {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(MAX_HEAD_BYTES);
    let service = TowerToHyperService::new(router);
    let mut connections = JoinSet::new();
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            biased;
            () = &mut shutdown => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok(_) if connections.len() >= MAX_CONNECTIONS => tracing::debug!("console: too many connections"),
                Ok((stream, _)) => {
                    let connection = http.serve_connection(TokioIo::new(stream), service.clone());
                    // What goes wrong on a connection is the client's business: it went away or spoke no HTTP.
                    connections.spawn(async move { connection.await.unwrap_or_default() });
                }
                Err(error) => {
                    tracing::warn!(%error, "console: could not accept a connection");
                    sleep(ACCEPT_BACK_OFF).await;
                }
            },
        }
    }
    connections.shutdown().await;
    Ok(())
}

/// Puts the headers on that keep a browser from doing more with an answer than it should.
async fn secure(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn json(status: StatusCode, body: impl Into<Body>) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body.into()).into_response()
}

async fn latest_state(State(state): State<ApiState>) -> Response {
    match state.feed.latest() {
        Some(published) => json(StatusCode::OK, published.json()),
        None => (StatusCode::SERVICE_UNAVAILABLE, "The pipeline has not published anything yet.\n").into_response(),
    }
}

async fn map(State(state): State<ApiState>) -> Response {
    json(StatusCode::OK, state.map)
}

async fn metrics(State(state): State<ApiState>) -> Response {
    match state.metrics.render() {
        Ok(text) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "metrics could not be written");
            (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response()
        }
    }
}

async fn healthz(State(state): State<ApiState>) -> Response {
    let uptime_s = state.clock.uptime_s();
    if state.health.is_alive(uptime_s) {
        return (StatusCode::OK, "ok\n").into_response();
    }
    let text = match state.health.tick_age_s(uptime_s) {
        Some(age_s) => format!("The pipeline has not gone round for {age_s:.1} s.\n"),
        None => "The pipeline has not started.\n".to_owned(),
    };
    (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
}

#[derive(Serialize)]
struct Readiness {
    ready: bool,
    overall: Level,
    reasons: Vec<String>,
    components: Vec<Component>,
}

async fn readyz(State(state): State<ApiState>) -> Response {
    let uptime_s = state.clock.uptime_s();
    let reasons = state.health.unready_reasons(uptime_s);
    let overall = state.health.overall(uptime_s);
    let readiness = Readiness { ready: reasons.is_empty(), overall, reasons, components: state.health.components() };
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, axum::Json(readiness)).into_response()
}

/// Server-sent events: `clock` at once and every few seconds, `state` whenever there is a newer one.
async fn stream(State(state): State<ApiState>) -> Response {
    let Ok(permit) = Arc::clone(&state.streams).try_acquire_owned() else {
        let headers = [(header::RETRY_AFTER, "5")];
        let text = format!("{MAX_STREAMS} pages follow the stream already.\n");
        return (StatusCode::SERVICE_UNAVAILABLE, headers, text).into_response();
    };
    // One state in hand is enough: what a slow reader has not taken is overwritten in the feed by newer ones.
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(feed_reader(sender, state.feed.subscribe(), state.clock, permit));
    let body = Body::from_stream(tokio_stream::StreamExt::map(ReceiverStream::new(receiver), Ok::<Bytes, io::Error>));
    ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}

/// Runs until the reader goes away or stops taking.
async fn feed_reader(
    reader: mpsc::Sender<Bytes>,
    mut feed: watch::Receiver<Option<Published>>,
    clock: Arc<Clock>,
    _permit: OwnedSemaphorePermit,
) {
    let mut clock_due = interval(CLOCK_EVERY);
    clock_due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    clock_due.reset();
    // What is there already counts as news for a new reader, but a page must know the service's time before it can
    // tell how old a state is.
    feed.mark_changed();
    if reader.send(clock_event(&clock)).await.is_err() {
        return;
    }
    loop {
        let event = tokio::select! {
            biased;
            () = reader.closed() => return,
            _ = clock_due.tick() => Some(clock_event(&clock)),
            changed = feed.changed() => {
                if changed.is_err() {
                    return;
                }
                feed.borrow_and_update().as_ref().map(Published::event)
            }
        };
        let Some(event) = event else { continue };
        let is_state = event.starts_with(Published::EVENT_START);
        if !matches!(timeout(SLOW_READER, reader.send(event)).await, Ok(Ok(()))) {
            return;
        }
        if is_state {
            sleep(LEAST_GAP).await;
        }
    }
}

fn clock_event(clock: &Clock) -> Bytes {
    format!("event: clock\nretry: 1000\ndata: {{\"now_us\":{}}}\n\n", clock.now().0).into()
}
