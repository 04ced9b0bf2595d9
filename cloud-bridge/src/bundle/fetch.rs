//! Whoever fetches a file: piece by piece, slowly, and on from where it was left.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use tracing::{debug, info, warn};
use zenoh::query::ConsolidationMode;
use zenoh::sample::Locality;
use zenoh::{Session, Wait};

use super::piece::Piece;
use super::{CHUNK_BYTES, FileSum, Owner, next_chunk, part_of, sha256};
use crate::clock::Monotonic;

/// Between two pieces: receipts and the like get past, and no line carries more than 1.25 MiB/s of it.
const PAUSE: Duration = Duration::from_millis(200);
/// After a piece that did not come.
const AGAIN: Duration = Duration::from_secs(1);
/// How often a chunk may come other than its sum says.
const MOST_REFUSED: u32 = 5;

/// Why a file is not there. What has come of it is kept, and the next attempt goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// For so long, while the link was there, nobody had the next piece.
    #[error("for {0:?} nobody has answered with the next piece of the file")]
    NoAnswer(Duration),
    /// Somebody answers with something else, again and again.
    #[error("piece {0} came {MOST_REFUSED} times other than its sum says")]
    Refused(usize),
    /// The link is closed.
    #[error("the link was closed")]
    Closed,
    /// The disk's.
    #[error(transparent)]
    Disk(#[from] io::Error),
    /// The whole is not what its sum says, though every chunk was.
    #[error("its SHA-256 is {0}")]
    Whole(String),
}

/// Who asks for a file.
pub(crate) trait Asker {
    /// The session, while somebody is connected.
    fn line(&self) -> Option<Session>;
    /// Waits, and says whether it is all over before.
    fn closed_within(&self, pause: Duration) -> bool;
}

/// Fetches into a file, which is on the disk when this returns. Waits: for a thread of its own. Gives up when nothing has come
/// for `patience` while somebody was connected.
pub(crate) fn fetch(
    asker: &impl Asker,
    owner: Owner<'_>,
    sum: &FileSum,
    into: &Path,
    patience: Duration,
) -> Result<(), FetchError> {
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(into)?;
    let (there, mut chunk) = left_behind(&mut file, sum)?;
    info!(file = %into.display(), bytes = sum.bytes, there, of = sum.chunks.len(), "fetching");
    let mut asking = Asking { asker, owner, sum, patience, piece: Piece::first() };
    for (number, expected) in sum.chunks.iter().enumerate().skip(there) {
        let mut refused = 0;
        loop {
            asking.complete(number, &mut chunk, &mut file)?;
            if sha256(&chunk) == *expected {
                break;
            }
            refused += 1;
            debug!(number, refused, "a chunk is not what its sum says");
            begin_again(&mut file, number)?;
            if refused == MOST_REFUSED {
                return Err(FetchError::Refused(number));
            }
            chunk.clear();
        }
        chunk.clear();
    }
    file.sync_all()?;
    let whole = FileSum::of(into)?.sha256;
    if whole == sum.sha256 {
        return Ok(());
    }
    // Whoever summed it up was wrong; nothing of it is worth going on from.
    std::fs::remove_file(into)?;
    Err(FetchError::Whole(whole))
}

/// What an earlier attempt has left behind: how many chunks, whole, and the beginning of the next one. A power cut may have written
/// something else there than was thought; its sum will tell. The file stands where it goes on.
fn left_behind(file: &mut File, sum: &FileSum) -> io::Result<(usize, Vec<u8>)> {
    for (number, expected) in sum.chunks.iter().enumerate() {
        let chunk = next_chunk(file)?;
        if sha256(&chunk) != *expected {
            if chunk.len() < sum.chunk_bytes(number) {
                return Ok((number, chunk));
            }
            begin_again(file, number)?;
            return Ok((number, Vec::new()));
        }
    }
    file.set_len(sum.bytes)?;
    Ok((sum.chunks.len(), Vec::new()))
}

/// Makes a file end where a chunk begins, and stand there.
fn begin_again(file: &mut File, number: usize) -> io::Result<()> {
    file.set_len((number * CHUNK_BYTES) as u64)?;
    file.seek(SeekFrom::End(0)).map(|_| ())
}

/// Who asks for the pieces of a file.
struct Asking<'a, A> {
    asker: &'a A,
    owner: Owner<'a>,
    sum: &'a FileSum,
    patience: Duration,
    piece: Piece,
}

impl<A: Asker> Asking<'_, A> {
    /// Asks until a chunk has its length; each piece goes to the end of the file, too, so that no kill of the process loses it.
    fn complete(&mut self, number: usize, chunk: &mut Vec<u8>, file: &mut File) -> Result<(), FetchError> {
        let whole = self.sum.chunk_bytes(number);
        let mut idle = Duration::ZERO;
        while chunk.len() < whole {
            let (asked, line) = (Monotonic::start(), self.asker.line());
            let wanted = self.piece.bytes.min(whole - chunk.len());
            let came = line.as_ref().and_then(|line| self.ask(line, number, chunk.len(), wanted, whole));
            let pause = match &came {
                Some(bytes) => {
                    self.piece.came(bytes.len(), asked.elapsed());
                    if bytes.len() != wanted {
                        // All of the chunk: from a city that knows no pieces.
                        begin_again(file, number)?;
                        chunk.clear();
                    }
                    file.write_all(bytes)?;
                    chunk.extend(bytes);
                    idle = Duration::ZERO;
                    PAUSE
                }
                None if line.is_some() => {
                    self.piece.failed(asked.elapsed());
                    AGAIN
                }
                None => AGAIN,
            };
            if self.asker.closed_within(pause) {
                return Err(FetchError::Closed);
            }
            if came.is_none() && line.is_some() {
                idle += asked.elapsed();
            }
            if idle >= self.patience {
                return Err(FetchError::NoAnswer(self.patience));
            }
        }
        Ok(())
    }

    /// So many bytes of a chunk from there, or all of it, as somebody has it; `None`: nobody answers.
    fn ask(&self, line: &Session, number: usize, from: usize, bytes: usize, whole: usize) -> Option<Vec<u8>> {
        let key = self.owner.chunk_key(self.sum, &number.to_string());
        let (priority, congestion) = self.owner.quality(self.piece.congestion);
        let asked = line.get(format!("{key}?{}", part_of(from, bytes)));
        let asked = asked.priority(priority).congestion_control(congestion);
        let asked = asked.timeout(self.piece.within).consolidation(ConsolidationMode::None);
        let asked = asked.allowed_destination(Locality::Remote).wait();
        let replies = asked.inspect_err(|error| warn!(%error, "asking for a file")).ok()?;
        let fits = |reply: zenoh::query::Reply| {
            let payload = reply.result().ok()?.payload();
            [bytes, whole].contains(&payload.len()).then(|| payload.to_bytes().into_owned())
        };
        replies.iter().find_map(fits)
    }
}
