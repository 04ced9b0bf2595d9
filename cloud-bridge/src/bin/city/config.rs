//! `city.toml`.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use axum::http::Uri;
use cloud_bridge::{Kind, LinkConfig, SiteKeys};
use serde::Deserialize;

use crate::tls::{Certificate, ClientTls};

/// A hundred years: the database's calendar has a beginning.
const MAX_RETENTION_DAYS: i32 = 36_500;

/// All of `city.toml`; `docs/guide/city.md` explains it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CityConfig {
    /// How to get at the routers.
    pub link: LinkConfig,
    /// Where messages are kept.
    pub store: StoreConfig,
    /// The HTTP interface.
    #[serde(default)]
    pub api: ApiConfig,
    /// MQTT, if wanted.
    pub mqtt: Option<MqttConfig>,
    /// A context broker to be told, if wanted.
    pub ngsi: Option<NgsiConfig>,
    /// What a map needs to know of each site, by `city/site`.
    #[serde(default)]
    pub sites: BTreeMap<String, SitePlace>,
}

/// Where messages are kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreConfig {
    /// PostgreSQL, as libpq has it: `host=/run/postgresql user=lukou dbname=lukou`.
    pub database: String,
    /// Encrypts the connection to it. Without, it is a local socket or a network of your own.
    pub tls: Option<ClientTls>,
    /// Days of history, 1 to 36 500; older days are dropped. Default 400.
    #[serde(default = "days")]
    pub retention_days: i32,
    /// Kinds of which only the newest message is kept. Default `signal`.
    #[serde(default = "newest_only")]
    pub newest_only: Vec<Kind>,
    /// How long a worker that is connected to the database may be silent before others take its sites over, seconds. Default 5.
    #[serde(default = "lease_s")]
    pub lease_s: u32,
    /// How long a message may wait for others to be stored with, milliseconds. Default 100.
    #[serde(default = "linger_ms")]
    pub linger_ms: u64,
}

fn days() -> i32 {
    400
}

fn newest_only() -> Vec<Kind> {
    vec![Kind::Signal]
}

fn lease_s() -> u32 {
    5
}

fn linger_ms() -> u64 {
    100
}

/// The HTTP interface.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ApiConfig {
    /// Where to listen; default this machine only.
    pub listen: SocketAddr,
    /// A file with the token that every request must bear. Needed to listen anywhere but on this machine.
    pub token_file: Option<PathBuf>,
    /// HTTPS with this certificate; without, HTTP.
    pub tls: Option<Certificate>,
    /// The JSON-LD context by which the types and attributes of NGSI-LD entities are known, an address; default the core's only.
    pub ngsi_context: Option<String>,
}

impl Default for ApiConfig {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 8090)), token_file: None, tls: None, ngsi_context: None }
    }
}

/// MQTT: each new state goes to the broker too.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MqttConfig {
    /// The broker's host.
    pub host: String,
    /// Its port; default 8883 with `tls`, else 1883.
    pub port: Option<u16>,
    /// Encrypts the connection to it.
    pub tls: Option<ClientTls>,
    /// The topics; `{city}`, `{site}` and `{kind}` are put in. Default `V2X/RSU/{city}/{site}/{kind}/UP`.
    #[serde(default = "mqtt_topic")]
    pub topic: String,
    /// What ended longer ago than this is no news and is not told, seconds. Default 300.
    #[serde(default = "max_age_s")]
    pub max_age_s: u32,
    /// User and password, if the broker wants them; the password is read from a file.
    pub user: Option<String>,
    /// The file with the password.
    pub password_file: Option<PathBuf>,
}

fn max_age_s() -> u32 {
    300
}

fn mqtt_topic() -> String {
    "V2X/RSU/{city}/{site}/{kind}/UP".to_owned()
}

impl MqttConfig {
    /// A topic that can't be published to would be no more than a counter of what is left out.
    fn check(&self) -> anyhow::Result<()> {
        let rest = ["{city}", "{site}", "{kind}"].iter().fold(self.topic.clone(), |rest, name| rest.replace(name, ""));
        if self.topic.is_empty() || rest.contains(['+', '#', '{', '}', '\0']) {
            bail!(
                "mqtt.topic: {:?}: expected a topic, in which only {{city}}, {{site}} and {{kind}} are put in",
                self.topic
            );
        }
        if self.password_file.is_some() && self.user.is_none() {
            bail!("mqtt.password_file: mqtt.user is missing");
        }
        Ok(())
    }
}

/// NGSI-LD: a context broker is told each entity that changes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NgsiConfig {
    /// Its address, as far as `/ngsi-ld`: `http://broker:1026`.
    pub broker: String,
    /// Whom to believe, for an `https` address.
    pub tls: Option<ClientTls>,
    /// A file with the bearer token that it wants, if it does.
    pub token_file: Option<PathBuf>,
}

impl NgsiConfig {
    /// The broker's address.
    ///
    /// # Errors
    /// It is none of the web, or does not fit `tls`.
    pub fn address(&self) -> anyhow::Result<Uri> {
        let address: Uri = self.broker.parse().with_context(|| format!("ngsi.broker: {:?}", self.broker))?;
        // A name and a password in it would go into a header that does not hide them.
        let is_bare = address.query().is_none() && !self.broker.contains('@');
        match (address.scheme_str(), &self.tls) {
            (Some("http"), None) | (Some("https"), Some(_)) if is_bare => Ok(address),
            (Some("https"), None) => bail!("ngsi.tls: {address} needs it"),
            (Some("http"), Some(_)) => bail!("ngsi.tls: {address} is not https"),
            _ => bail!("ngsi.broker: {:?} is no address of a broker", self.broker),
        }
    }
}

/// Where a site is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SitePlace {
    /// Its name for people.
    pub name: Option<String>,
    /// WGS-84 latitude, degrees.
    pub latitude_deg: f64,
    /// WGS-84 longitude, degrees.
    pub longitude_deg: f64,
}

impl CityConfig {
    /// Reads and checks the file.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let config: Self = toml::from_str(&text).with_context(|| path.display().to_string())?;
        config.check().with_context(|| path.display().to_string())?;
        Ok(config)
    }

    fn check(&self) -> anyhow::Result<()> {
        self.link.check()?;
        if !(1..=MAX_RETENTION_DAYS).contains(&self.store.retention_days) {
            bail!("store.retention_days: not between 1 and {MAX_RETENTION_DAYS}");
        }
        if self.store.lease_s < 2 {
            bail!("store.lease_s: at least 2, since leases are renewed twice a second");
        }
        if self.api.token_file.is_none() && !self.api.listen.ip().is_loopback() {
            bail!("api.listen: {} can be reached by others; set api.token_file", self.api.listen);
        }
        if let Some(context) = &self.api.ngsi_context
            && !context.parse::<Uri>().is_ok_and(|address| matches!(address.scheme_str(), Some("http" | "https")))
        {
            bail!("api.ngsi_context: {context:?} is no address of the web");
        }
        if let Some(ngsi) = &self.ngsi {
            ngsi.address()?;
        }
        if let Some(mqtt) = &self.mqtt {
            mqtt.check()?;
        }
        for (key, place) in &self.sites {
            let (city, site) = key.split_once('/').with_context(|| format!("sites.{key:?}: not \"city/site\""))?;
            SiteKeys::new(city, site).with_context(|| format!("sites.{key:?}"))?;
            if !(place.latitude_deg.abs() <= 90.0 && place.longitude_deg.abs() <= 180.0) {
                bail!("sites.{key:?}: not a place on Earth");
            }
        }
        Ok(())
    }
}
