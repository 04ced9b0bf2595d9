//! The China set.

use std::f64::consts::TAU;

use asn1::Dialect;
use asn1::cn::rsm::{ParticipantType, SourceType};
use asn1::si::cn::bsm::BasicSafetyMessage;
use asn1::si::cn::common::VehicleSize;
use asn1::si::cn::map::MapData;
use asn1::si::cn::rsi::RoadSideInformation;
use asn1::si::cn::rsm::{ParticipantData, RoadsideSafetyMessage};
use asn1::si::cn::spat::Spat;
use asn1::si::{Position, PositionConfidenceSet, Si};
use proptest::prelude::*;

use crate::support::{Message, both_ways, message, refused};

message!(cn, bsm::BasicSafetyMessage, BsmFrame);
message!(cn, map::MapData, MapFrame);
message!(cn, rsi::RoadSideInformation, RsiFrame);
message!(cn, rsm::RoadsideSafetyMessage, RsmFrame);
message!(cn, spat::Spat, SpatFrame);

/// In either dialect of phase 1.
fn both_ways_in_phase_1<M: Message>(file: &str) {
    both_ways::<M>(Dialect::CnGbt31024_2019, file);
    both_ways::<M>(Dialect::CnN4, file);
}

#[test]
fn spat_both_ways() {
    both_ways_in_phase_1::<Spat>("SPAT.jsonl");
}

#[test]
fn map_both_ways() {
    both_ways_in_phase_1::<MapData>("MAP.jsonl");
}

#[test]
fn rsi_both_ways() {
    both_ways_in_phase_1::<RoadSideInformation>("RSI.jsonl");
}

#[test]
fn bsm_both_ways() {
    both_ways_in_phase_1::<BasicSafetyMessage>("BSM.jsonl");
}

#[test]
fn rsm_both_ways() {
    both_ways_in_phase_1::<RoadsideSafetyMessage>("RSM.jsonl");
}

const REFERENCE: Position = Position { lat_deg: 31.2, lon_deg: 121.5, elevation_m: Some(12.0) };

/// A participant of which nothing is known but that it is there.
fn participant() -> ParticipantData {
    ParticipantData {
        ptc_type: ParticipantType::Unknown,
        ptc_id: 1,
        source: SourceType::Unknown,
        id: None,
        sec_mark_s: None,
        pos: None,
        pos_confidence: PositionConfidenceSet::default(),
        transmission: None,
        speed_mps: None,
        heading_cw_north_rad: None,
        angle_rad: None,
        motion_cfd: None,
        accel_set: None,
        size: VehicleSize::default(),
        vehicle_class: None,
    }
}

fn rsm(participants: Vec<ParticipantData>) -> RoadsideSafetyMessage {
    RoadsideSafetyMessage { msg_cnt: 0, id: [1; 8].into(), ref_pos: Some(REFERENCE), participants }
}

#[test]
fn what_is_unknown_is_said_to_be() {
    let wire = rsm(vec![participant()]).to_wire().unwrap();
    let one = &wire.participants[0];
    assert_eq!((one.sec_mark, one.speed, one.heading), (65535, 8191, 28800));
    assert_eq!((one.size.width, one.size.length, one.size.height), (0, 0, None));
    assert_eq!((one.angle, one.accel_set, one.motion_cfd, one.pos.offset_v), (None, None, None, None));
    let nowhere = RoadsideSafetyMessage { ref_pos: None, ..rsm(vec![participant()]) }.to_wire().unwrap();
    assert_eq!(
        (nowhere.ref_pos.lat, nowhere.ref_pos.long, nowhere.ref_pos.elevation),
        (900_000_001, 1_800_000_001, None)
    );
}

#[test]
fn what_can_not_be_said_is_refused_by_name() {
    let good = || rsm(vec![participant(), participant()]);
    let far = Position { lat_deg: 91.0, ..REFERENCE };
    refused(good, "participants[1].speed", |rsm| rsm.participants[1].speed_mps = Some(200.0));
    refused(good, "participants[0].size.length", |rsm| rsm.participants[0].size.length_m = Some(41.0));
    refused(good, "participants[0].secMark", |rsm| rsm.participants[0].sec_mark_s = Some(-1.0));
    refused(good, "participants[1].heading", |rsm| rsm.participants[1].heading_cw_north_rad = Some(f64::NAN));
    refused(good, "participants[1].pos.lat", |rsm| rsm.participants[1].pos = Some(far));
    refused(good, "refPos.lat", |rsm| rsm.ref_pos = Some(far));
    let error = rsm(vec![ParticipantData { speed_mps: Some(200.0), ..participant() }]).to_wire().unwrap_err();
    assert_eq!(error.to_string(), "participants[0].speed: speed_mps 200 is outside 0 to 163.8");
}

proptest! {
    #[test]
    fn rsm_values_come_back_within_half_a_step(
        (north_deg, east_deg, up_m) in (-1.0..1.0_f64, -1.0..1.0_f64, -300.0..300.0_f64),
        (speed_mps, heading_rad, second_s, length_m) in (0.0..163.8_f64, 0.0..TAU - 1e-3, 0.0..59.999_f64, 0.01..40.95_f64),
    ) {
        let place = Position {
            lat_deg: REFERENCE.lat_deg + north_deg,
            lon_deg: REFERENCE.lon_deg + east_deg,
            elevation_m: Some(12.0 + up_m),
        };
        let sent = rsm(vec![ParticipantData {
            sec_mark_s: Some(second_s),
            pos: Some(place),
            speed_mps: Some(speed_mps),
            heading_cw_north_rad: Some(heading_rad),
            size: VehicleSize { length_m: Some(length_m), ..VehicleSize::default() },
            ..participant()
        }]);
        let received = RoadsideSafetyMessage::from_wire(&sent.to_wire().unwrap());
        let one = &received.participants[0];
        let there = one.pos.unwrap();
        for (was, is, step) in [
            (place.lat_deg, Some(there.lat_deg), 1e-7),
            (place.lon_deg, Some(there.lon_deg), 1e-7),
            (12.0 + up_m, there.elevation_m, 0.1),
            (second_s, one.sec_mark_s, 1e-3),
            (speed_mps, one.speed_mps, 0.02),
            (heading_rad, one.heading_cw_north_rad, 0.0125_f64.to_radians()),
            (length_m, one.size.length_m, 0.01),
        ] {
            prop_assert!((was - is.unwrap()).abs() <= step * 0.500_001, "{was} became {is:?}");
        }
    }
}
