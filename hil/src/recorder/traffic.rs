//! Traffic as SUMO computed it: its floating car data (`--fcd-output`), with the sizes of its vehicle types.
//!
//! Formats: SUMO user documentation, "FCDOutput" and "Definition of Vehicles, Vehicle Types, and Routes". SUMO's position
//! of a vehicle is the middle of its front bumper, its angle is in degrees clockwise from north.

use std::collections::{BTreeMap, HashMap};
use std::io::BufRead;

use anyhow::{Context, bail};
use perception::detection::Class;
use perception::frames::{heading_of, wrap_pi};

use super::xml::{Attributes, elements};
use crate::cuboid::Cuboid;

/// What a vehicle type is like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VehicleType {
    /// What it is.
    pub class: Class,
    /// Length, width, height, metres.
    pub size_m: [f64; 3],
}

/// Vehicle types by their ids.
pub type VehicleTypes = HashMap<String, VehicleType>;

/// Reads the `vType` elements of a SUMO file; each must state its size.
///
/// # Errors
/// Not well-formed, or a type without class or size.
pub fn read_types(input: impl BufRead) -> anyhow::Result<VehicleTypes> {
    let mut types = VehicleTypes::new();
    elements(input, |name, attributes| {
        if name == "vType" {
            let class = class_of(attributes.text("vClass")?).context("a vClass that recordings do not have")?;
            let size_m = [attributes.number("length")?, attributes.number("width")?, attributes.number("height")?];
            if size_m.iter().any(|metres| !(0.1..=30.0).contains(metres)) {
                bail!("sizes must be 0.1 to 30 m");
            }
            types.insert(attributes.text("id")?.to_owned(), VehicleType { class, size_m });
        }
        Ok(())
    })?;
    Ok(types)
}

/// Our name of a SUMO vehicle class.
pub(super) fn class_of(sumo: &str) -> Option<Class> {
    Some(match sumo {
        "passenger" | "taxi" | "private" => Class::Car,
        "delivery" => Class::Van,
        "truck" | "trailer" => Class::Truck,
        "bus" | "coach" => Class::Bus,
        "motorcycle" | "moped" => Class::Motorcycle,
        "bicycle" => Class::Bicycle,
        "pedestrian" => Class::Pedestrian,
        _ => return None,
    })
}

/// A road user at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RoadUser {
    /// The same for as long as it is there.
    pub id: u64,
    /// What it is.
    pub class: Class,
    /// Where and how big it is.
    pub cuboid: Cuboid,
    /// Speed along its heading, m/s.
    pub speed_mps: f64,
}

/// Traffic in steps of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Traffic {
    /// Seconds of SUMO's clock, ascending, and who was there, by id.
    steps: Vec<(f64, Vec<RoadUser>)>,
}

impl Traffic {
    /// Reads floating car data. Ids are numbered in the order in which they first appear.
    ///
    /// # Errors
    /// Not well-formed, a type that is not among `types`, or steps that do not go forward in time.
    pub fn read(input: impl BufRead, types: &VehicleTypes) -> anyhow::Result<Self> {
        let mut steps: Vec<(f64, Vec<RoadUser>)> = Vec::new();
        let mut ids: BTreeMap<String, u64> = BTreeMap::new();
        elements(input, |name, attributes| {
            match name {
                "timestep" => {
                    let at_s = attributes.number("time")?;
                    if steps.last().is_some_and(|(last_s, _)| at_s <= *last_s) {
                        bail!("time does not go forward");
                    }
                    steps.push((at_s, Vec::new()));
                }
                "vehicle" | "person" => {
                    let (_, there) = steps.last_mut().context("before the first timestep")?;
                    let key = format!("{name} {}", attributes.text("id")?);
                    let next = u64::try_from(ids.len())? + 1;
                    let id = *ids.entry(key).or_insert(next);
                    there.push(road_user(id, name == "vehicle", attributes, types)?);
                }
                _ => {}
            }
            Ok(())
        })?;
        for (_, there) in &mut steps {
            there.sort_by_key(|user| user.id);
            there.dedup_by_key(|user| user.id);
        }
        smooth_walkers(&mut steps);
        Ok(Self { steps })
    }

    /// Traffic given directly: steps in ascending time, users by id.
    pub fn new(steps: Vec<(f64, Vec<RoadUser>)>) -> Self {
        Self { steps }
    }

