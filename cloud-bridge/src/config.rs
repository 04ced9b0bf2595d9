//! What must be known to open a link, and what can be wrong with it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::codec::Encoding;
use crate::command::{CommandKind, KeyError};
use crate::keys::NameError;
use crate::outbox::{LimitsConfig, StoreError};
use crate::schema::Kind;
use crate::sequence::SequenceError;

/// A site's side of the link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BridgeConfig {
    /// The city's name: one chunk of the key.
    pub city: String,
    /// The site's name, unique in its city: one chunk of the key.
    pub site: String,
    /// Where the count of starts is kept (see [`crate::Sequences`]), and the outbox; made if it is not there. Must survive a
    /// restart, and must not be shared between boxes.
    pub state_dir: PathBuf,
    /// How payloads are written; default `json`.
    #[serde(default)]
    pub encoding: Encoding,
    /// Bounds of the outbox for kinds that have others than [`crate::Limits::of`].
    #[serde(default)]
    pub outbox: BTreeMap<Kind, LimitsConfig>,
    /// Public keys whose commands are believed, by their name: 32 octets in Base64. Default none.
    #[serde(default)]
    pub command_keys: BTreeMap<String, String>,
    /// What the site can do when it is asked to; commands of other kinds are rejected as `not_supported`. Default nothing.
    #[serde(default)]
    pub executes: BTreeSet<CommandKind>,
    /// What of it is done for this city; the rest is rejected as `not_allowed`. Default nothing.
    #[serde(default)]
    pub allows: BTreeSet<CommandKind>,
    /// Commands that an earlier run has begun and this one ends ([`crate::Bridge::finish_command`]), by their ids; what else
    /// was begun has failed. Default none.
    #[serde(default)]
    pub resumes: BTreeSet<String>,
    /// How to get at the city.
    #[serde(default)]
    pub link: LinkConfig,
}

impl BridgeConfig {
    /// A bridge with defaults: JSON, peer mode, reachable on this machine only.
    pub fn new(city: impl Into<String>, site: impl Into<String>, state_dir: impl Into<PathBuf>) -> Self {
        Self {
            city: city.into(),
            site: site.into(),
            state_dir: state_dir.into(),
            encoding: Encoding::default(),
            outbox: BTreeMap::new(),
            command_keys: BTreeMap::new(),
            executes: BTreeSet::new(),
            allows: BTreeSet::new(),
            resumes: BTreeSet::new(),
            link: LinkConfig::default(),
        }
    }
}

/// How a Zenoh session reaches others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LinkConfig {
    /// `peer` (default): no router needed. `client`: everything goes through one router of `connect`. `router`: what a
    /// test or a small city runs in place of a separate router.
    pub mode: LinkMode,
    /// Where to listen (`tcp/127.0.0.1:7447`); default that one, so that nothing is open to the network unless said so.
    /// Not for `client`.
    pub listen: Vec<String>,
    /// Whom to connect to (`tls/city.example:7447`); tried again for ever. Default none.
    pub connect: Vec<String>,
    /// Find others by UDP multicast and gossip; default off: who may connect is written down, not found.
    pub scouting: bool,
    /// Certificates for `tls/` and `quic/` endpoints.
    pub tls: Option<TlsConfig>,
}

/// The endpoint listened on unless the site file says otherwise.
const DEFAULT_LISTEN: &str = "tcp/127.0.0.1:7447";

impl Default for LinkConfig {
    fn default() -> Self {
        Self {
            mode: LinkMode::Peer,
            listen: vec![DEFAULT_LISTEN.to_owned()],
            connect: Vec::new(),
            scouting: false,
            tls: None,
        }
    }
}

/// A session's role in the Zenoh network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkMode {
    /// Talks to other peers directly, and to routers.
    #[default]
    Peer,
    /// Talks to one router.
    Client,
    /// Passes on between those connected to it.
    Router,
}

impl LinkMode {
    /// The name in Zenoh's own configuration.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Peer => "peer",
            Self::Client => "client",
            Self::Router => "router",
        }
    }
}

/// PEM files for TLS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsConfig {
    /// The authority whose certificates are believed.
    pub root_ca_file: PathBuf,
    /// Our certificate, shown when listening, and with `mutual` also when connecting.
    #[serde(default)]
    pub certificate_file: Option<PathBuf>,
    /// The private key of it.
    #[serde(default)]
    pub private_key_file: Option<PathBuf>,
    /// Both sides show a certificate; default yes.
    #[serde(default = "yes")]
    pub mutual: bool,
    /// The other's certificate must name the host that we connect to; default yes.
    #[serde(default = "yes")]
    pub verify_name: bool,
}

fn yes() -> bool {
    true
}

