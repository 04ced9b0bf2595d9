//! The ledger of commands: what was sent to sites and what they answered, written down for whoever asks afterwards.
//!
//! Every worker hears all of it, whichever sites it serves, and the same is one row however many write it: so nothing is missed
//! while one worker lives. Commands are few. Whether one is to be believed is for its site to say: no keys are here.

use std::sync::Arc;

use cloud_bridge::{Ack, Command, CommandKind, MAX_COMMAND_BYTES, Rejection, SignedCommand, SiteKeys, is_whole};
use tokio::sync::{mpsc, watch};
use tokio::time::sleep;
use zenoh::Session;
use zenoh::pubsub::Subscriber;
use zenoh::sample::Sample;

use crate::inbox::Refusal;
use crate::metrics::Metrics;
use crate::store::{Book, Database, explain, is_poison, pauses};

/// What waits to be written down. More is left out and counted; who waits for an answer sends again until there is one.
const MAX_WAITING: usize = 2000;
/// The most in one transaction.
const MAX_BATCH: usize = 200;

/// Something to be written down.
#[derive(Debug)]
pub enum Entry {
    /// A command as it was sent, verified by nobody.
    Sent { site: SiteKeys, command: Command, wire: SignedCommand },
    /// What its site has answered.
    Answer { site: SiteKeys, ack: Ack },
}

impl Entry {
    /// The signed text, where it is kept. Another site file is not: it may hold the passwords of cameras.
    pub fn kept_text<'a>(command: &Command, wire: &'a SignedCommand) -> Option<&'a str> {
        (command.kind != CommandKind::Config).then_some(wire.signed.as_str())
    }

    /// Everybody writes in the same order, commands before answers, so that two workers never wait for each other.
    fn order(&self) -> (bool, &SiteKeys, &str) {
        match self {
            Self::Sent { site, command, .. } => (false, site, &command.id),
            Self::Answer { site, ack } => (true, site, &ack.id),
        }
    }
}

/// Writes the ledger.
pub struct Ledger {
    database: Database,
    metrics: Arc<Metrics>,
    subscriptions: Vec<Subscriber<()>>,
    heard: mpsc::Receiver<Entry>,
    stop: watch::Receiver<bool>,
}

impl Ledger {
    /// From now on commands and answers are heard.
    pub async fn open(
        session: &Session,
        database: Database,
        metrics: Arc<Metrics>,
        stop: watch::Receiver<bool>,
    ) -> zenoh::Result<Self> {
        let (queue, heard) = mpsc::channel(MAX_WAITING);
        let mut subscriptions = Vec::new();
        for (keys, read) in [("lukou/*/*/command/*", read_sent as Read), ("lukou/*/*/ack/*", read_answer)] {
            let (queue, metrics) = (queue.clone(), Arc::clone(&metrics));
            let on_sample = move |sample: Sample| take(&sample, read, &queue, &metrics);
            subscriptions.push(session.declare_subscriber(keys).callback(on_sample).await?);
        }
        Ok(Self { database, metrics, subscriptions, heard, stop })
    }

    /// Until the service stops and what was heard is written down. While the database is away, what was heard waits.
    pub async fn run(mut self) {
        let mut book = None;
        loop {
            let mut batch = Vec::new();
            tokio::select! {
                biased;
                () = stopped(&mut self.stop), if !self.subscriptions.is_empty() => {
                    // The queue ends with them.
                    for subscription in std::mem::take(&mut self.subscriptions) {
                        if let Err(error) = subscription.undeclare().await {
                            tracing::debug!("ledger: {error}");
                        }
                    }
                    continue;
                }
                received = self.heard.recv_many(&mut batch, MAX_BATCH) => if received == 0 { return },
            }
            batch.sort_by(|a, b| a.order().cmp(&b.order()));
            self.keep(&mut book, &batch).await;
        }
    }

