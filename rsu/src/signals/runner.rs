//! Runs a [`SignalSource`] on its link for as long as the service lives: retries, figures, one word in the log a change.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::link::{Endpoint, Link, Received};
use super::{Moment, SignalSource, Talk};
use crate::clock::Clock;
use crate::health::{Health, Level};
use crate::inlet::Inlet;
use crate::metrics::Metrics;
use crate::pipeline::Input;
use crate::priority::{Command, Refusal};
use crate::radios::{Shutdown, stopped};

/// The component's name in health.
pub const COMPONENT: &str = "signal.controller";

/// The first and the longest pause before the link is made anew, seconds.
const FIRST_PAUSE_S: f64 = 0.5;
const LONGEST_PAUSE_S: f64 = 10.0;
/// A connection on which nothing was understood for this many times the staleness limit, and at least this long, is dead.
const DEAD_AFTER_STALE: f64 = 10.0;
const DEAD_AFTER_S: f64 = 5.0;
/// How long the stop of the service waits for the controller to say that it lets go, seconds; what it does not, its own
/// back-up timer does.
const LET_GO_WITHIN_S: f64 = 1.0;
/// The largest datagram there is.
const BUFFER_BYTES: usize = 65_536;

/// The next command; never, where none can come any more.
async fn next(commands: &mut Option<mpsc::Receiver<Command>>) -> Option<Command> {
    match commands {
        Some(commands) => match commands.recv().await {
            Some(command) => Some(command),
            None => std::future::pending().await,
        },
        None => std::future::pending().await,
    }
}

/// One controller's source, link and figures.
#[derive(Debug)]
pub struct Runner {
    source: Box<dyn SignalSource>,
    stale_after_s: f64,
    inlet: Inlet,
    /// What the controller is to be asked; `None`: it is only listened to.
    commands: Option<mpsc::Receiver<Command>>,
    health: Arc<Health>,
    metrics: Metrics,
    clock: Arc<Clock>,
    /// When the newest state came, uptime; of this link.
    heard_at_s: Option<f64>,
    speaks: Option<bool>,
    complained: BTreeSet<&'static str>,
    /// The pause after the link that is lost next.
    pause_s: f64,
}

/// Why a link is no longer served.
enum End {
    /// The service stops, or nobody takes states any more.
    Service,
    /// The link must be made anew.
    Link(String),
}

impl Runner {
    /// A runner for `source`, whose states are stale after `stale_after_s` seconds.
    pub fn new(
        source: Box<dyn SignalSource>,
        stale_after_s: f64,
        inlet: Inlet,
        health: Arc<Health>,
        metrics: Metrics,
        clock: Arc<Clock>,
    ) -> Self {
        Self {
            source,
            stale_after_s,
            inlet,
            commands: None,
            health,
            metrics,
            clock,
            heard_at_s: None,
            speaks: None,
            complained: BTreeSet::new(),
            pause_s: FIRST_PAUSE_S,
        }
    }

    /// The same, which passes on commands.
    pub fn with_commands(self, commands: Option<mpsc::Receiver<Command>>) -> Self {
        Self { commands, ..self }
    }

    /// Serves the endpoint until the service stops.
    pub async fn run(mut self, endpoint: Endpoint, mut shutdown: Shutdown) {
        self.health.expect(COMPONENT);
        self.metrics.signal_connected.with_label_values(&[self.source.name()]).set(0.0);
        loop {
            let Some(opened) = self.without_link(endpoint.open(), &mut shutdown).await else { return };
            let lost = match opened {
                Ok(link) => match self.serve(link, endpoint.is_stream(), &mut shutdown).await {
                    End::Service => return,
                    End::Link(why) => why,
                },
                Err(error) => error.to_string(),
            };
            self.speaks(false, &lost);
            self.metrics.signal_reconnects.with_label_values(&[self.source.name()]).inc();
            let pause = Duration::from_secs_f64(self.pause_s);
            self.pause_s = (self.pause_s * 2.0).min(LONGEST_PAUSE_S);
            if self.without_link(tokio::time::sleep(pause), &mut shutdown).await.is_none() {
                return;
            }
        }
    }

