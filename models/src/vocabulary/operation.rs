//! What clients ask and what they hear.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Edit, Key, LogPosition, ReplicaId, Value};

/// One thing a client can ask of a store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Operation {
    /// What is at `key`?
    Read {
        /// Which register.
        key: Key,
    },
    /// Put `value` at `key`, over what is there.
    Write {
        /// Which register.
        key: Key,
        /// Its new content.
        value: Value,
    },
    /// Leave nothing at `key`.
    Delete {
        /// Which register.
        key: Key,
    },
    /// Add `amount` to the number at `key`; nothing there counts as 0. Not idempotent.
    Add {
        /// Which register.
        key: Key,
        /// What to add.
        amount: i64,
    },
    /// Put `value` at `key` if `expected` is what is there.
    CompareAndSet {
        /// Which register.
        key: Key,
        /// What must be there; `None` is nothing.
        expected: Option<Value>,
        /// Its new content.
        value: Value,
    },
    /// An operator's request: let `0` take part in decisions.
    AddReplica(ReplicaId),
    /// An operator's request: let `0` no longer take part in decisions.
    RemoveReplica(ReplicaId),
    /// What is at `key`? Leave nothing there.
    Take {
        /// Which register.
        key: Key,
    },
    /// Leave nothing at any key.
    Clear,
    /// Change a part of what is at `key`.
    Edit {
        /// Which set or text.
        key: Key,
        /// How.
        edit: Edit,
    },
    /// What is at each of `reads`? And put what `writes` says where it says so: all of it as one transaction, as far
    /// as the store promises that.
    Transact {
        /// The registers to read.
        reads: Vec<Key>,
        /// Registers and their new contents; `None` is nothing.
        writes: Vec<(Key, Option<Value>)>,
        /// Registers, each with a place in the order of updates: if anybody has written there later than that, all
        /// of it is refused.
        unchanged: Vec<(Key, LogPosition)>,
    },
}

impl Operation {
    /// Whether the operation can change what the store holds.
    #[must_use]
    pub const fn is_update(&self) -> bool {
        match self {
            Self::Read { .. } => false,
            Self::Transact { writes, .. } => !writes.is_empty(),
            Self::Write { .. }
            | Self::Delete { .. }
            | Self::Add { .. }
            | Self::CompareAndSet { .. }
            | Self::AddReplica(_)
            | Self::RemoveReplica(_)
            | Self::Take { .. }
            | Self::Clear
            | Self::Edit { .. } => true,
        }
    }

    /// Whether the operation concerns what is stored, and not who decides about it.
    #[must_use]
    pub const fn concerns_data(&self) -> bool {
        match self {
            Self::Read { .. }
            | Self::Write { .. }
            | Self::Delete { .. }
            | Self::Add { .. }
            | Self::CompareAndSet { .. }
            | Self::Take { .. }
            | Self::Clear
            | Self::Edit { .. }
            | Self::Transact { .. } => true,
            Self::AddReplica(_) | Self::RemoveReplica(_) => false,
        }
    }

    /// The one register that the operation concerns, if it concerns one alone. Sets and texts are none.
    #[must_use]
    pub const fn register(&self) -> Option<&Key> {
        match self {
            Self::Edit { .. } | Self::Transact { .. } => None,
            Self::Read { .. }
            | Self::Write { .. }
            | Self::Delete { .. }
            | Self::Add { .. }
            | Self::CompareAndSet { .. }
            | Self::Take { .. }
            | Self::AddReplica(_)
            | Self::RemoveReplica(_)
            | Self::Clear => self.key(),
        }
    }

    /// The one key that the operation concerns, if it concerns one alone.
    #[must_use]
    pub const fn key(&self) -> Option<&Key> {
        match self {
            Self::Read { key }
            | Self::Write { key, .. }
            | Self::Delete { key }
            | Self::Add { key, .. }
            | Self::CompareAndSet { key, .. }
            | Self::Take { key }
            | Self::Edit { key, .. } => Some(key),
            Self::AddReplica(_) | Self::RemoveReplica(_) | Self::Clear | Self::Transact { .. } => {
                None
            }
        }
    }

    /// The registers that the operation names: those it reads, those it writes, and those that it wants unchanged.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        type Named<'a> = (&'a [Key], &'a [(Key, Option<Value>)], &'a [(Key, LogPosition)]);
        let (reads, writes, unchanged): Named<'_> = match self {
            Self::Transact { reads, writes, unchanged } => (reads, writes, unchanged),
            Self::Read { .. }
            | Self::Write { .. }
            | Self::Delete { .. }
            | Self::Add { .. }
            | Self::CompareAndSet { .. }
            | Self::Take { .. }
            | Self::AddReplica(_)
            | Self::RemoveReplica(_)
            | Self::Clear
            | Self::Edit { .. } => (&[], &[], &[]),
        };
        let unchanged = unchanged.iter().map(|(key, _)| key);
        let written = writes.iter().map(|(key, _)| key);
        self.key().into_iter().chain(reads).chain(written).chain(unchanged)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read { key } => write!(f, "read {key}"),
            Self::Write { key, value } => write!(f, "write {key} = {value}"),
            Self::Delete { key } => write!(f, "delete {key}"),
            Self::Add { key, amount } => write!(f, "add {amount} to {key}"),
            Self::CompareAndSet { key, expected: Some(expected), value } => {
                write!(f, "change {key} from {expected} to {value}")
            }
            Self::CompareAndSet { key, expected: None, value } => {
                write!(f, "create {key} = {value}")
            }
            Self::AddReplica(replica) => write!(f, "add {replica}"),
            Self::RemoveReplica(replica) => write!(f, "remove {replica}"),
            Self::Take { key } => write!(f, "take {key}"),
            Self::Clear => write!(f, "clear"),
            Self::Edit { key, edit } => match edit {
                Edit::Include(element) => write!(f, "include {element} in {key}"),
                Edit::Exclude(element) => write!(f, "exclude {element} from {key}"),
                Edit::Insert { place, element } => {
                    write!(f, "insert {element} at {} of {key}", place.0)
                }
                Edit::Erase { place } => write!(f, "erase what is at {} of {key}", place.0),
            },
            Self::Transact { reads, writes, unchanged } => {
                let reads = reads.iter().map(|key| format!("read {key}"));
                let writes = writes.iter().map(|(key, value)| match value {
                    Some(value) => format!("write {key} = {value}"),
                    None => format!("delete {key}"),
                });
                let unchanged = unchanged.iter();
                let unchanged =
                    unchanged.map(|(key, at)| format!("find {key} unwritten since {at}"));
                let parts: Vec<_> = reads.chain(writes).chain(unchanged).collect();
                write!(f, "{} in one transaction", parts.join(", "))
            }
        }
    }
}

