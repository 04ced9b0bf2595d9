use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};

use redb::backends::FileBackend;
use redb::{Database, DatabaseError, StorageBackend};

use super::*;
use crate::codec::Encoding;

const T: Kind = Kind::Traffic;
const P: Kind = Kind::Parking;

fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn message(at: Duration, id: Option<&str>, payload: &[u8]) -> Stored {
    Stored { encoding: Encoding::Json, at, to_us: 7, id: id.map(str::to_owned), payload: payload.to_vec() }
}

/// A file of this test's own; nothing is there.
fn file(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("lukou-outbox-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(name);
    for old in [&file, &file.with_added_extension("damaged")] {
        let _ = std::fs::remove_file(old);
    }
    file
}

fn open(path: &Path) -> Outbox {
    Outbox::open(Arc::new(Store::new(path.to_owned())), BTreeMap::new()).unwrap()
}

fn waiting(outbox: &Outbox, kind: Kind) -> Vec<u64> {
    outbox.lanes.get(&kind).map(|lane| lane.waiting.keys().copied().collect()).unwrap_or_default()
}

fn dropped(outbox: &mut Outbox) -> BTreeMap<(Kind, DropReason), usize> {
    let mut counts = BTreeMap::new();
    outbox.take_dropped().into_iter().for_each(|what| *counts.entry(what).or_default() += 1);
    counts
}

fn history(outbox: &Outbox, after: Option<u64>) -> Vec<u64> {
    let mut numbers = Vec::new();
    let each = |seq, _| {
        numbers.push(seq);
        true
    };
    outbox.store.history(T, after, |to_us, id| to_us == 7 && id.is_empty(), each).unwrap();
    numbers
}

#[test]
fn what_was_saved_is_there_again_in_order_until_it_is_received() {
    let path = file("again.redb");
    let mut outbox = open(&path);
    for seq in [5, 7, 1 << 32] {
        outbox.put((T, seq), message(s(3), None, format!("t{seq}").as_bytes()));
    }
    outbox.put((P, 5), message(s(4), Some("p1"), b"p5"));
    outbox.save(s(9), false).unwrap();
    assert_eq!(outbox.due(u64::MAX, s(9)), [((T, 5), true), ((T, 7), true), ((T, 1 << 32), true), ((P, 5), true)]);
    [(T, 5), (T, 7), (T, 1 << 32), (P, 5)].into_iter().for_each(|message| outbox.went(message, s(9)));
    assert_eq!(outbox.receive(T, &[[6, u64::MAX]], s(9)).stored, 2, "only what waits counts, however long the run");
    assert_eq!(outbox.receive(T, &[[7, 5]], s(9)), Received::default());
    outbox.save(s(12), true).unwrap();
    drop(outbox);

    let mut outbox = open(&path);
    assert_eq!(outbox.service_time(), s(12), "service time goes on where it was");
    assert_eq!((waiting(&outbox, T), waiting(&outbox, P)), (vec![5], vec![5]));
    assert_eq!(outbox.read((T, 5)).unwrap(), Some(message(s(3), None, b"t5")));
    assert_eq!(outbox.read((P, 5)).unwrap(), Some(message(s(4), Some("p1"), b"p5")));
    assert_eq!(outbox.due(u64::MAX, s(12)), [], "both have been sent once");
    outbox.reconnected(s(12));
    assert_eq!(outbox.due(u64::MAX, s(12)), [((T, 5), false), ((P, 5), false)]);
    assert_eq!(history(&outbox, None), [5, 7, 1 << 32], "what was received is kept");
    assert_eq!(history(&outbox, Some(5)), [7, 1 << 32]);
    assert_eq!(outbox.stats(s(13))[&T], OutboxStats { messages: 1, bytes: 2, oldest_s: 10.0 });
}

#[test]
fn a_newer_state_takes_the_place_of_an_older_of_its_lot_and_news_stays() {
    let path = file("newest.redb");
    let mut outbox = open(&path);
    for seq in 0..6 {
        outbox.put((P, seq), message(s(0), Some(["p1", "p2"][seq as usize % 2]), b"x"));
        outbox.put((T, seq), message(s(0), None, b"x"));
    }
    outbox.save(s(0), false).unwrap();
    assert_eq!(dropped(&mut outbox), BTreeMap::from([((P, DropReason::Superseded), 4)]));
    outbox.due(u64::MAX, s(0));
    outbox.put((P, 6), message(s(1), Some("p1"), b"x"));
    outbox.save(s(1), false).unwrap();
    assert_eq!(dropped(&mut outbox), BTreeMap::new(), "the one before went out");
    drop(outbox);
    let outbox = open(&path);
    assert_eq!((waiting(&outbox, T), waiting(&outbox, P)), ((0..6).collect(), vec![5, 6]));
}

#[test]
fn what_waits_for_the_line_is_superseded_and_counted_and_what_is_on_it_goes() {
    let mut outbox = open(&file("line.redb"));
    let lot = |outbox: &mut Outbox, seq| outbox.put((P, seq), message(s(0), Some("p1"), &[b'x'; 100]));
    lot(&mut outbox, 0);
    assert_eq!(outbox.due(50, s(0)), [((P, 0), true)], "one at least");
    lot(&mut outbox, 1);
    assert_eq!(outbox.due(150, s(1)), [], "the line is busy");
    lot(&mut outbox, 2);
    assert_eq!(dropped(&mut outbox), BTreeMap::from([((P, DropReason::Superseded), 1)]), "not the one on the line");
    outbox.reconnected(s(2));
    assert_eq!(outbox.due(150, s(2)), []);
    outbox.went((P, 0), s(9));
    assert_eq!(outbox.due(150, s(9)), [((P, 2), true)], "still for the first time");
}

#[test]
fn what_the_line_is_about_to_take_is_not_given_to_it_twice() {
    let mut outbox = open(&file("twice.redb"));
    outbox.put((T, 0), message(s(0), None, b"x"));
    assert_eq!(outbox.due(u64::MAX, s(0)), [((T, 0), true)]);
    outbox.reconnected(s(1));
    assert_eq!(outbox.due(u64::MAX, s(1)), []);
    outbox.went((T, 0), s(1));
    outbox.reconnected(s(2));
    assert_eq!(outbox.due(u64::MAX, s(2)), [((T, 0), false)], "not for the first time any more");

    outbox.went((T, 0), s(3));
    outbox.put((T, 1), message(s(3), None, b"x"));
    assert_eq!(outbox.due(u64::MAX, s(3)), [((T, 1), true)]);
    // The line takes it while somebody comes, and its word of that is heard second.
    outbox.reconnected(s(4));
    outbox.went((T, 1), s(4));
    assert_eq!(outbox.due(u64::MAX, s(4)), [((T, 0), false), ((T, 1), false)], "it has had its first time");
}

#[test]
fn a_receipt_for_what_was_never_sent_takes_nothing_out() {
    let path = file("unsent.redb");
    let mut outbox = open(&path);
    (0..3).for_each(|seq| outbox.put((T, seq), message(s(0), None, &[b'x'; 100])));
    outbox.save(s(0), false).unwrap();
    let everything = [[0, u64::MAX]];
    assert_eq!(outbox.receive(T, &everything, s(0)), Received { stored: 0, never_sent: 3 });
    assert_eq!(outbox.due(100, s(1)), [((T, 0), true)], "the others are due, and wait for the line");
    assert_eq!(outbox.receive(T, &everything, s(1)), Received { stored: 1, never_sent: 2 });
    outbox.went((T, 0), s(1));
    outbox.reconnected(s(1));
    assert_eq!(outbox.receive(T, &everything, s(1)), Received { stored: 0, never_sent: 2 });
    assert_eq!(outbox.due(100, s(1)), [((T, 1), true)]);
    // Killed before it was written down that one has gone.
    drop(outbox);
    let mut outbox = open(&path);
    outbox.put((T, 1 << 32), message(s(2), None, b"x"));
    assert_eq!(outbox.receive(T, &everything, s(2)), Received { stored: 3, never_sent: 1 });
    assert_eq!(waiting(&outbox, T), [1 << 32]);
}

#[test]
fn too_much_and_too_old_go_first_and_are_counted() {
    let path = file("limits.redb");
    let limits = LimitsConfig { max_bytes: Some(30), max_age_s: Some(100), kept_bytes: Some(20), kept_age_s: Some(50) };
    let mut outbox = Outbox::open(Arc::new(Store::new(path.clone())), BTreeMap::from([(T, limits)])).unwrap();
    for seq in 0..5 {
        outbox.put((T, seq), message(s(seq), None, &[b'x'; 10]));
    }
    outbox.give_up(s(5));
    outbox.save(s(5), false).unwrap();
    assert_eq!(waiting(&outbox, T), [2, 3, 4]);
    outbox.give_up(s(103));
    assert_eq!(waiting(&outbox, T), [3, 4]);
    let expected = BTreeMap::from([((T, DropReason::OutboxFull), 2), ((T, DropReason::TooOld), 1)]);
    assert_eq!(dropped(&mut outbox), expected);
    // Kept: by bytes, then by age.
    for seq in 5..8 {
        outbox.put((T, seq), message(s(80), None, &[b'x'; 10]));
    }
    outbox.save(s(103), false).unwrap();
    outbox.due(u64::MAX, s(103));
    outbox.receive(T, &[[0, 9]], s(103));
    outbox.give_up(s(103));
    outbox.save(s(103), true).unwrap();
    assert_eq!(history(&outbox, None), [6, 7]);
    outbox.give_up(s(131));
    outbox.save(s(131), true).unwrap();
    assert_eq!(history(&outbox, None), Vec::<u64>::new());
}

#[test]
fn only_one_may_own_it() {
    let path = file("owner.redb");
    let _first = open(&path);
    let error = Outbox::open(Arc::new(Store::new(path.clone())), BTreeMap::new()).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{} is in use by another process; only one may own a site's outbox", path.display())
    );
}

