//! What every message is asked. A message is named once, with `message!`, and then [`both_ways`] is called for each dialect
//! that has vectors of it.

use std::fmt::Debug;
use std::path::Path;

use asn1::si::Si;
use asn1::{CodecError, Dialect, decode_to_json, encode_from_json};
use proptest::prelude::*;
use serde_json::Value;

/// A message with an SI form.
pub trait Message: Si<Self::Wire> + Debug + PartialEq {
    /// Its wire form.
    type Wire: Debug + PartialEq;

    /// The wire form of octets; `None` when they are none, or another message.
    fn read(dialect: Dialect, octets: &[u8]) -> Option<Self::Wire>;

    /// The octets of a wire form.
    fn write(dialect: Dialect, wire: Self::Wire) -> Result<Vec<u8>, CodecError>;
}

/// `message!(cn, rsm::RoadsideSafetyMessage, RsmFrame)`: which struct, in both levels, and which alternative of the frame.
macro_rules! message {
    ($set:ident, $file:ident :: $name:ident, $alternative:ident) => {
        impl crate::support::Message for asn1::si::$set::$file::$name {
            type Wire = asn1::$set::$file::$name;

            fn read(dialect: asn1::Dialect, octets: &[u8]) -> Option<Self::Wire> {
                match crate::support::message!(@decode $set, dialect, octets) {
                    Ok(asn1::$set::MessageFrame::$alternative(message)) => Some(message),
                    _ => None,
                }
            }

            fn write(dialect: asn1::Dialect, wire: Self::Wire) -> Result<Vec<u8>, asn1::CodecError> {
                let frame = asn1::$set::MessageFrame::$alternative(wire);
                crate::support::message!(@encode $set, dialect, &frame)
            }
        }
    };
    // A message of phase 2: which alternative of its frame.
    (cn, day2 :: $file:ident :: $name:ident, $alternative:ident) => {
        impl crate::support::Message for asn1::si::cn::day2::$file::$name {
            type Wire = asn1::cn::day2::$file::$name;

            fn read(dialect: asn1::Dialect, octets: &[u8]) -> Option<Self::Wire> {
                use asn1::cn::MessageFrame::MsgFrameExt;
                match asn1::cn::decode(octets, dialect) {
                    Ok(MsgFrameExt(asn1::cn::day2::MessageFrameExt::$alternative(message))) => Some(message),
                    _ => None,
                }
            }

            fn write(dialect: asn1::Dialect, wire: Self::Wire) -> Result<Vec<u8>, asn1::CodecError> {
                let message = asn1::cn::day2::MessageFrameExt::$alternative(wire);
                asn1::cn::encode(&asn1::cn::MessageFrame::MsgFrameExt(message), dialect)
            }
        }
    };
    (@decode cn, $dialect:ident, $octets:expr) => { asn1::cn::decode($octets, $dialect) };
    (@decode us, $dialect:ident, $octets:expr) => {{ let _ = $dialect; asn1::us::decode($octets) }};
    (@encode cn, $dialect:ident, $frame:expr) => { asn1::cn::encode($frame, $dialect) };
    (@encode us, $dialect:ident, $frame:expr) => {{ let _ = $dialect; asn1::us::encode($frame) }};
}
pub(crate) use message;

/// The octets of every line of a file of vectors.
pub fn vectors(dialect: Dialect, file: &str) -> Vec<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(dialect.name()).join(file);
    let octets = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let hex = line["hex"].as_str().unwrap().as_bytes();
        hex.chunks_exact(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
    };
    std::fs::read_to_string(path).unwrap().lines().map(octets).collect()
}

/// Every vector, and a thousand damaged ones that still decode, go to SI, back to the wire, and to the same SI again.
///
/// And nothing is lost: once the reference positions are ones to count from, the wire comes back as it was, but for what is
/// left out because it said "unknown" ([`says_unknown`]), and for offsets that were not the smallest that fit.
pub fn both_ways<M: Message>(dialect: Dialect, file: &str) {
    let vectors = vectors(dialect, file);
    assert!(!vectors.is_empty());
    for octets in &vectors {
        there_and_back::<M>(dialect, octets).unwrap().unwrap();
        let json = with_usable_positions(decode_to_json(dialect, octets).unwrap());
        let again = there_and_back::<M>(dialect, &encode_from_json(dialect, &json).unwrap()).unwrap().unwrap();
        nothing_lost("", &json, &decode_to_json(dialect, &again).unwrap());
    }

    let changes = proptest::collection::vec((any::<prop::sample::Index>(), 0_u8..8), 1..6);
    let strategy = (proptest::sample::select(vectors), changes);
    let config = ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() };
    let outcome = proptest::test_runner::TestRunner::new(config).run(&strategy, |(mut octets, changes)| {
        for (place, bit) in changes {
            let at = place.index(octets.len());
            octets[at] ^= 1 << bit;
        }
        there_and_back::<M>(dialect, &octets).map(drop).map_err(TestCaseError::fail)
    });
    outcome.unwrap();
}

