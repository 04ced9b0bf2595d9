//! What a city asks a site to do: signed, for one site, once, and for a while.
//!
//! A command goes to `lukou/<city>/<site>/command/<id>` as a JSON map: `schema`, `key` (the name of the key), `signature`
//! (Ed25519, RFC 8032, in Base64) and `signed`, a text. The signature is over the bytes of that text, which is the JSON of a
//! [`Command`]: so that no reader has to write JSON exactly as another did. The site answers on `…/ack/<id>` with an
//! [`Ack`].

mod ack;
mod desk;
mod send;

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
pub use ring::signature::Ed25519KeyPair as SigningKey;
use ring::signature::{ED25519, KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

pub use ack::{ACK_SCHEMA, Ack, AckState, CommandEnd};
pub(crate) use desk::{Desk, Remembered};
pub use send::{CommandError, send_command, send_commands};

use crate::clock::utc_us;
use crate::keys::{NameError, SiteKeys, check_name};

/// Name and major version of the commands' schema.
pub const COMMAND_SCHEMA: &str = "lukou.command/1";
/// The largest command (or receipt) that a site reads, bytes: many may wait.
pub const MAX_COMMAND_BYTES: usize = 64 << 10;
/// The longest that a command may be good for, µs: a week.
pub const MAX_LIFE_US: i64 = 7 * 86_400 * 1_000_000;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommandKind {
    /// Other settings.
    Config,
    /// Another signal plan.
    Plan,
    /// A message to road users.
    Rsi,
    /// How many vehicles are in a parking lot.
    LotCount,
    /// Another model for a detector.
    Model,
    /// Another version of the service.
    Software,
    /// The recording around an event.
    Evidence,
}

impl CommandKind {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Config, Self::Plan, Self::Rsi, Self::LotCount, Self::Model, Self::Software, Self::Evidence];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Plan => "plan",
            Self::Rsi => "rsi",
            Self::LotCount => "lot_count",
            Self::Model => "model",
            Self::Software => "software",
            Self::Evidence => "evidence",
        }
    }
}

/// The signed part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// Names the command for ever: the same id is the same command, and is done once. Fit for a key chunk.
    pub id: String,
    /// The city it comes from.
    pub city: String,
    /// The site it is for.
    pub site: String,
    /// What is asked for.
    pub kind: CommandKind,
    /// When it was signed, microseconds since 1970 UTC.
    pub issued_us: i64,
    /// Until when it may be begun, microseconds since 1970 UTC; at most [`MAX_LIFE_US`] later.
    pub expires_us: i64,
    /// What the kind needs; opaque here.
    pub payload: serde_json::Value,
}

/// A command as it goes over the wire. Who reads it need not believe it: [`Command::verify`] tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedCommand {
    /// [`COMMAND_SCHEMA`].
    schema: String,
    /// The name of the key that is said to have signed it.
    pub key: String,
    /// Ed25519 over the bytes of `signed`, in Base64.
    pub signature: String,
    /// The JSON of a [`Command`].
    pub signed: String,
}

impl SignedCommand {
    /// Reads what came over the wire; whether it is signed at all is not looked at.
    ///
    /// # Errors
    /// [`Rejection::Malformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Rejection> {
        if bytes.len() > MAX_COMMAND_BYTES {
            return Err(Rejection::Malformed);
        }
        let read: Self = serde_json::from_slice(bytes).map_err(|_| Rejection::Malformed)?;
        if read.schema == COMMAND_SCHEMA { Ok(read) } else { Err(Rejection::Malformed) }
    }

    /// What it says.
    ///
    /// # Errors
    /// [`Rejection::Malformed`].
    pub fn command(&self) -> Result<Command, Rejection> {
        serde_json::from_str(&self.signed).map_err(|_| Rejection::Malformed)
    }

    /// SHA-256 of the signed text, in hexadecimal digits.
    pub fn sha256(&self) -> String {
        crate::bundle::sha256(self.signed.as_bytes())
    }
}

/// Why a command is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rejection {
    /// Not of this form.
    Malformed,
    /// The site does not know the key.
    UnknownKey,
    /// The signature is not this key's over these bytes.
    BadSignature,
    /// It is for another site, or its id is not the key's.
    WrongAddress,
    /// Its time is over, or it is older than what the site remembers.
    Expired,
    /// Good for more than a week.
    LivesTooLong,
    /// The id was another command's.
    IdReused,
    /// Nothing here does this.
    NotSupported,
    /// The site's settings do not allow it.
    NotAllowed,
    /// Too much to do, or the disk can't remember it; it may be sent again.
    Busy,
    /// The service ended before it was done; it is not known how far it came.
    Interrupted,
}

