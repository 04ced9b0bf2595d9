//! Sequence numbers that are never used twice, whatever happens to the process.
//!
//! A number is `starts * 2^32 + n`: how often this site's bridge has been opened, and the message's number among those of its
//! kind since. Only `starts` is kept, in one small file, written and synced before the first number is given
//! out; so a crash at any moment can't make a number come twice, and no message waits for a disk. Numbers stay below 2^53
//! (exact in every JSON reader) for two million starts.
//!
//! Where the file is lost or set back, or a second site has the name, starts are counted that were counted before. So `n` begins
//! at random: a city takes a number that it has for a copy, and would confirm it and throw it away.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::keys::SiteKeys;
use crate::schema::Kind;

const BITS_PER_START: u32 = 32;
/// `n` begins below this; as many are left at least.
const FIRST_BELOW: u32 = 1 << 31;
/// Beyond this a number would no longer be exact as a JSON number in double precision.
const MAX_STARTS: u64 = 1 << (53 - BITS_PER_START);

/// Why no sequence can be begun.
#[derive(Debug, thiserror::Error)]
pub enum SequenceError {
    /// The directory or file can't be read or written.
    #[error("{path}: {source}")]
    Io {
        /// Which file or directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file holds something else than a number of starts.
    #[error(
        "{path} holds {content:?} instead of a number of starts below {MAX_STARTS}; put a number there that is larger than \
         the last `seq` the city has of this site, divided by 2^32"
    )]
    Corrupt {
        /// Which file.
        path: PathBuf,
        /// What it holds, shortened.
        content: String,
    },
}

impl SequenceError {
    /// Whether the disk is full, or for now takes nothing: time may mend that.
    pub fn is_for_want_of_room(&self) -> bool {
        use io::ErrorKind::{QuotaExceeded, ReadOnlyFilesystem, StorageFull};
        matches!(self, Self::Io { source, .. } if matches!(source.kind(), StorageFull | QuotaExceeded | ReadOnlyFilesystem))
    }
}

/// The numbers of one run, per kind.
#[derive(Debug)]
pub struct Sequences {
    base: u64,
    first: u32,
    next: BTreeMap<Kind, u32>,
}

impl Sequences {
    /// Begins a run: reads, increments and syncs the count of starts in `state_dir` (made if it is not there). Several
    /// processes may do so at once; each gets a count of its own. Its numbers are greater than `said`, one that an earlier run
    /// has said if any is known, whatever the file says.
    pub fn open(state_dir: &Path, site: &SiteKeys, said: Option<u64>) -> Result<Self, SequenceError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| SequenceError::Io { path, source }
        };
        fs::create_dir_all(state_dir).map_err(failed(state_dir))?;
        let path = state_dir.join(format!("city-starts.{}.{}", site.city(), site.site()));
        let lock_path = path.with_added_extension("lock");
        let lock = File::create(&lock_path).map_err(failed(&lock_path))?;
        lock.lock().map_err(failed(&lock_path))?;
        let starts = read_starts(&path)?.max(said.map_or(0, |said| (said >> BITS_PER_START) + 1));
        write_synced(&path, &format!("{}\n", starts + 1), state_dir).map_err(failed(&path))?;
        // The keys of a hash are the system's random numbers.
        let random = RandomState::new().hash_one(starts) % u64::from(FIRST_BELOW);
        let first = u32::try_from(random).unwrap_or_default();
        Ok(Self { base: starts << BITS_PER_START, first, next: BTreeMap::new() })
    }

    /// Whether this number comes before all of this run.
    pub(crate) fn come_after(&self, said: u64) -> bool {
        said < self.base
    }

    /// The next number of `kind`; `None` when all are used up, which are 2^31 in one run at least.
    pub fn next(&mut self, kind: Kind) -> Option<u64> {
        let next = self.next.entry(kind).or_insert(self.first);
        let number = self.base + u64::from(*next);
        *next = next.checked_add(1)?;
        Some(number)
    }
}

fn read_starts(path: &Path) -> Result<u64, SequenceError> {
    let content = match fs::read(path) {
        Ok(content) => String::from_utf8_lossy(&content).into_owned(),
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(source) => return Err(SequenceError::Io { path: path.to_owned(), source }),
    };
    let starts = content.trim().parse().ok().filter(|&starts| starts < MAX_STARTS);
    starts.ok_or_else(|| SequenceError::Corrupt { path: path.to_owned(), content: content.chars().take(32).collect() })
}

/// Replaces the file so that after a power cut there is either the old content or the new, and after a return the new.
fn write_synced(path: &Path, content: &str, dir: &Path) -> io::Result<()> {
    let new = path.with_added_extension("new");
    let mut file = File::create(&new)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    File::open(dir)?.sync_all()
}
