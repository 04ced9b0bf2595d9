//! What SPAT says of the controller as a whole, and of green, in both sets alike.

use asn1::us::spat::IntersectionStatusObject;

use crate::signals::{Control, GroupState, Light, SignalState};

/// How the controller decides. One that does not say is taken for one whose ends may change.
pub(super) fn status(state: &SignalState) -> IntersectionStatusObject {
    if state.groups.iter().all(|group| group.light == Light::Unavailable) {
        return IntersectionStatusObject::NO_VALID_SPAT_IS_AVAILABLE_AT_THIS_TIME;
    }
    match state.control {
        Some(Control::FixedTime) => IntersectionStatusObject::FIXED_TIME_OPERATION,
        Some(Control::Actuated | Control::Adaptive) | None => IntersectionStatusObject::TRAFFIC_DEPENDENT_OPERATION,
        Some(Control::Manual) => IntersectionStatusObject::MANUAL_CONTROL_IS_ENABLED,
        Some(Control::Flashing) => IntersectionStatusObject::STANDBY_OPERATION,
        Some(Control::AllRed) => IntersectionStatusObject::STOP_TIME_IS_ACTIVATED,
        Some(Control::Off) => IntersectionStatusObject::OFF,
    }
}

/// Protected only where the gate found the map to prove it: saying less is safe.
pub(super) fn is_protected(group: &GroupState) -> bool {
    group.protected == Some(true)
}
