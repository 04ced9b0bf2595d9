//! From a sample to a row, and into the queue before the store.

use cloud_bridge::{Encoding, SampleError, StateKey, read_sample};
use serde_json::Value;
use tokio::sync::mpsc;
use zenoh::sample::Sample;

use crate::metrics::Metrics;

/// Messages that wait for the store. Beyond it the newest are left out and counted: they stay in their sites' outboxes.
pub const MAX_WAITING: usize = 20_000;

/// A number that is written with no more digits than these is within a double's range (10⁻³⁰⁷ to 10³⁰⁸).
const MAX_DIGITS: usize = 300;

/// A message, ready to be stored.
#[derive(Clone, Debug)]
pub struct Incoming {
    pub key: StateKey,
    pub seq: i64,
    pub from_us: i64,
    pub to_us: i64,
    pub simulated: bool,
    /// The whole message as JSON text.
    pub payload: String,
}

/// Why a message was not taken; it gets no receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A kind or schema that this version does not know.
    UnknownKind,
    /// Not a message at all.
    Malformed,
    /// Its checksum is not the one that its site has said.
    Garbled,
    /// Values out of their range, or the message contradicts its key.
    Invalid,
    /// Text with a NUL in it, which PostgreSQL can't hold.
    NulCharacter,
    /// The database refuses the row.
    RefusedByStore,
    /// The queue before the store is full.
    QueueFull,
}

impl Incoming {
    /// The lot, event or window length of the key, else empty.
    pub fn id(&self) -> &str {
        self.key.id.as_deref().unwrap_or_default()
    }
}

impl Refusal {
    /// The name for a metric's label.
    pub fn name(self) -> &'static str {
        match self {
            Self::UnknownKind => "unknown_kind",
            Self::Malformed => "malformed",
            Self::Garbled => "garbled",
            Self::Invalid => "invalid",
            Self::NulCharacter => "nul_character",
            Self::RefusedByStore => "refused_by_store",
            Self::QueueFull => "queue_full",
        }
    }
}

/// What goes under a site's keys beside its states: receipts, and commands and what answers them, which are the ledger's.
const NOT_STATES: [&str; 4] = ["alive", "stored", "command", "ack"];

/// Takes a sample in; counts it if it can't be.
pub fn take(sample: &Sample, queue: &mpsc::Sender<Incoming>, metrics: &Metrics) {
    match read(sample) {
        Ok(Some(incoming)) => {
            if queue.try_send(incoming).is_err() {
                metrics.refused(Refusal::QueueFull);
            }
        }
        Ok(None) => {}
        Err((refusal, problem)) => {
            tracing::debug!(key = sample.key_expr().as_str(), problem, "refused");
            metrics.refused(refusal);
        }
    }
}

fn read(sample: &Sample) -> Result<Option<Incoming>, (Refusal, String)> {
    let key_text = sample.key_expr().as_str();
    let Some(key) = StateKey::parse(key_text) else {
        let is_state = key_text.split('/').nth(3).is_some_and(|chunk| !NOT_STATES.contains(&chunk));
        return if is_state { Err((Refusal::UnknownKind, key_text.to_owned())) } else { Ok(None) };
    };
    let (message, encoding) = read_sample(&key, sample).map_err(|e| {
        if let SampleError::Garbled(seq) = e {
            tracing::warn!(site = %key.site, kind = %key.kind, seq, "a message came garbled and is not taken");
        }
        (refusal_of(&e), e.to_string())
    })?;
    let payload = text(&sample.payload().to_bytes(), encoding)?;
    let seq = i64::try_from(message.seq).map_err(|e| (Refusal::Invalid, format!("seq: {e}")))?;
    Ok(Some(Incoming {
        key,
        seq,
        from_us: message.update.from_us,
        to_us: message.update.to_us,
        simulated: message.update.simulated,
        payload,
    }))
}

/// The message as JSON text: not as this version knows it, but with what later versions add. Plain JSON stays as it came.
fn text(bytes: &[u8], encoding: Encoding) -> Result<String, (Refusal, String)> {
    let malformed = |e: String| (Refusal::Malformed, e);
    let value: Value = match encoding {
        Encoding::Json => {
            let text = std::str::from_utf8(bytes).map_err(|e| malformed(e.to_string()))?;
            if is_plain(text) {
                return Ok(text.to_owned());
            }
            serde_json::from_str(text).map_err(|e| malformed(e.to_string()))?
        }
        Encoding::Cbor => ciborium::from_reader(bytes).map_err(|e| malformed(e.to_string()))?,
    };
    if has_nul(&value) {
        return Err((Refusal::NulCharacter, "a text holds NUL".to_owned()));
    }
    Ok(value.to_string())
}

/// Whether the database and its readers can surely hold all of it. An escape may be NUL or half a character. A number with an exponent
/// or very many digits may be none that a double can be (`1e400`, `1e-400`): PostgreSQL takes it, also in a field that this version
/// skips, and one such row would spoil every answer it is in.
fn is_plain(text: &str) -> bool {
    let mut digits = 0;
    let is_number_of_a_double = |byte| {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'.' => {}
            b'e' | b'E' if digits > 0 => return false,
            _ => digits = 0,
        }
        digits <= MAX_DIGITS
    };
    !text.contains("\\u") && text.bytes().all(is_number_of_a_double)
}

fn refusal_of(error: &SampleError) -> Refusal {
    use cloud_bridge::DecodeError;
    match error {
        SampleError::Encoding(_) => Refusal::Malformed,
        SampleError::Garbled(_) => Refusal::Garbled,
        SampleError::Contradiction(_) | SampleError::Decode(DecodeError::Invalid(_)) => Refusal::Invalid,
        SampleError::Decode(DecodeError::UnknownSchema(_)) => Refusal::UnknownKind,
        SampleError::Decode(_) => Refusal::Malformed,
    }
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(has_nul),
        Value::Object(map) => map.iter().any(|(key, value)| key.contains('\0') || has_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_can_hold_is_not_plain() {
        for plain in [r#"{"a": -1.5, "b": [100, 0.25], "c": "n-in/1 e, 路口"}"#, "{}"] {
            assert!(is_plain(plain), "{plain}");
        }
        let (large, small) = ("9".repeat(400), format!("0.{}1", "0".repeat(400)));
        for strange in ["[1e400]", "[1.5E-400]", &large, &small, r#"["\u0000"]"#] {
            assert!(!is_plain(strange), "{strange}");
        }
    }
}
