//! The folder of files, and who is next to be thrown away.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use perception::events::Event;
use perception::time::UtcMicros;

/// A file is named after its event, so that the names sort by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FileName {
    began_us: i64,
    number: u8,
}

impl FileName {
    pub(super) fn of(event: &Event) -> Self {
        Self { began_us: event.began_at.0, number: event.number }
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}.mcap", self.began_us, self.number)
    }
}

impl FromStr for FileName {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (began_us, number) = text.strip_suffix(".mcap").and_then(|event| event.split_once('-')).ok_or(())?;
        let name = Self { began_us: began_us.parse().map_err(drop)?, number: number.parse().map_err(drop)? };
        // Not `+1-07.mcap`: that file would not be found again.
        (name.to_string() == text).then_some(name).ok_or(())
    }
}

/// Files that lie there and how long each is; others' files are left alone.
#[derive(Debug)]
pub(super) struct Shelf {
    folder: PathBuf,
    files: BTreeMap<FileName, u64>,
    max_bytes: u64,
    max_age_s: f64,
}

impl Shelf {
    /// With what earlier runs have left. A folder that is not there has nothing.
    pub(super) fn open(folder: &Path, max_bytes: u64, max_age_s: f64) -> Self {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let files = entries.filter_map(|entry| {
            let name = entry.file_name().to_str()?.parse().ok()?;
            Some((name, entry.metadata().ok()?.len()))
        });
        Self { folder: folder.into(), files: files.collect(), max_bytes, max_age_s }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn path(&self, name: FileName) -> PathBuf {
        self.folder.join(name.to_string())
    }

    /// A file that is being written, or was, is so long now.
    pub(super) fn put(&mut self, name: FileName, bytes: u64) {
        self.files.insert(name, bytes);
    }

    pub(super) fn bytes(&self) -> u64 {
        self.files.values().sum()
    }

    pub(super) fn len(&self) -> usize {
        self.files.len()
    }

    /// The file that has to go next, and why.
    pub(super) fn next_to_go(&self, now: UtcMicros) -> Option<(FileName, &'static str)> {
        let oldest = *self.files.first_key_value()?.0;
        let age_s = now.seconds_since(UtcMicros(oldest.began_us));
        match () {
            () if self.bytes() > self.max_bytes => Some((oldest, "max_bytes")),
            () if age_s > self.max_age_s => Some((oldest, "max_age")),
            () => None,
        }
    }

    /// Throws a file away. One that cannot be is no longer counted: it must not keep others from going.
    pub(super) fn remove(&mut self, name: FileName) {
        self.files.remove(&name);
        let path = self.path(name);
        if let Err(error) = std::fs::remove_file(&path)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(path = %path.display(), %error, "evidence that is to go stays");
        }
    }
}
