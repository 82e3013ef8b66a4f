//! Every replica takes updates, and locks the key at all of them first.
//!
//! Whoever is asked coordinates: it locks the key everywhere, prepares everybody for what it comes to,
//! decides, keeps the decision, and only then tells it (Bernstein, Hadzilacos & Goodman 1987, write-all
//! locking; Gray 1978, two-phase commit). So conflicts are found before anything happens, at the price
//! of waiting for everybody, and for a coordinator that is gone. Document:
//! `spec-docs/multi-leader-locking.md`.
//!
//! The modules stand in reading order: what a configuration is, what a replica knows, what replicas say,
//! and then what they do, one file for each section of the protocol.

mod policy; // §1 the questions that a configuration answers
pub mod spelling; // §1 how its answers are written
mod safeguard; // §1 what a model can switch off
mod state; // §2 who exists and what they remember
mod message; // §3 what they say
mod transition; // §4 which handler gets which input
mod coordinate; // §4 locking, preparing and deciding
mod lock; // §4 who holds a key, and who waits for it
mod participate; // §4 being prepared, and applying what was decided
mod recovery; // §4 repeating, asking, and giving up

#[cfg(feature = "model-checking")]
pub mod properties; // §6 what must stay true
#[cfg(feature = "model-checking")]
pub mod witnesses; // §6 what has to happen
#[cfg(feature = "model-checking")]
mod judging; // §6 what both ask of replicas
#[cfg(feature = "model-checking")]
pub mod scenarios; // §7 where it holds and where it does not
#[cfg(feature = "model-checking")]
mod narrate; // §8 the protocol in words

#[cfg(test)]
mod tests;

pub use message::Message;
pub use policy::{Conflict, LockLife, Locking, ReadRule};
pub use safeguard::{Safeguard, Safeguards};
pub use state::{
    Answered, Cell, Change, Durable, Lock, Pending, Prepared, Replica, Timer, Transaction,
};
