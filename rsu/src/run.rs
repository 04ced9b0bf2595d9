//! The service: starts every part, keeps the pipeline's thread going, stops everything in order.
//!
//! Order of the stop: sensors first (nothing new comes in), then the pipeline, then the radios (they send what they
//! still hold, for a bounded time), then the city with what it has asked for, the console and the recording.

mod parts;
mod pipeline_thread;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Context;
use cloud_bridge::CommandEnd;
use perception::frames::SiteFrame;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use crate::api::{self, ApiState};
use crate::audit::AuditLog;
use crate::board::{Counted, Lookout, SharedBoard};
use crate::city::{self, CityLink};
use crate::clock::Clock;
use crate::commands::{Clerk, Host, LotBook, LotKeeper, NoticeBook, PlanBook, SiteFileDesk, ToPipeline};
use crate::config::Site;
use crate::console::{ConsoleFeed, ConsoleMap, ConsoleState, SentMessages};
use crate::evidence::{Evidence, EvidenceTap};
use crate::health::Health;
use crate::history_file::HistoryFile;
use crate::inlet::Inlet;
use crate::metrics::Metrics;
use crate::perform::{LotsTold, Performer, Rates};
use crate::radios::{Radios, Shutdown, start_radios, stopped};
use crate::receivers::Receivers;
use crate::record::Recorder;
use crate::sensing::Sensing;
use crate::signals::predict::Foresight;

use parts::{audit_of, control_of, evidence_of, signal_runner};
use pipeline_thread::{PipelineThread, pipeline_of};

const LOOK_PERIOD: Duration = Duration::from_secs(1);

