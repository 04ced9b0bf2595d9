//! What the city is told: from the service's own values to the schema of `cloud-bridge`.

use std::collections::BTreeMap;

use cloud_bridge::schema::{
    self, ApproachTraffic, Aspect, Bay, BayStatus, Conflicts, Counted, CrosswalkTraffic, GroupState, HardBraking,
    LaneTraffic, MovementTraffic, Parking, Safety, Signal, SignalArrival, SignalChange, SignalPerformance, Traffic,
    Turnover, Within,
};
use cloud_bridge::{State, Update};
use perception::detection::{Class, SensorId};
use perception::events::{Ending, Event};
use perception::frames::SiteFrame;
use perception::parking::{self, LotState};
use perception::risk::{PET_LIMITS_S, SafetyWindow, TTC_LIMITS_S};
use perception::time::UtcMicros;
use perception::traffic::{
    ApproachWindow, Arrival, Change, CrosswalkWindow, LaneWindow, MovementWindow, Phase, SignalWindow, TrafficWindow,
    Watched,
};

use crate::signals::{self, Light, SignalState};

/// One traffic window.
pub fn traffic(window: &TrafficWindow, simulated: bool) -> Update {
    let (from_us, to_us) = (window.from.0, window.to.0);
    Update { from_us, to_us, simulated, state: State::Traffic(traffic_of(window)) }
}

/// What is said of it.
pub fn traffic_of(window: &TrafficWindow) -> Traffic {
    Traffic {
        window_s: Some(window.window_s),
        lanes: window.lanes.iter().map(lane).collect(),
        approaches: window.approaches.iter().map(approach).collect(),
        movements: window.movements.iter().map(movement).collect(),
        signals: window.signals.iter().map(performance).collect(),
        crosswalks: window.crosswalks.iter().map(crosswalk).collect(),
        safety: Some(safety(&window.safety, &window.watched)),
    }
}

/// Nothing here is known to a thousandth, and its last digits would be a third of every message.
fn rounded(figure: f64) -> f64 {
    (figure * 1000.0).round() / 1000.0
}

fn names(sensors: &[SensorId]) -> Vec<String> {
    sensors.iter().map(ToString::to_string).collect()
}

fn safety(window: &SafetyWindow, watched: &Watched) -> Safety {
    let within = |counts: &[u32], limits_s: &[f64]| {
        let each = counts.iter().zip(limits_s).map(|(count, within_s)| Within { within_s: *within_s, count: *count });
        if counts.iter().all(|count| *count == 0) { Vec::new() } else { each.collect() }
    };
    let conflicts = window.conflicts.iter().map(|((kind, links), count)| Conflicts {
        kind: kind.as_str().to_owned(),
        links: names(links),
        ttc: within(&count.by_ttc, &TTC_LIMITS_S),
        ttc_min_s: count.ttc_min_s.map(rounded),
        under_s: count.ttc_min_s.map(|_| rounded(count.under_s)),
        pet: within(&count.by_pet, &PET_LIMITS_S),
        pet_min_s: count.pet_min_s.map(rounded),
    });
    let braking = window.braking.iter().map(|(link, count)| HardBraking {
        link: link.as_ref().map(ToString::to_string),
        count: count.count,
        most_mps2: rounded(count.most_mps2),
    });
    Safety {
        conflicts: conflicts.collect(),
        hard_braking: braking.collect(),
        coverage: Some(rounded(watched.coverage)),
        sensors: names(&watched.sensors),
    }
}

fn by_class(vehicles: &BTreeMap<Class, u32>) -> BTreeMap<String, u32> {
    vehicles.iter().map(|(class, count)| (class.as_str().to_owned(), *count)).collect()
}

fn approach(window: &ApproachWindow) -> ApproachTraffic {
    ApproachTraffic {
        link: window.link.to_string(),
        vehicles: window.vehicles.values().sum(),
        by_class: by_class(&window.vehicles),
        inferred: window.inferred,
        flow_per_h: window.flow_per_h.map(rounded),
        time_mean_speed_mps: window.time_mean_speed_mps.map(rounded),
        space_mean_speed_mps: window.space_mean_speed_mps.map(rounded),
        density_per_km: window.density_per_km.map(rounded),
        headway_mean_s: window.headway_mean_s.map(rounded),
        headway_min_s: window.headway_min_s.map(rounded),
        occupancy: window.occupancy.map(rounded),
        delay_s: window.delay_s.map(rounded),
        level_of_service: window.level_of_service.map(String::from),
        queue_max_m: rounded(window.queue_max_m),
        queue_max: window.queue_max,
        queue_mean: window.queue_mean.map(rounded),
        travel_time_s: window.travel_time_s.map(rounded),
        travel_times: window.travel_times,
        coverage: rounded(window.coverage),
        sensors: names(&window.sensors),
    }
}

