//! Controllers that decide as they go, in simulated time: two rings by detectors, and one whose splits an optimiser moves.
//! They tell lights only, no times.

use perception::time::UtcMicros;
use rsu::signals::{Control, GroupState, Light, SignalState};

/// Steps of the simulation, seconds.
pub const STEP_S: f64 = 0.5;
const YELLOW_S: f64 = 3.5;
const ALL_RED_S: f64 = 1.5;
const LEFT: [f64; 2] = [5.0, 20.0];
const THROUGH: [f64; 2] = [8.0, 45.0];
/// A vehicle on the detector this long ago holds the green, seconds; one leaves the queue each so many seconds.
const PASSAGE_S: f64 = 3.0;
const HEADWAY_S: f64 = 2.0;

/// A small generator of random numbers (SplitMix64: Steele, Lea, Flood 2014).
pub struct Random(pub u64);

impl Random {
    pub fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// About normal: the sum of twelve.
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    Left,
    LeftYellow,
    LeftRed,
    Through,
    ThroughYellow,
    ThroughRed,
}

/// Two rings and two barriers as in NEMA TS 2: lefts 1, 5 then throughs 2, 6; then 3, 7 and 4, 8.
pub struct Actuated {
    random: Random,
    at_s: f64,
    side: usize,
    rings: [(Stage, f64); 2],
    queue: [f64; 8],
    seen_s: [f64; 8],
}

impl Actuated {
    pub fn new(seed: u64, at_s: f64) -> Self {
        Self {
            random: Random(seed),
            at_s,
            side: 0,
            rings: [(Stage::Through, 0.0); 2],
            queue: [0.0; 8],
            seen_s: [f64::NEG_INFINITY; 8],
        }
    }

    /// Vehicles a second on a phase: quiet at night, a peak at 8 and one at 17:30.
    fn demand_per_s(&self, phase: usize) -> f64 {
        let hour = (self.at_s / 3600.0).rem_euclid(24.0);
        let peak = |at: f64, width: f64| (-((hour - at) / width).powi(2)).exp();
        let day = 0.15 + 0.5 * peak(12.5, 5.0) + 0.5 * peak(8.0, 1.0) + 0.6 * peak(17.5, 1.2);
        day * [0.06, 0.22, 0.04, 0.12, 0.05, 0.20, 0.04, 0.13][phase]
    }

    /// One step on; what the lights then show.
    pub fn step(&mut self, utc: UtcMicros) -> SignalState {
        self.at_s += STEP_S;
        for phase in 0..8 {
            if self.random.uniform() < self.demand_per_s(phase) * STEP_S {
                self.queue[phase] += 1.0;
                self.seen_s[phase] = self.at_s;
            }
        }
        for ring in 0..2 {
            self.rings[ring].1 += STEP_S;
            self.serve(ring);
            self.change(ring);
        }
        self.cross();
        self.state(utc)
    }

    fn phase(&self, ring: usize, through: bool) -> usize {
        4 * ring + 2 * self.side + usize::from(through)
    }

    fn serve(&mut self, ring: usize) {
        let (stage, lasted_s) = self.rings[ring];
        if matches!(stage, Stage::Left | Stage::Through) && lasted_s > HEADWAY_S {
            let phase = self.phase(ring, stage == Stage::Through);
            if self.queue[phase] > 0.0 {
                self.queue[phase] = (self.queue[phase] - STEP_S / HEADWAY_S).max(0.0);
                self.seen_s[phase] = self.at_s;
            }
        }
    }

    fn done(&self, ring: usize, through: bool) -> bool {
        let [min_s, max_s] = if through { THROUGH } else { LEFT };
        let lasted_s = self.rings[ring].1;
        let gap = self.at_s - self.seen_s[self.phase(ring, through)] > PASSAGE_S;
        lasted_s >= max_s || (lasted_s >= min_s && gap)
    }

