//! Roads of OpenDRIVE as their file has them: reference lines, lane sections, widths. Format: ASAM OpenDRIVE 1.4 to 1.8.

use std::collections::BTreeMap;

use roxmltree::Node;

use super::ImportError;
use crate::map::geometry::Point;

/// Distance between the points by which a curve is told, metres.
const STEP_M: f64 = 1.0;

/// Longer spirals are nonsense, and would take long to follow, metres.
const MAX_SPIRAL_M: f64 = 10_000.0;

/// A road.
pub(super) struct Road<'a> {
    pub(super) id: &'a str,
    pub(super) length_m: f64,
    /// The junction that it is in, or none.
    pub(super) junction: Option<&'a str>,
    pub(super) left_hand: bool,
    pub(super) speed_mps: Option<f64>,
    /// What is before its beginning and after its end.
    pub(super) links: [Option<Target<'a>>; 2],
    geometry: Vec<Piece>,
    offset: Vec<Cubic>,
    pub(super) sections: Vec<Section>,
    /// Signals that change, with the lanes that they are for (none: all).
    pub(super) signals: Vec<(&'a str, Option<(i32, i32)>)>,
}

/// What a road leads to.
#[derive(Clone, Copy)]
pub(super) enum Target<'a> {
    Junction(&'a str),
    /// A road, and whether it is met at its end.
    Road(&'a str, bool),
}

/// A stretch with the same lanes.
pub(super) struct Section {
    pub(super) from_m: f64,
    pub(super) lanes: BTreeMap<i32, Lane>,
}

pub(super) struct Lane {
    pub(super) kind: String,
    widths: Vec<Cubic>,
    /// Its number before this section and after it.
    pub(super) links: [Option<i32>; 2],
}

/// `a + b ds + c ds² + d ds³` from a place on.
struct Cubic {
    from_m: f64,
    abcd: [f64; 4],
}

struct Piece {
    from_m: f64,
    length_m: f64,
    at: Point,
    heading_rad: f64,
    shape: Shape,
}

enum Shape {
    /// Curvature at the beginning and at the end, 1/m: lines, arcs, spirals.
    Curved(f64, f64),
    /// u and v by a parameter that ends at so much.
    Cubic([f64; 4], [f64; 4], f64),
}

impl<'a> Road<'a> {
    pub(super) fn read(road: Node<'a, 'a>) -> Result<Self, ImportError> {
        let id = text(road, "id")?;
        let junction = road.attribute("junction").filter(|junction| *junction != "-1");
        let link = child(road, "link");
        let target = |name: &str| {
            let link = child(link?, name)?;
            let id = link.attribute("elementId")?;
            Some(match link.attribute("elementType")? {
                "junction" => Target::Junction(id),
                _ => Target::Road(id, link.attribute("contactPoint") == Some("end")),
            })
        };
        let mut geometry = Vec::new();
        for piece in children(road, "planView").filter(|piece| piece.has_tag_name("geometry")) {
            geometry.push(read_piece(piece)?);
        }
        let lanes = child(road, "lanes").ok_or_else(|| ImportError::new(format!("road {id} has no lanes")))?;
        let mut sections = Vec::new();
        for section in lanes.children().filter(|child| child.has_tag_name("laneSection")) {
            sections.push(read_section(section)?);
        }
        let changing = children(road, "signals")
            .filter(|signal| signal.has_tag_name("signalReference") || signal.attribute("dynamic") == Some("yes"));
        Ok(Self {
            id,
            length_m: length(road)?,
            junction,
            left_hand: road.attribute("rule") == Some("LHT"),
            speed_mps: child(road, "type").and_then(|kind| speed_mps(child(kind, "speed")?)),
            links: [target("predecessor"), target("successor")],
            geometry,
            offset: cubics(lanes, "laneOffset", "s")?,
            sections,
            signals: changing.filter_map(|signal| Some((signal.attribute("id")?, validity(signal)))).collect(),
        })
    }

    /// The section at one of the road's ends.
    pub(super) fn section_at(&self, end: bool) -> Option<&Section> {
        if end { self.sections.last() } else { self.sections.first() }
    }

    /// Whether traffic on a lane runs in the road's own direction.
    pub(super) fn runs_forward(&self, lane: i32) -> bool {
        (lane < 0) != self.left_hand
    }

    /// A lane's line and mean width in travel direction, led from one of the road's ends through its sections as far as it
    /// goes, and the number that it has at the other end; `None` there if it ends before.
    pub(super) fn lane_from(&self, end: bool, mut lane: i32) -> (Vec<Point>, f64, Option<i32>) {
        let mut points = Vec::new();
        let mut width_m = None;
        let forward = self.runs_forward(lane);
        let mut order: Vec<usize> = (0..self.sections.len()).collect();
        if end {
            order.reverse();
        }
        let mut through = Some(lane);
        for index in order {
            let Some(number) = through else { break };
            lane = number;
            let section = &self.sections[index];
            let to_m = self.sections.get(index + 1).map_or(self.length_m, |next| next.from_m);
            let Some(found) = section.lanes.get(&lane) else { return (points, width_m.unwrap_or(0.0), None) };
            let mut piece = self.lane_in(section, lane, section.from_m, to_m);
            width_m.get_or_insert(value(&found.widths, if end { to_m - section.from_m } else { 0.0 }));
            if end {
                piece.reverse();
            }
            points.extend(piece);
            through = found.links[usize::from(!end)];
        }
        // Collected from that end onwards: turned if traffic comes towards it.
        if forward == end {
            points.reverse();
        }
        (points, width_m.unwrap_or(0.0), through)
    }

    fn lane_in(&self, section: &Section, lane: i32, from_m: f64, to_m: f64) -> Vec<Point> {
        let count = ((to_m - from_m) / STEP_M).ceil().clamp(1.0, 20_000.0);
        let mut points = Vec::new();
        let mut step = 0.0;
        while step <= count {
            // The end of a section is still in it, not in the next.
            let s = from_m + (to_m - from_m) * step / count;
            let is_inner = |other: &i32| other.signum() == lane.signum() && other.abs() < lane.abs();
            let inner = section.lanes.iter().filter(|(other, _)| is_inner(other));
            let before_m: f64 = inner.map(|(_, lane)| value(&lane.widths, s - section.from_m)).sum();
            let own_m = section.lanes.get(&lane).map_or(0.0, |lane| value(&lane.widths, s - section.from_m));
            let t = value(&self.offset, s) + (before_m + own_m / 2.0) * f64::from(lane.signum());
            points.extend(self.point(s, t));
            step += 1.0;
        }
        points
    }

    /// The point so far along the reference line and to its left, metres.
    fn point(&self, s: f64, t: f64) -> Option<Point> {
        let piece = self.geometry.iter().rev().find(|piece| piece.from_m <= s + 1e-9).or(self.geometry.first())?;
        let (local, turn_rad) = piece.shape.at((s - piece.from_m).clamp(0.0, piece.length_m), piece.length_m);
        let (sin, cos) = piece.heading_rad.sin_cos();
        let on_line = [piece.at[0] + local[0] * cos - local[1] * sin, piece.at[1] + local[0] * sin + local[1] * cos];
        let (sin, cos) = (piece.heading_rad + turn_rad).sin_cos();
        Some([on_line[0] - t * sin, on_line[1] + t * cos])
    }
}

impl Shape {
    /// The place so far along, in the piece's own frame, and the direction there.
    fn at(&self, along_m: f64, length_m: f64) -> (Point, f64) {
        match self {
            Self::Curved(from, to) if from == to => {
                let turn = from * along_m;
                // The chord of an arc, also of a straight one.
                let chord_m = if turn.abs() > 1e-9 { 2.0 * (turn / 2.0).sin() / from } else { along_m };
                ([chord_m * (turn / 2.0).cos(), chord_m * (turn / 2.0).sin()], turn)
            }
            Self::Curved(from, to) => {
                let bend = if length_m > 0.0 { (to - from) / length_m } else { 0.0 };
                let heading = |s: f64| from * s + bend * s * s / 2.0;
                (integrate(heading, along_m, from.abs().max(to.abs())), heading(along_m))
            }
            Self::Cubic(u, v, end) => {
                let p = if length_m > 0.0 { along_m / length_m * end } else { 0.0 };
                let at = |abcd: &[f64; 4]| abcd[0] + p * (abcd[1] + p * (abcd[2] + p * abcd[3]));
                let slope = |abcd: &[f64; 4]| abcd[1] + p * (2.0 * abcd[2] + p * 3.0 * abcd[3]);
                ([at(u), at(v)], slope(v).atan2(slope(u)))
            }
        }
    }
}

/// Where one comes to who walks with a heading that changes along the way, at most by so much a metre: Simpson's rule in
/// steps of half a metre and a degree at most, which is exact to less than a micrometre.
fn integrate(heading: impl Fn(f64) -> f64, length_m: f64, curvature: f64) -> Point {
    let steps = (length_m / 0.5).max(length_m * curvature / 0.02).ceil().clamp(1.0, 100_000.0);
    let width_m = length_m / steps;
    let mut at = [0.0; 2];
    let mut step = 0.0;
    while step < steps {
        let from_m = step * width_m;
        for (along_m, weight) in [(from_m, 1.0), (from_m + width_m / 2.0, 4.0), (from_m + width_m, 1.0)] {
            let (sin, cos) = heading(along_m).sin_cos();
            at = [at[0] + cos * weight * width_m / 6.0, at[1] + sin * weight * width_m / 6.0];
        }
        step += 1.0;
    }
    at
}

fn value(cubics: &[Cubic], s: f64) -> f64 {
    let piece = cubics.iter().rev().find(|cubic| cubic.from_m <= s + 1e-9).or(cubics.first());
    piece.map_or(0.0, |Cubic { from_m, abcd: [a, b, c, d] }| {
        let ds = (s - from_m).max(0.0);
        a + ds * (b + ds * (c + ds * d))
    })
}

fn read_piece(piece: Node<'_, '_>) -> Result<Piece, ImportError> {
    let shape =
        piece.children().find(Node::is_element).ok_or_else(|| ImportError::new("a geometry without a shape"))?;
    let length_m = length(piece)?;
    let abcd = |letter: &str| -> Result<[f64; 4], ImportError> {
        Ok([
            number(shape, &format!("a{letter}"))?,
            number(shape, &format!("b{letter}"))?,
            number(shape, &format!("c{letter}"))?,
            number(shape, &format!("d{letter}"))?,
        ])
    };
    let shape = match shape.tag_name().name() {
        "line" => Shape::Curved(0.0, 0.0),
        "arc" => {
            let curvature = number(shape, "curvature")?;
            Shape::Curved(curvature, curvature)
        }
        "spiral" if length_m > MAX_SPIRAL_M => return Err(ImportError::new(format!("a spiral of {length_m} m"))),
        "spiral" => Shape::Curved(number(shape, "curvStart")?, number(shape, "curvEnd")?),
        "poly3" => Shape::Cubic([0.0, 1.0, 0.0, 0.0], abcd("")?, length_m),
        "paramPoly3" => {
            let end = if shape.attribute("pRange") == Some("arcLength") { length_m } else { 1.0 };
            Shape::Cubic(abcd("U")?, abcd("V")?, end)
        }
        other => return Err(ImportError::new(format!("<{other}> is no shape of a road"))),
    };
    Ok(Piece {
        from_m: number(piece, "s")?,
        length_m,
        at: [number(piece, "x")?, number(piece, "y")?],
        heading_rad: number(piece, "hdg")?,
        shape,
    })
}

/// A length that a road can have, metres.
fn length(element: Node<'_, '_>) -> Result<f64, ImportError> {
    let length_m = number(element, "length")?;
    let can_be = (0.0..=1e6).contains(&length_m);
    can_be.then_some(length_m).ok_or_else(|| ImportError::new(format!("a length of {length_m} m")))
}

fn read_section(section: Node<'_, '_>) -> Result<Section, ImportError> {
    let mut lanes = BTreeMap::new();
    let sides = section.children().filter(|side| side.has_tag_name("left") || side.has_tag_name("right"));
    for lane in sides.flat_map(|side| side.children()).filter(|lane| lane.has_tag_name("lane")) {
        let id = text(lane, "id")?;
        let id = id.parse::<i32>().ok().filter(|id| *id != 0 && id.abs() < 1000);
        let id = id.ok_or_else(|| ImportError::new("a lane's id is no number"))?;
        let link = |name: &str| child(child(lane, "link")?, name)?.attribute("id")?.parse().ok();
        let lane = Lane {
            kind: lane.attribute("type").unwrap_or("none").to_owned(),
            widths: cubics(lane, "width", "sOffset")?,
            links: [link("predecessor"), link("successor")],
        };
        lanes.insert(id, lane);
    }
    Ok(Section { from_m: number(section, "s")?, lanes })
}

fn cubics(parent: Node<'_, '_>, name: &str, from: &str) -> Result<Vec<Cubic>, ImportError> {
    let mut all = Vec::new();
    for cubic in parent.children().filter(|child| child.has_tag_name(name)) {
        let abcd = [number(cubic, "a")?, number(cubic, "b")?, number(cubic, "c")?, number(cubic, "d")?];
        all.push(Cubic { from_m: number(cubic, from)?, abcd });
    }
    Ok(all)
}

fn validity(signal: Node<'_, '_>) -> Option<(i32, i32)> {
    let validity = child(signal, "validity")?;
    let lane = |name: &str| validity.attribute(name)?.parse::<i32>().ok();
    let (from, to) = (lane("fromLane")?, lane("toLane")?);
    Some((from.min(to), from.max(to)))
}

fn speed_mps(speed: Node<'_, '_>) -> Option<f64> {
    let max = number(speed, "max").ok()?;
    Some(match speed.attribute("unit") {
        Some("km/h") => max / 3.6,
        Some("mph") => max * 0.447_04,
        _ => max,
    })
}

pub(super) fn child<'a>(parent: Node<'a, 'a>, name: &str) -> Option<Node<'a, 'a>> {
    parent.children().find(|child| child.has_tag_name(name))
}

pub(super) fn children<'a>(parent: Node<'a, 'a>, name: &str) -> impl Iterator<Item = Node<'a, 'a>> {
    child(parent, name).into_iter().flat_map(|child| child.children()).filter(Node::is_element)
}

