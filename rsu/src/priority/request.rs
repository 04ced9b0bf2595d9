//! The words of priority: who asks for what, how it stands and why, and what the controller is asked to do.

use std::fmt;

use asn1::cn::common::NodeReferenceID;
use asn1::us::requestor::{BasicVehicleRole, IntersectionAccessPoint};
use perception::time::UtcMicros;
use serde::{Deserialize, Serialize};

use crate::map::{Maneuver, NodeId};
use crate::radios::MessageSet;

/// What a vehicle is that may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Ambulance, fire engine, police.
    Emergency,
    /// What brings goods to where there is an emergency. Neither set has a word for it: only listed vehicles are.
    EmergencyLogistics,
    /// Public transport.
    Bus,
}

impl Role {
    /// The name in `site.toml`, metrics and the audit log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Emergency => "emergency",
            Self::EmergencyLogistics => "emergency_logistics",
            Self::Bus => "bus",
        }
    }

    /// What a role of SAE J2735 is here. `None`: none that asks.
    pub fn of_us(role: BasicVehicleRole) -> Option<Self> {
        use BasicVehicleRole as Said;
        match role {
            Said::Emergency | Said::Police | Said::Fire | Said::Ambulance => Some(Self::Emergency),
            Said::PublicTransport | Said::Transit => Some(Self::Bus),
            _ => None,
        }
    }
}

/// By what a vehicle calls itself: temporary, and not proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Requester {
    /// China: the 8 octets of its messages.
    Cn([u8; 8]),
    /// US: the 4 octets of its messages.
    Entity([u8; 4]),
    /// US: a station's number.
    Station(u32),
}

impl Requester {
    /// By which set it asks.
    pub fn set(self) -> MessageSet {
        match self {
            Self::Cn(_) => MessageSet::Cn,
            Self::Entity(_) | Self::Station(_) => MessageSet::Us,
        }
    }
}

/// 16 or 8 hex digits, or `station-` and a number, as `site.toml` has them.
impl fmt::Display for Requester {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cn(id) => id.iter().try_for_each(|octet| write!(f, "{octet:02x}")),
            Self::Entity(id) => id.iter().try_for_each(|octet| write!(f, "{octet:02x}")),
            Self::Station(number) => write!(f, "station-{number}"),
        }
    }
}

/// Which request: a vehicle may have several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Whose.
    pub who: Requester,
    /// `requestID` (US), `reqID` (China).
    pub number: u8,
}

/// What is wanted of us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// Priority.
    Request,
    /// Still, perhaps at another time.
    Update,
    /// No more.
    Cancel,
}

/// The way across the junction, as each set tells it.
#[derive(Clone, Debug, PartialEq)]
pub enum Movement {
    /// From a lane or approach, perhaps to one.
    Us {
        /// Where it comes in.
        inbound: IntersectionAccessPoint,
        /// Where it goes out.
        outbound: Option<IntersectionAccessPoint>,
    },
    /// Towards a node; from where is not said.
    Cn {
        /// Where the road leads to.
        to: NodeReferenceID,
        /// Under which phase.
        phase: Option<u8>,
        /// What it does at the junction.
        maneuver: Option<Maneuver>,
    },
}

/// One request as it was heard.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// Which.
    pub key: Key,
    /// At which of the served junctions.
    pub node: NodeId,
    /// What is wanted.
    pub asked: Asked,
    /// Way across the junction.
    pub movement: Movement,
    /// What the vehicle says that it is: US only.
    pub us_role: Option<BasicVehicleRole>,
    /// `sequenceNumber` of the SRM, 0 to 127.
    pub sequence: u8,
    /// When it means to arrive.
    pub eta: Option<UtcMicros>,
    /// How much longer than that it may take, seconds.
    pub duration_s: Option<f64>,
    /// After this it is not wanted any more.
    pub until: Option<UtcMicros>,
}

/// How a request stands, in the words of `PrioritizationResponseStatus` (SAE J2735).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Heard.
    Requested,
    /// It waits, for others or for the controller.
    Processing,
    /// It may, but nobody promises green.
    WatchOtherTraffic,
    /// The controller has taken it.
    Granted,
    /// It may not.
    Rejected,
    /// It has had priority for too long.
    MaxPresence,
    /// The group has served a request too lately.
    ReserviceLocked,
}