fn movement(window: &MovementWindow) -> MovementTraffic {
    MovementTraffic {
        from_link: window.from_link.to_string(),
        to_link: window.to_link.as_ref().map(ToString::to_string),
        turn: window.turn.map(str::to_owned),
        vehicles: window.vehicles.values().sum(),
        by_class: by_class(&window.vehicles),
        inferred: window.inferred,
        flow_per_h: window.flow_per_h.map(rounded),
        travel_time_s: window.travel_time_s.map(rounded),
        travel_times: window.travel_times,
        speed_mps: window.speed_mps.map(rounded),
        delay_s: window.delay_s.map(rounded),
        level_of_service: window.level_of_service.map(String::from),
        coverage: rounded(window.coverage),
        sensors: names(&window.sensors),
    }
}

fn lane(window: &LaneWindow) -> LaneTraffic {
    LaneTraffic {
        lane: window.lane.to_string(),
        vehicles: window.vehicles.values().sum(),
        by_class: by_class(&window.vehicles),
        flow_per_h: window.flow_per_h.map(rounded),
        mean_speed_mps: window.mean_speed_mps.map(rounded),
        occupancy: window.occupancy.map(rounded),
        inferred: window.inferred,
        time_mean_speed_mps: window.time_mean_speed_mps.map(rounded),
        space_mean_speed_mps: window.space_mean_speed_mps.map(rounded),
        density_per_km: window.density_per_km.map(rounded),
        headway_mean_s: window.headway_mean_s.map(rounded),
        headway_min_s: window.headway_min_s.map(rounded),
        delay_s: window.delay_s.map(rounded),
        queue_max: window.queue_mean.map(|_| window.queue_max),
        queue_mean: window.queue_mean.map(rounded),
        queue_max_m: window.queue_mean.map(|_| rounded(window.queue_max_m)),
        section_m: Some(rounded(window.section_m)),
        stopped_max: window.stopped_max,
        coverage: rounded(window.coverage),
        sensors: names(&window.sensors),
    }
}

fn crosswalk(window: &CrosswalkWindow) -> CrosswalkTraffic {
    CrosswalkTraffic {
        crosswalk: window.id.to_string(),
        group: window.signal_group,
        pedestrians: window.pedestrians,
        delay_mean_s: window.delay_mean_s.map(rounded),
        delay_max_s: window.delay_max_s.map(rounded),
        coverage: rounded(window.coverage),
        sensors: names(&window.sensors),
    }
}

fn performance(window: &SignalWindow) -> SignalPerformance {
    let light = |phase: Phase| match phase {
        Phase::Green => "green".to_owned(),
        Phase::Yellow => "yellow".to_owned(),
        Phase::Red => "red".to_owned(),
    };
    let arrival = |arrival: &Arrival| SignalArrival {
        at_us: arrival.at.0,
        in_cycle_s: arrival.in_cycle_s.map(rounded),
        light: light(arrival.phase),
    };
    let change = |change: &Change| SignalChange { at_us: change.at.0, light: light(change.phase) };
    let [green_s, yellow_s, red_s] = window.shown_s.map(rounded);
    let [arrivals_on_green, arrivals_on_yellow, arrivals_on_red] = window.arrived;
    SignalPerformance {
        group: window.group,
        green_s,
        yellow_s,
        red_s,
        arrivals_on_green,
        arrivals_on_yellow,
        arrivals_on_red,
        splits: window.splits,
        split_failures: window.split_failures,
        green_occupancy_ratio: window.green_occupancy.map(rounded),
        red_occupancy_ratio: window.red_occupancy.map(rounded),
        arrivals: window.arrivals.iter().map(arrival).collect(),
        changes: window.changes.iter().map(change).collect(),
        not_listed: window.not_listed,
        coverage: rounded(window.coverage),
        sensors: names(&window.sensors),
    }
}

/// Latitude and longitude to a centimetre.
fn on_earth(frame: &SiteFrame, [east_m, north_m]: [f64; 2]) -> [f64; 2] {
    let place = frame.wgs84_from_enu([east_m, north_m, 0.0]);
    [place.lat_deg, place.lon_deg].map(|deg| (deg * 1e7).round() / 1e7)
}

