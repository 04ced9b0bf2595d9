//! What octets say that a person pastes: the layer around the message, if there is one, and the message; or where it
//! breaks. No clock, no I/O; the text is bounded by whoever hands it over.

use asn1::transport::{FrameError, dsmp, immediate_forward, wsmp};
use asn1::{CodecError, Dialect};
use serde::Serialize;
use serde_json::Value;

use crate::cli::codec::unhex;

/// The layer that lay around a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum Layer {
    /// DSMP, China's network layer.
    Dsmp {
        /// Application identifier.
        aid: u32,
    },
    /// WSMP, IEEE 1609.3.
    Wsmp {
        /// Provider service identifier, the plain number.
        psid: u32,
    },
    /// The text of Immediate Forward.
    ImmediateForward {
        /// `Type`, as it stands.
        message_type: String,
        /// `PSID`, p-encoded as it stands.
        psid_p_encoded: u32,
    },
}

/// A message that could be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What lay around it.
    pub layer: Option<Layer>,
    /// Its usual short name, such as `SPAT`.
    pub message: Option<&'static str>,
    /// The message alone, UPER.
    pub octets: Vec<u8>,
    /// The message in JSON (X.697).
    pub json: Value,
}

/// Why nothing could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong. `bit` counts from the start of `octets`.
    pub error: CodecError,
    /// The layer around the message that is wrong; `None` too when it is the layer that is wrong.
    pub layer: Option<Layer>,
    /// What `error` is about: the message alone, or everything when the layer is wrong; empty when the text was no hex.
    pub octets: Vec<u8>,
}

/// Reads a message in hex of either case, blanks and colons between the digits allowed: alone, in DSMP, in WSMP, or in
/// Immediate Forward's text, which may also stand there as it is.
///
/// # Errors
/// When the text is no hex, the layer is broken, or the message is none of the dialect.
pub fn read(dialect: Dialect, text: &str) -> Result<Reading, Refusal> {
    let octets = octets(text).map_err(|error| Refusal { error, layer: None, octets: Vec::new() })?;
    match unwrap(&octets) {
        None => read_message(dialect, None, octets),
        Some(Ok((layer, data))) => read_message(dialect, Some(layer), data),
        // A BSM of the China set may start like a frame of either layer.
        Some(Err(error)) => {
            read_message(dialect, None, octets.clone()).map_err(|_| Refusal { error, layer: None, octets })
        }
    }
}

/// The message that the octets are, without a layer around it.
///
/// # Errors
/// When they are none of the dialect.
pub fn read_message(dialect: Dialect, layer: Option<Layer>, octets: Vec<u8>) -> Result<Reading, Refusal> {
    match asn1::decode_to_json(dialect, &octets) {
        Ok(json) => Ok(Reading { layer, message: name(dialect, &octets), octets, json }),
        Err(error) => Err(Refusal { error: secured(&octets).unwrap_or(error), layer, octets }),
    }
}

fn name(dialect: Dialect, octets: &[u8]) -> Option<&'static str> {
    match dialect {
        Dialect::UsJ27352024 => asn1::us::decode(octets).ok().map(|frame| frame.name()),
        cn => asn1::cn::decode(octets, cn).ok().map(|frame| frame.name()),
    }
}

fn octets(text: &str) -> Result<Vec<u8>, CodecError> {
    if is_immediate_forward(text) {
        return Ok(text.into());
    }
    let digits: Vec<u8> = text.bytes().filter(|octet| !octet.is_ascii_whitespace() && *octet != b':').collect();
    unhex(digits.strip_prefix(b"0x").unwrap_or(&digits))
}

/// What is in the layer that the octets start like; `None` when they start like none.
fn unwrap(octets: &[u8]) -> Option<Result<(Layer, Vec<u8>), CodecError>> {
    let (at, unwrapped) = match octets {
        [0x04, 0x00 | 0x10, ..] => {
            ("DSMP", dsmp::Frame::decode(octets).map(|frame| (Layer::Dsmp { aid: frame.aid }, frame.data.to_vec())))
        }
        [0x03, 0x00, ..] | [0x0b, ..] => {
            ("WSMP", wsmp::Frame::decode(octets).map(|frame| (Layer::Wsmp { psid: frame.psid }, frame.data.to_vec())))
        }
        _ => {
            let text = std::str::from_utf8(octets).ok().filter(|text| is_immediate_forward(text))?;
            ("Immediate Forward", immediate_forward(text))
        }
    };
    let error = |error: FrameError| CodecError { bit: Some(error.octet * 8), ..CodecError::at(at, error.what) };
    Some(unwrapped.map_err(error))
}

/// Whether it has a line with one of the keys that make such a text.
fn is_immediate_forward(text: &str) -> bool {
    let mut keys = text.lines().filter_map(|line| line.split_once('=')).map(|(key, _)| key.trim());
    keys.any(|key| ["Version", "Type", "PSID", "Payload"].contains(&key))
}

