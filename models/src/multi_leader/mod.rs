//! Multi-leader replication: several replicas take updates, each for itself, and tell the others.
//!
//! What becomes of updates that did not know of each other is the question. Document:
//! `spec-docs/multi-leader.md`.

pub mod certification;
pub mod convergent;
pub mod home_region;
pub mod locking;

#[cfg(feature = "model-checking")]
mod judging;
