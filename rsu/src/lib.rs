//! Lukou (路口): the roadside edge service. The only place where everything meets.
//!
//! The data's way is [`pipeline`]: sensors ([`sensing`]) and the signal come in through one [`inlet`], messages leave by
//! [`radios`], state goes to the [`city`] and the [`console`]; [`run`] starts and stops it all.

pub mod api;
pub mod assess;
pub mod audit;
pub mod board;
pub mod cadence;
pub mod city;
pub mod cli;
pub mod clock;
pub mod commands;
pub mod config;
pub mod console;
pub mod durable;
pub mod evidence;
pub mod gate;
pub mod ghosts;
pub mod guidance;
pub mod health;
pub mod history_file;
pub mod inlet;
pub mod map;
pub mod messages;
pub mod metrics;
pub mod model_check;
pub mod notice;
pub mod perform;
pub mod pipeline;
pub mod priority;
pub mod radios;
pub mod received;
pub mod receivers;
pub mod record;
pub mod reports;
pub mod run;
pub mod sensing;
pub mod signals;
pub mod software;
pub mod trial;
pub mod vehicle;
pub mod water;
