//! Runs the checked state machines as nodes on a network.

pub mod admin;
pub mod client;
pub mod commands;
pub mod config;
pub mod digest;
pub mod disk;
pub mod driver;
pub mod gateway;
pub mod hosted;
#[cfg(any(test, fuzzing))]
pub mod hostile;
pub mod moment;
pub mod node;
pub mod random;
pub mod resp;
pub mod steps;
pub mod subcommand;
pub mod submission;
pub mod wire;
