//! What may not be in a message that decoded well.

use std::collections::BTreeSet;

use perception::time::UtcMicros;
use serde::Serialize;

use super::geometry::Plane;
use super::heard::{CarPark, Guide, Lanes, Lights, Picture, Slot};

/// Older than this on arrival, a light or a road user is somewhere else, seconds.
const MAX_AGE_S: f64 = 0.5;
/// How far ahead another's clock may be, seconds: a share of the 150 ms that positions may be off.
const MAX_AHEAD_S: f64 = 0.15;
/// A roadside unit does not see farther, metres.
const MAX_REACH_M: f64 = 2_000.0;
/// Two countdowns of one light agree to their resolution, a tenth of a second each, and the same again, seconds.
const COUNTDOWN_TOLERANCE_S: f64 = 0.25;
/// Two messages farther apart may have a whole phase between them, seconds.
const MAX_COUNTDOWN_GAP_S: f64 = 2.0;

/// A kind of mistake in what was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Too old on arrival, or the clocks disagree.
    Stale,
    /// Made later than it arrived: the clocks disagree.
    FromTheFuture,
    /// Lights of a junction that the MAP does not have.
    UnknownJunction,
    /// A lane's signal group has no light in the SPAT.
    LaneWithoutLight,
    /// A countdown went up while its light stayed the same, under a fixed plan.
    CountdownBackwards,
    /// One number for two road users of one message.
    DuplicateObject,
    /// A road user farther away than anyone sees.
    FarObject,
    /// A way through a parking lot where no drive leads.
    WayWithoutDrive,
    /// A slot that is not there, not at the end of the way to it, or of two vehicles.
    WrongSlot,
    /// A slot that is not said to be available.
    SlotNotFree,
}

impl Fault {
    /// The name in JSON and text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stale => "stale",
            Self::FromTheFuture => "from_the_future",
            Self::UnknownJunction => "unknown_junction",
            Self::LaneWithoutLight => "lane_without_light",
            Self::CountdownBackwards => "countdown_backwards",
            Self::DuplicateObject => "duplicate_object",
            Self::FarObject => "far_object",
            Self::WayWithoutDrive => "way_without_drive",
            Self::WrongSlot => "wrong_slot",
            Self::SlotNotFree => "slot_not_free",
        }
    }
}

/// Faults with what a person needs to find them.
pub type Found = Vec<(Fault, String)>;

/// The age of what is said.
pub fn age(said_at: UtcMicros, now: UtcMicros) -> Option<(Fault, String)> {
    let age_s = now.seconds_since(said_at);
    if age_s > MAX_AGE_S {
        return Some((Fault::Stale, format!("{age_s:.3} s old")));
    }
    (age_s < -MAX_AHEAD_S).then(|| (Fault::FromTheFuture, format!("{:.3} s ahead", -age_s)))
}

/// A picture on its own.
pub fn picture(picture: &Picture) -> Found {
    let mut found = Found::new();
    let mut seen = BTreeSet::new();
    let plane = picture.reference.as_ref().map(Plane::at);
    for object in &picture.objects {
        if !seen.insert(object.id) {
            found.push((Fault::DuplicateObject, format!("number {} twice", object.id)));
        }
        let distance_m = plane.as_ref().map(|plane| plane.distance_and_bearing(&object.place).0);
        if let Some(distance_m) = distance_m.filter(|distance_m| *distance_m > MAX_REACH_M) {
            found.push((Fault::FarObject, format!("number {} is {distance_m:.0} m away", object.id)));
        }
    }
    found
}

/// The ways through a parking lot against its drives and slots.
pub fn guides(park: &CarPark) -> Found {
    let mut found = Found::new();
    let mut led_to = BTreeSet::new();
    for Guide { vehicle, way, slot } in &park.guides {
        let steps: Vec<(u16, u16)> = way.windows(2).filter_map(|pair| Some((*pair.first()?, *pair.last()?))).collect();
        if let Some((from, to)) = steps.iter().find(|step| !park.drives.contains(step)) {
            found.push((Fault::WayWithoutDrive, format!("vehicle {vehicle}: from node {from} to {to}")));
        }
        let Some(id) = slot else { continue };
        // It is told at one direction of its drive, and reached by either.
        let is_at_end = |slot: &&Slot| {
            let (from, to) = slot.drive;
            slot.id == *id && steps.last().is_some_and(|last| *last == (from, to) || *last == (to, from))
        };
        match park.slots.iter().find(is_at_end) {
            Some(slot) if led_to.insert(slot.id) => {
                found.extend((!slot.is_free).then(|| (Fault::SlotNotFree, format!("vehicle {vehicle}: slot {id}"))));
            }
            _ => found.push((Fault::WrongSlot, format!("vehicle {vehicle}: slot {id}"))),
        }
    }
    found
}

/// Lights against the lanes of their junction, once any MAP is known.
pub fn lights_and_lanes(lights: &Lights, lanes: Option<&Lanes>) -> Found {
    let node = format!("node {} of region {}", lights.node.id, lights.node.region);
    let Some(lanes) = lanes else { return vec![(Fault::UnknownJunction, node)] };
    let groups: BTreeSet<u8> = lanes.lanes.iter().flat_map(|lane| &lane.ways).filter_map(|(_, group)| *group).collect();
    let dark = groups.into_iter().filter(|id| !lights.groups.iter().any(|group| group.id == *id));
    dark.map(|id| (Fault::LaneWithoutLight, format!("{node}: group {id}"))).collect()
}