    /// The moments that are known, seconds, and who was there.
    pub fn steps(&self) -> &[(f64, Vec<RoadUser>)] {
        &self.steps
    }

    /// Who is there at a moment between two steps; who came or went between them is left out.
    pub fn at(&self, at_s: f64) -> Vec<RoadUser> {
        let next = self.steps.partition_point(|(step_s, _)| *step_s < at_s);
        let Some((after_s, after)) = self.steps.get(next) else { return Vec::new() };
        let Some((before_s, before)) = next.checked_sub(1).and_then(|index| self.steps.get(index)) else {
            return if *after_s == at_s { after.clone() } else { Vec::new() };
        };
        let share = (at_s - before_s) / (after_s - before_s);
        let there = before.iter().filter_map(|user| {
            let later =
                after.binary_search_by_key(&user.id, |other| other.id).ok().and_then(|index| after.get(index))?;
            Some(between(user, later, share))
        });
        there.collect()
    }
}

fn road_user(id: u64, is_vehicle: bool, attributes: &Attributes, types: &VehicleTypes) -> anyhow::Result<RoadUser> {
    let type_id = attributes.text("type")?;
    let &VehicleType { class, size_m } =
        types.get(type_id).with_context(|| format!("no vType `{type_id}` in the file of types"))?;
    let front_m = [attributes.number("x")?, attributes.number("y")?];
    let heading_cw_north_rad = attributes.number("angle")?.to_radians();
    let at_front = Cuboid { position_enu_m: front_m, heading_cw_north_rad, size_m };
    let back_m = if is_vehicle { size_m[0] / 2.0 } else { 0.0 };
    let [east, north, _] = at_front.point_enu_m(-back_m, 0.0, 0.0);
    let cuboid = Cuboid { position_enu_m: [east, north], ..at_front };
    Ok(RoadUser { id, class, cuboid, speed_mps: attributes.number("speed")? })
}

/// SUMO moves persons from stripe to stripe, with jumps to the side and back: their places are averaged over this many
/// steps before and after, and their headings and speeds are those of the averaged ways.
const SMOOTH_STEPS: usize = 4;
/// Who moves less within that time keeps the heading, metres.
const STANDS_M: f64 = 0.2;

fn smooth_walkers(steps: &mut [(f64, Vec<RoadUser>)]) {
    let mut ways: BTreeMap<u64, Vec<(f64, &mut RoadUser)>> = BTreeMap::new();
    for (at_s, users) in steps {
        for user in users.iter_mut().filter(|user| user.class == Class::Pedestrian) {
            ways.entry(user.id).or_default().push((*at_s, user));
        }
    }
    for way in ways.values_mut() {
        smooth(way);
    }
}

fn smooth(way: &mut [(f64, &mut RoadUser)]) {
    let rough: Vec<(f64, [f64; 2])> = way.iter().map(|(at_s, user)| (*at_s, user.cuboid.position_enu_m)).collect();
    // As many before as after, fewer near the ends.
    let reach = |index: usize| SMOOTH_STEPS.min(index).min(rough.len() - 1 - index);
    let mean = |index: usize| {
        let near = &rough[index - reach(index)..=index + reach(index)];
        [0, 1].map(|axis: usize| near.iter().map(|(_, point)| point[axis]).sum::<f64>() / near.len() as f64)
    };
    let smooth: Vec<[f64; 2]> = (0..rough.len()).map(mean).collect();
    let mut heading_cw_north_rad = None;
    for (index, (_, user)) in way.iter_mut().enumerate() {
        let (from, to) = (index - reach(index), index + reach(index));
        let walked = [0, 1].map(|axis: usize| smooth[to][axis] - smooth[from][axis]);
        let walked_m = walked[0].hypot(walked[1]);
        if from < to {
            user.speed_mps = walked_m / (rough[to].0 - rough[from].0);
        }
        if walked_m > STANDS_M {
            heading_cw_north_rad = Some(heading_of(walked));
        }
        user.cuboid.position_enu_m = smooth[index];
        user.cuboid.heading_cw_north_rad = heading_cw_north_rad.unwrap_or(user.cuboid.heading_cw_north_rad);
    }
}

