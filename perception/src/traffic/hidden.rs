//! Who still stands in a queue though no sensor sees them: behind a lorry, say.

use crate::time::UtcMicros;

use super::journey::{Journey, STANDING_MPS};
use super::lane::QUEUE_GAP_M;
use super::likeness::SAME;
use super::road::Road;

/// Nobody is believed to stand unseen for longer, seconds.
const HIDDEN_MOST_S: f64 = 120.0;

/// Who was lost while it stood in a queue stands there as long as the next one before it does, and is forgotten when somebody
/// else is seen in its place.
pub(super) fn hold(at: UtcMicros, live: &mut [Journey], lost: &mut Vec<Journey>, road: &Road) {
    let seen = |journey: &Journey| journey.shadow_of.is_none() && journey.in_lane;
    let mut standing: Vec<Stand> = live.iter().filter(|journey| seen(journey)).filter_map(Stand::of).collect();
    // From the front of each queue on, so that those who are believed to stand hold the next.
    let offset_m = |journey: &Journey| journey.place.map_or(0.0, |place| place.offset_m);
    lost.sort_by(|a, b| offset_m(b).total_cmp(&offset_m(a)));
    lost.retain_mut(|journey| {
        let Some(mine) = Stand::of(journey).filter(|mine| road.lanes[mine.lane].queues()) else { return true };
        if let Some(other) = live.iter_mut().find(|other| seen(other) && takes_place(other, journey)) {
            other.stand_in_for(journey);
            return false;
        }
        let before = standing.iter().filter(|other| other.lane == mine.lane && other.offset_m > mine.offset_m);
        let gap_m = before.map(|other| other.offset_m - other.half_m - mine.offset_m - mine.half_m).reduce(f64::min);
        let held = gap_m.is_some_and(|gap_m| gap_m < QUEUE_GAP_M);
        if held && at.seconds_since(journey.seen_at) < HIDDEN_MOST_S {
            journey.stands_hidden_at = Some(at);
            standing.push(mine);
        }
        true
    });
}

/// Somebody who stands in a lane.
struct Stand {
    lane: usize,
    offset_m: f64,
    half_m: f64,
}

impl Stand {
    fn of(journey: &Journey) -> Option<Self> {
        let place = journey.place.filter(|_| journey.in_lane && journey.speed_mps < STANDING_MPS)?;
        Some(Self { lane: place.lane, offset_m: place.offset_m, half_m: journey.half_m[0] })
    }
}

/// Whether both can't be in a lane at once: they overlap along it and across.
fn takes_place(other: &Journey, lost: &Journey) -> bool {
    let (Some(theirs), Some(mine)) = (other.place, lost.place) else { return false };
    let along_m = (theirs.offset_m - mine.offset_m).abs();
    let [east_m, north_m] = [0, 1].map(|i| other.position_enu_m[i] - lost.position_enu_m[i]);
    let across_m = (east_m.hypot(north_m).powi(2) - along_m.powi(2)).max(0.0).sqrt();
    theirs.lane == mine.lane
        && along_m < SAME * (other.half_m[0] + lost.half_m[0])
        && across_m < SAME * (other.half_m[1] + lost.half_m[1])
}