#[test]
fn a_damaged_file_is_set_aside() {
    let path = file("damaged.redb");
    std::fs::write(&path, b"not a database, and long enough to look like one".repeat(200)).unwrap();
    let mut outbox = open(&path);
    outbox.put((T, 0), message(s(0), None, b"x"));
    outbox.save(s(0), false).unwrap();
    assert!(std::fs::read(path.with_added_extension("damaged")).unwrap().starts_with(b"not a database"));
}

/// A file with a bad sector in it, or its end missing: what opens is as it was or set aside, and the next message is taken.
#[test]
fn a_bad_sector_anywhere_ends_nothing() {
    let path = file("sector.redb");
    let mut outbox = open(&path);
    let mut chance = fastrand::Rng::with_seed(1);
    for seq in 0..100 {
        outbox.put((T, seq), message(s(seq), None, &vec![b'x'; chance.usize(100..2000)]));
        outbox.save(s(seq), false).unwrap();
    }
    drop(outbox);
    let (whole, aside) = (std::fs::read(&path).unwrap(), path.with_added_extension("damaged"));
    let mut set_aside = 0;
    for n in 0..100 {
        let mut bytes = whole.clone();
        let from = 512 * chance.usize(0..bytes.len() / 512);
        bytes[from..from + 512].fill_with(|| if n % 2 == 0 { 0 } else { chance.u8(..) });
        bytes.truncate(if n % 10 == 9 { from } else { bytes.len() });
        std::fs::write(&path, &bytes).unwrap();
        let mut outbox = open(&path);
        let is_aside = aside.exists();
        set_aside += u32::from(is_aside);
        assert!(is_aside || waiting(&outbox, T) == (0..100).collect::<Vec<_>>(), "{n}: all or nothing");
        outbox.put((T, 1 << 32), message(s(200), None, b"x"));
        outbox.save(s(200), true).unwrap();
        drop(outbox);
        assert_eq!(waiting(&open(&path), T).last(), Some(&(1 << 32)), "{n}");
        let _ = std::fs::remove_file(&aside);
    }
    assert!((1..100).contains(&set_aside), "{set_aside}");
}

