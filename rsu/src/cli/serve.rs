//! `rsu run` and `rsu record`: the service of a site until it is told to stop.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::SiteArg;
use crate::config::Site;
use crate::run::Service;

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

fn serve(site: SiteArg, record: Option<PathBuf>, seconds: Option<u64>) -> anyhow::Result<ExitCode> {
    let site = Site::load(&site.site)?;
    runtime()?.block_on(async {
        let service = Service::start(&site, record).await?;
        tracing::info!(site = %site.name, console = %format_args!("http://{}/", service.console_address), "running");
        until_told(seconds).await?;
        tracing::info!("stopping; a second signal ends at once");
        let second = tokio::spawn(async {
            if until_told(None).await.is_ok() {
                tracing::warn!("ended at once");
                std::process::exit(1);
            }
        });
        service.stop().await;
        second.abort();
        Ok(ExitCode::SUCCESS)
    })
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
