//! What OpenStreetMap's tags say of a way's lanes. Keys as in the OpenStreetMap wiki: `lanes`, `oneway`, `turn:lanes`, `width`,
//! `maxspeed`.

use std::collections::BTreeMap;

/// Tags of a node or way.
pub(super) type Tags = BTreeMap<String, String>;

/// The width of a lane of which no tag says it, metres.
const USUAL_WIDTH_M: f64 = 3.25;

/// Roads for vehicles. Drives, tracks and paths are not led to a junction with signals.
const ROADS: [&str; 15] = [
    "motorway",
    "motorway_link",
    "trunk",
    "trunk_link",
    "primary",
    "primary_link",
    "secondary",
    "secondary_link",
    "tertiary",
    "tertiary_link",
    "unclassified",
    "residential",
    "living_street",
    "busway",
    "road",
];

/// Whether vehicles drive on it.
pub(super) fn is_road(tags: &Tags) -> bool {
    tags.get("highway").is_some_and(|highway| ROADS.contains(&highway.as_str()))
        && tags.get("area").is_none_or(|area| area != "yes")
}

/// The lanes of a way, by direction.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Carriageway {
    /// In the way's own direction, from the left: where each leads; empty: not told.
    pub(super) forward: Vec<Vec<Heading>>,
    /// Against it, from the left of who drives there.
    pub(super) backward: Vec<Vec<Heading>>,
    /// Metres.
    pub(super) lane_width_m: f64,
    pub(super) speed_limit_mps: Option<f64>,
}

/// Where a lane leads, as `turn:lanes` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heading {
    Left,
    Through,
    Right,
    Back,
}

impl Carriageway {
    /// What the tags say, with OpenStreetMap's defaults where they say nothing.
    pub(super) fn of(tags: &Tags) -> Self {
        let count = |key: &str| tags.get(key).and_then(|text| text.parse::<usize>().ok()).filter(|lanes| *lanes <= 16);
        let oneway = match tags.get("oneway").map(String::as_str) {
            Some("yes" | "true" | "1") => 1,
            Some("-1" | "reverse") => -1,
            None if is_one_way(tags) => 1,
            _ => 0,
        };
        let turns = |key: &str| tags.get(key).map(|text| headings(text));
        let (turns_forward, turns_backward) = match oneway {
            0 => (turns("turn:lanes:forward"), turns("turn:lanes:backward")),
            1 => (turns("turn:lanes:forward").or_else(|| turns("turn:lanes")), None),
            _ => (None, turns("turn:lanes:backward").or_else(|| turns("turn:lanes"))),
        };
        let told = |direction: &str, turns: &Option<Vec<_>>| {
            count(&format!("lanes:{direction}")).or_else(|| turns.as_ref().map(Vec::len))
        };
        let (forward, backward) = (told("forward", &turns_forward), told("backward", &turns_backward));
        let all = count("lanes");
        let (forward, backward) = match oneway {
            1 => (all.or(forward).unwrap_or(1).max(1), 0),
            -1 => (0, all.or(backward).unwrap_or(1).max(1)),
            _ => match (forward, backward, all) {
                (Some(forward), Some(backward), _) => (forward, backward),
                (Some(forward), None, Some(all)) => (forward, all.saturating_sub(forward)),
                (None, Some(backward), Some(all)) => (all.saturating_sub(backward), backward),
                (Some(forward), None, None) => (forward, 1),
                (None, Some(backward), None) => (1, backward),
                (None, None, all) => (all.unwrap_or(2).max(2).div_ceil(2), all.unwrap_or(2).max(2) / 2),
            },
        };
        let width_m = tags.get("width").and_then(|text| metres(text));
        let lanes = f64::from(u32::try_from(forward + backward).unwrap_or(u32::MAX)).max(1.0);
        Self {
            forward: padded(turns_forward, forward),
            backward: padded(turns_backward, backward),
            lane_width_m: width_m
                .map(|width_m| width_m / lanes)
                .filter(|width_m| (2.0..=5.5).contains(width_m))
                .unwrap_or(USUAL_WIDTH_M),
            speed_limit_mps: tags.get("maxspeed").and_then(|text| speed_mps(text)),
        }
    }

