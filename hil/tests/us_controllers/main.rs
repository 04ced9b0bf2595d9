//! US controllers on real sockets: what the bench's controller shows is what the runner hands to the pipeline.
#![expect(clippy::unwrap_used, reason = "this file is a test as a whole")]

mod bench;
mod lossy;
mod netsnmp;
mod ntcip;
mod priority;
mod pushed;
#[path = "../support/relay.rs"]
mod relay;
#[path = "../../../rsu/tests/support/requests.rs"]
mod requests;
mod service;
mod tscbm;
