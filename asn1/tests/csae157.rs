//! What `cn-csae157` has and the other dialects of China have not: additions to MAP and RSI, and the messages of phase 2.
//!
//! The octets of MAP and RSI here were written out from the rules of X.691 by a program that has nothing of this crate.

#![allow(clippy::unwrap_used, reason = "a test that can not read its vectors has failed")]

use asn1::cn::day2::MessageFrameExt;
use asn1::cn::{self, MessageFrame, csae157};
use asn1::{Dialect, decode_to_json, encode_from_json};
use serde_json::{Value, json};

const PHASE_2: Dialect = Dialect::CnCsae157;

fn unhex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks_exact(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn both_ways(octets: &[u8], json: &Value) {
    assert_eq!(decode_to_json(PHASE_2, octets).as_ref(), Ok(json));
    assert_eq!(encode_from_json(PHASE_2, json).as_deref(), Ok(octets));
}

/// A map with the additions, and the octets that it is in.
fn map() -> (Vec<u8>, Value) {
    let corner = |lon: i32, lat: i32| json!({ "offsetLL": { "position-LL1": { "lon": lon, "lat": lat } } });
    let points = json!([{ "s-axis": 0, "t-axis": -175 }, { "s-axis": 65535, "t-axis": -175 }]);
    let section = json!({ "secId": 1, "lanes": [{ "laneRefID": -1, "st-points": points }] });
    let json = json!({ "mapFrame": { "msgCnt": 1, "nodes": [{
        "id": { "id": 7 }, "refPos": { "lat": 0, "long": 0 },
        "inLinks-ex": [{ "upstreamNodeId": { "id": 8 }, "sections": [section] }],
        "prohibitedzone": { "centralCircleProhibitedZone": [corner(-9, -9), corner(9, -9), corner(9, 9), corner(-9, 9)] } }] } });
    let octets = "100820001cd693a401ad2747fc0e220000010000004f0002003fa8a07fefea20208007f77f708097f7080980907f780900";
    (unhex(octets), json)
}

/// A sign with a plate, and the octets that it is in.
fn rsi() -> (Vec<u8>, Value) {
    let plate = json!({ "signWithVehicleType": "20", "signDirection": "right" });
    let json = json!({ "rsiFrame": { "msgCnt": 1, "id": "0000000000000001", "refPos": { "lat": 0, "long": 0 },
        "rtss": [{ "rtsId": 1, "signType": 27, "auxiliarySign": plate }] } });
    (unhex("410200000000000000026b49d200d693a3fe10004006c040988400"), json)
}

#[test]
fn the_additions_to_map_and_rsi_go_both_ways() {
    for (octets, json) in [map(), rsi()] {
        both_ways(&octets, &json);
        let frame = csae157::decode(&octets).unwrap();
        assert_eq!(csae157::encode(&frame), Ok(octets));
    }
}

/// Phase 1 and the types common to all dialects know the rest of the message all the same.
#[test]
fn who_does_not_know_the_additions_reads_the_rest() {
    let mut without = [map(), rsi()];
    let node = without[0].1["mapFrame"]["nodes"][0].as_object_mut().unwrap();
    node.retain(|member, _| !matches!(member.as_str(), "inLinks-ex" | "prohibitedzone"));
    without[1].1["rsiFrame"]["rtss"][0].as_object_mut().unwrap().remove("auxiliarySign");
    for (octets, json) in without {
        assert_eq!(decode_to_json(Dialect::CnN4, &octets).as_ref(), Ok(&json));
        let frame = cn::decode(&octets, PHASE_2).unwrap();
        let shorter = cn::encode(&frame, PHASE_2).unwrap();
        assert_eq!(decode_to_json(PHASE_2, &shorter), Ok(json));
    }
}

#[test]
fn typed_messages_of_phase_2_are_named_and_encode_to_the_same_octets() {
    let octets = unhex("800800000502006aaec0");
    let frame = cn::decode(&octets, PHASE_2).unwrap();
    assert_eq!(frame.name(), "TEST");
    let MessageFrame::MsgFrameExt(MessageFrameExt::Test(message)) = &frame else { panic!("not a TEST") };
    assert_eq!((message.msg_cnt, message.user_data.as_ref()), (1, &[0xaa, 0xbb][..]));
    assert_eq!(cn::encode(&frame, PHASE_2), Ok(octets));
    for dialect in [Dialect::CnGbt31024_2019, Dialect::CnN4] {
        let error = cn::encode(&frame, dialect).unwrap_err();
        assert_eq!((error.at, error.message), ("msgFrameExt".to_owned(), format!("{dialect} has no TEST (message 0)")));
        let json = json!({ "msgFrameExt": { "messageId": 0, "value": { "msgCnt": 0, "userData": "aabb" } } });
        assert_eq!(encode_from_json(dialect, &json).map_err(|error| error.at), Err("msgFrameExt".to_owned()));
    }
}

#[test]
fn a_message_of_no_known_number_is_kept_as_octets() {
    for (id, body) in [(9, "00".to_owned()), (32767, "c0ffee".repeat(50)), (100, "5a".repeat(20_000))] {
        let json = json!({ "msgFrameExt": { "messageId": id, "value": body } });
        let octets = encode_from_json(PHASE_2, &json).unwrap();
        both_ways(&octets, &json);
        let frame = cn::decode(&octets, PHASE_2).unwrap();
        let MessageFrame::MsgFrameExt(MessageFrameExt::Other(kept, _)) = &frame else { panic!("{id} is known") };
        assert_eq!((*kept, frame.name()), (id, "unknown"));
        assert_eq!(cn::encode(&frame, PHASE_2), Ok(octets));
    }
    let beyond = json!({ "msgFrameExt": { "messageId": 32768, "value": "00" } });
    assert_eq!(encode_from_json(PHASE_2, &beyond).map_err(|e| e.at), Err("msgFrameExt.messageId".to_owned()));
}

fn payment(contract_type: i64, balance: &str) -> Value {
    let day = json!({ "year": 2020, "month": 1, "day": 1 });
    let contract = json!({
        "contractProvider": "0000000000000000", "contractType": contract_type, "contractVersion": 0,
        "contractSerialNumer": "0000000000000000", "contractSignedDate": day, "contractExpiredDate": day,
        "reserved": "00".repeat(64) });
    let card = json!({ "iccIssueInfo": "", "iccUniTollInfo": "00", "iccBalance": balance });
    let held = json!({ "obuPaymentInfoType1": { "gbiCCInfo": card, "sysInfo": contract } });
    json!({ "msgFrameExt": { "messageId": 17, "value": { "msgCnt": 0, "payment": { "initialzation-response": {
        "time": {}, "obuId": "0000000000000000",
        "vpapplicationList": [{ "pid": "freeflow", "obuPaymentInfo": held }] } } } } })
}

/// INTEGER (0..127,...) and OCTET STRING (SIZE(0..127,...)) hold what a later edition may send.
#[test]
fn what_is_outside_an_extensible_range_survives() {
    let numbers = [0, 127, 128, -1, -128, -129, 1000, 1 << 31, i64::MAX, i64::MIN];
    for (number, length) in numbers.into_iter().zip([0, 1, 127, 128, 300].into_iter().cycle()) {
        let json = payment(number, &"ab".repeat(length));
        let octets = encode_from_json(PHASE_2, &json).unwrap();
        both_ways(&octets, &json);
        let frame = cn::decode(&octets, PHASE_2).unwrap();
        assert_eq!(cn::encode(&frame, PHASE_2), Ok(octets));
    }
    let plain = encode_from_json(PHASE_2, &payment(127, "")).unwrap().len();
    assert_eq!(encode_from_json(PHASE_2, &payment(128, "")).unwrap().len(), plain + 2);
}
