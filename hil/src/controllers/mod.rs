//! Signal controllers that speak real protocols on real sockets, to try the service against: one file per protocol.
//!
//! A [`Controller`] is sans-IO. Its frames are built here, by code of their own: a mistake that the service's codec makes
//! too would otherwise not show.

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use perception::time::UtcMicros;
use rsu::clock::Clock;
use rsu::signals::fixed_time::FixedTimePlan;
use rsu::signals::link::{Endpoint, Link, Received};
use tokio::sync::watch;

pub mod gat1743;
pub mod gbt20999;
pub mod j2735;
pub mod nema;
pub mod ntcip;
pub mod tscbm;

/// A controller that is reached over a link. Sans-IO.
pub trait Controller: Send {
    /// Bytes came: a datagram, or a piece of a stream. The answers, a frame each.
    fn receive(&mut self, now: UtcMicros, bytes: &[u8]) -> Vec<Vec<u8>>;

    /// Time has passed: what it says by itself. Called ten times a second.
    fn tick(&mut self, now: UtcMicros) -> Vec<Vec<u8>>;

    /// It starts anew and has forgotten everything.
    fn reboot(&mut self);
}

/// What goes wrong on the way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// Before every frame comes the same with one octet changed.
    WrongCrc,
    /// Before every frame comes the first half of it.
    HalfFrame,
    /// Before every frame comes garbage.
    Garbage,
    /// Nothing is said.
    Silence,
    /// The link breaks and the controller starts anew.
    Reboot,
}

/// How a program decides when a stage ends.
#[derive(Clone, Debug)]
pub struct Program {
    plan: FixedTimePlan,
    /// An actuated one cuts greens short, by chance: seconds by which it has overtaken its plan.
    actuated: Option<(Rng, f64)>,
    cut_in: Option<usize>,
}

impl Program {
    /// Runs the plan by the clock.
    pub fn fixed(plan: FixedTimePlan) -> Self {
        Self { plan, actuated: None, cut_in: None }
    }

    /// Ends stages before their time, by chance; the same seed ends the same stages.
    pub fn actuated(plan: FixedTimePlan, seed: u64) -> Self {
        Self { plan, actuated: Some((Rng::with_seed(seed), 0.0)), cut_in: None }
    }

    /// The plan.
    pub fn plan(&self) -> &FixedTimePlan {
        &self.plan
    }

    /// Whether ends may change.
    pub fn is_actuated(&self) -> bool {
        self.actuated.is_some()
    }

    /// When it is by the plan, now: ahead of the clock where greens were cut short.
    pub fn plan_time(&mut self, now: UtcMicros) -> UtcMicros {
        let Some((rng, ahead_s)) = &mut self.actuated else { return now };
        let at = now.plus_seconds(*ahead_s);
        let (stage, left_s) = self.plan.stage_at(at);
        let green_left_s = self.plan.stages().get(stage).map_or(0.0, |s| left_s - s.yellow_s - s.all_red_s);
        // Once a stage, in the second half of its green.
        let half_s = self.plan.stages().get(stage).map_or(0.0, |s| s.green_s / 2.0);
        if self.cut_in != Some(stage) && (0.0..half_s).contains(&green_left_s) {
            self.cut_in = Some(stage);
            *ahead_s += green_left_s * rng.f64();
        }
        now.plus_seconds(*ahead_s)
    }
}

/// Lets a controller speak on its endpoint until whoever holds the other end of `faults` lets go of it.
pub async fn run(
    mut controller: Box<dyn Controller>,
    endpoint: Endpoint,
    mut faults: watch::Receiver<Fault>,
    clock: Arc<Clock>,
) {
    let mut rng = Rng::with_seed(1);
    loop {
        let link = tokio::select! {
            biased;
            closed = closed(&mut faults) => return closed,
            link = endpoint.open() => link,
        };
        if let Ok(link) = link {
            speak(controller.as_mut(), link, &mut faults, &clock, &mut rng).await;
        }
        tokio::time::sleep(TICK).await;
    }
}

const TICK: Duration = Duration::from_millis(100);

/// Waits until nobody is there any more who could ask for a fault.
async fn closed(faults: &mut watch::Receiver<Fault>) {
    while faults.changed().await.is_ok() {}
}

/// Serves one link until it breaks.
async fn speak(
    controller: &mut dyn Controller,
    mut link: Link<'_>,
    faults: &mut watch::Receiver<Fault>,
    clock: &Clock,
    rng: &mut Rng,
) {
    let mut buffer = vec![0; 65_536];
    let mut every = tokio::time::interval(TICK);
    loop {
        let frames = tokio::select! {
            changed = faults.changed() => {
                if changed.is_err() || *faults.borrow() == Fault::Reboot {
                    controller.reboot();
                    return;
                }
                continue;
            }
            received = link.receive(&mut buffer) => match received {
                Ok(Received::Bytes(length)) => controller.receive(clock.now(), buffer.get(..length).unwrap_or_default()),
                Ok(Received::Stranger(_)) => continue,
                Ok(Received::Closed) | Err(_) => return,
            },
            _ = every.tick() => controller.tick(clock.now()),
        };
        let fault = *faults.borrow();
        for frame in frames {
            for bytes in with_fault(&frame, fault, rng) {
                // Nobody listening is no concern of a controller.
                let _ = link.send(&bytes).await;
            }
        }
    }
}

fn with_fault(frame: &[u8], fault: Fault, rng: &mut Rng) -> Vec<Vec<u8>> {
    let bad = match fault {
        Fault::None | Fault::Reboot => None,
        Fault::Silence => return Vec::new(),
        Fault::HalfFrame => Some(frame.get(..frame.len() / 2).unwrap_or_default().to_vec()),
        Fault::Garbage => Some((0..rng.usize(1..80)).map(|_| rng.u8(..)).collect()),
        Fault::WrongCrc => {
            let mut bad = frame.to_vec();
            // The last octet before check sum and end; in none of the protocols a mark.
            if let Some(octet) = bad.len().checked_sub(4).and_then(|at| bad.get_mut(at)) {
                *octet ^= 0x01;
            }
            Some(bad)
        }
    };
    bad.into_iter().chain([frame.to_vec()]).collect()
}
