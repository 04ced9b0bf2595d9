//! Whole ways of road users along lanes, from a recording's ground truth: what every truth about traffic is computed from.
//!
//! Nothing of the service's counting is used. Each road user's way is known from its beginning to its end, and times between two
//! truths are interpolated; the service goes from picture to picture.

use std::collections::BTreeMap;

use perception::calibration::Lane;

use super::truth::TruthFrame;

/// Distance of the counting line from the junction, as `docs/ref/traffic.md` has it, metres.
const LINE_M: f64 = 15.0;
/// Stretch of a lane over which way and time are summed up where nobody says how long it is, metres.
const SECTION_M: f64 = 100.0;
/// Largest angle between a road user and its lane, radians.
const MAX_TURN_RAD: f64 = 1.0;
/// Taken for a lane without a speed limit: 50 km/h, m/s.
const URBAN_LIMIT_MPS: f64 = 13.9;

/// One lane.
pub(super) struct Line {
    pub id: String,
    pub link: String,
    half_width_m: f64,
    points: Vec<[f64; 2]>,
    pub length_m: f64,
    /// Where it is counted, and where the section begins and ends, metres from its beginning.
    pub line_m: f64,
    pub section_m: [f64; 2],
    /// It leads to the junction.
    pub approach: bool,
    /// It is for people on foot.
    pub people: bool,
    pub signal_group: Option<u32>,
    /// Its speed limit, m/s.
    pub free_mps: f64,
}

/// Where a road user is at one time.
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub t_us: i64,
    pub position_enu_m: [f64; 2],
    /// The lane in which it is, and how far along, metres.
    pub lane: Option<usize>,
    pub along_m: f64,
    pub speed_mps: f64,
    /// Half of its length, metres.
    pub half_m: f64,
}

/// The lanes of a recording. `sections_m` says how long the section of each is over which the service measured.
pub(super) fn lines(lanes: &[Lane], sections_m: &BTreeMap<String, f64>) -> Vec<Line> {
    let told = lanes.iter().any(leads_on);
    lanes.iter().filter_map(|lane| Line::new(lane, told, sections_m)).collect()
}

/// The way of each road user, by its number.
pub(super) fn ways(lines: &[Line], frames: &[TruthFrame]) -> BTreeMap<u64, Vec<Step>> {
    let mut ways: BTreeMap<u64, Vec<Step>> = BTreeMap::new();
    for frame in frames {
        for object in &frame.objects {
            let (Some(heading_rad), Some(speed_mps)) = (object.heading_cw_north_rad, object.speed_mps) else {
                continue;
            };
            let position_enu_m = [object.east_m, object.north_m];
            let place = place(lines, position_enu_m, heading_rad, object.class == "pedestrian");
            ways.entry(object.id).or_default().push(Step {
                t_us: frame.t_us,
                position_enu_m,
                lane: place.map(|(lane, _)| lane),
                along_m: place.map_or(0.0, |(_, along_m)| along_m),
                speed_mps,
                half_m: object.length_m.unwrap_or(0.0) / 2.0,
            });
        }
    }
    ways
}

fn leads_on(lane: &Lane) -> bool {
    !lane.maneuvers.is_empty() || lane.signal_group.is_some()
}

impl Line {
    fn new(lane: &Lane, told: bool, sections_m: &BTreeMap<String, f64>) -> Option<Self> {
        let points = lane.centerline_enu_m.clone();
        let length_m: f64 = points.windows(2).map(|p| (p[1][0] - p[0][0]).hypot(p[1][1] - p[0][1])).sum();
        let approach = !told || leads_on(lane);
        let inset_m = LINE_M.min(length_m / 2.0);
        let reach_m = sections_m.get(&*lane.id).copied().unwrap_or(SECTION_M).min(length_m);
        (length_m > 0.0).then(|| Self {
            id: lane.id.to_string(),
            link: lane.id.rsplit_once('/').map_or(lane.id.to_string(), |(link, _)| link.to_owned()),
            half_width_m: lane.width_m / 2.0,
            line_m: if approach { length_m - inset_m } else { inset_m },
            section_m: if approach { [length_m - reach_m, length_m] } else { [0.0, reach_m] },
            people: lane.allowed.len() == 1 && lane.allowed[0].as_str() == "pedestrian",
            signal_group: lane.signal_group,
            free_mps: lane.speed_limit_mps.filter(|limit| *limit > 0.5).unwrap_or(URBAN_LIMIT_MPS),
            points,
            length_m,
            approach,
        })
    }

    /// How far along the lane a place would be if the lane went straight on at its end, metres.
    pub fn beyond_m(&self, p: [f64; 2]) -> f64 {
        let [.., a, b] = self.points.as_slice() else { return 0.0 };
        let [e, n] = [b[0] - a[0], b[1] - a[1]];
        self.length_m + ((p[0] - b[0]) * e + (p[1] - b[1]) * n) / e.hypot(n)
    }

    /// How far along and how far aside a place is; `None`: beyond its ends.
    fn foot(&self, p: [f64; 2], heading_rad: f64) -> Option<(f64, f64)> {
        let mut behind_m = 0.0;
        let mut best: Option<(f64, f64)> = None;
        for pair in self.points.windows(2) {
            let [e, n] = [pair[1][0] - pair[0][0], pair[1][1] - pair[0][1]];
            let length_m = e.hypot(n);
            let along_m = ((p[0] - pair[0][0]) * e + (p[1] - pair[0][1]) * n) / length_m;
            let aside_m = (((p[0] - pair[0][0]) * n - (p[1] - pair[0][1]) * e) / length_m).abs();
            let turned = (heading_rad.sin() * e + heading_rad.cos() * n) / length_m;
            if (0.0..=length_m).contains(&along_m)
                && turned > MAX_TURN_RAD.cos()
                && best.is_none_or(|(_, least_m)| aside_m < least_m)
            {
                best = Some((behind_m + along_m, aside_m));
            }
            behind_m += length_m;
        }
        best.filter(|(_, aside_m)| *aside_m <= self.half_width_m + 0.4)
    }
}

fn place(lines: &[Line], p: [f64; 2], heading_rad: f64, person: bool) -> Option<(usize, f64)> {
    let feet = lines.iter().enumerate().filter(|(_, line)| line.people == person);
    let feet = feet.filter_map(|(index, line)| Some((index, line.foot(p, heading_rad)?)));
    feet.min_by(|a, b| a.1.1.total_cmp(&b.1.1)).map(|(index, (along_m, _))| (index, along_m))
}

/// When a place along the lane was passed between two steps.
pub(super) fn passed(from: Step, to: Step, place_m: f64) -> Option<i64> {
    let way_m = to.along_m - from.along_m;
    (from.along_m < place_m && place_m <= to.along_m).then(|| {
        let share = (place_m - from.along_m) / way_m;
        from.t_us + ((to.t_us - from.t_us) as f64 * share) as i64
    })
}
