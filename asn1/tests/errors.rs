//! An error says where: the path of the member, and the bit where the encoding broke.

#![allow(clippy::unwrap_used, reason = "a test that can not read its vectors has failed")]

use asn1::{CodecError, Dialect, decode_to_json, encode_from_json};
use serde_json::{Value, json};

fn rsm() -> Value {
    let participant = json!({
        "ptcType": "motor", "ptcId": 1, "source": "integrated", "secMark": 100,
        "pos": { "offsetLL": { "position-LL1": { "lon": 0, "lat": 0 } } },
        "posConfidence": { "pos": "a1m" }, "speed": 500, "heading": 0, "size": { "width": 180, "length": 450 } });
    json!({ "rsmFrame": {
        "msgCnt": 1, "id": "0102030405060708", "refPos": { "lat": 399764645, "long": 1163509503 },
        "participants": [participant.clone(), participant.clone(), participant] } })
}

fn refused(change: impl FnOnce(&mut Value)) -> CodecError {
    let mut json = rsm();
    change(&mut json["rsmFrame"]);
    encode_from_json(Dialect::CnGbt31024_2019, &json).unwrap_err()
}

#[test]
fn the_message_that_is_changed_below_is_a_good_one() {
    let octets = encode_from_json(Dialect::CnGbt31024_2019, &rsm()).unwrap();
    assert_eq!(decode_to_json(Dialect::CnGbt31024_2019, &octets), Ok(rsm()));
}

#[test]
fn json_that_is_no_message_is_refused_where_it_breaks() {
    let out_of_range = refused(|rsm| rsm["participants"][2]["speed"] = json!(8192));
    assert_eq!(out_of_range.at, "rsmFrame.participants[2].speed");
    assert_eq!(out_of_range.message, "8192, outside 0..8191");
    let cases: [(&str, CodecError); 10] = [
        ("rsmFrame.participants[1].heading", refused(|rsm| rsm["participants"][1]["heading"] = json!("north"))),
        ("rsmFrame.participants[1].heading", refused(|rsm| rsm["participants"][1]["heading"] = json!(1.5))),
        ("rsmFrame.participants[0].ptcType", refused(|rsm| rsm["participants"][0]["ptcType"] = json!("tram"))),
        ("rsmFrame.refPos.lat", refused(|rsm| drop(rsm["refPos"].as_object_mut().unwrap().remove("lat")))),
        ("rsmFrame.refPos", refused(|rsm| rsm["refPos"]["longitude"] = json!(0))),
        ("rsmFrame.participants", refused(|rsm| rsm["participants"] = json!([]))),
        ("rsmFrame.id", refused(|rsm| rsm["id"] = json!("010203"))),
        ("rsmFrame.id", refused(|rsm| rsm["id"] = json!("not hexadecimal!"))),
        ("rsmFrame.participants[0].pos.offsetLL.position-LL1.lon", {
            refused(|rsm| rsm["participants"][0]["pos"]["offsetLL"]["position-LL1"]["lon"] = json!(-2049))
        }),
        ("rsmFrame.participants[0].pos.offsetLL", {
            refused(|rsm| rsm["participants"][0]["pos"]["offsetLL"]["position-LL2"] = json!({ "lon": 0, "lat": 0 }))
        }),
    ];
    for (at, error) in cases {
        assert_eq!(error.at, at, "{error}");
    }
}

#[test]
fn what_can_not_be_a_frame_is_refused() {
    for json in [json!(null), json!([]), json!({}), json!({ "camFrame": {} }), json!({ "rsmFrame": 1, "mapFrame": 2 })]
    {
        for dialect in Dialect::ALL {
            assert!(encode_from_json(dialect, &json).is_err(), "{dialect} {json}");
        }
    }
    let wrong = encode_from_json(Dialect::UsJ27352024, &json!({ "messageId": 20, "value": { "coreData": {} } }));
    assert_eq!(wrong.map_err(|error| error.at), Err("value.coreData.msgCnt".to_owned()));
}

#[test]
fn octets_that_are_no_message_are_refused_where_they_break() {
    let good = encode_from_json(Dialect::CnGbt31024_2019, &rsm()).unwrap();
    let short = decode_to_json(Dialect::CnGbt31024_2019, &good[..good.len() - 10]).unwrap_err();
    assert!(short.at.starts_with("rsmFrame.participants[2]"), "{short}");
    assert!(short.bit.is_some_and(|bit| bit <= (good.len() - 10) * 8), "{short}");
    let mut long = good;
    long.push(0);
    let long = decode_to_json(Dialect::CnGbt31024_2019, &long).unwrap_err();
    assert_eq!((long.at.as_str(), long.message.as_str()), ("", "1 octets behind the message"));
    let empty = decode_to_json(Dialect::CnGbt31024_2019, &[]).unwrap_err();
    assert_eq!(empty.bit, Some(0));
}