impl Rejection {
    /// The name on the wire and in the audit log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnknownKey => "unknown_key",
            Self::BadSignature => "bad_signature",
            Self::WrongAddress => "wrong_address",
            Self::Expired => "expired",
            Self::LivesTooLong => "lives_too_long",
            Self::IdReused => "id_reused",
            Self::NotSupported => "not_supported",
            Self::NotAllowed => "not_allowed",
            Self::Busy => "busy",
            Self::Interrupted => "interrupted",
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// `lukou/<city>/<site>/command/<id>`.
pub fn command_key(site: &SiteKeys, id: &str) -> Result<String, NameError> {
    check_name("command", id)?;
    Ok(format!("lukou/{site}/command/{id}"))
}

/// `lukou/<city>/<site>/ack/<id>`.
pub fn ack_key(site: &SiteKeys, id: &str) -> Result<String, NameError> {
    check_name("command", id)?;
    Ok(format!("lukou/{site}/ack/{id}"))
}

/// `lukou/<city>/<site>/command/*`: all commands to a site.
pub(crate) fn commands_of(site: &SiteKeys) -> String {
    format!("lukou/{site}/command/*")
}

/// A key that is none.
#[derive(Debug, thiserror::Error)]
#[error("{name}: not an Ed25519 key (a public one: 32 octets in Base64)")]
pub struct KeyError {
    /// The key's name.
    pub name: String,
}

/// The public keys of a settings file: 32 octets in Base64, by name.
pub fn command_keys(keys: &BTreeMap<String, String>) -> Result<BTreeMap<String, [u8; 32]>, KeyError> {
    keys.iter().map(|(name, text)| Ok((name.clone(), key_octets(name, text)?))).collect()
}

/// One public key of that name: 32 octets in Base64.
///
/// # Errors
/// It is something else.
pub fn key_octets(name: &str, text: &str) -> Result<[u8; 32], KeyError> {
    let octets = STANDARD.decode(text).ok().and_then(|octets| octets.try_into().ok());
    octets.ok_or_else(|| KeyError { name: name.to_owned() })
}

/// A private key to sign commands with, from PEM (PKCS #8, RFC 8410), as `openssl genpkey -algorithm ed25519` writes it.
///
/// # Errors
/// It is not such a key.
pub fn signing_key(pem: &str) -> Result<SigningKey, KeyError> {
    let base64: String = pem.lines().map(str::trim).filter(|line| !line.starts_with("-----")).collect();
    let bad = || KeyError { name: "private key".to_owned() };
    let der = STANDARD.decode(base64).map_err(|_| bad())?;
    // OpenSSL leaves the public half out.
    SigningKey::from_pkcs8_maybe_unchecked(&der).map_err(|_| bad())
}

/// The public half, as a site's settings have it: Base64.
pub fn public_key(key: &SigningKey) -> String {
    STANDARD.encode(key.public_key())
}

impl Command {
    /// A command that is issued now and may be begun for `expires_s` seconds. Without an `id` it is called by its kind and the
    /// time.
    pub fn issued_now(
        site: &SiteKeys,
        id: Option<String>,
        kind: CommandKind,
        expires_s: i64,
        payload: serde_json::Value,
    ) -> Self {
        let issued_us = utc_us();
        Self {
            id: id.unwrap_or_else(|| format!("{}-{issued_us}", kind.name())),
            city: site.city().to_owned(),
            site: site.site().to_owned(),
            kind,
            issued_us,
            expires_us: issued_us.saturating_add(expires_s.saturating_mul(1_000_000)),
            payload,
        }
    }

    /// As it goes over the wire, signed.
    ///
    /// # Errors
    /// The payload can't be written as JSON.
    pub fn sign(&self, key_name: &str, key: &SigningKey) -> Result<Vec<u8>, serde_json::Error> {
        let signed = serde_json::to_string(self)?;
        let signature = STANDARD.encode(key.sign(signed.as_bytes()));
        serde_json::to_vec(&SignedCommand {
            schema: COMMAND_SCHEMA.to_owned(),
            key: key_name.to_owned(),
            signature,
            signed,
        })
    }

    /// Reads what came over the wire, if one of `keys` has signed it. Returns the key's name, and the bytes it is over.
    ///
    /// # Errors
    /// Why it is not to be believed.
    pub fn verify(bytes: &[u8], keys: &BTreeMap<String, [u8; 32]>) -> Result<(Self, String, Vec<u8>), Rejection> {
        let read = SignedCommand::from_bytes(bytes)?;
        let signature = STANDARD.decode(&read.signature).map_err(|_| Rejection::Malformed)?;
        let key = keys.get(&read.key).ok_or(Rejection::UnknownKey)?;
        let verified = UnparsedPublicKey::new(&ED25519, key).verify(read.signed.as_bytes(), &signature);
        verified.map_err(|_| Rejection::BadSignature)?;
        let command = read.command()?;
        Ok((command, read.key, read.signed.into_bytes()))
    }
}
