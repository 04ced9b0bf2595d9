//! Messages that road users send about themselves: real UPER of either set.

use asn1::cn::bsm as cn_wire;
use asn1::cn::common::VehicleClassification;
use asn1::cn::day2::MessageFrameExt;
use asn1::cn::day2::non_motor as cn_person;
use asn1::si::{Acceleration4Way, Position, PositionalAccuracy, Si, cn, us};
use asn1::us::bsm as us_wire;
use asn1::us::common::{PersonalDeviceUserType, TransmissionState};
use asn1::{CodecError, Dialect};
use clap::ValueEnum;
use perception::detection::Class;

/// The family of messages that the road users of a recording speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Family {
    /// GB/T 31024.3-2019 for vehicles, T/CSAE 157-2020 for people.
    #[default]
    Cn,
    /// SAE J2735 2024.
    Us,
}

/// What a road user says of itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Said {
    /// Its name for now; the US set sends the first four.
    pub id: [u8; 8],
    /// Counts its messages and wraps.
    pub count: u8,
    /// When it was so, microseconds since 1970, UTC.
    pub at_us: i64,
    /// Centre of its footprint, latitude and longitude, degrees.
    pub place: [f64; 2],
    /// What it says of its position's error along each axis, one standard deviation, metres.
    pub sigma_m: f64,
    /// Speed, m/s.
    pub speed_mps: f64,
    /// Where its front points, radians clockwise from true north.
    pub heading_cw_north_rad: f64,
    /// Length, width, height, metres.
    pub size_m: [f64; 3],
    /// What it is. People and cyclists send PSM, all others BSM.
    pub class: Class,
}

impl Said {
    /// As UPER, bare.
    ///
    /// # Errors
    /// A value that the message cannot say.
    pub fn encode(&self, family: Family) -> Result<Vec<u8>, CodecError> {
        let by_itself = matches!(self.class, Class::Pedestrian | Class::Bicycle);
        match (family, by_itself) {
            (Family::Cn, false) => {
                asn1::cn::encode(&asn1::cn::MessageFrame::BsmFrame(self.cn_bsm().to_wire()?), Dialect::CnGbt31024_2019)
            }
            (Family::Cn, true) => {
                let psm = MessageFrameExt::Psm(self.cn_psm().to_wire()?);
                asn1::cn::encode(&asn1::cn::MessageFrame::MsgFrameExt(psm), Dialect::CnCsae157)
            }
            (Family::Us, false) => {
                asn1::us::encode(&asn1::us::MessageFrame::BasicSafetyMessage(self.us_bsm().to_wire()?))
            }
            (Family::Us, true) => {
                asn1::us::encode(&asn1::us::MessageFrame::PersonalSafetyMessage(self.us_psm().to_wire()?))
            }
        }
    }

    fn position(&self) -> Option<Position> {
        let [lat_deg, lon_deg] = self.place;
        Some(Position { lat_deg, lon_deg, elevation_m: None })
    }

    fn accuracy(&self) -> PositionalAccuracy {
        PositionalAccuracy {
            semi_major_m: Some(self.sigma_m),
            semi_minor_m: Some(self.sigma_m),
            orientation_cw_north_rad: Some(0.0),
        }
    }

    fn second_s(&self) -> Option<f64> {
        Some(asn1::time::second_of_minute_s(self.at_us))
    }

    fn us_id(&self) -> [u8; 4] {
        let [a, b, c, d, ..] = self.id;
        [a, b, c, d]
    }

