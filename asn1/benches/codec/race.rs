//! Contenders timed in turn, round after round, so that what disturbs the machine disturbs all of them.

use std::time::{Duration, Instant};

/// How long one contender runs before the next has its turn.
const TURN: Duration = Duration::from_micros(250);

/// Somebody who does one thing over and over.
pub struct Contender {
    /// As it is shown.
    pub name: String,
    /// Does it so many times.
    pub run: Box<dyn FnMut(u64)>,
}

impl Contender {
    /// `once` is inlined into its loop: between two times lies no call through a pointer.
    pub fn new(name: impl Into<String>, mut once: impl FnMut() + 'static) -> Self {
        let run = move |times| {
            for _ in 0..times {
                once();
            }
        };
        Self { name: name.into(), run: Box::new(run) }
    }

    /// How long so many times take.
    #[allow(clippy::disallowed_methods, reason = "a bench reads the clock")]
    pub fn time(&mut self, times: u64) -> Duration {
        let start = Instant::now();
        (self.run)(times);
        start.elapsed()
    }
}

/// What came out for one contender.
pub struct Figures {
    /// Whose.
    pub name: String,
    /// The best round, ns for one time.
    pub min_ns: f64,
    /// The middle round, ns for one time.
    pub median_ns: f64,
    /// How many times as long as the first contender in the same round; the middle of all rounds.
    pub ratio: f64,
}

/// So many rounds. The first contender is the one that the others are compared with.
pub fn race(contenders: &mut [Contender], rounds: usize) -> Vec<Figures> {
    let times: Vec<u64> = contenders.iter_mut().map(times_in_a_turn).collect();
    let mut ns = vec![Vec::with_capacity(rounds); contenders.len()];
    for round in 0..rounds {
        for turn in 0..contenders.len() {
            // Nobody always runs behind the same one.
            let index = (turn + round) % contenders.len();
            let elapsed = contenders[index].time(times[index]);
            ns[index].push(elapsed.as_nanos() as f64 / times[index] as f64);
        }
    }
    let figures = contenders.iter().zip(&ns).map(|(contender, mine)| Figures {
        name: contender.name.clone(),
        min_ns: mine.iter().copied().fold(f64::INFINITY, f64::min),
        median_ns: median(mine.clone()),
        ratio: median(mine.iter().zip(&ns[0]).map(|(mine, first)| mine / first).collect()),
    });
    figures.collect()
}

/// Also warms the contender up.
fn times_in_a_turn(contender: &mut Contender) -> u64 {
    let mut times = 1;
    while contender.time(times) < TURN {
        times *= 2;
    }
    times
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
