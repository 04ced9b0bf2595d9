//! `[signal.snmp]` of `site.toml`: who we are to the agent. Secrets lie in files or in the environment, never in it.

use std::path::{Path, PathBuf};

use async_snmp::{AuthProtocol, Community, MasterKeys, PrivProtocol, Version};
use serde::Deserialize;

use super::usm::Usm;
use super::{Manager, Security};

/// Version of the protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SnmpVersion {
    /// Version 1.
    V1,
    /// Version 2c.
    #[default]
    V2c,
    /// Version 3.
    V3,
}

/// Where a secret is: in a file (without its last line end) or in a variable of the environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretFile {
    /// Path, from the site file's folder.
    pub file: Option<PathBuf>,
    /// Name of the variable.
    pub env: Option<String>,
}

impl SecretFile {
    fn read(&self, what: &str) -> Result<String, String> {
        let secret = match (&self.file, &self.env) {
            (Some(path), None) => {
                let text = std::fs::read_to_string(path);
                let text = text.map_err(|error| format!("snmp.{what}: {}: {error}", path.display()))?;
                text.trim_end_matches(['\r', '\n']).to_owned()
            }
            (None, Some(name)) => std::env::var(name).map_err(|error| format!("snmp.{what}: {name}: {error}"))?,
            _ => return Err(format!("snmp.{what} needs file or env")),
        };
        if secret.is_empty() {
            return Err(format!("snmp.{what} is empty"));
        }
        Ok(secret)
    }
}

/// How messages are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Digest {
    /// HMAC-MD5-96.
    Md5,
    /// HMAC-SHA-96.
    Sha1,
    /// HMAC-128-SHA-224.
    Sha224,
    /// HMAC-192-SHA-256.
    Sha256,
    /// HMAC-256-SHA-384.
    Sha384,
    /// HMAC-384-SHA-512.
    Sha512,
}

/// How messages are encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Privacy {
    /// AES of 128 bits.
    Aes128,
    /// AES of 192 bits.
    Aes192,
    /// AES of 256 bits.
    Aes256,
}

/// `[signal.snmp]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnmpFile {
    /// Version.
    #[serde(default)]
    pub version: SnmpVersion,
    /// The community of v1 and v2c.
    pub community: Option<SecretFile>,
    /// The user of v3.
    pub user: Option<String>,
    /// How the user signs.
    pub digest: Option<Digest>,
    /// The passphrase it signs with, 8 characters or more.
    pub key: Option<SecretFile>,
    /// How the user encrypts.
    pub privacy: Option<Privacy>,
    /// The passphrase it encrypts with, 8 characters or more.
    pub privacy_key: Option<SecretFile>,
}

impl SnmpFile {
    /// Makes the paths of secrets begin at the site file's folder.
    pub fn base(&mut self, folder: &Path) {
        for secret in [&mut self.community, &mut self.key, &mut self.privacy_key].into_iter().flatten() {
            secret.file = secret.file.take().map(|path| folder.join(path));
        }
    }

    /// A manager with these credentials, or what is wrong with them.
    pub fn manager(&self) -> Result<Manager, String> {
        let has_user = self.user.is_some() || self.digest.is_some() || self.privacy.is_some();
        let has_user = has_user || self.key.is_some() || self.privacy_key.is_some();
        let security = match (self.version, &self.community, has_user) {
            (SnmpVersion::V3, None, true) => Security::User(Box::new(self.user()?)),
            (SnmpVersion::V3, ..) => return Err("snmp: v3 needs a user, and has no community".into()),
            (version, Some(secret), false) => {
                let version = if version == SnmpVersion::V1 { Version::V1 } else { Version::V2c };
                Security::Community(version, Community::new(secret.read("community")?))
            }
            _ => return Err("snmp: v1 and v2c need a community, and have no user".into()),
        };
        Ok(Manager::new(security))
    }

    fn user(&self) -> Result<Usm, String> {
        let user = self.user.as_deref().filter(|user| (1..=32).contains(&user.len()));
        let user = user.ok_or("snmp.user has 1 to 32 characters")?;
        let keys = match (self.digest, &self.key) {
            (Some(digest), Some(key)) => {
                let keys = MasterKeys::new(digest.protocol(), key.read("key")?.as_bytes());
                Some(keys.map_err(|error| format!("snmp.key: {error}"))?)
            }
            (None, None) => None,
            _ => return Err("snmp: digest and key go together".into()),
        };
        let keys = match (self.privacy, &self.privacy_key, keys) {
            (Some(privacy), Some(key), Some(keys)) => {
                let keys = keys.with_privacy(privacy.protocol(), key.read("privacy_key")?.as_bytes());
                Some(keys.map_err(|error| format!("snmp.privacy_key: {error}"))?)
            }
            (None, None, keys) => keys,
            _ => return Err("snmp: privacy and privacy_key go together, with digest and key".into()),
        };
        Usm::new(user, keys)
    }
}

impl Digest {
    fn protocol(self) -> AuthProtocol {
        match self {
            Self::Md5 => AuthProtocol::Md5,
            Self::Sha1 => AuthProtocol::Sha1,
            Self::Sha224 => AuthProtocol::Sha224,
            Self::Sha256 => AuthProtocol::Sha256,
            Self::Sha384 => AuthProtocol::Sha384,
            Self::Sha512 => AuthProtocol::Sha512,
        }
    }
}

impl Privacy {
    fn protocol(self) -> PrivProtocol {
        match self {
            Self::Aes128 => PrivProtocol::Aes128,
            Self::Aes192 => PrivProtocol::Aes192Blumenthal,
            Self::Aes256 => PrivProtocol::Aes256Blumenthal,
        }
    }
}
