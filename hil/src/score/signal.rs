//! How well the lights really served those who came, from a recording's ground truth and its lights: the other side of the
//! service's signal performance (`docs/ref/traffic.md`).
//!
//! Nothing of the service's counting is used. What each group showed is known as a whole before anybody is looked at; who came, and
//! when somebody was at a stop line, follows from [whole ways](super::ways). A vehicle is at the stop line from when its front is
//! there until its rear has left, as a detector in the road has it.

use std::collections::BTreeMap;

use sensors::recording::SignalState;

use super::truth::{LightFrame, TruthRecording};
use super::ways::{Line, Step, lines, passed, ways};

/// As `docs/ref/traffic.md` has them: the stop line reaches so far back; left over is looked for so long after the begin of
/// red; from this share on of either time occupied a green was too short.
const STOP_BAR_M: f64 = 6.0;
const RED_START_US: i64 = 5_000_000;
const FULL: f64 = 0.8;
/// A light that was not told of for so long is not known, microseconds.
const SILENT_US: i64 = 2_000_000;

/// What a light means for those who come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Go.
    Green,
    /// The green is over.
    Yellow,
    /// Stop; red with yellow as well.
    Red,
}

impl Shown {
    fn of(state: SignalState) -> Option<Self> {
        match state {
            SignalState::Green => Some(Self::Green),
            SignalState::Yellow => Some(Self::Yellow),
            SignalState::Red | SignalState::RedYellow => Some(Self::Red),
            _ => None,
        }
    }
}

/// One group over one window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroupTruth {
    /// When each would have been at the stop line if nobody had held them up, microseconds since the Unix epoch, UTC; and the light then.
    pub arrivals: Vec<(i64, Shown)>,
    /// Greens that were seen as a whole, with the begin of red.
    pub splits: u32,
    /// Of these, such as did not suffice.
    pub failures: u32,
    /// Shares of green, and of the begin of red, in which a stop line was occupied: of each lane in each split.
    pub green_occupancy: Vec<f64>,
    /// See `green_occupancy`.
    pub red_occupancy: Vec<f64>,
}

/// By the begin of the window, microseconds, and the group.
pub type SignalTruth = BTreeMap<i64, BTreeMap<u32, GroupTruth>>;

/// A time from and until, microseconds.
type Span = (i64, i64);

/// A stretch of time in which a light did not change.
struct Stretch {
    span: Span,
    shown: Shown,
}

/// Sums up the truth over windows of `window_s` seconds, aligned to UTC. `sections_m` says how long the section of each lane is over
/// which the service measured.
pub fn signal_truth(recording: &TruthRecording, window_s: u32, sections_m: &BTreeMap<String, f64>) -> SignalTruth {
    let lines = lines(&recording.lanes, sections_m);
    let ways: Vec<Vec<Step>> = ways(&lines, &recording.frames).into_values().collect();
    let window_us = i64::from(window_s.max(1)) * 1_000_000;
    let mut truth = SignalTruth::new();
    for (group, stretches) in stretches(&recording.lights) {
        let mut tally = |t_us: i64, add: &dyn Fn(&mut GroupTruth)| {
            let window = truth.entry(t_us.div_euclid(window_us) * window_us).or_default();
            add(window.entry(group).or_default());
        };
        let of_group = |line: &Line| line.signal_group == Some(group) && !line.people;
        let lanes: Vec<usize> = (0..lines.len()).filter(|lane| of_group(&lines[*lane])).collect();
        for t_us in ways.iter().flat_map(|way| arrivals(&lines, &lanes, way)) {
            if let Some(shown) = shown_at(&stretches, t_us) {
                tally(t_us, &|group| group.arrivals.push((t_us, shown)));
            }
        }
        let taken: Vec<Vec<Span>> = lanes.iter().map(|lane| taken(&lines, *lane, &ways)).collect();
        for [green, red] in splits(&stretches) {
            let ratios: Vec<[f64; 2]> = taken.iter().map(|spans| [green, red].map(|part| share(spans, part))).collect();
            // The window in which these seconds of red lie.
            tally(red.1 - 1, &|group| {
                group.splits += 1;
                group.failures += u32::from(ratios.iter().any(|ratio| ratio.iter().all(|share| *share >= FULL)));
                group.green_occupancy.extend(ratios.iter().map(|[green, _]| *green));
                group.red_occupancy.extend(ratios.iter().map(|[_, red]| *red));
            });
        }
    }
    truth
}

