//! SDSM of SAE J3224: the picture of road users for vehicles of the US set (`asn1::us::sdsm`).

use asn1::time;
use asn1::units::{self, OutOfRange};
use asn1::us::MessageFrame;
use asn1::us::common::ElevationConfidence;
use asn1::us::common::{
    DDateTime, HeadingConfidence, PersonalDeviceUserType, Position3D, PositionConfidence, PositionConfidenceSet,
    PositionalAccuracy, SpeedConfidence, TimeConfidence, VehicleSize,
};
use asn1::us::sdsm::{
    DetectedObjectCommonData, DetectedObjectData, DetectedObjectOptionalData, DetectedVRUData, DetectedVehicleData,
    EquipmentType, ObjectType, PositionOffsetXYZ, SensorDataSharingMessage,
};
use perception::calibration::Origin;
use perception::detection::Class;
use perception::priors::is_motor_vehicle;
use perception::time::UtcMicros;

use super::{ComposeError, Named, confidence};

/// ASN.1 allows 256; about 25 octets each, this many keep the message under the 1400 octets of a WSM.
const OBJECTS_A_MESSAGE: usize = 40;

/// All objects, [`OBJECTS_A_MESSAGE`] a message; with none in sight there is nothing to share and no message.
pub(super) fn encode(
    named: &[Named<'_>],
    id: [u8; 4],
    origin: &Origin,
    now: UtcMicros,
    mut next_count: impl FnMut() -> u8,
) -> Vec<Result<Vec<u8>, ComposeError>> {
    let mut one = |chunk: &[Named<'_>]| {
        let message = SensorDataSharingMessage {
            msg_cnt: next_count(),
            source_id: id.into(),
            equipment_type: EquipmentType::Rsu,
            sdsm_time_stamp: date_time(now),
            ref_pos: Position3D {
                lat: units::LATITUDE_DEG.to_wire(origin.lat_deg)?,
                long: units::LONGITUDE_DEG.to_wire(origin.lon_deg)?,
                elevation: Some(units::ELEVATION_M.to_wire(origin.ellipsoidal_height_m)?),
                regional: None,
            },
            // How well the installer surveyed the origin is not known to the service.
            ref_pos_xy_conf: PositionalAccuracy { semi_major: 255, semi_minor: 255, orientation: 65535 },
            ref_pos_el_conf: None,
            objects: chunk.iter().map(object).collect::<Result<_, _>>()?,
        };
        Ok(asn1::us::encode(&MessageFrame::SensorDataSharingMessage(message))?)
    };
    named.chunks(OBJECTS_A_MESSAGE).map(&mut one).collect()
}

fn date_time(now: UtcMicros) -> DDateTime {
    let civil = time::civil(now.0);
    DDateTime {
        year: u16::try_from(civil.year).ok(),
        month: Some(civil.month),
        day: Some(civil.day),
        hour: Some(civil.hour),
        minute: Some(civil.minute),
        second: Some(time::dsecond(now.0)),
        offset: None,
    }
}

fn object(named: &Named<'_>) -> Result<DetectedObjectData, OutOfRange> {
    let track = named.track;
    let [east_m, north_m] = track.position_enu_m;
    let det_obj_common = DetectedObjectCommonData {
        obj_type: object_type(track.class),
        obj_type_cfd: units::CLASSIFICATION_CONFIDENCE.to_wire_or_unknown(Some(track.class_probability))?,
        object_id: named.number,
        // The picture is predicted to the moment at which it is said.
        measurement_time: 0,
        time_confidence: TimeConfidence::Unavailable,
        pos: PositionOffsetXYZ {
            offset_x: units::OBJECT_DISTANCE_M.to_wire(east_m)?,
            offset_y: units::OBJECT_DISTANCE_M.to_wire(north_m)?,
            offset_z: None,
        },
        pos_confidence: PositionConfidenceSet {
            pos: units::confidence(&units::POSITION_CONFIDENCE_M, confidence::position_m(track))
                .unwrap_or(PositionConfidence::Unavailable),
            elevation: ElevationConfidence::Unavailable,
        },
        speed: units::SPEED_MPS.to_wire(track.speed_mps())?,
        speed_confidence: units::confidence(&units::SPEED_CONFIDENCE_MPS, confidence::speed_mps(track))
            .unwrap_or(SpeedConfidence::Unavailable),
        speed_z: None,
        speed_confidence_z: None,
        heading: units::heading_to_wire(track.heading_cw_north_rad)?,
        heading_conf: units::confidence(&units::HEADING_CONFIDENCE_RAD, confidence::heading_rad(track))
            .unwrap_or(HeadingConfidence::Unavailable),
        accel4way: None,
        acc_cfd_x: None,
        acc_cfd_y: None,
        acc_cfd_z: None,
        acc_cfd_yaw: None,
    };
    Ok(DetectedObjectData { det_obj_common, det_obj_opt_data: details(named)? })
}

fn details(named: &Named<'_>) -> Result<Option<DetectedObjectOptionalData>, OutOfRange> {
    let track = named.track;
    if is_motor_vehicle(track.class) {
        let size = match (track.width_m, track.length_m) {
            (Some(width_m), Some(length_m)) => Some(VehicleSize {
                width: units::VEHICLE_WIDTH_M.to_wire_clipped(Some(width_m)),
                length: units::VEHICLE_LENGTH_M.to_wire_clipped(Some(length_m)),
            }),
            _ => None,
        };
        return Ok(Some(DetectedObjectOptionalData::DetVeh(DetectedVehicleData {
            lights: None,
            veh_attitude: None,
            veh_attitude_confidence: None,
            veh_ang_vel: None,
            veh_ang_vel_confidence: None,
            size,
            height: track.height_m.map(|height_m| units::VEHICLE_HEIGHT_M.to_wire_clipped(Some(height_m))),
            vehicle_size_confidence: None,
            vehicle_class: None,
            class_conf: None,
        })));
    }
    let basic_type = match track.class {
        Class::Pedestrian => PersonalDeviceUserType::APEDESTRIAN,
        Class::Bicycle => PersonalDeviceUserType::APEDALCYCLIST,
        _ => return Ok(None),
    };
    Ok(Some(DetectedObjectOptionalData::DetVRU(DetectedVRUData {
        basic_type: Some(basic_type),
        propulsion: None,
        attachment: None,
        radius: None,
    })))
}

fn object_type(class: Class) -> ObjectType {
    match class {
        Class::Pedestrian | Class::Bicycle => ObjectType::Vru,
        class if is_motor_vehicle(class) => ObjectType::Vehicle,
        _ => ObjectType::Unknown,
    }
}