/// A running service.
pub struct Service {
    /// All figures.
    pub metrics: Metrics,
    /// Its time.
    pub clock: Arc<Clock>,
    /// How it is.
    pub health: Arc<Health>,
    /// What the console shows.
    pub feed: ConsoleFeed,
    /// How sensors and links do.
    pub board: SharedBoard,
    /// Where the console listens.
    pub console_address: std::net::SocketAddr,
    stop_tasks: watch::Sender<bool>,
    pipeline: JoinHandle<()>,
    pipeline_stop: Arc<AtomicBool>,
    sensing: Arc<Sensing>,
    /// Where messages of vehicles arrive.
    pub receivers: Receivers,
    radios: Radios,
    city: CityLink,
    recorder: Option<Recorder>,
    evidence: Option<EvidenceTap>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Service {
    /// Starts everything that the site asks for. Must be called within a tokio runtime.
    pub async fn start(site: &Site, record: Option<PathBuf>) -> anyhow::Result<Self> {
        Self::start_for(site, record, None).await
    }

    /// The same for somebody who can start it anew when the city sends another site file.
    pub async fn start_for(site: &Site, record: Option<PathBuf>, host: Option<Host>) -> anyhow::Result<Self> {
        let clock = Arc::new(Clock::new());
        let metrics = Metrics::new().context("metrics")?;
        metrics.info.with_label_values(&[env!("CARGO_PKG_VERSION"), &site.name]).set(1.0);
        let health = Arc::new(Health::new());
        expect_components(&health, site);
        let (stop_tasks, shutdown) = watch::channel(false);

        let listener = TcpListener::bind(site.console_listen)
            .await
            .with_context(|| format!("site.toml, console.listen {}", site.console_listen))?;
        let console_address = listener.local_addr()?;
        std::fs::create_dir_all(&site.state_dir)
            .with_context(|| format!("site.toml, state_dir {}", site.state_dir.display()))?;
        let radios = start_radios(&site.radios, &site.state_dir, clock.clone(), metrics.clone(), shutdown.clone())?;
        let recorder = record
            .map(|path| Recorder::start(path, &site.geometry, clock.clone(), metrics.clone()))
            .transpose()
            .context("recording")?;

        let evidence = evidence_of(site, &metrics)?;
        let (inlet, inputs) = Inlet::new(recorder.clone(), clock.clone(), metrics.clone());
        let inlet = inlet.with_evidence(evidence.clone());
        let (to_pipeline, answers) = ToPipeline::new(inlet.clone());
        let plan = PlanBook::open(site);
        let notices = NoticeBook::open(&site.state_dir, clock.now());
        let kept_notices = notices.notices().clone();
        let lots = LotBook::open(&site.state_dir, &site.map.lots);
        let schedule = plan.as_ref().map(PlanBook::schedule);
        let city = match &site.cloud {
            Some(cloud) => {
                let resumes = host.as_ref().and_then(|host| host.resumes.clone());
                let clerk = Clerk {
                    audit: AuditLog::of_commands(&site.state_dir, metrics.clone())
                        .context("the audit log of commands")?,
                    metrics: metrics.clone(),
                    clock: clock.clone(),
                    site: site.clone(),
                    pipeline: to_pipeline,
                    lots: lots.clone(),
                    notices,
                    plan,
                    site_file: host.map(|host| Arc::new(SiteFileDesk::new(host, health.clone()))),
                };
                CityLink::open(city::bridge(site, cloud, resumes), clerk).await.context("site.toml, cloud")?
            }
            None => CityLink::default(),
        };
        let (control, commands) = control_of(site);
        let signal = signal_runner(site, schedule, &inlet, &health, &metrics, &clock).await?;
        let signal = signal.map(|(runner, endpoint)| (runner.with_commands(commands), endpoint));
        let sensing = Arc::new(Sensing::start(site, &inlet, &clock, &metrics)?);
        let receivers = Receivers::start(&site.receivers, &site.water, &inlet, &clock, &metrics)?;
        let (feed, sent) = (ConsoleFeed::new(), SentMessages::new(site.cn, site.us));
        let board = SharedBoard::default();
        let performer = Performer {
            radios: radios.clone(),
            city: city.clone(),
            feed: feed.clone(),
            sent: sent.clone(),
            health: health.clone(),
            metrics: metrics.clone(),
            clock: clock.clone(),
            board: board.clone(),
            shown: ConsoleState::new(clock.now().0, &site.name, &site.city),
            rates: Rates::default(),
            foresight: Foresight::default(),
            signal_told_at: perception::time::UtcMicros::default(),
            windows_told_s: site.cloud.as_ref().and_then(|cloud| cloud.traffic_told_s.clone()),
            frame: SiteFrame::new(site.geometry.origin),
            lots_told: LotsTold::default(),
            audit: audit_of(site, &metrics)?,
            evidence: site.evidence.clone().zip(evidence.clone()).map(|(settings, tap)| Evidence::new(settings, tap)),
            control,
            inlet: inlet.clone(),
            answers,
        };
        let pipeline_stop = Arc::new(AtomicBool::new(false));
        let pipeline = PipelineThread {
            history: HistoryFile::new(&site.state_dir, clock.uptime_s()),
            pipeline: pipeline_of(site, clock.now())?.with_lot_counts(&lots.counts()).with_notices(kept_notices),
            lots: LotKeeper::new(lots, clock.uptime_s()),
            inputs,
            performer,
            clock: clock.clone(),
            stop: pipeline_stop.clone(),
        };
        let pipeline = std::thread::Builder::new().name("pipeline".into()).spawn(move || pipeline.run())?;

        let lookout = Lookout {
            board: board.clone(),
            sensing: sensing.clone(),
            radios: radios.clone(),
            city: city.clone(),
            health: health.clone(),
            metrics: metrics.clone(),
            clock: clock.clone(),
            origin: site.geometry.origin,
            counted: Counted::default(),
        };
        let api = ApiState::new(
            feed.clone(),
            sent,
            &ConsoleMap::from_site(site),
            health.clone(),
            metrics.clone(),
            clock.clone(),
        )?;
        let mut tasks = vec![tokio::spawn(look(lookout, shutdown.clone()))];
        let mut api_shutdown = shutdown.clone();
        tasks.push(tokio::spawn(async move {
            if let Err(error) =
                api::serve(listener, api::router(api), async move { stopped(&mut api_shutdown).await }).await
            {
                tracing::error!(%error, "the console ends");
            }
        }));
        if let Some((runner, endpoint)) = signal {
            tasks.push(tokio::spawn(runner.run(endpoint, shutdown)));
        }
        Ok(Self {
            metrics,
            clock,
            health,
            feed,
            board,
            console_address,
            stop_tasks,
            pipeline,
            pipeline_stop,
            sensing,
            receivers,
            radios,
            city,
            recorder,
            evidence,
            tasks,
        })
    }

    /// Tells the city how a command of an earlier start has ended. Returns when that is written down; false: the link is not
    /// open yet.
    pub async fn finish_command(&self, id: &str, end: CommandEnd) -> bool {
        let Some(bridge) = self.city.bridge() else { return false };
        if let Err(error) = bridge.finish_command(id, end) {
            tracing::warn!(id, %error, "the end of a command is not told yet");
            return false;
        }
        bridge.saved().await;
        true
    }

    /// Stops everything in order; bounded in time.
    pub async fn stop(self) {
        let Self {
            stop_tasks,
            pipeline,
            pipeline_stop,
            sensing,
            receivers,
            radios,
            city,
            recorder,
            evidence,
            tasks,
            ..
        } = self;
        let stopped = tokio::task::spawn_blocking(move || {
            sensing.stop();
            receivers.stop();
            pipeline_stop.store(true, Ordering::Relaxed);
            if pipeline.join().is_err() {
                tracing::error!("the pipeline's thread panicked");
            }
        });
        if let Err(error) = stopped.await {
            tracing::error!(%error, "sensors and pipeline did not stop as they should");
        }
        // An error says that every task has ended by itself.
        let _ = stop_tasks.send(true);
        radios.finished().await;
        for task in tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a task did not end as it should");
            }
        }
        city.close().await;
        let finished = tokio::task::spawn_blocking(move || {
            recorder.into_iter().for_each(Recorder::finish);
            evidence.into_iter().for_each(EvidenceTap::finish);
        });
        if let Err(error) = finished.await {
            tracing::error!(%error, "the recording did not end as it should");
        }
    }
}

fn expect_components(health: &Health, site: &Site) {
    for sensor in &site.geometry.sensors {
        health.expect(sensor.id());
    }
}

async fn look(mut lookout: Lookout, mut shutdown: Shutdown) {
    let mut every = tokio::time::interval(LOOK_PERIOD);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = stopped(&mut shutdown) => return,
            _ = every.tick() => lookout.look(),
        }
    }
}
