//! State messages to bytes and back, JSON or CBOR.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::schema::{InvalidState, Kind, State, StateMessage, Update, Wire};

/// The largest payload that is sent or read, bytes.
pub const MAX_PAYLOAD_BYTES: usize = 4 << 20;

/// How a payload is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// JSON (RFC 8259), so that any language reads it.
    #[default]
    Json,
    /// CBOR (RFC 8949), smaller.
    Cbor,
}

/// Bytes that are not a state message this version can read.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// Not JSON or CBOR, or a field is missing or of the wrong type.
    #[error("not a state message in {encoding:?}: {reason}")]
    Malformed {
        /// What it was read as.
        encoding: Encoding,
        /// What the parser says, with the place.
        reason: String,
    },
    /// Another kind, or another major version.
    #[error("schema {0:?} is not one that this version reads")]
    UnknownSchema(String),
    /// Larger than [`MAX_PAYLOAD_BYTES`].
    #[error("{0} bytes, more than the {MAX_PAYLOAD_BYTES} that are read")]
    TooLarge(usize),
    /// A value out of its range.
    #[error(transparent)]
    Invalid(#[from] InvalidState),
}

/// Writes a message. The error is the serializer's own and means that a value can't be written at all.
pub fn encode(message: &StateMessage, encoding: Encoding) -> Result<Vec<u8>, String> {
    match &message.update.state {
        State::Traffic(body) => write(message, body, encoding),
        State::Parking(body) => write(message, body, encoding),
        State::Health(body) => write(message, body, encoding),
        State::Signal(body) => write(message, body, encoding),
        State::Event(body) => write(message, body, encoding),
    }
}

fn write<B: Serialize>(message: &StateMessage, body: &B, encoding: Encoding) -> Result<Vec<u8>, String> {
    let wire = Wire {
        schema: message.update.state.kind().schema().to_owned(),
        site: message.site.clone(),
        seq: message.seq,
        from_us: message.update.from_us,
        to_us: message.update.to_us,
        simulated: message.update.simulated,
        body,
    };
    match encoding {
        Encoding::Json => serde_json::to_vec(&wire).map_err(|e| e.to_string()),
        Encoding::Cbor => {
            let mut bytes = Vec::new();
            ciborium::into_writer(&wire, &mut bytes).map_err(|e| e.to_string())?;
            Ok(bytes)
        }
    }
}

/// What stands in every message beside its content; the fields of [`Wire`].
#[derive(Deserialize)]
struct Head {
    site: String,
    seq: u64,
    from_us: i64,
    to_us: i64,
    #[serde(default)]
    simulated: bool,
}

/// Reads a message and checks it. Fields that this version does not know are skipped.
pub fn decode(bytes: &[u8], encoding: Encoding) -> Result<StateMessage, DecodeError> {
    #[derive(Deserialize)]
    struct SchemaOnly {
        schema: String,
    }
    if bytes.len() > MAX_PAYLOAD_BYTES {
        return Err(DecodeError::TooLarge(bytes.len()));
    }
    // Read three times, each time skipping the rest: a flattened `Wire` would keep all of it as values in between, and takes
    // twice as long.
    let SchemaOnly { schema } = read(bytes, encoding)?;
    let kind = Kind::from_schema(&schema).ok_or(DecodeError::UnknownSchema(schema))?;
    let Head { site, seq, from_us, to_us, simulated } = read(bytes, encoding)?;
    let state = match kind {
        Kind::Traffic => State::Traffic(read(bytes, encoding)?),
        Kind::Parking => State::Parking(read(bytes, encoding)?),
        Kind::Health => State::Health(read(bytes, encoding)?),
        Kind::Signal => State::Signal(read(bytes, encoding)?),
        Kind::Event => State::Event(read(bytes, encoding)?),
    };
    let update = Update { from_us, to_us, simulated, state };
    update.check()?;
    Ok(StateMessage { site, seq, update })
}

fn read<T: DeserializeOwned>(bytes: &[u8], encoding: Encoding) -> Result<T, DecodeError> {
    let read = match encoding {
        Encoding::Json => serde_json::from_slice(bytes).map_err(|e| e.to_string()),
        Encoding::Cbor => ciborium::from_reader(bytes).map_err(|e| e.to_string()),
    };
    read.map_err(|reason| DecodeError::Malformed { encoding, reason })
}
