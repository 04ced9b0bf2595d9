//! `rsi`: what the city wants told, kept on the disk until it is over, so that a restart does not silence it.

use std::path::{Path, PathBuf};

use cloud_bridge::CommandEnd;
use perception::frames::SiteFrame;
use perception::time::UtcMicros;

use super::{Clerk, not_kept};
use crate::durable;
use crate::gate::EventGate;
use crate::notice::{Notice, Notices};
use crate::pipeline::Input;
use crate::radios::{MessageKind, MessageSet};

/// The file's name in `state_dir`: a JSON list of notices.
pub const NAME: &str = "city-notices.json";

/// The notices that hold or will, and their file.
#[derive(Debug)]
pub struct NoticeBook {
    path: PathBuf,
    notices: Notices,
}

impl NoticeBook {
    /// Reads what earlier runs have kept. A file that cannot be read is told of once; the next notice begins it anew.
    pub fn open(state_dir: &Path, now: UtcMicros) -> Self {
        let path = state_dir.join(NAME);
        let kept: Vec<Notice> = durable::read_json(&path).map(Option::unwrap_or_default).unwrap_or_else(|error| {
            tracing::error!(path = %path.display(), %error, "the city's notices are not read: the city must send them again");
            Vec::new()
        });
        let mut notices = Notices::default();
        for notice in kept {
            let id = notice.id.clone();
            if let Err(reason) = notices.take(now, notice) {
                tracing::warn!(%id, reason, "a notice that was kept is not taken");
            }
        }
        Self { path, notices }
    }

    /// What there is to be told.
    pub fn notices(&self) -> &Notices {
        &self.notices
    }

    fn keep(&mut self, now: UtcMicros, mut notices: Notices) -> Result<(), CommandEnd> {
        let all: Vec<&Notice> = notices.kept(now).map(|(_, notice)| notice).collect();
        let written = serde_json::to_vec(&all).map_err(std::io::Error::other);
        written.and_then(|text| durable::replace(&self.path, &text)).map_err(|error| not_kept(&error))?;
        self.notices = notices;
        Ok(())
    }
}

impl Clerk {
    /// Written down first: what is on the air has been kept.
    pub(super) fn notice(&mut self, notice: Notice) -> Result<(), CommandEnd> {
        let now = self.clock.now();
        let before = self.notices.notices.clone();
        let mut after = before.clone();
        after.take(now, notice.clone()).map_err(CommandEnd::rejected)?;
        if notice.until_us > now.0 {
            self.may_be_told(&notice)?;
        }
        self.notices.keep(now, after)?;
        let id = notice.id.clone();
        self.pipeline.ask(&Input::Notice(notice), &id).inspect_err(|_| {
            if let Err(end) = self.notices.keep(now, before) {
                tracing::error!(%id, ?end, "a notice that is not taken is still in the file");
            }
        })
    }

    /// What would be held back for as long as it holds is not taken in the first place.
    fn may_be_told(&self, notice: &Notice) -> Result<(), CommandEnd> {
        let site = &self.site;
        let on_the_air = match notice.code.set() {
            MessageSet::Cn => site.cn.is_some(),
            MessageSet::Us => site.us.is_some(),
        };
        if !on_the_air {
            let message = MessageKind::of_information(notice.code.set()).as_str();
            return Err(CommandEnd::rejected("not_broadcast").with_detail(format!("the site sends no {message}")));
        }
        if let Some(lane) = notice.lanes.iter().find(|lane| !site.map.has_lane(lane)) {
            return Err(CommandEnd::rejected("unknown_lane").with_detail(lane.to_string()));
        }
        let gate = EventGate::new(
            site.event_codes.clone(),
            SiteFrame::new(site.geometry.origin),
            site.map.region_enu_m.clone(),
        );
        gate.may_be_told(notice).map_err(|reason| CommandEnd::rejected(reason.as_str()))
    }
}
