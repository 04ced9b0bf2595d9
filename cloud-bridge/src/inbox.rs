//! What a thread of the link is asked to do.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::lock;

/// A bounded queue into one thread: pushing never waits, and what does not fit is refused.
#[derive(Debug)]
pub(crate) struct Inbox<T> {
    inner: Mutex<Inner<T>>,
    changed: Condvar,
    most: usize,
}

#[derive(Debug)]
struct Inner<T> {
    waiting: VecDeque<T>,
    closed: bool,
}

/// Why something was not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The thread has too much to do.
    Full,
    /// The inbox is closed.
    Closed,
}

impl<T> Inbox<T> {
    pub(crate) fn new(most: usize) -> Self {
        let inner = Inner { waiting: VecDeque::new(), closed: false };
        Self { inner: Mutex::new(inner), changed: Condvar::new(), most }
    }

    pub(crate) fn push(&self, item: T) -> Result<(), Refused> {
        self.push_below(self.most, item)
    }

    /// The same for what others send: half of the room is not theirs, however much they send.
    pub(crate) fn push_foreign(&self, item: T) -> Result<(), Refused> {
        self.push_below(self.most / 2, item)
    }

    /// The same for what our own threads say and must get through; of it there are never more than a few.
    pub(crate) fn push_own(&self, item: T) {
        // A closed inbox needs no news.
        let _ = self.push_below(usize::MAX, item);
    }

    fn push_below(&self, most: usize, item: T) -> Result<(), Refused> {
        let mut inner = lock(&self.inner);
        if inner.closed {
            return Err(Refused::Closed);
        }
        if inner.waiting.len() >= most {
            return Err(Refused::Full);
        }
        inner.waiting.push_back(item);
        drop(inner);
        self.changed.notify_all();
        Ok(())
    }

    /// Waits until there is something, the inbox is closed, or `at_most` is over; takes all there is, and says whether more
    /// can come.
    pub(crate) fn take_within(&self, at_most: Duration) -> (VecDeque<T>, bool) {
        let inner = lock(&self.inner);
        let idle = |inner: &mut Inner<T>| inner.waiting.is_empty() && !inner.closed;
        let waited = self.changed.wait_timeout_while(inner, at_most, idle);
        let (mut inner, _) = waited.unwrap_or_else(PoisonError::into_inner);
        (std::mem::take(&mut inner.waiting), !inner.closed)
    }

    /// Nothing more goes in; what is there can still be taken out.
    pub(crate) fn close(&self) {
        lock(&self.inner).closed = true;
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_refused_and_what_is_there_comes_out_after_closing() {
        let inbox = Inbox::new(2);
        assert_eq!([inbox.push_foreign(1), inbox.push_foreign(2)], [Ok(()), Err(Refused::Full)]);
        assert_eq!([inbox.push(2), inbox.push(3)], [Ok(()), Err(Refused::Full)]);
        assert_eq!(inbox.take_within(Duration::MAX), (VecDeque::from([1, 2]), true));
        assert_eq!(inbox.take_within(Duration::ZERO), (VecDeque::new(), true));
        inbox.push(4).unwrap();
        inbox.close();
        assert_eq!(inbox.push(5), Err(Refused::Closed));
        assert_eq!(inbox.take_within(Duration::MAX), (VecDeque::from([4]), false));
    }
}
