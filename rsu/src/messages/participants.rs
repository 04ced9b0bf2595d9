//! Numbers for tracks: a track's own number grows for ever, a message's `ptcId` must stay small and be held for the
//! track's life.

use std::collections::BTreeMap;

use perception::time::UtcMicros;
use perception::track::Track;

/// T/CSAE 53 keeps 0 for the unit itself and asks for 1–255; ASN.1 allows up to 65535, used when more are in sight.
const USUAL: u16 = 255;
/// A number rests this long before somebody else gets it, so that no vehicle takes one road user for another.
const REST_S: f64 = 5.0;

#[derive(Debug, Default)]
pub(super) struct ParticipantIds {
    by_track: BTreeMap<u64, Held>,
    last: u16,
}

#[derive(Clone, Copy, Debug)]
struct Held {
    number: u16,
    used_at: UtcMicros,
}

impl ParticipantIds {
    /// Each track with its number, in the order given.
    pub(super) fn numbers<'a, 't>(
        &'a mut self,
        now: UtcMicros,
        tracks: &'a [&'t Track],
    ) -> impl Iterator<Item = (u16, &'t Track)> + use<'a, 't> {
        self.by_track.retain(|_, held| now.seconds_since(held.used_at).abs() < REST_S);
        tracks.iter().filter_map(move |track| Some((self.number(now, track.id)?, *track)))
    }

    fn number(&mut self, now: UtcMicros, track: u64) -> Option<u16> {
        if let Some(held) = self.by_track.get_mut(&track) {
            held.used_at = now;
            return Some(held.number);
        }
        let taken: Vec<u16> = self.by_track.values().map(|held| held.number).collect();
        let usual = (1..=USUAL).map(|step| (self.last + step - 1) % USUAL + 1);
        let number = usual.chain(USUAL + 1..=u16::MAX).find(|number| !taken.contains(number))?;
        self.last = if number <= USUAL { number } else { self.last };
        self.by_track.insert(track, Held { number, used_at: now });
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use perception::detection::Class;

    fn track(id: u64) -> Track {
        Track {
            id,
            class: Class::Car,
            class_probability: 1.0,
            position_enu_m: [0.0; 2],
            cov_position_m2: [[1.0, 0.0], [0.0, 1.0]],
            velocity_enu_mps: [0.0; 2],
            cov_velocity_m2ps2: [[1.0, 0.0], [0.0, 1.0]],
            heading_cw_north_rad: None,
            length_m: None,
            width_m: None,
            height_m: None,
            existence: 1.0,
            sources: Vec::new(),
            measured_at: UtcMicros(0),
            born_at: UtcMicros(0),
        }
    }

    fn numbers(ids: &mut ParticipantIds, at_s: f64, tracks: &[u64]) -> Vec<u16> {
        let tracks: Vec<Track> = tracks.iter().map(|id| track(*id)).collect();
        let now = UtcMicros(0).plus_seconds(at_s);
        ids.numbers(now, &tracks.iter().collect::<Vec<_>>()).map(|(number, _)| number).collect()
    }

    #[test]
    fn a_number_is_held_for_life_and_rests_after() {
        let mut ids = ParticipantIds::default();
        assert_eq!(numbers(&mut ids, 0.0, &[1000, 2000]), [1, 2]);
        assert_eq!(numbers(&mut ids, 1.0, &[2000, 3000]), [2, 3]);
        assert_eq!(numbers(&mut ids, 2.0, &[1000]), [1], "back within the rest: the same");
    }

    #[test]
    fn more_than_255_are_named_too_and_all_differ() {
        let mut ids = ParticipantIds::default();
        let many: Vec<u64> = (0..300).collect();
        let mut given = numbers(&mut ids, 0.0, &many);
        assert!(!given.contains(&0));
        given.sort_unstable();
        given.dedup();
        assert_eq!(given.len(), 300);
    }
}
