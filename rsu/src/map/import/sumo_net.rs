//! A SUMO network as its file has it. Format: SUMO user documentation, "SUMO Road Networks".

use std::collections::BTreeMap;

use perception::detection::Class;
use roxmltree::{Document, Node};

use super::ImportError;
use super::projection::Plane;
use crate::map::geometry::Point;

/// SUMO's width of a lane that states none, metres.
const DEFAULT_WIDTH_M: f64 = 3.2;

/// SUMO's vehicle classes that matter here, and ours.
const CLASSES: [(&str, Class); 7] = [
    ("pedestrian", Class::Pedestrian),
    ("bicycle", Class::Bicycle),
    ("motorcycle", Class::Motorcycle),
    ("passenger", Class::Car),
    ("delivery", Class::Van),
    ("truck", Class::Truck),
    ("bus", Class::Bus),
];

/// The network.
pub(super) struct Net<'a> {
    pub(super) left_hand: bool,
    added: Point,
    proj: Option<&'a str>,
    pub(super) edges: BTreeMap<&'a str, Edge<'a>>,
    pub(super) junctions: BTreeMap<&'a str, Junction<'a>>,
    pub(super) connections: Vec<Connection<'a>>,
    /// Signals: per program and phase, the lamps of its links.
    pub(super) signals: BTreeMap<&'a str, Vec<&'a str>>,
}

pub(super) struct Edge<'a> {
    pub(super) id: &'a str,
    pub(super) from: &'a str,
    pub(super) to: &'a str,
    /// `None`: a road; otherwise what SUMO made there.
    pub(super) function: Option<&'a str>,
    /// From the right where traffic drives on the right, otherwise from the left.
    pub(super) lanes: Vec<Lane>,
}

#[derive(Clone)]
pub(super) struct Lane {
    pub(super) width_m: f64,
    pub(super) shape: Vec<Point>,
    pub(super) speed_mps: Option<f64>,
    /// Empty: nobody that matters here.
    pub(super) allowed: Vec<Class>,
}

pub(super) struct Junction<'a> {
    pub(super) at: Point,
    pub(super) kind: &'a str,
    pub(super) incoming: usize,
}

pub(super) struct Connection<'a> {
    pub(super) from: &'a str,
    pub(super) from_lane: usize,
    pub(super) to: &'a str,
    pub(super) to_lane: usize,
    pub(super) via: Option<&'a str>,
    pub(super) signal: Option<(&'a str, usize)>,
    pub(super) dir: &'a str,
}

impl<'a> Net<'a> {
    /// Reads the file's tree.
    ///
    /// # Errors
    /// What is not a network, or a number or shape that is none.
    pub(super) fn read(document: &'a Document<'a>) -> Result<Self, ImportError> {
        let root = document.root_element();
        if root.tag_name().name() != "net" {
            return Err(ImportError::new(format!("the root is <{}>, not <net>", root.tag_name().name())));
        }
        let location = child(root, "location");
        let added = location.and_then(|location| point(location.attribute("netOffset")?)).unwrap_or([0.0; 2]);
        let mut net = Self {
            left_hand: root.attribute("lefthand") == Some("true"),
            added,
            proj: location.and_then(|location| location.attribute("projParameter")).filter(|proj| proj.len() > 1),
            edges: BTreeMap::new(),
            junctions: BTreeMap::new(),
            connections: Vec::new(),
            signals: BTreeMap::new(),
        };
        for element in root.children().filter(Node::is_element) {
            net.element(element).map_err(|error| {
                let at = document.text_pos_at(element.range().start);
                ImportError::new(format!("line {}: <{}>: {error}", at.row, element.tag_name().name()))
            })?;
        }
        Ok(net)
    }