/// What each group showed, in order of time; a stretch ends where the next one begins, or with what was last heard.
fn stretches(lights: &[LightFrame]) -> BTreeMap<u32, Vec<Stretch>> {
    let mut groups: BTreeMap<u32, Vec<Stretch>> = BTreeMap::new();
    for frame in lights {
        for group in &frame.groups {
            let Some(shown) = Shown::of(group.state) else { continue };
            let stretches = groups.entry(group.id).or_default();
            let last = stretches.last_mut().filter(|last| frame.t_us - last.span.1 <= SILENT_US);
            let changed = last.is_none_or(|last| {
                last.span.1 = frame.t_us;
                last.shown != shown
            });
            if changed {
                stretches.push(Stretch { span: (frame.t_us, frame.t_us), shown });
            }
        }
    }
    groups
}

fn shown_at(stretches: &[Stretch], t_us: i64) -> Option<Shown> {
    let next = stretches.partition_point(|stretch| stretch.span.0 <= t_us);
    stretches[..next].last().filter(|stretch| t_us <= stretch.span.1).map(|stretch| stretch.shown)
}

/// Greens that were seen as a whole, each with the first seconds of the red after it.
fn splits(stretches: &[Stretch]) -> Vec<[Span; 2]> {
    let follows = |before: &Stretch, after: &Stretch| before.span.1 == after.span.0;
    let split = |(index, [before, green]): (usize, &[Stretch; 2])| {
        let mut after = stretches[index + 2..].iter();
        let mut red = after.next().filter(|next| follows(green, next))?;
        if red.shown == Shown::Yellow {
            red = after.next().filter(|next| follows(red, next))?;
        }
        let start: Span = (red.span.0, red.span.0 + RED_START_US);
        let whole = green.shown == Shown::Green && follows(before, green);
        (whole && red.shown == Shown::Red && start.1 <= red.span.1).then_some([green.span, start])
    };
    stretches.array_windows().enumerate().filter_map(split).collect()
}

/// When one would have been at the stop line each time that one came into the section of one of these lanes: from there on at the
/// speed limit.
fn arrivals(lines: &[Line], lanes: &[usize], way: &[Step]) -> Vec<i64> {
    let came = |[from, to]: &[Step; 2]| {
        let line = &lines[to.lane.filter(|lane| lanes.contains(lane))?];
        let [first_m, last_m] = line.section_m;
        let same_link = from.lane.is_some_and(|lane| lines[lane].link == line.link);
        let entered_us = passed(*from, *to, first_m).filter(|_| same_link)?;
        Some(entered_us + ((last_m - first_m) / line.free_mps * 1e6) as i64)
    };
    way.array_windows().filter_map(came).collect()
}

/// When somebody was at the stop line of a lane; in order of time, overlaps joined.
fn taken(lines: &[Line], lane: usize, ways: &[Vec<Step>]) -> Vec<Span> {
    let mut spans: Vec<Span> = ways.iter().flat_map(|way| at_stop_line(lines, lane, way)).collect();
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut().filter(|last| span.0 <= last.1) {
            Some(last) => last.1 = last.1.max(span.1),
            None => joined.push(span),
        }
    }
    joined
}

/// When one road user was at the stop line of a lane. Whoever leaves the lane by its end is there until the rear has left, too.
fn at_stop_line(lines: &[Line], lane: usize, way: &[Step]) -> Vec<Span> {
    let line = &lines[lane];
    let mut spans = Vec::new();
    let (mut before, mut since): (Option<Step>, Option<i64>) = (None, None);
    for step in way {
        let in_lane = step.lane == Some(lane);
        let leaves = step.lane.is_none() && before.is_some();
        let along_m = if in_lane { step.along_m } else { line.beyond_m(step.position_enu_m) };
        let now = Some(Step { along_m, ..*step }).filter(|_| in_lane || leaves);
        let is_there = now.filter(|now| now.along_m + now.half_m >= line.length_m - STOP_BAR_M);
        let is_there = is_there.is_some_and(|now| now.along_m - now.half_m < line.length_m);
        let edge_us = |ahead_m: f64| before.zip(now).and_then(|(before, now)| passed(before, now, ahead_m));
        match since {
            None if is_there => since = Some(edge_us(line.length_m - STOP_BAR_M - step.half_m).unwrap_or(step.t_us)),
            Some(since_us) if !is_there => {
                spans.push((since_us, edge_us(line.length_m + step.half_m).unwrap_or(step.t_us)));
                since = None;
            }
            _ => {}
        }
        before = now;
    }
    spans.extend(since.zip(way.last()).map(|(since_us, last)| (since_us, last.t_us)));
    spans
}

/// The share of a part of time that is taken.
fn share(taken: &[Span], part: Span) -> f64 {
    let both_us = taken.iter().map(|span| (span.1.min(part.1) - span.0.max(part.0)).max(0)).sum::<i64>();
    both_us as f64 / (part.1 - part.0).max(1) as f64
}

