//! The thread's work: remembers what comes in, and writes what belongs to an event into its file.

use std::path::Path;

use perception::calibration::SiteGeometry;
use perception::time::UtcMicros;
use sensors::recording::{Item, Recorded, RecordingError, RecordingWriter};

use super::ring::Ring;
use super::shelf::{FileName, Shelf};
use super::{Entry, EvidenceSettings, PLACE};
use crate::metrics::Metrics;

/// The folder is looked over this often, seconds.
const TIDY_S: f64 = 1.0;
/// Threads that take what comes in may overtake each other by less than this; a clock that runs back by more was set, seconds.
const BACK_S: f64 = 1.0;

/// A file that is being written.
#[derive(Debug)]
struct Cut {
    name: FileName,
    writer: RecordingWriter,
    last: UtcMicros,
    until: UtcMicros,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Cutter {
    geometry: SiteGeometry,
    ring: Ring,
    cuts: Vec<Cut>,
    shelf: Shelf,
    tidied_at: Option<UtcMicros>,
    metrics: Metrics,
}

impl Cutter {
    pub(super) fn new(settings: &EvidenceSettings, folder: &Path, geometry: SiteGeometry, metrics: Metrics) -> Self {
        Self {
            geometry,
            ring: Ring::new(settings.memory_bytes, settings.longest_s),
            cuts: Vec::new(),
            shelf: Shelf::open(folder, settings.max_bytes, settings.max_age_s),
            tidied_at: None,
            metrics,
        }
    }

    pub(super) fn take(&mut self, entry: Entry) {
        match entry {
            Entry::Input(recorded) => self.input(recorded),
            Entry::Begin { name, from, until } => {
                if self.ring.oldest().is_none_or(|oldest| oldest > from) {
                    self.metrics.count_drop(PLACE, "begins_late", 1);
                }
                self.begin(name, from, until);
            }
            Entry::End { name, until } => {
                self.cuts.iter_mut().filter(|cut| cut.name == name).for_each(|cut| cut.until = until);
            }
        }
    }

    /// Ends every file: the service ends.
    pub(super) fn finish(mut self) {
        std::mem::take(&mut self.cuts).into_iter().for_each(|cut| self.close(cut));
    }

    fn input(&mut self, recorded: Recorded) {
        let now = recorded.arrived_at;
        for mut cut in std::mem::take(&mut self.cuts) {
            if now > cut.until || now < cut.last.plus_seconds(-BACK_S) {
                self.close(cut);
                continue;
            }
            cut.last = now;
            match cut.writer.write(&recorded) {
                Ok(()) => self.cuts.push(cut),
                Err(error) => self.give_up(cut.name, &error),
            }
        }
        self.ring.push(recorded);
        if self.tidied_at.is_none_or(|then| !(0.0..TIDY_S).contains(&now.seconds_since(then))) {
            self.tidied_at = Some(now);
            self.tidy(now);
        }
    }

    fn begin(&mut self, name: FileName, from: UtcMicros, until: UtcMicros) {
        // A file that is there already is another's evidence.
        let mut writer = match self.create(name) {
            Ok(writer) => writer,
            Err(error) => return self.tell(&error),
        };
        let first = self.ring.since(from).next().map_or(from, |first| first.arrived_at);
        let site = Recorded { arrived_at: first, captured_at: first, item: Item::Site(self.geometry.clone()) };
        let filled = std::iter::once(&site).chain(self.ring.since(from)).try_fold(first, |_, recorded| {
            writer.write(recorded)?;
            Ok(recorded.arrived_at)
        });
        match filled {
            Ok(last) => self.cuts.push(Cut { name, writer, last, until }),
            Err(error) => self.give_up(name, &error),
        }
    }

    fn close(&mut self, cut: Cut) {
        let Cut { name, writer, .. } = cut;
        let path = self.shelf.path(name);
        if let Err(error) = writer.finish() {
            return self.give_up(name, &error);
        }
        self.shelf.put(name, std::fs::metadata(path).map_or(0, |metadata| metadata.len()));
    }

    fn create(&self, name: FileName) -> Result<RecordingWriter, RecordingError> {
        let folder = self.shelf.folder();
        std::fs::create_dir_all(folder).map_err(|source| RecordingError::Io { path: folder.into(), source })?;
        RecordingWriter::create(self.shelf.path(name))
    }

    /// A full or dead disk: this file is given up, so that it takes no room.
    fn give_up(&mut self, name: FileName, error: &RecordingError) {
        self.tell(error);
        self.shelf.remove(name);
    }

    fn tell(&self, error: &RecordingError) {
        tracing::warn!(%error, "an event has no evidence");
        self.metrics.count_drop(PLACE, "write_failed", 1);
    }

    fn tidy(&mut self, now: UtcMicros) {
        for cut in &self.cuts {
            self.shelf.put(cut.name, cut.writer.bytes().unwrap_or(0));
        }
        while let Some((name, reason)) = self.shelf.next_to_go(now) {
            self.cuts.retain(|cut| cut.name != name);
            self.shelf.remove(name);
            self.metrics.count_drop(PLACE, reason, 1);
        }
        self.metrics.evidence_files.set(i64::try_from(self.shelf.len()).unwrap_or(i64::MAX));
        self.metrics.evidence_bytes.set(i64::try_from(self.shelf.bytes()).unwrap_or(i64::MAX));
    }
}