/// A latitude of all ones is more than the type allows, though its bits would hold it.
#[test]
fn a_number_that_its_bits_could_hold_and_its_type_not_is_refused() {
    let mut octets = encode_from_json(Dialect::CnGbt31024_2019, &rsm()).unwrap();
    // 4 bits of alternative, 1 of extension, 7 of msgCnt, 64 of id, 1 for elevation: latitude starts at bit 77.
    octets[9] |= 0x07;
    octets[10..13].fill(0xff);
    octets[13] |= 0xf0;
    let error = decode_to_json(Dialect::CnGbt31024_2019, &octets).unwrap_err();
    assert_eq!(error.at, "rsmFrame.refPos.lat", "{error}");
    assert_eq!(error.bit, Some(77 + 31));
}

#[test]
fn messages_of_later_editions_are_named_and_refused() {
    let phase_2 = [0x80, 0x08, 0x00, 0x00, 0x05, 0x02, 0x00, 0x6a, 0xae, 0xc0];
    for dialect in [Dialect::CnGbt31024_2019, Dialect::CnN4] {
        let error = decode_to_json(dialect, &phase_2).unwrap_err();
        assert_eq!(error.message, "message 0 not supported in this version");
        assert_eq!(error.at, "msgFrameExt");
    }
}

/// A number without a type here: the body goes through as octets.
#[test]
fn a_us_message_that_is_not_known_survives() {
    let octets = [0x00, 0x2c, 0x02, 0xab, 0xcd];
    let json = json!({ "messageId": 44, "value": "abcd" });
    assert_eq!(decode_to_json(Dialect::UsJ27352024, &octets), Ok(json.clone()));
    assert_eq!(encode_from_json(Dialect::UsJ27352024, &json).as_deref(), Ok(&octets[..]));
    let error = encode_from_json(Dialect::UsJ27352024, &json!({ "messageId": 44, "value": {} })).unwrap_err();
    assert_eq!(error.at, "value");
    let error = encode_from_json(Dialect::UsJ27352024, &json!({ "messageId": 32768, "value": "" })).unwrap_err();
    assert_eq!(error.at, "messageId");
}

/// The message lies in an open type within an open type: the error is still about the whole.
#[test]
fn a_message_of_phase_2_is_refused_where_it_breaks() {
    let corrections = |number: u16| {
        let message = json!({ "rtcmID": number, "payload": "00" });
        json!({ "msgFrameExt": { "messageId": 10, "value": { "msgCnt": 0, "corrections": [message] } } })
    };
    let error = encode_from_json(Dialect::CnCsae157, &corrections(32768)).unwrap_err();
    assert_eq!(error.at, "msgFrameExt.value.corrections[0].rtcmID");
    let good = encode_from_json(Dialect::CnCsae157, &corrections(1)).unwrap();
    assert_eq!(decode_to_json(Dialect::CnCsae157, &good), Ok(corrections(1)));
    let mut bad = good;
    // Alternative, length, number and length take 40 bits; 1 bit of extension, 7 of msgCnt, 3 of count, which becomes 8.
    bad[6] |= 0xe0;
    let error = decode_to_json(Dialect::CnCsae157, &bad).unwrap_err();
    assert_eq!((error.at.as_str(), error.bit), ("msgFrameExt.value.corrections", Some(40 + 11)), "{error}");
    bad.pop();
    let error = decode_to_json(Dialect::CnCsae157, &bad).unwrap_err();
    assert_eq!((error.at.as_str(), error.bit), ("msgFrameExt", Some(16)), "{error}");
}

#[test]
fn what_a_dialect_can_not_say_is_refused_by_name() {
    let lane = json!({ "laneID": 1 });
    let link = json!({ "upstreamNodeId": { "id": 2 }, "lanes": [lane] });
    let node = json!({ "id": { "id": 1 }, "refPos": { "lat": 0, "long": 0 }, "inLinks": [link] });
    let map = json!({ "mapFrame": { "msgCnt": 0, "nodes": [node] } });
    let octets = encode_from_json(Dialect::CnGbt31024_2019, &map).unwrap();
    let frame = asn1::cn::decode(&octets, Dialect::CnGbt31024_2019).unwrap();
    let error = asn1::cn::encode(&frame, Dialect::CnN4).unwrap_err();
    assert_eq!(error.at, "mapFrame.nodes[0].inLinks[0].linkWidth");
    let error = asn1::cn::encode(&frame, Dialect::UsJ27352024).unwrap_err();
    assert_eq!(error.message, "us-j2735-2024 is no dialect of the China set");
}

