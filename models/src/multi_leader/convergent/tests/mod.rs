//! The protocol, rule by rule and as a whole.
//!
//! One file for each section of the protocol; one rule a test. `bench` runs a replica alone.

mod bench;
mod carrying;

mod counters;
mod delivery;
mod gossip;
mod knowing;
mod laws;
mod registers;
mod sets;
mod texts;
mod totality;
mod updates;
