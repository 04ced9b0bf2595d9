//! The inspector's answers: the newest messages, decoded, and what a person pastes.

use std::sync::Arc;

use asn1::{CodecError, Dialect};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ApiState, json};
use crate::cli::codec::hex;
use crate::console::inspect::{self, Layer, Reading, Refusal};
use crate::console::sent::Sent;

/// Most characters of a frame to decode. A message of the air has 2302 octets at most (WSM's limit; PC5's is near);
/// this is more than twice that, and leaves a quarter of the request's head to the rest of it.
pub const MAX_FRAME_TEXT: usize = 12 * 1024;

const LIST_SCHEMA: &str = "lukou.messages/1";
const MESSAGE_SCHEMA: &str = "lukou.message/1";

#[derive(Serialize)]
struct List {
    schema: &'static str,
    dialects: [&'static str; Dialect::ALL.len()],
    messages: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    set: &'static str,
    dialect: &'static str,
    message: &'static str,
    sent_us: i64,
    octets: usize,
}

/// The newest message of each set and kind, without what it says.
pub async fn list(State(state): State<ApiState>) -> Response {
    let entry = |sent: Sent| Entry {
        set: sent.set.as_str(),
        dialect: sent.dialect.name(),
        message: sent.kind.as_str(),
        sent_us: sent.at.0,
        octets: sent.octets.len(),
    };
    let messages = state.sent.all().into_iter().map(entry).collect();
    let list = List { schema: LIST_SCHEMA, dialects: Dialect::ALL.map(Dialect::name), messages };
    axum::Json(list).into_response()
}

/// A message and what it says.
#[derive(Serialize)]
struct Message {
    schema: &'static str,
    dialect: &'static str,
    message: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_us: Option<i64>,
    layer: Option<Layer>,
    octets: usize,
    hex: String,
    json: Value,
}

impl Message {
    fn new(dialect: Dialect, reading: Reading) -> Self {
        let Reading { layer, message, octets, json } = reading;
        let (schema, dialect) = (MESSAGE_SCHEMA, dialect.name());
        Self { schema, dialect, message, sent_us: None, layer, octets: octets.len(), hex: hex(&octets), json }
    }
}

/// What is wrong, as `rsu codec` says it, and with what.
#[derive(Serialize)]
struct Wrong {
    error: String,
    at: String,
    bit: Option<usize>,
    layer: Option<Layer>,
    hex: String,
}

/// The newest message of a set and kind, decoded.
pub async fn newest(State(state): State<ApiState>, Path((set, message)): Path<(String, String)>) -> Response {
    let Some(sent) = state.sent.newest(&set, &message) else {
        let text = format!("No {message} of the set {set} has been sent.\n");
        return (StatusCode::NOT_FOUND, text).into_response();
    };
    one_at_a_time(&state, move || {
        let read = inspect::read_message(sent.dialect, None, sent.octets.to_vec());
        answer(read.map(|reading| Message { sent_us: Some(sent.at.0), ..Message::new(sent.dialect, reading) }))
    })
    .await
}

/// What the query of [`decode`] asks for.
#[derive(Deserialize)]
pub struct Frame {
    dialect: String,
    hex: String,
}

/// A frame that a person pastes, decoded.
pub async fn decode(State(state): State<ApiState>, frame: Result<Query<Frame>, QueryRejection>) -> Response {
    let refuse = |status: StatusCode, text: String| (status, text).into_response();
    let Ok(Query(Frame { dialect, hex })) = frame else {
        return refuse(StatusCode::BAD_REQUEST, "Ask for /api/v1/decode?dialect=…&hex=…, each once.\n".into());
    };
    let dialect: Dialect = match dialect.parse() {
        Ok(dialect) => dialect,
        Err(error) => return refuse(StatusCode::BAD_REQUEST, format!("{error}.\n")),
    };
    if hex.len() > MAX_FRAME_TEXT {
        let text = format!("The frame is too long: {} characters, of {MAX_FRAME_TEXT} at most.\n", hex.len());
        return refuse(StatusCode::URI_TOO_LONG, text);
    }
    one_at_a_time(&state, move || answer(inspect::read(dialect, &hex).map(|reading| Message::new(dialect, reading))))
        .await
}

fn answer(outcome: Result<Message, Refusal>) -> Response {
    let (status, text) = match outcome {
        Ok(message) => (StatusCode::OK, serde_json::to_vec(&message)),
        Err(Refusal { error: CodecError { message, at, bit }, layer, octets }) => {
            let wrong = Wrong { error: message, at, bit, layer, hex: hex(&octets) };
            (StatusCode::UNPROCESSABLE_ENTITY, serde_json::to_vec(&wrong))
        }
    };
    match text {
        Ok(text) => json(status, text),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
    }
}

/// Decodes away from the radios' threads, one message at a time: however many ask, they take one core at most, and
/// wait for each other. There are no more of them than connections.
async fn one_at_a_time(state: &ApiState, work: impl FnOnce() -> Response + Send + 'static) -> Response {
    // Held by the work itself, which goes on when whoever asked has gone away. Nobody closes the semaphore.
    let permit = Arc::clone(&state.decoding).acquire_owned().await;
    let done = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        work()
    });
    done.await.unwrap_or_else(|error| {
        tracing::error!(%error, "a message could not be decoded");
        (StatusCode::INTERNAL_SERVER_ERROR, "The decoder failed.\n").into_response()
    })
}
