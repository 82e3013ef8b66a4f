//! The words that every protocol shares: one word per idea, the field's own.
//!
//! `spec-docs/GLOSSARY.md` lists the names the literature uses for the same ideas.

mod bytes;
mod difference;
mod edit;
mod identity;
mod log;
mod operation;
mod persistent;
mod quorum;
mod request;
mod store;
mod value;
mod version;

pub use difference::{LogDifference, StoreDifference};
pub use edit::{Edit, Place};
pub use identity::{ClientId, Epoch, ReplicaId, ReplicaSet, RequestId, Timestamp};
pub use log::{Command, Log, LogEntry, LogMark, LogPosition};
pub use operation::{Operation, Outcome, Refusal};
pub use persistent::{Map, Sequence};
pub use quorum::{is_majority, majority, quorums_meet};
pub use request::{Reply, Request, Terms, Token};
pub use store::{Answered, StateMachine};
pub use value::{Key, Value, added, decimal};
pub use version::{Author, Context, Dot, Version};
