//! Which measurement belongs to which track: the assignment of least total cost (global nearest neighbour).
//!
//! The gated pairs fall into clusters that share nothing; each is solved on its own by the shortest augmenting path
//! method of Jonker and Volgenant ("A shortest augmenting path algorithm for dense and sparse linear assignment
//! problems", Computing 38, 1987), so that the work grows with the clusters' sizes and not with the scene's.

/// A measurement that may belong to a track, and what it costs to say so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pair {
    pub measurement: usize,
    pub track: usize,
    pub cost: f64,
}

const FORBIDDEN: f64 = 1e9;
const NONE: usize = usize::MAX;

/// Solves assignments; keeps its buffers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Assigner {
    parent: Vec<usize>,
    order: Vec<(usize, usize)>,
    rows: Vec<usize>,
    columns: Vec<usize>,
    cost: Vec<f64>,
    row_of: Vec<usize>,
    potential_row: Vec<f64>,
    potential_column: Vec<f64>,
    way: Vec<usize>,
    least: Vec<f64>,
    used: Vec<bool>,
    /// Result: for each measurement the index in `pairs`, or `usize::MAX`.
    chosen: Vec<usize>,
}

impl Assigner {
    /// For each measurement the pair chosen for it. Leaving a measurement out costs `unassigned`, so that a pair that
    /// costs more is never chosen.
    pub(crate) fn solve(&mut self, pairs: &[Pair], measurements: usize, tracks: usize, unassigned: f64) -> &[usize] {
        self.chosen.clear();
        self.chosen.resize(measurements, NONE);
        self.find_clusters(pairs, measurements, tracks);
        let order = std::mem::take(&mut self.order);
        for cluster in order.chunk_by(|a, b| a.0 == b.0) {
            if let [(_, only)] = cluster {
                if pairs[*only].cost < unassigned {
                    self.chosen[pairs[*only].measurement] = *only;
                }
            } else {
                self.solve_cluster(pairs, cluster, unassigned);
            }
        }
        self.order = order;
        &self.chosen
    }

    /// Fills `order` with (cluster, pair), sorted.
    fn find_clusters(&mut self, pairs: &[Pair], measurements: usize, tracks: usize) {
        self.parent.clear();
        self.parent.extend(0..measurements + tracks);
        for pair in pairs {
            let (a, b) = (root(&mut self.parent, pair.measurement), root(&mut self.parent, measurements + pair.track));
            self.parent[a.max(b)] = a.min(b);
        }
        self.order.clear();
        for (index, pair) in pairs.iter().enumerate() {
            self.order.push((root(&mut self.parent, pair.measurement), index));
        }
        self.order.sort_unstable();
    }

    fn solve_cluster(&mut self, pairs: &[Pair], cluster: &[(usize, usize)], unassigned: f64) {
        self.rows.clear();
        self.columns.clear();
        for (_, index) in cluster {
            self.rows.push(pairs[*index].measurement);
            self.columns.push(pairs[*index].track);
        }
        self.rows.sort_unstable();
        self.rows.dedup();
        self.columns.sort_unstable();
        self.columns.dedup();
        let (n, real) = (self.rows.len(), self.columns.len());
        // Each measurement has a column of its own that means "to none".
        let m = real + n;
        self.cost.clear();
        self.cost.resize(n * m, FORBIDDEN);
        for row in 0..n {
            self.cost[row * m + real + row] = unassigned;
        }
        for (_, index) in cluster {
            let pair = &pairs[*index];
            let (Ok(row), Ok(column)) =
                (self.rows.binary_search(&pair.measurement), self.columns.binary_search(&pair.track))
            else {
                continue;
            };
            self.cost[row * m + column] = self.cost[row * m + column].min(pair.cost);
        }
        self.augment_all(n, m);
        for (_, index) in cluster {
            let pair = &pairs[*index];
            let (Ok(row), Ok(column)) =
                (self.rows.binary_search(&pair.measurement), self.columns.binary_search(&pair.track))
            else {
                continue;
            };
            if self.row_of[column + 1] == row + 1 {
                self.chosen[pair.measurement] = *index;
            }
        }
    }

