//! The controller as it pushes SPAT of SAE J2735, bare or as the text for a roadside unit. Signal group *n* is phase *n*, and
//! 10 + *n* those on foot of phase *n*.

use asn1::transport::immediate_forward::{Message, TxMode};
use asn1::us::MessageFrame;
use asn1::us::common::IntersectionReferenceID;
use asn1::us::spat::{
    IntersectionState, IntersectionStatusObject, MovementEvent, MovementPhaseState, MovementState, Spat,
    TimeChangeDetails,
};
use asn1::{CodecError, time};
use perception::time::UtcMicros;
use rsu::signals::Light;
use rsu::signals::nema::Head;

use super::Controller;
use super::nema::{DualRing, Shown};

/// A controller that pushes SPAT of junction `id`, bare.
#[derive(Debug)]
pub struct Pusher {
    ring: DualRing,
    id: u16,
}

impl Pusher {
    /// Of junction `id`, without a region.
    pub fn new(id: u16) -> Self {
        Self::of(DualRing::default(), id)
    }

    /// The same with these phases.
    pub fn of(ring: DualRing, id: u16) -> Self {
        Self { ring, id }
    }
}

impl Controller for Pusher {
    fn receive(&mut self, _now: UtcMicros, _bytes: &[u8]) -> Vec<Vec<u8>> {
        Vec::new()
    }

    fn tick(&mut self, now: UtcMicros) -> Vec<Vec<u8>> {
        self.ring.step();
        spat(&self.ring, None, self.id, now).into_iter().collect()
    }

    fn reboot(&mut self) {
        self.ring = DualRing::default();
    }
}

/// SPAT of junction `id` as a UPER frame.
///
/// # Errors
/// Never, as long as the codec takes what is in range.
pub fn spat(controller: &DualRing, region: Option<u16>, id: u16, now: UtcMicros) -> Result<Vec<u8>, CodecError> {
    let heads = (1..=8).flat_map(|number| [(number, Head::Phase(number)), (10 + number, Head::Pedestrian(number))]);
    let states = heads.map(|(signal_group, head)| MovementState {
        movement_name: None,
        signal_group,
        state_time_speed: vec![event(controller.shows(head), now)],
        maneuver_assist_list: None,
        regional: None,
    });
    let state = IntersectionState {
        name: None,
        id: IntersectionReferenceID { region, id },
        revision: 0,
        status: IntersectionStatusObject::TRAFFIC_DEPENDENT_OPERATION,
        moy: Some(time::minute_of_year(now.0)),
        time_stamp: Some(time::dsecond(now.0)),
        enabled_lanes: None,
        states: states.collect(),
        maneuver_assist_list: None,
        regional: None,
        road_authority_id: None,
    };
    asn1::us::encode(&MessageFrame::Spat(Spat {
        time_stamp: None,
        name: None,
        intersections: vec![state],
        regional: None,
    }))
}

/// The same as the text that a roadside unit takes.
pub fn text(frame: Vec<u8>) -> String {
    Message {
        message_type: "SPAT".into(),
        psid_p_encoded: 0x8002,
        priority: 7,
        tx_mode: TxMode::Continuous,
        tx_channel: 183,
        tx_interval_ms: 0,
        delivery_start: String::new(),
        delivery_stop: String::new(),
        signature: false,
        encryption: false,
        payload: frame,
    }
    .encode()
}

fn event(shown: Shown, now: UtcMicros) -> MovementEvent {
    let mark =
        |end: Option<u32>| end.map(|end| time::time_mark_in_hour(now.plus_seconds(f64::from(end) / 10.0).0, now.0));
    let timing = shown.min_end.or(shown.max_end).map(|_| TimeChangeDetails {
        start_time: None,
        min_end_time: mark(shown.min_end).unwrap_or(time::TIME_MARK_UNKNOWN_US),
        max_end_time: mark(shown.max_end),
        likely_time: None,
        confidence: None,
        next_time: None,
    });
    let event_state = match shown.light {
        Light::Red => MovementPhaseState::StopAndRemain,
        Light::Yellow => MovementPhaseState::ProtectedClearance,
        Light::Green => MovementPhaseState::ProtectedMovementAllowed,
        Light::RedYellow => MovementPhaseState::PreMovement,
        Light::FlashingRed => MovementPhaseState::StopThenProceed,
        Light::FlashingYellow => MovementPhaseState::CautionConflictingTraffic,
        Light::Dark => MovementPhaseState::Dark,
        Light::Unavailable => MovementPhaseState::Unavailable,
    };
    MovementEvent { event_state, timing, speeds: None, regional: None }
}