/// What a client hears.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Outcome {
    /// The update took effect.
    Done,
    /// What a read found, or what was there to take.
    Found(Option<Value>),
    /// What was found where updates that did not know of each other are all kept: two values or
    /// more, in ascending order.
    Siblings(Vec<Value>),
    /// The number that an addition led to.
    Counted(i64),
    /// Whether a compare-and-set changed the value.
    Swapped(bool),
    /// The store gave up waiting. The update took effect, or will, or never will.
    Indeterminate,
    /// This replica did not let the operation take effect when it heard of it.
    Refused(Refusal),
    /// What a read found in a set, in ascending order, or in a text, in its order.
    Elements(Vec<Value>),
    /// The transaction took effect; what it found at each of the registers that it read.
    Transacted(Vec<Option<Value>>),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done => write!(f, "done"),
            Self::Found(Some(value)) => write!(f, "{value}"),
            Self::Found(None) => write!(f, "nothing"),
            Self::Siblings(values) => write_list(f, values, " beside "),
            Self::Counted(number) => write!(f, "{number}"),
            Self::Swapped(true) => write!(f, "changed"),
            Self::Swapped(false) => write!(f, "not changed: another value is there"),
            Self::Indeterminate => write!(f, "indeterminate"),
            Self::Refused(refusal) => write!(f, "refused: {refusal}"),
            Self::Elements(values) if values.is_empty() => write!(f, "nothing"),
            Self::Elements(values) => write_list(f, values, " "),
            Self::Transacted(found) if found.is_empty() => write!(f, "done"),
            Self::Transacted(found) => {
                for (index, value) in found.iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { " and " })?;
                    match value {
                        Some(value) => write!(f, "{value}")?,
                        None => f.write_str("nothing")?,
                    }
                }
                Ok(())
            }
        }
    }
}

fn write_list(f: &mut fmt::Formatter<'_>, values: &[Value], between: &str) -> fmt::Result {
    for (index, value) in values.iter().enumerate() {
        write!(f, "{}{value}", if index == 0 { "" } else { between })?;
    }
    Ok(())
}

/// Why an operation did not take effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Refusal {
    /// Another replica decides; `leader` is who, if this one knows.
    NotLeader {
        /// Where to ask instead.
        leader: Option<ReplicaId>,
    },
    /// This replica has not yet seen what the session has seen.
    Behind,
    /// Too few replicas are in sync or answer, or one lags too far.
    Unavailable,
    /// The value at the key is not a number.
    NotANumber,
    /// Another change of members is under way.
    ChangeUnderWay,
    /// There is no such replica, nobody would be left to decide, or who decides is not up to
    /// clients.
    ChangeImpossible,
    /// The sum is out of range.
    OutOfRange,
    /// No replica of this cluster does such a thing.
    Unsupported,
    /// Data of another kind is at the key.
    AnotherKind,
    /// A transaction that this one did not know of was earlier.
    Conflict,
    /// Another update has the key now.
    Locked,
}

impl Refusal {
    /// Whether the log or the protocol decided it, so that the request gets the same answer whenever
    /// and wherever it arrives. Any other refusal concerns one arrival: the network may repeat the request, and
    /// another arrival may be accepted.
    #[must_use]
    pub const fn is_final(self) -> bool {
        match self {
            Self::NotANumber
            | Self::OutOfRange
            | Self::Unsupported
            | Self::AnotherKind
            | Self::Conflict => true,
            Self::NotLeader { .. }
            | Self::Behind
            | Self::Unavailable
            | Self::ChangeUnderWay
            | Self::ChangeImpossible
            | Self::Locked => false,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotLeader { leader: Some(leader) } => write!(f, "ask {leader}, the leader"),
            Self::NotLeader { leader: None } => write!(f, "not the leader"),
            Self::Behind => write!(f, "behind what this session has seen"),
            Self::Unavailable => write!(f, "too few replicas are in sync or answer"),
            Self::NotANumber => write!(f, "not a number"),
            Self::ChangeUnderWay => write!(f, "another change of members is under way"),
            Self::ChangeImpossible => write!(f, "the members cannot change so"),
            Self::OutOfRange => write!(f, "the sum is out of range"),
            Self::Unsupported => write!(f, "this cluster's policies cannot do that"),
            Self::AnotherKind => write!(f, "data of another kind is at the key"),
            Self::Conflict => write!(f, "another transaction was earlier"),
            Self::Locked => write!(f, "another update has the key"),
        }
    }
}
