//! A vehicle that asks for a way: what it wants, and how it stands.

use perception::parking::BayStatus;
use perception::time::UtcMicros;

use super::ways::Way;
use crate::map::geometry::Point;

/// A bay of which nobody knows for longer whether it is free is given up, seconds.
const UNKNOWN_S: f64 = 30.0;

/// What a vehicle wants to be led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wants {
    /// A free bay: the one that it wishes for, by its place in the lot; or any, if it does not mind.
    Bay { wished: Option<usize>, or_any: bool },
    /// The way out.
    Exit,
}

/// One request as it was heard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ask {
    /// What the vehicle calls itself: temporary, and not proven.
    pub who: [u8; 8],
    pub wants: Wants,
    pub at_enu_m: Point,
    /// Where it drives to, a unit vector; `None`: it stands, or does not say.
    pub course: Option<Point>,
    /// After this it is not wanted any more.
    pub until: Option<UtcMicros>,
}

/// What was heard of a vehicle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Heard {
    Asks(Ask),
    TakenBack([u8; 8]),
}

/// How a vehicle stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    /// Not judged yet.
    New,
    ToBay(usize),
    ToExit,
    InItsBay,
    /// No bay that it may have is free.
    NoFreeBay,
    /// The drives do not lead there from where it is.
    NoWay,
    /// It wants to leave, and is not in the lot.
    NotInLot,
    /// The lot is not told of.
    HeldBack,
    /// As many as a message has room for are led before it.
    TooMany,
}

impl Stands {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::ToBay(_) => "to_bay",
            Self::ToExit => "to_exit",
            Self::InItsBay => "in_its_bay",
            Self::NoFreeBay => "no_free_bay",
            Self::NoWay => "no_way",
            Self::NotInLot => "not_in_lot",
            Self::HeldBack => "held_back",
            Self::TooMany => "too_many",
        }
    }
}

/// A vehicle and what is remembered of it.
#[derive(Clone, Debug)]
pub(super) struct Vehicle {
    pub ask: Ask,
    pub heard_at: UtcMicros,
    /// In which of the site's lots.
    pub lot: usize,
    /// The bay that it is led to, or stands in.
    pub bay: Option<usize>,
    /// Since when nobody knows whether that is free.
    pub unknown_since: Option<UtcMicros>,
    /// None: it is not led.
    pub way: Vec<u16>,
    pub stands: Stands,
}

impl Vehicle {
    /// One that was heard for the first time, or that wants something else now.
    pub fn new(now: UtcMicros, lot: usize, ask: Ask) -> Self {
        Self { ask, heard_at: now, lot, bay: None, unknown_since: None, way: Vec::new(), stands: Stands::New }
    }

    /// Whether the bay that it is led to can stay the same.
    pub fn may_keep(&mut self, now: UtcMicros, status: Option<BayStatus>) -> bool {
        let is_unknown = status == Some(BayStatus::Unknown);
        self.unknown_since = is_unknown.then(|| self.unknown_since.unwrap_or(now));
        let is_remembered = self.unknown_since.is_some_and(|since| now.seconds_since(since) <= UNKNOWN_S);
        status == Some(BayStatus::Free) || is_remembered
    }

    /// How it stands, and its way if it is led.
    pub fn settle(&mut self, stands: Stands, way: Option<Way>) {
        self.stands = stands;
        self.way = way.map_or(Vec::new(), |way| way.nodes);
    }
}
