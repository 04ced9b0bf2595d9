//! Which of many rectangles overlap, without comparing each with each: a line sweeps over them from low to high along the
//! first axis and meets only those that are open (Shamos and Hoey, "Geometric intersection problems", 17th Annual
//! Symposium on Foundations of Computer Science, 1976).

/// Finds overlaps; keeps its buffers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sweep {
    spans: Vec<Span>,
    /// Those that the line may still cross, by group.
    open: [Vec<Span>; 2],
    pairs: Vec<(usize, usize)>,
}

#[derive(Clone, Copy, Debug)]
struct Span {
    low: [f64; 2],
    high: [f64; 2],
    index: usize,
}

impl Sweep {
    pub(crate) fn clear(&mut self) {
        self.spans.clear();
    }

    /// Adds a rectangle. One with a side that is not a number overlaps nothing.
    pub(crate) fn add(&mut self, low: [f64; 2], high: [f64; 2], index: usize) {
        if low[0] <= high[0] && low[1] <= high[1] {
            self.spans.push(Span { low, high, index });
        }
    }

    /// Adds all that is nearer than `reach` on both axes.
    pub(crate) fn add_around(&mut self, centre: impl Into<[f64; 2]>, reach: f64, index: usize) {
        let centre = centre.into();
        self.add(centre.map(|value| value - reach), centre.map(|value| value + reach), index);
    }

    /// The overlapping pairs, each with the lower index first, in order.
    pub(crate) fn pairs(&mut self) -> &[(usize, usize)] {
        self.find(|_| (0, 0))
    }

    /// The overlapping pairs of one with an index below `split` and one from there on, in order.
    pub(crate) fn pairs_across(&mut self, split: usize) -> &[(usize, usize)] {
        self.find(|index| if index < split { (0, 1) } else { (1, 0) })
    }

    /// `groups_of` tells the group of an index and the group that it is compared with.
    fn find(&mut self, groups_of: impl Fn(usize) -> (usize, usize)) -> &[(usize, usize)] {
        self.pairs.clear();
        self.open.iter_mut().for_each(Vec::clear);
        self.spans.sort_unstable_by(|a, b| a.low[0].total_cmp(&b.low[0]));
        for new in &self.spans {
            let (own, other) = groups_of(new.index);
            let open = &mut self.open[other];
            open.retain(|old| old.high[0] >= new.low[0]);
            for old in open.iter().filter(|old| old.low[1] <= new.high[1] && new.low[1] <= old.high[1]) {
                self.pairs.push((old.index.min(new.index), old.index.max(new.index)));
            }
            self.open[own].push(*new);
        }
        self.pairs.sort_unstable();
        &self.pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_what_comparing_each_with_each_finds(
            boxes in prop::collection::vec((0..30i32, 0..30i32, 0..9i32, 0..9i32), 0..40),
            split in 0..40usize,
        ) {
            let corners: Vec<_> = boxes.iter().map(|(x, y, w, h)| {
                ([f64::from(*x), f64::from(*y)], [f64::from(x + w), f64::from(y + h)])
            }).collect();
            let (mut sweep, mut expected) = (Sweep::default(), Vec::new());
            for (b, (low, high)) in corners.iter().enumerate() {
                sweep.add(*low, *high, b);
                for (a, other) in corners[..b].iter().enumerate() {
                    if (0..2).all(|axis| other.0[axis] <= high[axis] && low[axis] <= other.1[axis]) {
                        expected.push((a, b));
                    }
                }
            }
            expected.sort_unstable();
            prop_assert_eq!(sweep.pairs(), &expected);
            expected.retain(|(a, b)| *a < split && *b >= split);
            prop_assert_eq!(sweep.pairs_across(split), expected);
        }
    }

    #[test]
    fn what_is_no_number_overlaps_nothing() {
        let mut sweep = Sweep::default();
        sweep.add_around([f64::NAN, 0.0], 5.0, 0);
        sweep.add_around([0.0, 0.0], f64::INFINITY, 1);
        sweep.add_around([9.0, 0.0], 1.0, 2);
        assert_eq!(sweep.pairs(), [(1, 2)]);
    }
}
