//! rasn's own UPER codec as the referee of ours: for every vector, and for random values of every message of every dialect,
//! both write the same octets and read the same values. (What later editions add is not the referee's business: there the
//! two differ knowingly, see `tests/later_editions.rs`.)

#![allow(clippy::unwrap_used, reason = "a test that can not read its vectors has failed")]

#[path = "support/dreamer.rs"]
mod dreamer;
#[path = "../src/unused.rs"]
#[allow(unused_macros, unused_imports, reason = "shared with the codecs, of which one is a decoder only")]
mod unused;
#[path = "support/vectors.rs"]
mod vectors;

use std::fmt::Debug;

use asn1::cn::{self, csae157, n4};
use asn1::{CodecError, Dialect, decode_to_json, encode_from_json, jer, us};
use rasn::{Decode, Encode};

use dreamer::{dream, has_unknown_alternatives};
use vectors::vectors;

/// So many random values of every message: enough for ten seconds.
const DREAMS: u64 = if cfg!(debug_assertions) { 60 } else { 600 };

/// How one dialect's frame goes through our codec.
struct Ours<T> {
    encode: fn(&T) -> Result<Vec<u8>, CodecError>,
    encode_into: fn(&T, &mut Vec<u8>) -> Result<(), CodecError>,
    decode: fn(&[u8]) -> Result<T, CodecError>,
}

const GBT: Ours<cn::MessageFrame> = Ours {
    encode: |frame| cn::encode(frame, Dialect::CnGbt31024_2019),
    encode_into: |frame, octets| cn::encode_into(frame, Dialect::CnGbt31024_2019, octets),
    decode: |octets| cn::decode(octets, Dialect::CnGbt31024_2019),
};

/// The types of this dialect are reached through JSON only.
const N4: Ours<n4::MessageFrame> = Ours {
    encode: |frame| encode_from_json(Dialect::CnN4, &jer::to_json(frame)?),
    encode_into: |frame, octets| {
        *octets = encode_from_json(Dialect::CnN4, &jer::to_json(frame)?)?;
        Ok(())
    },
    decode: |octets| jer::from_json(&decode_to_json(Dialect::CnN4, octets)?),
};

const CSAE157: Ours<csae157::MessageFrame> =
    Ours { encode: csae157::encode, encode_into: csae157::encode_into, decode: csae157::decode };

const US: Ours<us::MessageFrame> = Ours { encode: us::encode, encode_into: us::encode_into, decode: us::decode };

fn short(text: &str) -> &str {
    text.get(..2000).unwrap_or(text)
}

fn same<V: PartialEq + Debug, E: Debug>(who: &str, value: &V, outcome: Result<V, E>) -> Result<(), String> {
    match outcome {
        Ok(other) if other == *value => Ok(()),
        other => {
            Err(format!("{who}:\n {}\nnot\n {}", short(&format!("{other:02x?}")), short(&format!("{value:02x?}"))))
        }
    }
}

fn judge<T: Encode + Decode + PartialEq + Debug>(
    ours: &Ours<T>,
    value: &T,
    buffer: &mut Vec<u8>,
    with_referee: bool,
) -> Result<Vec<u8>, String> {
    let octets = (ours.encode)(value).map_err(|error| format!("ours does not encode: {error}"))?;
    if with_referee {
        same("rasn encodes", &octets, rasn::uper::encode(value))?;
        same("rasn decodes", value, rasn::uper::decode::<T>(&octets))?;
    }
    same("into a buffer", &octets, (ours.encode_into)(value, buffer).map(|()| buffer.clone()))?;
    same("ours decodes", value, (ours.decode)(&octets))?;
    let json = jer::to_json(value).map_err(|error| format!("no JSON: {error}"))?;
    same("JSON", value, jer::from_json(&json))?;
    Ok(octets)
}

