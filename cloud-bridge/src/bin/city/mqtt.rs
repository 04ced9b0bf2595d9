//! Each stored message to an MQTT broker too, as JSON, for those who have one.
//!
//! At least once: a message that comes twice from its site may be published twice. What the broker can't take in time is
//! left out and counted; the store has it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use rumqttc::{AsyncClient, MqttOptions, QoS, TlsConfiguration, Transport};

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
}

impl Mqtt {
    /// Begins to connect; must run inside the runtime.
    pub fn connect(config: &MqttConfig) -> anyhow::Result<Self> {
        let port = config.port.unwrap_or(if config.tls.is_some() { 8883 } else { 1883 });
        let mut options = MqttOptions::new(format!("lukou-city-{}", std::process::id()), &config.host, port);
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
        let (client, mut events) = AsyncClient::new(options, MAX_WAITING);
        tokio::spawn(async move {
            loop {
                match events.poll().await {
                    Ok(_) => {}
                    // The last client is gone, with the service.
                    Err(rumqttc::ConnectionError::RequestsDone) => return,
                    Err(error) => {
                        tracing::warn!("mqtt: {error}");
                        tokio::time::sleep(PAUSE).await;
                    }
                }
            }
        });
        Ok(Self { client, topic: config.topic.clone() })
    }

    /// Hands messages to the connection without waiting.
    pub fn tell(&self, batch: &[Incoming], metrics: &Metrics) {
        for incoming in batch {
            let topic = topic(&self.topic, incoming);
            let outcome = match self.client.try_publish(topic, QoS::AtLeastOnce, false, incoming.payload.clone()) {
                Ok(()) => "queued",
                Err(_) => "dropped",
            };
            metrics.mqtt.with_label_values(&[outcome]).inc();
        }
    }
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
