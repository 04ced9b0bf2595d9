//! When something is an event: the limits, their defaults, and where those come from.

use serde::Deserialize;

use super::EventKind;
use crate::detection::SensorId;

/// A place where nobody may stand for long.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NoStopping {
    /// Its outline, site ENU, metres; empty: the lanes alone.
    pub polygon_enu_m: Vec<[f64; 2]>,
    /// Lanes, `<link>/<lane>`.
    pub lanes: Vec<SensorId>,
    /// How long one may stand, seconds; 0: as [`EventSettings::parked_after_s`] says.
    pub after_s: f64,
}

/// A gauge that measures water on the road.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaterGauge {
    /// Its id, as its words carry it.
    pub id: SensorId,
    /// Where it measures, site ENU, metres.
    pub place_enu_m: [f64; 2],
    /// The lane there.
    pub lane: Option<SensorId>,
}

/// What is out of its range.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{key} is {value}; {least} to {most}")]
pub struct SettingsError {
    /// Its key; of one of several places, with its number from 1.
    pub key: String,
    /// What it says.
    pub value: f64,
    /// The least that it may be.
    pub least: f64,
    /// The most.
    pub most: f64,
}

/// The limits. Where none is named, the source of a default is this project's own measurement (`docs/ref/events.md`).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EventSettings {
    /// Kinds that are not looked for.
    pub off: Vec<EventKind>,
    /// Below this one stands, m/s.
    pub standing_mps: f64,
    /// How long and how far one drives against the lane, seconds and metres.
    pub wrong_way_after_s: f64,
    /// See above.
    pub wrong_way_travel_m: f64,
    /// How long one stands in a lane with nothing to wait for, seconds.
    pub stopped_after_s: f64,
    /// The same within [`Self::stop_zone_m`] of the end of a lane, where one may have to give way; of green, if there is a signal.
    pub stopped_at_line_after_s: f64,
    /// How near to the end of its lane one may be about to give way, metres.
    pub stop_zone_m: f64,
    /// Below this share of the limit one is slow.
    pub slow_ratio: f64,
    /// For this long, seconds.
    pub slow_after_s: f64,
    /// Above this share of the limit one speeds: at 1.2 the penalties of China's and most other countries' rules begin to grow.
    pub speeding_ratio: f64,
    /// For this long, seconds.
    pub speeding_after_s: f64,
    /// How long somebody walks in a lane, seconds.
    pub pedestrian_after_s: f64,
    /// How long an animal goes or stands in a lane, seconds.
    pub animal_after_s: f64,
    /// How long a thing lies in a lane, seconds.
    pub debris_after_s: f64,
    /// How near to the beginning of its lane the rear of a queue is, metres.
    pub spillback_m: f64,
    /// For this long, seconds.
    pub spillback_after_s: f64,
    /// Mean speed of the vehicles of a lane's section below which it is congested, m/s: at 1, who comes needs 100 s for 100 m, and is not over
    /// with the next green.
    pub congestion_mps: f64,
    /// Over this time, seconds: longer than a signal's cycle.
    pub congestion_window_s: f64,
    /// With at least this many vehicles in it on average.
    pub congestion_vehicles: f64,
    /// How long a light must have been red when its stop line is crossed, seconds.
    pub red_after_s: f64,
    /// How fast one crosses it, m/s.
    pub red_speed_mps: f64,
    /// How far one goes on within four seconds, metres: who stops beyond the line does not run.
    pub red_travel_m: f64,
    /// Whether right turns are free at red (so in China, if no arrow says otherwise, and in most of the US).
    pub right_turn_on_red: bool,
    /// Time to collision, seconds. SSAM (FHWA-HRT-08-051) calls 1.5 s a conflict; an event is closer.
    pub near_miss_ttc_s: f64,
    /// How fast they approach each other, m/s.
    pub near_miss_closing_mps: f64,
    /// What one must lose within a second to have stopped abruptly, m/s: full braking.
    pub abrupt_mps: f64,
    /// How long two stand against each other, seconds.
    pub accident_after_s: f64,
    /// How long one may stand in a place of [`Self::no_stopping`], seconds.
    pub parked_after_s: f64,
    /// Where nobody may stand.
    pub no_stopping: Vec<NoStopping>,
    /// Depth at which water is told of, metres, and below which no more.
    pub flooding_depth_m: f64,
    /// See above.
    pub flooding_over_depth_m: f64,
    /// A gauge that was silent for so long says nothing, seconds.
    pub gauge_silent_s: f64,
    /// Gauges.
    pub gauges: Vec<WaterGauge>,
}

