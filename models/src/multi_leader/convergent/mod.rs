//! Replicas that all take updates at once and answer at once, and agree later.
//!
//! Nobody waits for anybody, so two updates may be made without knowledge of each other. What the
//! replicas come to then is decided by a rule that each applies for itself: by arrival, by timestamps,
//! by replica ids, by what each update had seen, or by what the type of the data says. Whether they
//! agree, and whether what was acknowledged is still there, is what the rules differ in
//! (Shapiro et al. 2011, *Conflict-free replicated data types*). Document: `spec-docs/multi-leader.md`.
//!
//! The modules stand in reading order: what a configuration is, what a replica knows, what replicas
//! say, and then what they do, one file for each section of the protocol.

mod policy; // §1 the questions that a configuration answers
pub mod spelling; // §1 how they are written
mod safeguard; // §1 what a model can switch off
mod state; // §2 who exists and what they remember
mod message; // §3 what they say
mod coalesce; // §3 messages that share one
mod transition; // §4 which handler gets which input
mod update; // §4 taking updates
mod edit; // §4 taking edits of sets and texts
mod delivery; // §4 applying the updates of others, in which order
mod gossip; // §4 repeating what may have been lost
mod collection; // §4 dropping what is remembered of removals
mod topology; // §4 who talks to whom
mod cell; // §5 what is at a key
mod register; // §5 registers: which of several writes stays
mod counter; // §5 counters
mod set; // §5 sets
mod text; // §5 texts: where insertions stand
mod difference; // §5 what has changed at a key, for a disk

#[cfg(feature = "model-checking")]
pub mod properties; // §6 what must stay true
#[cfg(feature = "model-checking")]
pub mod witnesses; // §6 what has to happen
#[cfg(feature = "model-checking")]
mod judging; // §6 what both ask of replicas
#[cfg(feature = "model-checking")]
mod elements; // §6 what both ask of sets and texts
#[cfg(feature = "model-checking")]
pub mod scenarios; // §7 where it holds and where it does not
#[cfg(feature = "model-checking")]
mod narrate; // §8 the protocol in words

#[cfg(test)]
mod tests;

pub use cell::{Cell, Kind};
pub use coalesce::bytes_of;
pub use counter::{Counter, Sum};
pub use difference::CellDifference;
pub use message::{Message, Told};
pub use policy::{
    Clock, Collection, Convergent, CounterRule, Delivery, Limit, Propagation, RegisterRule,
    SetRule, TextRule, Ties, Topology,
};
pub use register::{Register, Version};
pub use safeguard::{Safeguard, Safeguards};
pub use set::Set;
pub use state::{Answered, Change, Durable, Event, Replica, Stamp, Timer};
pub use text::{Between, Element, Text};
