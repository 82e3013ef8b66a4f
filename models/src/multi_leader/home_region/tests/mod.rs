//! The protocol, rule by rule and as a whole.
//!
//! One file for each section of the protocol; one rule a test. `bench` runs a region alone.

mod bench;

mod placement;
mod reading;
mod records;
mod relocation;
mod replication;
mod totality;
mod updates;