#[test]
fn a_typed_value_out_of_range_is_refused_by_name() {
    let octets = encode_from_json(Dialect::CnGbt31024_2019, &rsm()).unwrap();
    let frame = asn1::cn::decode(&octets, Dialect::CnGbt31024_2019).unwrap();
    let asn1::cn::MessageFrame::RsmFrame(mut message) = frame else { panic!("not an RSM") };
    message.participants[1].heading = 28_801;
    let error = asn1::cn::encode(&asn1::cn::MessageFrame::RsmFrame(message.clone()), Dialect::default()).unwrap_err();
    assert_eq!(error.at, "rsmFrame.participants[1].heading");
    message.participants[1].heading = 0;
    message.participants = vec![message.participants[0].clone(); 17];
    let error = asn1::cn::encode(&asn1::cn::MessageFrame::RsmFrame(message), Dialect::default()).unwrap_err();
    assert_eq!((error.at.as_str(), error.message.as_str()), ("rsmFrame.participants", "17 items, outside 1..16"));
}

/// What is usual is read in brief, and read again where it breaks.
#[test]
fn a_participant_is_refused_where_it_breaks() {
    let mut octets = encode_from_json(Dialect::default(), &rsm()).unwrap();
    // 144 bits before the participants, 131 of each of them; the heading ends 23 bits before the end: 0 becomes 32767.
    let end = 144 + 3 * 131 - 23;
    (end - 15..end).for_each(|bit| octets[bit / 8] |= 0x80 >> (bit % 8));
    let error = asn1::cn::decode(&octets, Dialect::default()).unwrap_err();
    assert_eq!((error.at.as_str(), error.bit), ("rsmFrame.participants[2].heading", Some(end)), "{error}");
    octets.truncate(end / 8);
    let error = asn1::cn::decode(&octets, Dialect::default()).unwrap_err();
    assert_eq!((error.at.as_str(), error.bit), ("rsmFrame.participants[2].heading", Some(end - 15)), "{error}");
}

/// Phases are coded in pieces where nothing is wrong with them, and member by member where something is.
#[test]
fn a_phase_is_refused_where_it_breaks() {
    let state = json!({ "light": "red", "timing": { "counting": { "startTime": 10, "likelyEndTime": 20 } } });
    let phase = json!({ "id": 1, "phaseStates": [state, state] });
    let node = json!({ "intersectionId": { "id": 1 }, "status": "0000", "phases": [phase, phase] });
    let spat = json!({ "spatFrame": { "msgCnt": 0, "intersections": [node] } });
    let octets = encode_from_json(Dialect::default(), &spat).unwrap();
    let frame = asn1::cn::decode(&octets, Dialect::default()).unwrap();
    let asn1::cn::MessageFrame::SpatFrame(mut message) = frame else { panic!("not a SPAT") };
    let at = "spatFrame.intersections[0].phases[1].phaseStates[1].timing.counting.likelyEndTime";

    // The message ends with that number and three bits of nothing: 20 becomes 65535.
    let end = octets.len() * 8 - 3;
    let mut bad = octets.clone();
    (end - 16..end).for_each(|bit| bad[bit / 8] |= 0x80 >> (bit % 8));
    let error = asn1::cn::decode(&bad, Dialect::default()).unwrap_err();
    assert_eq!((error.at.as_str(), error.bit), (at, Some(end)), "{error}");
    let error = asn1::cn::decode(&octets[..octets.len() - 1], Dialect::default()).unwrap_err();
    assert_eq!((error.at.as_str(), error.bit), (at, Some(end - 16)), "{error}");

    let encode = |message: &asn1::cn::spat::Spat| {
        let frame = asn1::cn::MessageFrame::SpatFrame(message.clone());
        asn1::cn::encode(&frame, Dialect::default()).unwrap_err()
    };
    let states = &mut message.intersections[0].phases[1].phase_states;
    let Some(asn1::cn::spat::TimeChangeDetails::Counting(times)) = &mut states[1].timing else { panic!("no times") };
    times.likely_end_time = 36_002;
    assert_eq!(encode(&message).at, at);
    message.intersections[0].phases[1].phase_states.clear();
    assert_eq!(encode(&message).at, "spatFrame.intersections[0].phases[1].phaseStates");
}

/// Deployed US equipment sends extensible bit strings of length 0; they are kept, and sent on, as they came.
#[test]
fn an_extensible_bit_string_of_another_length_survives() {
    for lights in
        [json!(""), json!("ff80"), json!({ "value": "f0", "length": 4 }), json!({ "value": "ffc0", "length": 10 })]
    {
        let bsm = json!({ "bsmFrame": {
            "msgCnt": 0, "id": "0000000000000000", "secMark": 0, "pos": { "lat": 0, "long": 0 },
            "transmission": "unavailable", "speed": 8191, "heading": 28800,
            "accelSet": { "long": 2001, "lat": 2001, "vert": -127, "yaw": 0 }, "brakes": {},
            "size": { "width": 0, "length": 0 }, "vehicleClass": { "classification": 0 },
            "safetyExt": { "lights": lights } } });
        let octets = encode_from_json(Dialect::CnGbt31024_2019, &bsm).unwrap();
        assert_eq!(decode_to_json(Dialect::CnGbt31024_2019, &octets), Ok(bsm));
    }
}
