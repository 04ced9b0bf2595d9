//! Requests for a way in messages as they are received: VIR with `parking` (T/CSAE 157).

use asn1::cn::day2::pam::ParkingType;
use asn1::cn::day2::vir::{ParkingRequest, ReqParkingArea, ReqStatus};
use asn1::si::cn::day2::vir::{DriveRequest, ReqInfo, VehIntentionAndRequest};
use perception::frames::{SiteFrame, Wgs84, unit_from_heading};

use super::vehicle::{Ask, Heard, Wants};
use crate::map::{bay_of_slot, enu2};
use crate::received::{Received, Unread};

/// Slower than this a vehicle turns as it parks: where it points says nothing of the way that it goes, m/s.
const DRIVES_MPS: f64 = 1.0;

/// Where a request is heard, and by whom.
#[derive(Clone, Debug)]
pub(super) struct Listener {
    pub frame: SiteFrame,
    /// Of the site's origin.
    pub ellipsoidal_height_m: f64,
    pub rsu_id: [u8; 8],
}

impl Listener {
    /// The first request for a way that is to this roadside unit. `None`: a message that has no such request.
    pub fn read(&self, frame: &Received<'_>) -> Option<Result<Heard, &'static str>> {
        let vir = match frame.vir()? {
            Ok(vir) => vir,
            Err(unread) => return Some(Err(unread.as_str())),
        };
        let mut requests = vir.int_and_req.reqs.iter().flatten().filter_map(parking).peekable();
        requests.peek()?;
        let to_us = requests.find(|(request, _)| request.target_rsu.is_none_or(|rsu| *rsu == self.rsu_id));
        Some(to_us.ok_or("not_asked_of_us").and_then(|(request, wanted)| self.heard(frame, vir, request, wanted)))
    }

    fn heard(
        &self,
        frame: &Received<'_>,
        vir: &VehIntentionAndRequest,
        request: &DriveRequest,
        wanted: &ReqParkingArea,
    ) -> Result<Heard, &'static str> {
        let said_at = frame.moment(vir.sec_mark_s).map_err(Unread::as_str)?;
        let who = *vir.id;
        match request.status {
            ReqStatus::Request | ReqStatus::Comfirmed => {}
            ReqStatus::Cancel | ReqStatus::Complete => return Ok(Heard::TakenBack(who)),
            _ => return Err("not_served"),
        }
        let here = vir.int_and_req.current_pos.unwrap_or_default();
        let place = here.pos.or(vir.ref_pos).ok_or(Unread::NoPosition.as_str())?;
        let ellipsoidal_height_m = self.ellipsoidal_height_m;
        let place = Wgs84 { lat_deg: place.lat_deg, lon_deg: place.lon_deg, ellipsoidal_height_m };
        let drives = here.speed_mps.is_some_and(|speed_mps| speed_mps >= DRIVES_MPS);
        Ok(Heard::Asks(Ask {
            who,
            wants: wants(wanted)?,
            at_enu_m: enu2(&self.frame, &place),
            course: here.heading_cw_north_rad.filter(|_| drives).map(unit_from_heading),
            until: request.life_time_s.map(|life_s| said_at.plus_seconds(life_s)),
        }))
    }
}

fn parking(request: &DriveRequest) -> Option<(&DriveRequest, &ReqParkingArea)> {
    match &request.info {
        Some(ReqInfo::Parking(wanted)) => Some((request, wanted)),
        _ => None,
    }
}

fn wants(wanted: &ReqParkingArea) -> Result<Wants, &'static str> {
    if wanted.req.contains(ParkingRequest::ENTER) || wanted.req.contains(ParkingRequest::PARK) {
        let wished = wanted.expected_parking_slot_id.and_then(bay_of_slot);
        // The map does not say for whom a bay is: who needs a certain kind can only be led to the bay that it names.
        let anywhere = ParkingType::UNKNOWN | ParkingType::ORDINARY;
        let is_particular = wanted.parking_type.is_some_and(|kind| !anywhere.contains(kind));
        return match (wished, is_particular) {
            (None, true) => Err("kind_unknown"),
            (wished, is_particular) => Ok(Wants::Bay { wished, or_any: !is_particular }),
        };
    }
    if wanted.req.contains(ParkingRequest::EXIT) { Ok(Wants::Exit) } else { Err("not_served") }
}
