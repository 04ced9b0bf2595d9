//! `[priority]` of `site.toml`: who may ask, and how far it goes.

use serde::Deserialize;

use super::request::{Requester, Role, Why};

/// A vehicle that the site knows.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vehicle {
    /// By what it calls itself: 16 hex digits (China), 8 hex digits or `station-` and a number (US).
    pub id: String,
    /// What it is.
    pub role: Role,
}

/// Who may ask, and how far it goes.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// Roles that may ask, the first goes before the others; none: every request is rejected.
    pub allow: Vec<Role>,
    /// Vehicles that may ask.
    #[serde(rename = "vehicle")]
    pub vehicles: Vec<Vehicle>,
    /// Whether a vehicle that is not listed is taken for what it says that it is. Nothing proves it.
    pub trust_unlisted: bool,
    /// Whether the controller is asked.
    pub pass_to_controller: bool,
    /// Most requests that go before others at once.
    pub max_concurrent: usize,
    /// After a group has served a request, others of it wait this long, seconds; emergencies do not.
    pub min_interval_s: f64,
    /// Longest time that one request goes before others, seconds.
    pub max_presence_s: f64,
    /// A request that arrives later than this is only noted, seconds.
    pub horizon_s: f64,
    /// A request that is not heard again ends after this, seconds.
    pub timeout_s: f64,
    /// It also ends this long after it meant to arrive and leave, seconds.
    pub passed_after_s: f64,
    /// AID of RSC: known from one vendor's configuration only.
    pub rsc_aid: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            vehicles: Vec::new(),
            trust_unlisted: false,
            pass_to_controller: false,
            max_concurrent: 1,
            min_interval_s: 60.0,
            max_presence_s: 120.0,
            horizon_s: 60.0,
            timeout_s: 10.0,
            passed_after_s: 10.0,
            rsc_aid: 21,
        }
    }
}

/// AIDs of two octets at most fit a DSMP header.
pub(crate) const LARGEST_AID: u32 = 0x407f;

impl Policy {
    /// What the vehicle is taken for, and its place among those that may ask (0 first) or why it may not.
    pub fn place(&self, who: Requester, said: Option<Role>) -> (Option<Role>, Result<usize, Why>) {
        let id = who.to_string();
        let listed = self.vehicles.iter().find(|vehicle| vehicle.id.eq_ignore_ascii_case(&id));
        let role = listed.map(|vehicle| vehicle.role).or(said);
        if listed.is_none() && !self.trust_unlisted {
            return (role, Err(Why::NotListed));
        }
        let Some(known) = role else { return (None, Err(Why::RoleUnknown)) };
        (role, self.allow.iter().position(|allowed| *allowed == known).ok_or(Why::RoleNotAllowed))
    }

    /// Everything that is wrong with it, each with its key.
    pub fn problems(&self) -> Vec<(&'static str, String)> {
        let mut problems = Vec::new();
        for (key, seconds) in [
            ("priority.min_interval_s", self.min_interval_s),
            ("priority.max_presence_s", self.max_presence_s),
            ("priority.horizon_s", self.horizon_s),
            ("priority.timeout_s", self.timeout_s),
            ("priority.passed_after_s", self.passed_after_s),
        ] {
            if !(0.0..=3600.0).contains(&seconds) {
                problems.push((key, format!("is {seconds}; use 0 to 3600")));
            }
        }
        if self.max_concurrent == 0 {
            problems.push(("priority.max_concurrent", "is 0; leave [priority] out if nobody may ask".into()));
        }
        if self.rsc_aid > LARGEST_AID {
            problems.push(("priority.rsc_aid", format!("is {}; use 0 to {LARGEST_AID}", self.rsc_aid)));
        }
        for (index, role) in self.allow.iter().enumerate() {
            if self.allow.iter().take(index).any(|before| before == role) {
                problems.push(("priority.allow", format!("has {} twice", role.as_str())));
            }
        }
        for (index, vehicle) in self.vehicles.iter().enumerate() {
            if !is_id(&vehicle.id) {
                let help = "use 16 hex digits (China), 8 hex digits or station- and a number (US)";
                problems.push(("priority.vehicle.id", format!("is {:?}; {help}", vehicle.id)));
            }
            if self.vehicles.iter().take(index).any(|before| before.id.eq_ignore_ascii_case(&vehicle.id)) {
                problems.push(("priority.vehicle.id", format!("{:?} is there twice", vehicle.id)));
            }
        }
        problems
    }
}

fn is_id(id: &str) -> bool {
    let hex = matches!(id.len(), 8 | 16) && id.bytes().all(|digit| digit.is_ascii_hexdigit());
    hex || id
        .strip_prefix("station-")
        .is_some_and(|number| number.parse::<u32>().is_ok_and(|n| n.to_string() == number))
}
