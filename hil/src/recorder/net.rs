//! The lanes of a SUMO net, as a recording's `/site` has them.
//!
//! Format: SUMO user documentation, "SUMO Road Networks". The net must have been made with
//! `--offset.disable-normalization`, so that its coordinates are metres from the site's origin.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;

use anyhow::{Context, bail};
use perception::calibration::Lane;
use perception::detection::Class;

use super::traffic::class_of;
use super::xml::{Attributes, elements};

/// SUMO's width of a lane that states none, metres.
const DEFAULT_WIDTH_M: f64 = 3.2;
/// The vehicle classes that matter here; a lane that names none is open to all of them.
const CLASSES: [&str; 7] = ["passenger", "delivery", "truck", "bus", "motorcycle", "bicycle", "pedestrian"];

/// Reads the lanes outside of junctions.
///
/// # Errors
/// Not well-formed, a lane without shape, or coordinates that were moved.
pub fn read_lanes(input: impl BufRead) -> anyhow::Result<Vec<Lane>> {
    let mut lanes: Vec<Lane> = Vec::new();
    let mut edge = None;
    let mut leading: BTreeMap<String, Leading> = BTreeMap::new();
    elements(input, |name, attributes| {
        match name {
            "location" if attributes.get("netOffset").is_some_and(|offset| offset != "0.00,0.00") => {
                bail!("the net was moved: make it with --offset.disable-normalization");
            }
            "edge" => {
                // Junctions' inner lanes, crossings, waiting areas have a function.
                edge = match attributes.get("function") {
                    None | Some("normal") => Some(attributes.text("id")?.to_owned()),
                    Some(_) => None,
                };
            }
            "lane" => {
                if let Some(edge) = &edge {
                    lanes.push(lane(edge, attributes)?);
                }
            }
            "connection" => {
                let id = format!("{}/{}", attributes.text("from")?, attributes.text("fromLane")?);
                leading.entry(id).or_default().add(attributes)?;
            }
            _ => {}
        }
        Ok(())
    })?;
    for lane in &mut lanes {
        let Leading { maneuvers, link } = leading.remove(&*lane.id).unwrap_or_default();
        lane.maneuvers = maneuvers.into_iter().map(str::to_owned).collect();
        // Groups count from 1.
        lane.signal_group = link.map(|link| link.saturating_add(1));
    }
    Ok(lanes)
}

/// Where a lane leads.
#[derive(Default)]
struct Leading {
    maneuvers: BTreeSet<&'static str>,
    /// The signal's link of its straight way, or else of the first.
    link: Option<u32>,
}

impl Leading {
    fn add(&mut self, connection: &Attributes) -> anyhow::Result<()> {
        let way = maneuver(connection.text("dir")?);
        self.maneuvers.extend(way);
        if let Some(link) = connection.get("linkIndex").filter(|_| self.link.is_none() || way == Some("straight")) {
            self.link = Some(link.parse().context("attribute `linkIndex`")?);
        }
        Ok(())
    }
}

fn lane(edge: &str, attributes: &Attributes) -> anyhow::Result<Lane> {
    let point = |text: &str| -> Option<[f64; 2]> {
        let mut numbers = text.split(',').map(|number| number.parse().ok());
        Some([numbers.next()??, numbers.next()??])
    };
    let shape = attributes.text("shape")?.split_whitespace().map(point);
    let width_m = if attributes.get("width").is_some() { attributes.number("width")? } else { DEFAULT_WIDTH_M };
    Ok(Lane {
        id: format!("{edge}/{}", attributes.text("index")?).into(),
        width_m,
        centerline_enu_m: shape.collect::<Option<_>>().context("attribute `shape` is not a list of points")?,
        maneuvers: Vec::new(),
        signal_group: None,
        allowed: allowed(attributes),
        speed_limit_mps: Some(attributes.number("speed")?),
    })
}

fn allowed(attributes: &Attributes) -> Vec<Class> {
    let names = |name| attributes.get(name).map(|list| list.split_whitespace().collect::<Vec<_>>());
    let (allow, disallow) = (names("allow"), names("disallow"));
    let open = CLASSES.iter().filter(|class| match (&allow, &disallow) {
        (Some(allow), _) => allow.contains(*class) || allow.contains(&"all"),
        (None, Some(disallow)) => !disallow.contains(*class) && !disallow.contains(&"all"),
        (None, None) => true,
    });
    open.filter_map(|class| class_of(class)).collect()
}

/// Our name of a connection's direction.
fn maneuver(sumo: &str) -> Option<&'static str> {
    match sumo {
        "s" => Some("straight"),
        "l" | "L" => Some("left"),
        "r" | "R" => Some("right"),
        "t" => Some("u_turn"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_come_with_what_one_may_do_there() {
        let net = r#"<net><location netOffset="0.00,0.00"/>
            <edge id=":j_0" function="internal"><lane id=":j_0_0" index="0" speed="9" shape="0,0 1,1"/></edge>
            <edge id="in"><lane id="in_0" index="0" allow="pedestrian" speed="13.9" width="2" shape="0,0 0,50"/>
            <lane id="in_1" index="1" disallow="pedestrian" speed="13.9" shape="3,0 3,25.5 3,50"/></edge>
            <connection from="in" fromLane="1" dir="l" tl="j" linkIndex="5"/>
            <connection from="in" fromLane="1" dir="s" tl="j" linkIndex="4"/>
            <connection from="in" fromLane="1" dir="L" tl="j" linkIndex="6"/></net>"#;
        let lanes = read_lanes(net.as_bytes()).expect("well-formed");
        assert_eq!(lanes.iter().map(|lane| &*lane.id).collect::<Vec<_>>(), ["in/0", "in/1"]);
        assert_eq!(lanes[0].allowed, [Class::Pedestrian]);
        assert_eq!((lanes[1].width_m, lanes[1].allowed.len(), lanes[1].centerline_enu_m[1]), (3.2, 6, [3.0, 25.5]));
        assert_eq!(lanes[1].maneuvers, ["left", "straight"]);
        assert_eq!((lanes[0].signal_group, lanes[1].signal_group), (None, Some(5)), "link 4, straight on");
        let moved = read_lanes(r#"<net><location netOffset="3.00,0.00"/></net>"#.as_bytes());
        assert!(format!("{:#}", moved.expect_err("moved")).contains("--offset.disable-normalization"));
    }
}
