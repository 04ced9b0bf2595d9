//! A Zenoh session as this crate sets it up, for those who serve many sites at once: the city's workers and the bench.

use zenoh::Session;
use zenoh::sample::Sample;

use crate::codec::{DecodeError, Encoding, decode};
use crate::config::{BridgeError, LinkConfig};
use crate::keys::StateKey;
use crate::schema::StateMessage;
use crate::{link, watch};

/// Something under a state's key that is not a state message of that key.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// Neither JSON nor CBOR.
    #[error("encoding {0}")]
    Encoding(String),
    /// Not a message that this version reads.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// It says that it is another site's, of another kind, or of another lot.
    #[error("{0}")]
    Contradiction(String),
}

/// Opens a session. Blocks until it is open (peer, router) or the router answers or not (client, which may be tried again).
pub fn open_session(link: &LinkConfig) -> Result<Session, BridgeError> {
    link.check()?;
    link::open(link)
}

/// Reads a sample that came under `key`, with the encoding its payload has.
pub fn read_sample(key: &StateKey, sample: &Sample) -> Result<(StateMessage, Encoding), SampleError> {
    let encoding = link::encoding_from_zenoh(sample.encoding())
        .ok_or_else(|| SampleError::Encoding(sample.encoding().to_string()))?;
    let message = decode(&sample.payload().to_bytes(), encoding)?;
    match watch::contradiction(key, &message) {
        Some(problem) => Err(SampleError::Contradiction(problem)),
        None => Ok((message, encoding)),
    }
}
