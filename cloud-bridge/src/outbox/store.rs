//! What lies on the disk: one redb file, of which each commit is there wholly or not at all, whatever happens.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use redb::{Database, DatabaseError, ReadableDatabase, ReadableTable, TableDefinition};

use crate::codec::Encoding;
use crate::command::Remembered;
use crate::schema::Kind;

/// Kind and number of a message; kinds by name, so that a later version's wait unharmed.
type Name = (&'static str, u64);
/// CBOR or not; when it came, service time in ms; end of the time it is about, µs; what of its kind (the lot); payload.
type Body = (bool, u64, i64, &'static str, &'static [u8]);

const MESSAGES: TableDefinition<'static, Name, Body> = TableDefinition::new("messages");
/// Those of [`MESSAGES`] of which no receipt has come.
const WAITING: TableDefinition<'static, Name, ()> = TableDefinition::new("waiting");
/// `service_ms`: the service time at the last commit. `sent.<kind>`: below this number all have been sent once.
const FACTS: TableDefinition<'static, &'static str, u64> = TableDefinition::new("facts");
/// Commands by id, as JSON of what is remembered of them.
const COMMANDS: TableDefinition<'static, &'static str, &'static [u8]> = TableDefinition::new("commands");
/// In [`FACTS`]: commands signed at this time (µs since 1970 UTC) or before are forgotten.
const COMMAND_FLOOR_US: &str = "command_floor_us";
pub(super) const SERVICE_MS: &str = "service_ms";

/// Enough to keep what was just written; the file itself is the operating system's to cache.
const CACHE_BYTES: usize = 4 << 20;

/// Which message.
pub(crate) type MessageId = (Kind, u64);

/// Commands by id, and the time at or before which others are forgotten, µs since 1970 UTC.
pub(crate) type KnownCommands = (Vec<(String, Remembered)>, Option<i64>);

/// One message as it lies in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub encoding: Encoding,
    /// When it came, in service time.
    pub at: Duration,
    /// End of the time it is about, µs since 1970 UTC.
    pub to_us: i64,
    /// What of its kind: the lot.
    pub id: Option<String>,
    pub payload: Vec<u8>,
}

/// What one commit changes. Doing it twice is the same as doing it once.
#[derive(Debug, Default)]
pub(crate) struct Changes<'a> {
    pub put: Vec<(MessageId, &'a Stored)>,
    /// No longer waiting, but kept.
    pub received: Vec<MessageId>,
    /// No longer there.
    pub gone: Vec<MessageId>,
    pub facts: Vec<(String, u64)>,
}

/// A message found when the store is opened, without its payload.
#[derive(Debug)]
pub(crate) struct Found {
    pub message: MessageId,
    pub id: Option<String>,
    pub bytes: u64,
    pub at: Duration,
    pub waiting: bool,
}

/// Why the store can't be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has it.
    #[error("{0} is in use by another process; only one may own a site's outbox")]
    InUse(PathBuf),
    /// The file is not what was written.
    #[error("{path} is damaged: {problem}")]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The disk refuses: most often it is full.
    #[error("{path}: {problem}")]
    Disk {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        problem: String,
    },
}

type Open = dyn Fn(&Path) -> Result<Database, DatabaseError> + Send + Sync;

/// The file, open or to be opened again. After an error it must be opened anew: redb refuses to go on.
pub(crate) struct Store {
    path: PathBuf,
    open: Box<Open>,
    database: RwLock<Option<Arc<Database>>>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("path", &self.path).finish_non_exhaustive()
    }
}

/// An error that says what to do next: nothing, another file, or another time.
fn sort(path: &Path, error: redb::Error) -> StoreError {
    let path = path.to_owned();
    match error {
        redb::Error::DatabaseAlreadyOpen => StoreError::InUse(path),
        redb::Error::Corrupted(problem) => StoreError::Damaged { path, problem },
        redb::Error::UpgradeRequired(version) => StoreError::Damaged { path, problem: format!("version {version}") },
        redb::Error::Io(e) if e.kind() == io::ErrorKind::InvalidData => {
            StoreError::Damaged { path, problem: e.to_string() }
        }
        other => StoreError::Disk { path, problem: other.to_string() },
    }
}

impl Store {
    /// A store that is not open yet.
    pub(crate) fn new(path: PathBuf) -> Self {
        let open = |path: &Path| redb::Builder::new().set_cache_size(CACHE_BYTES).create(path);
        Self::with_opener(path, open)
    }