    /// Writes the batch down; what the database refuses for its content is found by taking each alone. While it can't be used it is
    /// tried again, until the service stops.
    async fn keep(&mut self, book: &mut Option<Book>, batch: &[Entry]) {
        let (mut parts, mut pauses) = (vec![batch], pauses());
        while let Some(part) = parts.pop() {
            match self.write(book, part).await {
                Ok(new) => new.iter().for_each(|(kind, state)| self.metrics.commanded(kind, state)),
                Err(error) if is_poison(&error) && part.len() > 1 => parts.extend(part.chunks(1).rev()),
                Err(error) if is_poison(&error) => {
                    self.note(&error);
                    self.metrics.refused(Refusal::RefusedByStore);
                }
                Err(error) => {
                    self.note(&error);
                    *book = None;
                    parts.push(part);
                    tokio::select! {
                        biased;
                        () = stopped(&mut self.stop) => return,
                        () = sleep(pauses.next().unwrap_or_default()) => {}
                    }
                }
            }
        }
    }

    /// Writes into the book, which is opened first if need be. What was not there yet.
    async fn write(
        &self,
        book: &mut Option<Book>,
        entries: &[Entry],
    ) -> Result<Vec<(String, &'static str)>, tokio_postgres::Error> {
        let open = match book {
            Some(open) => open,
            None => book.insert(Book::open(&self.database).await?),
        };
        open.write(entries).await
    }

    fn note(&self, error: &tokio_postgres::Error) {
        self.metrics.store_errors.inc();
        tracing::warn!("ledger: {}", explain(error));
    }
}

/// Returns when the service is to stop; whoever would say so being gone is as good.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|&stop| stop).await;
}

type Read = fn(&Sample) -> Result<Entry, (Refusal, String)>;

fn take(sample: &Sample, read: Read, queue: &mpsc::Sender<Entry>, metrics: &Metrics) {
    let taken = read(sample).and_then(|entry| queue.try_send(entry).map_err(|e| (Refusal::QueueFull, e.to_string())));
    if let Err((refusal, problem)) = taken {
        tracing::debug!(key = sample.key_expr().as_str(), problem, "not in the ledger");
        metrics.refused(refusal);
    }
}

/// Site and id of the sample's key, and its content.
fn under(what: &str, sample: &Sample) -> Result<(SiteKeys, String, Vec<u8>), (Refusal, String)> {
    let Some((site, id)) = SiteKeys::parse_under(what, sample.key_expr().as_str()) else {
        return Err((Refusal::Malformed, "the key names no site".to_owned()));
    };
    let bytes = sample.payload().to_bytes();
    if bytes.len() > MAX_COMMAND_BYTES {
        return Err((Refusal::Malformed, format!("{} bytes", bytes.len())));
    }
    if !is_whole(sample) {
        tracing::warn!(%site, id, "an answer came garbled and is not in the ledger");
        return Err((Refusal::Garbled, "its checksum is another".to_owned()));
    }
    Ok((site, id.to_owned(), bytes.into_owned()))
}

fn read_sent(sample: &Sample) -> Result<Entry, (Refusal, String)> {
    let (site, id, bytes) = under("command", sample)?;
    let malformed = |e: Rejection| (Refusal::Malformed, e.to_string());
    let wire = SignedCommand::from_bytes(&bytes).map_err(malformed)?;
    let command = wire.command().map_err(malformed)?;
    if (command.city.as_str(), command.site.as_str(), &command.id) != (site.city(), site.site(), &id) {
        return Err((Refusal::Invalid, "it contradicts its key".to_owned()));
    }
    without_nul([Some(&wire.key), Some(&wire.signature)])?;
    Ok(Entry::Sent { site, command, wire })
}

fn read_answer(sample: &Sample) -> Result<Entry, (Refusal, String)> {
    let (site, id, bytes) = under("ack", sample)?;
    let ack = Ack::from_bytes(&bytes).ok_or_else(|| (Refusal::Malformed, "no answer of this version".to_owned()))?;
    if ack.id != id {
        return Err((Refusal::Invalid, "it contradicts its key".to_owned()));
    }
    without_nul([ack.reason.as_ref(), ack.detail.as_ref()])?;
    Ok(Entry::Answer { site, ack })
}

/// PostgreSQL can't hold NUL in a text.
fn without_nul(texts: [Option<&String>; 2]) -> Result<(), (Refusal, String)> {
    let has_nul = texts.into_iter().flatten().any(|text| text.contains('\0'));
    if has_nul { Err((Refusal::NulCharacter, "a text holds NUL".to_owned())) } else { Ok(()) }
}