#[cfg(test)]
mod tests {
    use perception::calibration::Lane;

    use super::super::truth::{GroupLight, TruthFrame, TruthObject};
    use super::*;

    /// A lane of 200 m to the north, and what its group shows: red for 10 s, green for 20 s, yellow for 3 s, red.
    fn recording(ways: &[&dyn Fn(f64) -> Option<f64>]) -> TruthRecording {
        let lane = Lane {
            id: "n/1".into(),
            width_m: 3.3,
            centerline_enu_m: vec![[0.0, 0.0], [0.0, 200.0]],
            maneuvers: vec!["straight".into()],
            signal_group: Some(3),
            allowed: vec![],
            speed_limit_mps: Some(10.0),
        };
        let object = |id: u64, way: &dyn Fn(f64) -> Option<f64>, at_s: f64| {
            let north_m = way(at_s)?;
            Some(TruthObject {
                id,
                class: "car".into(),
                east_m: 0.0,
                north_m,
                speed_mps: Some(0.0),
                heading_cw_north_rad: Some(0.0),
                length_m: Some(4.0),
                width_m: Some(1.8),
                seen_2s: None,
            })
        };
        let frame = |tenth: i64| TruthFrame {
            t_us: tenth * 100_000,
            objects: (1..).zip(ways).filter_map(|(id, way)| object(id, way, tenth as f64 / 10.0)).collect(),
        };
        let state = |tenth: i64| match tenth {
            ..100 => SignalState::Red,
            100..300 => SignalState::Green,
            300..330 => SignalState::Yellow,
            _ => SignalState::Red,
        };
        let light =
            |tenth: i64| LightFrame { t_us: tenth * 100_000, groups: vec![GroupLight { id: 3, state: state(tenth) }] };
        TruthRecording {
            lanes: vec![lane],
            frames: (0..500).map(frame).collect(),
            lights: (0..500).step_by(5).map(light).collect(),
            ..TruthRecording::default()
        }
    }

    fn truth(ways: &[&dyn Fn(f64) -> Option<f64>]) -> GroupTruth {
        signal_truth(&recording(ways), 60, &BTreeMap::new())
            .remove(&0)
            .and_then(|mut window| window.remove(&3))
            .expect("a group")
    }

    #[test]
    fn one_arrives_when_one_would_have_been_at_the_line_without_being_held_up() {
        // At 5 m/s into the section (the last 100 m) at 12 s, and so at its end 10 s later at the limit; another one at 21.05 s.
        let truth = truth(&[&|at_s| Some(40.0 + 5.0 * at_s), &|at_s| Some(47.375 + 2.5 * at_s)]);
        assert_eq!(truth.arrivals, [(22_000_000, Shown::Green), (31_050_000, Shown::Yellow)]);
    }

    #[test]
    fn a_green_that_does_not_suffice_is_a_failure() {
        // From 10 s on one comes each 2 s at 10 m/s: with 10 m from front at the line to rear off it each is there for 1 s.
        let queue =
            |nth: f64| move |at_s: f64| Some(200.0 - 8.0 + 10.0 * (at_s - 10.0 - 2.0 * nth)).filter(|m| *m > 0.0);
        let each: Vec<_> = (0..10).map(|nth| queue(f64::from(nth))).collect();
        let mut ways: Vec<&dyn Fn(f64) -> Option<f64>> =
            each.iter().map(|way| way as &dyn Fn(f64) -> Option<f64>).collect();
        let flowing = truth(&ways);
        assert_eq!((flowing.splits, flowing.failures, flowing.red_occupancy.as_slice()), (1, 0, [0.0].as_slice()));
        assert!((flowing.green_occupancy[0] - 0.5).abs() < 0.01, "{flowing:?}");
        // One more stands there all the time.
        let stands = |at_s: f64| (at_s >= 9.0).then_some(197.0);
        ways.push(&stands);
        let full = truth(&ways);
        assert_eq!((full.splits, full.failures), (1, 1));
        assert_eq!((full.green_occupancy[0], full.red_occupancy[0]), (1.0, 1.0));
    }

    #[test]
    fn who_leaves_the_lane_is_at_its_end_until_the_rear_has_left() {
        let mut recording = recording(&[&|at_s| Some(150.0 + 10.0 * at_s)]);
        let lines = lines(&recording.lanes, &BTreeMap::new());
        let ways: Vec<_> = ways(&lines, &recording.frames).into_values().collect();
        // Front at 194 m: 4.2 s; rear at 200 m: 5.2 s.
        assert_eq!(taken(&lines, 0, &ways), [(4_200_000, 5_200_000)]);
        recording.lights.clear();
        assert!(signal_truth(&recording, 60, &BTreeMap::new()).is_empty(), "no light, nothing to say");
    }
}
