//! A controller of the NEMA kind: eight phases in two rings with a barrier, fully actuated, in steps of a tenth of a second.
//!
//! Ring 1 runs phases 1 2 | 3 4, ring 2 runs 5 6 | 7 8; both cross a barrier together. Every phase is called every time,
//! but for turns that are taken out of `recalls`: those have their turn when they are called from outside. How long its traffic
//! holds its green is part of the plan; a hold from outside prolongs it. Phases 2, 4, 6 and 8 let those on foot go at the start of
//! their green. Overlap 1 is green with phases 1 and 2.

use rsu::signals::Light;
use rsu::signals::nema::Head;

/// Phases of the two rings, in order; the barrier comes after the second and after the fourth.
const RINGS: [[u8; 4]; 2] = [[1, 2, 3, 4], [5, 6, 7, 8]];

/// Times of one phase, tenths of a second.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// Shortest green.
    pub min_green: u32,
    /// Longest green.
    pub max_green: u32,
    /// How long its traffic holds the green, within these bounds.
    pub wanted_green: u32,
    /// Yellow.
    pub yellow: u32,
    /// All red after it.
    pub red_clear: u32,
    /// Walk; 0: nobody on foot.
    pub walk: u32,
    /// Clearance of those on foot.
    pub pedestrian_clear: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Interval {
    Green,
    Yellow,
    RedClear,
    /// Red, until the other ring is at the barrier too.
    Barrier,
}

#[derive(Clone, Copy, Debug)]
struct Ring {
    place: usize,
    interval: Interval,
    since: u32,
}

/// What one head shows and when that ends, tenths of a second from now; `None`: nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// What it shows.
    pub light: Light,
    /// Earliest end.
    pub min_end: Option<u32>,
    /// Latest end.
    pub max_end: Option<u32>,
}

impl Shown {
    const RED: Self = Self { light: Light::Red, min_end: None, max_end: None };

    fn until(light: Light, end: u32) -> Self {
        Self { light, min_end: Some(end), max_end: Some(end) }
    }
}

/// See the module.
#[derive(Clone, Debug)]
pub struct DualRing {
    times: [Times; 8],
    rings: [Ring; 2],
    /// Whether it broadcasts TSCBM, as its agent was told.
    pub broadcasts: bool,
    /// Phases that are called every time; bit 0 is phase 1.
    pub recalls: u16,
    /// What it was told from outside.
    pub told: Told,
    /// After so long without a word it lets go of all that it was told, seconds; 0: never.
    pub backup_s: u16,
    since_told: u32,
}

/// What a controller was told from outside; bit 0 is phase 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Phases that are called.
    pub calls: u16,
    /// Phases whose green is held.
    pub holds: u16,
}

impl Default for DualRing {
    /// Left turns of 5 to 15 s, through traffic of 10 to 40 s, yellow 3.5 s, red clear 1.5 s, walk 7 s, clearance 9 s.
    fn default() -> Self {
        let turn = Times {
            min_green: 50,
            max_green: 150,
            wanted_green: 80,
            yellow: 35,
            red_clear: 15,
            walk: 0,
            pedestrian_clear: 0,
        };
        let through =
            Times { min_green: 100, max_green: 400, wanted_green: 220, walk: 70, pedestrian_clear: 90, ..turn };
        Self::new([turn, through, turn, through, turn, through, turn, through])
    }
}

impl DualRing {
    /// A controller with these times of phases 1 to 8, at the start of phases 1 and 5.
    pub fn new(times: [Times; 8]) -> Self {
        let start = Ring { place: 0, interval: Interval::Green, since: 0 };
        Self {
            times,
            rings: [start; 2],
            broadcasts: false,
            recalls: 0xff,
            told: Told::default(),
            backup_s: 10,
            since_told: 0,
        }
    }

    /// The times of a phase, 1 to 8; `None` of others.
    pub fn times(&self, phase: u8) -> Option<&Times> {
        self.times.get(usize::from(phase).checked_sub(1)?)
    }

    /// It is told something from outside.
    pub fn tell(&mut self, told: Told) {
        self.told = told;
        self.since_told = 0;
    }

