//! Lines on the ground: lengths, offsets, cuts, crossings. Plane coordinates, east and north in metres.

use perception::frames::mean;

/// A point, east and north, metres.
pub type Point = [f64; 2];

fn minus(a: Point, b: Point) -> Point {
    [a[0] - b[0], a[1] - b[1]]
}

fn cross(a: Point, b: Point) -> f64 {
    a[0] * b[1] - a[1] * b[0]
}

fn dot(a: Point, b: Point) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}

/// The point so far along a direction and to its left, metres.
pub fn beside(point: Point, direction: Point, along_m: f64, left_m: f64) -> Point {
    [
        point[0] + direction[0] * along_m - direction[1] * left_m,
        point[1] + direction[1] * along_m + direction[0] * left_m,
    ]
}

/// Distance between two points, metres.
pub fn distance_m(a: Point, b: Point) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// Unit vector from one point to another; east when they are the same.
pub fn direction(a: Point, b: Point) -> Point {
    let length_m = distance_m(a, b);
    if length_m > 1e-9 { [(b[0] - a[0]) / length_m, (b[1] - a[1]) / length_m] } else { [1.0, 0.0] }
}

/// By how much one turns to the left from one direction into another, −π to π, radians.
pub fn turn_left_rad(from: Point, to: Point) -> f64 {
    cross(from, to).atan2(dot(from, to))
}

/// The mean of some points, such as an outline's corners; of none, the origin.
pub fn middle<'a>(points: impl IntoIterator<Item = &'a Point>) -> Point {
    mean(points.into_iter().copied()).unwrap_or_default()
}

/// Length of a line, metres.
pub fn length_m(line: &[Point]) -> f64 {
    line.windows(2).map(|pair| distance_m(pair[0], pair[1])).sum()
}

/// Direction at the beginning, over the first metre or more, which a kink of a survey doesn't turn.
pub fn start_direction(line: &[Point]) -> Point {
    let Some(first) = line.first() else { return [1.0, 0.0] };
    let far = line.iter().find(|point| distance_m(*first, **point) > 1.0).or(line.last());
    far.map_or([1.0, 0.0], |far| direction(*first, *far))
}

/// Direction at the end, likewise.
pub fn end_direction(line: &[Point]) -> Point {
    let Some(last) = line.last() else { return [1.0, 0.0] };
    let far = line.iter().rev().find(|point| distance_m(*last, **point) > 1.0).or(line.first());
    far.map_or([1.0, 0.0], |far| direction(*far, *last))
}

/// Point and direction so far along a line; its ends when that is outside. `None` for an empty line.
pub fn at(line: &[Point], along_m: f64) -> Option<(Point, Point)> {
    let mut left_m = along_m.max(0.0);
    for pair in line.windows(2) {
        let step_m = distance_m(pair[0], pair[1]);
        if left_m <= step_m && step_m > 0.0 {
            let way = direction(pair[0], pair[1]);
            return Some((beside(pair[0], way, left_m, 0.0), way));
        }
        left_m -= step_m;
    }
    line.last().map(|last| (*last, end_direction(line)))
}

/// The part of a line between two distances along it.
pub fn part(line: &[Point], from_m: f64, to_m: f64) -> Vec<Point> {
    let mut out = Vec::new();
    let mut push = |point: Point| {
        if out.last().is_none_or(|last| distance_m(*last, point) > 1e-6) {
            out.push(point);
        }
    };
    if let Some((start, _)) = at(line, from_m) {
        push(start);
    }
    let mut along_m = 0.0;
    for pair in line.windows(2) {
        along_m += distance_m(pair[0], pair[1]);
        if along_m > from_m && along_m < to_m {
            push(pair[1]);
        }
    }
    if let Some((end, _)) = at(line, to_m) {
        push(end);
    }
    out
}

/// Where a line passes a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearest {
    /// How far off, metres.
    pub distance_m: f64,
    /// How far along the line, metres.
    pub along_m: f64,
    /// How far to the left of the line the point lies, metres; negative: to the right.
    pub left_m: f64,
}

/// The place of a line that is nearest to a point. `None` for a line of less than two points.
pub fn nearest(line: &[Point], point: Point) -> Option<Nearest> {
    let mut best: Option<Nearest> = None;
    let mut along_m = 0.0;
    for pair in line.windows(2) {
        let step_m = distance_m(pair[0], pair[1]);
        let way = direction(pair[0], pair[1]);
        let offset = minus(point, pair[0]);
        let on_m = dot(offset, way).clamp(0.0, step_m);
        let found = Nearest {
            distance_m: distance_m(point, beside(pair[0], way, on_m, 0.0)),
            along_m: along_m + on_m,
            left_m: cross(way, offset),
        };
        if best.is_none_or(|best| found.distance_m < best.distance_m) {
            best = Some(found);
        }
        along_m += step_m;
    }
    best
}

