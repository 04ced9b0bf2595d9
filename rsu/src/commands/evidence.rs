//! `evidence`: the city may fetch the recording around an event.

use cloud_bridge::{CommandEnd, FileSum, MAX_BUNDLE_BYTES};
use serde::Deserialize;

use super::Clerk;
use crate::city::WeakLink;
use crate::evidence::{NoRecording, recording_of};

/// The payload.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// The event, as its messages name it.
    event: String,
}

impl Clerk {
    /// Lays it ready, if it is whole; says what it is.
    pub(super) fn evidence(&self, wanted: &Wanted, link: &WeakLink) -> Result<FileSum, CommandEnd> {
        let not_read = |error: std::io::Error| CommandEnd::failed("not_read").with_detail(error.to_string());
        let path = recording_of(&self.site.state_dir, &wanted.event).map_err(|why| {
            let reason = match why {
                NoRecording::NoEvent => "bad_event",
                NoRecording::NoFile => "no_evidence",
                NoRecording::NotWhole => "not_whole",
                NoRecording::Pictures => "has_pictures",
                NoRecording::Spoiled(_) => "spoiled",
                NoRecording::Disk(error) => return not_read(error),
            };
            CommandEnd::rejected(reason).with_detail(why.to_string())
        })?;
        let bytes = path.metadata().map_err(not_read)?.len();
        if bytes > MAX_BUNDLE_BYTES {
            return Err(
                CommandEnd::rejected("too_large").with_detail(format!("{bytes} bytes; {MAX_BUNDLE_BYTES} at most"))
            );
        }
        link.offer(&path).map_err(not_read)
    }
}
