//! One readable line for each event.

use cloud_bridge::schema::{
    BayStatus, Ending, Event, GroupState, Health, LaneTraffic, Parking, Signal, Traffic, Wellness,
};
use cloud_bridge::{State, StateMessage, WatchEvent};

/// The line for an event, without a newline.
pub fn of_event(event: &WatchEvent) -> String {
    match event {
        WatchEvent::Alive(site) => format!("{site} is alive"),
        WatchEvent::Gone(site) => format!("{site} is gone"),
        WatchEvent::Unreadable { key, problem } => format!("{key} can't be read: {problem}"),
        WatchEvent::State { key, message } => {
            format!("{} {} {}", utc(message.update.to_us), key.site, of_state(message))
        }
    }
}

fn of_state(message: &StateMessage) -> String {
    let update = &message.update;
    let simulated = if update.simulated { " (simulated)" } else { "" };
    let (kind, text) = match &update.state {
        State::Traffic(traffic) => {
            let window_s = update.to_us.abs_diff(update.from_us) as f64 * 1e-6;
            (format!("traffic over {window_s:.0} s"), of_traffic(traffic))
        }
        State::Parking(parking) => (format!("parking {}", parking.lot), of_parking(parking)),
        State::Health(health) => ("health".to_owned(), of_health(health)),
        State::Signal(signal) => ("signal".to_owned(), of_signal(signal)),
        State::Event(event) => (format!("event {}", printable(&event.event)), of_road_event(event)),
    };
    format!("{kind}{simulated}: {text}")
}

fn of_road_event(event: &Event) -> String {
    let ending = event.ending.map(|ending| match ending {
        Ending::Cleared => "cleared",
        Ending::Lost => "lost from sight",
        Ending::Passed => "past",
    });
    let state = ending.unwrap_or(if event.unseen { "not seen now" } else { "lasts" });
    let lane = event.lane.as_ref().map_or(String::new(), |lane| format!(" in lane {}", printable(lane)));
    format!("{}{lane} at {:.1} m east, {:.1} m north, {state}", printable(&event.kind), event.east_m, event.north_m)
}

fn of_traffic(traffic: &Traffic) -> String {
    joined(&traffic.lanes, "; ", "no lanes", |lane: &LaneTraffic| {
        let mut text = format!("lane {} {} counted", lane.lane, lane.vehicles);
        if !lane.by_class.is_empty() {
            let classes: Vec<String> =
                lane.by_class.iter().map(|(class, n)| format!("{n} {}", printable(class))).collect();
            text += &format!(" ({})", classes.join(", "));
        }
        let figures = [
            lane.flow_per_h.map(|flow| format!("{flow:.0}/h")),
            lane.mean_speed_mps.map(|speed| format!("{speed:.1} m/s")),
            lane.occupancy.map(|occupancy| format!("occupied {:.0} %", occupancy * 100.0)),
            (lane.stopped_max > 0).then(|| format!("{} stood", lane.stopped_max)),
            (lane.coverage < 1.0).then(|| format!("seen {:.0} % of the time", lane.coverage * 100.0)),
        ];
        for figure in figures.into_iter().flatten() {
            text += &format!(", {figure}");
        }
        text
    })
}

fn of_parking(parking: &Parking) -> String {
    let mut text = format!("{} of {} free", parking.free, parking.total);
    if parking.unknown > 0 {
        text += &format!(", {} unknown", parking.unknown);
    }
    let mut free =
        parking.bays.iter().filter(|bay| bay.status == BayStatus::Free).map(|bay| bay.bay.as_str()).peekable();
    if free.peek().is_some() {
        text += &format!(", free bays {}", free.collect::<Vec<_>>().join(" "));
    }
    printable(&text)
}

fn of_health(health: &Health) -> String {
    let mut text = format!("{}, version {}, up {:.0} s", wellness(health.state), health.version, health.uptime_s);
    if let Some(frames_per_s) = health.frames_per_s {
        text += &format!(", {frames_per_s:.1} frames/s");
    }
    if let Some(p99_s) = health.capture_to_radio_p99_s {
        text += &format!(", capture to radio p99 {:.0} ms", p99_s * 1e3);
    }
    for sensor in &health.sensors {
        let simulated = if sensor.simulated { " (simulated)" } else { "" };
        text += &format!("; {} {}{simulated} {}", sensor.kind, sensor.id, wellness(sensor.state));
    }
    for link in &health.links {
        text += &format!("; {} {} {}", link.kind, link.id, wellness(link.state));
    }
    for reason in &health.reasons {
        text += &format!("; {reason}");
    }
    printable(&text)
}

fn of_signal(signal: &Signal) -> String {
    joined(&signal.groups, ", ", "no groups", |group: &GroupState| {
        // The name on the wire is what the documents use.
        let aspect = serde_json::to_value(group.state).ok();
        let aspect = aspect.as_ref().and_then(|v| v.as_str()).unwrap_or_default().replace('_', " ");
        let time = group.remaining_s.map(|s| format!(" {s:.1} s")).unwrap_or_default();
        format!("{} {aspect}{time}", group.group)
    })
}

fn joined<T>(items: &[T], separator: &str, none: &str, of_item: impl Fn(&T) -> String) -> String {
    if items.is_empty() {
        return none.to_owned();
    }
    printable(&items.iter().map(of_item).collect::<Vec<_>>().join(separator))
}

/// Names come from the network: what could move a terminal's cursor is shown as its code.
fn printable(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect()
}

fn wellness(state: Wellness) -> &'static str {
    match state {
        Wellness::Ok => "ok",
        Wellness::Degraded => "degraded",
        Wellness::Failed => "FAILED",
    }
}

/// `2026-03-01T12:34:56.789Z`, ISO 8601 in the proleptic Gregorian calendar.
pub fn utc(us: i64) -> String {
    const DAY_MS: i64 = 86_400_000;
    let ms = us.div_euclid(1000);
    let (mut days, in_day_ms) = (ms.div_euclid(DAY_MS), ms.rem_euclid(DAY_MS));
    // The calendar repeats every 400 years, which are 146 097 days; within them, count years and months off.
    let mut year = 1970 + 400 * days.div_euclid(146_097);
    days = days.rem_euclid(146_097);
    let leap = |year: i64| (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    while days >= 365 + i64::from(leap(year)) {
        days -= 365 + i64::from(leap(year));
        year += 1;
    }
    let mut month = 1;
    for length in [31, 28 + i64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    let (s, ms) = (in_day_ms / 1000, in_day_ms % 1000);
    format!("{year:04}-{month:02}-{:02}T{:02}:{:02}:{:02}.{ms:03}Z", days + 1, s / 3600, s / 60 % 60, s % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        assert_eq!(utc(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(utc(-1), "1969-12-31T23:59:59.999Z");
        assert_eq!(utc(951_782_400_000_000), "2000-02-29T00:00:00.000Z");
        assert_eq!(utc(1_772_368_496_789_000), "2026-03-01T12:34:56.789Z");
        assert_eq!(utc(4_107_542_399_999_999), "2100-02-28T23:59:59.999Z");
        assert_eq!(utc(4_107_542_400_000_000), "2100-03-01T00:00:00.000Z");
        assert!(utc(i64::MAX).ends_with('Z') && utc(i64::MIN).ends_with('Z'));
    }
}
