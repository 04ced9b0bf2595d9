//! What a city says back: these messages are in my store.
//!
//! A site keeps every message of a promised kind ([`Kind::is_promised`]) until a receipt names its number. A city sends a
//! receipt only after its store has the message for good, and again for each copy that comes: a receipt may be lost, a
//! message may come twice. Receipts go to `lukou/<city>/<site>/stored/<kind>`, always in JSON.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use zenoh::sample::Sample;

use crate::checksum::is_whole;
use crate::command::MAX_COMMAND_BYTES;
use crate::keys::SiteKeys;
use crate::schema::Kind;

/// Name and major version of the receipts' schema.
pub const RECEIPT_SCHEMA: &str = "lukou.receipt/1";

/// Numbers of one kind of one site that are stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// [`RECEIPT_SCHEMA`].
    schema: String,
    /// The kind whose numbers these are.
    pub kind: Kind,
    /// First and last number of each unbroken run of stored messages, both included.
    pub stored: Vec<[u64; 2]>,
}

/// What is not a receipt, or not the one that was sent.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// Not what was sent: it may name what is not stored.
    #[error("its checksum is not the one that was sent with it")]
    Garbled,
    /// Not JSON, or not of this shape.
    #[error("not a receipt: {0}")]
    Malformed(String),
    /// A run whose end comes before its begin.
    #[error("stored[{index}]: {first} comes after {last}")]
    Backwards {
        /// Which run.
        index: usize,
        /// Its first number.
        first: u64,
        /// Its last number.
        last: u64,
    },
}

impl Receipt {
    /// For these numbers, in any order, repeated or not.
    pub fn new(kind: Kind, mut numbers: Vec<u64>) -> Self {
        numbers.sort_unstable();
        let mut stored: Vec<[u64; 2]> = Vec::new();
        for number in numbers {
            match stored.last_mut() {
                Some([_, last]) if number == *last || number == last.saturating_add(1) => *last = number,
                _ => stored.push([number, number]),
            }
        }
        Self { schema: RECEIPT_SCHEMA.to_owned(), kind, stored }
    }

    /// Those of `waiting` that are stored.
    pub fn named<T>(&self, waiting: &BTreeMap<u64, T>) -> BTreeSet<u64> {
        named(&self.stored, waiting)
    }

    /// `lukou/<city>/<site>/stored/<kind>`: where receipts for `kind` of a site go.
    pub fn key(site: &SiteKeys, kind: Kind) -> String {
        format!("lukou/{}/{}/stored/{kind}", site.city(), site.site())
    }

    /// The keys of all receipts for a site, to subscribe to. Each by its name and not `stored/*`: a router looks a key up
    /// that somebody subscribes to, and compares any other with those of all sites.
    pub fn keys(site: &SiteKeys) -> impl Iterator<Item = String> {
        Kind::ALL.into_iter().filter(|kind| kind.is_promised()).map(|kind| Self::key(site, kind))
    }

    /// As it goes over the wire, beside its [`crate::checksum`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, ReceiptError> {
        serde_json::to_vec(self).map_err(|e| ReceiptError::Malformed(e.to_string()))
    }

    /// Reads what came over the wire, [`MAX_COMMAND_BYTES`] at most.
    pub fn from_sample(sample: &Sample) -> Result<Self, ReceiptError> {
        let payload = sample.payload();
        if payload.len() > MAX_COMMAND_BYTES {
            return Err(ReceiptError::Malformed(format!("{} bytes", payload.len())));
        }
        if is_whole(sample) { Self::from_bytes(&payload.to_bytes()) } else { Err(ReceiptError::Garbled) }
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, ReceiptError> {
        let receipt: Self = serde_json::from_slice(bytes).map_err(|e| ReceiptError::Malformed(e.to_string()))?;
        if receipt.schema != RECEIPT_SCHEMA {
            return Err(ReceiptError::Malformed(format!("schema {:?}", receipt.schema)));
        }
        match receipt.stored.iter().position(|[first, last]| first > last) {
            Some(index) => {
                let [first, last] = receipt.stored[index];
                Err(ReceiptError::Backwards { index, first, last })
            }
            None => Ok(receipt),
        }
    }
}

/// The numbers of `waiting` that lie in a run, both its ends included; in one that is backwards lie none.
pub(crate) fn named<T>(runs: &[[u64; 2]], waiting: &BTreeMap<u64, T>) -> BTreeSet<u64> {
    let runs = runs.iter().filter(|[first, last]| first <= last);
    runs.flat_map(|&[first, last]| waiting.range(first..=last).map(|(seq, _)| *seq)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_runs() {
        let receipt = Receipt::new(Kind::Traffic, vec![9, 4, 5, 5, 3, u64::MAX]);
        assert_eq!(receipt.stored, [[3, 5], [9, 9], [u64::MAX, u64::MAX]]);
        let bytes = Receipt::new(Kind::Traffic, vec![7, 8]).to_bytes().unwrap();
        let text = r#"{"schema":"lukou.receipt/1","kind":"traffic","stored":[[7,8]]}"#;
        assert_eq!(String::from_utf8(bytes.clone()).unwrap(), text);
        assert_eq!(Receipt::from_bytes(&bytes).unwrap(), Receipt::new(Kind::Traffic, vec![8, 7]));
    }

    #[test]
    fn what_is_not_a_receipt_says_why() {
        let said = |text: &str| Receipt::from_bytes(text.as_bytes()).unwrap_err().to_string();
        assert!(said("{").starts_with("not a receipt: EOF"));
        let backwards = r#"{"schema":"lukou.receipt/1","kind":"parking","stored":[[1,2],[9,8]]}"#;
        assert_eq!(said(backwards), "stored[1]: 9 comes after 8");
        let other = r#"{"schema":"lukou.receipt/2","kind":"parking","stored":[]}"#;
        assert_eq!(said(other), "not a receipt: schema \"lukou.receipt/2\"");
    }
}