    /// Waits while there is no link: who would be served meanwhile hears that the controller is silent. `None`: the service
    /// stops.
    async fn without_link<T>(&mut self, waits: impl Future<Output = T>, shutdown: &mut Shutdown) -> Option<T> {
        tokio::pin!(waits);
        loop {
            tokio::select! {
                biased;
                () = stopped(shutdown) => return None,
                done = &mut waits => return Some(done),
                Some(command) = next(&mut self.commands) => {
                    if command.serve {
                        self.tell(command.number, Err(Refusal::Silent));
                    }
                }
            }
        }
    }

    async fn serve(&mut self, mut link: Link<'_>, is_stream: bool, shutdown: &mut Shutdown) -> End {
        let mut talk = Talk::default();
        let end = self.converse(&mut talk, &mut link, is_stream, shutdown).await;
        self.source.let_go(self.now(), &mut talk);
        for (number, word) in std::mem::take(&mut talk.words) {
            self.tell(number, word);
        }
        if matches!(end, End::Service) {
            self.let_go(&mut talk, &mut link, is_stream).await;
        }
        end
    }

    /// Has the controller told to let go, until it says that it has.
    async fn let_go(&mut self, talk: &mut Talk, link: &mut Link<'_>, is_stream: bool) {
        let mut buffer = vec![0; BUFFER_BYTES];
        let until_s = self.clock.uptime_s() + LET_GO_WITHIN_S;
        while self.source.holds(self.now()) && self.clock.uptime_s() < until_s {
            // Nobody takes states any more.
            talk.states.clear();
            self.act(talk, link, is_stream).await;
            let wake_s = self.source.wake_at_s().map_or(until_s, |wake_at_s| wake_at_s.min(until_s));
            let wait_s = (wake_s - self.clock.uptime_s()).max(0.0);
            tokio::select! {
                biased;
                received = link.receive(&mut buffer) => match received {
                    Ok(Received::Bytes(length)) => {
                        self.source.receive(self.now(), buffer.get(..length).unwrap_or_default(), talk);
                    }
                    Ok(Received::Stranger(_)) => {}
                    Ok(Received::Closed) | Err(_) => return,
                },
                () = tokio::time::sleep(Duration::from_secs_f64(wait_s)) => self.source.tick(self.now(), talk),
            }
        }
    }

    async fn converse(
        &mut self,
        talk: &mut Talk,
        link: &mut Link<'_>,
        is_stream: bool,
        shutdown: &mut Shutdown,
    ) -> End {
        let mut buffer = vec![0; BUFFER_BYTES];
        let opened_at_s = self.clock.uptime_s();
        self.heard_at_s = None;
        self.source.open(self.now(), talk);
        loop {
            if let Some(end) = self.act(talk, link, is_stream).await {
                return end;
            }
            let now = self.now();
            let silent_s = now.uptime_s - self.heard_at_s.unwrap_or(opened_at_s);
            if silent_s > self.stale_after_s {
                self.speaks(false, "silent");
            }
            let dead_after_s = (DEAD_AFTER_STALE * self.stale_after_s).max(DEAD_AFTER_S);
            if is_stream && silent_s > dead_after_s {
                return End::Link(format!("silent for {dead_after_s:.0} s"));
            }
            // Looked at again at least this soon: silence is noticed by the clock.
            let wait_s = self.source.wake_at_s().map_or(self.stale_after_s, |wake_at_s| wake_at_s - now.uptime_s);
            let wait = Duration::from_secs_f64(wait_s.clamp(0.0, self.stale_after_s));
            tokio::select! {
                biased;
                () = stopped(shutdown) => return End::Service,
                received = link.receive(&mut buffer) => match received {
                    Ok(Received::Bytes(length)) => {
                        let bytes = buffer.get(..length).unwrap_or_default();
                        if self.source.may_keep(bytes) {
                            self.inlet.record_signal_bytes(self.source.name(), bytes);
                        }
                        self.source.receive(self.now(), bytes, talk);
                    }
                    Ok(Received::Stranger(from)) => talk.refuse("sender", format!("from {from}")),
                    Ok(Received::Closed) => return End::Link("closed by the controller".into()),
                    Err(error) => return End::Link(error.to_string()),
                },
                Some(command) = next(&mut self.commands) => self.source.command(self.now(), &command, talk),
                () = tokio::time::sleep(wait) => {}
            }
            let now = self.now();
            if self.source.wake_at_s().is_some_and(|wake_at_s| wake_at_s <= now.uptime_s) {
                self.source.tick(now, talk);
            }
        }
    }

