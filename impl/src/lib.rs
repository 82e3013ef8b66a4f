//! Runs the checked state machines as nodes on a network.

pub mod config;
pub mod digest;
pub mod disk;
pub mod moment;
pub mod random;
pub mod submission;
pub mod wire;
