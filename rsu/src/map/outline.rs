//! Outlines as people draw them, and what is wrong with those that enclose nothing or cross themselves: whether a point lies in such a
//! one would be answered, but not as the person meant it.

use perception::frames::area_m2;

use super::geometry::{Point, crossing};

/// Most corners: whether an outline crosses itself is looked at for each pair of its edges.
const MOST_CORNERS: usize = 1000;
/// Less is no area but a slip of the mouse, square metres.
const LEAST_M2: f64 = 0.1;

/// What is wrong with an outline (open: its last point joins the first), to be said after its name. `None`: nothing.
pub fn fault(outline: &[Point]) -> Option<String> {
    let corners = outline.len();
    if corners > MOST_CORNERS {
        return Some(format!("has {corners} corners; {MOST_CORNERS} at most"));
    }
    // What is no number is not within any range.
    if corners < 3 || !(LEAST_M2..).contains(&area_m2(outline)) {
        let crossed = if crosses_itself(outline) { "crosses itself, and " } else { "" };
        return Some(format!("{crossed}encloses nothing"));
    }
    crosses_itself(outline).then(|| "crosses itself".to_owned())
}

fn crosses_itself(outline: &[Point]) -> bool {
    let edges: Vec<[Point; 2]> = edges(outline).collect();
    let last = edges.len().saturating_sub(1);
    edges.iter().enumerate().any(|(index, edge)| {
        // Those next to it touch it at its ends.
        let others = edges.iter().enumerate().skip(index + 2).filter(|(other, _)| (index, *other) != (0, last));
        others.into_iter().any(|(_, other)| crossing(edge, other).is_some())
    })
}

fn edges(outline: &[Point]) -> impl Iterator<Item = [Point; 2]> {
    outline.iter().zip(outline.iter().cycle().skip(1)).map(|(a, b)| [*a, *b])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_encloses_something_and_does_not_cross_itself() {
        let bay = [[0.0, 0.0], [2.5, 0.0], [2.5, 5.0], [0.0, 5.0]];
        assert_eq!((fault(&bay), area_m2(&bay)), (None, 12.5));
        let bent = [[0.0, 0.0], [4.0, 0.0], [4.0, 1.0], [1.0, 1.0], [1.0, 4.0], [0.0, 4.0]];
        assert_eq!((fault(&bent), area_m2(&bent)), (None, 7.0));
        assert_eq!(fault(&[[0.0, 0.0], [4.0, 0.0], [0.0, 3.0]]), None);
        let said = |outline: &[Point]| fault(outline).unwrap();
        assert_eq!(said(&[[0.0, 0.0], [2.5, 0.0], [0.0, 5.0], [2.5, 5.0]]), "crosses itself, and encloses nothing");
        assert_eq!(said(&[[0.0, 0.0], [2.5, 0.0], [0.0, 5.0], [3.5, 5.0]]), "crosses itself");
        let back_and_forth = [[0.0, 0.0], [2.0, 0.0], [1.0, 0.0]];
        for nothing in [&[][..], &[[1.0, 1.0]; 4], &back_and_forth, &[[0.0, 0.0], [f64::NAN, 0.0], [0.0, 9.0]]] {
            assert_eq!(said(nothing), "encloses nothing", "{nothing:?}");
        }
        assert_eq!(said(&[[1.0, 1.0]; 1001]), "has 1001 corners; 1000 at most");
    }
}
