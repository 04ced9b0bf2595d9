//! What must hold for any input whatever, said once: the fuzz targets of `fuzz/` and `tests/corpus.rs` call these. A check
//! that does not hold panics.

#[path = "memory.rs"]
pub mod memory;

use std::fmt::Debug;

use asn1::cn::{self, csae157};
use asn1::si::{self, Si};
use asn1::transport::{dsmp, immediate_forward, wsmp};
use asn1::{CodecError, Dialect, decode_to_json, encode_from_json, us};
use serde_json::Value;

use memory::watch;

/// Panics if something does not hold for the input.
pub type Check = fn(&[u8]);

/// By the name of the fuzz target.
pub const CHECKS: [(&str, Check); 8] = [
    ("cn_gbt31024", |octets| message(Dialect::CnGbt31024_2019, octets)),
    ("cn_n4", |octets| message(Dialect::CnN4, octets)),
    ("cn_csae157", |octets| message(Dialect::CnCsae157, octets)),
    ("us_j2735", |octets| message(Dialect::UsJ27352024, octets)),
    ("json", json),
    ("dsmp", dsmp),
    ("wsmp", wsmp),
    ("immediate_forward", immediate_forward),
];

/// The most memory that decoding may take at once, octets for each octet of the input, whatever that is. The worst
/// that was found takes 99: a US SPAT with full lists of items that have little but their mandatory members.
const TYPED_PER_OCTET: usize = 256;
/// The same in JSON, whose members have names: the worst that was found takes 768, a SPAT of China with full lists.
const JSON_PER_OCTET: usize = 2048;
/// And for any input: a frame, an error and its path.
const FIXED: usize = 16 * 1024;

/// A message of a dialect: what decodes is stable from its first encoding on, typed and in JSON; what does not is refused
/// with words, and a place within the octets; and memory is bounded by the input either way.
pub fn message(dialect: Dialect, octets: &[u8]) {
    match dialect {
        Dialect::UsJ27352024 => typed(octets, us::decode, us::encode, means_us),
        Dialect::CnCsae157 => {
            typed(octets, csae157::decode, csae157::encode, |_| ());
            typed(octets, |octets| cn::decode(octets, dialect), |frame| cn::encode(frame, dialect), means_cn);
        }
        _ => typed(octets, |octets| cn::decode(octets, dialect), |frame| cn::encode(frame, dialect), means_cn),
    }
    let (outcome, memory) = watch(|| decode_to_json(dialect, octets));
    bounded(memory, JSON_PER_OCTET, octets);
    match outcome {
        Ok(json) => match encode_from_json(dialect, &json) {
            Ok(again) => assert_eq!(decode_to_json(dialect, &again), Ok(json)),
            Err(error) => assert!(json.to_string().contains("\"unlisted\""), "decoded, but does not encode: {error}"),
        },
        Err(error) => refused(&error, octets),
    }
}

fn typed<T: PartialEq + Debug>(
    octets: &[u8],
    decode: impl Fn(&[u8]) -> Result<T, CodecError>,
    encode: impl Fn(&T) -> Result<Vec<u8>, CodecError>,
    means: impl Fn(&T),
) {
    let (outcome, memory) = watch(|| decode(octets));
    bounded(memory, TYPED_PER_OCTET, octets);
    match outcome {
        Ok(value) => {
            means(&value);
            match encode(&value) {
                Ok(again) => assert_eq!(decode(&again), Ok(value)),
                Err(error) => {
                    assert!(format!("{value:?}").contains("Unlisted"), "decoded, but does not encode: {error}");
                }
            }
        }
        Err(error) => refused(&error, octets),
    }
}

fn bounded(memory: memory::Memory, per_octet: usize, octets: &[u8]) {
    let most = FIXED + per_octet * octets.len();
    assert!(memory.peak_octets <= most, "{} octets took {memory:?}, over {most}", octets.len());
}

fn refused(error: &CodecError, octets: &[u8]) {
    assert!(!error.message.is_empty(), "an error without words at {:?}", error.at);
    // Without a bit, the search for the fault found none in what was refused.
    assert!(error.bit.is_some_and(|bit| bit <= octets.len() * 8), "{error}");
}

/// What a message means is the same when it has gone through its SI form.
fn means<S: Si<W> + PartialEq + Debug, W>(wire: &W) {
    let value = S::from_wire(wire);
    if let Ok(wire) = value.to_wire() {
        assert_eq!(S::from_wire(&wire), value);
    }
}

