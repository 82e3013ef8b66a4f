//! What a replica says of itself, for operators and for clients.

use holdfast_models::leaderless::Register;
use holdfast_models::vocabulary::{Epoch, Key, LogPosition, Map, ReplicaId, StateMachine};
use serde::Serialize;

/// What a replica says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Observation {
    /// What it is doing.
    pub role: &'static str,
    /// What it knows.
    #[serde(flatten)]
    pub facts: Facts,
}

/// What a replica knows, by what it keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Facts {
    /// A log.
    Log(LogFacts),
    /// Registers, each on its own.
    Registers(RegisterFacts),
}

/// What a replica knows of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LogFacts {
    /// Whom it believes to lead.
    pub leader: Option<ReplicaId>,
    /// The epoch it takes part in.
    pub epoch: Epoch,
    /// Where its log ends.
    pub last: LogPosition,
    /// Up to where it knows the log to be acknowledged.
    pub committed: LogPosition,
    /// Up to where its readers see.
    pub applied: LogPosition,
    /// How far each follower has acknowledged the log, where it leads.
    pub matched: Vec<(ReplicaId, LogPosition)>,
}

/// What a replica knows of registers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RegisterFacts {
    /// How many registers it holds, deleted ones included.
    pub registers: usize,
    /// How many of them hold nothing but tombstones.
    pub tombstones: usize,
    /// A digest of all of them and their versions: homes of the same keys that hold the same have
    /// the same digest.
    pub digest: String,
    /// How many hints it keeps for others.
    pub hints: usize,
    /// How many requests it coordinates.
    pub coordinated: usize,
    /// How many registers one round of anti-entropy compares.
    pub compared_at_once: usize,
    /// Up to which key it has compared; nothing before the first, or if it does not compare.
    pub compared: Option<String>,
    /// How often it has restarted on its disk, which its answers are told apart by.
    pub incarnation: u64,
}

impl Facts {
    /// What it knows of a log, if it keeps one.
    #[must_use]
    pub const fn log(&self) -> Option<&LogFacts> {
        match self {
            Self::Log(facts) => Some(facts),
            Self::Registers(_) => None,
        }
    }

    /// Whom it believes to lead, if somebody leads.
    #[must_use]
    pub fn leader(&self) -> Option<ReplicaId> {
        self.log().and_then(|facts| facts.leader)
    }

    /// The epoch it takes part in; the first where there are none.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.log().map(|facts| facts.epoch).unwrap_or_default()
    }
}

/// What a replica holds. Copying is constant time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contents {
    /// What a log has led to.
    Log(StateMachine),
    /// Registers, each on its own.
    Registers(Map<Key, Register>),
}

impl Contents {
    /// At how many keys something is.
    #[must_use]
    pub fn keys(&self) -> usize {
        match self {
            Self::Log(store) => {
                let registers = store.registers();
                match registers.size_hint() {
                    (least, Some(most)) if least == most => least,
                    _ => registers.count(),
                }
            }
            Self::Registers(registers) => {
                registers.iter().filter(|(_, register)| holds_something(register)).count()
            }
        }
    }
}

/// Whether a register holds more than tombstones.
pub(super) fn holds_something(register: &Register) -> bool {
    register.cells.iter().any(|cell| cell.value.is_some())
}
