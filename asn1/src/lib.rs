//! Bytes to V2X messages and back: the China and SAE message sets in UPER. No I/O, no clock, nothing of ours.
