//! Jams for SUMO to make: exits that are closed for a while, and exits where one may only crawl; and the list of what is to be
//! told of them.
//!
//! Other than [incidents](super::incidents) these are in the traffic itself: whoever wants to leave that way queues.

use std::fmt::Write;

use fastrand::Rng;
use perception::calibration::Lane;
use perception::events::EventKind;
use perception::priors::is_motor_vehicle;

use super::incidents::Incident;
use crate::route::Path;

/// An exit begins at most so far from the site's origin, where sensors see it, metres.
const NEAR_M: f64 = 40.0;
/// Where the front of the lorry stands that closes a lane, metres from the lane's beginning: three cars fill the rest.
const CLOSED_AT_M: f64 = 35.0;
/// As fast as one crawls, m/s.
const CRAWL_MPS: f64 = 0.7;
/// Of a lane in which one crawls, what sensors see, metres.
const SEEN_M: f64 = 100.0;
/// Before the first jam, and between two: the queue of the one before is gone, seconds.
const FIRST_S: f64 = 20.0;
const REST_S: f64 = 40.0;

/// What makes a jam.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    /// A lorry stands in each lane.
    Closed,
    /// A limit of half of walking pace: as if the road were blocked farther on.
    Crawl,
}

impl Cause {
    fn lasts_s(self) -> f64 {
        match self {
            Self::Closed => 160.0,
            Self::Crawl => 470.0,
        }
    }
}

/// One exit that is jammed for a while.
#[derive(Clone, Debug, PartialEq)]
pub struct Jam<'a> {
    cause: Cause,
    /// The lanes of the exit for motor vehicles.
    lanes: Vec<&'a Lane>,
    /// Seconds after the recording begins.
    from_s: f64,
    until_s: f64,
}

/// Which exits are jammed, and when, in a recording of so many seconds: two are closed one after the other, then one crawls, and so on.
/// A place without exits has no jams.
pub fn plan(lanes: &[Lane], lasts_s: f64, seed: u64) -> Vec<Jam<'_>> {
    let mut exits = exits(lanes);
    Rng::with_seed(seed).shuffle(&mut exits);
    let mut from_s = FIRST_S;
    let causes = [Cause::Closed, Cause::Closed, Cause::Crawl].into_iter().cycle();
    let jams = causes.zip(exits.into_iter().cycle()).map_while(|(cause, lanes)| {
        let jam = Jam { cause, lanes, from_s, until_s: from_s + cause.lasts_s() };
        from_s = jam.until_s + REST_S;
        (jam.until_s <= lasts_s).then_some(jam)
    });
    jams.collect()
}

/// The lanes of each link by which motor vehicles leave.
fn exits(lanes: &[Lane]) -> Vec<Vec<&Lane>> {
    let leaves = |lane: &&Lane| {
        let near = lane.centerline_enu_m.first().is_some_and(|[east, north]| east.hypot(*north) <= NEAR_M);
        near && lane.maneuvers.is_empty() && lane.allowed.iter().any(|class| is_motor_vehicle(*class))
    };
    let mut exits: Vec<Vec<&Lane>> = Vec::new();
    for lane in lanes.iter().filter(leaves) {
        match exits.iter_mut().find(|exit| link(exit[0]) == link(lane)) {
            Some(exit) => exit.push(lane),
            None => exits.push(vec![lane]),
        }
    }
    exits
}

fn link(lane: &Lane) -> &str {
    lane.id.rsplit_once('/').map_or(&lane.id, |(link, _)| link)
}

