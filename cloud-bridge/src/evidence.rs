//! The city's side of a recording that a site keeps: asked for by a signed command, fetched in pieces.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::oneshot;
use zenoh::{Session, Wait};

use crate::bundle::{Asker, FetchError, FileSum, Owner, fetch};
use crate::command::{Ack, AckState, CommandError, send_command};
use crate::config::{BridgeError, LinkConfig};
use crate::keys::SiteKeys;
use crate::link;

/// Why a recording is not there.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// The command has no end.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The site says that it lies ready, and not what it is.
    #[error("the answer of {0} names no file: {1}")]
    Answer(SiteKeys, String),
    /// The link can't be opened.
    #[error(transparent)]
    Link(#[from] BridgeError),
    /// What has come of it is kept, and the next attempt goes on from there.
    #[error(transparent)]
    Fetch(#[from] FetchError),
}

/// Sends a signed command of the kind `evidence` and returns its last answer. When that is `done`, the recording is in `into`, as the
/// answer's sums say; the file may hold the beginning of it from an earlier attempt. Gives up when nothing comes for `patience`.
pub async fn fetch_evidence(
    link: LinkConfig,
    site: SiteKeys,
    id: String,
    signed: Vec<u8>,
    into: PathBuf,
    patience: Duration,
) -> Result<Ack, EvidenceError> {
    let ack = send_command(link.clone(), site.clone(), id, signed, None, patience).await?;
    if ack.state != AckState::Done {
        return Ok(ack);
    }
    let refuse = |why: String| EvidenceError::Answer(site.clone(), why);
    let file = ack.file.clone().ok_or_else(|| refuse("it has no `file`".to_owned()))?;
    file.problem().map_or(Ok(()), |problem| Err(refuse(problem)))?;
    // On a thread of its own: Zenoh panics when it has to wait on a single-threaded runtime.
    let (tell, told) = oneshot::channel();
    let run = move || drop(tell.send(bring(&link, &site, &file, &into, patience)));
    let spawned = std::thread::Builder::new().name("city-evidence".to_owned()).spawn(run);
    spawned.map_err(FetchError::Disk)?;
    told.await.map_err(|_| FetchError::Closed)?.map(|()| ack)
}

fn bring(
    link: &LinkConfig,
    site: &SiteKeys,
    file: &FileSum,
    into: &Path,
    patience: Duration,
) -> Result<(), EvidenceError> {
    let session = link::open(link)?;
    let came = fetch(&Patient(&session), Owner::Site(site), file, into, patience);
    if let Err(error) = session.close().wait() {
        tracing::debug!("closing: {error}");
    }
    Ok(came?)
}

/// Who asks for as long as the program runs.
struct Patient<'a>(&'a Session);

impl Asker for Patient<'_> {
    fn line(&self) -> Option<Session> {
        Some(self.0.clone())
    }

    fn closed_within(&self, pause: Duration) -> bool {
        std::thread::sleep(pause);
        false
    }
}