    /// The same over any other way to open it: a disk that is full, in tests.
    pub(crate) fn with_opener(
        path: PathBuf,
        open: impl Fn(&Path) -> Result<Database, DatabaseError> + Send + Sync + 'static,
    ) -> Self {
        Self { path, open: Box::new(open), database: RwLock::default() }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.database().is_some()
    }

    fn database(&self) -> Option<Arc<Database>> {
        self.database.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    fn set(&self, database: Option<Arc<Database>>) {
        *self.database.write().unwrap_or_else(std::sync::PoisonError::into_inner) = database;
    }

    /// Lets the next owner have it.
    pub(crate) fn close(&self) {
        self.set(None);
    }

    /// Opens the file, or makes it.
    pub(crate) fn open(&self) -> Result<(), StoreError> {
        let database = self.survive(|| {
            let database = (self.open)(&self.path)?;
            let write = database.begin_write()?;
            write.open_table(MESSAGES)?;
            write.open_table(WAITING)?;
            write.open_table(FACTS)?;
            write.open_table(COMMANDS)?;
            write.commit()?;
            Ok(database)
        })?;
        self.set(Some(Arc::new(database)));
        Ok(())
    }

    /// Sets a damaged file aside as `*.damaged`, so that a new one can be begun.
    pub(crate) fn set_aside(&self) -> Result<(), StoreError> {
        self.close();
        let aside = self.path.with_added_extension("damaged");
        if let Err(e) = std::fs::rename(&self.path, &aside) {
            return Err(StoreError::Disk { path: aside, problem: e.to_string() });
        }
        tracing::error!(aside = %aside.display(), "the outbox is damaged, what waited in it is lost; it is set aside");
        Ok(())
    }

    /// Runs `work`; after an error the file is closed.
    fn with<T>(&self, work: impl FnOnce(&Database) -> Result<T, redb::Error>) -> Result<T, StoreError> {
        let closed = || StoreError::Disk { path: self.path.clone(), problem: "not open".to_owned() };
        let database = self.database().ok_or_else(closed)?;
        self.survive(move || work(&database)).inspect_err(|_| {
            // What it panicked over once it may panic over again when it ends.
            let _ = self.survive(|| {
                self.close();
                Ok(())
            });
        })
    }

    /// Runs `work`. redb panics over some damage, which must not end who uses it.
    fn survive<T>(&self, work: impl FnOnce() -> Result<T, redb::Error>) -> Result<T, StoreError> {
        // Afterwards nothing is used of what it had in hand.
        match catch_unwind(AssertUnwindSafe(work)) {
            Ok(done) => done.map_err(|error| sort(&self.path, error)),
            Err(_) => Err(StoreError::Damaged { path: self.path.clone(), problem: "redb panicked over it".to_owned() }),
        }
    }

    /// On the disk when it returns.
    pub(crate) fn commit(&self, changes: &Changes<'_>) -> Result<(), StoreError> {
        self.with(|database| {
            let write = database.begin_write()?;
            {
                let (mut messages, mut waiting) = (write.open_table(MESSAGES)?, write.open_table(WAITING)?);
                for ((kind, seq), stored) in &changes.put {
                    messages.insert((kind.name(), *seq), body(stored))?;
                    waiting.insert((kind.name(), *seq), ())?;
                }
                for (kind, seq) in changes.received.iter().chain(&changes.gone) {
                    waiting.remove((kind.name(), *seq))?;
                }
                for (kind, seq) in &changes.gone {
                    messages.remove((kind.name(), *seq))?;
                }
                let mut facts = write.open_table(FACTS)?;
                for (name, value) in &changes.facts {
                    facts.insert(name.as_str(), *value)?;
                }
            }
            Ok(write.commit()?)
        })
    }

    /// All messages of kinds that this version knows, in the order of their numbers.
    pub(crate) fn scan(&self) -> Result<Vec<Found>, StoreError> {
        self.with(|database| {
            let read = database.begin_read()?;
            let (messages, waiting) = (read.open_table(MESSAGES)?, read.open_table(WAITING)?);
            let mut found = Vec::new();
            for entry in messages.iter()? {
                let (name, value) = entry?;
                let ((kind, seq), (_, at_ms, _, id, payload)) = (name.value(), value.value());
                let Some(kind) = Kind::from_name(kind) else { continue };
                found.push(Found {
                    message: (kind, seq),
                    id: some(id),
                    bytes: u64::try_from(payload.len()).unwrap_or(u64::MAX),
                    at: Duration::from_millis(at_ms),
                    waiting: waiting.get((kind.name(), seq))?.is_some(),
                });
            }
            Ok(found)
        })
    }

    /// A fact; `None` when it was never written.
    pub(crate) fn fact(&self, name: &str) -> Result<Option<u64>, StoreError> {
        self.with(|database| {
            let facts = database.begin_read()?.open_table(FACTS)?;
            Ok(facts.get(name)?.map(|value| value.value()))
        })
    }

    /// The commands that are remembered.
    pub(crate) fn commands(&self) -> Result<KnownCommands, StoreError> {
        let floor_us = self.fact(COMMAND_FLOOR_US)?.and_then(|floor_us| i64::try_from(floor_us).ok());
        self.with(|database| {
            let commands = database.begin_read()?.open_table(COMMANDS)?;
            let mut found = Vec::new();
            for entry in commands.iter()? {
                let (id, remembered) = entry?;
                let problem = |e: serde_json::Error| redb::Error::Corrupted(format!("command {}: {e}", id.value()));
                found.push((id.value().to_owned(), serde_json::from_slice(remembered.value()).map_err(problem)?));
            }
            Ok((found, floor_us))
        })
    }

    /// Remembers a command, and forgets another. On the disk when it returns.
    pub(crate) fn remember(
        &self,
        id: &str,
        remembered: &Remembered,
        forgotten: Option<&(String, i64)>,
    ) -> Result<(), StoreError> {
        self.with(|database| {
            let bytes = serde_json::to_vec(remembered).map_err(|e| redb::Error::Corrupted(e.to_string()))?;
            let write = database.begin_write()?;
            {
                let mut commands = write.open_table(COMMANDS)?;
                commands.insert(id, bytes.as_slice())?;
                if let Some((forgotten, floor_us)) = forgotten {
                    commands.remove(forgotten.as_str())?;
                    let mut facts = write.open_table(FACTS)?;
                    facts.insert(COMMAND_FLOOR_US, u64::try_from(*floor_us).unwrap_or_default())?;
                }
            }
            Ok(write.commit()?)
        })
    }

    /// One message.
    pub(crate) fn read(&self, (kind, seq): MessageId) -> Result<Option<Stored>, StoreError> {
        self.with(|database| {
            let messages = database.begin_read()?.open_table(MESSAGES)?;
            Ok(messages.get((kind.name(), seq))?.map(|value| stored(value.value())))
        })
    }

    /// Gives `each` the messages of `kind` that `wanted` picks out (by end of time and what of the kind), the oldest first,
    /// beginning after the number `after`, until it says that it has enough.
    pub(crate) fn history(
        &self,
        kind: Kind,
        after: Option<u64>,
        wanted: impl Fn(i64, &str) -> bool,
        mut each: impl FnMut(u64, Stored) -> bool,
    ) -> Result<(), StoreError> {
        let Some(first) = after.map_or(Some(0), |after| after.checked_add(1)) else { return Ok(()) };
        self.with(|database| {
            let messages = database.begin_read()?.open_table(MESSAGES)?;
            for entry in messages.range((kind.name(), first)..=(kind.name(), u64::MAX))? {
                let (name, value) = entry?;
                let (_, _, to_us, id, _) = value.value();
                if wanted(to_us, id) && !each(name.value().1, stored(value.value())) {
                    break;
                }
            }
            Ok(())
        })
    }
}

fn body(stored: &Stored) -> (bool, u64, i64, &str, &[u8]) {
    let at_ms = u64::try_from(stored.at.as_millis()).unwrap_or(u64::MAX);
    let id = stored.id.as_deref().unwrap_or_default();
    (stored.encoding == Encoding::Cbor, at_ms, stored.to_us, id, &stored.payload)
}

fn stored((cbor, at_ms, to_us, id, payload): (bool, u64, i64, &str, &[u8])) -> Stored {
    Stored {
        encoding: if cbor { Encoding::Cbor } else { Encoding::Json },
        at: Duration::from_millis(at_ms),
        to_us,
        id: some(id),
        payload: payload.to_vec(),
    }
}

fn some(id: &str) -> Option<String> {
    (!id.is_empty()).then(|| id.to_owned())
}
