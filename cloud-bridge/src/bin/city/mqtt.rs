//! Each new state to an MQTT broker too, as JSON, for those who have one.
//!
//! It is news, not a record: what another state of its key has overtaken, or what is old because its site was cut off, is
//! not said, and neither is what the broker can't take in time. All of that is counted, and the store has it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use prometheus::IntGauge;
use rumqttc::{AsyncClient, ConnectionError, Event, EventLoop, MqttOptions, Packet, QoS, TlsConfiguration, Transport};

use crate::config::MqttConfig;
use crate::inbox::Incoming;
use crate::metrics::Metrics;

/// Messages that wait for the broker.
const MAX_WAITING: usize = 10_000;
const PAUSE: Duration = Duration::from_secs(1);

/// A connection to the broker, tried again for ever.
pub struct Mqtt {
    client: AsyncClient,
    topic: String,
    max_age_us: i64,
    /// 1 while the broker has taken the connection.
    connected: IntGauge,
}

impl Mqtt {
    /// Begins to connect; must run inside the runtime. `worker` is what no other worker is called.
    pub fn connect(config: &MqttConfig, worker: &str, metrics: &Metrics) -> anyhow::Result<Self> {
        let port = config.port.unwrap_or(if config.tls.is_some() { 8883 } else { 1883 });
        let mut options = MqttOptions::new(client_id(worker), &config.host, port);
        if let Some(tls) = &config.tls {
            let tls = TlsConfiguration::Rustls(Arc::new(tls.config().context("mqtt.tls")?));
            options.set_transport(Transport::tls_with_config(tls));
        }
        options.set_keep_alive(Duration::from_secs(20));
        options.set_max_packet_size(1 << 20, cloud_bridge::MAX_PAYLOAD_BYTES + (1 << 16));
        if let Some(user) = &config.user {
            let password = match &config.password_file {
                Some(file) => {
                    std::fs::read_to_string(file).with_context(|| format!("mqtt.password_file: {}", file.display()))?
                }
                None => String::new(),
            };
            options.set_credentials(user, password.trim_end());
        }
        let connected = metrics.mqtt_connected.with_label_values(&[&format!("{}:{port}", config.host)]);
        let (client, events) = AsyncClient::new(options, MAX_WAITING);
        tokio::spawn(drive(events, connected.clone()));
        let max_age_us = i64::from(config.max_age_s) * 1_000_000;
        Ok(Self { client, topic: config.topic.clone(), max_age_us, connected })
    }

    /// Hands a state that has just become the newest of its key to the connection, without waiting.
    pub fn tell(&self, state: &Incoming, now_us: i64, metrics: &Metrics) {
        let outcome = if now_us.saturating_sub(state.to_us) > self.max_age_us {
            "stale"
        } else if self.connected.get() == 0 {
            // By the time that it is, this would be no news.
            "not_connected"
        } else {
            let topic = topic(&self.topic, state);
            match self.client.try_publish(topic, QoS::AtLeastOnce, false, state.payload.clone()) {
                Ok(()) => "queued",
                Err(_) => "dropped",
            }
        };
        metrics.mqtt.with_label_values(&[outcome]).inc();
    }
}

/// Keeps the connection going until the last client is gone, with the service.
async fn drive(mut events: EventLoop, connected: IntGauge) {
    loop {
        match events.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => connected.set(1),
            Ok(_) => {}
            Err(ConnectionError::RequestsDone) => return,
            Err(error) => {
                connected.set(0);
                tracing::warn!("mqtt: {error}");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Of two clients with one id a broker throws the first off. At most 23 letters and digits, which each broker takes (MQTT
/// 3.1.1, 3.1.3.1).
fn client_id(worker: &str) -> String {
    format!("lukou{}", worker.chars().filter(char::is_ascii_alphanumeric).take(18).collect::<String>())
}

/// The topic of a message. `+` is a wildcard in MQTT alone: it must not be in a topic that is published to.
fn topic(template: &str, of: &Incoming) -> String {
    let kind = match of.key.kind.name() {
        "traffic" => "FLOW".to_owned(),
        "health" => "STATUS".to_owned(),
        other => other.to_uppercase(),
    };
    let name = |name: &str| name.replace('+', "_");
    template
        .replace("{city}", &name(of.key.site.city()))
        .replace("{site}", &name(of.key.site.site()))
        .replace("{kind}", &kind)
}
