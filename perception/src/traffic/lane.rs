//! What stands and moves in one lane at one time.

use crate::detection::SensorId;
use crate::time::UtcMicros;

use super::journey::{Journey, STANDING_MPS};
use super::road::RoadLane;
use super::signal::STOP_BAR_M;
use super::tally::LaneTally;

/// A queue ends where the next standing road user is farther away than this, metres.
pub(super) const QUEUE_GAP_M: f64 = 20.0;
/// Room that a car takes in a queue, and how much of it is free, metres. A gap in which there is room for one holds one that no sensor
/// sees.
const ROOM_M: f64 = 7.0;
const SPACING_M: f64 = 2.2;

/// Somebody in the lane.
#[derive(Clone, Copy, Debug)]
struct Held {
    offset_m: f64,
    half_m: f64,
    speed_mps: f64,
    /// How far it came since the picture before, where that is known: a tracker's speed lags behind who speeds up.
    advanced_m: Option<f64>,
}

/// One lane's memory from picture to picture.
#[derive(Clone, Debug, Default)]
pub(super) struct LaneCount {
    held: Vec<Held>,
    /// Somebody is at the stop line.
    pub stop_bar_taken: bool,
    /// Somebody's middle has left the lane by its end, and the rear has not.
    leaving: bool,
    counted_at: Option<UtcMicros>,
}

impl LaneCount {
    pub fn clear(&mut self) {
        self.held.clear();
        self.leaving = false;
    }

    pub fn forget(&mut self) {
        *self = Self::default();
    }

    pub fn hold(&mut self, offset_m: f64, journey: &Journey) {
        let Journey { half_m: [half_m, _], speed_mps, advanced_m, .. } = *journey;
        self.held.push(Held { offset_m, half_m, speed_mps, advanced_m });
    }

    /// Somebody was in the lane and is in none now.
    pub fn leave(&mut self, journey: &Journey, road: &RoadLane) {
        let [half_m, _] = journey.half_m;
        self.leaving |= (-half_m..half_m).contains(&road.beyond_m(journey.position_enu_m));
    }

    /// Somebody was counted: how long after the one before.
    pub fn headway_s(&mut self, at: UtcMicros) -> Option<f64> {
        self.counted_at.replace(at).map(|before| at.seconds_since(before)).filter(|headway_s| *headway_s >= 0.0)
    }

    /// Adds what is in the lane now, for `dt_s`.
    pub fn note(&mut self, dt_s: f64, live: &[SensorId], road: &RoadLane, tally: &mut LaneTally) {
        let mut covered = false;
        for sensor in road.in_view_of.iter().filter(|sensor| live.contains(sensor)) {
            covered = true;
            if !tally.sensors.contains(sensor) {
                tally.sensors.insert(sensor.clone());
            }
        }
        if road.queues() {
            self.presume();
        }
        let at_bar = |held: &Held| held.offset_m + held.half_m > road.length_m - STOP_BAR_M;
        self.stop_bar_taken = self.leaving || self.held.iter().any(at_bar);
        let [from_m, to_m] = road.section_m;
        if covered {
            tally.covered_s += dt_s;
            let over_line = |held: &Held| (held.offset_m - road.line_m).abs() <= held.half_m;
            tally.occupied_s += if self.held.iter().any(over_line) { dt_s } else { 0.0 };
        }
        for held in &self.held {
            tally.presence_s += dt_s;
            // Across a gap in the pictures neither way nor time counts.
            let way_m = held.advanced_m.filter(|_| dt_s > 0.0).unwrap_or(dt_s * held.speed_mps);
            tally.way_m += way_m;
            if covered && (from_m..=to_m).contains(&held.offset_m) {
                tally.section_s += dt_s;
                tally.section_way_m += way_m;
                tally.delay_s += dt_s * (1.0 - held.speed_mps / road.free_mps).max(0.0);
            }
        }
        self.note_queue(dt_s, road, tally);
    }

    /// Nobody leaves a vehicle's length between itself and the next in a queue: there stands one that no sensor sees.
    fn presume(&mut self) {
        self.held.sort_unstable_by(|a, b| b.offset_m.total_cmp(&a.offset_m));
        let mut presumed = Vec::new();
        let mut rear_m: Option<f64> = None;
        for held in self.held.iter().filter(|held| held.speed_mps < STANDING_MPS) {
            let gap_m = rear_m.map_or(0.0, |rear_m| rear_m - held.offset_m - held.half_m);
            if (ROOM_M..QUEUE_GAP_M).contains(&gap_m)
                && let Some(rear_m) = rear_m
            {
                let many = ((gap_m - SPACING_M) / ROOM_M).round().max(1.0);
                let room_m = (gap_m - SPACING_M) / many;
                for nth in 0..many as u32 {
                    let offset_m = rear_m - SPACING_M / 2.0 - (f64::from(nth) + 0.5) * room_m;
                    presumed.push(Held {
                        offset_m,
                        half_m: (room_m - SPACING_M) / 2.0,
                        speed_mps: 0.0,
                        advanced_m: None,
                    });
                }
            }
            let rear_now_m = held.offset_m - held.half_m;
            rear_m = Some(rear_m.map_or(rear_now_m, |rear_m| rear_m.min(rear_now_m)));
        }
        self.held.append(&mut presumed);
    }

    fn note_queue(&mut self, dt_s: f64, road: &RoadLane, tally: &mut LaneTally) {
        self.held.retain(|held| held.speed_mps < STANDING_MPS);
        self.held.sort_unstable_by(|a, b| b.offset_m.total_cmp(&a.offset_m));
        let standing = u32::try_from(self.held.len()).unwrap_or(u32::MAX);
        tally.stopped_max = tally.stopped_max.max(standing);
        let (mut rear_m, mut queued) = (0.0_f64, 0_u32);
        for held in &self.held {
            let to_end_m = road.length_m - held.offset_m;
            if to_end_m - held.half_m - rear_m > QUEUE_GAP_M {
                break;
            }
            rear_m = rear_m.max(to_end_m + held.half_m);
            queued += 1;
        }
        tally.queue_max_m = tally.queue_max_m.max(rear_m);
        tally.queue_max = tally.queue_max.max(queued);
        tally.queue_seconds += dt_s * f64::from(queued);
    }
}