/// The first place where line `a` crosses line `b`: how far along each, metres, and where.
pub fn crossing(a: &[Point], b: &[Point]) -> Option<(f64, f64, Point)> {
    let mut along_a_m = 0.0;
    for p in a.windows(2) {
        let mut along_b_m = 0.0;
        let mut first: Option<(f64, f64, Point)> = None;
        for q in b.windows(2) {
            let (d, e, between) = (minus(p[1], p[0]), minus(q[1], q[0]), minus(q[0], p[0]));
            let area = cross(d, e);
            if area.abs() > 1e-12 {
                let (t, u) = (cross(between, e) / area, cross(between, d) / area);
                if (0.0..=1.0).contains(&t) && (0.0..=1.0).contains(&u) {
                    let here = [p[0][0] + d[0] * t, p[0][1] + d[1] * t];
                    let found = (along_a_m + t * distance_m(p[0], p[1]), along_b_m + u * distance_m(q[0], q[1]), here);
                    if first.is_none_or(|first| found.0 < first.0) {
                        first = Some(found);
                    }
                }
            }
            along_b_m += distance_m(q[0], q[1]);
        }
        if first.is_some() {
            return first;
        }
        along_a_m += distance_m(p[0], p[1]);
    }
    None
}

/// The line moved to its left, metres (negative: right), corners mitred.
pub fn offset(line: &[Point], left_m: f64) -> Vec<Point> {
    let mut out = Vec::with_capacity(line.len());
    for (index, point) in line.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| line.get(index)).map(|before| direction(*before, *point));
        let after = line.get(index + 1).map(|after| direction(*point, *after));
        let (before, after) = match (before, after) {
            (Some(before), Some(after)) => (before, after),
            (Some(way), None) | (None, Some(way)) => (way, way),
            (None, None) => return line.to_vec(),
        };
        let middle = direction([0.0; 2], [before[0] + after[0], before[1] + after[1]]);
        // A mitre grows with the turn; past 120° it would stick out more than twice the offset.
        let shorten = dot(middle, before).max(0.5);
        out.push(beside(*point, middle, 0.0, left_m / shorten));
    }
    out
}

/// The line without points that are nearer to the one before than this, metres; its ends stay.
pub fn thin(line: &[Point], least_m: f64) -> Vec<Point> {
    let mut out: Vec<Point> = Vec::with_capacity(line.len());
    for point in line {
        if out.last().is_none_or(|last| distance_m(*last, *point) >= least_m) {
            out.push(*point);
        }
    }
    if let (Some(last), Some(kept)) = (line.last(), out.last_mut())
        && kept != last
    {
        // The end stays; what it is too near to goes, unless that is the beginning.
        if out.len() > 1 {
            out.pop();
        }
        out.push(*last);
    }
    out
}

/// The line with as few of its points as keep within a tolerance, metres (Douglas and Peucker 1973).
pub fn simplify(line: &[Point], tolerance_m: f64) -> Vec<Point> {
    simplified(line, tolerance_m).into_iter().filter_map(|index| line.get(index).copied()).collect()
}

/// Which points of a line [`simplify`] keeps, ascending.
pub fn simplified(line: &[Point], tolerance_m: f64) -> Vec<usize> {
    if line.len() < 3 {
        return (0..line.len()).collect();
    }
    let mut kept = vec![0, line.len() - 1];
    let mut open = vec![(0, line.len() - 1)];
    while let Some((from, to)) = open.pop() {
        let chord = [line[from], line[to]];
        let off_m = |index: usize| nearest(&chord, line[index]).map_or(0.0, |nearest| nearest.distance_m);
        let farthest = (from + 1..to).map(|index| (index, off_m(index))).max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((index, far_m)) = farthest
            && far_m > tolerance_m
        {
            kept.push(index);
            open.extend([(from, index), (index, to)]);
        }
    }
    kept.sort_unstable();
    kept
}

/// A smooth way from one place and direction to another: a cubic Bézier curve, ten points.
pub fn bend(from: Point, from_way: Point, to: Point, to_way: Point) -> Vec<Point> {
    let reach_m = distance_m(from, to) * 0.4;
    let (a, b) = (beside(from, from_way, reach_m, 0.0), beside(to, to_way, -reach_m, 0.0));
    if turn_left_rad(from_way, to_way).abs() < 0.02 && turn_left_rad(from_way, direction(from, to)).abs() < 0.02 {
        return vec![from, to];
    }
    let point = |step: u8| {
        let t = f64::from(step) / 9.0;
        let s = 1.0 - t;
        let weights = [s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t];
        let along =
            |axis: usize| weights[0] * from[axis] + weights[1] * a[axis] + weights[2] * b[axis] + weights[3] * to[axis];
        [along(0), along(1)]
    };
    (0..10).map(point).collect()
}

