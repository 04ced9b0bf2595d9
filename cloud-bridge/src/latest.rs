//! The queue between a site and its link.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::lock;

/// A bounded queue that holds at most one value per key: a newer one takes the place of an older one that has not been
/// taken out yet, and the older one is lost. Keys come out in the order in which they came in.
#[derive(Debug)]
pub(crate) struct LatestOfEachKey<K, V> {
    inner: Mutex<Inner<K, V>>,
    changed: Condvar,
    max_keys: usize,
}

#[derive(Debug)]
struct Inner<K, V> {
    values: BTreeMap<K, V>,
    order: VecDeque<K>,
    closed: bool,
}

/// What became of a pushed value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Pushed {
    /// It waits.
    Queued,
    /// It waits in the place of an older one, which is lost.
    Superseded,
    /// It is lost: there are too many keys.
    Full,
    /// It is lost: the queue is closed.
    Closed,
}

impl<K: Ord + Clone, V> LatestOfEachKey<K, V> {
    pub(crate) fn new(max_keys: usize) -> Self {
        let inner = Inner { values: BTreeMap::new(), order: VecDeque::new(), closed: false };
        Self { inner: Mutex::new(inner), changed: Condvar::new(), max_keys }
    }

    pub(crate) fn push(&self, key: K, value: V) -> Pushed {
        let mut inner = lock(&self.inner);
        if inner.closed {
            return Pushed::Closed;
        }
        if let Some(waiting) = inner.values.get_mut(&key) {
            *waiting = value;
            return Pushed::Superseded;
        }
        if inner.values.len() >= self.max_keys {
            return Pushed::Full;
        }
        inner.order.push_back(key.clone());
        inner.values.insert(key, value);
        drop(inner);
        self.changed.notify_all();
        Pushed::Queued
    }

    /// Waits for the next value; `None` once the queue is closed and empty.
    pub(crate) fn pop(&self) -> Option<(K, V)> {
        let mut inner = lock(&self.inner);
        loop {
            if let Some(key) = inner.order.pop_front() {
                if let Some(value) = inner.values.remove(&key) {
                    return Some((key, value));
                }
                continue;
            }
            if inner.closed {
                return None;
            }
            inner = self.changed.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes what is there without waiting.
    pub(crate) fn drain(&self) -> Vec<(K, V)> {
        let mut inner = lock(&self.inner);
        inner.order.clear();
        std::mem::take(&mut inner.values).into_iter().collect()
    }

    /// Nothing more goes in; what is there can still be taken out.
    pub(crate) fn close(&self) {
        lock(&self.inner).closed = true;
        self.changed.notify_all();
    }

    /// Waits until the queue is closed, but no longer than `at_most`; says whether it is.
    pub(crate) fn closed_within(&self, at_most: Duration) -> bool {
        let inner = lock(&self.inner);
        let waited = self.changed.wait_timeout_while(inner, at_most, |inner| !inner.closed);
        waited.unwrap_or_else(PoisonError::into_inner).0.closed
    }

    pub(crate) fn len(&self) -> usize {
        lock(&self.inner).values.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_of_each_key_comes_out_in_the_order_of_the_keys_first_arrival() {
        let queue = LatestOfEachKey::new(2);
        assert_eq!(queue.push("a", 1), Pushed::Queued);
        assert_eq!(queue.push("b", 2), Pushed::Queued);
        assert_eq!(queue.push("a", 3), Pushed::Superseded);
        assert_eq!(queue.push("c", 4), Pushed::Full);
        assert_eq!(queue.len(), 2);
        assert_eq!(queue.pop(), Some(("a", 3)));
        assert_eq!(queue.push("c", 5), Pushed::Queued);
        queue.close();
        assert_eq!(queue.push("a", 6), Pushed::Closed);
        assert_eq!(queue.pop(), Some(("b", 2)));
        assert_eq!(queue.pop(), Some(("c", 5)));
        assert_eq!(queue.pop(), None);
        assert!(queue.closed_within(Duration::ZERO));
    }
}
