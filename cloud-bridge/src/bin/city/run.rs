//! `city run`: a worker.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use cloud_bridge::{LinkConfig, LinkMode, open_session};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};
use zenoh::Session;

use crate::api::{Api, Untold, tell_broker};
use crate::config::CityConfig;
use crate::inbox::MAX_WAITING;
use crate::keeper::Keeper;
use crate::ledger::Ledger;
use crate::met::Met;
use crate::metrics::Metrics;
use crate::mqtt::Mqtt;
use crate::order::Order;
use crate::sites::Sites;
use crate::store::{Database, explain, migrate, pauses};

/// How long what is in the queue may take to be stored when the service stops; what is left stays with the sites.
const DRAIN: Duration = Duration::from_secs(10);

/// Runs a worker until SIGTERM or Ctrl-C; a second one does not wait for what is left to be stored.
pub fn run(path: &Path) -> anyhow::Result<ExitCode> {
    let config = CityConfig::read(path)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(work(config))?;
    // A name being resolved or a session being opened must not hold up the end.
    runtime.shutdown_timeout(Duration::from_secs(2));
    Ok(ExitCode::SUCCESS)
}

/// Waits for SIGTERM or Ctrl-C.
pub async fn told_to_stop() -> anyhow::Result<()> {
    let mut term = signal(SignalKind::terminate()).context("SIGTERM can't be caught")?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.context("Ctrl-C can't be caught")?,
        _ = term.recv() => {}
    }
    Ok(())
}

async fn work(config: CityConfig) -> anyhow::Result<()> {
    let metrics = Arc::new(Metrics::new()?);
    let (stop, stopped) = watch::channel(false);
    let listener =
        TcpListener::bind(config.api.listen).await.with_context(|| format!("api.listen: {}", config.api.listen))?;
    // For whoever started it with port 0.
    println!("{}://{}/", if config.api.tls.is_some() { "https" } else { "http" }, listener.local_addr()?);
    let database = Database::new(&config.store)?;
    let api = Arc::new(Api::new(&config, database.clone(), Arc::clone(&metrics))?);
    let untold = config.ngsi.as_ref().map(|ngsi| tell_broker(ngsi, Arc::clone(&api))).transpose()?;
    tokio::spawn(api.serve(listener, stopped.clone()));
    let working = serve(&config, &database, &metrics, untold, stopped);
    tokio::pin!(working);
    tokio::select! {
        ended = &mut working => return ended,
        told = told_to_stop() => told?,
    }
    // Nobody listening any more is as good.
    let _ = stop.send(true);
    tokio::select! {
        ended = working => ended,
        told = told_to_stop() => told,
    }
}

/// Store, link, leases; returns when told to stop and all is put away.
async fn serve(
    config: &CityConfig,
    database: &Database,
    metrics: &Arc<Metrics>,
    untold: Option<Arc<Untold>>,
    mut stop: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let began = async {
        prepare_database(database, metrics).await?;
        open_link(&config.link).await
    };
    let session = tokio::select! {
        biased;
        _ = stop.wait_for(|&stop| stop) => return Ok(()),
        session = began => session?,
    };
    let worker = session.zid().to_string();
    let (queue, received) = mpsc::channel(MAX_WAITING);
    let keeper = Keeper {
        config: config.store.clone(),
        database: database.clone(),
        met: Met::new(session.clone()),
        metrics: Arc::clone(metrics),
        mqtt: config.mqtt.as_ref().map(|mqtt| Mqtt::connect(mqtt, &worker, metrics)).transpose()?,
        untold: untold.clone(),
        order: Order::default(),
        stop: stop.clone(),
    };
    let mut keeping = tokio::spawn(keeper.run(received));
    let ledger = Ledger::open(&session, database.clone(), Arc::clone(metrics), stop.clone()).await;
    let mut writing = tokio::spawn(ledger.map_err(|e| anyhow::anyhow!("zenoh: {e}"))?.run());
    let sites = Sites {
        config: config.store.clone(),
        database: database.clone(),
        session: session.clone(),
        queue,
        metrics: Arc::clone(metrics),
        untold,
    };
    // Ends with all subscriptions gone, and the queue closed with them.
    let served = sites.run(stop).await.map_err(|e| anyhow::anyhow!("zenoh: {e}"));
    if timeout(DRAIN, &mut keeping).await.is_err() {
        tracing::warn!("the database is too slow: what is not stored stays with the sites");
        keeping.abort();
    }
    if timeout(DRAIN, &mut writing).await.is_err() {
        tracing::warn!("the database is too slow: commands of the last moments are not in the ledger");
        writing.abort();
    }
    session.close().await.map_err(|e| anyhow::anyhow!("closing: {e}"))?;
    served
}

/// Waits for the database and brings its tables to this version.
async fn prepare_database(database: &Database, metrics: &Metrics) -> anyhow::Result<()> {
    for pause in pauses() {
        match database.connect().await {
            Ok(mut client) => match migrate(&mut client).await {
                Ok(()) => return Ok(()),
                // Lost on the way: again. Anything else will not get better.
                Err(error) if client.is_closed() => tracing::warn!("database: {error:#}"),
                Err(error) => return Err(error.context("database")),
            },
            Err(error) => tracing::warn!("database: {}", explain(&error)),
        }
        metrics.store_errors.inc();
        sleep(pause).await;
    }
    Ok(())
}

/// Opens the session; as a client again and again until a router is there.
async fn open_link(link: &LinkConfig) -> anyhow::Result<Session> {
    let mut pauses = pauses();
    loop {
        let wanted = link.clone();
        match tokio::task::spawn_blocking(move || open_session(&wanted)).await? {
            Ok(session) => return Ok(session),
            Err(error) if link.mode != LinkMode::Client => return Err(error.into()),
            Err(error) => tracing::warn!("{error}"),
        }
        sleep(pauses.next().unwrap_or(DRAIN)).await;
    }
}