/// A file on a disk that holds so many bytes and no more.
#[derive(Debug)]
struct Full {
    file: FileBackend,
    most: Arc<AtomicU64>,
}

impl Full {
    fn room(&self, end: u64) -> io::Result<()> {
        if end > self.most.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }
}

impl StorageBackend for Full {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }
    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.file.read(offset, out)
    }
    fn set_len(&self, len: u64) -> io::Result<()> {
        self.room(len)?;
        self.file.set_len(len)
    }
    fn sync_data(&self) -> io::Result<()> {
        self.room(0)?;
        self.file.sync_data()
    }
    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.room(offset + data.len() as u64)?;
        self.file.write(offset, data)
    }
}

fn limited(path: &Path, most: &Arc<AtomicU64>) -> Arc<Store> {
    let most = most.clone();
    let open = move |path: &Path| -> Result<Database, DatabaseError> {
        let file = std::fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        let file = FileBackend::new(file)?;
        redb::Builder::new().create_with_backend(Full { file, most: most.clone() })
    };
    Arc::new(Store::with_opener(path.to_owned(), open))
}

#[test]
fn while_the_disk_is_full_memory_holds_what_it_may_and_all_is_written_when_there_is_room() {
    let path = file("full.redb");
    let most = Arc::new(AtomicU64::new(u64::MAX));
    let mut outbox = Outbox::open(limited(&path, &most), BTreeMap::new()).unwrap();
    outbox.max_held_bytes = 100_000;
    outbox.put((T, 0), message(s(0), None, &[b'a'; 1000]));
    outbox.save(s(0), false).unwrap();

    most.store(1000, Ordering::Relaxed);
    for seq in 1..=150 {
        outbox.put((T, seq), message(s(seq), None, &[b'b'; 1000]));
        outbox.give_up(s(seq));
        let tried = !outbox.store.is_open() && outbox.retry_at > s(seq);
        assert_eq!(outbox.save(s(seq), false).is_ok(), tried, "an error each time that it is tried");
    }
    assert_eq!(dropped(&mut outbox), BTreeMap::from([((T, DropReason::DiskRefused), 50)]));
    assert!(!outbox.is_saved());
    let due = outbox.due(u64::MAX, s(150));
    assert_eq!(due.iter().map(|((_, seq), _)| *seq).take(3).collect::<Vec<_>>(), [0, 51, 52]);
    assert!(outbox.read((T, 51)).unwrap().is_some(), "sent from memory");
    assert_eq!(outbox.receive(T, &[[51, 60]], s(151)).stored, 10);

    most.store(u64::MAX, Ordering::Relaxed);
    outbox.save(s(200), false).unwrap();
    assert!(outbox.is_saved());
    drop(outbox);
    let outbox = open(&path);
    assert_eq!(waiting(&outbox, T), std::iter::once(0).chain(61..=150).collect::<Vec<_>>());
}

