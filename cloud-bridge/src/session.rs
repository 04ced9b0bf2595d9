//! A Zenoh session as this crate sets it up, for those who serve many sites at once: the city's workers and the bench.

use zenoh::Session;
use zenoh::sample::Sample;

use crate::checksum::is_whole;
use crate::codec::{DecodeError, Encoding, decode};
use crate::config::{BridgeError, LinkConfig};
use crate::keys::StateKey;
use crate::link;
use crate::schema::StateMessage;

/// Something under a state's key that is not a state message of that key.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// Neither JSON nor CBOR.
    #[error("encoding {0}")]
    Encoding(String),
    /// Not what was sent: its checksum is another. With the number that stands in it, if it can be read.
    #[error("its checksum is not the one that was sent with it")]
    Garbled(Option<u64>),
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
    let payload = sample.payload().to_bytes();
    if !is_whole(sample) {
        return Err(SampleError::Garbled(decode(&payload, encoding).ok().map(|message| message.seq)));
    }
    let message = decode(&payload, encoding)?;
    match contradiction(key, &message) {
        Some(problem) => Err(SampleError::Contradiction(problem)),
        None => Ok((message, encoding)),
    }
}

/// What the message says of itself against the key it came under.
fn contradiction(key: &StateKey, message: &StateMessage) -> Option<String> {
    let state = &message.update.state;
    if message.site != key.site.site() {
        return Some(format!("the message is of site {:?}", message.site));
    }
    if state.kind() != key.kind {
        return Some(format!("the message is of kind {}", state.kind()));
    }
    (state.id() != key.id.as_deref()).then(|| format!("the message is of {:?}", state.id().unwrap_or_default()))
}