    fn element(&mut self, element: Node<'a, 'a>) -> Result<(), ImportError> {
        match element.tag_name().name() {
            "edge" => {
                let mut lanes: Vec<(usize, Lane)> = Vec::new();
                for lane in element.children().filter(|child| child.has_tag_name("lane")) {
                    lanes.push((number(lane, "index")?, read_lane(lane)?));
                }
                lanes.sort_by_key(|(index, _)| *index);
                let id = text(element, "id")?;
                let edge = Edge {
                    id,
                    from: element.attribute("from").unwrap_or(""),
                    to: element.attribute("to").unwrap_or(""),
                    function: element.attribute("function").filter(|function| *function != "normal"),
                    lanes: lanes.into_iter().map(|(_, lane)| lane).collect(),
                };
                self.edges.insert(id, edge);
            }
            "junction" => {
                let junction = Junction {
                    at: [number(element, "x")?, number(element, "y")?],
                    kind: element.attribute("type").unwrap_or(""),
                    incoming: element.attribute("incLanes").map_or(0, |lanes| lanes.split_whitespace().count()),
                };
                self.junctions.insert(text(element, "id")?, junction);
            }
            "connection" => {
                // -1: the signal does not rule it.
                let index = element.attribute("linkIndex").and_then(|index| index.parse::<usize>().ok());
                self.connections.push(Connection {
                    from: text(element, "from")?,
                    from_lane: number(element, "fromLane")?,
                    to: text(element, "to")?,
                    to_lane: number(element, "toLane")?,
                    via: element.attribute("via"),
                    signal: element.attribute("tl").zip(index),
                    dir: element.attribute("dir").unwrap_or(""),
                });
            }
            "tlLogic" => {
                let phases = element.children().filter(|child| child.has_tag_name("phase"));
                let states = phases.filter_map(|phase| phase.attribute("state"));
                self.signals.entry(text(element, "id")?).or_default().extend(states);
            }
            _ => {}
        }
        Ok(())
    }

    /// How its coordinates become places.
    ///
    /// # Errors
    /// It has no projection and the user told no origin.
    pub(super) fn plane(&self, origin_deg: Option<[f64; 2]>) -> Result<Plane, ImportError> {
        match (self.proj, origin_deg) {
            (Some(proj), _) => Plane::projected(proj, self.added),
            (None, Some(origin)) => Ok(Plane::local(origin, self.added)),
            (None, None) => Err(ImportError::new(
                "the net has no projection: tell where its point 0,0 is (before netOffset) with --origin LAT,LON",
            )),
        }
    }

    /// A lane by SUMO's name of it, `<edge>_<index>`.
    pub(super) fn lane(&self, id: &str) -> Option<&Lane> {
        let (edge, index) = id.rsplit_once('_')?;
        self.edges.get(edge)?.lanes.get(index.parse::<usize>().ok()?)
    }
}

fn read_lane(lane: Node<'_, '_>) -> Result<Lane, ImportError> {
    let shape: Option<Vec<Point>> = text(lane, "shape")?.split_whitespace().map(point).collect();
    let shape = shape.filter(|shape| shape.len() >= 2);
    let optional = |name| lane.attribute(name).map(|_| number::<f64>(lane, name)).transpose();
    Ok(Lane {
        width_m: optional("width")?.unwrap_or(DEFAULT_WIDTH_M),
        shape: shape.ok_or_else(|| ImportError::new("its shape is not a list of points"))?,
        speed_mps: optional("speed")?,
        allowed: allowed(lane.attribute("allow"), lane.attribute("disallow")),
    })
}

fn allowed(allow: Option<&str>, disallow: Option<&str>) -> Vec<Class> {
    let names = |list: &str, class: &str| list.split_whitespace().any(|name| name == class || name == "all");
    let open = CLASSES.iter().filter(|(name, _)| match (allow, disallow) {
        (Some(allow), _) => names(allow, name),
        (None, Some(disallow)) => !names(disallow, name),
        (None, None) => true,
    });
    open.map(|(_, class)| *class).collect()
}

fn child<'a>(parent: Node<'a, 'a>, name: &str) -> Option<Node<'a, 'a>> {
    parent.children().find(|child| child.has_tag_name(name))
}

fn text<'a>(element: Node<'a, '_>, name: &str) -> Result<&'a str, ImportError> {
    element.attribute(name).ok_or_else(|| ImportError::new(format!("no attribute {name}")))
}

fn number<T: std::str::FromStr + Number>(element: Node<'_, '_>, name: &str) -> Result<T, ImportError> {
    let text = text(element, name)?;
    let number = text.parse::<T>().ok().filter(Number::is_one);
    number.ok_or_else(|| ImportError::new(format!("{name}: {text:?} is not a number")))
}

/// What counts as a number: infinity doesn't.
trait Number {
    fn is_one(&self) -> bool;
}

impl Number for usize {
    fn is_one(&self) -> bool {
        true
    }
}

impl Number for f64 {
    fn is_one(&self) -> bool {
        self.is_finite()
    }
}

/// `x,y` or `x,y,z`.
fn point(text: &str) -> Option<Point> {
    let mut numbers = text.split(',').map(|number| number.parse::<f64>().ok().filter(|number| number.is_finite()));
    Some([numbers.next()??, numbers.next()??])
}