/// Middle line of the long way through an outline, and its width, metres: of the smallest rectangle around it.
/// `None` for less than three points.
pub fn axis(outline: &[Point]) -> Option<([Point; 2], f64)> {
    if outline.len() < 3 {
        return None;
    }
    let around = |index: usize| {
        let way = direction(outline[index], outline[(index + 1) % outline.len()]);
        let mut range = [[f64::INFINITY, f64::NEG_INFINITY]; 2];
        for point in outline {
            for (range, value) in range.iter_mut().zip([dot(*point, way), cross(way, *point)]) {
                *range = [range[0].min(value), range[1].max(value)];
            }
        }
        (way, range)
    };
    let size = |range: [[f64; 2]; 2]| [range[0][1] - range[0][0], range[1][1] - range[1][0]];
    let area = |range| size(range)[0] * size(range)[1];
    let (way, range) = (0..outline.len()).map(around).min_by(|a, b| area(a.1).total_cmp(&area(b.1)))?;
    let place = |along_m: f64, left_m: f64| beside([0.0; 2], way, along_m, left_m);
    let middle = |range: [f64; 2]| f64::midpoint(range[0], range[1]);
    let [long_m, wide_m] = size(range);
    Some(if long_m >= wide_m {
        ([place(range[0][0], middle(range[1])), place(range[0][1], middle(range[1]))], wide_m)
    } else {
        ([place(middle(range[0]), range[1][0]), place(middle(range[0]), range[1][1])], long_m)
    })
}

/// The outline of a band along a line, counter-clockwise from its right edge.
pub fn band(line: &[Point], width_m: f64) -> Vec<Point> {
    let mut outline = offset(line, -width_m / 2.0);
    outline.extend(offset(line, width_m / 2.0).into_iter().rev());
    outline
}

#[cfg(test)]
mod tests {
    use super::*;

    const CORNER: [Point; 3] = [[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]];

    fn near(a: &[Point], b: &[Point]) {
        assert_eq!(a.len(), b.len(), "{a:?} {b:?}");
        assert!(a.iter().zip(b).all(|(a, b)| distance_m(*a, *b) < 1e-9), "{a:?} {b:?}");
    }

    #[test]
    fn a_line_is_measured_and_cut() {
        assert_eq!(length_m(&CORNER), 20.0);
        assert_eq!(at(&CORNER, 13.0), Some(([10.0, 3.0], [0.0, 1.0])));
        assert_eq!(at(&CORNER, 99.0), Some(([10.0, 10.0], [0.0, 1.0])));
        near(&part(&CORNER, 4.0, 12.0), &[[4.0, 0.0], [10.0, 0.0], [10.0, 2.0]]);
        near(&part(&CORNER, -5.0, 40.0), &CORNER);
        assert_eq!(at(&[], 1.0), None);
    }

    #[test]
    fn an_offset_keeps_its_distance_round_a_corner() {
        near(&offset(&CORNER, 2.0), &[[0.0, 2.0], [8.0, 2.0], [8.0, 10.0]]);
        near(&offset(&CORNER, -2.0), &[[0.0, -2.0], [12.0, -2.0], [12.0, 10.0]]);
        near(&offset(&[[1.0, 1.0]], 2.0), &[[1.0, 1.0]]);
    }

    #[test]
    fn the_nearest_place_knows_its_side() {
        let found = nearest(&CORNER, [7.0, 3.0]).unwrap();
        assert_eq!((found.distance_m, found.along_m), (3.0, 7.0));
        assert!(found.left_m > 0.0);
        assert!(nearest(&CORNER, [12.0, 5.0]).unwrap().left_m < 0.0);
        assert_eq!(nearest(&[[0.0, 0.0]], [1.0, 1.0]), None);
    }

    #[test]
    fn lines_cross_where_they_do() {
        let across = [[5.0, -3.0], [5.0, 3.0]];
        assert_eq!(crossing(&CORNER, &across), Some((5.0, 3.0, [5.0, 0.0])));
        assert_eq!(crossing(&CORNER, &[[5.0, 1.0], [5.0, 3.0]]), None);
        assert_eq!(crossing(&CORNER, &[[0.0, 1.0], [9.0, 1.0]]), None, "parallel to the one, short of the other");
    }

    #[test]
    fn what_lies_within_the_tolerance_is_dropped() {
        let line = [[0.0, 0.0], [5.0, 0.04], [10.0, 0.0], [10.0, 5.0], [10.0, 10.0]];
        assert_eq!(simplify(&line, 0.05), CORNER);
        assert_eq!(simplify(&line, 0.03).len(), 4);
    }

    #[test]
    fn a_crosswalk_has_a_middle_line_and_a_width() {
        let (line, width_m) = axis(&[[0.0, 0.0], [4.0, 0.0], [4.0, 15.0], [0.0, 15.0]]).unwrap();
        near(&line, &[[2.0, 0.0], [2.0, 15.0]]);
        assert_eq!(width_m, 4.0);
        assert_eq!(axis(&[[0.0, 0.0], [1.0, 1.0]]), None);
    }

    #[test]
    fn a_bend_leaves_and_arrives_as_told() {
        let bend = bend([0.0, 0.0], [1.0, 0.0], [10.0, 10.0], [0.0, 1.0]);
        assert_eq!((bend.first(), bend.last()), (Some(&[0.0, 0.0]), Some(&[10.0, 10.0])));
        assert!(turn_left_rad([1.0, 0.0], direction(bend[0], bend[1])) < 0.2);
    }
}