    /// Shortest augmenting paths over the `n` × `m` cost matrix, `n ≤ m`. Rows and columns count from 1; 0 is the start.
    fn augment_all(&mut self, n: usize, m: usize) {
        reset(&mut self.potential_row, n + 1, 0.0);
        reset(&mut self.potential_column, m + 1, 0.0);
        reset(&mut self.row_of, m + 1, 0);
        reset(&mut self.way, m + 1, 0);
        for row in 1..=n {
            self.row_of[0] = row;
            reset(&mut self.least, m + 1, f64::INFINITY);
            reset(&mut self.used, m + 1, false);
            let mut column = 0;
            while self.row_of[column] != 0 {
                column = self.grow(column, m);
            }
            while column != 0 {
                let previous = self.way[column];
                self.row_of[column] = self.row_of[previous];
                column = previous;
            }
        }
    }

    /// Takes `column` into the tree and gives the nearest column outside it.
    fn grow(&mut self, column: usize, m: usize) -> usize {
        self.used[column] = true;
        let row = self.row_of[column];
        let mut step = f64::INFINITY;
        let mut nearest = 0;
        for candidate in 1..=m {
            if self.used[candidate] {
                continue;
            }
            let reduced =
                self.cost[(row - 1) * m + candidate - 1] - self.potential_row[row] - self.potential_column[candidate];
            if reduced < self.least[candidate] {
                self.least[candidate] = reduced;
                self.way[candidate] = column;
            }
            if self.least[candidate] < step {
                step = self.least[candidate];
                nearest = candidate;
            }
        }
        for candidate in 0..=m {
            if self.used[candidate] {
                self.potential_row[self.row_of[candidate]] += step;
                self.potential_column[candidate] -= step;
            } else {
                self.least[candidate] -= step;
            }
        }
        nearest
    }
}

fn root(parent: &mut [usize], mut node: usize) -> usize {
    while parent[node] != node {
        parent[node] = parent[parent[node]];
        node = parent[node];
    }
    node
}

fn reset<T: Clone>(buffer: &mut Vec<T>, length: usize, value: T) {
    buffer.clear();
    buffer.resize(length, value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn total(pairs: &[Pair], chosen: &[usize], unassigned: f64) -> f64 {
        chosen.iter().map(|index| pairs.get(*index).map_or(unassigned, |pair| pair.cost)).sum()
    }

    /// The least cost, by trying everything.
    fn brute(pairs: &[Pair], measurement: usize, measurements: usize, taken: u32, unassigned: f64) -> f64 {
        if measurement == measurements {
            return 0.0;
        }
        let mut best = unassigned + brute(pairs, measurement + 1, measurements, taken, unassigned);
        for pair in pairs.iter().filter(|pair| pair.measurement == measurement && taken & (1 << pair.track) == 0) {
            best = best
                .min(pair.cost + brute(pairs, measurement + 1, measurements, taken | (1 << pair.track), unassigned));
        }
        best
    }

    #[test]
    fn the_greedy_choice_is_not_taken_when_it_costs_more_in_all() {
        let pair = |measurement, track, cost| Pair { measurement, track, cost };
        // Greedy takes (0, 0) for 1 and must then pay 9: in all 10. Best is 2 + 2.
        let pairs = [pair(0, 0, 1.0), pair(0, 1, 2.0), pair(1, 0, 2.0), pair(1, 1, 9.0)];
        assert_eq!(Assigner::default().solve(&pairs, 2, 2, 16.0), [1, 2]);
        assert_eq!(Assigner::default().solve(&[pair(0, 0, 17.0)], 1, 1, 16.0), [NONE]);
    }

    proptest! {
        #[test]
        fn as_good_as_trying_everything(raw in prop::collection::vec((0..5usize, 0..5usize, -3.0..20.0f64), 0..14)) {
            let mut pairs: Vec<Pair> = Vec::new();
            for (measurement, track, cost) in raw {
                if !pairs.iter().any(|pair| pair.measurement == measurement && pair.track == track) {
                    pairs.push(Pair { measurement, track, cost });
                }
            }
            let mut assigner = Assigner::default();
            let chosen = assigner.solve(&pairs, 5, 5, 12.0).to_vec();
            let mut taken = [false; 5];
            for index in chosen.iter().filter(|index| **index != NONE) {
                prop_assert!(!std::mem::replace(&mut taken[pairs[*index].track], true), "a track taken twice");
            }
            prop_assert!((total(&pairs, &chosen, 12.0) - brute(&pairs, 0, 5, 0, 12.0)).abs() < 1e-9);
        }
    }
}