/// Lights against what the same junction said before.
pub fn countdowns(before: &(UtcMicros, Lights), now: &(UtcMicros, Lights)) -> Found {
    let elapsed_s = now.0.seconds_since(before.0);
    if !(elapsed_s > 0.0 && elapsed_s < MAX_COUNTDOWN_GAP_S && before.1.fixed_time && now.1.fixed_time) {
        return Found::new();
    }
    let mut found = Found::new();
    for group in &now.1.groups {
        let earlier = before.1.groups.iter().find(|earlier| earlier.id == group.id && earlier.light == group.light);
        let ends = earlier.and_then(|earlier| Some((earlier.ends_at?, group.ends_at?)));
        if let Some((was, is)) = ends.filter(|(was, is)| is.seconds_since(*was) > COUNTDOWN_TOLERANCE_S) {
            found
                .push((Fault::CountdownBackwards, format!("group {}: up by {:.2} s", group.id, is.seconds_since(was))));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use perception::frames::Wgs84;

    use super::*;
    use crate::map::NodeId;
    use crate::signals::Light;
    use crate::vehicle::heard::{Group, Lane, Object};

    fn at(s: f64) -> UtcMicros {
        UtcMicros(0).plus_seconds(s)
    }

    fn lights(light: Light, ends_s: f64) -> Lights {
        let group = Group { id: 2, light, ends_at: Some(at(ends_s)), next: None };
        Lights { node: NodeId { region: 0, id: 1 }, fixed_time: true, groups: vec![group] }
    }

    fn kinds(found: Found) -> Vec<Fault> {
        found.into_iter().map(|(fault, _)| fault).collect()
    }

    #[test]
    fn ages() {
        assert_eq!(age(at(10.0), at(10.02)), None);
        assert_eq!(age(at(10.1), at(10.0)), None);
        assert_eq!(age(at(10.0), at(10.6)).map(|(fault, _)| fault), Some(Fault::Stale));
        assert_eq!(age(at(10.2), at(10.0)).map(|(fault, _)| fault), Some(Fault::FromTheFuture));
    }

    #[test]
    fn a_countdown_may_stand_for_a_tick_but_not_go_up() {
        let before = (at(10.0), lights(Light::Green, 15.0));
        let later = |light, ends_s| (at(10.1), lights(light, ends_s));
        assert!(countdowns(&before, &later(Light::Green, 15.1)).is_empty());
        assert_eq!(kinds(countdowns(&before, &later(Light::Green, 16.0))), [Fault::CountdownBackwards]);
        assert!(countdowns(&before, &later(Light::Yellow, 18.0)).is_empty(), "another light, another countdown");
        assert!(countdowns(&later(Light::Green, 16.0), &before).is_empty(), "it arrived late, it is not news");
    }

    #[test]
    fn lights_belong_to_lanes() {
        let lane = Lane { name: "a/1".into(), points: vec![], ways: vec![("straight", Some(2)), ("left", Some(3))] };
        let lanes = Lanes { node: NodeId { region: 0, id: 1 }, lanes: vec![lane] };
        let found = lights_and_lanes(&lights(Light::Red, 1.0), Some(&lanes));
        assert_eq!(found, [(Fault::LaneWithoutLight, "node 1 of region 0: group 3".to_owned())]);
        assert_eq!(kinds(lights_and_lanes(&lights(Light::Red, 1.0), None)), [Fault::UnknownJunction]);
    }

    #[test]
    fn one_number_one_road_user_nearby() {
        let place = |lat_deg| Wgs84 { lat_deg, lon_deg: 121.0, ellipsoidal_height_m: 0.0 };
        let object = |id, lat_deg| Object {
            id,
            class: "car",
            place: place(lat_deg),
            speed_mps: None,
            heading_cw_north_deg: None,
            at: None,
        };
        let objects = vec![object(1, 31.001), object(2, 31.017), object(1, 31.002), object(3, 31.02)];
        let found = picture(&Picture { reference: Some(place(31.0)), objects });
        assert_eq!(kinds(found), [Fault::DuplicateObject, Fault::FarObject], "1890 m is near, 2220 m is not");
    }

    #[test]
    fn a_way_follows_drives_to_a_free_slot_of_its_own() {
        let slot = |id, drive, is_free| Slot { id, drive, is_free };
        let slots = vec![slot(1, (1, 2), true), slot(2, (1, 2), false), slot(3, (2, 3), true)];
        let drives = vec![(1, 2), (2, 1), (2, 3)];
        let of = |guides: &[(&[u16], Option<u16>)]| {
            let guide =
                |(way, slot): &(&[u16], Option<u16>)| Guide { vehicle: "a".into(), way: way.to_vec(), slot: *slot };
            let guides = guides.iter().map(guide).collect();
            kinds(self::guides(&CarPark { id: None, drives: drives.clone(), slots: slots.clone(), guides }))
        };
        assert_eq!(of(&[(&[1, 2], Some(1)), (&[1, 2, 3], Some(3)), (&[2, 1], None)]), []);
        assert_eq!(of(&[(&[2, 1], Some(1))]), [], "by the other direction");
        assert_eq!(of(&[(&[1, 3], None)]), [Fault::WayWithoutDrive]);
        assert_eq!(of(&[(&[1, 2], Some(2))]), [Fault::SlotNotFree]);
        assert_eq!(of(&[(&[1, 2], Some(3))]), [Fault::WrongSlot], "at another drive");
        assert_eq!(of(&[(&[1, 2], Some(9))]), [Fault::WrongSlot]);
        assert_eq!(of(&[(&[1, 2], Some(1)), (&[1, 2], Some(1))]), [Fault::WrongSlot], "of two vehicles");
    }
}