impl Default for EventSettings {
    fn default() -> Self {
        Self {
            off: Vec::new(),
            standing_mps: 0.5,
            wrong_way_after_s: 1.5,
            wrong_way_travel_m: 8.0,
            stopped_after_s: 20.0,
            stopped_at_line_after_s: 90.0,
            stop_zone_m: 30.0,
            slow_ratio: 0.33,
            slow_after_s: 8.0,
            speeding_ratio: 1.2,
            speeding_after_s: 1.5,
            pedestrian_after_s: 2.5,
            animal_after_s: 2.0,
            debris_after_s: 8.0,
            spillback_m: 8.0,
            spillback_after_s: 5.0,
            congestion_mps: 1.0,
            congestion_window_s: 300.0,
            congestion_vehicles: 4.0,
            red_after_s: 1.0,
            red_speed_mps: 3.0,
            red_travel_m: 12.0,
            right_turn_on_red: true,
            near_miss_ttc_s: 1.0,
            near_miss_closing_mps: 4.0,
            abrupt_mps: 5.0,
            accident_after_s: 3.0,
            parked_after_s: 180.0,
            no_stopping: Vec::new(),
            flooding_depth_m: 0.15,
            flooding_over_depth_m: 0.10,
            gauge_silent_s: 600.0,
            gauges: Vec::new(),
        }
    }
}

impl EventSettings {
    /// Everything that is out of its range.
    pub fn problems(&self) -> Vec<SettingsError> {
        let mut found = Vec::new();
        let mut check = |key: &str, value: f64, least: f64, most: f64| {
            if !(least..=most).contains(&value) {
                found.push(SettingsError { key: key.to_owned(), value, least, most });
            }
        };
        check("standing_mps", self.standing_mps, 0.1, 3.0);
        check("wrong_way_after_s", self.wrong_way_after_s, 0.5, 60.0);
        check("wrong_way_travel_m", self.wrong_way_travel_m, 2.0, 200.0);
        check("stopped_after_s", self.stopped_after_s, 1.0, 3600.0);
        check("stopped_at_line_after_s", self.stopped_at_line_after_s, 1.0, 3600.0);
        check("stop_zone_m", self.stop_zone_m, 0.0, 200.0);
        check("slow_ratio", self.slow_ratio, 0.05, 0.9);
        check("slow_after_s", self.slow_after_s, 1.0, 600.0);
        check("speeding_ratio", self.speeding_ratio, 1.0, 3.0);
        check("speeding_after_s", self.speeding_after_s, 0.3, 60.0);
        check("pedestrian_after_s", self.pedestrian_after_s, 0.3, 60.0);
        check("animal_after_s", self.animal_after_s, 0.3, 60.0);
        check("debris_after_s", self.debris_after_s, 1.0, 600.0);
        check("spillback_m", self.spillback_m, 1.0, 100.0);
        check("spillback_after_s", self.spillback_after_s, 1.0, 600.0);
        check("congestion_mps", self.congestion_mps, 0.5, 20.0);
        check("congestion_window_s", self.congestion_window_s, 10.0, 3600.0);
        check("congestion_vehicles", self.congestion_vehicles, 1.0, 100.0);
        check("red_after_s", self.red_after_s, 0.0, 10.0);
        check("red_speed_mps", self.red_speed_mps, 0.5, 20.0);
        check("red_travel_m", self.red_travel_m, 2.0, 50.0);
        check("near_miss_ttc_s", self.near_miss_ttc_s, 0.2, 3.0);
        check("near_miss_closing_mps", self.near_miss_closing_mps, 1.0, 30.0);
        check("abrupt_mps", self.abrupt_mps, 2.0, 20.0);
        check("accident_after_s", self.accident_after_s, 1.0, 600.0);
        check("parked_after_s", self.parked_after_s, 5.0, 86_400.0);
        check("flooding_depth_m", self.flooding_depth_m, 0.01, 5.0);
        check("flooding_over_depth_m", self.flooding_over_depth_m, 0.0, self.flooding_depth_m);
        check("gauge_silent_s", self.gauge_silent_s, 1.0, 86_400.0);
        for (place, number) in self.no_stopping.iter().zip(1..) {
            check(&format!("no_stopping {number} after_s"), place.after_s, 0.0, 86_400.0);
        }
        found
    }
}
