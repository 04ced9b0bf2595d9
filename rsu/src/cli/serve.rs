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
use crate::config::{CommandsFile, Site};
use crate::run::Service;
use crate::software::{self, Shelf, SoftwareTrial};
use crate::trial::{Trial, Verdict};

/// How often a service on trial is looked at.
const LOOK_PERIOD: Duration = Duration::from_secs(1);

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
    let version = shelf.as_ref().and_then(Shelf::trial).map(|trial| OnTrial::Version(Box::new(trial)));
    let file = Trial::resume(&site.site).unwrap_or_else(|error| {
        tracing::error!(%error, "it is not known whether a site file is on trial: it is run as it is");
        None
    });
    let on_trial = version.or(file.map(OnTrial::SiteFile));
    match runtime()?.block_on(serve_once(&site.site, record, seconds, on_trial))? {
        Ended::Told => Ok(ExitCode::SUCCESS),
        // What is left of this process goes with it: the next is as fresh as that of a supervisor, under the same number.
        Ended::Restart if software::is_on_trial() => Ok(ExitCode::SUCCESS),
        Ended::Restart => Err(software::start_anew()).context("the service cannot be started anew"),
    }
}

/// What the service goes on with: what is new and tried, or what the city is still to be told of. There is one at most.
enum OnTrial {
    SiteFile(Trial),
    Version(Box<SoftwareTrial>),
}

impl OnTrial {
    /// The command that is still to be answered.
    fn command(&self) -> &str {
        match self {
            Self::SiteFile(trial) => trial.command(),
            Self::Version(trial) => trial.command(),
        }
    }

    fn troubled(&self) -> &[String] {
        match self {
            Self::SiteFile(trial) => trial.troubled(),
            Self::Version(trial) => trial.troubled(),
        }
    }

    /// `None`: it is tried now.
    fn verdict(&self) -> Option<&Verdict> {
        match self {
            Self::SiteFile(trial) => trial.verdict(),
            Self::Version(trial) => trial.verdict(),
        }
    }

    /// Comes to a verdict. `None`: that is for another start to tell, with the file before or as the version that stays.
    fn decide(self, verdict: Verdict) -> io::Result<Option<Self>> {
        match (self, verdict) {
            (Self::SiteFile(mut trial), Verdict::Kept) => trial.keep().map(|()| Some(Self::SiteFile(trial))),
            (Self::SiteFile(mut trial), Verdict::Restored { reason, detail }) => {
                trial.restore(&reason, &detail).map(|()| None)
            }
            (Self::Version(trial), verdict) => trial.decide(verdict).map(|()| None),
        }
    }

    /// The city knows.
    fn close(self) -> io::Result<()> {
        match self {
            Self::SiteFile(trial) => trial.close(),
            Self::Version(trial) => trial.close(),
        }
    }
}

/// The service does not start. True: with the file before it may.
fn note_no_start(on_trial: Option<OnTrial>, error: &anyhow::Error) -> io::Result<bool> {
    let Some(on_trial) = on_trial.filter(|on_trial| on_trial.verdict().is_none()) else { return Ok(false) };
    let is_file = matches!(on_trial, OnTrial::SiteFile(_));
    let verdict = Verdict::Restored { reason: "does_not_start".into(), detail: format!("{error:#}") };
    on_trial.decide(verdict).map(|_| is_file)
}

async fn serve_once(
    site_file: &Path,
    record: Option<PathBuf>,
    seconds: Option<u64>,
    on_trial: Option<OnTrial>,
) -> anyhow::Result<Ended> {
    let restart = Arc::new(Notify::new());
    let resumes = on_trial.as_ref().map(|on_trial| on_trial.command().to_owned());
    // A recording is not begun twice: while one is made there is no other start.
    let host = Host { site_file: site_file.into(), restart: restart.clone(), resumes };
    let host = record.is_none().then_some(host);
    let started = async {
        let site = Site::load(site_file)?;
        anyhow::Ok((Service::start_for(&site, record, host).await?, site))
    };
    let (service, site) = match started.await {
        Ok(started) => started,
        Err(error) if note_no_start(on_trial, &error)? => return Ok(Ended::Restart),
        Err(error) => return Err(error),
    };
    tracing::info!(site = %site.name, console = %format_args!("http://{}/", service.console_address), "running");
    let ended = tokio::select! {
        biased;
        told = until_told(seconds) => told.map(|_| Ended::Told)?,
        () = software::nobody_watches() => Ended::Told,
        () = until_restart(&service, &site, on_trial, &restart) => Ended::Restart,
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
async fn until_restart(service: &Service, site: &Site, on_trial: Option<OnTrial>, restart: &Notify) {
    if let Some(on_trial) = on_trial {
        match see_through(service, site, on_trial).await {
            Ok(true) => return,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "a trial is left as it is"),
        }
    }
    restart.notified().await;
}

/// Comes to a verdict and tells the city. True: another start is to tell it.
async fn see_through(service: &Service, site: &Site, mut on_trial: OnTrial) -> io::Result<bool> {
    if on_trial.verdict().is_none() {
        let patience = site.cloud.as_ref().map(|cloud| cloud.commands.clone()).unwrap_or_default();
        let verdict = match comes_up(service, on_trial.troubled(), &patience).await {
            Ok(()) => Verdict::Kept,
            Err(trouble) => Verdict::Restored { reason: "unhealthy".into(), detail: trouble.join("; ") },
        };
        match on_trial.decide(verdict)? {
            Some(decided) => on_trial = decided,
            None => return Ok(true),
        }
    }
    tell(service, on_trial.command(), on_trial.verdict()).await;
    on_trial.close().map(|()| false)
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
async fn comes_up(service: &Service, troubled: &[String], patience: &CommandsFile) -> Result<(), Vec<String>> {
    let mut ready_for = 0;
    for _ in 0..patience.ready_within_s {
        tokio::time::sleep(LOOK_PERIOD).await;
        let trouble = service.health.unready_reasons_but(service.clock.uptime_s(), troubled);
        ready_for = if trouble.is_empty() { ready_for + 1 } else { 0 };
        if ready_for == patience.ready_for_s {
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