/// Every vector of the dialect; and the vector's octets come out again.
fn judge_vectors<T: Encode + Decode + PartialEq + Debug>(dialect: Dialect, ours: &Ours<T>) {
    let mut buffer = Vec::new();
    for vector in vectors(dialect) {
        let value = (ours.decode)(&vector.octets).unwrap();
        let octets = judge(ours, &value, &mut buffer, true).unwrap_or_else(|error| panic!("{}: {error}", vector.name));
        assert_eq!(octets, vector.octets, "{}", vector.name);
    }
}

fn judge_dreams<T: Encode + Decode + PartialEq + Debug>(name: &str, ours: &Ours<T>, draw: impl Fn(u64) -> T) {
    let (mut buffer, mut octets) = (Vec::new(), 0);
    for seed in 0..DREAMS {
        let value = draw(seed);
        let outcome = judge(ours, &value, &mut buffer, !has_unknown_alternatives(seed));
        octets += outcome.unwrap_or_else(|error| panic!("{name}, seed {seed}: {error}")).len();
    }
    println!("{name}: {DREAMS} values of {} octets on average", octets as u64 / DREAMS);
}

#[test]
fn the_referee_agrees_on_the_vectors() {
    judge_vectors(Dialect::CnGbt31024_2019, &GBT);
    judge_vectors(Dialect::CnN4, &N4);
    judge_vectors(Dialect::CnCsae157, &CSAE157);
    judge_vectors(Dialect::UsJ27352024, &US);
}

macro_rules! dreams {
    ($($test:ident: $ours:ident, $draw:expr;)*) => {
        $(#[test]
        fn $test() {
            judge_dreams(stringify!($test), &$ours, $draw);
        })*
    };
}

/// A message of phase 2 by its number.
fn phase_2(number: i64) -> impl Fn(u64) -> csae157::MessageFrame {
    move |seed| csae157::MessageFrame::MsgFrameExt(dream(seed, Some(number)))
}

fn us(number: i64) -> impl Fn(u64) -> us::MessageFrame {
    move |seed| dream(seed, Some(number))
}

dreams! {
    gbt_bsm: GBT, |seed| cn::MessageFrame::BsmFrame(dream(seed, None));
    gbt_map: GBT, |seed| cn::MessageFrame::MapFrame(dream(seed, None));
    gbt_rsm: GBT, |seed| cn::MessageFrame::RsmFrame(dream(seed, None));
    gbt_spat: GBT, |seed| cn::MessageFrame::SpatFrame(dream(seed, None));
    gbt_rsi: GBT, |seed| cn::MessageFrame::RsiFrame(dream(seed, None));
    n4_bsm: N4, |seed| n4::MessageFrame::BsmFrame(dream(seed, None));
    n4_map: N4, |seed| n4::MessageFrame::MapFrame(dream(seed, None));
    n4_rsi: N4, |seed| n4::MessageFrame::RsiFrame(dream(seed, None));
    csae157_map: CSAE157, |seed| csae157::MessageFrame::MapFrame(dream(seed, None));
    csae157_rsi: CSAE157, |seed| csae157::MessageFrame::RsiFrame(dream(seed, None));
    csae157_test: CSAE157, phase_2(0);
    csae157_unknown: CSAE157, phase_2(9);
    csae157_rtcm: CSAE157, phase_2(10);
    csae157_rsc: CSAE157, phase_2(11);
    csae157_ssm: CSAE157, phase_2(12);
    csae157_vir: CSAE157, phase_2(13);
    csae157_pam: CSAE157, phase_2(14);
    csae157_psm: CSAE157, phase_2(15);
    csae157_clpmm: CSAE157, phase_2(16);
    csae157_vpm: CSAE157, phase_2(17);
    us_map: US, us(18);
    us_spat: US, us(19);
    us_bsm: US, us(20);
    us_rtcm: US, us(28);
    us_srm: US, us(29);
    us_ssm: US, us(30);
    us_tim: US, us(31);
    us_psm: US, us(32);
    us_rsm: US, us(33);
    us_sdsm: US, us(41);
    us_unknown: US, us(44);
}
