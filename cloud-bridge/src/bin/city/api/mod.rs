//! The HTTP interface: reads only.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::config::CityConfig;
use crate::metrics::Metrics;

/// What a request is answered from.
pub struct Api {
    metrics: Arc<Metrics>,
}

impl Api {
    pub fn new(_config: &CityConfig, metrics: Arc<Metrics>) -> anyhow::Result<Self> {
        Ok(Self { metrics })
    }

    /// Until `stop`.
    pub async fn serve(self, listener: TcpListener, mut stop: watch::Receiver<bool>) {
        let routes = Router::new().route("/metrics", get(metrics)).with_state(Arc::new(self));
        let stopped = async move {
            let _ = stop.wait_for(|&stop| stop).await;
        };
        if let Err(error) = axum::serve(listener, routes).with_graceful_shutdown(stopped).await {
            tracing::error!("api: {error}");
        }
    }
}

async fn metrics(State(api): State<Arc<Api>>) -> Result<String, StatusCode> {
    api.metrics.text().map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}
