//! Views and summaries for people: one compact block a second.

use std::fmt::Write as _;

use super::heard::Guide;
use super::summary::Summary;
use super::view::{LightView, LotView, ObjectView, View};
use crate::signals::Light;

/// Road users that are shown; the rest is counted.
const SHOWN: usize = 8;

/// A view as a few lines of text.
pub fn view(view: &View) -> String {
    let mut text = String::new();
    let of_day_s = view.at_us.div_euclid(1_000_000).rem_euclid(86_400);
    let _ = write!(text, "{:02}:{:02}:{:02} UTC  ", of_day_s / 3600, of_day_s / 60 % 60, of_day_s % 60);
    match (&view.pose, &view.lane) {
        (None, _) => text.push_str("no MAP yet: give --lat, --lon and --heading, or wait\n"),
        (Some(_), Some(lane)) => {
            let _ = writeln!(
                text,
                "lane {} ({}), {:.0} m to the stop line of node {}",
                lane.lane, lane.set, lane.to_stop_line_m, lane.node
            );
            match lane.lights.is_empty() {
                true => text.push_str("  light   unknown\n"),
                false => lane.lights.iter().for_each(|light| text.push_str(&self::light(light))),
            }
        }
        (Some(pose), None) => {
            let _ = writeln!(
                text,
                "{:.6}, {:.6} heading {:.0}°, on no lane of the MAP",
                pose.lat_deg, pose.lon_deg, pose.heading_cw_north_deg
            );
        }
    }
    let objects: Vec<&ObjectView> = view.objects.iter().filter(|object| !told_twice(object, &view.objects)).collect();
    objects.iter().take(SHOWN).for_each(|object| text.push_str(&self::object(object)));
    if objects.len() > SHOWN {
        let _ = writeln!(text, "          and {} farther away", objects.len() - SHOWN);
    }
    if view.objects.is_empty() {
        text.push_str("  objects none\n");
    }
    view.lots.iter().for_each(|lot| text.push_str(&self::lot(lot)));
    for radio in ["pc5", "uu"] {
        let heard: Vec<_> = view.heard.iter().filter(|heard| heard.radio == radio).collect();
        if !heard.is_empty() {
            let rates: Vec<String> =
                heard.iter().map(|heard| format!("{} {} {:.1}/s", heard.set, heard.message, heard.rate_hz)).collect();
            let lost: u64 = heard.iter().filter_map(|heard| heard.lost).sum();
            let _ = writeln!(text, "  {radio:<7} {}, {lost} lost", rates.join(", "));
        }
    }
    if let (1.., Some(fault)) = (view.faults, &view.last_fault) {
        let _ = writeln!(text, "  FAULTS  {}, the last: {fault}", view.faults);
    }
    text
}

/// A site that speaks both sets tells each road user twice, under one number; the China set's word is shown.
fn told_twice(object: &ObjectView, all: &[ObjectView]) -> bool {
    let same = |other: &ObjectView| other.id == object.id && (other.distance_m - object.distance_m).abs() < 1.0;
    object.set == "us" && all.iter().any(|other| other.set == "cn" && same(other))
}

fn light(view: &LightView) -> String {
    let countdown = view.ends_in_s.map_or(String::new(), |ends_in_s| format!(" {ends_in_s:.1} s"));
    let next = view.next.map_or(String::new(), |next| format!(", then {}", name(next)));
    format!("  light   {}: {}{countdown}{next}\n", view.ways.join("/"), name(view.light).to_uppercase())
}

fn object(view: &ObjectView) -> String {
    let speed = view.speed_mps.map_or("? m/s".into(), |speed_mps| format!("{speed_mps:.1} m/s"));
    let heading =
        view.heading_cw_north_deg.map_or(String::new(), |heading_deg| format!("  towards {}", compass(heading_deg)));
    let (distance_m, side) = (view.distance_m, side(view.bearing_deg));
    format!(
        "  object {distance_m:>6.1} m {side:<12} {:<11} {speed:>9}{heading}  ({} {})\n",
        view.class, view.set, view.id
    )
}