    fn change(&mut self, ring: usize) {
        let (stage, lasted_s) = self.rings[ring];
        let next = match stage {
            Stage::Left if self.done(ring, false) => Stage::LeftYellow,
            Stage::LeftYellow if lasted_s >= YELLOW_S => Stage::LeftRed,
            Stage::LeftRed if lasted_s >= ALL_RED_S => Stage::Through,
            _ => return,
        };
        self.rings[ring] = (next, 0.0);
    }

    /// Both rings cross the barrier together, when somebody waits behind it.
    fn cross(&mut self) {
        let lasted_s = self.rings[0].1;
        let next = match self.rings.map(|(stage, _)| stage) {
            [Stage::Through, Stage::Through] => {
                let waits =
                    (0..2).any(|ring| (0..2).any(|through| self.queue[4 * ring + 2 * (1 - self.side) + through] > 0.0));
                if !(waits && self.done(0, true) && self.done(1, true)) {
                    return;
                }
                Stage::ThroughYellow
            }
            [Stage::ThroughYellow, _] if lasted_s >= YELLOW_S => Stage::ThroughRed,
            [Stage::ThroughRed, _] if lasted_s >= ALL_RED_S => {
                self.side = 1 - self.side;
                for ring in 0..2 {
                    let left = self.queue[self.phase(ring, false)] > 0.0;
                    self.rings[ring] = (if left { Stage::Left } else { Stage::Through }, 0.0);
                }
                return;
            }
            _ => return,
        };
        self.rings = [(next, 0.0); 2];
    }

    fn state(&self, captured_at: UtcMicros) -> SignalState {
        let light = |phase: usize| {
            let (ring, side, through) = (phase / 4, phase % 4 / 2, phase % 2 == 1);
            match self.rings[ring].0 {
                _ if side != self.side => Light::Red,
                Stage::Left if !through => Light::Green,
                Stage::LeftYellow if !through => Light::Yellow,
                Stage::Through if through => Light::Green,
                Stage::ThroughYellow if through => Light::Yellow,
                _ => Light::Red,
            }
        };
        let groups = (0..8_u8).map(|phase| GroupState::new(phase + 1, light(usize::from(phase)))).collect();
        SignalState { captured_at, control: Some(Control::Actuated), plan: None, groups }
    }
}

/// Four stages whose greens an optimiser moves about those of the plan; the plan changes with the time of day.
pub struct Adaptive {
    random: Random,
    stage: usize,
    lasted_s: f64,
    green_s: f64,
}

impl Adaptive {
    pub fn new(seed: u64) -> Self {
        Self { random: Random(seed), stage: 0, lasted_s: 0.0, green_s: 20.0 }
    }

    pub fn step(&mut self, utc: UtcMicros) -> SignalState {
        let hour = (utc.0 as f64 / 3.6e9).rem_euclid(24.0);
        let plan = if (7.0..9.5).contains(&hour) || (16.5..19.0).contains(&hour) { 2 } else { 1 };
        self.lasted_s += STEP_S;
        if self.lasted_s >= self.green_s + YELLOW_S + ALL_RED_S {
            self.stage = (self.stage + 1) % 4;
            self.lasted_s = 0.0;
            let usual_s = [[25.0, 12.0, 20.0, 10.0], [45.0, 18.0, 30.0, 15.0]][plan - 1][self.stage];
            // Busy for some cycles, then less so.
            let wave = (utc.0 as f64 / 1.1e9).sin();
            self.green_s = (usual_s * (1.0 + 0.1 * wave + 0.15 * self.random.normal())).max(6.0);
        }
        let light = |stage: usize| match self.lasted_s - self.green_s {
            _ if stage != self.stage => Light::Red,
            since_green_s if since_green_s < 0.0 => Light::Green,
            since_green_s if since_green_s < YELLOW_S => Light::Yellow,
            _ => Light::Red,
        };
        let groups = (0..4_u8).map(|stage| GroupState::new(stage + 1, light(usize::from(stage)))).collect();
        SignalState { captured_at: utc, control: Some(Control::Adaptive), plan: u16::try_from(plan).ok(), groups }
    }
}
