//! Answers about the last hours, from what the outbox keeps.
//!
//! A question goes to `lukou/<city>/<site>/history/<kind>/*` and has parameters, all of which may be absent: `hours` (of what
//! is about the last so many hours by the site's clock), `after` (numbers greater than this one), `id` (one lot), `limit`.
//! Each message comes as it was sent, under `…/history/<kind>/<seq>`, the oldest first.
//!
//! An answer has the priority of its question, which whoever asks has set. So it takes no more than half of the line, and ends.

use std::time::Duration;

use zenoh::Wait;
use zenoh::query::Query;

use crate::bridge::Shared;
use crate::checksum::checksum;
use crate::clock::{Monotonic, utc_us};
use crate::keys::SiteKeys;
use crate::schema::Kind;
use crate::{link, lock};

/// Messages in an answer unless less is asked for, and at most.
const LIMIT: usize = 1000;
const MAX_LIMIT: usize = 10_000;
/// The most in an answer, bytes of payload: who wants more asks for what is after the last number.
const MAX_BYTES: usize = 32 << 20;
/// How long an answer goes on: nobody says when who asked has gone, who by Zenoh's default waits as long, and others wait for theirs.
const WITHIN: Duration = Duration::from_secs(10);
const HOUR_US: i64 = 3_600_000_000;

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct History {
    after: Option<u64>,
    from_us: i64,
    id: Option<String>,
    limit: usize,
}

impl History {
    /// Whether a question is about the past, and not about the last states.
    pub(crate) fn is_asked(site: &SiteKeys, query: &Query) -> bool {
        query.key_expr().as_str().starts_with(&prefix(site))
    }

    /// Reads parameters. `Err` names the one that can't be read.
    fn read<'a>(parameter: impl Fn(&str) -> Option<&'a str>, now_us: i64) -> Result<Self, String> {
        let number = |name: &str| {
            let bad = |text: &str| format!("{name}={text}: not a whole number");
            parameter(name).map(|text| text.parse::<u64>().map_err(|_| bad(text))).transpose()
        };
        let back_us = |hours: u64| i64::try_from(hours).unwrap_or(i64::MAX).saturating_mul(HOUR_US);
        let limit = number("limit")?.map_or(LIMIT, |limit| usize::try_from(limit).unwrap_or(MAX_LIMIT));
        Ok(Self {
            after: number("after")?,
            from_us: number("hours")?.map_or(i64::MIN, |hours| now_us.saturating_sub(back_us(hours))),
            id: parameter("id").map(str::to_owned),
            limit: limit.min(MAX_LIMIT),
        })
    }
}

fn prefix(site: &SiteKeys) -> String {
    format!("lukou/{site}/history/")
}

/// Answers a question about the past.
pub(crate) fn answer(shared: &Shared, query: &Query) -> Result<(), String> {
    let parameters = query.parameters();
    let asked = History::read(|name| parameters.get(name), utc_us())?;
    let (mut left, mut left_bytes, clock) = (asked.limit, MAX_BYTES, Monotonic::start());
    for kind in Kind::ALL.into_iter().filter(|kind| kind.is_promised()) {
        let key = format!("{}{kind}/", prefix(&shared.keys));
        let any = zenoh::key_expr::KeyExpr::new(format!("{key}*")).map_err(|e| e.to_string())?;
        if left == 0 || clock.elapsed() >= WITHIN || !query.key_expr().intersects(&any) {
            continue;
        }
        let wanted = |to_us: i64, id: &str| to_us >= asked.from_us && asked.id.as_deref().is_none_or(|only| only == id);
        let mut failed = None;
        let told = shared.store.history(kind, asked.after, wanted, |seq, stored| {
            if stored.payload.len() > left_bytes {
                left = 0;
                return false;
            }
            left_bytes = left_bytes.saturating_sub(stored.payload.len());
            left = left.saturating_sub(1);
            let checksum = checksum(&stored.payload);
            let reply = query.reply(format!("{key}{seq}"), stored.payload).attachment(checksum);
            let began = clock.elapsed();
            match reply.encoding(link::encoding_to_zenoh(stored.encoding)).wait() {
                Ok(()) => lock(&shared.counts).answered += 1,
                Err(e) => failed = Some(e.to_string()),
            }
            // As long as it had the line, others have it now.
            let is_closed = shared.queue.closed_within(clock.elapsed().saturating_sub(began));
            left > 0 && failed.is_none() && !is_closed && clock.elapsed() < WITHIN
        });
        told.map_err(|e| e.to_string())?;
        failed.map_or(Ok(()), Err)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_bounded_and_what_is_none_is_named() {
        let read = |text: &str| {
            let find = |name: &str| text.split(';').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
            History::read(find, 10 * HOUR_US)
        };
        let all = History { after: None, from_us: i64::MIN, id: None, limit: 1000 };
        assert_eq!(read(""), Ok(all));
        let some = History { after: Some(7), from_us: 4 * HOUR_US, id: Some("p1".into()), limit: 10_000 };
        assert_eq!(read("hours=6;after=7;id=p1;limit=99999999999"), Ok(some));
        assert_eq!(read("hours=18446744073709551615").unwrap().from_us, 10 * HOUR_US - i64::MAX);
        assert_eq!(read("hours=six"), Err("hours=six: not a whole number".to_owned()));
    }
}
