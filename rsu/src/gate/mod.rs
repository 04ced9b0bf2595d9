//! The safety gate: may this be said? If not, why. Nothing reaches an encoder that has not passed here.
//!
//! What it does on a lie, and for how long, is decided in `docs/adr/0006-the-gate-on-lies.md`.

mod countdown;
mod event;
mod object;
mod parking;
mod signal;
mod watch;

pub use event::{EventCodes, EventGate, Told};
pub use object::{ObjectGate, ObjectLimits};
pub use parking::lot_may_be_said;
pub use signal::{Held, SaidSignal, SignalGate, SignalLimits};

use crate::map::conflicts::Overrides;

/// All limits of a site.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    /// Of the lights.
    pub signal: SignalLimits,
    /// Of road users.
    pub objects: ObjectLimits,
    /// Of events and signs.
    pub events: EventCodes,
    /// Which groups conflict, against the map.
    pub conflicts: Overrides,
}

/// Why something was held back. One counter each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// No controller has ever spoken.
    SignalNone,
    /// The controller has not spoken for too long.
    SignalStale,
    /// The controller's word is from the future.
    SignalFuture,
    /// It speaks, and its time or its countdowns stand still.
    SignalFrozen,
    /// It speaks, and what it says is older than what it said before.
    SignalReplayed,
    /// Groups that conflict in use at once.
    Conflict,
    /// A group turned green too soon after one that it conflicts with.
    ClearanceShort,
    /// A group that the map does not know.
    GroupNotInMap,
    /// A group of the map of which the controller says nothing.
    GroupSilent,
    /// A group of which the controller says two things at once.
    GroupTwice,
    /// A group whose lamps are off while others run.
    GroupDark,
    /// Green ended without yellow, or began again out of it.
    ClearanceSkipped,
    /// A light that changes faster than a lamp does.
    StateFlicker,
    /// A yellow that does not end.
    YellowStuck,
    /// A countdown that cannot be: negative, no number, days long, or its least after its greatest.
    CountdownImpossible,
    /// A countdown that stands still.
    CountdownFrozen,
    /// A countdown that grew without a change of the light.
    CountdownBackwards,
    /// An end that moved without a change of the light.
    CountdownJump,
    /// The latest end has passed, and the light is still the same.
    CountdownOverrun,
    /// Two countdowns that cannot both be true: a red that ends before the green that it waits for can.
    CountdownContradiction,
    /// An object outside the region in which this site may report.
    OutsideRegion,
    /// No road user is that fast.
    SpeedImpossible,
    /// No road user is that large.
    SizeImpossible,
    /// No sensor has measured it lately.
    ObjectStale,
    /// Its position is not known well enough to be of use.
    PositionUncertain,
    /// Another one that is said is the same road user.
    Duplicate,
    /// A lot that nobody looked at lately.
    ParkingStale,
    /// A lot whose counts do not add up, or whose bays are not the map's.
    ParkingInconsistent,
    /// A notice that does not hold yet, or no more.
    OutsideTimeWindow,
    /// A code of which nothing is known.
    CodeUnknown,
    /// An event that is not sure enough, or was not seen for a while.
    EventUnsure,
    /// It could not be encoded.
    NotEncodable,
}

impl Reason {
    /// The label in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignalNone => "signal_none",
            Self::SignalStale => "signal_stale",
            Self::SignalFuture => "signal_future",
            Self::SignalFrozen => "signal_frozen",
            Self::SignalReplayed => "signal_replayed",
            Self::Conflict => "conflict",
            Self::ClearanceShort => "clearance_short",
            Self::GroupNotInMap => "group_not_in_map",
            Self::GroupSilent => "group_silent",
            Self::GroupTwice => "group_twice",
            Self::GroupDark => "group_dark",
            Self::ClearanceSkipped => "clearance_skipped",
            Self::StateFlicker => "state_flicker",
            Self::YellowStuck => "yellow_stuck",
            Self::CountdownImpossible => "countdown_impossible",
            Self::CountdownFrozen => "countdown_frozen",
            Self::CountdownBackwards => "countdown_backwards",
            Self::CountdownJump => "countdown_jump",
            Self::CountdownOverrun => "countdown_overrun",
            Self::CountdownContradiction => "countdown_contradiction",
            Self::OutsideRegion => "outside_region",
            Self::SpeedImpossible => "speed_impossible",
            Self::SizeImpossible => "size_impossible",
            Self::ObjectStale => "object_stale",
            Self::PositionUncertain => "position_uncertain",
            Self::Duplicate => "duplicate",
            Self::ParkingStale => "parking_stale",
            Self::ParkingInconsistent => "parking_inconsistent",
            Self::OutsideTimeWindow => "outside_time_window",
            Self::CodeUnknown => "code_unknown",
            Self::EventUnsure => "event_unsure",
            Self::NotEncodable => "not_encodable",
        }
    }

    /// True if only a group's times are withheld, and its light is said.
    pub fn is_of_times(self) -> bool {
        matches!(
            self,
            Self::CountdownImpossible
                | Self::CountdownFrozen
                | Self::CountdownBackwards
                | Self::CountdownJump
                | Self::CountdownOverrun
                | Self::CountdownContradiction
        )
    }

    /// For the log: what is wrong.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::SignalNone => "no controller has spoken yet",
            Self::SignalStale => "the controller's newest word is too old",
            Self::SignalFuture => "the controller's word is from the future",
            Self::SignalFrozen => "the controller speaks, and its time stands still",
            Self::SignalReplayed => "the controller says what is older than what it said before",
            Self::Conflict => "groups that conflict are in use at once",
            Self::ClearanceShort => "green came too soon after a group that it conflicts with",
            Self::GroupNotInMap => "the map does not have it",
            Self::GroupSilent => "the controller says nothing of it",
            Self::GroupTwice => "the controller says two things of it at once",
            Self::GroupDark => "it is dark while others run",
            Self::ClearanceSkipped => "its clearance was skipped",
            Self::StateFlicker => "it changes faster than a lamp does",
            Self::YellowStuck => "its yellow does not end",
            Self::CountdownImpossible => "its countdown cannot be",
            Self::CountdownFrozen => "its countdown stands still",
            Self::CountdownBackwards => "its countdown grew, and its light did not change",
            Self::CountdownJump => "its end moved, and its light did not change",
            Self::CountdownOverrun => "its latest end has passed, and its light did not change",
            Self::CountdownContradiction => {
                "its countdown and that of a group that it conflicts with cannot both be true"
            }
            Self::OutsideRegion => "outside the region",
            Self::SpeedImpossible => "faster than any road user",
            Self::SizeImpossible => "larger than any road user, or not larger than nothing",
            Self::ObjectStale => "not measured lately",
            Self::PositionUncertain => "its position is not known well enough",
            Self::Duplicate => "another one that is said is the same road user",
            Self::ParkingStale => "the lot was not looked at lately",
            Self::ParkingInconsistent => "the lot's counts do not add up, or its bays are not the map's",
            Self::OutsideTimeWindow => "it does not hold now",
            Self::CodeUnknown => "its code is not known",
            Self::EventUnsure => "it is not sure enough",
            Self::NotEncodable => "the encoder refused it",
        }
    }
}
