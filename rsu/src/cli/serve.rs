//! `rsu run` and `rsu record`: the service of a site until it is told to stop. When the city has sent another site file, the
//! service is started anew with it, and with the old one if it does not come up ([`crate::trial`]). Another version of the
//! service is tried by a child ([`crate::software`]).

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use cloud_bridge::CommandEnd;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;

use super::SiteArg;
use crate::commands::Host;
use crate::config::Site;
use crate::run::Service;
use crate::software::{self, Shelf, SoftwareTrial};
use crate::trial::{Trial, Verdict};

/// How often a service on trial is looked at, how many looks it has to be ready, and how many in a row it must be.
const LOOK_PERIOD: Duration = Duration::from_secs(1);
const COMES_UP_WITHIN_LOOKS: u32 = 60;
const STAYS_FOR_LOOKS: u32 = 10;

/// Arguments of `rsu run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    #[command(flatten)]
    site: SiteArg,
    /// Record everything that arrives into this MCAP file.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// End by itself after this many seconds.
    #[arg(long)]
    seconds: Option<u64>,
}

/// Arguments of `rsu record`.
#[derive(Debug, Args)]
pub struct RecordArgs {
    #[command(flatten)]
    site: SiteArg,
    /// The MCAP file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// End by itself after this many seconds.
    #[arg(long)]
    seconds: Option<u64>,
}

/// Runs until SIGTERM, Ctrl-C, or the end of the time.
pub fn run(args: RunArgs) -> anyhow::Result<ExitCode> {
    serve(args.site, args.record, args.seconds)
}

/// The same, recording.
pub fn record(args: RecordArgs) -> anyhow::Result<ExitCode> {
    serve(args.site, Some(args.out), args.seconds)
}

/// How the service has ended.
enum Ended {
    /// For good.
    Told,
    /// To be started anew.
    Restart,
}

fn serve(site: SiteArg, record: Option<PathBuf>, seconds: Option<u64>) -> anyhow::Result<ExitCode> {
    let shelf = Shelf::of(&site.site);
    if let Some(attempt) = shelf.as_ref().and_then(Shelf::at_start) {
        if !runtime()?.block_on(attempt.watch(until_told(None)))? {
            return Ok(ExitCode::SUCCESS);
        }
        return Err(software::start_anew()).context("the service cannot be started anew");
    }
    let software = shelf.as_ref().and_then(Shelf::trial);
    let trial = Trial::resume(&site.site).unwrap_or_else(|error| {
        tracing::error!(%error, "it is not known whether a site file is on trial: it is run as it is");
        None
    });
    match runtime()?.block_on(serve_once(&site.site, record, seconds, Trials { site_file: trial, software }))? {
        Ended::Told => Ok(ExitCode::SUCCESS),
        // What is left of this process goes with it: the next is as fresh as that of a supervisor, under the same number.
        Ended::Restart if software::is_on_trial() => Ok(ExitCode::SUCCESS),
        Ended::Restart => Err(software::start_anew()).context("the service cannot be started anew"),
    }
}

/// What the service goes on with: one of them at most.
struct Trials {
    site_file: Option<Trial>,
    software: Option<SoftwareTrial>,
}

impl Trials {
    /// The command that is still to be answered.
    fn command(&self) -> Option<&str> {
        let of_software = || self.software.as_ref().map(SoftwareTrial::command);
        self.site_file.as_ref().map(Trial::command).or_else(of_software)
    }

    /// The service does not start. True: with the file before it may.
    fn note_no_start(&mut self, error: &anyhow::Error) -> io::Result<bool> {
        let (reason, detail) = ("does_not_start", format!("{error:#}"));
        match (&mut self.site_file, &mut self.software) {
            (Some(trial), _) if trial.verdict().is_none() => trial.restore(reason, &detail).map(|()| true),
            (_, Some(trial)) if trial.verdict().is_none() => {
                trial.decide(Verdict::Restored { reason: reason.into(), detail }).map(|()| false)
            }
            _ => Ok(false),
        }
    }
}

