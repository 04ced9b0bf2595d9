//! The China set.

use asn1::cn::day2::non_motor::PersonalDeviceUserType;
use asn1::si::cn::bsm::BasicSafetyMessage;
use asn1::si::cn::day2::psm::PersonalSafetyMessage;
use asn1::si::cn::day2::vir::VehIntentionAndRequest;
use perception::detection::{Class, SenderId};

use super::{HALF_WIDTH_95, Said, circle_m2, class_of, covariance_m2, forward_speed_mps};
use crate::received::{CnMessage, Unread};

pub(super) fn said(message: &CnMessage) -> Result<Said, Unread> {
    match message {
        CnMessage::Bsm(bsm) => Ok(of_bsm(bsm)),
        CnMessage::Psm(psm) => Ok(of_psm(psm)),
        CnMessage::Vir(vir) => Ok(of_vir(vir)),
        CnMessage::Other => Err(Unread::NotAReport),
    }
}

fn of_bsm(bsm: &BasicSafetyMessage) -> Said {
    let ellipse = bsm.pos_accuracy.as_ref().and_then(covariance_m2);
    let circle = bsm.pos_confidence.and_then(|confidence| confidence.pos_m).map(circle_m2);
    let motion = bsm.motion_cfd.unwrap_or_default();
    Said {
        message: "BSM",
        sender: SenderId::new(&bsm.id[..]),
        second_s: bsm.sec_mark_s,
        place: bsm.pos.map(|pos| [pos.lat_deg, pos.lon_deg]),
        cov_position_m2: ellipse.or(circle),
        speed_mps: forward_speed_mps(bsm.speed_mps, bsm.transmission),
        speed_sigma_mps: motion.speed_cfd_mps.map(|bound| bound / HALF_WIDTH_95),
        heading_cw_north_rad: bsm.heading_cw_north_rad,
        heading_sigma_rad: motion.heading_cfd_rad.map(|bound| bound / HALF_WIDTH_95),
        size_m: [bsm.size.length_m, bsm.size.width_m, bsm.size.height_m],
        class: class_of(bsm.vehicle_class.classification),
    }
}

fn of_psm(psm: &PersonalSafetyMessage) -> Said {
    Said {
        message: "PSM",
        sender: SenderId::new(&psm.id[..]),
        second_s: psm.sec_mark_s,
        place: psm.pos.map(|pos| [pos.lat_deg, pos.lon_deg]),
        cov_position_m2: covariance_m2(&psm.pos_accuracy),
        speed_mps: psm.speed_mps,
        speed_sigma_mps: None,
        heading_cw_north_rad: psm.heading_cw_north_rad,
        heading_sigma_rad: None,
        size_m: [None; 3],
        class: match psm.non_motor_data.basic_type {
            PersonalDeviceUserType::APEDESTRIAN | PersonalDeviceUserType::AROADWORKER => Class::Pedestrian,
            PersonalDeviceUserType::APEDALCYCLIST => Class::Bicycle,
            PersonalDeviceUserType::AnANIMAL => Class::Animal,
            _ => Class::Unknown,
        },
    }
}

/// Only what it says of where it is: what it means to do is not fused.
fn of_vir(vir: &VehIntentionAndRequest) -> Said {
    let here = vir.int_and_req.current_pos.unwrap_or_default();
    Said {
        message: "VIR",
        sender: SenderId::new(&vir.id[..]),
        second_s: vir.sec_mark_s,
        place: here.pos.or(vir.ref_pos).map(|pos| [pos.lat_deg, pos.lon_deg]),
        cov_position_m2: here.pos_accuracy.and_then(|confidence| confidence.pos_m).map(circle_m2),
        speed_mps: here.speed_mps,
        speed_sigma_mps: here.speed_cfd_mps.map(|bound| bound / HALF_WIDTH_95),
        heading_cw_north_rad: here.heading_cw_north_rad,
        heading_sigma_rad: here.heading_cfd_rad.map(|bound| bound / HALF_WIDTH_95),
        size_m: [None; 3],
        class: Class::Unknown,
    }
}
