//! A city in small: it keeps what it gets in a map, and says so.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use cloud_bridge::{Encoding, Kind, LinkConfig, Receipt, SiteKeys, StateKey, Update, checksum, decode};
use zenoh::query::ConsolidationMode;
use zenoh::sample::Sample;
use zenoh::{Session, Wait};

use super::{PATIENCE, soak};

/// How it misbehaves.
#[derive(Clone, Copy, Debug, Default)]
pub struct Habits {
    /// Every so many messages it forgets one, as if it had never come.
    pub forget_every: Option<u64>,
    /// Every so many receipts it sends none; and the others it sends twice.
    pub silent_every: Option<u64>,
    /// Receipts wait until there are three, and go in the wrong order.
    pub turns_round: bool,
}

#[derive(Debug, Default)]
pub struct Book {
    /// What is stored.
    pub stored: BTreeMap<(Kind, u64), Update>,
    /// Numbers in the order in which they first came.
    pub order: Vec<(Kind, u64)>,
    /// Messages that came again.
    pub copies: u64,
    /// Messages that came again and said something else.
    pub contradictions: u64,
    came: u64,
}

pub struct City {
    session: Session,
    pub book: Arc<Mutex<Book>>,
}

impl City {
    pub async fn open(link: LinkConfig, habits: Habits) -> Self {
        apart(move || Self::open_here(&link, habits)).await
    }

    fn open_here(link: &LinkConfig, habits: Habits) -> Self {
        let session = zenoh::open(zenoh_config(link)).wait().unwrap();
        let book = Arc::new(Mutex::new(Book::default()));
        let (samples, taken) = mpsc::channel::<Sample>();
        let (keeper, answering) = (Arc::clone(&book), session.clone());
        std::thread::spawn(move || {
            let at_once = if habits.turns_round { 3 } else { 1 };
            let mut kept = Vec::new();
            for sample in taken {
                kept.extend(keep(&keeper, &sample, habits));
                if kept.len() == at_once {
                    for (site, kind, seq) in kept.drain(..).rev() {
                        confirm(&answering, &site, kind, seq, habits);
                    }
                }
            }
        });
        let on_sample = move |sample| drop(samples.send(sample));
        session.declare_subscriber("lukou/**").callback(on_sample).background().wait().unwrap();
        Self { session, book }
    }

    /// Waits until so many are stored; there is no event for it.
    pub async fn until_stored(&self, wanted: usize) {
        let look = async {
            let mut ticks = tokio::time::interval(Duration::from_millis(5));
            while self.book.lock().unwrap().stored.len() < wanted {
                ticks.tick().await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE * soak(), look).await;
        waited.unwrap_or_else(|_| panic!("{} of {wanted} stored", self.book.lock().unwrap().stored.len()));
    }

    /// Asks, and returns what comes: key and state; or an error's text and none.
    pub async fn ask(&self, selector: &str) -> Vec<(String, Option<Update>)> {
        let (session, selector) = (self.session.clone(), selector.to_owned());
        apart(move || {
            let replies = session.get(selector).consolidation(ConsolidationMode::None).wait().unwrap();
            let read = |reply: zenoh::query::Reply| match reply.result() {
                Ok(sample) => {
                    let message = decode(&sample.payload().to_bytes(), Encoding::Json).unwrap();
                    (sample.key_expr().to_string(), Some(message.update))
                }
                Err(error) => (error.payload().try_to_string().unwrap().into_owned(), None),
            };
            replies.iter().map(read).collect()
        })
        .await
    }

    pub async fn close(self) {
        apart(move || self.session.close().wait().unwrap()).await;
    }
}

/// Keeps a message; `None` when it says nothing of it.
fn keep(book: &Mutex<Book>, sample: &Sample, habits: Habits) -> Option<(SiteKeys, Kind, u64)> {
    let key = StateKey::parse(sample.key_expr().as_str()).filter(|key| key.kind.is_promised())?;
    let message = decode(&sample.payload().to_bytes(), Encoding::Json).unwrap();
    let mut book = book.lock().unwrap();
    book.came += 1;
    if habits.forget_every.is_some_and(|every| book.came.is_multiple_of(every)) {
        return None;
    }
    let name = (key.kind, message.seq);
    match book.stored.insert(name, message.update.clone()) {
        None => {
            book.order.push(name);
            if habits.silent_every.is_some_and(|every| book.came.is_multiple_of(every)) {
                return None;
            }
        }
        Some(before) => {
            book.copies += 1;
            book.contradictions += u64::from(before != message.update);
        }
    }
    Some((key.site, key.kind, message.seq))
}

fn confirm(session: &Session, site: &SiteKeys, kind: Kind, seq: u64, habits: Habits) {
    let receipt = Receipt::new(kind, vec![seq]).to_bytes().unwrap();
    let times = if habits.silent_every.is_some() { 2 } else { 1 };
    for _ in 0..times {
        // A session that is being closed takes nothing more; then the site keeps what it has.
        let put = session.put(Receipt::key(site, kind), receipt.clone());
        let _ = put.attachment(checksum(&receipt)).wait();
    }
}

/// Runs on a thread of its own: Zenoh panics when it has to wait on a single-threaded runtime.
pub async fn apart<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    let (tell, told) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || drop(tell.send(run())));
    told.await.unwrap()
}

/// A session of its own, made without the code under test.
pub fn zenoh_config(link: &LinkConfig) -> zenoh::Config {
    let mut config = zenoh::Config::default();
    let mut set = |key: &str, value: serde_json::Value| config.insert_json5(key, &value.to_string()).unwrap();
    set("mode", serde_json::json!(format!("{:?}", link.mode).to_lowercase()));
    set("listen/endpoints", serde_json::json!(link.listen));
    set("connect/endpoints", serde_json::json!(link.connect));
    set("scouting/multicast/enabled", serde_json::json!(false));
    if let Some(tls) = &link.tls {
        set("transport/link/tls/root_ca_certificate", serde_json::json!(tls.root_ca_file));
        set("transport/link/tls/enable_mtls", serde_json::json!(tls.mutual));
        for side in ["listen", "connect"] {
            set(&format!("transport/link/tls/{side}_certificate"), serde_json::json!(tls.certificate_file));
            set(&format!("transport/link/tls/{side}_private_key"), serde_json::json!(tls.private_key_file));
        }
    }
    config
}
