//! SDSM of SAE J3224: the picture of road users for vehicles of the US set (`asn1::us::sdsm`).

use asn1::CodecError;
use asn1::si::us::common::{Position3D, VehicleSize};
use asn1::si::us::sdsm::{
    DetectedObjectCommonData, DetectedObjectData, DetectedObjectOptionalData, DetectedVRUData, DetectedVehicleData,
    PositionOffsetXYZ, SensorDataSharingMessage,
};
use asn1::si::{DateTime, Position, PositionConfidenceSet, PositionalAccuracy, Si};
use asn1::units::{VEHICLE_HEIGHT_M, VEHICLE_LENGTH_M, VEHICLE_WIDTH_M};
use asn1::us::MessageFrame;
use asn1::us::common::PersonalDeviceUserType;
use asn1::us::sdsm::{EquipmentType, ObjectType};
use perception::calibration::Origin;
use perception::detection::Class;
use perception::priors::is_motor_vehicle;
use perception::time::UtcMicros;

use super::{Named, confidence};

/// ASN.1 allows 256; about 25 octets each, this many keep the message under the 1400 octets of a WSM.
const OBJECTS_A_MESSAGE: usize = 40;

/// All objects, [`OBJECTS_A_MESSAGE`] a message; with none in sight there is nothing to share and no message.
pub(super) fn encode(
    named: &[Named<'_>],
    id: [u8; 4],
    origin: &Origin,
    now: UtcMicros,
    mut next_count: impl FnMut() -> u8,
) -> Vec<Result<Vec<u8>, CodecError>> {
    let reference =
        Position { lat_deg: origin.lat_deg, lon_deg: origin.lon_deg, elevation_m: Some(origin.ellipsoidal_height_m) };
    let mut one = |chunk: &[Named<'_>]| {
        let message = SensorDataSharingMessage {
            msg_cnt: next_count(),
            source_id: id.into(),
            equipment_type: EquipmentType::Rsu,
            sdsm_time_stamp: DateTime::from_utc_us(now.0),
            ref_pos: Position3D::from(Some(reference)),
            // How well the installer surveyed the origin is not known to the service.
            ref_pos_xy_conf: PositionalAccuracy::default(),
            ref_pos_el_conf_m: None,
            objects: chunk.iter().map(object).collect(),
        };
        asn1::us::encode(&MessageFrame::SensorDataSharingMessage(message.to_wire()?))
    };
    named.chunks(OBJECTS_A_MESSAGE).map(&mut one).collect()
}

fn object(named: &Named<'_>) -> DetectedObjectData {
    let track = named.track;
    let [east_m, north_m] = track.position_enu_m;
    let det_obj_common = DetectedObjectCommonData {
        obj_type: object_type(track.class),
        obj_type_cfd: Some(track.class_probability),
        object_id: named.number,
        // The picture is predicted to the moment at which it is said.
        measurement_time_s: 0.0,
        time_confidence_s: None,
        pos: PositionOffsetXYZ { east_m, north_m, up_m: None },
        pos_confidence: PositionConfidenceSet { pos_m: confidence::position_m(track), elevation_m: None },
        speed_mps: Some(track.speed_mps()),
        speed_confidence_mps: confidence::speed_mps(track),
        speed_z_mps: None,
        speed_confidence_z_mps: None,
        heading_cw_north_rad: track.heading_cw_north_rad,
        heading_conf_rad: confidence::heading_rad(track),
        accel4way: None,
        acc_cfd_x_mps2: None,
        acc_cfd_y_mps2: None,
        acc_cfd_z_mps2: None,
        acc_cfd_yaw_radps: None,
    };
    DetectedObjectData { det_obj_common, det_obj_opt_data: details(named) }
}

fn details(named: &Named<'_>) -> Option<DetectedObjectOptionalData> {
    let track = named.track;
    if is_motor_vehicle(track.class) {
        // What is longer than the message can say is said to be as long as it can say: that there is something counts more.
        let size = track.width_m.zip(track.length_m).map(|(width_m, length_m)| VehicleSize {
            width_m: VEHICLE_WIDTH_M.clip(width_m),
            length_m: VEHICLE_LENGTH_M.clip(length_m),
        });
        let height_m = track.height_m.and_then(|height_m| VEHICLE_HEIGHT_M.clip(height_m));
        let vehicle = DetectedVehicleData { size, height_m, ..DetectedVehicleData::default() };
        return Some(DetectedObjectOptionalData::DetVeh(vehicle));
    }
    let basic_type = match track.class {
        Class::Pedestrian => PersonalDeviceUserType::APEDESTRIAN,
        Class::Bicycle => PersonalDeviceUserType::APEDALCYCLIST,
        _ => return None,
    };
    let person = DetectedVRUData { basic_type: Some(basic_type), ..DetectedVRUData::default() };
    Some(DetectedObjectOptionalData::DetVRU(person))
}

fn object_type(class: Class) -> ObjectType {
    match class {
        Class::Pedestrian | Class::Bicycle => ObjectType::Vru,
        Class::Animal => ObjectType::Animal,
        class if is_motor_vehicle(class) => ObjectType::Vehicle,
        _ => ObjectType::Unknown,
    }
}