/// Why a request stands as it does, or has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// It arrives later than the site looks ahead.
    Early,
    /// The controller does not vouch for its groups.
    SignalUnknown,
    /// One that goes before it has a group that conflicts.
    Waits,
    /// As many as the site allows go before it.
    TooManyAtOnce,
    /// The controller has been asked.
    ControllerAsked,
    /// The site does not pass requests on.
    NotPassedOn,
    /// This controller's protocol has no way to ask, or none that is used.
    NotSupported,
    /// The controller would not.
    ControllerRefused,
    /// It was asked, and said nothing, or does not speak any more.
    ControllerSilent,
    /// The controller will.
    ControllerTook,
    /// The site has no such vehicle in its list, and trusts no others.
    NotListed,
    /// What the vehicle is, is not known.
    RoleUnknown,
    /// The site does not let this role ask.
    RoleNotAllowed,
    /// The map has no signal for this movement.
    NoSignalGroup,
    /// It could mean groups that conflict.
    Ambiguous,
    /// It has gone before others for too long.
    PresentTooLong,
    /// Its group has served another too lately.
    ServedLately,
    /// Ended: taken back.
    Cancelled,
    /// Ended: not heard of any more.
    Silent,
    /// Ended: its own time is over.
    Expired,
    /// Ended: it must have passed.
    Passed,
    /// Ended: no room beside better ones.
    CrowdedOut,
    /// Ended: the clock was set.
    ClockStep,
}

impl Why {
    /// How a request stands for this reason. `None`: it has ended.
    pub fn status(self) -> Option<Status> {
        Some(match self {
            Self::Early => Status::Requested,
            Self::SignalUnknown | Self::Waits | Self::TooManyAtOnce | Self::ControllerAsked => Status::Processing,
            Self::NotPassedOn | Self::NotSupported | Self::ControllerRefused | Self::ControllerSilent => {
                Status::WatchOtherTraffic
            }
            Self::ControllerTook => Status::Granted,
            Self::NotListed | Self::RoleUnknown | Self::RoleNotAllowed | Self::NoSignalGroup | Self::Ambiguous => {
                Status::Rejected
            }
            Self::PresentTooLong => Status::MaxPresence,
            Self::ServedLately => Status::ReserviceLocked,
            Self::Cancelled | Self::Silent | Self::Expired | Self::Passed | Self::CrowdedOut | Self::ClockStep => {
                return None;
            }
        })
    }

    /// Whether it goes before others: no request that conflicts may do so too.
    pub fn holds(self) -> bool {
        self == Self::ControllerAsked || matches!(self.status(), Some(Status::Granted | Status::WatchOtherTraffic))
    }

    /// The name in the audit log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Early => "early",
            Self::SignalUnknown => "signal_unknown",
            Self::Waits => "waits_for_another",
            Self::TooManyAtOnce => "too_many_at_once",
            Self::ControllerAsked => "controller_asked",
            Self::NotPassedOn => "not_passed_on",
            Self::NotSupported => "not_supported_by_this_source",
            Self::ControllerRefused => "controller_refused",
            Self::ControllerSilent => "controller_silent",
            Self::ControllerTook => "controller_took",
            Self::NotListed => "not_listed",
            Self::RoleUnknown => "role_unknown",
            Self::RoleNotAllowed => "role_not_allowed",
            Self::NoSignalGroup => "no_signal_group",
            Self::Ambiguous => "ambiguous",
            Self::PresentTooLong => "present_too_long",
            Self::ServedLately => "served_lately",
            Self::Cancelled => "cancelled",
            Self::Silent => "silent",
            Self::Expired => "expired",
            Self::Passed => "passed",
            Self::CrowdedOut => "crowded_out",
            Self::ClockStep => "clock_step",
        }
    }

    /// The label in metrics and the audit log: the status, or how it ended.
    pub fn outcome(self) -> &'static str {
        match self.status() {
            Some(Status::Requested) => "requested",
            Some(Status::Processing) => "processing",
            Some(Status::WatchOtherTraffic) => "watch_other_traffic",
            Some(Status::Granted) => "granted",
            Some(Status::Rejected) => "rejected",
            Some(Status::MaxPresence) => "max_presence",
            Some(Status::ReserviceLocked) => "reservice_locked",
            None => self.as_str(),
        }
    }
}

/// A request that is stood by, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The newest that was heard of it.
    pub ask: Ask,
    /// What the vehicle is taken for.
    pub role: Option<Role>,
    /// Signal groups that it needs, ascending.
    pub groups: Vec<u8>,
    /// How it stands.
    pub why: Why,
}

/// A decision, for the audit log.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// When.
    pub at: UtcMicros,
    /// On which request.
    pub key: Key,
    /// What was wanted last.
    pub asked: Asked,
    /// What the vehicle is taken for.
    pub role: Option<Role>,
    /// Signal groups that it needs, ascending.
    pub groups: Vec<u8>,
    /// When it means to arrive.
    pub eta: Option<UtcMicros>,
    /// What was decided and why.
    pub why: Why,
}

/// What the controller is asked to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    /// Which command: the controller's word comes back under it.
    pub number: u32,
    /// Of which request.
    pub key: Key,
    /// True to serve the groups, false to let go of what was asked under this number.
    pub serve: bool,
    /// Signal groups, ascending; they do not conflict.
    pub groups: Vec<u8>,
    /// For whom.
    pub role: Role,
    /// From when on. `None`: now.
    pub eta: Option<UtcMicros>,
}

/// Why the controller does not do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no way to ask it.
    NotSupported,
    /// It will not.
    Refused,
    /// It said nothing, or its link is lost: what it does is not known, and whatever it holds is let go of.
    Silent,
}
