//! The site's side: a file, chunk by chunk, slowly, and on from where it was left.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use tracing::{debug, info};
use zenoh::Wait;
use zenoh::qos::Priority;
use zenoh::query::ConsolidationMode;
use zenoh::sample::Locality;

use super::{CHUNK_BYTES, FileSum, chunk_key, next_chunk, sha256};
use crate::bridge::Shared;
use crate::clock::Monotonic;
use crate::lock;

/// Between two chunks: with Zenoh's lowest priority it keeps a narrow link free for what is promised.
const PAUSE: Duration = Duration::from_millis(200);
/// After a chunk that did not come.
const AGAIN: Duration = Duration::from_secs(1);
/// How long an answer may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Why a file is not there. What has come of it is kept, and the next attempt goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// For so long nobody had the next chunk.
    #[error("for {0:?} nobody has answered with what the command names")]
    NoAnswer(Duration),
    /// The link is closed.
    #[error("the link was closed")]
    Closed,
    /// The disk's.
    #[error(transparent)]
    Disk(#[from] io::Error),
    /// The whole is not what the command says it is, though every chunk was.
    #[error("its SHA-256 is {0}")]
    Whole(String),
}

/// Fetches into a file, which is on the disk when this returns. Waits: for a thread of its own. Gives up when no chunk has come
/// for `patience`.
pub(crate) fn fetch(shared: &Shared, sum: &FileSum, into: &Path, patience: Duration) -> Result<(), FetchError> {
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(into)?;
    let there = chunks_there(&mut file, sum)?;
    // The last chunk may be shorter than the others.
    file.set_len(sum.bytes.min((there * CHUNK_BYTES) as u64))?;
    file.seek(SeekFrom::End(0))?;
    info!(file = %into.display(), bytes = sum.bytes, there, of = sum.chunks.len(), "fetching");
    for (number, expected) in sum.chunks.iter().enumerate().skip(there) {
        let last_came = Monotonic::start();
        let chunk = loop {
            match ask(shared, sum, number) {
                Some(chunk) if sha256(&chunk) == *expected => break chunk,
                other => debug!(number, came = other.is_some(), "a chunk is to be asked for again"),
            }
            if last_came.elapsed() >= patience {
                return Err(FetchError::NoAnswer(patience));
            }
            if shared.queue.closed_within(AGAIN) {
                return Err(FetchError::Closed);
            }
        };
        file.write_all(&chunk)?;
        if shared.queue.closed_within(PAUSE) {
            return Err(FetchError::Closed);
        }
    }
    file.sync_all()?;
    let whole = FileSum::of(into)?.sha256;
    if whole == sum.sha256 {
        return Ok(());
    }
    // Whoever signed this was wrong; nothing of it is worth going on from.
    std::fs::remove_file(into)?;
    Err(FetchError::Whole(whole))
}

/// How many chunks an earlier attempt has left behind, whole: a power cut may have written less than was thought.
fn chunks_there(file: &mut File, sum: &FileSum) -> io::Result<usize> {
    let mut there = 0;
    for expected in &sum.chunks {
        if sha256(&next_chunk(file)?) != *expected {
            break;
        }
        there += 1;
    }
    Ok(there)
}

/// A chunk as somebody has it; `None`: nobody answers.
fn ask(shared: &Shared, sum: &FileSum, number: usize) -> Option<Vec<u8>> {
    let session = lock(&shared.session).clone()?;
    let key = chunk_key(shared.keys.city(), sum, &number.to_string());
    let asked = session.get(key).priority(Priority::Background).timeout(ANSWER_WITHIN);
    let asked = asked.consolidation(ConsolidationMode::None).allowed_destination(Locality::Remote);
    let replies = asked.wait().map_err(|error| shared.note_error(format!("asking for a file: {error}"))).ok()?;
    let chunk = |reply: zenoh::query::Reply| {
        let payload = reply.result().ok()?.payload();
        (payload.len() <= CHUNK_BYTES).then(|| payload.to_bytes().into_owned())
    };
    replies.iter().find_map(chunk)
}
