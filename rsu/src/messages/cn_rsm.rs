//! RSM: the picture of road users for vehicles of the China set (`asn1::cn::rsm`).

use asn1::cn::MessageFrame;
use asn1::cn::common::VehicleClassification;
use asn1::cn::rsm::{ParticipantType, SourceType};
use asn1::si::cn::common::{MotionConfidenceSet, VehicleSize};
use asn1::si::cn::rsm::{ParticipantData, RoadsideSafetyMessage};
use asn1::si::{Position, PositionConfidenceSet, Si};
use asn1::units::{VEHICLE_HEIGHT_M, VEHICLE_LENGTH_M, VEHICLE_WIDTH_M};
use asn1::{CodecError, Dialect, time};
use perception::calibration::Origin;
use perception::detection::Class;
use perception::frames::SiteFrame;
use perception::priors::is_motor_vehicle;
use perception::time::UtcMicros;

use super::{Named, SeenBy, confidence};

/// ASN.1 allows 16 participants; the unit itself is one of them in every message (`ptcId` 0).
const OBJECTS_A_MESSAGE: usize = 15;

/// Who says it, and from where.
pub(super) struct Sender<'a> {
    pub(super) id: [u8; 8],
    pub(super) origin: &'a Origin,
    pub(super) frame: &'a SiteFrame,
}

/// All objects, 15 a message; with none in sight one message still says that the unit is there and sees nobody.
pub(super) fn encode(
    named: &[Named<'_>],
    sender: &Sender<'_>,
    dialect: Dialect,
    now: UtcMicros,
    mut next_count: impl FnMut() -> u8,
) -> Vec<Result<Vec<u8>, CodecError>> {
    let chunks: Vec<&[Named<'_>]> =
        if named.is_empty() { vec![&[]] } else { named.chunks(OBJECTS_A_MESSAGE).collect() };
    let mut one = |chunk: &[Named<'_>]| {
        let others = chunk.iter().map(|object| participant(object, sender, now));
        let message = RoadsideSafetyMessage {
            msg_cnt: next_count(),
            id: sender.id.into(),
            ref_pos: Some(position(sender.origin)),
            participants: std::iter::once(unit(sender.origin, now)).chain(others).collect(),
        };
        asn1::cn::encode(&MessageFrame::RsmFrame(message.to_wire()?), dialect)
    };
    chunks.into_iter().map(&mut one).collect()
}

fn position(origin: &Origin) -> Position {
    let Origin { lat_deg, lon_deg, ellipsoidal_height_m, .. } = *origin;
    Position { lat_deg, lon_deg, elevation_m: Some(ellipsoidal_height_m) }
}

/// The unit itself: `ptcId` 0, at the reference point, not moving.
fn unit(origin: &Origin, now: UtcMicros) -> ParticipantData {
    ParticipantData {
        ptc_type: ParticipantType::Rsu,
        ptc_id: 0,
        source: SourceType::Selfinfo,
        id: None,
        sec_mark_s: Some(time::second_of_minute_s(now.0)),
        pos: Some(Position { elevation_m: None, ..position(origin) }),
        pos_confidence: PositionConfidenceSet::default(),
        transmission: None,
        speed_mps: Some(0.0),
        heading_cw_north_rad: None,
        angle_rad: None,
        motion_cfd: None,
        accel_set: None,
        size: VehicleSize::default(),
        vehicle_class: None,
    }
}

fn participant(object: &Named<'_>, sender: &Sender<'_>, now: UtcMicros) -> ParticipantData {
    let track = object.track;
    let [east_m, north_m] = track.position_enu_m;
    let place = sender.frame.wgs84_from_enu([east_m, north_m, 0.0]);
    ParticipantData {
        ptc_type: participant_type(track.class),
        ptc_id: object.number,
        source: source(object.seen_by),
        id: None,
        // The picture is predicted to the moment at which it is said.
        sec_mark_s: Some(time::second_of_minute_s(now.0)),
        pos: Some(Position { lat_deg: place.lat_deg, lon_deg: place.lon_deg, elevation_m: None }),
        pos_confidence: PositionConfidenceSet { pos_m: confidence::position_m(track), elevation_m: None },
        transmission: None,
        speed_mps: Some(track.speed_mps()),
        heading_cw_north_rad: track.heading_cw_north_rad,
        angle_rad: None,
        motion_cfd: Some(MotionConfidenceSet {
            speed_cfd_mps: confidence::speed_mps(track),
            heading_cfd_rad: confidence::heading_rad(track),
            steer_cfd_rad: None,
        }),
        accel_set: None,
        // Longer than the field holds (41 m) is said as that: no object stays unsaid for its size.
        size: VehicleSize {
            width_m: track.width_m.and_then(|width_m| VEHICLE_WIDTH_M.clip(width_m)),
            length_m: track.length_m.and_then(|length_m| VEHICLE_LENGTH_M.clip(length_m)),
            height_m: track.height_m.and_then(|height_m| VEHICLE_HEIGHT_M.clip(height_m)),
        },
        vehicle_class: vehicle_class(track.class),
    }
}

/// It has no word for an animal.
fn participant_type(class: Class) -> ParticipantType {
    match class {
        Class::Pedestrian => ParticipantType::Pedestrian,
        Class::Bicycle => ParticipantType::NonMotor,
        class if is_motor_vehicle(class) => ParticipantType::Motor,
        _ => ParticipantType::Unknown,
    }
}

fn source(seen_by: SeenBy) -> SourceType {
    match seen_by {
        SeenBy { sensors: 0, itself: true, .. } => SourceType::V2x,
        SeenBy { sensors: 0, .. } => SourceType::Unknown,
        SeenBy { itself: true, .. } => SourceType::Integrated,
        SeenBy { sensors: 1, camera: true, .. } => SourceType::Video,
        SeenBy { sensors: 1, .. } => SourceType::MicrowaveRadar,
        _ => SourceType::Integrated,
    }
}

/// `BasicVehicleClass` (SAE J2735, taken over by T/CSAE 53): the default type of each kind.
fn vehicle_class(class: Class) -> Option<VehicleClassification> {
    let classification = match class {
        Class::Car => 10,
        Class::Van => 20,
        Class::Truck => 25,
        Class::Motorcycle => 40,
        Class::Bus => 50,
        Class::Pedestrian | Class::Bicycle | Class::Animal | Class::Unknown => return None,
    };
    Some(VehicleClassification { classification, fuel_type: None })
}
