//! `cargo bench --workspace --bench fusion`: what it costs to fuse a frame: aligned, lifted, tracked, drawn as a picture
//! and located in its lanes.
//!
//! First the table: a junction of 256 road users under four cameras and four radars at full rate, then the same streets
//! with 50 to 1000 road users at the same density, and the exponent with which the cost grows. Then criterion: a second of
//! the junction. With `-- --json` only the table, an object a line.

#![allow(clippy::unwrap_used, reason = "a bench that can not run has failed")]

mod scene;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BatchSize, Criterion};
use perception::align::{AlignSettings, Aligner};
use perception::lanes::LaneMap;
use perception::lift::{LiftSettings, Lifter};
use perception::track::{Tracker, TrackerSettings};
use scene::{Arrival, CAMERA_HZ, RADAR_HZ, Scene};
use serde_json::json;

/// Road users of the junction, and of the sweep.
const JUNCTION: usize = 256;
const SWEEP: [usize; 5] = [50, 100, 200, 500, 1000];
/// Seconds that pass before a frame is timed, and that are timed.
const WARM_UP_S: f64 = 4.0;
const TIMED_S: f64 = 6.0;
/// Each frame is timed in so many runs; the least counts, the others are what else the machine did.
const RUNS: usize = 3;
/// Frames a second of four cameras and four radars.
const FRAMES_PER_S: f64 = 4.0 * (CAMERA_HZ + RADAR_HZ);

fn main() {
    let has = |wanted: &str| std::env::args().any(|argument| argument == wanted);
    // `cargo test --benches` only asks whether it runs.
    let (runs, timed_s) = if has("--bench") { (RUNS, TIMED_S) } else { (1, 0.2) };
    let json = has("--json");
    if !json {
        println!(
            "{:>8}{:>8}{:>9}{:>9}{:>9}{:>9}{:>11}{:>8}",
            "objects", "tracks", "p50 us", "p99 us", "max us", "mean us", "p99 1st us", "core"
        );
    }
    let tell = |count| {
        let figures = measure(count, runs, timed_s);
        println!("{}", if json { figures.line() } else { figures.row() });
        figures
    };
    tell(JUNCTION);
    let points = SWEEP.map(|count| (count as f64, tell(count).mean_us));
    let (cost, bound) = (exponent(points), exponent(SWEEP.map(|n| (n as f64, n as f64 * (n as f64).ln()))));
    if json {
        println!("{}", json!({ "exponent": cost, "exponent_of_n_log_n": bound }));
    } else {
        println!("the mean grows as n to the {cost:.2}; n log n would be {bound:.2}");
        criterion();
    }
}

/// All that a frame goes through.
#[derive(Debug)]
struct Fusion {
    aligner: Aligner,
    lifter: Lifter,
    tracker: Tracker,
    lanes: LaneMap,
}

impl Fusion {
    fn new(scene: &Scene) -> Self {
        let site = &scene.site;
        Self {
            aligner: Aligner::new(site, AlignSettings::default()),
            lifter: Lifter::new(site, LiftSettings::default()).unwrap(),
            tracker: Tracker::new(site, TrackerSettings::default()).unwrap(),
            lanes: LaneMap::new(&site.lanes),
        }
    }

    /// Takes what arrived, and fuses what is ready; gives how many road users the last picture holds.
    fn take(&mut self, arrival: Arrival) -> usize {
        let mut shown = 0;
        self.aligner.push(arrival.at, arrival.frame).unwrap();
        // Waits that end before the next arrival end now: the same work, and no timer.
        let now = self.aligner.next_deadline().map_or(arrival.at, |deadline| deadline.max(arrival.at));
        while let Some(frame) = self.aligner.pop_ready(now) {
            let scan = self.lifter.lift(&frame).unwrap();
            self.tracker.step(&scan);
            let picture = self.tracker.picture(now);
            shown = black_box(self.lanes.locate_all(picture)).len();
        }
        shown
    }
}

/// What came out for one number of road users.
struct Figures {
    objects: usize,
    tracks: usize,
    p50_us: f64,
    p99_us: f64,
    max_us: f64,
    mean_us: f64,
    /// Of one run, with all that else happened on the machine.
    p99_once_us: f64,
}

