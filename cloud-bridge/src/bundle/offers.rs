//! A site's files that lie ready for its city to fetch. Who does not know a file's SHA-256, which only the answer to the command
//! says, gets nothing of it; and no path comes over the wire.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use zenoh::query::Query;

use super::{FileSum, Owner, serve};
use crate::bridge::Shared;
use crate::keys::SiteKeys;
use crate::lock;

/// Files that lie ready at a time; one more takes the place of that which has not been asked for the longest.
const MOST: usize = 8;
/// One that has not been asked for as long does not lie ready any more.
const KEPT: Duration = Duration::from_secs(3600);

/// What may be fetched, by SHA-256. No clock in here: times are since the link was opened.
#[derive(Debug, Default)]
pub(crate) struct Offers(BTreeMap<String, Offer>);

#[derive(Debug)]
struct Offer {
    path: PathBuf,
    chunks: usize,
    asked_at: Duration,
}

impl Offers {
    /// Lets a file be fetched from now on.
    pub(crate) fn add(&mut self, path: PathBuf, sum: &FileSum, now: Duration) {
        let offer = Offer { path, chunks: sum.chunks.len(), asked_at: now };
        self.0.insert(sum.sha256.clone(), offer);
        let stalest = self.0.iter().min_by_key(|(_, offer)| offer.asked_at).map(|(sum, _)| sum.clone());
        if let Some(stalest) = stalest.filter(|_| self.0.len() > MOST) {
            self.0.remove(&stalest);
        }
    }

    /// Where a file lies that is asked for now, and how many chunks it has.
    fn find(&mut self, sha256: &str, now: Duration) -> Option<(&Path, usize)> {
        let offer = self.0.get_mut(sha256).filter(|offer| now.saturating_sub(offer.asked_at) <= KEPT)?;
        offer.asked_at = now;
        Some((&offer.path, offer.chunks))
    }
}

/// Whether a question is for a piece of a file.
pub(crate) fn is_offered(site: &SiteKeys, query: &Query) -> bool {
    query.key_expr().as_str().starts_with(&Owner::Site(site).prefix())
}

/// Answers it, if the file lies ready.
pub(crate) fn answer_offered(shared: &Shared, query: &Query) {
    let key = query.key_expr().as_str().strip_prefix(&Owner::Site(&shared.keys).prefix());
    let Some((sha256, _)) = key.and_then(|key| key.split_once('/')) else { return };
    let mut offers = lock(&shared.offers);
    let found = offers.find(sha256, shared.opened.elapsed()).map(|(path, chunks)| (path.to_owned(), chunks));
    drop(offers);
    if let Some((path, chunks)) = found {
        serve::answer(query, &path, chunks);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_asks_for_is_not_there_any_more() {
        let mut offers = Offers::default();
        let sum = |n: usize| FileSum { bytes: 1, sha256: format!("sum-{n}"), chunks: vec![String::new(); n] };
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        offers.add("first".into(), &sum(1), minutes(0));
        assert_eq!(offers.find("sum-1", minutes(60)), Some((Path::new("first"), 1)));
        assert_eq!(offers.find("sum-1", minutes(120)), Some((Path::new("first"), 1)));
        assert_eq!(offers.find("sum-1", minutes(181)), None);
        assert_eq!(offers.find("*", minutes(120)), None);
        (2..=MOST).for_each(|n| offers.add("other".into(), &sum(n), minutes(200)));
        offers.add("first".into(), &sum(1), minutes(201));
        offers.add("last".into(), &sum(MOST + 1), minutes(202));
        assert_eq!(offers.0.len(), MOST);
        assert!(offers.find("sum-1", minutes(203)).is_some() && offers.find("sum-2", minutes(203)).is_none());
    }
}
