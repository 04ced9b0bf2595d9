//! Small files that must survive a power cut: there is the old one or the new one, never half of one.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use serde::de::DeserializeOwned;

/// The file that lies beside another and has `ending` behind its name.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    PathBuf::from(name)
}

/// Writes a file in place of what is there. When it returns, the file is on the disk.
///
/// # Errors
/// The disk's; then the old file is there as before.
pub fn replace(path: &Path, contents: &[u8]) -> io::Result<()> {
    let new = beside(path, ".new");
    let mut file = File::create(&new)?;
    file.write_all(contents)?;
    file.sync_all()?;
    std::fs::rename(&new, path)?;
    sync_folder(path)
}

/// Removes a file for good; one that is not there is no error.
///
/// # Errors
/// The disk's.
pub fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed.and_then(|()| sync_folder(path)),
    }
}

/// Moves a folder, with what is in it, to another place on the same disk.
///
/// # Errors
/// The disk's.
pub fn move_folder(from: &Path, to: &Path) -> io::Result<()> {
    File::open(from)?.sync_all()?;
    std::fs::rename(from, to)?;
    sync_folder(to)
}

/// What a file of JSON holds; `None`: there is none.
///
/// # Errors
/// It can't be read, or is something else.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> io::Result<Option<T>> {
    match std::fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => Ok(Some(serde_json::from_slice(&read?)?)),
    }
}

/// Writes something now and then, on a thread of its own: who asks for it does not wait for the disk.
#[derive(Debug)]
pub struct Upkeep {
    what: &'static str,
    every_s: f64,
    due_s: f64,
    writing: Option<JoinHandle<()>>,
}

impl Upkeep {
    /// `what` is written every `every_s` seconds from `uptime_s` on.
    pub fn new(what: &'static str, every_s: f64, uptime_s: f64) -> Self {
        Self { what, every_s, due_s: uptime_s + every_s, writing: None }
    }

    /// Writes if it is time to, unless the last time is still being written.
    pub fn if_due<W: FnOnce() + Send + 'static>(&mut self, uptime_s: f64, write: impl FnOnce() -> W) {
        let idle = self.writing.as_ref().is_none_or(JoinHandle::is_finished);
        if uptime_s >= self.due_s && idle {
            self.due_s = uptime_s + self.every_s;
            match std::thread::Builder::new().name(self.what.into()).spawn(write()) {
                Ok(thread) => self.writing = Some(thread),
                Err(error) => tracing::warn!(what = self.what, %error, "it is not written"),
            }
        }
    }

    /// Waits until nothing is being written.
    pub fn finish(&mut self) {
        if self.writing.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!(what = self.what, "the thread that writes it panicked");
        }
    }
}

/// A name is on the disk only once its folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
