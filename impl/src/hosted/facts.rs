//! What a replica says of itself, for operators and for clients.

use holdfast_models::leaderless::Register;
use holdfast_models::multi_leader::home_region::Record;
use holdfast_models::multi_leader::{certification, convergent, locking};
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
    /// Data of several types that converges.
    Cells(CellFacts),
    /// An order of transactions, and what it has led to.
    Order(OrderFacts),
    /// Keys that each have a home.
    Regions(RegionFacts),
    /// Keys that are locked everywhere before they change.
    Locks(LockFacts),
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

/// What a replica knows of data that converges.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CellFacts {
    /// At how many keys readers see something.
    pub keys: usize,
    /// At how many keys anything ever was.
    pub cells: usize,
    /// How many elements of texts were erased. They keep their places.
    pub erased: usize,
    /// How many additions to sets it remembers as removed.
    pub tombstones: usize,
    /// Up to which of each replica's updates it has applied them.
    pub delivered: Vec<(ReplicaId, u64)>,
    /// Up to which of each replica's updates it has applied them, or applied what had seen them.
    pub seen: Vec<(ReplicaId, u64)>,
    /// How many updates have arrived before what they had seen.
    pub early: usize,
    /// How many updates it keeps because somebody it tells may still lack them.
    pub untold: usize,
    /// A digest of all it holds: replicas that hold the same have the same digest.
    pub digest: String,
}

/// What a replica knows of an order of transactions. Replicas that have applied as much hold the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrderFacts {
    /// Who makes the order.
    pub sequencer: ReplicaId,
    /// Up to where it has the order.
    pub applied: LogPosition,
    /// Up to where it knows that everybody has it.
    pub everywhere: LogPosition,
    /// How much of the order it keeps, since somebody may lack it.
    pub kept: usize,
    /// How much has arrived before what it follows.
    pub early: usize,
    /// How many requests wait for what they have to see.
    pub asked: usize,
    /// How many transactions it has handed in that are not in the order.
    pub handed_in: usize,
    /// How many registers were ever written, deleted ones included.
    pub registers: usize,
}

/// What a region knows of keys that each have a home. Regions that have applied as much of each hold the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RegionFacts {
    /// The logical time: that of the latest decision that it has made or applied.
    pub time: u64,
    /// How many decisions of each region it has applied, its own among them.
    pub applied: Vec<(ReplicaId, u64)>,
    /// Up to which time it has applied everything of each other region.
    pub closed: Vec<(ReplicaId, u64)>,
    /// How many of its own decisions it keeps, since somebody may lack them.
    pub kept: usize,
    /// How many keys were ever written or moved, deleted ones included.
    pub records: usize,
    /// Whom it takes to be gone.
    pub suspected: Vec<ReplicaId>,
}

/// What a replica knows of keys that are locked everywhere before they change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LockFacts {
    /// How many updates it coordinates that are not decided.
    pub pending: usize,
    /// How many keys are locked here for somebody who is not prepared.
    pub locked: usize,
    /// How many updates wait here for a key.
    pub waiting: usize,
    /// At how many keys it has promised a change, and shows nothing before it knows what was decided.
    pub prepared: usize,
    /// How many decisions it keeps, since somebody may not have applied them.
    pub decided: usize,
    /// How many registers were ever locked, deleted ones included.
    pub registers: usize,
}

impl Facts {
    /// What it knows of a log, if it keeps one.
    #[must_use]
    pub const fn log(&self) -> Option<&LogFacts> {
        match self {
            Self::Log(facts) => Some(facts),
            Self::Registers(_)
            | Self::Cells(_)
            | Self::Order(_)
            | Self::Regions(_)
            | Self::Locks(_) => None,
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
    /// Data of several types that converges.
    Cells(Map<Key, convergent::Cell>),
    /// What an order of transactions has led to.
    Order(Map<Key, certification::Cell>),
    /// Keys that each have a home.
    Regions(Map<Key, Record>),
    /// Keys that are locked everywhere before they change.
    Locked(Map<Key, locking::Cell>),
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
            Self::Cells(cells) => cells.iter().filter(|(_, cell)| cell.kind().is_some()).count(),
            Self::Regions(records) => {
                records.iter().filter(|(_, record)| record.value().is_some()).count()
            }
            Self::Locked(cells) => cells.iter().filter(|(_, cell)| cell.value.is_some()).count(),
            Self::Order(cells) => cells.iter().filter(|(_, cell)| cell.value.is_some()).count(),
        }
    }
}

/// Whether a register holds more than tombstones.
pub(super) fn holds_something(register: &Register) -> bool {
    register.cells.iter().any(|cell| cell.value.is_some())
}