async fn serve_once(
    site_file: &Path,
    record: Option<PathBuf>,
    seconds: Option<u64>,
    mut trials: Trials,
) -> anyhow::Result<Ended> {
    let restart = Arc::new(Notify::new());
    let resumes = trials.command().map(str::to_owned);
    // A recording is not begun twice: while one is made there is no other start.
    let host = Host { site_file: site_file.into(), restart: restart.clone(), resumes };
    let host = record.is_none().then_some(host);
    let started = async {
        let site = Site::load(site_file)?;
        anyhow::Ok((Service::start_for(&site, record, host).await?, site))
    };
    let (service, site) = match started.await {
        Ok(started) => started,
        Err(error) if trials.note_no_start(&error)? => return Ok(Ended::Restart),
        Err(error) => return Err(error),
    };
    tracing::info!(site = %site.name, console = %format_args!("http://{}/", service.console_address), "running");
    let ended = tokio::select! {
        biased;
        told = until_told(seconds) => told.map(|_| Ended::Told)?,
        () = software::nobody_watches() => Ended::Told,
        () = until_restart(&service, trials, &restart) => Ended::Restart,
    };
    tracing::info!("stopping; a second signal ends at once");
    let second = tokio::spawn(async {
        if until_told(None).await.is_ok() {
            tracing::warn!("ended at once");
            std::process::exit(1);
        }
    });
    service.stop().await;
    second.abort();
    Ok(ended)
}

/// Sees a trial through, then waits until another one is wanted.
async fn until_restart(service: &Service, trials: Trials, restart: &Notify) {
    if let Some(trial) = trials.software {
        match see_version_through(service, trial).await {
            Ok(true) => return,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "a trial of another version is left as it is"),
        }
    }
    if let Some(trial) = trials.site_file {
        match see_through(service, trial).await {
            Ok(true) => return,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "a trial of a site file is left as it is"),
        }
    }
    restart.notified().await;
}

/// Comes to a verdict and tells the city. True: the file before is back, and is to be started with.
async fn see_through(service: &Service, mut trial: Trial) -> io::Result<bool> {
    if trial.verdict().is_none() {
        match comes_up(service, trial.troubled()).await {
            Ok(()) => trial.keep()?,
            Err(trouble) => return trial.restore("unhealthy", &trouble.join("; ")).map(|()| true),
        }
    }
    tell(service, trial.command(), trial.verdict()).await;
    trial.close().map(|()| false)
}

/// Comes to a verdict on this program, or tells the city of one. True: it has come to one, and ends.
async fn see_version_through(service: &Service, mut trial: SoftwareTrial) -> io::Result<bool> {
    if trial.verdict().is_none() {
        let verdict = match comes_up(service, trial.troubled()).await {
            Ok(()) => Verdict::Kept,
            Err(trouble) => Verdict::Restored { reason: "unhealthy".into(), detail: trouble.join("; ") },
        };
        return trial.decide(verdict).map(|()| true);
    }
    tell(service, trial.command(), trial.verdict()).await;
    trial.close().map(|()| false)
}

/// Tells the city, whenever it can be reached.
async fn tell(service: &Service, command: &str, verdict: Option<&Verdict>) {
    let end = match verdict {
        Some(Verdict::Restored { reason, detail }) => CommandEnd::failed(reason).with_detail(detail),
        _ => CommandEnd::done(),
    };
    while !service.finish_command(command, end.clone()).await {
        tokio::time::sleep(LOOK_PERIOD).await;
    }
}

/// Waits until the service is ready, `troubled` aside, and stays so for a while.
///
/// # Errors
/// What is wrong when its time is over.
async fn comes_up(service: &Service, troubled: &[String]) -> Result<(), Vec<String>> {
    let mut ready_for = 0;
    for _ in 0..COMES_UP_WITHIN_LOOKS {
        tokio::time::sleep(LOOK_PERIOD).await;
        let trouble = service.health.unready_reasons_but(service.clock.uptime_s(), troubled);
        ready_for = if trouble.is_empty() { ready_for + 1 } else { 0 };
        if ready_for == STAYS_FOR_LOOKS {
            return Ok(());
        }
    }
    let trouble = service.health.unready_reasons_but(service.clock.uptime_s(), troubled);
    Err(if trouble.is_empty() { vec!["it did not stay ready".to_owned()] } else { trouble })
}

/// The runtime of a box: sockets and timers, no heavy work, so two threads do.
pub fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().context("tokio's runtime")
}

/// Waits for SIGTERM, Ctrl-C or the end of the time. True if it was a signal.
pub async fn until_told(seconds: Option<u64>) -> anyhow::Result<bool> {
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT")?;
    let time_over = async {
        match seconds {
            Some(seconds) => tokio::time::sleep(Duration::from_secs(seconds)).await,
            None => std::future::pending().await,
        }
    };
    Ok(tokio::select! {
        biased;
        _ = terminate.recv() => true,
        _ = interrupt.recv() => true,
        () = time_over => false,
    })
}