fn between(a: &RoadUser, b: &RoadUser, share: f64) -> RoadUser {
    let mix = |from: f64, to: f64| from + share * (to - from);
    let turn_rad = wrap_pi(b.cuboid.heading_cw_north_rad - a.cuboid.heading_cw_north_rad);
    let cuboid = Cuboid {
        position_enu_m: [0, 1].map(|axis: usize| mix(a.cuboid.position_enu_m[axis], b.cuboid.position_enu_m[axis])),
        heading_cw_north_rad: a.cuboid.heading_cw_north_rad + share * turn_rad,
        ..a.cuboid
    };
    RoadUser { cuboid, speed_mps: mix(a.speed_mps, b.speed_mps), ..*a }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPES: &str = r#"<additional><vType id="saloon" vClass="passenger" length="4" width="1.8" height="1.5"/>
        <vType id="walker" vClass="pedestrian" length="0.4" width="0.5" height="1.7"/></additional>"#;

    fn traffic(fcd: &str) -> anyhow::Result<Traffic> {
        Traffic::read(fcd.as_bytes(), &read_types(TYPES.as_bytes()).expect("well-formed"))
    }

    #[test]
    fn positions_are_centres_and_between_steps_in_between() {
        let read = traffic(
            r#"<fcd-export><timestep time="1.0"><vehicle id="a" x="10" y="5" angle="90" type="saloon" speed="10"/>
            <person id="a" x="1" y="2" angle="0" type="walker" speed="1"/></timestep><timestep time="1.1">
            <vehicle id="a" x="11" y="5" angle="90" type="saloon" speed="10"/></timestep></fcd-export>"#,
        )
        .expect("well-formed");
        let users = &read.steps()[0].1;
        assert_eq!((users.len(), users[0].class, users[1].class), (2, Class::Car, Class::Pedestrian));
        let [east, north] = users[0].cuboid.position_enu_m;
        assert!((east - 8.0).abs() < 1e-9 && (north - 5.0).abs() < 1e-9, "2 m behind its bumper: {east} {north}");
        let later = read.at(1.05);
        assert_eq!(later.len(), 1, "the person went");
        assert!((later[0].cuboid.position_enu_m[0] - 8.5).abs() < 1e-9);
        assert!(read.at(0.9).is_empty() && read.at(1.2).is_empty());
    }

    #[test]
    fn persons_do_not_jump_from_stripe_to_stripe() {
        let step = |k: u32| {
            let (x, y) = (f64::from(k) * 0.13, if (k / 3).is_multiple_of(2) { 0.0 } else { 0.2 });
            let person = format!(r#"<person id="a" x="{x}" y="{y}" angle="45" type="walker" speed="1.3"/>"#);
            format!(r#"<timestep time="{}">{person}</timestep>"#, f64::from(k) / 10.0)
        };
        let fcd = format!("<a>{}</a>", (0..60).map(step).collect::<String>());
        let walked = traffic(&fcd).expect("well-formed");
        let walker = |k: usize| walked.steps()[k].1[0];
        for k in 5..54 {
            let aside_m = walker(k + 1).cuboid.position_enu_m[1] - walker(k).cuboid.position_enu_m[1];
            assert!(aside_m.abs() < 0.03, "step {k}: {aside_m} m to the side");
            assert!((walker(k).cuboid.heading_cw_north_rad.to_degrees() - 90.0).abs() < 15.0);
            assert!((walker(k).speed_mps - 1.3).abs() < 0.05);
            assert!(
                (walker(k).cuboid.position_enu_m[0] - k as f64 * 0.13).abs() < 1e-9,
                "along its way nothing changes"
            );
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let text = |fcd| format!("{:#}", traffic(fcd).expect_err("must be refused"));
        assert!(text(r#"<a><vehicle id="a"/></a>"#).contains("before the first timestep"));
        let unknown = text(r#"<a><timestep time="0"/><vehicle id="a" x="0" y="0" angle="0" type="x" speed="0"/></a>"#);
        assert!(unknown.contains("no vType `x`") && unknown.contains("byte"), "{unknown}");
        let nan =
            text(r#"<a><timestep time="0"/><vehicle id="a" x="NaN" y="0" angle="0" type="saloon" speed="0"/></a>"#);
        assert!(nan.contains("`x`: `NaN`"), "{nan}");
        assert!(text(r#"<a><timestep time="1"/><timestep time="1"/></a>"#).contains("forward"));
    }
}
