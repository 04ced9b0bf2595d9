//! The thread that answers who asks: what was said last under each key, the past (`history.rs`), or a piece of a file that lies
//! ready (`bundle/offers.rs`).

use std::time::Duration;

use zenoh::Wait;
use zenoh::query::Query;

use crate::bridge::Shared;
use crate::bundle::{answer_offered, is_offered};
use crate::checksum::checksum;
use crate::history::{self, History};
use crate::{link, lock};

/// Runs until the questions are closed.
pub(crate) fn answer_questions(shared: &Shared) {
    loop {
        let (questions, goes_on) = shared.questions.take_within(Duration::MAX);
        for query in questions {
            if is_offered(&shared.keys, &query) {
                answer_offered(shared, &query);
            } else if !History::is_asked(&shared.keys, &query) {
                answer_last(shared, &query);
            } else if let Err(problem) = history::answer(shared, &query) {
                tracing::debug!("history: {problem}");
                // Who asked may be gone.
                let _ = query.reply_err(problem).wait();
            }
        }
        if !goes_on {
            return;
        }
    }
}

/// Answers a query with the last state under each key that it asks for.
fn answer_last(shared: &Shared, query: &Query) {
    let last = lock(&shared.last);
    let asked = |key: &str| zenoh::key_expr::keyexpr::new(key).is_ok_and(|key| query.key_expr().intersects(key));
    let found: Vec<_> =
        last.iter().filter(|(key, _)| asked(key)).map(|(key, last)| (key.clone(), last.clone())).collect();
    drop(last);
    for (key, (encoding, payload)) in found {
        let checksum = checksum(&payload);
        let reply = query.reply(key.as_str(), payload).attachment(checksum).encoding(link::encoding_to_zenoh(encoding));
        match reply.wait() {
            Ok(()) => lock(&shared.counts).answered += 1,
            Err(e) => shared.note_error(format!("answering {key}: {e}")),
        }
    }
}
