//! The bench: a simulated world, its sensors, faults and scores. Nothing depends on it.
