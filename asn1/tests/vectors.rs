//! Messages on which three independent codecs agree: decoding the octets gives the JSON, encoding the JSON gives the
//! octets, bit for bit, in every dialect; and the typed values go the same way.

#![allow(clippy::unwrap_used, reason = "a test that can not read its vectors has failed")]

use std::path::{Path, PathBuf};

use asn1::{Dialect, cn, decode_to_json, encode_from_json, us};
use serde_json::Value;

/// One line of a file: the encoding, and what it says.
struct Vector {
    name: String,
    octets: Vec<u8>,
    json: Value,
}

fn unhex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks_exact(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn files(dialect: Dialect) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(dialect.name());
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn vectors(dialect: Dialect) -> Vec<Vector> {
    let mut vectors = Vec::new();
    for file in files(dialect) {
        for (index, line) in std::fs::read_to_string(&file).unwrap().lines().enumerate() {
            let line: Value = serde_json::from_str(line).unwrap();
            let name = format!("{} line {}", file.display(), index + 1);
            vectors.push(Vector { name, octets: unhex(line["hex"].as_str().unwrap()), json: line["jer"].clone() });
        }
    }
    vectors
}

fn both_ways(dialect: Dialect, at_least: usize) {
    let vectors = vectors(dialect);
    assert!(vectors.len() >= at_least, "{} vectors of {dialect}", vectors.len());
    for vector in vectors {
        assert_eq!(decode_to_json(dialect, &vector.octets).as_ref(), Ok(&vector.json), "{}", vector.name);
        assert_eq!(encode_from_json(dialect, &vector.json), Ok(vector.octets), "{}", vector.name);
    }
}

#[test]
fn gbt31024_both_ways() {
    both_ways(Dialect::CnGbt31024_2019, 80);
}

#[test]
fn n4_both_ways() {
    both_ways(Dialect::CnN4, 80);
}

#[test]
fn csae157_both_ways() {
    both_ways(Dialect::CnCsae157, 160);
}

#[test]
fn j2735_both_ways() {
    both_ways(Dialect::UsJ27352024, 130);
}

#[test]
fn the_phase_1_part_of_csae157_is_that_of_n4() {
    for vector in vectors(Dialect::CnN4) {
        assert_eq!(decode_to_json(Dialect::CnCsae157, &vector.octets), Ok(vector.json), "{}", vector.name);
    }
}

#[test]
fn typed_values_encode_to_the_same_octets() {
    for vector in vectors(Dialect::CnGbt31024_2019) {
        let frame = cn::decode(&vector.octets, Dialect::CnGbt31024_2019).unwrap();
        assert_eq!(cn::encode(&frame, Dialect::CnGbt31024_2019), Ok(vector.octets), "{}", vector.name);
    }
    for vector in vectors(Dialect::CnCsae157) {
        let frame = cn::decode(&vector.octets, Dialect::CnCsae157).unwrap();
        assert!(vector.name.contains(&format!("/{}.jsonl", frame.name())), "{} is a {}", vector.name, frame.name());
        assert_eq!(cn::encode(&frame, Dialect::CnCsae157), Ok(vector.octets), "{}", vector.name);
    }
    for vector in vectors(Dialect::UsJ27352024) {
        let frame = us::decode(&vector.octets).unwrap();
        assert_eq!(us::encode(&frame), Ok(vector.octets), "{}", vector.name);
    }
}

/// What one dialect said, read into the common types, is said again by the same dialect in the same bits.
#[test]
fn n4_messages_survive_the_common_types() {
    for vector in vectors(Dialect::CnN4) {
        let frame = cn::decode(&vector.octets, Dialect::CnN4).unwrap();
        assert_eq!(cn::encode(&frame, Dialect::CnN4), Ok(vector.octets), "{}", vector.name);
    }
}

/// The editions differ by bits: the wrong one must not pass for the right one.
#[test]
fn a_map_of_one_edition_is_not_one_of_the_other() {
    let is_map = |vector: &Vector| vector.json.get("mapFrame").is_some();
    for vector in vectors(Dialect::CnGbt31024_2019).iter().filter(|vector| is_map(vector)) {
        assert_ne!(decode_to_json(Dialect::CnN4, &vector.octets).as_ref(), Ok(&vector.json), "{}", vector.name);
    }
}

#[test]
fn hex_of_either_case_is_read() {
    let upper = serde_json::json!({ "rsmFrame": {
        "msgCnt": 0, "id": "ABCDEF0123456789", "refPos": { "lat": 0, "long": 0 }, "participants": [{
            "ptcType": "rsu", "ptcId": 0, "source": "selfinfo", "secMark": 0,
            "pos": { "offsetLL": { "position-LL1": { "lon": 0, "lat": 0 } } },
            "posConfidence": { "pos": "a10cm" }, "speed": 0, "heading": 28800, "size": { "width": 0, "length": 0 } }] } });
    let octets = encode_from_json(Dialect::CnGbt31024_2019, &upper).unwrap();
    let json = decode_to_json(Dialect::CnGbt31024_2019, &octets).unwrap();
    assert_eq!(json["rsmFrame"]["id"], "abcdef0123456789");
}
