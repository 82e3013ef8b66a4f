//! Everything that was safe is recovered, or the replica does not start.

mod decoding;
mod faults;
mod journals;
mod run;
mod starting;
