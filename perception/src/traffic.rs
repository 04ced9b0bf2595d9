//! What each lane carried: counts, flow, speed, occupancy, queue, over windows aligned to UTC.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::calibration::{Lane, SensorModel, SiteGeometry};
use crate::detection::{Class, SensorId};
use crate::frames::in_field_of_view;
use crate::lanes::{LaneMap, LocatedTrack};
use crate::time::UtcMicros;

/// One lane over one window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LaneWindow {
    /// `<link>/<lane>`.
    pub lane: SensorId,
    /// Begin of the window, a whole multiple of its length since the epoch.
    pub from: UtcMicros,
    /// End of the window; for one that still runs, the newest update in it.
    pub to: UtcMicros,
    /// Road users that crossed the counting line, by class.
    pub vehicles: BTreeMap<Class, u32>,
    /// The same as a rate over the time that was covered, per hour. `None`: nothing was covered.
    pub flow_per_h: Option<f64>,
    /// Mean speed over all road users in the lane and the time they were in it, m/s. `None`: there was none.
    pub mean_speed_mps: Option<f64>,
    /// Share of the covered time in which a road user stood or moved over the counting line, 0 to 1.
    pub occupancy: Option<f64>,
    /// Longest queue: from the lane's end to the rear of the last standing road user, metres.
    pub queue_max_m: f64,
    /// Most road users that stood at one time.
    pub stopped_max: u32,
    /// Share of the window in which there was a picture to count from, 0 to 1.
    pub coverage: f64,
}

/// Below this a road user stands, m/s.
const STANDING_MPS: f64 = 1.0;
/// Distance of the counting line from the lane's end, metres; half the lane where it is shorter than twice that.
const COUNTING_LINE_M: f64 = 15.0;
/// Pictures farther apart than this leave a gap in the coverage, seconds.
const MAX_GAP_S: f64 = 0.5;
/// A queue ends where the next standing road user is farther away than this, metres.
const QUEUE_GAP_M: f64 = 20.0;

#[derive(Clone, Debug)]
struct LaneCount {
    id: SensorId,
    line_m: f64,
    /// Sensors in whose field of view the counting line lies: without one of them nothing is known of the lane.
    in_view_of: Vec<SensorId>,
    covered_s: f64,
    vehicles: BTreeMap<Class, u32>,
    speed_seconds: f64,
    presence_s: f64,
    occupied_s: f64,
    queue_max_m: f64,
    stopped_max: u32,
    /// Offsets at the last update, by track, in order of id.
    before: Vec<(u64, f64)>,
    now: Vec<(u64, f64)>,
    standing: Vec<(f64, f64)>,
}

/// Counts over windows of fixed length, aligned to UTC.
#[derive(Clone, Debug)]
pub struct TrafficCounter {
    window_us: i64,
    lanes: Vec<LaneCount>,
    /// Begin of the running window.
    from: Option<UtcMicros>,
    last: Option<UtcMicros>,
    finished: Vec<LaneWindow>,
}

/// Most finished windows kept when nobody takes them; the oldest go.
const MAX_FINISHED: usize = 4096;

impl TrafficCounter {
    /// For the lanes of a site, with windows of `window_s` seconds (at least one). Which sensors can see each lane's
    /// counting line follows from their geometry.
    pub fn new(site: &SiteGeometry, window_s: u32) -> Self {
        let map = LaneMap::new(&site.lanes);
        let lanes = site.lanes.iter().filter_map(|lane| LaneCount::new(lane, map.length_m(&lane.id)?, site)).collect();
        Self { window_us: i64::from(window_s.max(1)) * 1_000_000, lanes, from: None, last: None, finished: Vec::new() }
    }

    /// Takes the picture of a time and the names of the sensors that deliver. Pictures that do not come in order of time
    /// are not counted.
    pub fn update(&mut self, at: UtcMicros, tracks: &[LocatedTrack], live: &[SensorId]) {
        let stepped_back = self.last.is_some_and(|last| last.seconds_since(at) > 2.0);
        if self.last.is_some_and(|last| at <= last) && !stepped_back {
            return;
        }
        let begin = UtcMicros(at.0.div_euclid(self.window_us) * self.window_us);
        if stepped_back {
            self.restart(begin);
        } else if self.from != Some(begin) {
            self.finish();
            self.from = Some(begin);
        }
        let gap_s = self.last.map_or(0.0, |last| at.seconds_since(last));
        let continuous = gap_s <= MAX_GAP_S;
        let dt_s = if continuous { gap_s } else { 0.0 };
        for lane in &mut self.lanes {
            if lane.in_view_of.iter().any(|sensor| live.contains(sensor)) {
                lane.covered_s += dt_s;
            }
            lane.update(dt_s, continuous, tracks);
        }
        self.last = Some(at);
    }

    /// Windows that ended by `at`, oldest first; each is handed out once.
    pub fn take_finished(&mut self, at: UtcMicros) -> Vec<LaneWindow> {
        if self.from.is_some_and(|from| at.0 >= from.0.saturating_add(self.window_us)) {
            self.finish();
            self.from = None;
        }
        std::mem::take(&mut self.finished)
    }

