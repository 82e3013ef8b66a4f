//! What has changed between two versions of a log or a store: what a disk has to be told.
//!
//! Versions share what has not changed, so finding the difference takes time in proportion to it.
//! A difference is exact: applied to the earlier version, it gives the later one.

use serde::{Deserialize, Serialize};

use super::{Answered, ClientId, Key, LogEntry, LogMark, ReplicaSet, Value};

/// How one log becomes another.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LogDifference {
    /// Drop this many entries at the front.
    pub dropped: u64,
    /// Of what is left, keep this many.
    pub kept: u64,
    /// Then append these.
    pub appended: Vec<LogEntry>,
    /// The base afterwards.
    pub base: LogMark,
}

/// How one store becomes another.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StoreDifference {
    /// The last entry applied, afterwards.
    pub applied: LogMark,
    /// Who decides, afterwards.
    pub members: ReplicaSet,
    /// The registers that differ, with what they hold afterwards.
    pub registers: Vec<(Key, Option<Value>)>,
    /// The clients whose last update differs, with what it is afterwards.
    pub clients: Vec<(ClientId, Option<Answered>)>,
}
