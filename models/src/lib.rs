//! Replication protocols as pure state machines, what clients may observe of them, and the cluster
//! that explores them.
//!
//! Read in this order: [`protocol`] is the contract; [`vocabulary`] the words every protocol shares;
//! then one folder per protocol family. [`consistency`] judges what clients saw and knows no
//! protocol. With the feature `model-checking`, `cluster` is the one Stateright model, around any
//! protocol, and every family has its invariants and its table of scenarios.
//!
//! What is absent, on purpose: clocks, sockets, files, randomness, threads and unordered maps. Time
//! is an argument, and everything a replica wants done is a value it returns.

pub mod consistency;
pub mod leaderless;
pub mod multi_leader;
pub mod protocol;
mod safeguards;
pub mod single_leader;
pub mod vocabulary;

#[cfg(feature = "model-checking")]
pub mod cluster;
#[cfg(feature = "model-checking")]
pub mod renaming;
