//! What a site does with the city's commands (`docs/ref/city-data.md`): one file per kind.
//!
//! The bridge has verified them, remembers them and answers; here they are done, one after the other, on a thread of its own
//! that may wait for the disk and for the pipeline. What a command brings is on the disk before it is answered as done.

mod bundles;
mod evidence;
mod lots;
mod model;
mod notices;
mod plan;
mod site_file;
mod software;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use cloud_bridge::{Command, CommandEnd, CommandEvent, CommandKind};
use serde::de::DeserializeOwned;
use tokio::sync::mpsc;

use crate::audit::AuditLog;
use crate::city::WeakLink;
use crate::clock::Clock;
use crate::config::Site;
use crate::inlet::Inlet;
use crate::metrics::Metrics;
use crate::pipeline::Input;

use bundles::Workbench;
pub use lots::{LotBook, LotKeeper};
pub use notices::NoticeBook;
pub use plan::PlanBook;
pub use site_file::{Host, SiteFileDesk};

/// How long the pipeline has for an answer before it is asked again, and how often it is asked.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);
const ASKED: u32 = 5;
/// Answers that may wait: one is asked for at a time.
const ANSWERS: usize = 16;

/// The pipeline's word on an input that came from a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The notice's id, or the lot's.
    pub about: String,
    /// Why it was not taken.
    pub outcome: Result<(), &'static str>,
}

/// The way to the pipeline and back.
#[derive(Debug)]
pub struct ToPipeline {
    inlet: Inlet,
    answers: Receiver<Answer>,
}

impl ToPipeline {
    /// The way, and where the pipeline's answers go.
    pub fn new(inlet: Inlet) -> (Self, SyncSender<Answer>) {
        let (answer, answers) = sync_channel(ANSWERS);
        (Self { inlet, answers }, answer)
    }

    /// Hands an input over and waits for the word on it. What is lost on the way is handed over again: nothing here does harm
    /// when it comes twice.
    fn ask(&self, input: &Input, about: &str) -> Result<(), CommandEnd> {
        while self.answers.try_recv().is_ok() {}
        for _ in 0..ASKED {
            if !self.inlet.offer(input.clone()) {
                break;
            }
            match self.answers.recv_timeout(ANSWER_WITHIN) {
                Ok(answer) if answer.about == about => return answer.outcome.map_err(CommandEnd::rejected),
                Ok(_) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        Err(CommandEnd::failed("no_word").with_detail("the pipeline did not answer"))
    }
}

/// Who does the city's commands at one site.
#[derive(Debug)]
pub struct Clerk {
    /// Where answers are written down.
    pub audit: AuditLog,
    /// Where they are counted.
    pub metrics: Metrics,
    /// The service's time.
    pub clock: Arc<Clock>,
    /// The site as it runs.
    pub site: Site,
    /// The way to the pipeline.
    pub pipeline: ToPipeline,
    /// What lots hold.
    pub lots: LotBook,
    /// What the city wants told.
    pub notices: NoticeBook,
    /// The plan that runs; `None`: the lights are not run by one.
    pub plan: Option<PlanBook>,
    /// The site file; `None`: nobody could start the service anew.
    pub site_file: Option<Arc<SiteFileDesk>>,
}

impl Clerk {
    /// Does what comes until the link is closed, and tells it how each command has ended.
    pub fn run(mut self, mut events: mpsc::Receiver<CommandEvent>, link: &WeakLink) {
        let mut bench = Workbench::new(link.clone(), self.site.state_dir.clone());
        while let Some(event) = events.blocking_recv() {
            self.audit.of_city(&event);
            let reason = event.ack.reason.as_deref().unwrap_or_default();
            self.metrics.city_commands.with_label_values(&[event.ack.state.name(), reason]).inc();
            let Some(command) = event.command else { continue };
            if let Some(end) = self.execute(&command, &mut bench, link) {
                link.finish(&command.id, end);
            }
        }
        bench.close();
    }

    /// How the command has ended; `None`: it ends later, perhaps after a restart.
    fn execute(&mut self, command: &Command, bench: &mut Workbench, link: &WeakLink) -> Option<CommandEnd> {
        let payload = &command.payload;
        let ended = match command.kind {
            CommandKind::Rsi => read(payload).and_then(|notice| self.notice(notice)),
            CommandKind::LotCount => read(payload).and_then(|count| self.lot_count(&count)),
            CommandKind::Plan => match &mut self.plan {
                Some(plan) => read(payload).and_then(|asked| plan.take(self.clock.now(), asked)),
                None => Err(CommandEnd::rejected("not_supported_by_source")),
            },
            CommandKind::Config => match &self.site_file {
                Some(desk) => match read(payload).and_then(|asked| desk.take(&command.id, &asked)) {
                    Ok(true) => return None,
                    Ok(false) => Ok(()),
                    Err(end) => Err(end),
                },
                None => Err(CommandEnd::rejected("cannot_restart")),
            },
            CommandKind::Model => match read(payload).and_then(|bundle| self.model(bench, &command.id, bundle)) {
                Ok(()) => return None,
                Err(end) => Err(end),
            },
            CommandKind::Software => match read(payload).and_then(|update| self.software(bench, &command.id, update)) {
                Ok(()) => return None,
                Err(end) => Err(end),
            },
            CommandKind::Evidence => match read(payload).and_then(|wanted| self.evidence(&wanted, link)) {
                Ok(file) => return Some(CommandEnd::done().with_file(file)),
                Err(end) => Err(end),
            },
        };
        Some(ended.map_or_else(|end| end, |()| CommandEnd::done()))
    }
}

fn read<T: DeserializeOwned>(payload: &serde_json::Value) -> Result<T, CommandEnd> {
    T::deserialize(payload).map_err(|error| CommandEnd::rejected("bad_payload").with_detail(error.to_string()))
}

fn not_kept(error: &std::io::Error) -> CommandEnd {
    CommandEnd::failed("not_kept").with_detail(error.to_string())
}