/// Why a link can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum BridgeError {
    /// A name that can't be part of a key.
    #[error(transparent)]
    Name(#[from] NameError),
    /// A setting that can't be.
    #[error("{field}: {problem}")]
    Config {
        /// Which setting (`link.connect[0]`).
        field: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Sequence numbers can't be kept safe.
    #[error("state_dir: {0}")]
    Sequence(#[from] SequenceError),
    /// A public key that is none.
    #[error("command_keys: {0}")]
    CommandKey(#[from] KeyError),
    /// The outbox belongs to another process.
    #[error("state_dir: {0}")]
    Outbox(#[from] StoreError),
    /// Zenoh can't open the session: most often an address in use or a certificate that can't be read.
    #[error("zenoh ({endpoints}): {reason}")]
    Session {
        /// What was to be listened on and connected to.
        endpoints: String,
        /// What Zenoh says.
        reason: String,
    },
}

impl BridgeError {
    pub(crate) fn config(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Config { field: field.into(), problem: problem.into() }
    }
}

/// The transports this build speaks.
const TRANSPORTS: [&str; 4] = ["tcp", "tls", "quic", "udp"];

impl LinkConfig {
    /// Whether it can lead to one other only: a client's router, or the one that a peer connects to and that nobody else is beside.
    pub fn has_one_line(&self) -> bool {
        match self.mode {
            LinkMode::Client => true,
            LinkMode::Peer => self.listen.is_empty() && self.connect.len() == 1 && !self.scouting,
            LinkMode::Router => false,
        }
    }

    /// Finds what is wrong before Zenoh does, so that the error names the setting.
    pub fn check(&self) -> Result<(), BridgeError> {
        for (name, endpoints) in [("listen", &self.listen), ("connect", &self.connect)] {
            for (i, endpoint) in endpoints.iter().enumerate() {
                self.check_endpoint(&format!("link.{name}[{i}]"), endpoint)?;
            }
        }
        match self.mode {
            LinkMode::Client if self.connect.is_empty() && !self.scouting => {
                return Err(BridgeError::config("link.connect", "client mode needs a router to connect to"));
            }
            LinkMode::Peer | LinkMode::Router
                if self.listen.is_empty() && self.connect.is_empty() && !self.scouting =>
            {
                let problem =
                    "nothing to listen on, nothing to connect to and scouting off: nobody could ever be reached";
                return Err(BridgeError::config("link", problem));
            }
            _ => {}
        }
        self.tls.as_ref().map_or(Ok(()), TlsConfig::check)
    }

    fn check_endpoint(&self, field: &str, endpoint: &str) -> Result<(), BridgeError> {
        let bad = |problem: String| BridgeError::config(field, format!("{endpoint:?}: {problem}"));
        let parsed: zenoh::config::EndPoint = endpoint.parse().map_err(|_| bad(EXPECTED.to_owned()))?;
        let protocol = parsed.protocol();
        let protocol = protocol.as_str();
        if !TRANSPORTS.contains(&protocol) {
            return Err(bad(format!("transport {protocol:?} is none of {TRANSPORTS:?}")));
        }
        let has_port = parsed.address().as_str().rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        if !has_port {
            return Err(bad(EXPECTED.to_owned()));
        }
        if matches!(protocol, "tls" | "quic") && self.tls.is_none() {
            return Err(bad(format!("{protocol} needs certificates: set link.tls")));
        }
        Ok(())
    }
}

const EXPECTED: &str = "expected <transport>/<host>:<port>, as in tcp/127.0.0.1:7447";

impl TlsConfig {
    fn check(&self) -> Result<(), BridgeError> {
        let readable = |field: &str, path: &Path| {
            std::fs::File::open(path)
                .map(|_| ())
                .map_err(|e| BridgeError::config(format!("link.tls.{field}"), format!("{}: {e}", path.display())))
        };
        readable("root_ca_file", &self.root_ca_file)?;
        match (&self.certificate_file, &self.private_key_file) {
            (Some(certificate), Some(key)) => {
                readable("certificate_file", certificate)?;
                readable("private_key_file", key)
            }
            (None, None) if self.mutual => {
                Err(BridgeError::config("link.tls.certificate_file", "mutual TLS needs a certificate and its key"))
            }
            (None, None) => Ok(()),
            (Some(_), None) => {
                Err(BridgeError::config("link.tls.private_key_file", "missing; the certificate needs it"))
            }
            (None, Some(_)) => Err(BridgeError::config("link.tls.certificate_file", "missing; the key needs it")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_has_one_line_if_nobody_but_whom_it_connects_to_can_reach_it() {
        let one = ["tcp/a:7447".to_owned()];
        let peer = LinkConfig { listen: Vec::new(), connect: one.to_vec(), ..LinkConfig::default() };
        assert!(peer.has_one_line());
        assert!(!LinkConfig { listen: one.to_vec(), ..peer.clone() }.has_one_line());
        assert!(!LinkConfig { connect: [one.clone(), one.clone()].concat(), ..peer.clone() }.has_one_line());
        assert!(!LinkConfig { scouting: true, ..peer.clone() }.has_one_line());
        assert!(LinkConfig { mode: LinkMode::Client, ..LinkConfig::default() }.has_one_line());
        assert!(!LinkConfig { mode: LinkMode::Router, ..peer }.has_one_line());
    }
}