fn lot(view: &LotView) -> String {
    let mut text = String::from("  lot     ");
    let number = view.lot.map_or(String::new(), |number| format!("{number}: "));
    let _ = writeln!(text, "{number}{} of {} slots free", view.free, view.slots);
    for Guide { vehicle, way, slot } in &view.guides {
        let way: Vec<String> = way.iter().map(u16::to_string).collect();
        let to = slot.map_or("out".into(), |slot| format!("to slot {slot}"));
        let _ = writeln!(text, "          vehicle {vehicle} {to} by nodes {}", way.join(", "));
    }
    text
}

fn side(bearing_deg: f64) -> String {
    let side = if bearing_deg < 0.0 { "left" } else { "right" };
    match bearing_deg.abs() {
        angle if angle < 5.0 => "ahead".into(),
        angle if angle > 175.0 => "behind".into(),
        angle => format!("{angle:.0}° {side}"),
    }
}

fn compass(heading_deg: f64) -> &'static str {
    const NAMES: [&str; 8] = ["N", "NE", "E", "SE", "S", "SW", "W", "NW"];
    NAMES[(heading_deg / 45.0).round().rem_euclid(8.0) as usize % 8]
}

fn name(light: Light) -> &'static str {
    match light {
        Light::Red => "red",
        Light::Yellow => "yellow",
        Light::Green => "green",
        Light::RedYellow => "red and yellow",
        Light::FlashingRed => "flashing red",
        Light::FlashingYellow => "flashing yellow",
        Light::Dark => "dark",
        Light::Unavailable => "unknown",
    }
}

/// A summary as a table and a verdict.
pub fn summary(summary: &Summary) -> String {
    let mut text = format!("{:.1} s\n", summary.seconds);
    let _ = writeln!(
        text,
        "{:<7}{:<5}{:<9}{:>9}{:>9}{:>7}{:>7}{:>7}{:>13}",
        "radio", "set", "message", "received", "rate/s", "lost", "twice", "late", "latency/ms"
    );
    for row in &summary.messages {
        let number = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.1}"));
        let lost = row.lost.map_or("-".to_owned(), |lost| lost.to_string());
        let _ = writeln!(
            text,
            "{:<7}{:<5}{:<9}{:>9}{:>9}{lost:>7}{:>7}{:>7}{:>13}",
            row.radio,
            row.set,
            row.message,
            row.received,
            number(row.rate_hz),
            row.duplicates,
            row.late,
            number(row.latency_ms)
        );
    }
    for (fault, error) in &summary.faults {
        let _ = writeln!(text, "{fault}: {} times, the last: {}", error.count, error.last);
    }
    if summary.ok {
        text.push_str("all there: SPAT, MAP and road users decoded without error by every radio\n");
    }
    for missing in &summary.missing {
        let _ = writeln!(text, "MISSING: {missing}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_road_user_told_in_both_sets_is_shown_once() {
        let object = |set, id, distance_m| ObjectView {
            set,
            id,
            class: "car",
            distance_m,
            bearing_deg: 0.0,
            speed_mps: None,
            heading_cw_north_deg: None,
            age_s: None,
        };
        let all = [
            object("us", 4, 10.0),
            object("cn", 4, 10.1),
            object("us", 5, 12.0),
            object("us", 6, 30.0),
            object("cn", 6, 13.0),
        ];
        assert_eq!(all.each_ref().map(|object| told_twice(object, &all)), [true, false, false, false, false]);
    }

    #[test]
    fn words_for_a_lot() {
        let guide = |slot| Guide { vehicle: "a102030405060708".into(), way: vec![1, 4, 2], slot };
        let view = LotView { lot: Some(7), free: 3, slots: 24, guides: vec![guide(Some(9)), guide(None)] };
        let lines =
            ["  lot     7: 3 of 24 slots free", "          vehicle a102030405060708 to slot 9 by nodes 1, 4, 2"];
        let way_out = "          vehicle a102030405060708 out by nodes 1, 4, 2";
        assert_eq!(lot(&view).lines().collect::<Vec<_>>(), [lines[0], lines[1], way_out]);
    }

    #[test]
    fn words_for_angles() {
        let sides = [0.0, -4.0, 30.4, -90.0, 179.0].map(side);
        assert_eq!(sides, ["ahead", "ahead", "30° right", "90° left", "behind"]);
        assert_eq!([0.0, 44.0, 181.0, 350.0, 359.9].map(compass), ["N", "NE", "S", "N", "N"]);
    }
}
