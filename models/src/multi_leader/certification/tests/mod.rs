//! The protocol, rule by rule and as a whole.
//!
//! One file for each section of the protocol; one rule a test. `bench` runs a replica alone.

mod bench;

mod certifying;
mod executing;
mod ordering;
mod recovering;
mod totality;
