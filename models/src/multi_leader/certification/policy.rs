//! The configuration: which rule decides each question. Rules are values, so that comparing two of
//! them compares one thing.

use super::{Safeguard, Safeguards};
use crate::protocol::SyncPolicy;
use crate::vocabulary::ReplicaId;

/// Replicas that all take transactions, and decide about them in one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Certification {
    /// How many replicas there are.
    pub replicas: u8,
    /// What of a transaction nobody else may have written meanwhile.
    pub certificate: Certificate,
    /// What a transaction has seen when it begins.
    pub snapshot: SnapshotRule,
    /// When a client hears that its transaction is committed.
    pub acknowledgement: Acknowledgement,
    /// When what is delivered is safe from a crash of the machine.
    pub flush: Flush,
    /// How long the order is kept.
    pub retention: Retention,
    /// How much is handed in again, or told again, at once.
    pub batch: u16,
    /// The mechanisms that are on. A node has all of them.
    pub safeguards: Safeguards,
}

impl Certification {
    /// Write sets are compared, transactions begin with what is there, and clients hear at once what is on disk.
    /// Scenarios say how they differ.
    #[must_use]
    pub const fn write_sets(replicas: u8) -> Self {
        Self {
            replicas,
            certificate: Certificate::Writes,
            snapshot: SnapshotRule::Local,
            acknowledgement: Acknowledgement::Delivered,
            flush: Flush::Before,
            retention: Retention::ForGood,
            batch: 1_024,
            safeguards: Safeguards::ALL,
        }
    }

    /// The ids of all replicas.
    pub fn ids(&self) -> impl Iterator<Item = ReplicaId> + use<> {
        (0..self.replicas).map(ReplicaId)
    }

    /// The ids of all replicas but `me`.
    pub fn others(&self, me: ReplicaId) -> impl Iterator<Item = ReplicaId> + use<> {
        self.ids().filter(move |id| *id != me)
    }

    /// Who numbers what is handed in. It never changes.
    pub const SEQUENCER: ReplicaId = ReplicaId(0);

    /// Whether `safeguard` is on.
    #[must_use]
    pub const fn has(&self, safeguard: Safeguard) -> bool {
        self.safeguards.contain(safeguard)
    }

    /// Whether who has how much of the order has to be known.
    #[must_use]
    pub const fn collects(&self) -> bool {
        matches!(self.acknowledgement, Acknowledgement::Everywhere)
            || matches!(self.retention, Retention::UntilEverywhere)
    }

    /// Whether the sequencer may have lost what it has numbered, so that only the others know.
    #[must_use]
    pub const fn asks_after_a_crash(&self) -> bool {
        matches!(self.flush, Flush::Later) && self.has(Safeguard::SequencerAsks)
    }
}

/// What of a transaction nobody else may have written between its snapshot and its place in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Certificate {
    /// What it writes: snapshot isolation.
    Writes,
    /// What it reads and what it writes: serializability.
    ReadsAndWrites,
}

/// What a transaction has seen when it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SnapshotRule {
    /// What the replica has that is asked, and what the session has seen.
    Local,
    /// All that was in the order when it was asked for.
    Barrier,
}

/// When a client hears that its transaction is committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Acknowledgement {
    /// Once the replica that was asked has applied it.
    Delivered,
    /// Once all replicas have.
    Everywhere,
}

/// When what is delivered is safe from a crash of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flush {
    /// Before anybody hears of it.
    Before,
    /// Some time later.
    Later,
}

/// How long the order is kept. What it has led to is kept for good, whatever the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Retention {
    /// For good.
    ForGood,
    /// Until everybody has it. Whoever flushes later may lose it again, and find nobody who still has it.
    UntilEverywhere,
}

impl Flush {
    /// How delivered transactions are persisted.
    #[must_use]
    pub const fn policy(self) -> SyncPolicy {
        match self {
            Self::Before => SyncPolicy::BeforeRelease,
            Self::Later => SyncPolicy::Lazy,
        }
    }
}
