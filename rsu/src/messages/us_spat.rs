//! SPAT of SAE J2735 (`asn1::us::spat`).

use asn1::si::Si;
use asn1::si::us::spat::{IntersectionState, MovementEvent, MovementState, Spat, TimeChangeDetails};
use asn1::units::time_interval_confidence;
use asn1::us::MessageFrame;
use asn1::us::common::IntersectionReferenceID;
use asn1::us::spat::MovementPhaseState;
use asn1::{CodecError, time};
use perception::time::UtcMicros;

use super::signal_words::{is_protected, status};
use crate::map::NodeId;
use crate::signals::{GroupState, Light, SignalState};

/// `nodes`: each served node with its groups of the state.
pub(super) fn encode(
    state: &SignalState,
    nodes: &[(NodeId, Vec<&GroupState>)],
    now: UtcMicros,
) -> Result<Vec<u8>, CodecError> {
    let intersection = |(node, groups): &(NodeId, Vec<&GroupState>)| IntersectionState {
        name: None,
        id: IntersectionReferenceID { region: Some(node.region), id: node.id },
        // Of the MAP that these groups belong to; it changes when the site file does, not while the service runs.
        revision: 0,
        status: status(state),
        moy: Some(time::minute_of_year(now.0)),
        time_stamp_s: Some(time::second_of_minute_s(now.0)),
        enabled_lanes: None,
        states: groups.iter().map(|group| movement(group, state.captured_at, now)).collect(),
        maneuver_assist_list: None,
        regional: None,
        road_authority_id: None,
    };
    let spat = Spat {
        time_stamp_minute: Some(time::minute_of_year(now.0)),
        name: None,
        intersections: nodes.iter().map(intersection).collect(),
        regional: None,
    };
    asn1::us::encode(&MessageFrame::Spat(spat.to_wire()?))
}

/// J2735 times are absolute: tenths of a second within the UTC hour.
fn movement(group: &GroupState, captured_at: UtcMicros, now: UtcMicros) -> MovementState {
    let within_hour = |end_s: f64| time::second_in_hour(captured_at.plus_seconds(end_s).0, now.0);
    let timing = group.has_end().then(|| TimeChangeDetails {
        min_end_time_s: group.min_end_s.map(within_hour),
        max_end_time_s: group.max_end_s.map(within_hour),
        likely_time_s: group.likely_end_s.map(within_hour),
        confidence: group.confidence.and_then(time_interval_confidence),
        ..TimeChangeDetails::default()
    });
    let event = MovementEvent {
        event_state: if is_protected(group) { protected(group.light) } else { light(group.light) },
        timing,
        speeds: None,
        regional: None,
    };
    MovementState {
        movement_name: None,
        signal_group: group.id,
        state_time_speed: vec![event],
        maneuver_assist_list: None,
        regional: None,
    }
}

/// As [`light`], where conflicting movements are held back.
fn protected(shown: Light) -> MovementPhaseState {
    match shown {
        Light::Green => MovementPhaseState::ProtectedMovementAllowed,
        Light::Yellow => MovementPhaseState::ProtectedClearance,
        other => light(other),
    }
}

/// Green and yellow that nobody has found to be protected are permissive: saying less is safe.
fn light(light: Light) -> MovementPhaseState {
    match light {
        Light::Red => MovementPhaseState::StopAndRemain,
        Light::Yellow => MovementPhaseState::PermissiveClearance,
        Light::Green => MovementPhaseState::PermissiveMovementAllowed,
        Light::RedYellow => MovementPhaseState::PreMovement,
        Light::FlashingRed => MovementPhaseState::StopThenProceed,
        Light::FlashingYellow => MovementPhaseState::CautionConflictingTraffic,
        Light::Dark => MovementPhaseState::Dark,
        Light::Unavailable => MovementPhaseState::Unavailable,
    }
}