    /// The windows that still run, as far as they have come.
    pub fn current(&self) -> Vec<LaneWindow> {
        let (Some(from), Some(to)) = (self.from, self.last) else { return Vec::new() };
        self.lanes.iter().map(|lane| lane.window(from, to, self.window_us)).collect()
    }

    fn finish(&mut self) {
        if let Some(from) = self.from {
            let to = UtcMicros(from.0.saturating_add(self.window_us));
            for lane in &mut self.lanes {
                self.finished.push(lane.window(from, to, self.window_us));
                lane.clear();
            }
            let excess = self.finished.len().saturating_sub(MAX_FINISHED);
            self.finished.drain(..excess);
        }
    }

    /// The clock went back: what was counted can't be said to belong to any window.
    fn restart(&mut self, begin: UtcMicros) {
        for lane in &mut self.lanes {
            lane.clear();
            lane.before.clear();
        }
        self.last = None;
        self.from = Some(begin);
    }
}

impl LaneCount {
    /// `None` for a lane without a centre line.
    fn new(lane: &Lane, length_m: f64, site: &SiteGeometry) -> Option<Self> {
        let line_m = length_m - COUNTING_LINE_M.min(length_m / 2.0);
        let line = point_at(&lane.centerline_enu_m, line_m)?;
        let sees = |sensor: &&SensorModel| in_field_of_view(sensor, line);
        Some(Self {
            id: lane.id.clone(),
            line_m,
            in_view_of: site.sensors.iter().filter(sees).map(|sensor| sensor.id().clone()).collect(),
            covered_s: 0.0,
            vehicles: BTreeMap::new(),
            speed_seconds: 0.0,
            presence_s: 0.0,
            occupied_s: 0.0,
            queue_max_m: 0.0,
            stopped_max: 0,
            before: Vec::new(),
            now: Vec::new(),
            standing: Vec::new(),
        })
    }

    fn update(&mut self, dt_s: f64, continuous: bool, tracks: &[LocatedTrack]) {
        self.now.clear();
        self.standing.clear();
        let mut over_line = false;
        for located in tracks {
            let Some(place) = located.lane.as_ref().filter(|place| place.lane == self.id) else { continue };
            let track = &located.track;
            let half_m = track.length_m.unwrap_or(0.0) / 2.0;
            self.now.push((track.id, place.offset_m));
            self.speed_seconds += dt_s * track.speed_mps();
            self.presence_s += dt_s;
            over_line |= (place.offset_m - self.line_m).abs() <= half_m;
            if track.speed_mps() < STANDING_MPS {
                self.standing.push((place.to_stop_line_m - half_m, place.to_stop_line_m + half_m));
            }
            let crossed = self
                .before
                .binary_search_by_key(&track.id, |(id, _)| *id)
                .is_ok_and(|index| self.before[index].1 < self.line_m && place.offset_m >= self.line_m);
            if crossed && continuous {
                *self.vehicles.entry(track.class).or_insert(0) += 1;
            }
        }
        if over_line {
            self.occupied_s += dt_s;
        }
        self.note_queue();
        self.now.sort_unstable_by_key(|(id, _)| *id);
        std::mem::swap(&mut self.before, &mut self.now);
    }

    fn note_queue(&mut self) {
        self.stopped_max = self.stopped_max.max(u32::try_from(self.standing.len()).unwrap_or(u32::MAX));
        self.standing.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let mut rear_m = 0.0;
        for (front, rear) in &self.standing {
            if front - rear_m > QUEUE_GAP_M {
                break;
            }
            rear_m = rear.max(rear_m);
        }
        self.queue_max_m = self.queue_max_m.max(rear_m);
    }

    fn window(&self, from: UtcMicros, to: UtcMicros, window_us: i64) -> LaneWindow {
        let covered_s = self.covered_s;
        let covered = covered_s > 0.0;
        let count: u32 = self.vehicles.values().sum();
        LaneWindow {
            lane: self.id.clone(),
            from,
            to,
            vehicles: self.vehicles.clone(),
            flow_per_h: covered.then(|| f64::from(count) * 3600.0 / covered_s),
            mean_speed_mps: (self.presence_s > 0.0).then(|| self.speed_seconds / self.presence_s),
            occupancy: covered.then(|| (self.occupied_s / covered_s).min(1.0)),
            queue_max_m: self.queue_max_m,
            stopped_max: self.stopped_max,
            coverage: (covered_s * 1e6 / window_us as f64).min(1.0),
        }
    }

    fn clear(&mut self) {
        self.vehicles.clear();
        self.covered_s = 0.0;
        self.speed_seconds = 0.0;
        self.presence_s = 0.0;
        self.occupied_s = 0.0;
        self.queue_max_m = 0.0;
        self.stopped_max = 0;
    }
}