    fn cn_bsm(&self) -> cn::bsm::BasicSafetyMessage {
        let [length, width, height] = self.size_m.map(Some);
        let brakes = cn_wire::BrakeSystemStatus {
            brake_padel: None,
            wheel_brakes: None,
            traction: None,
            abs: None,
            scs: None,
            brake_boost: None,
            aux_brakes: None,
        };
        let classification = match self.class {
            Class::Car => 10,
            Class::Van => 20,
            Class::Truck => 25,
            Class::Motorcycle => 40,
            Class::Bus => 50,
            _ => 0,
        };
        cn::bsm::BasicSafetyMessage {
            msg_cnt: self.count,
            id: self.id.into(),
            sec_mark_s: self.second_s(),
            time_confidence_s: None,
            pos: self.position(),
            pos_accuracy: Some(self.accuracy()),
            pos_confidence: None,
            transmission: TransmissionState::ForwardGears,
            speed_mps: Some(self.speed_mps),
            heading_cw_north_rad: Some(self.heading_cw_north_rad),
            angle_rad: None,
            motion_cfd: None,
            accel_set: Acceleration4Way::default(),
            brakes,
            size: cn::common::VehicleSize { width_m: width, length_m: length, height_m: height },
            vehicle_class: VehicleClassification { classification, fuel_type: None },
            safety_ext: None,
            emergency_ext: None,
        }
    }

    fn cn_psm(&self) -> cn::day2::psm::PersonalSafetyMessage {
        let basic_type = match self.class {
            Class::Bicycle => cn_person::PersonalDeviceUserType::APEDALCYCLIST,
            _ => cn_person::PersonalDeviceUserType::APEDESTRIAN,
        };
        cn::day2::psm::PersonalSafetyMessage {
            msg_cnt: self.count,
            id: self.id.into(),
            sec_mark_s: self.second_s(),
            time_confidence_s: None,
            pos: self.position(),
            pos_accuracy: self.accuracy(),
            speed_mps: Some(self.speed_mps),
            heading_cw_north_rad: Some(self.heading_cw_north_rad),
            accel_set: None,
            path_history: None,
            path_planning: None,
            overall_radius_m: 0.5,
            non_motor_data: cn_person::NonMotorData {
                basic_type,
                propulsion: None,
                cluster_size: None,
                attachment: None,
                personal_ext: None,
                road_worker_ext: None,
                personal_req: None,
            },
        }
    }

    fn us_bsm(&self) -> us::bsm::BasicSafetyMessage {
        let [length, width, _] = self.size_m.map(Some);
        let brakes = us_wire::BrakeSystemStatus {
            wheel_brakes: us_wire::BrakeAppliedStatus::UNAVAILABLE,
            traction: us_wire::TractionControlStatus::Unavailable,
            abs: us_wire::AntiLockBrakeStatus::Unavailable,
            scs: us_wire::StabilityControlStatus::Unavailable,
            brake_boost: us_wire::BrakeBoostApplied::Unavailable,
            aux_brakes: us_wire::AuxiliaryBrakeStatus::Unavailable,
        };
        let core_data = us::bsm::BSMcoreData {
            msg_cnt: self.count,
            id: self.us_id().into(),
            sec_mark_s: self.second_s(),
            place: self.position(),
            accuracy: self.accuracy(),
            transmission: TransmissionState::ForwardGears,
            speed_mps: Some(self.speed_mps),
            heading_cw_north_rad: Some(self.heading_cw_north_rad),
            angle_rad: None,
            accel_set: Acceleration4Way::default(),
            brakes,
            size: us::common::VehicleSize { width_m: width, length_m: length },
        };
        us::bsm::BasicSafetyMessage { core_data, part_ii: None, regional: None }
    }

    fn us_psm(&self) -> us::psm::PersonalSafetyMessage {
        us::psm::PersonalSafetyMessage {
            basic_type: match self.class {
                Class::Bicycle => PersonalDeviceUserType::APEDALCYCLIST,
                _ => PersonalDeviceUserType::APEDESTRIAN,
            },
            sec_mark_s: self.second_s(),
            msg_cnt: self.count,
            id: self.us_id().into(),
            position: self.position().into(),
            accuracy: self.accuracy(),
            speed_mps: Some(self.speed_mps),
            heading_cw_north_rad: Some(self.heading_cw_north_rad),
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
        }
    }
}

/// Octets as lower-case hexadecimal.
pub fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
