//! Leaderless replication: a coordinator writes to several replicas and reads from several.
//!
//! No replica orders updates. Whichever replica a client asks coordinates the request: it sends an
//! update to all homes of the key and waits for w of them, asks all of them for a read and waits for
//! r. What that promises is decided by how versions are chosen, what a read writes back, who stands
//! in for whom, and how deletions are forgotten. Document: `spec-docs/leaderless.md`.
//!
//! The modules stand in reading order: what a configuration is, what a replica knows, what replicas
//! say, and then what they do, one file for each section of the protocol.

mod policy; // §1 the questions that a configuration answers
pub mod spelling; // §1 how they are answered in writing
mod safeguard; // §1 what a model can switch off
mod placement; // §1 which replicas are homes of a key
pub mod staleness; // §1 how often reads are stale, where quorums need not meet
mod state; // §2 who exists and what they remember
mod message; // §3 what they say
mod transition; // §4 which handler gets which input
mod coordinate; // §4 a request: taken on, given up, answered
mod version; // §4 which version an update gets
mod write; // §4 storing
mod read; // §4 asking
mod register; // §4 what a replica makes of what it hears
mod write_back; // §4 what a read repairs
mod handoff; // §4 standing in for a home
mod tombstone; // §4 forgetting deletions
mod anti_entropy; // §4 comparing replicas
mod agreement; // §4 compare-and-set by Paxos
mod membership; // §4 changing who the homes are
mod settle; // §4 handing over to those that are after a change
mod obsolete; // §6 what may be forgotten while exploring

#[cfg(feature = "model-checking")]
pub mod properties; // §5 what must stay true
#[cfg(feature = "model-checking")]
pub mod witnesses; // §5 what has to happen
#[cfg(feature = "model-checking")]
mod judging; // §5 what both ask of replicas
#[cfg(feature = "model-checking")]
pub mod scenarios; // §7 where it holds and where it does not
#[cfg(feature = "model-checking")]
mod narrate; // §8 the protocol in words

#[cfg(test)]
mod tests;

pub use anti_entropy::Part;
pub use membership::KEEPER;
pub use message::Message;
pub use policy::{
    Agreement, AntiEntropy, Deletion, Fallback, HintExpiry, Leaderless, Membership, PartialWrite,
    Patience, Senseless, TieBreak, Versions, WriteBack,
};
pub use safeguard::{Safeguard, Safeguards};
pub use state::{
    Cell, Durable, Hint, Homes, Pending, Piece, Reaping, Register, Replica, Stage, Tag, Timer,
    Wanted,
};
