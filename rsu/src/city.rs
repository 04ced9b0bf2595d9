//! What the city is told: from the service's own values to the schema of `cloud-bridge`.

use cloud_bridge::schema::{Aspect, Bay, BayStatus, GroupState, LaneTraffic, Parking, Signal, Traffic};
use cloud_bridge::{LinkConfig, LinkMode, State, Update};
use perception::parking::{self, LotState};
use perception::time::UtcMicros;
use perception::traffic::LaneWindow;

use crate::config::CloudFile;
use crate::signals::{Light, SignalState};

/// How the site's file wants the link.
pub fn link(cloud: &CloudFile) -> LinkConfig {
    LinkConfig {
        mode: if cloud.mode == "client" { LinkMode::Client } else { LinkMode::Peer },
        // A client has nobody to listen for.
        listen: if cloud.mode == "client" { Vec::new() } else { cloud.listen.clone() },
        connect: cloud.connect.clone(),
        scouting: cloud.scouting,
        ..LinkConfig::default()
    }
}

/// One traffic window of all lanes. Windows of several lengths or times never come mixed.
pub fn traffic(windows: &[LaneWindow], simulated: bool) -> Option<Update> {
    let first = windows.first()?;
    let lanes = windows.iter().filter(|window| window.from == first.from).map(lane).collect();
    Some(Update { from_us: first.from.0, to_us: first.to.0, simulated, state: State::Traffic(Traffic { lanes }) })
}

fn lane(window: &LaneWindow) -> LaneTraffic {
    LaneTraffic {
        lane: window.lane.to_string(),
        vehicles: window.vehicles.values().sum(),
        by_class: window.vehicles.iter().map(|(class, count)| (class.as_str().to_owned(), *count)).collect(),
        flow_per_h: window.flow_per_h,
        mean_speed_mps: window.mean_speed_mps,
        occupancy: window.occupancy,
        stopped_max: window.stopped_max,
        coverage: window.coverage,
    }
}

/// One parking lot now.
pub fn parking(at: UtcMicros, lot: &LotState, simulated: bool) -> Update {
    let bay = |bay: &parking::BayState| Bay {
        bay: bay.id.to_string(),
        status: match bay.status {
            parking::BayStatus::Free => BayStatus::Free,
            parking::BayStatus::Occupied => BayStatus::Occupied,
            parking::BayStatus::Unknown => BayStatus::Unknown,
        },
        since_us: (bay.status != parking::BayStatus::Unknown).then_some(bay.since.0),
    };
    let state = State::Parking(Parking {
        lot: lot.id.to_string(),
        name: lot.name.clone(),
        total: lot.free + lot.occupied + lot.unknown,
        free: lot.free,
        occupied: lot.occupied,
        unknown: lot.unknown,
        bays: lot.bays.iter().map(bay).collect(),
    });
    Update { from_us: at.0, to_us: at.0, simulated, state }
}

/// The signal as it was broadcast.
pub fn signal(state: &SignalState, simulated: bool) -> Update {
    let groups = state.groups.iter().map(|group| GroupState {
        group: u16::from(group.id),
        state: aspect(group.light),
        remaining_s: group.likely_end_s,
        remaining_min_s: group.min_end_s,
        remaining_max_s: group.max_end_s,
    });
    let source = if state.fixed_time { "fixed_time" } else { "controller" };
    let signal = Signal { source: source.to_owned(), groups: groups.collect() };
    Update { from_us: state.captured_at.0, to_us: state.captured_at.0, simulated, state: State::Signal(signal) }
}

/// A green is told as permissive: whether a movement is protected is the map's business, and saying less is safe.
fn aspect(light: Light) -> Aspect {
    match light {
        Light::Red => Aspect::Red,
        Light::Yellow => Aspect::Amber,
        Light::Green => Aspect::GreenPermissive,
        Light::RedYellow => Aspect::RedAmber,
        Light::FlashingRed => Aspect::RedFlashing,
        Light::FlashingYellow => Aspect::AmberFlashing,
        Light::Dark => Aspect::Dark,
        Light::Unavailable => Aspect::Unavailable,
    }
}
