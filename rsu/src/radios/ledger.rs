//! A radio's book: what it sent, what it lost and why, and how it is. Shared by its task and the console.

use std::sync::{Arc, Mutex, PoisonError};

use perception::time::UtcMicros;

use super::{SendError, Transmission};
use crate::clock::Clock;
use crate::metrics::Metrics;

/// How long a radio must work without an error before it counts as recovered, seconds. A refused datagram is only
/// heard of after it was sent; without this a dead peer would flap with every burst of messages.
const RECOVERY_S: f64 = 1.0;

/// How a radio is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RadioState {
    /// Nothing to send yet, or nobody listens.
    Idle,
    /// It sends.
    Ok,
    /// It tries and cannot.
    Failing,
}

/// How a radio is, for the console.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct RadioStatus {
    /// Its name in `site.toml`.
    pub id: String,
    /// `pc5_udp`, `immediate_forward`, `uu_quic` or `loopback`.
    pub kind: String,
    /// How it is.
    pub state: RadioState,
    /// The same for a person.
    pub detail: String,
    /// Messages handed over since the start.
    pub sent: u64,
    /// The last error, if there ever was one.
    pub last_error: Option<String>,
}

/// See the module. Cheap to clone; the clones are the same book.
#[derive(Clone, Debug)]
pub struct Ledger(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    id: String,
    place: String,
    kind: &'static str,
    clock: Arc<Clock>,
    metrics: Metrics,
    book: Mutex<Book>,
}

#[derive(Debug)]
struct Book {
    state: RadioState,
    detail: String,
    sent: u64,
    last_error: Option<(String, UtcMicros)>,
}

impl Ledger {
    /// An empty book for the radio `id`.
    pub fn new(id: &str, kind: &'static str, clock: Arc<Clock>, metrics: Metrics) -> Self {
        let book = Book { state: RadioState::Idle, detail: "nothing sent yet".into(), sent: 0, last_error: None };
        let place = format!("radio:{id}");
        Self(Arc::new(Inner { id: id.into(), place, kind, clock, metrics, book: Mutex::new(book) }))
    }

    /// The radio's name.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// Now, by the service's clock.
    pub fn now(&self) -> UtcMicros {
        self.0.clock.now()
    }

    /// The service's figures.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// A message went out.
    pub fn handed_over(&self, transmission: &Transmission) {
        let Inner { id, metrics, .. } = &*self.0;
        let (now, kind) = (self.now(), transmission.kind.as_str());
        metrics.messages_sent.with_label_values(&[id.as_str(), kind]).inc();
        if let Some(captured_at) = transmission.captured_at {
            metrics.capture_to_radio_s.with_label_values(&[kind]).observe(now.seconds_since(captured_at));
        }
        if let Some(arrived_at) = transmission.arrived_at {
            metrics.arrival_to_radio_s.with_label_values(&[kind]).observe(now.seconds_since(arrived_at));
        }
        let mut book = self.book();
        book.sent += 1;
        let failed_at = book.last_error.as_ref().map(|(_, at)| *at);
        let recent = failed_at.is_some_and(|at| now.seconds_since(at).abs() < RECOVERY_S);
        if book.state == RadioState::Failing && !recent {
            tracing::info!(radio = id, "sends again");
        }
        if book.state != RadioState::Failing || !recent {
            book.state = RadioState::Ok;
            book.detail = "sending".into();
        }
    }

    /// Nobody is there who wants the radio's messages.
    pub fn nobody_listens(&self) {
        let mut book = self.book();
        book.state = RadioState::Idle;
        if book.detail != "nobody listens" {
            book.detail = "nobody listens".into();
        }
    }

    /// A message did not go out. Logged once for each change of state, counted always.
    pub fn failed(&self, error: &SendError) {
        self.lost(error.reason, 1);
        let now = self.now();
        let mut book = self.book();
        if book.state != RadioState::Failing {
            tracing::warn!(radio = self.id(), error = error.detail, "cannot send; goes on trying");
        }
        book.state = RadioState::Failing;
        book.detail.clone_from(&error.detail);
        book.last_error = Some((error.detail.clone(), now));
    }

    /// Counts messages given up for a reason.
    pub fn lost(&self, reason: &str, count: u64) {
        if count > 0 {
            self.0.metrics.count_drop(&self.0.place, reason, count);
        }
    }

    /// How the radio is.
    pub fn status(&self) -> RadioStatus {
        let book = self.book();
        RadioStatus {
            id: self.0.id.clone(),
            kind: self.0.kind.into(),
            state: book.state,
            detail: book.detail.clone(),
            sent: book.sent,
            last_error: book.last_error.as_ref().map(|(text, _)| text.clone()),
        }
    }

    fn book(&self) -> std::sync::MutexGuard<'_, Book> {
        // A panic while the book was open leaves it readable: it holds counts, no invariants.
        self.0.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