/// The place on a centre line after `offset_m`.
fn point_at(line: &[[f64; 2]], offset_m: f64) -> Option<[f64; 2]> {
    let mut left_m = offset_m;
    for pair in line.windows(2) {
        let [east, north] = [pair[1][0] - pair[0][0], pair[1][1] - pair[0][1]];
        let length_m = east.hypot(north);
        if left_m <= length_m && length_m > 0.0 {
            return Some([pair[0][0] + east * left_m / length_m, pair[0][1] + north * left_m / length_m]);
        }
        left_m -= length_m;
    }
    line.last().copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{straight_lane, track_at};

    fn seen_by_a_radar(lanes: &[Lane]) -> SiteGeometry {
        let mut site: SiteGeometry = serde_json::from_str(
            r#"{"name":"t","origin":{"lat_deg":31.0,"lon_deg":121.0,"ellipsoidal_height_m":5.0},"sensors":[
            {"id":"r","kind":"radar","position_enu_m":[5,50,6],"boresight_azimuth_rad":0.0,"fov_rad":6.3,
             "max_range_m":150.0,"sigma":{"range_m":0.3,"azimuth_rad":0.01,"range_rate_mps":0.1}}]}"#,
        )
        .expect("a site");
        site.lanes = lanes.to_vec();
        site
    }

    /// Two cars 40 m apart drive up a 100 m lane at 10 m/s from `start_s`; pictures ten times a second.
    fn drive(counter: &mut TrafficCounter, map: &LaneMap, from_ds: i64, to_ds: i64) {
        for ds in from_ds..to_ds {
            let at = UtcMicros(ds * 100_000);
            let tracks =
                [(1, 0.0), (2, -40.0)].map(|(id, head)| track_at(id, [0.0, head + (ds - 600) as f64], [0.0, 10.0]));
            counter.update(at, &map.locate_all(tracks.to_vec()), &["r".into()]);
        }
    }

    #[test]
    fn counts_flow_speed_and_coverage() {
        let lanes = [straight_lane("n/0", 100.0)];
        let mut counter = TrafficCounter::new(&seen_by_a_radar(&lanes), 60);
        let map = LaneMap::new(&lanes);
        drive(&mut counter, &map, 600, 800);
        let now = &counter.current()[0];
        assert_eq!(now.from, UtcMicros(60_000_000), "aligned to the minute");
        assert_eq!(now.vehicles.get(&Class::Car), Some(&2));
        assert!((now.mean_speed_mps.expect("cars were there") - 10.0).abs() < 1e-9);
        assert!((now.coverage - 19.9 / 60.0).abs() < 1e-9);
        assert!((now.flow_per_h.expect("covered") - 2.0 * 3600.0 / 19.9).abs() < 1e-6);
        // Each 4.5 m car takes 0.45 s to pass over the line; the time step is 0.1 s.
        let occupied_s = now.occupancy.expect("covered") * 19.9;
        assert!((0.7..=1.2).contains(&occupied_s), "{occupied_s}");
        let done = counter.take_finished(UtcMicros(120_000_000));
        assert_eq!(done.len(), 1);
        assert_eq!(done[0].to, UtcMicros(120_000_000));
        assert!(counter.take_finished(UtcMicros(121_000_000)).is_empty(), "handed out once");
    }

    #[test]
    fn a_lane_that_no_living_sensor_sees_is_not_covered_and_has_no_flow() {
        let lanes = [straight_lane("n/0", 100.0)];
        let mut counter = TrafficCounter::new(&seen_by_a_radar(&lanes), 60);
        for ds in 600..700 {
            counter.update(UtcMicros(ds * 100_000), &[], &["another".into()]);
        }
        let now = &counter.current()[0];
        assert_eq!((now.coverage, now.flow_per_h, now.occupancy), (0.0, None, None));
    }

    #[test]
    fn a_queue_reaches_back_to_its_last_car_and_not_to_one_far_behind() {
        let lanes = [straight_lane("n/0", 100.0)];
        let map = LaneMap::new(&lanes);
        let mut counter = TrafficCounter::new(&seen_by_a_radar(&lanes), 60);
        let standing = |id, north| track_at(id, [0.0, north], [0.0, 0.0]);
        let tracks = vec![standing(1, 96.0), standing(2, 89.0), standing(3, 50.0)];
        counter.update(UtcMicros(60_000_000), &map.locate_all(tracks), &["r".into()]);
        let now = &counter.current()[0];
        assert!((now.queue_max_m - (100.0 - 89.0 + 2.25)).abs() < 1e-9);
        assert_eq!(now.stopped_max, 3);
        assert_eq!((now.flow_per_h, now.coverage), (None, 0.0), "one picture covers no time");
    }

    #[test]
    fn a_clock_that_steps_back_starts_a_new_window() {
        let lanes = [straight_lane("n/0", 100.0)];
        let map = LaneMap::new(&lanes);
        let mut counter = TrafficCounter::new(&seen_by_a_radar(&lanes), 60);
        drive(&mut counter, &map, 600, 700);
        counter.update(UtcMicros(6_000_000), &[], &["r".into()]);
        assert_eq!(counter.current()[0].from, UtcMicros(0));
        assert!(counter.current()[0].vehicles.is_empty());
    }
}