/// The jams as an additional file of SUMO, whose clock shows `first_s` when the recording begins, and which drops vehicles until
/// `scale` of them are left: but none of ours. Format: SUMO user documentation, "Definition of Vehicles, Vehicle Types, and Routes" and
/// "Variable Speed Signs".
pub fn additional(jams: &[Jam<'_>], first_s: f64, scale: f64) -> String {
    let mut text = format!(
        r#"<additional>
<vType id="closing_lorry" vClass="truck" length="8.2" width="2.45" height="3.3" scale="{:.6}"/>
"#,
        1.0 / scale
    );
    for (number, jam) in jams.iter().enumerate() {
        let [from_s, until_s] = [first_s + jam.from_s, first_s + jam.until_s];
        for lane in &jam.lanes {
            let (id, index) = (lane.id.replace('/', "_"), lane.id.rsplit('/').next().unwrap_or_default());
            // Writing to a string does not fail.
            let _ = match jam.cause {
                Cause::Closed => writeln!(
                    text,
                    r#"<vehicle id="jam-{number}-{id}" type="closing_lorry" depart="{from_s}" departLane="{index}" departPos="{CLOSED_AT_M}" departSpeed="0"><route edges="{}"/><stop lane="{id}" endPos="{CLOSED_AT_M}" until="{until_s}"/></vehicle>"#,
                    link(lane)
                ),
                Cause::Crawl => writeln!(
                    text,
                    r#"<variableSpeedSign id="jam-{number}-{id}" lanes="{id}"><step time="{from_s}" speed="{CRAWL_MPS}"/><step time="{until_s}" speed="-1"/></variableSpeedSign>"#
                ),
            };
        }
    }
    text + "</additional>\n"
}

/// What is to be told: that the queue of a closed exit reaches back to the junction, and of what stands in each lane; that an
/// exit where one crawls is congested. An exit counts once, however many lanes it has.
pub fn incidents(jams: &[Jam<'_>]) -> Vec<Incident> {
    let of = |jam: &Jam<'_>| {
        let along = |lane: &Lane, [from_m, until_m]: [f64; 2], kind| {
            let way = Path::new(lane.centerline_enu_m.iter().copied());
            let [from_enu_m, until_enu_m] = [from_m, until_m].map(|offset_m| way.at(offset_m).0);
            // What is congested is told by the lane, as long as that is.
            let lanes: Vec<_> =
                jam.lanes.iter().filter(|_| kind == EventKind::Congestion).map(|lane| lane.id.clone()).collect();
            Incident { kind, from_s: jam.from_s, until_s: jam.until_s, from_enu_m, until_enu_m, lanes }
        };
        let middle = jam.lanes[jam.lanes.len() / 2];
        match jam.cause {
            Cause::Closed => {
                let stands = |lane: &&Lane| along(lane, [CLOSED_AT_M; 2], EventKind::StoppedVehicle);
                let spills = along(middle, [0.0, CLOSED_AT_M], EventKind::QueueSpillback);
                std::iter::once(spills).chain(jam.lanes.iter().map(stands)).collect()
            }
            Cause::Crawl => vec![along(middle, [0.0, SEEN_M], EventKind::Congestion)],
        }
    };
    jams.iter().flat_map(of).collect::<Vec<_>>()
}

#[cfg(test)]
mod tests {
    use perception::detection::Class;

    use super::*;

    fn lane(id: &str, points: [[f64; 2]; 2], maneuver: Option<&str>, class: Class) -> Lane {
        Lane {
            id: id.into(),
            width_m: 3.3,
            centerline_enu_m: points.to_vec(),
            maneuvers: maneuver.into_iter().map(str::to_owned).collect(),
            signal_group: None,
            allowed: vec![class],
            speed_limit_mps: None,
        }
    }

    #[test]
    fn exits_are_closed_one_after_the_other_and_then_one_crawls() {
        let lanes = [
            lane("e_out/0", [[15.0, -6.0], [200.0, -6.0]], None, Class::Pedestrian),
            lane("e_out/1", [[15.0, -3.0], [200.0, -3.0]], None, Class::Car),
            lane("e_out/2", [[15.0, 0.0], [200.0, 0.0]], None, Class::Car),
            lane("e_in/1", [[15.0, 3.0], [200.0, 3.0]], Some("left"), Class::Car),
            lane("far_out/1", [[90.0, 3.0], [200.0, 3.0]], None, Class::Car),
            lane("w_out/1", [[-15.0, 0.0], [-200.0, 0.0]], None, Class::Car),
        ];
        let jams = plan(&lanes, 900.0, 1);
        let times: Vec<_> = jams.iter().map(|jam| (jam.cause, jam.from_s, jam.until_s)).collect();
        assert_eq!(times, [(Cause::Closed, 20.0, 180.0), (Cause::Closed, 220.0, 380.0), (Cause::Crawl, 420.0, 890.0)]);
        assert_eq!(jams[0].lanes, jams[2].lanes, "there are two exits");
        let to_east = usize::from(link(jams[0].lanes[0]) != "e_out");
        assert_eq!([jams[to_east].lanes.len(), jams[1 - to_east].lanes.len()], [2, 1]);
        let told = incidents(&jams);
        let count = |kind| told.iter().filter(|incident| incident.kind == kind).count();
        let kinds = [EventKind::QueueSpillback, EventKind::StoppedVehicle, EventKind::Congestion];
        assert_eq!(kinds.map(count), [2, 3, 1]);
        let text = additional(&jams, 300.0, 0.6);
        let stops =
            r#"departLane="1" departPos="35" departSpeed="0"><route edges="w_out"/><stop lane="w_out_1" endPos="35""#;
        assert!(
            text.contains(stops)
                && text.contains(r#"<step time="720" speed="0.7"/>"#)
                && text.contains(r#"scale="1.666667""#),
            "{text}"
        );
        assert_eq!(plan(&lanes[3..5], 900.0, 1), [], "no exit");
    }
}
