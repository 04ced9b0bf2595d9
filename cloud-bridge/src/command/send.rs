//! The city's side: send a command, to one site or to several, and wait for what becomes of it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use tokio::sync::oneshot;
use zenoh::qos::CongestionControl;
use zenoh::sample::Sample;
use zenoh::{Session, Wait};

use super::{Ack, AckState, ack_key, command_key};
use crate::bundle::{self, Bundle};
use crate::checksum::is_whole;
use crate::clock::Monotonic;
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
///
/// # Errors
/// There is no such answer.
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
    let run = move || {
        let mut end = Err(CommandError::NoAnswer(site.clone()));
        let sent = send_commands(&link, &id, &[(site, signed)], files.as_ref(), within, |_, told| end = told);
        drop(tell.send(sent.and(end)));
    };
    let spawned = std::thread::Builder::new().name("city-command".to_owned()).spawn(run);
    spawned.map_err(|e| CommandError::Zenoh(e.to_string()))?;
    told.await.map_err(|_| CommandError::Zenoh("the session's thread ended early".to_owned()))?
}

/// The same to several sites at once, under one id: each of `commands` is signed for its own site. Says of each how it ended, as it
/// comes: its last answer, or [`CommandError::NoAnswer`] or [`CommandError::NotFinished`]. Blocks until all have ended or the time is
/// up; not for a thread of an async runtime.
///
/// # Errors
/// Nothing could be sent at all.
pub fn send_commands(
    link: &LinkConfig,
    id: &str,
    commands: &[(SiteKeys, Vec<u8>)],
    files: Option<&(Bundle, PathBuf)>,
    within: Duration,
    on_end: impl FnMut(&SiteKeys, Result<Ack, CommandError>),
) -> Result<(), CommandError> {
    let waiting = commands.iter().map(|(site, signed)| Addressee::new(site, id, signed)).collect::<Result<_, _>>()?;
    link.check()?;
    let session = link::open(link)?;
    let talked = Talk { session: &session, id, waiting }.run(files, within, on_end);
    if let Err(e) = session.close().wait() {
        tracing::debug!("closing: {e}");
    }
    talked.map_err(|e| CommandError::Zenoh(e.to_string()))
}

/// A site that has not said yet how the command ended.
struct Addressee<'a> {
    site: &'a SiteKeys,
    key: String,
    signed: &'a [u8],
    accepted: bool,
    /// When it is to be sent again, since the first time.
    due: Duration,
}

impl<'a> Addressee<'a> {
    fn new(site: &'a SiteKeys, id: &str, signed: &'a [u8]) -> Result<Self, NameError> {
        Ok(Self { site, key: command_key(site, id)?, signed, accepted: false, due: Duration::ZERO })
    }

    fn put_off(&mut self, now: Duration) {
        let pause = if self.accepted { AGAIN_LATER.max(now / AGAIN_PART) } else { now.clamp(AGAIN, AGAIN_LATER) };
        self.due = now + pause;
    }

    fn silence(&self) -> CommandError {
        let site = self.site.clone();
        if self.accepted { CommandError::NotFinished(site) } else { CommandError::NoAnswer(site) }
    }
}

/// The session, and who is still waited for.
struct Talk<'a> {
    session: &'a Session,
    id: &'a str,
    waiting: Vec<Addressee<'a>>,
}

impl Talk<'_> {
    fn run(
        mut self,
        files: Option<&(Bundle, PathBuf)>,
        within: Duration,
        mut on_end: impl FnMut(&SiteKeys, Result<Ack, CommandError>),
    ) -> zenoh::Result<()> {
        let answers = self.listen()?;
        if let Some((bundle, folder)) = files {
            let cities: BTreeSet<&str> = self.waiting.iter().map(|of| of.site.city()).collect();
            for city in cities {
                bundle::serve(self.session, city, bundle, folder)?;
            }
        }
        let clock = Monotonic::start();
        while !self.waiting.is_empty() && clock.elapsed() < within {
            let now = clock.elapsed();
            for of in self.waiting.iter_mut().filter(|of| of.due <= now) {
                self.session.put(&of.key, of.signed).congestion_control(CongestionControl::Block).wait()?;
                of.put_off(clock.elapsed());
            }
            let until = self.waiting.iter().map(|of| of.due).min().unwrap_or(within).min(within);
            let Ok((site, ack)) = answers.recv_timeout(until.saturating_sub(clock.elapsed())) else { continue };
            let Some(place) = self.waiting.iter().position(|of| *of.site == site) else { continue };
            if ack.state == AckState::Accepted {
                self.waiting[place].accepted = true;
                self.waiting[place].put_off(clock.elapsed());
            } else {
                on_end(&site, Ok(ack));
                self.waiting.swap_remove(place);
            }
        }
        self.waiting.iter().for_each(|of| on_end(of.site, Err(of.silence())));
        Ok(())
    }

    /// What the sites answer from now on.
    fn listen(&self) -> zenoh::Result<mpsc::Receiver<(SiteKeys, Ack)>> {
        let (answers, answered) = mpsc::channel();
        for of in &self.waiting {
            let (site, answers) = (of.site.clone(), answers.clone());
            let on_ack = move |sample: Sample| {
                if !is_whole(&sample) {
                    // The command goes again, and the site answers again.
                    tracing::warn!(%site, "an answer came garbled and is not taken");
                } else if let Some(ack) = Ack::from_bytes(&sample.payload().to_bytes()) {
                    // Who has stopped waiting does not want to know.
                    let _ = answers.send((site.clone(), ack));
                }
            };
            self.session.declare_subscriber(ack_key(of.site, self.id)?).callback(on_ack).background().wait()?;
        }
        Ok(answered)
    }
}
