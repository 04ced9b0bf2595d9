//! The page for the people at the junction and in the control room, and what feeds it.
//!
//! [`state`] is what the page shows; [`ConsoleFeed`] hands it, serialised once for all readers, to [`crate::api`].
//! [`sent`] and [`inspect`] are behind its message inspector.
//! The page itself is the plain files under `console/page/`, compiled in: no build step, nothing from other hosts.

pub mod inspect;
pub mod sent;
pub mod state;

mod from_site;

use std::sync::Arc;

use axum::body::Bytes;
use tokio::sync::watch;

pub use sent::SentMessages;
pub use state::{ConsoleMap, ConsoleState};

/// One state, serialised once for all readers: clones share it.
#[derive(Clone, Debug)]
pub struct Published {
    event: Bytes,
}

impl Published {
    /// How an event with a state begins.
    pub const EVENT_START: &'static [u8] = b"event: state\ndata: ";
    const EVENT_END: &'static [u8] = b"\n\n";

    fn new(state: &ConsoleState) -> Result<Self, serde_json::Error> {
        let mut event = Self::EVENT_START.to_vec();
        // JSON of serde_json's compact form has no line break: it fits one `data:` line.
        serde_json::to_writer(&mut event, state)?;
        event.extend_from_slice(Self::EVENT_END);
        Ok(Self { event: event.into() })
    }

    /// As a server-sent event, complete.
    pub fn event(&self) -> Bytes {
        self.event.clone()
    }

    /// As JSON text.
    pub fn json(&self) -> Bytes {
        self.event.slice(Self::EVENT_START.len()..self.event.len() - Self::EVENT_END.len())
    }
}

/// Where the service puts the newest [`ConsoleState`]; readers see the newest one only, so nobody can be held up by a
/// slow one. Cheap to clone; all clones are the same feed.
#[derive(Clone, Debug)]
pub struct ConsoleFeed {
    sender: Arc<watch::Sender<Option<Published>>>,
}

impl Default for ConsoleFeed {
    fn default() -> Self {
        Self::new()
    }
}

impl ConsoleFeed {
    /// A feed with nothing in it yet.
    pub fn new() -> Self {
        Self { sender: Arc::new(watch::Sender::new(None)) }
    }

    /// Replaces the newest state. Never waits. Once every 100 ms is what the page can show.
    ///
    /// # Errors
    /// Only if the state could not be written as JSON, which the types rule out; the old state then stays.
    pub fn publish(&self, state: &ConsoleState) -> Result<(), serde_json::Error> {
        self.sender.send_replace(Some(Published::new(state)?));
        Ok(())
    }

    /// The newest state; `None` before the first.
    pub fn latest(&self) -> Option<Published> {
        self.sender.borrow().clone()
    }

    /// Tells when there is a newer one. The present one counts as seen only once it has been looked at.
    pub fn subscribe(&self) -> watch::Receiver<Option<Published>> {
        self.sender.subscribe()
    }
}

/// A file of the page.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// Where it is: `/` or `/assets/<name>`.
    pub path: &'static str,
    /// Its media type.
    pub content_type: &'static str,
    /// What is in it.
    pub body: &'static str,
}

const JS: &str = "text/javascript; charset=utf-8";

/// Every file of the page.
pub const ASSETS: &[Asset] = &[
    Asset { path: "/", content_type: "text/html; charset=utf-8", body: include_str!("page/index.html") },
    Asset { path: "/assets/style.css", content_type: "text/css; charset=utf-8", body: include_str!("page/style.css") },
    Asset { path: "/assets/icon.svg", content_type: "image/svg+xml", body: include_str!("page/icon.svg") },
    Asset { path: "/assets/main.js", content_type: JS, body: include_str!("page/main.js") },
    Asset { path: "/assets/feed.js", content_type: JS, body: include_str!("page/feed.js") },
    Asset { path: "/assets/view.js", content_type: JS, body: include_str!("page/view.js") },
    Asset { path: "/assets/map.js", content_type: JS, body: include_str!("page/map.js") },
    Asset { path: "/assets/panels.js", content_type: JS, body: include_str!("page/panels.js") },
    Asset { path: "/assets/tracks.js", content_type: JS, body: include_str!("page/tracks.js") },
    Asset { path: "/assets/inspector.js", content_type: JS, body: include_str!("page/inspector.js") },
    Asset { path: "/assets/tree.js", content_type: JS, body: include_str!("page/tree.js") },
    Asset {
        path: "/assets/inspector.css",
        content_type: "text/css; charset=utf-8",
        body: include_str!("page/inspector.css"),
    },
    Asset { path: "/assets/text.js", content_type: JS, body: include_str!("page/text.js") },
];