pub(super) fn text<'a>(element: Node<'a, '_>, name: &str) -> Result<&'a str, ImportError> {
    let here = element.tag_name().name();
    element.attribute(name).ok_or_else(|| ImportError::new(format!("<{here}>: no attribute {name}")))
}

pub(super) fn number(element: Node<'_, '_>, name: &str) -> Result<f64, ImportError> {
    let text = text(element, name)?;
    let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite() && number.abs() < 1e12);
    number.ok_or_else(|| ImportError::new(format!("<{}>: {name}: {text:?} is not a number", element.tag_name().name())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end_of(shape: &Shape, length_m: f64) -> Point {
        shape.at(length_m, length_m).0
    }

    #[test]
    fn curves_end_where_the_formulas_say() {
        let near = |a: Point, b: Point| assert!((a[0] - b[0]).hypot(a[1] - b[1]) < 1e-6, "{a:?} {b:?}");
        near(end_of(&Shape::Curved(0.0, 0.0), 20.0), [20.0, 0.0]);
        // A quarter of a circle of 10 m.
        near(end_of(&Shape::Curved(0.1, 0.1), std::f64::consts::PI * 5.0), [10.0, 10.0]);
        // A clothoid with A² = 1/π·… : the Fresnel integrals at 1 are 0.779 893 4 and 0.438 259 1 (Abramowitz and Stegun, table 7.7).
        near(end_of(&Shape::Curved(0.0, std::f64::consts::PI), 1.0), [0.779_893_4, 0.438_259_1]);
        near(end_of(&Shape::Cubic([0.0, 10.0, 0.0, 0.0], [0.0, 0.0, 3.0, -1.0], 1.0), 10.4), [10.0, 2.0]);
    }

    #[test]
    fn widths_count_from_where_they_begin() {
        let widths =
            [Cubic { from_m: 0.0, abcd: [3.0, 0.0, 0.0, 0.0] }, Cubic { from_m: 10.0, abcd: [3.0, 0.1, 0.0, 0.0] }];
        assert_eq!((value(&widths, 5.0), value(&widths, 15.0), value(&[], 1.0)), (3.0, 3.5, 0.0));
    }
}
