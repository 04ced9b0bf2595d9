//! Once its buffer has grown, encoding asks for no memory.

#![allow(clippy::unwrap_used, reason = "a test that can not read its vectors has failed")]

#[path = "support/memory.rs"]
mod memory;
#[path = "support/vectors.rs"]
mod vectors;

use asn1::{Dialect, cn, us};

use memory::watch;
use vectors::vectors;

/// Encodes every vector of the kinds that `wanted` names, twice, and watches the second time.
fn encodes_in_place<T>(
    dialect: Dialect,
    wanted: &[&str],
    decode: impl Fn(&[u8]) -> T,
    name: impl Fn(&T) -> &'static str,
    encode_into: impl Fn(&T, &mut Vec<u8>),
) {
    let mut seen = Vec::new();
    for vector in vectors(dialect) {
        let frame = decode(&vector.octets);
        if !wanted.contains(&name(&frame)) {
            continue;
        }
        seen.push(name(&frame));
        let mut octets = Vec::new();
        encode_into(&frame, &mut octets);
        let ((), memory) = watch(|| encode_into(&frame, &mut octets));
        assert_eq!(octets, vector.octets, "{}", vector.name);
        assert_eq!(memory.requests, 0, "{}: {memory:?}", vector.name);
    }
    for kind in wanted {
        assert!(seen.contains(kind), "no {kind} among the vectors of {dialect}");
    }
}

#[test]
fn the_counter_counts() {
    let (kept, memory) = watch(|| {
        drop(Vec::<u8>::with_capacity(100));
        let mut kept = Vec::<u8>::with_capacity(40);
        kept.reserve_exact(80);
        kept
    });
    assert_eq!((memory.requests, memory.peak_octets), (3, 120), "{}", kept.capacity());
}

#[test]
fn messages_of_china() {
    let dialect = Dialect::CnGbt31024_2019;
    encodes_in_place(
        dialect,
        &["BSM", "MAP", "RSI", "RSM", "SPAT"],
        |octets| cn::decode(octets, dialect).unwrap(),
        cn::MessageFrame::name,
        |frame, octets| cn::encode_into(frame, dialect, octets).unwrap(),
    );
}

#[test]
fn messages_of_phase_2() {
    let dialect = Dialect::CnCsae157;
    encodes_in_place(
        dialect,
        &["CLPMM", "PAM", "PSM", "RSC", "RTCM", "SSM", "VIR", "VPM"],
        |octets| cn::decode(octets, dialect).unwrap(),
        cn::MessageFrame::name,
        |frame, octets| cn::encode_into(frame, dialect, octets).unwrap(),
    );
}

#[test]
fn messages_of_the_us() {
    encodes_in_place(
        Dialect::UsJ27352024,
        &["BSM", "MAP", "PSM", "RSM", "SDSM", "SPAT", "SRM", "SSM", "TIM"],
        |octets| us::decode(octets).unwrap(),
        us::MessageFrame::name,
        |frame, octets| us::encode_into(frame, octets).unwrap(),
    );
}
