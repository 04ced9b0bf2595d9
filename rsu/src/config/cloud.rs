//! `[cloud]` of `site.toml`: the link to the city, and what is done when the city asks for it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

/// The link to the city.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloudFile {
    /// `peer` (no router needed) or `client` (connects to routers).
    #[serde(default = "default_mode")]
    pub mode: String,
    /// Zenoh endpoints to listen at, e.g. `tcp/127.0.0.1:17447`.
    #[serde(default = "default_listen")]
    pub listen: Vec<String>,
    /// Zenoh endpoints to connect to.
    #[serde(default)]
    pub connect: Vec<String>,
    /// `json` (default) or `cbor`.
    #[serde(default = "default_encoding")]
    pub encoding: String,
    /// Find peers by multicast.
    #[serde(default)]
    pub scouting: bool,
    /// Certificates for `tls/` and `quic/` endpoints.
    pub tls: Option<cloud_bridge::TlsConfig>,
    /// Bounds of the outbox, by kind.
    #[serde(default)]
    pub outbox: BTreeMap<cloud_bridge::Kind, cloud_bridge::LimitsConfig>,
    /// Public keys whose commands are believed, by their name: 32 octets in Base64.
    #[serde(default)]
    pub command_keys: BTreeMap<String, String>,
    /// What is done when they ask for it.
    #[serde(default)]
    pub commands: CommandsFile,
    /// Length of the traffic window, seconds.
    #[serde(default = "default_traffic_window_s")]
    pub traffic_window_s: u32,
    /// Lengths of the traffic windows that the city is told of, seconds. `None`: all that there are.
    pub traffic_told_s: Option<BTreeSet<u32>>,
}

/// What the site does for its city. Nothing unless it is named: a key that was believed for one kind of command must not become
/// good for another by an update of the service.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CommandsFile {
    /// The kinds of commands that are done; others are rejected.
    pub allow: BTreeSet<cloud_bridge::CommandKind>,
    /// The public key that programs are believed of: 32 octets in Base64. None of `command_keys`.
    pub release_key: Option<String>,
    /// How long a new site file or another version may take until it is ready, seconds.
    pub ready_within_s: u32,
    /// How long it must be ready on end to stay, seconds.
    pub ready_for_s: u32,
}

impl Default for CommandsFile {
    fn default() -> Self {
        Self { allow: BTreeSet::new(), release_key: None, ready_within_s: default_ready_within_s(), ready_for_s: 10 }
    }
}

/// [`CommandsFile::ready_within_s`] where the site file says nothing.
pub fn default_ready_within_s() -> u32 {
    60
}

fn default_mode() -> String {
    "peer".into()
}
fn default_listen() -> Vec<String> {
    vec!["tcp/127.0.0.1:7447".into()]
}
fn default_encoding() -> String {
    "json".into()
}
fn default_traffic_window_s() -> u32 {
    10
}
