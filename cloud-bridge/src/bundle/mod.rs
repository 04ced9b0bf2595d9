//! Large files over the link that is there: from a city to a site, when a command names them and the site fetches them, and from a
//! site to its city, when a command asks for one and the site lets it be fetched.
//!
//! The command, or the answer to it, holds the SHA-256 of each file and of each of its chunks ([`FileSum`]). So whoever answers the
//! questions need not be believed: a chunk that is another is not kept. Chunks are asked for by number under the file's SHA-256
//! ([`Owner`]), each in pieces as the line carries them ([`part_of`]).

mod fetch;
mod offers;
mod piece;
mod serve;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use ring::digest::{Context, SHA256, digest};
use serde::{Deserialize, Serialize};
use zenoh::qos::{CongestionControl, Priority};

pub use fetch::FetchError;
pub(crate) use fetch::{Asker, fetch};
pub(crate) use offers::{Offers, answer_offered, is_offered};
pub(crate) use serve::serve;

use crate::keys::{SiteKeys, check_name};

/// Whose files they are, and so where they are asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Owner<'a> {
    /// A city's, for all of its sites: `lukou/<city>/@bundle/<sha256>/<number>`. No site has a name with `@`, and no wildcard matches it.
    City(&'a str),
    /// A site's, for its city: `lukou/<city>/<site>/evidence/<sha256>/<number>`.
    Site(&'a SiteKeys),
}

impl Owner<'_> {
    /// Under which the chunks of all files are.
    fn prefix(self) -> String {
        match self {
            Self::City(city) => format!("lukou/{city}/@bundle/"),
            Self::Site(site) => format!("lukou/{site}/evidence/"),
        }
    }

    /// Under which a chunk of a file is asked for; `*`: all of them.
    fn chunk_key(self, file: &FileSum, chunk: &str) -> String {
        format!("{}{}/{chunk}", self.prefix(), file.sha256)
    }

    /// How questions and answers travel; `tried` is what [`piece::Piece`] would have routers do.
    fn quality(self, tried: CongestionControl) -> (Priority, CongestionControl) {
        match self {
            // Ahead of what fills the line: small questions, and answers that are as large as the line allows.
            Self::City(_) => (Priority::DataHigh, tried),
            // Behind all that the site says. `Block` would end a line on which that leaves no room for a piece.
            Self::Site(_) => (Priority::Background, CongestionControl::Drop),
        }
    }
}

/// Bytes in a chunk; the last of a file has what is left.
pub const CHUNK_BYTES: usize = 256 << 10;
/// The most bytes in a bundle, or in a recording that a site gives.
pub const MAX_BUNDLE_BYTES: u64 = 256 << 20;
/// The most files in a bundle.
const MAX_FILES: usize = 16;
/// Names of the parameters of a question for a part of a chunk.
const FROM: &str = "from";
const BYTES: &str = "bytes";

/// What a file is, so that each piece of it can be told from any other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileSum {
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of the whole, lower-case hexadecimal.
    pub sha256: String,
    /// SHA-256 of each chunk of [`CHUNK_BYTES`], in order, likewise.
    pub chunks: Vec<String>,
}

impl FileSum {
    /// Reads a file and sums it up.
    ///
    /// # Errors
    /// It can't be read.
    pub fn of(path: &Path) -> io::Result<Self> {
        let (mut file, mut whole) = (File::open(path)?, Context::new(&SHA256));
        let mut sum = Self { bytes: 0, sha256: String::new(), chunks: Vec::new() };
        loop {
            let chunk = next_chunk(&mut file)?;
            if chunk.is_empty() {
                break;
            }
            sum.bytes += chunk.len() as u64;
            whole.update(&chunk);
            sum.chunks.push(sha256(&chunk));
        }
        sum.sha256 = hex(whole.finish().as_ref());
        Ok(sum)
    }

    /// How many bytes a chunk of it has.
    fn chunk_bytes(&self, number: usize) -> usize {
        let before = (number * CHUNK_BYTES) as u64;
        usize::try_from(self.bytes.saturating_sub(before)).map_or(CHUNK_BYTES, |left| left.min(CHUNK_BYTES))
    }

    /// Whether it is the sum of some file; otherwise what is wrong.
    pub(crate) fn problem(&self) -> Option<String> {
        let is_sum = |text: &String| text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let expected = self.bytes.div_ceil(CHUNK_BYTES as u64);
        if !self.chunks.iter().chain([&self.sha256]).all(is_sum) {
            return Some("a SHA-256 is not 64 digits 0 to 9, a to f".to_owned());
        }
        if self.bytes > MAX_BUNDLE_BYTES {
            return Some(format!("{} bytes; {MAX_BUNDLE_BYTES} at most", self.bytes));
        }
        let found = self.chunks.len();
        (u64::try_from(found) != Ok(expected))
            .then(|| format!("{} bytes are {expected} chunks, not {found}", self.bytes))
    }
}

