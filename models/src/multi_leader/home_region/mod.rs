//! Every key has a home: one region takes its updates, and the others hold copies.
//!
//! Updates of one key never conflict, because one place decides about it; updates of different keys
//! are decided in different places, as near to their writers as their homes are. A home may move to
//! where the writers are, and then it matters that the old home stops before the new one starts, and
//! that the new one has everything by then (Cooper et al. 2008, *PNUTS*). Every region keeps versions,
//! so that it can show the past at one moment where it lacks the present (Bernstein & Goodman 1983,
//! multiversion concurrency control; Du et al. 2014, *GentleRain*). Document:
//! `spec-docs/multi-leader-home-region.md`.
//!
//! The modules stand in reading order: what a configuration is, what a region knows, what regions say,
//! and then what they do, one file for each section of the protocol.

mod policy; // §1 the questions that a configuration answers
pub mod spelling; // §1 how its answers are written
mod safeguard; // §1 what a model can switch off
mod placement; // §1 where a key is at home at first
mod state; // §2 who exists and what they remember
mod message; // §3 what they say
mod transition; // §4 which handler gets which input
mod update; // §4 taking updates at home
mod read; // §4 reading at home, from a copy, or at one moment
mod relocation; // §4 moving a home, and taking one over
mod replication; // §4 copying what other regions have decided
mod record; // §5 one key: its home and its versions

#[cfg(feature = "model-checking")]
pub mod properties; // §6 what must stay true
#[cfg(feature = "model-checking")]
pub mod witnesses; // §6 what has to happen
#[cfg(feature = "model-checking")]
mod judging; // §6 what both ask of regions
#[cfg(feature = "model-checking")]
pub mod scenarios; // §7 where it holds and where it does not
#[cfg(feature = "model-checking")]
mod narrate; // §8 the protocol in words

#[cfg(test)]
mod tests;

pub use message::Message;
pub use policy::{Disaster, HomeRegion, Homing, ReadRule};
pub use record::{Record, Stamp};
pub use safeguard::{Safeguard, Safeguards};
pub use state::{Answered, Change, Durable, Entry, Replica, Settled, Timer};
