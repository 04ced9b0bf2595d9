//! Messages of road users about themselves, as they come by radio.

use asn1::Dialect;
use asn1::cn::bsm::BrakeSystemStatus;
use asn1::cn::common::VehicleClassification;
use asn1::si::cn::bsm::BasicSafetyMessage;
use asn1::si::cn::common::VehicleSize;
use asn1::si::us::psm::PersonalSafetyMessage;
use asn1::si::{Acceleration4Way, Position, PositionalAccuracy, Si};
use asn1::us::common::{PersonalDeviceUserType, TransmissionState};

/// Two metres along the street, one across it, which runs north-east.
pub const ELLIPSE: PositionalAccuracy = PositionalAccuracy {
    semi_major_m: Some(2.0),
    semi_minor_m: Some(1.0),
    orientation_cw_north_rad: Some(std::f64::consts::FRAC_PI_4),
};

/// A lorry of China's set that drives north at 10 m/s.
pub fn bsm(place: [f64; 2], second_s: f64) -> BasicSafetyMessage {
    BasicSafetyMessage {
        msg_cnt: 7,
        id: [1, 2, 3, 4, 5, 6, 7, 8].into(),
        sec_mark_s: Some(second_s),
        time_confidence_s: None,
        pos: Some(Position { lat_deg: place[0], lon_deg: place[1], elevation_m: None }),
        pos_accuracy: Some(ELLIPSE),
        pos_confidence: None,
        transmission: TransmissionState::ForwardGears,
        speed_mps: Some(10.0),
        heading_cw_north_rad: Some(0.0),
        angle_rad: None,
        motion_cfd: None,
        accel_set: Acceleration4Way::default(),
        brakes: BrakeSystemStatus {
            brake_padel: None,
            wheel_brakes: None,
            traction: None,
            abs: None,
            scs: None,
            brake_boost: None,
            aux_brakes: None,
        },
        size: VehicleSize { width_m: Some(2.5), length_m: Some(9.0), height_m: Some(3.5) },
        vehicle_class: VehicleClassification { classification: 25, fuel_type: None },
        safety_ext: None,
        emergency_ext: None,
    }
}

pub fn cn_octets(bsm: &BasicSafetyMessage) -> Vec<u8> {
    let frame = asn1::cn::MessageFrame::BsmFrame(bsm.to_wire().expect("sayable"));
    asn1::cn::encode(&frame, Dialect::CnGbt31024_2019).expect("encodable")
}

/// Somebody on foot of the US set.
pub fn us_psm(place: [f64; 2], second_s: f64) -> Vec<u8> {
    let psm = PersonalSafetyMessage {
        basic_type: PersonalDeviceUserType::APEDESTRIAN,
        sec_mark_s: Some(second_s),
        msg_cnt: 1,
        id: [9, 8, 7, 6].into(),
        position: Some(Position { lat_deg: place[0], lon_deg: place[1], elevation_m: None }).into(),
        accuracy: PositionalAccuracy::default(),
        speed_mps: Some(1.2),
        heading_cw_north_rad: Some(0.0),
        accel_set: None,
        path_history: None,
        path_prediction: None,
        propulsion: None,
        use_state: None,
        cross_request: None,
        cross_state: None,
        cluster_size: None,
        cluster_radius_m: None,
        event_responder_type: None,
        activity_type: None,
        activity_sub_type: None,
        assist_type: None,
        sizing: None,
        attachment: None,
        attachment_radius_m: None,
        animal_type: None,
        regional: None,
    };
    let frame = asn1::us::MessageFrame::PersonalSafetyMessage(psm.to_wire().expect("sayable"));
    asn1::us::encode(&frame).expect("encodable")
}
