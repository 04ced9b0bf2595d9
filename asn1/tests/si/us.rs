//! The US set.

use std::f64::consts::TAU;

use asn1::Dialect;
use asn1::si::us::common::Position3D;
use asn1::si::us::sdsm::{DetectedObjectCommonData, DetectedObjectData, PositionOffsetXYZ, SensorDataSharingMessage};
use asn1::si::us::{bsm, map, psm, rsm, spat, srm, ssm, tim};
use asn1::si::{DateTime, Position, PositionConfidenceSet, PositionalAccuracy, Si};
use asn1::us::sdsm::{EquipmentType, ObjectType};
use proptest::prelude::*;

use crate::support::{both_ways, message, refused};

message!(us, sdsm::SensorDataSharingMessage, SensorDataSharingMessage);
message!(us, spat::Spat, Spat);
message!(us, map::MapData, MapData);
message!(us, bsm::BasicSafetyMessage, BasicSafetyMessage);
message!(us, psm::PersonalSafetyMessage, PersonalSafetyMessage);
message!(us, srm::SignalRequestMessage, SignalRequest);
message!(us, ssm::SignalStatusMessage, SignalStatus);
message!(us, tim::TravelerInformation, TravelerInformation);
message!(us, rsm::RoadSafetyMessage, RoadSafetyMessage);

macro_rules! all_both_ways {
    ($($test:ident: $message:ty, $file:literal;)*) => {
        $(#[test]
        fn $test() {
            both_ways::<$message>(Dialect::UsJ27352024, $file);
        })*
    };
}

all_both_ways! {
    sdsm_both_ways: SensorDataSharingMessage, "SDSM.jsonl";
    spat_both_ways: spat::Spat, "SPAT.jsonl";
    map_both_ways: map::MapData, "MAP.jsonl";
    bsm_both_ways: bsm::BasicSafetyMessage, "BSM.jsonl";
    psm_both_ways: psm::PersonalSafetyMessage, "PSM.jsonl";
    srm_both_ways: srm::SignalRequestMessage, "SRM.jsonl";
    ssm_both_ways: ssm::SignalStatusMessage, "SSM.jsonl";
    tim_both_ways: tim::TravelerInformation, "TIM.jsonl";
    rsm_both_ways: rsm::RoadSafetyMessage, "RSM.jsonl";
}

/// An object of which nothing is known but its place.
fn object() -> DetectedObjectData {
    let det_obj_common = DetectedObjectCommonData {
        obj_type: ObjectType::Unknown,
        obj_type_cfd: None,
        object_id: 1,
        measurement_time_s: 0.0,
        time_confidence_s: None,
        pos: PositionOffsetXYZ { east_m: 12.5, north_m: -30.0, up_m: None },
        pos_confidence: PositionConfidenceSet::default(),
        speed_mps: None,
        speed_confidence_mps: None,
        speed_z_mps: None,
        speed_confidence_z_mps: None,
        heading_cw_north_rad: None,
        heading_conf_rad: None,
        accel4way: None,
        acc_cfd_x_mps2: None,
        acc_cfd_y_mps2: None,
        acc_cfd_z_mps2: None,
        acc_cfd_yaw_radps: None,
    };
    DetectedObjectData { det_obj_common, det_obj_opt_data: None }
}

fn sdsm(objects: Vec<DetectedObjectData>) -> SensorDataSharingMessage {
    SensorDataSharingMessage {
        msg_cnt: 0,
        source_id: [1; 4].into(),
        equipment_type: EquipmentType::Rsu,
        sdsm_time_stamp: DateTime::from_utc_us(1_709_251_198_765_000),
        ref_pos: Position3D::from(Some(Position { lat_deg: 42.3, lon_deg: -83.7, elevation_m: Some(250.0) })),
        ref_pos_xy_conf: PositionalAccuracy::default(),
        ref_pos_el_conf_m: None,
        objects,
    }
}

#[test]
fn what_is_unknown_is_said_to_be() {
    let wire = sdsm(vec![object()]).to_wire().unwrap();
    let accuracy = wire.ref_pos_xy_conf;
    assert_eq!((accuracy.semi_major, accuracy.semi_minor, accuracy.orientation), (255, 255, 65535));
    let one = &wire.objects[0].det_obj_common;
    assert_eq!((one.obj_type_cfd, one.speed, one.speed_z, one.heading), (101, 8191, None, 28800));
}

#[test]
fn what_can_not_be_said_is_refused_by_name() {
    let good = || sdsm(vec![object(), object()]);
    refused(good, "objects[1].detObjCommon.pos.offsetX", |sdsm| {
        sdsm.objects[1].det_obj_common.pos.east_m = 3300.0;
    });
    refused(good, "objects[0].detObjCommon.measurementTime", |sdsm| {
        sdsm.objects[0].det_obj_common.measurement_time_s = -1.6;
    });
    refused(good, "refPos.elevation", |sdsm| {
        sdsm.ref_pos = Some(Position { lat_deg: 0.0, lon_deg: 0.0, elevation_m: Some(7000.0) }).into();
    });
    refused(good, "sDSMTimeStamp.second", |sdsm| sdsm.sdsm_time_stamp.second_s = Some(61.0));
}

proptest! {
    #[test]
    fn sdsm_values_come_back_within_half_a_step(
        (east_m, north_m, up_m) in (-3276.0..3276.0_f64, -3276.0..3276.0_f64, -3276.0..3276.0_f64),
        (speed_mps, heading_rad, ago_s, share) in (0.0..163.8_f64, 0.0..TAU - 1e-3, -1.5..1.5_f64, 0.0..1.0_f64),
    ) {
        let mut one = object();
        one.det_obj_common = DetectedObjectCommonData {
            obj_type_cfd: Some(share),
            measurement_time_s: ago_s,
            pos: PositionOffsetXYZ { east_m, north_m, up_m: Some(up_m) },
            speed_mps: Some(speed_mps),
            heading_cw_north_rad: Some(heading_rad),
            ..one.det_obj_common
        };
        let received = SensorDataSharingMessage::from_wire(&sdsm(vec![one]).to_wire().unwrap());
        let one = &received.objects[0].det_obj_common;
        for (was, is, step) in [
            (east_m, Some(one.pos.east_m), 0.1),
            (north_m, Some(one.pos.north_m), 0.1),
            (up_m, one.pos.up_m, 0.1),
            (ago_s, Some(one.measurement_time_s), 1e-3),
            (share, one.obj_type_cfd, 0.01),
            (speed_mps, one.speed_mps, 0.02),
            (heading_rad, one.heading_cw_north_rad, 0.0125_f64.to_radians()),
        ] {
            prop_assert!((was - is.unwrap()).abs() <= step * 0.500_001, "{was} became {is:?}");
        }
    }
}
