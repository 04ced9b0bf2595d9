//! RSM: the picture of road users for vehicles of the China set (`asn1::cn::rsm`).

use asn1::cn::MessageFrame;
use asn1::cn::common::{
    MotionConfidenceSet, Position3D, PositionConfidence, PositionConfidenceSet, PositionOffsetLL, PositionOffsetLLV,
    VehicleClassification, VehicleSize,
};
use asn1::cn::rsm::{ParticipantData, ParticipantType, RoadsideSafetyMessage, SourceType};
use asn1::units::{self, OutOfRange};
use asn1::{Dialect, time};
use perception::calibration::Origin;
use perception::detection::Class;
use perception::frames::SiteFrame;
use perception::priors::is_motor_vehicle;
use perception::time::UtcMicros;

use super::{ComposeError, Named, SeenBy, confidence, offsets};

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
) -> Vec<Result<Vec<u8>, ComposeError>> {
    let chunks: Vec<&[Named<'_>]> =
        if named.is_empty() { vec![&[]] } else { named.chunks(OBJECTS_A_MESSAGE).collect() };
    let mut one = |chunk: &[Named<'_>]| {
        let ref_pos = position(sender.origin)?;
        let mut participants = vec![unit(&ref_pos, now)];
        for object in chunk {
            participants.push(participant(object, sender, &ref_pos, now)?);
        }
        let message = RoadsideSafetyMessage { msg_cnt: next_count(), id: sender.id.into(), ref_pos, participants };
        Ok(asn1::cn::encode(&MessageFrame::RsmFrame(message), dialect)?)
    };
    chunks.into_iter().map(&mut one).collect()
}

pub(super) fn position(origin: &Origin) -> Result<Position3D, OutOfRange> {
    Ok(Position3D {
        lat: units::LATITUDE_DEG.to_wire(origin.lat_deg)?,
        long: units::LONGITUDE_DEG.to_wire(origin.lon_deg)?,
        elevation: Some(units::ELEVATION_M.to_wire(origin.ellipsoidal_height_m)?),
    })
}

/// `Heading`: not known.
const HEADING_UNAVAILABLE: u16 = 28800;

fn at(ref_pos: &Position3D, lat: i32, lon: i32) -> PositionOffsetLL {
    offsets::cn(ref_pos.lat, ref_pos.long, lat, lon)
}

/// The unit itself: `ptcId` 0, at the reference point, not moving.
fn unit(ref_pos: &Position3D, now: UtcMicros) -> ParticipantData {
    ParticipantData {
        ptc_type: ParticipantType::Rsu,
        ptc_id: 0,
        source: SourceType::Selfinfo,
        id: None,
        sec_mark: time::dsecond(now.0),
        pos: PositionOffsetLLV { offset_ll: at(ref_pos, ref_pos.lat, ref_pos.long), offset_v: None },
        pos_confidence: PositionConfidenceSet { pos: PositionConfidence::Unavailable, elevation: None },
        transmission: None,
        speed: 0,
        heading: HEADING_UNAVAILABLE,
        angle: None,
        motion_cfd: None,
        accel_set: None,
        size: VehicleSize { width: 0, length: 0, height: None },
        vehicle_class: None,
    }
}

fn participant(
    object: &Named<'_>,
    sender: &Sender<'_>,
    ref_pos: &Position3D,
    now: UtcMicros,
) -> Result<ParticipantData, OutOfRange> {
    let track = object.track;
    let [east_m, north_m] = track.position_enu_m;
    let place = sender.frame.wgs84_from_enu([east_m, north_m, 0.0]);
    let (lat, lon) = (units::LATITUDE_DEG.to_wire(place.lat_deg)?, units::LONGITUDE_DEG.to_wire(place.lon_deg)?);
    Ok(ParticipantData {
        ptc_type: participant_type(track.class),
        ptc_id: object.number,
        source: source(object.seen_by),
        id: None,
        // The picture is predicted to the moment at which it is said.
        sec_mark: time::dsecond(now.0),
        pos: PositionOffsetLLV { offset_ll: at(ref_pos, lat, lon), offset_v: None },
        pos_confidence: PositionConfidenceSet {
            pos: units::confidence(&units::POSITION_CONFIDENCE_M, confidence::position_m(track))
                .unwrap_or(PositionConfidence::Unavailable),
            elevation: None,
        },
        transmission: None,
        speed: units::SPEED_MPS.to_wire(track.speed_mps())?,
        heading: units::heading_to_wire(track.heading_cw_north_rad)?,
        angle: None,
        motion_cfd: Some(MotionConfidenceSet {
            speed_cfd: units::confidence(&units::SPEED_CONFIDENCE_MPS, confidence::speed_mps(track)),
            heading_cfd: units::confidence(&units::HEADING_CONFIDENCE_RAD, confidence::heading_rad(track)),
            steer_cfd: None,
        }),
        accel_set: None,
        // Longer than the field holds (41 m) is said as that: no object stays unsaid for its size.
        size: VehicleSize {
            width: units::VEHICLE_WIDTH_M.to_wire_clipped(track.width_m),
            length: units::VEHICLE_LENGTH_M.to_wire_clipped(track.length_m),
            height: track.height_m.map(|height_m| units::VEHICLE_HEIGHT_M.to_wire_clipped(Some(height_m))),
        },
        vehicle_class: vehicle_class(track.class),
    })
}

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
        SeenBy { sensors: 0, .. } => SourceType::Unknown,
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
        Class::Pedestrian | Class::Bicycle | Class::Unknown => return None,
    };
    Some(VehicleClassification { classification, fuel_type: None })
}