/// The octets that the SI form of these is sent as; `None` when they are no such message.
fn there_and_back<M: Message>(dialect: Dialect, octets: &[u8]) -> Result<Option<Vec<u8>>, String> {
    let Some(wire) = M::read(dialect, octets) else { return Ok(None) };
    let si = M::from_wire(&wire);
    let sent = si.to_wire().map_err(|error| format!("{error}, of {si:#?}"))?;
    // A value of a later edition is read, and can't be sent.
    if format!("{sent:?}").contains("Unlisted") {
        return Ok(None);
    }
    let again = M::from_wire(&sent);
    if again != si {
        return Err(format!("another SI value after {sent:#?}: {si:#?} became {again:#?}"));
    }
    // What this crate decodes it encodes again, but for what one edition has and the other not.
    M::write(dialect, sent).map(Some).map_err(|error| format!("{error}, of {si:#?}"))
}

/// The same message with every position that is unknown, or so near the edge of the globe that an offset leads off it, at a
/// place of its own; and with a height, so that heights can count from it.
fn with_usable_positions(mut json: Value) -> Value {
    match &mut json {
        Value::Object(members) => {
            members.values_mut().for_each(|member| *member = with_usable_positions(member.take()));
            // Accelerations have the same names, and a yaw rate beside them.
            let place = (members.get("lat"), members.get("long"), members.get("yaw"));
            if let (Some(lat), Some(long), None) = place {
                let beyond = |part: &Value, end: i64| part.as_i64().is_none_or(|part| part.abs() > end - 100_000_000);
                if beyond(lat, 900_000_000) || beyond(long, 1_800_000_000) {
                    members.insert("lat".into(), 300_000_000.into());
                    members.insert("long".into(), 1_200_000_000.into());
                }
                // The BSM calls its own `elev`, and always has it.
                if !members.contains_key("elev") {
                    let elevation = members.get("elevation").and_then(Value::as_i64);
                    members.insert("elevation".into(), elevation.unwrap_or(0).clamp(-2000, 59_000).into());
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = with_usable_positions(item.take())),
        _ => {}
    }
    json
}

/// Whether a member of this name says "unknown", or something that has no meaning, so that it may come back as missing, or
/// as the word for "unknown". Members that can't be missing and have only that one word come back by themselves.
fn says_unknown(name: &str, value: &Value) -> bool {
    let number = value.as_i64();
    match name {
        "secMark" | "second" | "duration" => number.is_some_and(|number| number > 60_999),
        // Milliseconds of the minute in one message, minutes of the year in another.
        "timeStamp" => number.is_some_and(|number| (61_000..=65_535).contains(&number) || number == 527_040),
        "moy" | "endTime" => number == Some(527_040),
        "maxEndTime" | "nextStartTime" | "nextDuration" => {
            number.is_some_and(|number| (36_001..=36_111).contains(&number))
        }
        "minEndUTCTime" | "maxEndUTCTime" | "nextStartUTCTime" | "nextEndUTCTime" => number == Some(36_001),
        "speedLimit" | "recommendedSpeed" | "verSpeed" => number == Some(8191),
        "estimatedTime" | "estimatedArrivalTime" | "statusDuration" | "lifeTime" => number == Some(65_535),
        "offset" => number == Some(721),
        "year" | "month" | "day" | "height" => number == Some(0),
        "hour" => number == Some(31),
        "minute" => number == Some(60) || number == Some(527_040),
        // Of SPAT, or minutes of the year.
        "startTime" | "minEndTime" | "likelyTime" | "nextTime" => {
            number.is_some_and(|number| (36_001..=36_111).contains(&number) || number == 527_040)
        }
        "startYear" => number == Some(0),
        "speed" => number == Some(500) || number == Some(8191),
        "heading" => number == Some(240) || number == Some(28_800),
        "rotateXY" => number == Some(28_800),
        "transitSchedule" => number == Some(-122) || number == Some(121),
        "visibility" => number == Some(1_000_001),
        "latOffset" | "lonOffset" => number == Some(-131_072),
        "radiusOfCurve" => number == Some(-32_767),
        "speedZ" => number == Some(8191),
        "classConf" => number == Some(101),
        "angle" => number == Some(127),
        "elevation" => number == Some(-4096) || value == "unavailable",
        "offsetV" => {
            let (form, offset) = value.as_object().and_then(|choice| choice.iter().next()).unwrap();
            let unknown = match form.as_str() {
                "elevation" => -4096,
                "offset1" => -64,
                "offset2" => -128,
                "offset3" => -256,
                "offset4" => -512,
                "offset5" => -1024,
                _ => -2048,
            };
            *offset == unknown
        }
        _ => value == "unavailable",
    }
}

/// Whether a priority came back without its reserved bits.
fn is_without_reserved_bits(name: &str, was: &Value, is: &Value) -> bool {
    let octet = |value: &Value| value.as_str().and_then(|hex| u8::from_str_radix(hex, 16).ok());
    let top = |value: &Value| octet(value).map(|octet| octet & 0xe0);
    matches!(name, "priority" | "reqPriority") && octet(is).is_some() && top(was) == octet(is)
}

/// Whether octets of GB 2312 that are all ASCII came back as text of that.
fn is_smaller_text(was: &Value, is: &Value) -> bool {
    let hex = was["textGB2312"].as_str();
    let octets = |text: &str| text.bytes().map(|octet| format!("{octet:02x}")).collect::<String>();
    hex.is_some() && hex.map(str::to_owned) == is["textString"].as_str().map(octets)
}

/// Whether an offset came back in a smaller form, or a place without its unknown half.
fn is_smaller_offset(name: &str, was: &Value, is: &Value) -> bool {
    let form = |value: &Value| value.as_object().and_then(|choice| choice.keys().next().cloned()).unwrap_or_default();
    let is_half_unknown = |place: &Value| place["lat"] == 900_000_001 || place["lon"] == 1_800_000_001;
    // Which of a family of forms, by its number; `None` for the others.
    let number =
        |value: &Value, family: &str| form(value).strip_prefix(family).and_then(|rest| rest.parse::<u8>().ok());
    // The forms' names are in the order of their size.
    match name {
        "offsetLL" => form(is) < form(was) && form(is) != "position-LatLon" || is_half_unknown(&was["position-LatLon"]),
        "eventPos" | "signPos" => is.is_null() && is_half_unknown(&was["offsetLL"]["position-LatLon"]),
        "offsetV" => {
            let last_if_absolute = |form: String| if form == "elevation" { "p".to_owned() } else { form };
            last_if_absolute(form(is)) < last_if_absolute(form(was))
        }
        "delta" => ["node-XY", "node-LL"].into_iter().any(|family| {
            let contents = |value: &Value| value[form(value)].clone();
            number(is, family).zip(number(was, family)).is_some_and(|(is, was)| is < was)
                && contents(is) == contents(was)
        }),
        "node-LatLon" => is_half_unknown(was),
        "offsetXaxis" | "offsetYaxis" => was["large"] == is["small"],
        _ => false,
    }
}

fn nothing_lost(path: &str, was: &Value, is: &Value) {
    let name = path.rsplit('.').next().unwrap_or_default();
    if was == is
        || (!was.is_null() && says_unknown(name, was))
        || is_smaller_offset(name, was, is)
        || is_without_reserved_bits(name, was, is)
        || is_smaller_text(was, is)
    {
        return;
    }
    match (was, is) {
        (Value::Object(was), Value::Object(is)) => {
            let names = was.keys().chain(is.keys().filter(|name| !was.contains_key(*name)));
            for name in names {
                let part = |of: &serde_json::Map<String, Value>| of.get(name).cloned().unwrap_or_default();
                nothing_lost(&format!("{path}.{name}"), &part(was), &part(is));
            }
        }
        (Value::Array(was), Value::Array(is)) if was.len() == is.len() => {
            was.iter().zip(is).for_each(|(was, is)| nothing_lost(path, was, is));
        }
        _ => panic!("{path}: {was} came back as {is}"),
    }
}

/// That a change to a good value is refused at the member it is about.
pub fn refused<M: Message>(good: impl Fn() -> M, at: &str, spoil: impl Fn(&mut M)) {
    let mut message = good();
    assert!(message.to_wire().is_ok());
    spoil(&mut message);
    let error = message.to_wire().map(|wire| format!("{wire:?}")).unwrap_err();
    assert_eq!(error.at, at, "{error}");
}
