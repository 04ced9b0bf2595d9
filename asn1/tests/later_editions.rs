//! What later editions of the standards add, behind the extension markers, does not cost the message that carries it:
//! additions to a sequence are skipped, an alternative of a choice is kept as it came, a value of an enumeration is read
//! as one that is not listed.

#![allow(clippy::unwrap_used, reason = "a test that can not encode its message has failed")]

use asn1::{Dialect, UnknownAlternative, cn, decode_to_json, encode_from_json};
use serde_json::{Value, json};

/// An RSM of one participant, whose layout is counted below.
fn rsm() -> Value {
    let participant = json!({
        "ptcType": "motor", "ptcId": 7, "source": "v2x", "secMark": 1000,
        "pos": { "offsetLL": { "position-LL1": { "lon": -1, "lat": 1 } } }, "posConfidence": { "pos": "a1m" },
        "speed": 50, "heading": 100, "size": { "width": 180, "length": 450 } });
    let position = json!({ "lat": 400000000, "long": 1160000000 });
    json!({ "rsmFrame": { "msgCnt": 1, "id": "0102030405060708", "refPos": position, "participants": [participant] } })
}

/// Alternative (1 + 3), extension (1), msgCnt (7), id (64), refPos (1 + 31 + 32), number of participants (4).
const PARTICIPANT: usize = 4 + 1 + 7 + 64 + 64 + 4;
/// Extension (1) and what is optional of a participant: id, transmission, angle, motionCfd, accelSet, vehicleClass.
const PARTICIPANT_TYPE: usize = PARTICIPANT + 1 + 6;
/// ptcType (1 + 3), ptcId (16), source (1 + 3), secMark (16), pos (1 + 3 + 24), posConfidence (1 + 4), speed (13), heading
/// (15), size (1 + 10 + 12).
const END: usize = PARTICIPANT_TYPE + 4 + 16 + 4 + 16 + 28 + 5 + 13 + 15 + 23;

fn bits(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:08b}")).collect()
}

fn octets(bits: &str) -> Vec<u8> {
    let padded = format!("{bits:0<width$}", width = bits.len().next_multiple_of(8));
    padded
        .as_bytes()
        .chunks(8)
        .map(|octet| u8::from_str_radix(std::str::from_utf8(octet).unwrap(), 2).unwrap())
        .collect()
}

fn encoded() -> String {
    let octets = encode_from_json(Dialect::default(), &rsm()).unwrap();
    assert_eq!(octets.len(), END.div_ceil(8), "the layout is counted right");
    bits(&octets)[..END].to_owned()
}

#[test]
fn additions_to_a_sequence_are_skipped() {
    let mut bits = encoded();
    // To the participant: three additions are announced, the first and the third are there.
    bits.replace_range(PARTICIPANT..=PARTICIPANT, "1");
    bits.push_str("0000010" /* three, less one */);
    bits.push_str("101");
    bits.push_str("00000010" /* octets */);
    bits.push_str("1010101111001101");
    bits.push_str("0000000100000000");
    // And to the message around it: one.
    bits.replace_range(4..5, "1");
    bits.push_str("0000000");
    bits.push('1');
    bits.push_str("0000000111111111");
    assert_eq!(decode_to_json(Dialect::default(), &octets(&bits)), Ok(rsm()));
}

#[test]
fn more_than_64_additions_are_skipped() {
    let mut bits = encoded();
    bits.replace_range(PARTICIPANT..=PARTICIPANT, "1");
    bits.push_str("101000110" /* not small, one octet of length 70 */);
    bits.push_str(&"0".repeat(69));
    bits.push('1');
    bits.push_str("0000000111111111");
    assert_eq!(decode_to_json(Dialect::default(), &octets(&bits)), Ok(rsm()));
}

#[test]
fn a_value_of_an_enumeration_is_not_listed() {
    let mut bits = encoded();
    bits.replace_range(PARTICIPANT_TYPE..PARTICIPANT_TYPE + 4, "10000011" /* later, the fourth */);
    let mut expected = rsm();
    expected["rsmFrame"]["participants"][0]["ptcType"] = json!("unlisted");
    assert_eq!(decode_to_json(Dialect::default(), &octets(&bits)).as_ref(), Ok(&expected));
    // Which one it was is not kept, so it is not sent as another.
    let error = encode_from_json(Dialect::default(), &expected).unwrap_err();
    assert_eq!(error.message, "a value of a later edition, which is not known");
}

#[test]
fn an_alternative_of_a_choice_is_kept_as_it_came() {
    let timing = |timing: Value| {
        let state = json!({ "light": "red", "timing": timing });
        let node =
            json!({ "intersectionId": { "id": 1 }, "status": "0000", "phases": [{ "id": 1, "phaseStates": [state] }] });
        json!({ "spatFrame": { "msgCnt": 0, "intersections": [node] } })
    };
    let known = json!({ "counting": { "startTime": 0, "likelyEndTime": 1 } });
    let known = bits(&encode_from_json(Dialect::default(), &timing(known)).unwrap());
    // The alternative's bits stand where the two messages begin to differ: 1 + 1, and 7 + 33 of the counting.
    let later = json!({ "unknownAlternative": { "index": 2, "octets": "abcd" } });
    let later_octets = encode_from_json(Dialect::default(), &timing(later.clone())).unwrap();
    let later_bits = bits(&later_octets);
    let at = known.bytes().zip(later_bits.bytes()).position(|(one, other)| one != other).unwrap();
    let expected = ["1", "0000010", "00000010", "1010101111001101"].concat();
    assert_eq!(later_bits[at..at + expected.len()], expected);
    assert_eq!(decode_to_json(Dialect::default(), &later_octets), Ok(timing(later)));

    let frame = cn::decode(&later_octets, Dialect::default()).unwrap();
    let cn::MessageFrame::SpatFrame(spat) = &frame else { panic!("not a SPAT") };
    let kept = spat.intersections[0].phases[0].phase_states[0].timing.as_ref();
    let unknown = cn::spat::TimeChangeDetails::UnknownAlternative(UnknownAlternative::new(2, [0xab, 0xcd]));
    assert_eq!(kept, Some(&unknown));
    assert_eq!(cn::encode(&frame, Dialect::default()), Ok(later_octets));
}