#[test]
fn a_disk_that_is_full_from_the_start_loses_nothing_of_before() {
    let path = file("full-start.redb");
    let mut outbox = open(&path);
    outbox.put((T, 0), message(s(0), None, b"before"));
    outbox.save(s(0), false).unwrap();
    drop(outbox);
    let most = Arc::new(AtomicU64::new(0));
    let mut outbox = Outbox::open(limited(&path, &most), BTreeMap::new()).unwrap();
    outbox.put((T, 1 << 32), message(s(1), None, b"after"));
    outbox.save(s(1), false).unwrap_err();
    most.store(u64::MAX, Ordering::Relaxed);
    outbox.save(s(60), false).unwrap();
    assert_eq!(waiting(&outbox, T), [0, 1 << 32]);
    drop(outbox);
    assert_eq!(waiting(&open(&path), T), [0, 1 << 32]);
}

/// A disk whose power fails after so many operations.
#[derive(Debug, Default)]
struct Disk {
    synced: Vec<u8>,
    now: Vec<u8>,
    /// Where and what was written since the last sync.
    unsynced: Vec<(usize, Vec<u8>)>,
    left: u32,
}

impl Disk {
    /// Power is back: of what was not synced some is there and some is not.
    fn power_cut(&mut self, chance: &mut fastrand::Rng) {
        for (at, data) in self.unsynced.drain(..).filter(|_| chance.bool()) {
            let end = at + data.len();
            self.synced.resize(self.synced.len().max(end), 0);
            self.synced[at..end].copy_from_slice(&data);
        }
        self.now = self.synced.clone();
        self.left = u32::MAX;
    }
}

#[derive(Clone, Debug, Default)]
struct Powered(Arc<Mutex<Disk>>);

impl Powered {
    fn on(&self) -> io::Result<MutexGuard<'_, Disk>> {
        let mut disk = self.0.lock().unwrap();
        disk.left = disk.left.checked_sub(1).ok_or_else(|| io::Error::other("no power"))?;
        Ok(disk)
    }

    fn outbox(&self) -> Outbox {
        let disk = self.clone();
        let open = move |_: &Path| redb::Builder::new().create_with_backend(disk.clone());
        Outbox::open(Arc::new(Store::with_opener(file("no-power.redb"), open)), BTreeMap::new()).unwrap()
    }
}

impl StorageBackend for Powered {
    fn len(&self) -> io::Result<u64> {
        Ok(self.on()?.now.len() as u64)
    }
    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let at = offset as usize;
        out.copy_from_slice(&self.on()?.now[at..at + out.len()]);
        Ok(())
    }
    fn set_len(&self, len: u64) -> io::Result<()> {
        self.on()?.now.resize(len as usize, 0);
        Ok(())
    }
    fn sync_data(&self) -> io::Result<()> {
        let mut disk = self.on()?;
        disk.synced = disk.now.clone();
        disk.unsynced.clear();
        Ok(())
    }
    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let (mut disk, at) = (self.on()?, offset as usize);
        disk.now[at..at + data.len()].copy_from_slice(data);
        disk.unsynced.push((at, data.to_vec()));
        Ok(())
    }
}

#[test]
fn a_power_cut_at_any_moment_leaves_what_was_saved() {
    let (disk, mut chance) = (Powered::default(), fastrand::Rng::with_seed(1));
    let (mut saved, mut seq) = (BTreeSet::new(), 0);
    for _ in 0..200 {
        disk.0.lock().unwrap().left = chance.u32(0..500);
        let mut outbox = disk.outbox();
        loop {
            seq += 1;
            outbox.put((T, seq), message(s(0), None, &[b'x'; 100]));
            if outbox.save(s(0), true).is_err() {
                break;
            }
            saved.insert(seq);
        }
        drop(outbox);
        disk.0.lock().unwrap().power_cut(&mut chance);
        let there: BTreeSet<u64> = waiting(&disk.outbox(), T).into_iter().collect();
        assert!(saved.is_subset(&there), "lost: {:?}", saved.difference(&there));
    }
    assert!(saved.len() > 200);
}