    /// All lanes together, metres.
    pub(super) fn width_m(&self) -> f64 {
        (self.forward.len() + self.backward.len()) as f64 * self.lane_width_m
    }

    /// As one sees it who goes the other way.
    pub(super) fn turned(self) -> Self {
        Self { forward: self.backward, backward: self.forward, ..self }
    }
}

fn is_one_way(tags: &Tags) -> bool {
    tags.get("junction").is_some_and(|junction| junction == "roundabout")
        || tags.get("highway").is_some_and(|highway| highway == "motorway" || highway == "motorway_link")
}

/// As many lanes as there are, with what is told of them if it is told of as many.
fn padded(turns: Option<Vec<Vec<Heading>>>, lanes: usize) -> Vec<Vec<Heading>> {
    turns.filter(|turns| turns.len() == lanes).unwrap_or_else(|| vec![Vec::new(); lanes])
}

/// `left|through;right|none`.
fn headings(text: &str) -> Vec<Vec<Heading>> {
    let one = |word: &str| match word.trim() {
        "left" | "slight_left" | "sharp_left" => Some(Heading::Left),
        "right" | "slight_right" | "sharp_right" => Some(Heading::Right),
        "through" | "merge_to_left" | "merge_to_right" | "none" => Some(Heading::Through),
        "reverse" => Some(Heading::Back),
        _ => None,
    };
    text.split('|').map(|lane| lane.split(';').filter_map(one).collect()).collect()
}

/// `7.5`, `7.5 m`.
fn metres(text: &str) -> Option<f64> {
    text.trim().trim_end_matches('m').trim().parse::<f64>().ok().filter(|metres| metres.is_finite())
}

/// `50`, `50 km/h`, `30 mph`.
fn speed_mps(text: &str) -> Option<f64> {
    let (number, per_mps) = match text.trim().strip_suffix("mph") {
        Some(number) => (number, 0.447_04),
        None => (text.trim().trim_end_matches("km/h"), 1.0 / 3.6),
    };
    number.trim().parse::<f64>().ok().filter(|speed| (1.0..=200.0).contains(speed)).map(|speed| speed * per_mps)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(tags: &[(&str, &str)]) -> Carriageway {
        Carriageway::of(&tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn lanes_are_counted_as_the_wiki_says() {
        let counts = |tags: &[(&str, &str)]| {
            let road = of(tags);
            (road.forward.len(), road.backward.len())
        };
        assert_eq!(counts(&[]), (1, 1));
        assert_eq!(counts(&[("lanes", "4")]), (2, 2));
        assert_eq!(counts(&[("lanes", "3"), ("lanes:forward", "2")]), (2, 1));
        assert_eq!(counts(&[("lanes", "3"), ("turn:lanes:backward", "left|through")]), (1, 2));
        assert_eq!(counts(&[("oneway", "yes"), ("lanes", "3")]), (3, 0));
        assert_eq!(counts(&[("oneway", "-1")]), (0, 1));
        assert_eq!(counts(&[("highway", "motorway_link")]), (1, 0));
        assert_eq!(counts(&[("lanes", "99999999999999999999")]), (1, 1), "nonsense is not believed");
    }

    #[test]
    fn turns_widths_and_limits_are_read() {
        let road =
            of(&[("oneway", "yes"), ("turn:lanes", "left|through;right"), ("width", "7 m"), ("maxspeed", "30 mph")]);
        assert_eq!(road.forward, [vec![Heading::Left], vec![Heading::Through, Heading::Right]]);
        assert_eq!(road.lane_width_m, 3.5);
        assert!((road.speed_limit_mps.unwrap() - 13.4112).abs() < 1e-9);
        assert_eq!(of(&[("maxspeed", "none")]).speed_limit_mps, None);
        assert_eq!(of(&[("width", "40")]).lane_width_m, USUAL_WIDTH_M, "no lane is that wide");
        assert!(is_road(&[("highway".to_owned(), "primary".to_owned())].into()));
        assert!(!is_road(&[("highway".to_owned(), "footway".to_owned())].into()));
    }
}