/// One parking lot now. Of a lot without bays the gates' count stands for them.
pub fn parking(at: UtcMicros, lot: &LotState, frame: &SiteFrame, simulated: bool) -> Update {
    let bays: Vec<Bay> = lot.bays.iter().map(|one| bay(one, frame)).collect();
    let [lat_deg, lon_deg] = lot.middle_enu_m.map_or([None; 2], |middle| on_earth(frame, middle).map(Some));
    let counted = lot.counted.as_ref();
    let holds = lot.capacity.unwrap_or(0);
    let [free, occupied, unknown] = match counted.and_then(|counted| counted.vehicles) {
        _ if !bays.is_empty() => [lot.free, lot.occupied, lot.unknown],
        Some(vehicles) => [holds.saturating_sub(vehicles), vehicles.min(holds), 0],
        None => [0, 0, holds],
    };
    let state = State::Parking(Parking {
        lot: lot.id.to_string(),
        name: lot.name.clone(),
        lat_deg,
        lon_deg,
        total: free + occupied + unknown,
        free,
        occupied,
        unknown,
        turnover: (!bays.is_empty()).then_some(Turnover {
            window_s: lot.turnover.window_s,
            arrivals: lot.turnover.arrivals,
            departures: lot.turnover.departures,
            mean_stay_s: lot.turnover.mean_stay_s,
        }),
        counted: counted.map(|counted| Counted {
            vehicles: counted.vehicles,
            sigma: counted.sigma,
            entered: counted.entered,
            left: counted.left,
            held: counted.held,
            in_view: counted.in_view,
        }),
        bays,
    });
    Update { from_us: at.0, to_us: at.0, simulated, state }
}

fn bay(bay: &parking::BayState, frame: &SiteFrame) -> Bay {
    let is_known = bay.status != parking::BayStatus::Unknown;
    let [lat_deg, lon_deg] = on_earth(frame, bay.middle_enu_m).map(Some);
    Bay {
        bay: bay.id.to_string(),
        lat_deg,
        lon_deg,
        status: match bay.status {
            parking::BayStatus::Free => BayStatus::Free,
            parking::BayStatus::Occupied => BayStatus::Occupied,
            parking::BayStatus::Unknown => BayStatus::Unknown,
        },
        since_us: is_known.then_some(bay.since.0),
        change_seen: is_known.then_some(bay.change_seen),
        // Three digits: that the last ones differ each second is no news.
        confidence: is_known.then(|| rounded(bay.confidence)),
        hidden: bay.hidden,
        sensors: names(&bay.sensors),
        overstay_s: bay.overstay_s.map(f64::round),
    }
}

/// An event as it stands; `evidence`: the name of the recording around it.
pub fn event(event: &Event, evidence: Option<String>, simulated: bool) -> Update {
    let [east_m, north_m] = event.place_enu_m;
    let state = State::Event(schema::Event {
        event: format!("{}-{}", event.began_at.0, event.number),
        slot: event.number.to_string(),
        kind: event.kind.as_str().to_owned(),
        lat_deg: event.place.lat_deg,
        lon_deg: event.place.lon_deg,
        east_m,
        north_m,
        lane: event.lane.as_ref().map(ToString::to_string),
        tracks: event.tracks.clone(),
        evidence,
        measure: event.measure,
        confidence: event.confidence,
        began_at_us: event.began_at.0,
        seen_at_us: event.seen_at.0,
        unseen: event.unseen,
        ended_at_us: event.ended.map(|(at, _)| at.0),
        ending: event.ended.map(|(_, ending)| match ending {
            Ending::Cleared => schema::Ending::Cleared,
            Ending::Lost => schema::Ending::Lost,
            Ending::Passed => schema::Ending::Passed,
        }),
    });
    let to_us = event.ended.map_or(event.seen_at, |(at, _)| at).0;
    Update { from_us: event.began_at.0.min(to_us), to_us, simulated, state }
}

/// The signal as it was broadcast.
pub fn signal(state: &SignalState, simulated: bool) -> Update {
    let groups = state.groups.iter().map(|group| GroupState {
        group: u16::from(group.id),
        state: aspect(group),
        remaining_s: group.likely_end_s,
        remaining_min_s: group.min_end_s,
        remaining_max_s: group.max_end_s,
    });
    let source = if state.is_fixed_time() { "fixed_time" } else { "controller" };
    let signal = Signal { source: source.to_owned(), groups: groups.collect() };
    Update { from_us: state.captured_at.0, to_us: state.captured_at.0, simulated, state: State::Signal(signal) }
}

/// A green of which nobody says that it is protected is told as permissive.
fn aspect(group: &signals::GroupState) -> Aspect {
    match group.light {
        Light::Red => Aspect::Red,
        Light::Yellow => Aspect::Amber,
        Light::Green if group.protected == Some(true) => Aspect::GreenProtected,
        Light::Green => Aspect::GreenPermissive,
        Light::RedYellow => Aspect::RedAmber,
        Light::FlashingRed => Aspect::RedFlashing,
        Light::FlashingYellow => Aspect::AmberFlashing,
        Light::Dark => Aspect::Dark,
        Light::Unavailable => Aspect::Unavailable,
    }
}
