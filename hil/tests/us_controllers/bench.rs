//! A source on its runner, as the service starts it, and what it hands on.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use hil::controllers::nema::DualRing;
use perception::time::UtcMicros;
use rsu::clock::Clock;
use rsu::config::SignalFile;
use rsu::health::Health;
use rsu::inlet::{Arrival, Inlet};
use rsu::metrics::Metrics;
use rsu::pipeline::Input;
use rsu::priority::ToSource;
use rsu::signals::link::Endpoint;
use rsu::signals::nema::Head;
use rsu::signals::runner::Runner;
use rsu::signals::{Light, SignalState};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How long anything may take before the test gives up.
pub const IN_VAIN: Duration = Duration::from_secs(60);

pub struct Bench {
    inputs: Receiver<Arrival>,
    metrics: Metrics,
    pub clock: Arc<Clock>,
    /// Where the source listens.
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
    /// The way of commands; where the table has none of them, they are answered as not supported.
    pub control: ToSource,
}

/// A light with its earliest and its latest end, milliseconds.
pub type Group = (u8, Light, Option<i64>, Option<i64>);

impl Bench {
    /// Starts the source of a `[signal]` table; secrets lie in `folder`.
    pub async fn start(table: &str, folder: &Path) -> Self {
        let mut file: SignalFile = toml::from_str(table).unwrap();
        file.base(folder);
        let settings = file.settings();
        let clock = Arc::new(Clock::new());
        let metrics = Metrics::new().unwrap();
        let (inlet, inputs) = Inlet::new(None, clock.clone(), metrics.clone());
        let endpoint = Endpoint::bind(settings.link()).await.unwrap();
        let address = endpoint.local_addr().unwrap();
        let source = settings.source().unwrap();
        let health = Arc::new(Health::new());
        let runner = Runner::new(source, settings.stale_after_s(), inlet, health, metrics.clone(), clock.clone());
        let (stop, stopped) = watch::channel(false);
        let (control, commands) = ToSource::new();
        let running = tokio::spawn(runner.with_commands(Some(commands)).run(endpoint, stopped));
        Self { inputs, metrics, clock, address, stop, running, control }
    }

    /// The service stops; this side of it is gone already.
    pub async fn stop(self) {
        let Self { inputs, stop, running, .. } = self;
        drop(inputs);
        let _ = stop.send(true);
        running.await.unwrap();
    }

    /// What comes next, and when it came.
    pub fn arrival(&self) -> Arrival {
        tokio::task::block_in_place(|| self.inputs.recv_timeout(IN_VAIN).expect("nothing came"))
    }

    /// What comes next.
    pub fn input(&self) -> Input {
        self.arrival().input
    }

    /// The next state.
    pub fn state(&self) -> SignalState {
        match self.input() {
            Input::Signal(state) => state,
            other => panic!("{other:?}"),
        }
    }

    /// The next state's groups.
    pub fn groups(&self) -> Vec<Group> {
        let ms = |end_s: Option<f64>| end_s.map(|end_s| (end_s * 1000.0).round() as i64);
        let groups = self.state().groups.into_iter();
        groups.map(|group| (group.id, group.light, ms(group.min_end_s), ms(group.max_end_s))).collect()
    }

    /// The groups of the first state that shows these lights.
    pub fn groups_with(&self, lights: &[Light]) -> Vec<Group> {
        loop {
            let groups = self.groups();
            if groups.iter().map(|group| group.1).eq(lights.iter().copied()) {
                return groups;
            }
        }
    }

    /// Waits until the controller is heard, or is not any more.
    pub async fn until_connected(&self, wanted: bool) {
        let gauge = self.metrics.signal_connected.with_label_values(&["ntcip1202"]);
        let changed = async {
            while (gauge.get() > 0.0) != wanted {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(IN_VAIN, changed).await.expect("it stays as it is");
    }

    /// How often something was refused for a reason.
    pub fn refused(&self, reason: &str) -> u64 {
        let drops = self.metrics.drops();
        drops.iter().filter(|(place, why, _)| place.starts_with("signal ") && why == reason).map(|drop| drop.2).sum()
    }

    /// Waits until something was refused for a reason.
    pub async fn refuses(&self, reason: &str) {
        let refused = async {
            while self.refused(reason) == 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(IN_VAIN, refused).await.unwrap_or_else(|_| panic!("{:?}", self.metrics.drops()));
    }

    /// No state has come.
    pub fn is_silent(&self) -> bool {
        self.inputs.try_recv().is_err()
    }
}

/// What a controller showed, and from when on.
#[derive(Debug, Default)]
pub struct Shown(Vec<(UtcMicros, Vec<Light>)>);

impl Shown {
    /// It shows these from now on. To be said while nobody can ask it.
    pub fn add(&mut self, now: UtcMicros, lights: Vec<Light>) {
        self.0.push((now, lights));
    }

    /// Whether each of these heads showed this at one time between these, where a light is known.
    pub fn had(&self, from: UtcMicros, to: UtcMicros, lights: &[Light]) -> bool {
        let ends = self.0.iter().skip(1).map(|(until, _)| *until).chain([UtcMicros(i64::MAX)]);
        let mut between = self.0.iter().zip(ends).filter(|((since, _), until)| *since <= to && *until >= from);
        between.any(|((_, shown), _)| {
            shown.iter().zip(lights).all(|(shown, said)| *said == Light::Unavailable || said == shown)
        })
    }
}

/// What a controller shows of heads, as groups 1, 2, ….
pub fn truth(controller: &DualRing, heads: &[Head]) -> Vec<Group> {
    let ms = |end: Option<u32>| end.map(|end| i64::from(end) * 100);
    let shown = (1..).zip(heads).map(|(id, head)| (id, controller.shows(*head)));
    shown.map(|(id, shown)| (id, shown.light, ms(shown.min_end), ms(shown.max_end))).collect()
}

/// `[[signal.group]]` for these heads, as groups 1, 2, ….
pub fn table_of(heads: &[Head]) -> String {
    (1..).zip(heads).map(|(id, head): (u8, _)| format!("[[group]]\ngroup = {id}\nhead = \"{head}\"\n")).collect()
}

pub const HEADS: [Head; 7] = [
    Head::Phase(1),
    Head::Phase(2),
    Head::Phase(6),
    Head::Phase(8),
    Head::Pedestrian(2),
    Head::Pedestrian(8),
    Head::Overlap(1),
];
