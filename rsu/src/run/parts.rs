//! Parts that a site has or has not: the way to its controller, the audit of priority, evidence, the signal.

use std::sync::Arc;

use anyhow::Context;
use tokio::sync::{mpsc, watch};

use crate::audit::AuditLog;
use crate::clock::Clock;
use crate::config::Site;
use crate::evidence::EvidenceTap;
use crate::health::Health;
use crate::inlet::Inlet;
use crate::metrics::Metrics;
use crate::priority::{Command, Control, NoControl, ToSource};
use crate::signals::fixed_time;
use crate::signals::link::Endpoint;
use crate::signals::runner::Runner;
use crate::signals::schedule::Schedule;

/// The way to the controller, and the source's end of it: only where the site wants it twice, in `[priority]` and in `[signal]`.
pub(super) fn control_of(site: &Site) -> (Box<dyn Control>, Option<mpsc::Receiver<Command>>) {
    let takes = site.signal.as_ref().is_some_and(|signal| signal.settings().commands().is_some());
    if !takes || !site.priority.as_ref().is_some_and(|policy| policy.pass_to_controller) {
        return (Box::new(NoControl), None);
    }
    let (control, commands) = ToSource::new();
    (Box::new(control), Some(commands))
}

pub(super) fn audit_of(site: &Site, metrics: &Metrics) -> anyhow::Result<Option<AuditLog>> {
    let start = || AuditLog::start(&site.state_dir, metrics.clone());
    site.priority.as_ref().map(|_| start()).transpose().context("site.toml, state_dir: the audit log of priority")
}

pub(super) fn evidence_of(site: &Site, metrics: &Metrics) -> anyhow::Result<Option<EvidenceTap>> {
    let start = |settings| EvidenceTap::start(settings, &site.state_dir, &site.geometry, metrics.clone());
    site.evidence.as_ref().map(start).transpose().context("evidence of events")
}

/// The controller's runner and where it listens; `None`: the site has no signal.
pub(super) async fn signal_runner(
    site: &Site,
    schedule: Option<watch::Receiver<Schedule>>,
    inlet: &Inlet,
    health: &Arc<Health>,
    metrics: &Metrics,
    clock: &Arc<Clock>,
) -> anyhow::Result<Option<(Runner, Endpoint)>> {
    let Some(file) = &site.signal else { return Ok(None) };
    let settings = file.settings();
    let source = match schedule {
        Some(schedule) => fixed_time::source(schedule),
        None => settings.source().map_err(anyhow::Error::msg).context("site.toml, signal")?,
    };
    let endpoint = Endpoint::bind(settings.link()).await.context("site.toml, signal.link")?;
    let stale_after_s = settings.stale_after_s();
    let runner = Runner::new(source, stale_after_s, inlet.clone(), health.clone(), metrics.clone(), clock.clone());
    Ok(Some((runner, endpoint)))
}