    /// A tenth of a second passes.
    pub fn step(&mut self) {
        self.since_told = self.since_told.saturating_add(1);
        if self.backup_s > 0 && self.since_told >= u32::from(self.backup_s) * 10 {
            self.told = Told::default();
        }
        for index in 0..self.rings.len() {
            self.rings[index].since += 1;
            self.advance(index);
        }
        if self.rings.iter().all(|ring| ring.interval == Interval::Barrier) {
            let called = self.recalls | self.told.calls;
            for (ring, phases) in self.rings.iter_mut().zip(RINGS) {
                let turn = (ring.place + 1) % 4;
                let place = if is_in(called, phases[turn]) { turn } else { turn + 1 };
                *ring = Ring { place, interval: Interval::Green, since: 0 };
            }
        }
    }

    /// Goes on to the moment that is so many tenths of a second from now.
    pub fn advance_by(&mut self, tenths: u32) {
        for _ in 0..tenths {
            self.step();
        }
    }

    fn advance(&mut self, index: usize) {
        let ring = self.rings[index];
        let times = self.times_of(index);
        let next = match ring.interval {
            Interval::Green if self.wants_to_end(index) && self.may_end(index) => Interval::Yellow,
            Interval::Yellow if ring.since >= times.yellow => Interval::RedClear,
            Interval::RedClear if ring.since >= times.red_clear => {
                if !Self::is_at_barrier(ring) {
                    self.rings[index] = Ring { place: ring.place + 1, interval: Interval::Green, since: 0 };
                    return;
                }
                Interval::Barrier
            }
            _ => return,
        };
        self.rings[index] = Ring { interval: next, since: 0, ..ring };
    }

    fn is_at_barrier(ring: Ring) -> bool {
        ring.place % 2 == 1
    }

    fn phase_of(&self, index: usize) -> u8 {
        RINGS[index][self.rings[index].place]
    }

    fn times_of(&self, index: usize) -> Times {
        self.times[usize::from(self.phase_of(index)) - 1]
    }

    fn wants_to_end(&self, index: usize) -> bool {
        let times = self.times_of(index);
        let on_foot = times.walk + times.pedestrian_clear;
        !is_in(self.told.holds, self.phase_of(index))
            && self.rings[index].since >= times.wanted_green.clamp(times.min_green, times.max_green).max(on_foot)
    }

    /// Before a barrier a ring rests in green until the other wants to cross as well.
    fn may_end(&self, index: usize) -> bool {
        let other = self.rings[1 - index];
        !Self::is_at_barrier(self.rings[index])
            || (Self::is_at_barrier(other) && (other.interval != Interval::Green || self.wants_to_end(1 - index)))
    }

    /// What a head shows. Heads that it does not have are dark.
    pub fn shows(&self, head: Head) -> Shown {
        const DARK: Shown = Shown { light: Light::Dark, min_end: None, max_end: None };
        match head {
            Head::Phase(phase) => self.ring_of(phase).map_or(DARK, |index| self.vehicles(index, phase)),
            Head::Pedestrian(phase) => match self.ring_of(phase) {
                Some(index) if self.times(phase).is_some_and(|times| times.walk > 0) => self.on_foot(index, phase),
                _ => DARK,
            },
            // Green from the first of its phases to the second's; nothing of its times is said.
            Head::Overlap(1) => {
                let light = if self.rings[0].place == 0 { Light::Green } else { self.shows(Head::Phase(2)).light };
                Shown { light, ..Shown::RED }
            }
            Head::Overlap(_) => DARK,
        }
    }

    fn ring_of(&self, phase: u8) -> Option<usize> {
        RINGS.iter().position(|ring| ring.contains(&phase))
    }

    fn vehicles(&self, index: usize, phase: u8) -> Shown {
        let ring = self.rings[index];
        if RINGS[index][ring.place] != phase {
            return Shown::RED;
        }
        let times = self.times_of(index);
        match ring.interval {
            Interval::Green => Shown {
                light: Light::Green,
                min_end: Some(times.min_green.saturating_sub(ring.since)),
                // Past its maximum it rests, and nobody knows for how long.
                max_end: times.max_green.checked_sub(ring.since),
            },
            Interval::Yellow => Shown::until(Light::Yellow, times.yellow.saturating_sub(ring.since)),
            Interval::RedClear | Interval::Barrier => Shown::RED,
        }
    }

