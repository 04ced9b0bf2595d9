//! Who crosses a stop line at red and goes on.

use super::ledger::Sign;
use super::memory::Memories;
use super::places::half_length_m;
use super::{EventKind, EventSettings, Scene};
use crate::detection::SensorId;
use crate::frames::wrap_pi;
use crate::priors::is_motor_vehicle;
use crate::time::UtcMicros;

/// Whoever has not gone on within this has stopped beyond the line, seconds.
const GOES_ON_S: f64 = 4.0;
/// Who left the lane in sight of the line this near to it crossed it, metres.
const LAST_SEEN_M: f64 = 6.0;
/// Turned by so much to the right, one turns right, radians.
const RIGHT_RAD: f64 = 0.5;

/// What is remembered of a track at a stop line.
#[derive(Clone, Debug, Default)]
pub(super) struct Crossing {
    /// The lane in which it came, how far its front was from the line, and when.
    approach: Option<Approach>,
    /// It crossed at red, and may go on.
    crossed: Option<Crossed>,
}

#[derive(Clone, Debug)]
struct Approach {
    lane: SensorId,
    heading_cw_north_rad: f64,
    front_to_line_m: f64,
    seen_at: UtcMicros,
    came_from_before: bool,
}

#[derive(Clone, Debug)]
struct Crossed {
    lane: SensorId,
    heading_cw_north_rad: f64,
    at: [f64; 2],
    when: UtcMicros,
    speed_mps: f64,
}

pub(super) fn look(
    now: UtcMicros,
    scene: &Scene<'_>,
    memories: &mut Memories,
    settings: &EventSettings,
    signs: &mut Vec<Sign>,
) {
    for located in scene.tracks.iter().filter(|located| is_motor_vehicle(located.track.class)) {
        let track = &located.track;
        let Some(memory) = memories.get_mut(track.id) else { continue };
        let crossing = &mut memory.crossing;
        let here = located.lane.as_ref().filter(|place| scene.lights.contains_key(&place.lane));
        let half_m = half_length_m(located);
        let before = crossing.approach.take();
        let mut crosses = None;
        if let Some(place) = here {
            let front_to_line_m = place.to_stop_line_m - half_m;
            let same = before.as_ref().filter(|before| before.lane == place.lane);
            let approach = Approach {
                lane: place.lane.clone(),
                heading_cw_north_rad: place.heading_cw_north_rad,
                front_to_line_m,
                seen_at: now,
                came_from_before: same.map_or(front_to_line_m > 1.0, |before| before.came_from_before),
            };
            if same.is_some_and(|before| before.front_to_line_m > 0.0) && front_to_line_m <= 0.0 {
                crosses = Some(approach.clone());
            }
            crossing.approach = Some(approach);
        } else if let Some(before) = before {
            let soon = now.seconds_since(before.seen_at) <= 1.0;
            if located.lane.is_none() && (0.0..LAST_SEEN_M).contains(&before.front_to_line_m) && soon {
                crosses = Some(before);
            }
        }
        if let Some(approach) = crosses.filter(|approach| approach.came_from_before) {
            let red = scene.lights.get(&approach.lane).filter(|light| light.stop);
            let ran = red.is_some_and(|red| now.seconds_since(red.since) >= settings.red_after_s);
            if ran && track.speed_mps() >= settings.red_speed_mps {
                crossing.crossed = Some(Crossed {
                    lane: approach.lane,
                    heading_cw_north_rad: approach.heading_cw_north_rad,
                    at: track.position_enu_m,
                    when: now,
                    speed_mps: track.speed_mps(),
                });
            }
        }
        let Some(crossed) = &crossing.crossed else { continue };
        if now.seconds_since(crossed.when) > GOES_ON_S {
            crossing.crossed = None;
            continue;
        }
        let [east_m, north_m] = [0, 1].map(|axis: usize| track.position_enu_m[axis] - crossed.at[axis]);
        if east_m.hypot(north_m) < settings.red_travel_m {
            continue;
        }
        let turned_rad =
            track.course_rad(1.0).map_or(0.0, |course_rad| wrap_pi(course_rad - crossed.heading_cw_north_rad));
        if !settings.right_turn_on_red || turned_rad < RIGHT_RAD {
            signs.push(Sign {
                lane: Some(crossed.lane.clone()),
                tracks: vec![track.id],
                measure: Some(crossed.speed_mps),
                confidence: track.existence,
                ..Sign::new(EventKind::RedLightRunning, crossed.at, crossed.when)
            });
        }
        crossing.crossed = None;
    }
}
