//! The one thread that owns the pipeline, and what a site's pipeline consists of.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use anyhow::Context;
use perception::align::AlignSettings;
use perception::time::UtcMicros;

use crate::clock::{Clock, Stopwatch};
use crate::commands::LotKeeper;
use crate::config::Site;
use crate::ghosts;
use crate::guidance::Guides;
use crate::history_file::HistoryFile;
use crate::inlet::Arrival;
use crate::messages::Edition;
use crate::perform::Performer;
use crate::pipeline::{Input, Output, Pipeline, PipelineSettings};
use crate::priority::Arbiter;
use crate::reports::ReportReader;

/// The pipeline goes round at least this often, so that `/healthz` can tell a dead one from an idle one.
const LONGEST_WAIT_S: f64 = 0.5;

/// The one thread that owns the pipeline.
pub(super) struct PipelineThread {
    pub(super) pipeline: Pipeline,
    pub(super) history: HistoryFile,
    pub(super) lots: LotKeeper,
    pub(super) inputs: Receiver<Arrival>,
    pub(super) performer: Performer,
    pub(super) clock: Arc<Clock>,
    pub(super) stop: Arc<AtomicBool>,
}

impl PipelineThread {
    pub(super) fn run(mut self) {
        self.go_round();
        self.history.write_now(self.pipeline.history());
        self.lots.write_now(&self.pipeline.lot_counts());
    }

    fn go_round(&mut self) {
        while !self.stop.load(Ordering::Relaxed) {
            let wait_s = self.pipeline.wake_at().seconds_since(self.clock.now()).clamp(0.0, LONGEST_WAIT_S);
            let arrival = match self.inputs.recv_timeout(Duration::from_secs_f64(wait_s)) {
                Ok(arrival) => Some(arrival),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            let now = self.clock.now();
            let Arrival { at, input } = arrival.unwrap_or(Arrival { at: now, input: Input::Tick });
            let watch = Stopwatch::start();
            self.pipeline.handle(now, at, input);
            // Radios first: the stopwatch runs until the last message is on its way.
            let mut rest = Vec::new();
            while let Some(output) = self.pipeline.poll_output() {
                match output {
                    Output::Send(_) => self.performer.perform(now, output),
                    other => rest.push(other),
                }
            }
            self.performer.metrics.stage_s.with_label_values(&["pipeline"]).observe(watch.seconds());
            for output in rest {
                self.performer.perform(now, output);
            }
            self.performer.health.tick(self.clock.uptime_s());
            self.history.write_if_due(self.clock.uptime_s(), self.pipeline.history());
            self.lots.write_if_due(self.clock.uptime_s(), || self.pipeline.lot_counts());
        }
    }
}

/// The site's pipeline, with an empty picture and what was learnt of the lights before.
pub(super) fn pipeline_of(site: &Site, start: UtcMicros) -> anyhow::Result<Pipeline> {
    let edition = Edition { cn: site.cn, us: site.us, rsu_id: site.rsu_id, map_max_octets: site.map_max_octets };
    let settings = PipelineSettings {
        geometry: site.geometry.clone(),
        map: Some(site.map.clone()),
        edition,
        traffic_window_s: site.cloud.as_ref().map_or(10, |cloud| cloud.traffic_window_s),
        align: AlignSettings::default(),
        tracker: (&site.fusion).into(),
        limits: site.limits(),
        events: site.events.clone(),
        start,
    };
    let reports = || ReportReader::new(site.geometry.origin, site.cn, site.us);
    let pipeline = Pipeline::new(settings)
        .context("site.toml")?
        .with_history(HistoryFile::read(&site.state_dir))
        .with_ghosts(ghosts::of_site(site)?)
        .with_reports(site.fusion.vehicle_reports.then(reports))
        .with_priority(site.priority.clone().and_then(|policy| Arbiter::new(policy, &site.map, edition)))
        .with_pam(site.pam_aid)
        .with_road_authority(site.road_authority.clone())
        .with_guides(Guides::of_site(site));
    Ok(pipeline)
}
