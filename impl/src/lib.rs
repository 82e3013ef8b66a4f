//! Runs the checked state machines as nodes on a network.

pub mod submission;
