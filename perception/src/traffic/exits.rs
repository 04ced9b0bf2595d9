//! By which way those leave a lane that are lost in the junction.

use std::collections::BTreeMap;

/// A lane's ways are known once so many were seen to take them.
const ENOUGH: u32 = 10;
/// From so many on, older ones count half: habits change with the hour.
const OLD: u32 = 400;

/// How often each way out of a lane was taken.
#[derive(Clone, Copy, Debug, Default)]
struct Taken {
    seen: u32,
    presumed: u32,
}

/// The ways out of all lanes: by lane, by the link that they lead to.
#[derive(Clone, Debug, Default)]
pub(super) struct Exits(BTreeMap<usize, BTreeMap<usize, Taken>>);

impl Exits {
    /// Somebody was seen to go from a lane to a link.
    pub fn see(&mut self, lane: usize, to: usize) {
        let ways = self.0.entry(lane).or_default();
        ways.entry(to).or_default().seen += 1;
        if ways.values().map(|way| way.seen).sum::<u32>() > OLD {
            ways.values_mut().for_each(|way| *way = Taken { seen: way.seen / 2, presumed: way.presumed / 2 });
        }
    }

    /// Somebody left a lane, it was not seen where to: the way that has had the fewest of those for how often it is taken.
    /// `None`: too little is known of the lane.
    pub fn presume(&mut self, lane: usize) -> Option<usize> {
        let ways = self.0.get_mut(&lane)?;
        let seen: u32 = ways.values().map(|way| way.seen).sum();
        let lost = 1 + ways.values().map(|way| way.presumed).sum::<u32>();
        let owed = |way: &Taken| f64::from(way.seen) * f64::from(lost) / f64::from(seen) - f64::from(way.presumed);
        let most = ways.iter_mut().filter(|_| seen >= ENOUGH).max_by(|a, b| owed(a.1).total_cmp(&owed(b.1)));
        most.map(|(to, way)| {
            way.presumed += 1;
            *to
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_lost_is_shared_out_as_those_who_are_seen() {
        let mut exits = Exits::default();
        assert_eq!(exits.presume(0), None);
        for to in [1, 1, 2].repeat(4) {
            exits.see(0, to);
        }
        let presumed: Vec<_> = (0..6).map(|_| exits.presume(0)).collect();
        assert_eq!(presumed.iter().filter(|to| **to == Some(1)).count(), 4, "{presumed:?}");
        assert_eq!((presumed[0], exits.presume(7)), (Some(1), None));
    }
}
