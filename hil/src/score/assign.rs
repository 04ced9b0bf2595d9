//! The best one-to-one pairing, of few candidates among many.

use std::collections::BTreeMap;

use pathfinding::kuhn_munkres::kuhn_munkres;
use pathfinding::matrix::Matrix;

/// A pair that may be made, and what it is worth: finite, above 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Candidate {
    pub(super) row: usize,
    pub(super) column: usize,
    pub(super) weight: f64,
}

/// Weights become integers, this one the largest: exact arithmetic ends, where that on floats may circle.
const LARGEST_WEIGHT: f64 = (1_u64 << 40) as f64;

/// The pairs `(row, column)` of the largest total weight, each row and each column in one pair at most; by row.
///
/// Candidates that share nothing are solved apart, so that the cost is that of the largest crowd, cubed, and not of the site.
pub(super) fn best_pairs(candidates: &[Candidate]) -> Vec<(usize, usize)> {
    let columns_from = candidates.iter().map(|candidate| candidate.row + 1).max().unwrap_or(0);
    let nodes = columns_from + candidates.iter().map(|candidate| candidate.column + 1).max().unwrap_or(0);
    let mut parents: Vec<usize> = (0..nodes).collect();
    for candidate in candidates {
        let (row, column) = (root(&mut parents, candidate.row), root(&mut parents, columns_from + candidate.column));
        parents[column] = row;
    }
    let mut crowds = BTreeMap::<usize, Vec<Candidate>>::new();
    for candidate in candidates {
        crowds.entry(root(&mut parents, candidate.row)).or_default().push(*candidate);
    }
    let mut pairs: Vec<_> = crowds.values().flat_map(|crowd| solve(crowd)).collect();
    pairs.sort_unstable();
    pairs
}

/// The representative of a node's set; halves the path on the way.
fn root(parents: &mut [usize], mut node: usize) -> usize {
    while parents[node] != node {
        parents[node] = parents[parents[node]];
        node = parents[node];
    }
    node
}

fn solve(crowd: &[Candidate]) -> Vec<(usize, usize)> {
    if let [only] = crowd {
        return vec![(only.row, only.column)];
    }
    let rows = numbered(crowd.iter().map(|candidate| candidate.row));
    let columns = numbered(crowd.iter().map(|candidate| candidate.column));
    let largest = crowd.iter().map(|candidate| candidate.weight).fold(0.0, f64::max);
    // Square, so that it does not matter which side is longer; 0 stands for no pair.
    let mut weights = Matrix::new_square(rows.len().max(columns.len()), 0_i64);
    for candidate in crowd {
        // Between 1 and 2⁴⁰.
        let weight = (candidate.weight / largest * LARGEST_WEIGHT).round().max(1.0) as i64;
        weights[(place(&rows, candidate.row), place(&columns, candidate.column))] = weight;
    }
    let (_, chosen) = kuhn_munkres(&weights);
    let pairs = rows.iter().zip(&chosen).enumerate().filter(|(row, (_, column))| weights[(*row, **column)] > 0);
    pairs.filter_map(|(_, (row, column))| Some((*row, *columns.get(*column)?))).collect()
}

/// Sorted, each once.
fn numbered(indices: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut numbered: Vec<usize> = indices.collect();
    numbered.sort_unstable();
    numbered.dedup();
    numbered
}

/// Where `index` stands in `numbered`, which holds it.
fn place(numbered: &[usize], index: usize) -> usize {
    numbered.partition_point(|other| *other < index)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn candidate(&(row, column, weight): &(usize, usize, f64)) -> Candidate {
        Candidate { row, column, weight }
    }

    fn best(candidates: &[(usize, usize, f64)]) -> Vec<(usize, usize)> {
        best_pairs(&candidates.iter().map(candidate).collect::<Vec<_>>())
    }

    #[test]
    fn the_sum_decides_and_not_the_best_pair() {
        assert_eq!(best(&[]), []);
        assert_eq!(best(&[(3, 7, 0.1)]), [(3, 7)]);
        assert_eq!(best(&[(0, 0, 1.0), (0, 1, 0.9), (1, 0, 0.8)]), [(0, 1), (1, 0)]);
        assert_eq!(best(&[(0, 0, 1.0), (0, 1, 0.4), (1, 0, 0.4)]), [(0, 0)]);
        assert_eq!(best(&[(0, 5, 1.0), (1, 5, 2.0), (2, 5, 3.0)]), [(2, 5)]);
    }

    /// The largest sum, by trying everything.
    fn largest(candidates: &[Candidate]) -> f64 {
        let Some((first, rest)) = candidates.split_first() else { return 0.0 };
        let apart = |other: &&Candidate| other.row != first.row && other.column != first.column;
        let others: Vec<_> = rest.iter().filter(apart).copied().collect();
        largest(rest).max(first.weight + largest(&others))
    }

    proptest! {
        #[test]
        fn no_other_pairing_is_worth_more(weights in proptest::collection::btree_map((0_usize..5, 0_usize..5), 1e-3_f64..1.0, 0..12)) {
            let candidates: Vec<_> = weights.iter().map(|((row, column), weight)| candidate(&(*row, *column, *weight))).collect();
            let pairs = best_pairs(&candidates);
            let sum: f64 = pairs.iter().map(|pair| weights[pair]).sum();
            prop_assert!((sum - largest(&candidates)).abs() < 1e-9);
            let once = |side: Vec<usize>| side.len() == numbered(side.iter().copied()).len();
            prop_assert!(once(pairs.iter().map(|pair| pair.0).collect()) && once(pairs.iter().map(|pair| pair.1).collect()));
        }
    }
}