/// Files that belong together, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// What the whole is called; fit for a folder.
    pub name: String,
    /// What is in it.
    pub files: BTreeMap<String, FileSum>,
}

/// What can't be a bundle.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The disk's.
    #[error("{path}: {error}")]
    Read {
        /// Which file or folder.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Not as a bundle is.
    #[error("{0}")]
    Form(String),
}

impl Bundle {
    /// Sums up the files of a folder, under the folder's name. Folders in it are left out.
    ///
    /// # Errors
    /// A file can't be read, or they can't be a bundle.
    pub fn of(folder: &Path) -> Result<Self, BundleError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |error| BundleError::Read { path, error }
        };
        // Of `.` and `models/` too.
        let folder = folder.canonicalize().map_err(failed(folder))?;
        let named = |path: &Path| path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let mut bundle = Self { name: named(&folder), files: BTreeMap::new() };
        for entry in std::fs::read_dir(&folder).map_err(failed(&folder))? {
            let path = entry.map_err(failed(&folder))?.path();
            if path.is_file() {
                bundle.files.insert(named(&path), FileSum::of(&path).map_err(failed(&path))?);
            }
        }
        bundle.check().map(|()| bundle)
    }

    /// Whether it may be fetched.
    ///
    /// # Errors
    /// A name that may not be a file's, too much, or a sum that is none.
    pub fn check(&self) -> Result<(), BundleError> {
        let form = |text: String| Err(BundleError::Form(text));
        for name in self.files.keys().chain([&self.name]) {
            if let Err(error) = check_name("bundle", name) {
                return form(error.to_string());
            }
            if name.starts_with('.') || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)) {
                return form(format!("{name:?}: use letters, digits, '-', '_', '.', none of them '.' in front"));
            }
        }
        if self.files.is_empty() || self.files.len() > MAX_FILES {
            return form(format!("{} files; use 1 to {MAX_FILES}", self.files.len()));
        }
        let bytes = self.files.values().fold(0_u64, |sum, file| sum.saturating_add(file.bytes));
        if bytes > MAX_BUNDLE_BYTES {
            return form(format!("{bytes} bytes; {MAX_BUNDLE_BYTES} at most"));
        }
        match self.files.iter().find_map(|(name, file)| Some((name, file.problem()?))) {
            Some((name, problem)) => form(format!("{name}: {problem}")),
            None => Ok(()),
        }
    }

    /// The bundle's own name and the beginning of the SHA-256 over its files' names and sums: another for other contents.
    pub fn id(&self) -> String {
        let all: String = self.files.iter().map(|(name, file)| format!("{name} {}\n", file.sha256)).collect();
        let sum: String = sha256(all.as_bytes()).chars().take(16).collect();
        format!("{}-{sum}", self.name)
    }
}

/// The chunk that begins where the file stands; shorter at its end.
fn next_chunk(file: &mut File) -> io::Result<Vec<u8>> {
    let mut chunk = Vec::with_capacity(CHUNK_BYTES);
    file.take(CHUNK_BYTES as u64).read_to_end(&mut chunk)?;
    Ok(chunk)
}

/// The parameters of a question for so many bytes of a chunk, from there on. Who does not know them answers with all of it.
fn part_of(from: usize, bytes: usize) -> String {
    format!("{FROM}={from};{BYTES}={bytes}")
}

/// SHA-256 (FIPS 180-4) in hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(bytes: u64) -> FileSum {
        let chunks = bytes.div_ceil(CHUNK_BYTES as u64);
        FileSum { bytes, sha256: sha256(b"x"), chunks: (0..chunks).map(|_| sha256(b"y")).collect() }
    }

    #[test]
    fn what_would_leave_its_folder_or_fill_the_disk_is_refused() {
        let with = |name: &str, file: FileSum| Bundle { name: "m".into(), files: [(name.to_owned(), file)].into() };
        assert!(with("model.onnx", sum(300_000)).check().is_ok());
        for name in ["", ".", "..", ".hidden", "../x", "a/b", "/etc/x", "a b", "模型", "a\\b"] {
            assert!(with(name, sum(1)).check().is_err(), "{name:?}");
            let named = Bundle { name: name.to_owned(), ..with("x", sum(1)) };
            assert!(named.check().is_err(), "{name:?}");
        }
        assert!(with("x", sum(MAX_BUNDLE_BYTES + 1)).check().is_err());
        assert!(with("x", FileSum { bytes: u64::MAX, ..sum(1) }).check().is_err());
        assert!(with("x", FileSum { chunks: Vec::new(), ..sum(1) }).check().is_err());
        assert!(with("x", FileSum { sha256: "../../etc/passwd".into(), ..sum(1) }).check().is_err());
        assert!(Bundle { name: "m".into(), files: BTreeMap::new() }.check().is_err());
        assert_ne!(with("a", sum(1)).id(), with("b", sum(1)).id());
    }
}
