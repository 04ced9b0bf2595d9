//! Detections in, tracks and facts about traffic out.
//!
//! Sans-IO: no clock, no socket, no file, no thread. Time is an argument; the same inputs give the same
//! outputs, bit for bit, which is what makes a recording replay.
//!
//! The way through: [`align`] puts sensor frames in time order, [`lift`] turns them into measurements on the
//! ground, [`track`] makes one picture of them, [`lanes`] says which lane, [`traffic`] and [`parking`] sum up,
//! [`risk`] says who nearly met whom, [`events`] what somebody should be told of.

pub mod align;
pub mod calibration;
pub mod detection;
pub mod events;
pub mod frames;
pub mod hindsight;
pub mod lanes;
pub mod lift;
pub mod outline;
pub mod parking;
pub mod priors;
pub mod risk;
mod section;
mod stature;
#[cfg(test)]
mod testing;
pub mod time;
pub mod track;
pub mod traffic;