fn immediate_forward(text: &str) -> Result<(Layer, Vec<u8>), FrameError> {
    let immediate_forward::Message { message_type, psid_p_encoded, payload, .. } =
        immediate_forward::Message::decode(text)?;
    Ok((Layer::ImmediateForward { message_type, psid_p_encoded }, payload))
}

/// A plain word about a secured message: IEEE 1609.2 data start with their version, 3, and the choice of their content.
fn secured(octets: &[u8]) -> Option<CodecError> {
    let what = match octets {
        [0x03, 0x80, ..] => "IEEE 1609.2 data (unsecured)",
        [0x03, 0x81, ..] => "IEEE 1609.2 data (signed)",
        [0x03, 0x82, ..] => "IEEE 1609.2 data (encrypted)",
        _ => return None,
    };
    Some(CodecError { bit: Some(8), ..CodecError::new(format!("{what}: not supported in this version")) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::codec::hex;

    const CN: Dialect = Dialect::CnGbt31024_2019;
    const SPAT: &str = "378a6776ab51a363d78bcd3c2e400ffff901f0720408a3284020000000";

    fn spat() -> Vec<u8> {
        unhex(SPAT.as_bytes()).unwrap()
    }

    fn refusal(dialect: Dialect, text: &str) -> Refusal {
        read(dialect, text).unwrap_err()
    }

    #[test]
    fn a_message_is_read_alone_and_in_every_layer() {
        let alone = read(CN, &format!("0x{}\n{}", SPAT[..20].to_uppercase(), &SPAT[20..])).unwrap();
        assert_eq!((alone.layer, alone.message, alone.octets), (None, Some("SPAT"), spat()));
        assert_eq!(alone.json["spatFrame"]["msgCnt"], 69);

        let spat = spat();
        let text = format!("Version=0.7\nType=SPAT\nPSID=0x8002\nPayload={SPAT}\n");
        let message_type = "SPAT".to_owned();
        let immediate = Layer::ImmediateForward { message_type, psid_p_encoded: 0x8002 };
        for (pasted, layer) in [
            (hex(&dsmp::Frame::new(dsmp::AID_SPAT, &spat).encode().unwrap()), Layer::Dsmp { aid: 3619 }),
            (hex(&wsmp::Frame::new(wsmp::PSID_SPAT, &spat).encode().unwrap()), Layer::Wsmp { psid: 0x82 }),
            (hex(text.as_bytes()), immediate.clone()),
            (text, immediate),
        ] {
            let read = read(CN, &pasted).unwrap();
            assert_eq!((read.layer, read.octets, read.json), (Some(layer), spat.clone(), alone.json.clone()));
        }
    }

    #[test]
    fn a_break_is_told_where_it_is() {
        let cut = refusal(CN, &SPAT[..40]);
        assert!(cut.error.at.starts_with("spatFrame.intersections[0]"), "{}", cut.error);
        assert!(cut.error.bit.is_some_and(|bit| bit <= 160), "{}", cut.error);
        assert_eq!(cut.octets, spat()[..20]);

        let layer = refusal(CN, "04008da3001d378a");
        assert_eq!((layer.error.at.as_str(), layer.error.bit, layer.octets.len()), ("DSMP", Some(48), 8));
        let inside = refusal(CN, "04008da30002378a");
        assert_eq!((inside.layer, inside.octets), (Some(Layer::Dsmp { aid: 3619 }), vec![0x37, 0x8a]));
        let text = refusal(CN, "Type=SPAT\nPSID=0xZZ\n");
        assert_eq!((text.error.at.as_str(), text.error.bit), ("Immediate Forward", Some(80)));

        let not_hex = refusal(CN, "37 8g");
        assert!(not_hex.error.message.contains("'g'") && not_hex.octets.is_empty(), "{}", not_hex.error);
        for nothing in ["", " \n", "0x"] {
            assert!(refusal(CN, nothing).octets.is_empty());
        }
    }

    #[test]
    fn a_message_that_starts_like_a_layer_is_still_a_message() {
        // A BSM of the China set whose counter and identity are 0 starts with 03 00, as WSMP with a PSID does.
        let bsm = "0300000000000000000000000b91830ea00000001185d638600bea1e16000001faffff061ff8f1203e";
        assert!(wsmp::Frame::decode(&unhex(bsm.as_bytes()).unwrap()).is_err());
        let read = read(CN, bsm).unwrap();
        assert_eq!((read.layer, read.message, hex(&read.octets)), (None, Some("BSM"), bsm.to_owned()));
        // Spoilt, it is neither; the layer it starts like is named.
        assert_eq!(refusal(CN, &bsm[..60]).error.at, "WSMP");
    }

    #[test]
    fn secured_data_are_called_so() {
        let signed = refusal(Dialect::UsJ27352024, "030020050381004003");
        assert_eq!(signed.layer, Some(Layer::Wsmp { psid: 0x20 }));
        assert!(signed.error.message.contains("signed"), "{}", signed.error);
    }
}