impl Figures {
    /// Share of one core at full rate.
    fn core(&self) -> f64 {
        self.mean_us * 1e-6 * FRAMES_PER_S
    }

    fn row(&self) -> String {
        let Self { objects, tracks, p50_us, p99_us, max_us, mean_us, p99_once_us } = self;
        let core = 100.0 * self.core();
        format!(
            "{objects:>8}{tracks:>8}{p50_us:>9.0}{p99_us:>9.0}{max_us:>9.0}{mean_us:>9.0}{p99_once_us:>11.0}{core:>7.1}%"
        )
    }

    fn line(&self) -> String {
        json!({
            "objects": self.objects, "tracks": self.tracks, "p50_us": self.p50_us, "p99_us": self.p99_us,
            "max_us": self.max_us, "mean_us": self.mean_us, "p99_once_us": self.p99_once_us, "core_share": self.core(),
        })
        .to_string()
    }
}

fn measure(objects: usize, runs: usize, timed_s: f64) -> Figures {
    let mut least: Vec<f64> = Vec::new();
    let mut once = Vec::new();
    let mut tracks = 0;
    for _ in 0..runs {
        let mut scene = Scene::new(objects);
        let mut fusion = Fusion::new(&scene);
        let mut us = Vec::new();
        for arrival in scene.play(WARM_UP_S + timed_s) {
            let warm = arrival.at.seconds_since(scene::START) < WARM_UP_S;
            let (took, shown) = time(|| fusion.take(arrival));
            if !warm {
                us.push(took.as_secs_f64() * 1e6);
                tracks = shown.max(tracks);
            }
        }
        if least.is_empty() {
            (least, once) = (us.clone(), us);
        } else {
            least.iter_mut().zip(us).for_each(|(least, us)| *least = least.min(us));
        }
    }
    least.sort_by(f64::total_cmp);
    once.sort_by(f64::total_cmp);
    Figures {
        objects,
        tracks,
        p50_us: quantile(&least, 50),
        p99_us: quantile(&least, 99),
        max_us: quantile(&least, 100),
        mean_us: least.iter().sum::<f64>() / least.len() as f64,
        p99_once_us: quantile(&once, 99),
    }
}

#[allow(clippy::disallowed_methods, reason = "a bench reads the clock")]
fn time<R>(task: impl FnOnce() -> R) -> (Duration, R) {
    let start = Instant::now();
    let result = task();
    (start.elapsed(), result)
}

fn quantile(sorted: &[f64], percent: usize) -> f64 {
    sorted[(sorted.len() * percent).div_ceil(100).saturating_sub(1)]
}

/// Slope of the line through the logarithms.
fn exponent<const N: usize>(points: [(f64, f64); N]) -> f64 {
    let logs = points.map(|(x, y)| (x.ln(), y.ln()));
    let mean = |of: fn(&(f64, f64)) -> f64| logs.iter().map(of).sum::<f64>() / N as f64;
    let (x, y) = (mean(|p| p.0), mean(|p| p.1));
    let over: f64 = logs.iter().map(|p| (p.0 - x) * (p.1 - y)).sum();
    over / logs.iter().map(|p| (p.0 - x).powi(2)).sum::<f64>()
}

/// A second of the junction, from a tracker that knows it.
fn criterion() {
    let mut criterion = Criterion::default().sample_size(20).nresamples(2000).configure_from_args();
    let mut scene = Scene::new(JUNCTION);
    let mut fusion = Fusion::new(&scene);
    let arrivals = scene.play(WARM_UP_S + 1.0);
    let (before, timed): (Vec<_>, Vec<_>) =
        arrivals.into_iter().partition(|arrival| arrival.at.seconds_since(scene::START) < WARM_UP_S);
    before.into_iter().for_each(|arrival| {
        fusion.take(arrival);
    });
    let scans: Vec<_> = timed.iter().map(|arrival| fusion.lifter.lift(&arrival.frame).unwrap()).collect();
    criterion.bench_function(&format!("fusion: a second of {JUNCTION} objects, tracker alone"), |bencher| {
        bencher.iter_batched_ref(
            || fusion.tracker.clone(),
            |tracker| scans.iter().map(|scan| tracker.step(scan).assigned).sum::<usize>(),
            BatchSize::LargeInput,
        );
    });
    criterion.final_summary();
}
