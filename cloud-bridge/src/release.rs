//! A release of the service: which program it is, signed by whoever may bring native code to a site.
//!
//! That is another key than those of commands: who may send a notice, or has stolen the key for it, can bring no code. As with
//! commands the signature (Ed25519, RFC 8032) is over the bytes of a text, which is JSON.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

use crate::bundle::{Bundle, BundleError, FileSum};
use crate::command::SigningKey;

/// Name and major version of the signed text. It is in it, so that no signature of something else is good for it.
pub const RELEASE_SCHEMA: &str = "lukou.release/1";
/// What the program is called in its folder.
pub const RELEASE_PROGRAM: &str = "rsu";
/// What the signed text is called, beside it.
pub const RELEASE_FILE: &str = "release.json";

/// A version: three numbers, compared from the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version([u32; 3]);

/// Not a version.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no version: three numbers, as in 1.4.0")]
pub struct VersionError(String);

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        let numbers = text.split('.').map(str::parse).collect::<Result<Vec<u32>, _>>().ok();
        let version = numbers.and_then(|numbers| numbers.try_into().ok()).map(Self);
        // `+1.02.3` would be a second name for the same.
        version.filter(|version| version.to_string() == text).ok_or_else(|| VersionError(text.to_owned()))
    }
}

impl TryFrom<String> for Version {
    type Error = VersionError;

    fn try_from(text: String) -> Result<Self, VersionError> {
        text.parse()
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.to_string()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.0;
        write!(f, "{major}.{minor}.{patch}")
    }
}

/// What is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// [`RELEASE_SCHEMA`].
    pub schema: String,
    /// What `rsu --version` says.
    pub version: Version,
    /// What it runs on, as Rust calls it: `x86_64-unknown-linux-gnu`.
    pub target: String,
    /// SHA-256 of the program, lower-case hexadecimal.
    pub sha256: String,
    /// Whether it may take the place of a newer one.
    pub may_go_back: bool,
}

/// A release and the signature over it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedRelease {
    /// A [`Release`] as JSON.
    signed: String,
    /// Over the bytes of `signed`, Base64.
    signature: String,
}

/// Why a release is not believed.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// The signature is not the release key's over these bytes.
    #[error("the site's release key has not signed it")]
    BadSignature,
    /// Signed, and not a release.
    #[error("not a release: {0}")]
    Malformed(String),
}

impl Release {
    /// Signs it.
    ///
    /// # Errors
    /// It can't be written as JSON.
    pub fn sign(&self, key: &SigningKey) -> Result<SignedRelease, serde_json::Error> {
        let signed = serde_json::to_string(self)?;
        let signature = STANDARD.encode(key.sign(signed.as_bytes()));
        Ok(SignedRelease { signed, signature })
    }
}

impl SignedRelease {
    /// What was signed, if the key has.
    ///
    /// # Errors
    /// Why it is not to be believed.
    pub fn verify(&self, key: &[u8; 32]) -> Result<Release, ReleaseError> {
        let signature = STANDARD.decode(&self.signature).map_err(|_| ReleaseError::BadSignature)?;
        let verified = UnparsedPublicKey::new(&ED25519, key).verify(self.signed.as_bytes(), &signature);
        verified.map_err(|_| ReleaseError::BadSignature)?;
        let release: Release =
            serde_json::from_str(&self.signed).map_err(|error| ReleaseError::Malformed(error.to_string()))?;
        if release.schema != RELEASE_SCHEMA {
            return Err(ReleaseError::Malformed(format!("its schema is {:?}", release.schema)));
        }
        Ok(release)
    }
}

/// The payload of a command that brings a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SoftwareUpdate {
    /// What it is.
    pub release: SignedRelease,
    /// The program's pieces.
    pub program: FileSum,
}

impl SoftwareUpdate {
    /// Reads a folder with a program and its release.
    ///
    /// # Errors
    /// Which file can't be read, and why.
    pub fn of(folder: &Path) -> Result<Self, BundleError> {
        let read = |path: &Path, error| BundleError::Read { path: path.to_owned(), error };
        let (file, program) = (folder.join(RELEASE_FILE), folder.join(RELEASE_PROGRAM));
        let release = std::fs::read(&file).map_err(|error| read(&file, error))?;
        Ok(Self {
            release: serde_json::from_slice(&release).map_err(|error| read(&file, error.into()))?,
            program: FileSum::of(&program).map_err(|error| read(&program, error))?,
        })
    }

    /// What is to be fetched for it, under this name.
    pub fn bundle(&self, name: String) -> Bundle {
        Bundle { name, files: [(RELEASE_PROGRAM.to_owned(), self.program.clone())].into() }
    }
}

#[cfg(test)]
mod tests {
    use ring::signature::KeyPair;

    use super::*;

    fn key(seed: u8) -> (SigningKey, [u8; 32]) {
        let key = SigningKey::from_seed_unchecked(&[seed; 32]).unwrap();
        let public = key.public_key().as_ref().try_into().unwrap();
        (key, public)
    }

    #[test]
    fn only_what_the_key_has_signed_is_a_release() {
        let ((ours, our_public), (theirs, _)) = (key(1), key(2));
        let release = Release {
            schema: RELEASE_SCHEMA.to_owned(),
            version: "1.4.0".parse().unwrap(),
            target: "x86_64-unknown-linux-gnu".to_owned(),
            sha256: "00".repeat(32),
            may_go_back: false,
        };
        let signed = release.sign(&ours).unwrap();
        assert_eq!(signed.verify(&our_public).unwrap(), release);
        let bad = |signed: SignedRelease| signed.verify(&our_public).unwrap_err().to_string();
        let changed = signed.signed.replace("1.4.0", "1.5.0");
        assert!(bad(SignedRelease { signed: changed, ..signed.clone() }).contains("not signed"));
        assert!(bad(SignedRelease { signature: String::new(), ..signed.clone() }).contains("not signed"));
        assert!(bad(release.sign(&theirs).unwrap()).contains("not signed"));
        let other = Release { schema: "lukou.command/1".to_owned(), ..release };
        assert!(bad(other.sign(&ours).unwrap()).contains("schema"));
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        let version = |text: &str| text.parse::<Version>();
        assert!(version("0.10.0").unwrap() > version("0.9.9").unwrap());
        for text in ["", "1", "1.2", "1.2.3.4", "1.2.x", "01.2.3", "+1.2.3", "1.2.3-rc1", "1.2.4294967296", " 1.2.3"] {
            assert!(version(text).is_err(), "{text:?}");
        }
    }
}
