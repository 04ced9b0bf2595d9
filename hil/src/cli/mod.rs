//! The command line: one file per subcommand.

pub mod conflicts;
pub mod controller;
pub mod events;
pub mod evidence;
pub mod fault;
pub mod fleet;
mod fleet_report;
mod fleet_sites;
pub mod jam;
pub mod latency;
pub mod parking;
pub mod radar;
pub mod record;
pub mod relay;
pub mod score;
mod text;
pub mod traffic;
