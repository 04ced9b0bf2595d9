//! The US set.

use asn1::si::Si;
use asn1::si::us::bsm::{BasicSafetyMessage, PartIIcontent};
use asn1::si::us::psm::PersonalSafetyMessage;
use asn1::us::MessageFrame;
use asn1::us::common::PersonalDeviceUserType;
use perception::detection::{Class, SenderId};

use super::{Said, class_of, class_of_size, covariance_m2, forward_speed_mps};
use crate::received::Unread;

pub(super) fn said(message: &MessageFrame) -> Result<Said, Unread> {
    match message {
        MessageFrame::BasicSafetyMessage(bsm) => Ok(of_bsm(&BasicSafetyMessage::from_wire(bsm))),
        MessageFrame::PersonalSafetyMessage(psm) => Ok(of_psm(&PersonalSafetyMessage::from_wire(psm))),
        _ => Err(Unread::NotAReport),
    }
}

fn of_bsm(bsm: &BasicSafetyMessage) -> Said {
    let core = &bsm.core_data;
    let classification = bsm.part_ii.iter().flatten().find_map(|part| match part {
        PartIIcontent::Supplemental(more) => more.classification,
        _ => None,
    });
    let by_size = class_of_size(core.size.length_m, core.size.width_m);
    Said {
        message: "BSM",
        sender: SenderId::new(&core.id[..]),
        second_s: core.sec_mark_s,
        place: core.place.map(|place| [place.lat_deg, place.lon_deg]),
        cov_position_m2: covariance_m2(&core.accuracy),
        speed_mps: forward_speed_mps(core.speed_mps, core.transmission),
        speed_sigma_mps: None,
        heading_cw_north_rad: core.heading_cw_north_rad,
        heading_sigma_rad: None,
        size_m: [core.size.length_m, core.size.width_m, None],
        class: classification.map_or(by_size, class_of),
    }
}

fn of_psm(psm: &PersonalSafetyMessage) -> Said {
    Said {
        message: "PSM",
        sender: SenderId::new(&psm.id[..]),
        second_s: psm.sec_mark_s,
        place: psm.position.place.map(|place| [place.lat_deg, place.lon_deg]),
        cov_position_m2: covariance_m2(&psm.accuracy),
        speed_mps: psm.speed_mps,
        speed_sigma_mps: None,
        heading_cw_north_rad: psm.heading_cw_north_rad,
        heading_sigma_rad: None,
        size_m: [None; 3],
        class: match psm.basic_type {
            PersonalDeviceUserType::APEDESTRIAN | PersonalDeviceUserType::APUBLICSAFETYWORKER => Class::Pedestrian,
            PersonalDeviceUserType::APEDALCYCLIST => Class::Bicycle,
            PersonalDeviceUserType::AnANIMAL => Class::Animal,
            _ => Class::Unknown,
        },
    }
}
