//! The bench: a simulated world, its sensors, faults and scores. Nothing depends on it.
//!
//! Whatever comes from here is simulated and says so on the wire.

pub mod controllers;
pub mod cuboid;
pub mod fault;
pub mod noise;
pub mod parking;
pub mod radar;
pub mod recorder;
pub mod relay;
pub mod route;
pub mod said;
pub mod score;
pub mod world;
