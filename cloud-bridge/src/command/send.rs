//! The city's side: send a command, and wait for what becomes of it.

use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use tokio::sync::oneshot;
use zenoh::Wait;
use zenoh::qos::CongestionControl;

use super::{Ack, AckState, ack_key, command_key};
use crate::bundle::{self, Bundle};
use crate::config::{BridgeError, LinkConfig};
use crate::keys::{NameError, SiteKeys};
use crate::link;

/// How long to wait at least before a command is sent again that has no answer, or is accepted: either may be lost. The site does it
/// once however often it comes.
const AGAIN: Duration = Duration::from_secs(1);
const AGAIN_LATER: Duration = Duration::from_secs(10);
/// A command with the sums of large files is long, and what takes long is on a slow line: one that is accepted is sent again after
/// this part of the time that has passed.
const AGAIN_PART: u32 = 8;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The link can't be opened.
    #[error(transparent)]
    Link(#[from] BridgeError),
    /// A name that can't be part of a key.
    #[error(transparent)]
    Name(#[from] NameError),
    /// Zenoh refuses.
    #[error("zenoh: {0}")]
    Zenoh(String),
    /// Nothing came in time.
    #[error("no answer from {0}")]
    NoAnswer(SiteKeys),
    /// The site has begun, and has not said in time how it ended.
    #[error("{0} has accepted it, and has not said in time how it ended")]
    NotFinished(SiteKeys),
}

/// Sends a signed command ([`super::Command::sign`]) and returns its last answer: rejected, done or failed. Opens a session of its
/// own. Files that the command names are served from their folder until it has ended.
pub async fn send_command(
    link: LinkConfig,
    site: SiteKeys,
    id: String,
    signed: Vec<u8>,
    files: Option<(Bundle, PathBuf)>,
    within: Duration,
) -> Result<Ack, CommandError> {
    // On a thread of its own: Zenoh panics when it has to wait on a single-threaded runtime.
    let (tell, told) = oneshot::channel();
    let run = move || drop(tell.send(send(&link, &site, &id, &signed, files.as_ref(), within)));
    let spawned = std::thread::Builder::new().name("city-command".to_owned()).spawn(run);
    spawned.map_err(|e| CommandError::Zenoh(e.to_string()))?;
    told.await.map_err(|_| CommandError::Zenoh("the session's thread ended early".to_owned()))?
}

fn send(
    link: &LinkConfig,
    site: &SiteKeys,
    id: &str,
    signed: &[u8],
    files: Option<&(Bundle, PathBuf)>,
    within: Duration,
) -> Result<Ack, CommandError> {
    let (to, from) = (command_key(site, id)?, ack_key(site, id)?);
    link.check()?;
    let session = link::open(link)?;
    let talk = || -> zenoh::Result<Result<Ack, CommandError>> {
        let (answers, answered) = mpsc::channel();
        let on_ack = move |sample: zenoh::sample::Sample| {
            if let Some(ack) = Ack::from_bytes(&sample.payload().to_bytes()) {
                // Who has stopped waiting does not want to know.
                let _ = answers.send(ack);
            }
        };
        session.declare_subscriber(from).callback(on_ack).background().wait()?;
        if let Some((bundle, folder)) = files {
            bundle::serve(&session, site.city(), bundle, folder)?;
        }
        let (mut accepted, mut left) = (false, within);
        while !left.is_zero() {
            session.put(&to, signed).congestion_control(CongestionControl::Block).wait()?;
            let passed = within - left;
            let pause = if accepted { AGAIN_LATER.max(passed / AGAIN_PART) } else { passed.clamp(AGAIN, AGAIN_LATER) };
            let pause = pause.min(left);
            left -= pause;
            while let Ok(ack) = answered.recv_timeout(pause) {
                if ack.state != AckState::Accepted {
                    return Ok(Ok(ack));
                }
                accepted = true;
            }
        }
        let site = site.clone();
        Ok(Err(if accepted { CommandError::NotFinished(site) } else { CommandError::NoAnswer(site) }))
    };
    let told = talk().map_err(|e| CommandError::Zenoh(e.to_string()));
    if let Err(e) = session.close().wait() {
        tracing::debug!("closing: {e}");
    }
    told?
}
