//! The link to the city, as the service has it; and what goes over it ([`traffic`] and the like).

mod told;

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

use cloud_bridge::{
    Bridge, BridgeConfig, BridgeError, CommandEnd, CommandKind, Encoding, FetchError, FileSum, LinkConfig, LinkMode,
};
use tokio::task::{AbortHandle, JoinError};

pub use self::told::{event, parking, signal, traffic, traffic_of};
use crate::commands::Clerk;
use crate::config::{CloudFile, Site};

/// How long the start of the service waits for the city. A link that cannot be opened at all (a port in use) says so
/// sooner; a router that does not answer must not keep the first SPAT from the vehicles.
const OPEN_WITHIN: Duration = Duration::from_secs(1);

/// For so long nobody may have the next piece of a file that the city has named.
const FILES_PATIENCE: Duration = Duration::from_secs(120);

/// The link to the city, perhaps still being opened. Clones are the same link.
#[derive(Clone, Debug, Default)]
pub struct CityLink(Option<Arc<Slot>>);

/// Where the link is once it is open.
#[derive(Debug, Default)]
struct Slot {
    bridge: OnceLock<Bridge>,
    /// Who is still opening it.
    opening: OnceLock<AbortHandle>,
    /// Who does what the city asks for.
    clerk: Mutex<Option<JoinHandle<()>>>,
}

impl CityLink {
    /// Opens the link, in the background if it takes longer than a second. What the city asks for is done by `clerk`. Must be
    /// called within a tokio runtime.
    pub async fn open(config: BridgeConfig, clerk: Clerk) -> Result<Self, BridgeError> {
        let link = Self(Some(Arc::default()));
        let mut opening = tokio::spawn(Bridge::open(config));
        match tokio::time::timeout(OPEN_WITHIN, &mut opening).await {
            Ok(opened) => link.keep(opened, clerk)?,
            Err(_) => {
                tracing::warn!("the city is not reached yet; the service goes on");
                let later = link.clone();
                let task = tokio::spawn(async move {
                    if let Err(error) = later.keep(opening.await, clerk) {
                        tracing::error!(%error, "no link to the city until the service is restarted");
                    }
                });
                if let Some(slot) = &link.0 {
                    drop(slot.opening.set(task.abort_handle()));
                }
            }
        }
        Ok(link)
    }

    /// Whether the site asks for one.
    pub fn is_wanted(&self) -> bool {
        self.0.is_some()
    }

    /// The link once it is open.
    pub fn bridge(&self) -> Option<&Bridge> {
        self.0.as_deref().and_then(|slot| slot.bridge.get())
    }

    /// Sends what waits, and returns when the link is closed and what the city has asked for is written down.
    pub async fn close(&self) {
        let Some(slot) = &self.0 else { return };
        if let Some(opening) = slot.opening.get() {
            opening.abort();
        }
        if let Some(bridge) = slot.bridge.get() {
            bridge.close().await;
        }
        let Some(clerk) = lock(&slot.clerk).take() else { return };
        if !matches!(tokio::task::spawn_blocking(|| clerk.join()).await, Ok(Ok(()))) {
            tracing::error!("the thread that does the city's commands panicked");
        }
    }

    fn keep(&self, opened: Result<Result<Bridge, BridgeError>, JoinError>, clerk: Clerk) -> Result<(), BridgeError> {
        let Some(slot) = &self.0 else { return Ok(()) };
        let bridge = match opened {
            Ok(bridge) => bridge?,
            Err(error) => {
                tracing::error!(%error, "opening the city link ended early");
                return Ok(());
            }
        };
        let commands = bridge.commands();
        // Set once: nobody else opens this link.
        drop(slot.bridge.set(bridge));
        let Some(commands) = commands else { return Ok(()) };
        let of_clerk = WeakLink(Arc::downgrade(slot));
        let work = move || clerk.run(commands, &of_clerk);
        match std::thread::Builder::new().name("commands".into()).spawn(work) {
            Ok(thread) => *lock(&slot.clerk) = Some(thread),
            Err(error) => tracing::error!(%error, "the city's commands are not done"),
        }
        Ok(())
    }
}

/// The link for those who do what the city asks for: who is at work does not keep one open that nobody else holds.
#[derive(Clone, Debug)]
pub struct WeakLink(Weak<Slot>);

impl WeakLink {
    /// Tells the city how a command has ended.
    pub fn finish(&self, id: &str, end: CommandEnd) {
        let told = self.0.upgrade().and_then(|slot| Some(slot.bridge.get()?.finish_command(id, end)));
        if !matches!(told, Some(Ok(()))) {
            tracing::warn!(id, ?told, "the end of a command is not told");
        }
    }

    /// Fetches a file that the city has named. Waits for it.
    ///
    /// # Errors
    /// Why it is not there.
    pub fn fetch(&self, file: &FileSum, into: &Path) -> Result<(), FetchError> {
        let slot = self.0.upgrade().ok_or(FetchError::Closed)?;
        slot.bridge.get().ok_or(FetchError::Closed)?.fetch(file, into, FILES_PATIENCE)
    }

    /// Lets the city fetch a file that it has asked for.
    ///
    /// # Errors
    /// It can't be read, or the link is closed.
    pub fn offer(&self, file: &Path) -> io::Result<FileSum> {
        let closed = || io::Error::new(io::ErrorKind::NotConnected, "the link is closed");
        let slot = self.0.upgrade().ok_or_else(closed)?;
        slot.bridge.get().ok_or_else(closed)?.offer(file)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The site's side of the link. `resumes`: a command that an earlier start has begun and this one ends.
pub fn bridge(site: &Site, cloud: &CloudFile, resumes: Option<String>) -> BridgeConfig {
    BridgeConfig {
        encoding: if cloud.encoding == "cbor" { Encoding::Cbor } else { Encoding::Json },
        link: link(cloud),
        outbox: cloud.outbox.clone(),
        command_keys: cloud.command_keys.clone(),
        executes: CommandKind::ALL.into(),
        allows: cloud.commands.allow.clone(),
        resumes: resumes.into_iter().collect(),
        ..BridgeConfig::new(&site.city, &site.name, site.state_dir.join("city"))
    }
}

/// How the site's file wants the link.
pub fn link(cloud: &CloudFile) -> LinkConfig {
    LinkConfig {
        mode: if cloud.mode == "client" { LinkMode::Client } else { LinkMode::Peer },
        // A client has nobody to listen for.
        listen: if cloud.mode == "client" { Vec::new() } else { cloud.listen.clone() },
        connect: cloud.connect.clone(),
        scouting: cloud.scouting,
        tls: cloud.tls.clone(),
    }
}