    /// The controller's word on a command, for the pipeline. False once that is gone.
    fn tell(&self, number: u32, word: Result<(), Refusal>) -> bool {
        let said = match word {
            Ok(()) => "took",
            Err(Refusal::Silent) => "silent",
            Err(Refusal::Refused | Refusal::NotSupported) => "refused",
        };
        self.metrics.signal_commands.with_label_values(&[self.source.name(), said]).inc();
        self.inlet.offer(Input::Commanded { number, word })
    }

    /// Does what the source asks for. `Some`: the link ends.
    async fn act(&mut self, talk: &mut Talk, link: &mut Link<'_>, is_stream: bool) -> Option<End> {
        let name = self.source.name();
        self.metrics.signal_frames.with_label_values(&[name]).inc_by(std::mem::take(&mut talk.frames));
        for (reason, text) in talk.refused.drain(..) {
            self.metrics.count_drop(&format!("signal {name}"), reason, 1);
            if self.complained.insert(reason) {
                tracing::warn!(
                    source = name,
                    reason,
                    text,
                    "a frame of the controller is refused; more of these are only counted"
                );
            }
        }
        if let Some(ahead_s) = talk.clock_ahead_s.take() {
            self.metrics.signal_clock_offset_s.with_label_values(&[name]).set(ahead_s);
        }
        for (number, word) in std::mem::take(&mut talk.words) {
            if !self.tell(number, word) {
                return Some(End::Service);
            }
        }
        for state in talk.states.drain(..) {
            self.heard_at_s = Some(self.clock.uptime_s());
            self.speaks(true, "");
            if !self.inlet.offer(Input::Signal(state)) {
                return Some(End::Service);
            }
        }
        for bytes in talk.send.drain(..) {
            match link.send(&bytes).await {
                Ok(true) => {}
                Ok(false) => self.metrics.count_drop(&format!("signal {name}"), "nobody_to_tell", 1),
                Err(error) if is_stream => return Some(End::Link(error.to_string())),
                Err(_) => self.metrics.count_drop(&format!("signal {name}"), "not_sent", 1),
            }
        }
        talk.lost.take().map(End::Link)
    }

    /// Tells a change, once.
    fn speaks(&mut self, speaks: bool, why: &str) {
        if speaks {
            self.pause_s = FIRST_PAUSE_S;
        }
        if self.speaks == Some(speaks) {
            return;
        }
        self.speaks = Some(speaks);
        let name = self.source.name();
        self.metrics.signal_connected.with_label_values(&[name]).set(if speaks { 1.0 } else { 0.0 });
        if speaks {
            self.complained.clear();
            self.health.set(COMPONENT, Level::Ok, "");
            tracing::info!(source = name, "the signal controller speaks");
        } else {
            self.health.set(COMPONENT, Level::Failed, &format!("{name}: {why}"));
            tracing::warn!(source = name, why, "the signal controller is not heard; SPAT says unavailable");
        }
    }

    fn now(&self) -> Moment {
        Moment { utc: self.clock.now(), uptime_s: self.clock.uptime_s() }
    }
}
