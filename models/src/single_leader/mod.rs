//! Single-leader replication: one leader orders every update and copies its log to followers.
//!
//! What an acknowledgement promises is decided by whom the leader waits for, what they have done by
//! then, and how the next leader is chosen. Each is a policy, so that one machine is asynchronous,
//! semi-synchronous, synchronous and majority replication. Document: `spec-docs/single-leader.md`.
//!
//! The modules stand in reading order: what a configuration is, what a replica knows, what replicas
//! say, and then what they do, one file for each section of the protocol.

mod policy; // §1 the questions that a configuration answers
mod validity; // §1 which configurations make no sense
pub mod spelling; // §1 how its answers are written
mod safeguard; // §1 what a model can switch off
mod state; // §2 who exists and what they remember
mod message; // §3 what they say
mod transition; // §4 which handler gets which input
mod start; // §4 starting
mod update; // §4 updates: appending, acknowledging, exposing
mod membership; // §4 updates of who decides
mod replication; // §4 copying the log
mod coalesce; // §4 one message that says what two said
mod catch_up; // §4 followers that fell behind or went astray
mod election; // §4 replacing the leader
mod read; // §4 reads
mod in_sync; // §4 whom the leader waits for
mod registry; // §4 who keeps the record of that
mod obsolete; // §6 what may be forgotten while exploring

#[cfg(feature = "model-checking")]
pub mod properties; // §5 what must stay true
#[cfg(feature = "model-checking")]
pub mod witnesses; // §5 what has to happen
#[cfg(feature = "model-checking")]
mod judging; // §5 what both ask of replicas
#[cfg(feature = "model-checking")]
mod renaming; // §6 what it looks like under other names
#[cfg(feature = "model-checking")]
pub mod scenarios; // §7 where it holds and where it does not
#[cfg(feature = "model-checking")]
mod narrate; // §8 the protocol in words

#[cfg(test)]
mod tests;

pub use message::Message;
pub use policy::{
    AckMeans, AckRule, AckTimeout, Election, Eviction, Persistence, ReadRule, SingleLeader,
    Truncation, Visibility,
};
pub use safeguard::{Safeguard, Safeguards};
pub use state::{
    Candidate, Controller, Durable, FIRST_EPOCH, FIRST_LEADER, Leader, Participant, PendingRead,
    PendingUpdate, Progress, Registry, RegistryView, Remembered, Replica, Role, Timer,
};
pub use validity::NeverAcknowledged;
