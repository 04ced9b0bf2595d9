//! Entities to a context broker: batch upsert over HTTP (ETSI GS CIM 009, 5.6.8 and 6.15).

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{ACCEPT, AUTHORIZATION, CONNECTION, CONTENT_TYPE, HOST, LINK};
use axum::http::uri::Authority;
use axum::http::{HeaderValue, Request, StatusCode};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use serde::Deserialize;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::config::NgsiConfig;

/// How long the broker may take for a batch, the connection included.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most of an answer that is read, bytes: what it says of each entity of a batch.
const MAX_ANSWER: usize = 1 << 20;

/// Where entities go. Each batch has a connection of its own: nothing is left over from one that broke.
pub struct Broker {
    host: Authority,
    path: String,
    /// Without, HTTP.
    tls: Option<TlsConnector>,
    token: Option<HeaderValue>,
    /// The `Link` to the context of the entities.
    context: HeaderValue,
}

/// What a broker says of a batch that it has taken in part: `BatchOperationResult` (ETSI GS CIM 009, 5.2.16).
#[derive(Deserialize)]
struct InPart {
    #[serde(default)]
    errors: Vec<NotTaken>,
}

/// `BatchEntityError` (5.2.17).
#[derive(Deserialize)]
struct NotTaken {
    #[serde(rename = "entityId")]
    entity_id: String,
    #[serde(default)]
    error: Value,
}

impl Broker {
    /// Reads the files that the settings name; the settings are checked already.
    pub fn new(config: &NgsiConfig, context: HeaderValue) -> anyhow::Result<Self> {
        let address = config.address()?;
        let host = address.authority().cloned().context("ngsi.broker: no host")?;
        let path = format!("{}/ngsi-ld/v1/entityOperations/upsert", address.path().trim_end_matches('/'));
        let tls = config.tls.as_ref().map(|tls| tls.config().context("ngsi.tls")).transpose()?;
        let token = config.token_file.as_ref().map(|file| {
            let text = std::fs::read_to_string(file).with_context(|| format!("ngsi.token_file: {}", file.display()))?;
            let mut token = HeaderValue::from_str(&format!("Bearer {}", text.trim()))
                .with_context(|| format!("ngsi.token_file: {}", file.display()))?;
            token.set_sensitive(true);
            anyhow::Ok(token)
        });
        let tls = tls.map(|tls| TlsConnector::from(Arc::new(tls)));
        Ok(Self { host, path, tls, token: token.transpose()?, context })
    }

    /// Makes the broker's entities be these, all of each; returns the ids of those that it refuses.
    ///
    /// # Errors
    /// The broker can't be reached, is silent, or answers that it can't now: all may be said again.
    pub async fn upsert(&self, entities: &[&Value]) -> anyhow::Result<BTreeSet<String>> {
        let answered = timeout(PATIENCE, self.post(serde_json::to_vec(entities)?)).await;
        let (status, body) = answered.with_context(|| format!("no answer in {} s", PATIENCE.as_secs()))??;
        match status {
            StatusCode::MULTI_STATUS => {
                let in_part: InPart = serde_json::from_slice(&body).context("an answer in parts (207)")?;
                for NotTaken { entity_id, error } in &in_part.errors {
                    tracing::warn!("ngsi: the broker refuses {entity_id}: {error}");
                }
                Ok(in_part.errors.into_iter().map(|of| of.entity_id).collect())
            }
            // These fault what was said: it would get no better.
            StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNPROCESSABLE_ENTITY => {
                tracing::warn!("ngsi: the broker refuses a batch: {}", words(status, &body));
                Ok(entities.iter().filter_map(|entity| entity["id"].as_str().map(str::to_owned)).collect())
            }
            taken if taken.is_success() => Ok(BTreeSet::new()),
            _ => bail!("{}", words(status, &body)),
        }
    }

    async fn post(&self, batch: Vec<u8>) -> anyhow::Result<(StatusCode, Bytes)> {
        let (host, port) = (self.host.host(), self.host.port_u16());
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let port = port.unwrap_or(if self.tls.is_some() { 443 } else { 80 });
        let stream = TcpStream::connect((bare, port)).await?;
        match &self.tls {
            Some(tls) => {
                let stream = tls.connect(ServerName::try_from(bare.to_owned())?, stream).await?;
                self.exchange(stream, batch).await
            }
            None => self.exchange(stream, batch).await,
        }
    }

    /// The one request of a connection and its answer.
    async fn exchange<S>(&self, stream: S, batch: Vec<u8>) -> anyhow::Result<(StatusCode, Bytes)>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let request = Request::post(&self.path)
            .header(HOST, self.host.as_str())
            .header(CONNECTION, "close")
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/json")
            .header(LINK, &self.context);
        let request = match &self.token {
            Some(token) => request.header(AUTHORIZATION, token),
            None => request,
        };
        let request = request.body(Body::from(batch))?;
        let answer = async move {
            let (head, body) = sender.send_request(request).await?.into_parts();
            anyhow::Ok((head.status, to_bytes(Body::new(body), MAX_ANSWER).await?))
        };
        // What breaks the connection fails the answer too.
        let (answer, _) = tokio::join!(answer, connection);
        answer
    }
}

/// A status with the beginning of what was said with it.
fn words(status: StatusCode, body: &[u8]) -> String {
    let text: String = String::from_utf8_lossy(body).chars().take(300).collect();
    format!("{status} {text}")
}
