//! Every replica executes transactions by itself, and one order decides which of them count.
//!
//! Whoever is asked executes the transaction on what it has, and hands in what it has read and what it would write.
//! All that is handed in is put into one order, and every replica goes through that order and decides alike: a transaction is aborted if
//! another one before it, of which it did not know, has written where it writes; or also where it reads (Kemme &
//! Alonso 2000; Pedone, Guerraoui & Schiper 2003). So conflicts are found when they have happened, nobody waits
//! for a lock, and whoever comes second has worked for nothing. Document: `spec-docs/multi-leader-certification.md`.
//!
//! What makes the order is taken for granted: one replica that numbers what it is handed, and while it is down nobody
//! commits. How an order is made that outlives its maker is what [`crate::single_leader`] explores.
//!
//! The modules stand in reading order: what a configuration is, what a replica knows, what replicas say,
//! and then what they do, one file for each section of the protocol.

mod policy; // §1 the questions that a configuration answers
pub mod spelling; // §1 how its answers are written
mod safeguard; // §1 what a model can switch off
mod state; // §2 who exists and what they remember
mod message; // §3 what they say
mod transition; // §4 which handler gets which input
mod execute; // §4 beginning a transaction, and executing it on what is here
mod order; // §4 the one order: numbering, delivering, who has how much of it
mod certify; // §4 deciding, applying and answering
mod recovery; // §4 repeating, asking what is missing, and a sequencer that was down

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
pub use policy::{Acknowledgement, Certificate, Certification, Flush, Retention, SnapshotRule};
pub use safeguard::{Safeguard, Safeguards};
pub use state::{Answered, Asked, Cell, Durable, Entry, Replica, Timer, Transaction};
