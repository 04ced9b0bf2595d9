//! SPAT of the China set (`asn1::cn::spat`).

use asn1::cn::MessageFrame;
use asn1::cn::common::NodeReferenceID;
use asn1::cn::spat::LightState;
use asn1::si::Si;
use asn1::si::cn::spat::{IntersectionState, Phase, PhaseState, Spat, TimeChangeDetails, TimeCountingDown};
use asn1::{CodecError, Dialect, time};
use perception::time::UtcMicros;

use super::signal_words::{is_protected, status};
use crate::map::NodeId;
use crate::signals::{GroupState, Light, SignalState};

/// The standard's limit on phases of one intersection.
const MAX_PHASES: usize = 16;

/// `nodes`: each served node with its groups of the state.
pub(super) fn encode(
    state: &SignalState,
    nodes: &[(NodeId, Vec<&GroupState>)],
    dialect: Dialect,
    count: u8,
    now: UtcMicros,
) -> Result<Vec<u8>, CodecError> {
    for (index, (_, groups)) in nodes.iter().enumerate() {
        if groups.len() > MAX_PHASES {
            let at = format!("spatFrame.intersections[{index}].phases");
            return Err(CodecError::at(at, format!("{} phases, 16 fit", groups.len())));
        }
    }
    let age_s = now.seconds_since(state.captured_at);
    let (moy, time_stamp_s) = (Some(time::minute_of_year(now.0)), Some(time::second_of_minute_s(now.0)));
    let intersection = |(node, groups): &(NodeId, Vec<&GroupState>)| IntersectionState {
        intersection_id: NodeReferenceID { region: Some(node.region), id: node.id },
        status: status(state),
        moy,
        time_stamp_s,
        time_confidence_s: None,
        phases: groups.iter().map(|group| phase(group, age_s)).collect(),
    };
    let intersections = nodes.iter().map(intersection).collect();
    let spat = Spat { msg_cnt: count, moy, time_stamp_s, name: None, intersections };
    asn1::cn::encode(&MessageFrame::SpatFrame(spat.to_wire()?), dialect)
}

/// What it shows now and what follows, in the relative form: every vehicle reads it, whatever its clock.
fn phase(group: &GroupState, age_s: f64) -> Phase {
    // Below zero where the word is old and the change has passed: what follows is counted from that moment.
    let left = |end_s: Option<f64>| end_s.map(|end_s| end_s - age_s);
    let [min_s, likely_s, max_s] = [group.min_end_s, group.likely_end_s, group.max_end_s].map(left);
    let current = PhaseState {
        light: if is_protected(group) { protected(group.light) } else { light(group.light) },
        timing: group.has_end().then_some(TimeChangeDetails::Counting(TimeCountingDown {
            start_time_s: Some(0.0),
            min_end_time_s: min_s,
            max_end_time_s: max_s,
            likely_end_time_s: likely_s,
            time_confidence: group.confidence,
            ..TimeCountingDown::default()
        })),
    };
    let mut phase_states = vec![current];
    if let Some(mut start_s) = likely_s {
        for &(next, lasts_s) in &group.next {
            let end_s = start_s + lasts_s;
            let times = TimeCountingDown {
                start_time_s: Some(start_s),
                likely_end_time_s: Some(end_s),
                ..TimeCountingDown::default()
            };
            phase_states.push(PhaseState { light: light(next), timing: Some(TimeChangeDetails::Counting(times)) });
            start_s = end_s;
        }
    }
    Phase { id: group.id, phase_states }
}

/// As [`light`], where conflicting movements are held back.
fn protected(shown: Light) -> LightState {
    if shown == Light::Green { LightState::ProtectedGreen } else { light(shown) }
}

/// Green that nobody has found to be protected: saying less is safe.
fn light(light: Light) -> LightState {
    match light {
        Light::Red => LightState::Red,
        Light::Yellow => LightState::Yellow,
        Light::Green => LightState::PermissiveGreen,
        // The set has no red-and-yellow; until it is green, it is red.
        Light::RedYellow => LightState::Red,
        Light::FlashingRed => LightState::FlashingRed,
        Light::FlashingYellow => LightState::FlashingYellow,
        Light::Dark => LightState::Dark,
        Light::Unavailable => LightState::Unavailable,
    }
}