    fn on_foot(&self, index: usize, phase: u8) -> Shown {
        let ring = self.rings[index];
        let times = self.times_of(index);
        if RINGS[index][ring.place] != phase || ring.interval != Interval::Green {
            return Shown::RED;
        }
        let clear_at = times.walk + times.pedestrian_clear;
        match ring.since {
            since if since < times.walk => Shown::until(Light::Green, times.walk - since),
            since if since < clear_at => Shown::until(Light::Yellow, clear_at - since),
            _ => Shown::RED,
        }
    }
}

/// Whether a phase, from 1, is among these.
fn is_in(phases: u16, phase: u8) -> bool {
    phase.checked_sub(1).is_some_and(|bit| phases >> bit & 1 == 1)
}

/// All heads of a kind, by number, that show a light: bit 0 is head 1.
pub fn bits(controller: &DualRing, head: fn(u8) -> Head, light: Light) -> u16 {
    (1..=16)
        .filter(|number| controller.shows(head(*number)).light == light)
        .fold(0, |bits, number| bits | 1 << (number - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hold_keeps_a_green_and_a_call_gives_a_turn_until_nobody_says_so_any_more() {
        let mut controller = DualRing { recalls: 0xff & !0b100, ..DualRing::default() };
        let green = |controller: &DualRing, phase| controller.shows(Head::Phase(phase)).light == Light::Green;
        let turns = |controller: &mut DualRing, tenths: u32| {
            (0..tenths).filter(|_| (controller.step(), green(controller, 3)).1).count()
        };
        assert_eq!(turns(&mut controller, 2000), 0, "nobody calls phase 3");
        while !green(&controller, 2) {
            controller.step();
        }
        for _ in 0..600 {
            controller.tell(Told { holds: 0b10, ..Told::default() });
            controller.step();
        }
        assert!(green(&controller, 2) && green(&controller, 6), "and the other ring waits at the barrier");
        assert!(turns(&mut controller, 98) == 0 && controller.told.holds == 0b10);
        controller.step();
        assert_eq!(controller.told, Told::default(), "ten seconds without a word");
        controller.step();
        assert!(!green(&controller, 2));
        controller.backup_s = 0;
        controller.tell(Told { calls: 0b100, ..Told::default() });
        assert!(turns(&mut controller, 2000) > 100, "phase 3 is called");
    }

    #[test]
    fn no_two_conflicting_phases_are_let_go() {
        let mut controller = DualRing::default();
        let mut greens = std::collections::BTreeSet::new();
        for _ in 0..10_000 {
            controller.step();
            let open = |phase| controller.shows(Head::Phase(phase)).light != Light::Red;
            let open: Vec<u8> = (1..=8).filter(|phase| open(*phase)).collect();
            for ring in RINGS {
                assert!(open.iter().filter(|phase| ring.contains(phase)).count() <= 1, "{open:?}");
            }
            let first_side = |phase: &u8| matches!(phase, 1 | 2 | 5 | 6);
            assert!(open.iter().all(first_side) || !open.iter().any(first_side), "{open:?} across the barrier");
            greens.extend(open);
        }
        assert_eq!(greens.len(), 8, "each phase is served");
    }

    #[test]
    fn what_it_says_of_ends_comes_true() {
        let mut controller = DualRing::default();
        let heads: Vec<Head> = (1..=8).flat_map(|number| [Head::Phase(number), Head::Pedestrian(number)]).collect();
        for head in heads {
            let mut said: Option<(u32, Shown)> = None;
            for now in 0..3_000 {
                let shown = controller.shows(head);
                if let Some((at, before)) = said.filter(|(_, before)| before.light != shown.light) {
                    assert!(before.min_end.is_none_or(|end| now - at >= end), "{head} at {now}: {before:?}");
                    assert!(before.max_end.is_none_or(|end| now - at <= end), "{head} at {now}: {before:?}");
                    said = Some((now, shown));
                }
                said = said.or(Some((now, shown)));
                controller.step();
            }
        }
    }
}