fn means_cn(frame: &cn::MessageFrame) {
    use cn::MessageFrame::{BsmFrame, MapFrame, MsgFrameExt, RsiFrame, RsmFrame, SpatFrame};
    use cn::day2::MessageFrameExt::{Pam, Psm, Rsc, Rtcm, Ssm, Vir};
    match frame {
        BsmFrame(message) => means::<si::cn::bsm::BasicSafetyMessage, _>(message),
        MapFrame(message) => means::<si::cn::map::MapData, _>(message),
        RsmFrame(message) => means::<si::cn::rsm::RoadsideSafetyMessage, _>(message),
        SpatFrame(message) => means::<si::cn::spat::Spat, _>(message),
        RsiFrame(message) => means::<si::cn::rsi::RoadSideInformation, _>(message),
        MsgFrameExt(Pam(message)) => means::<si::cn::day2::pam::PAMData, _>(message),
        MsgFrameExt(Psm(message)) => means::<si::cn::day2::psm::PersonalSafetyMessage, _>(message),
        MsgFrameExt(Rsc(message)) => means::<si::cn::day2::rsc::RoadsideCoordination, _>(message),
        MsgFrameExt(Rtcm(message)) => means::<si::cn::day2::rtcm::RTCMcorrections, _>(message),
        MsgFrameExt(Ssm(message)) => means::<si::cn::day2::ssm::SensorSharingMsg, _>(message),
        MsgFrameExt(Vir(message)) => means::<si::cn::day2::vir::VehIntentionAndRequest, _>(message),
        _ => {}
    }
}

fn means_us(frame: &us::MessageFrame) {
    use us::MessageFrame as Frame;
    match frame {
        Frame::BasicSafetyMessage(message) => means::<si::us::bsm::BasicSafetyMessage, _>(message),
        Frame::MapData(message) => means::<si::us::map::MapData, _>(message),
        Frame::PersonalSafetyMessage(message) => means::<si::us::psm::PersonalSafetyMessage, _>(message),
        Frame::RoadSafetyMessage(message) => means::<si::us::rsm::RoadSafetyMessage, _>(message),
        Frame::SensorDataSharingMessage(message) => means::<si::us::sdsm::SensorDataSharingMessage, _>(message),
        Frame::SignalRequest(message) => means::<si::us::srm::SignalRequestMessage, _>(message),
        Frame::SignalStatus(message) => means::<si::us::ssm::SignalStatusMessage, _>(message),
        Frame::Spat(message) => means::<si::us::spat::Spat, _>(message),
        Frame::TravelerInformation(message) => means::<si::us::tim::TravelerInformation, _>(message),
        _ => {}
    }
}

/// Any JSON, for the dialect that the first octet chooses: what encodes decodes, and to the same octets.
pub fn json(input: &[u8]) {
    let Some((choice, text)) = input.split_first() else { return };
    let dialect = Dialect::ALL[usize::from(*choice) % Dialect::ALL.len()];
    let Ok(json) = serde_json::from_slice::<Value>(text) else { return };
    match encode_from_json(dialect, &json) {
        Ok(octets) => {
            let said = decode_to_json(dialect, &octets)
                .unwrap_or_else(|error| panic!("encoded, but does not decode: {error}"));
            assert_eq!(encode_from_json(dialect, &said), Ok(octets));
        }
        Err(error) => assert!(!error.message.is_empty(), "an error without words at {:?}", error.at),
    }
}

/// A frame of DSMP: what decodes encodes to the same.
pub fn dsmp(octets: &[u8]) {
    let (outcome, memory) = watch(|| dsmp::Frame::decode(octets));
    bounded(memory, TYPED_PER_OCTET, octets);
    match outcome {
        Ok(frame) => assert_eq!(dsmp::Frame::decode(&frame.encode().expect("it was decoded")), Ok(frame)),
        Err(error) => assert!(error.octet <= octets.len() && !error.what.is_empty(), "{error}"),
    }
}

/// A frame of WSMP: what decodes encodes to the same.
pub fn wsmp(octets: &[u8]) {
    let (outcome, memory) = watch(|| wsmp::Frame::decode(octets));
    bounded(memory, TYPED_PER_OCTET, octets);
    match outcome {
        Ok(frame) => assert_eq!(wsmp::Frame::decode(&frame.encode().expect("it was decoded")), Ok(frame)),
        Err(error) => assert!(error.octet <= octets.len() && !error.what.is_empty(), "{error}"),
    }
}

/// The text of Immediate Forward: what decodes encodes to the same.
pub fn immediate_forward(octets: &[u8]) {
    let text = String::from_utf8_lossy(octets);
    let (outcome, memory) = watch(|| immediate_forward::Message::decode(&text));
    bounded(memory, TYPED_PER_OCTET, text.as_bytes());
    match outcome {
        Ok(message) => assert_eq!(immediate_forward::Message::decode(&message.encode()), Ok(message)),
        Err(error) => assert!(error.octet <= text.len() && !error.what.is_empty(), "{error}"),
    }
}
