//! The configuration: which rule decides each question. Rules are values, so that comparing two of
//! them compares one thing.

use super::{Safeguard, Safeguards};
use crate::vocabulary::ReplicaId;

/// Replicas that all take updates, and converge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Convergent {
    /// How many replicas there are.
    pub replicas: u8,
    /// Which of several writes to a register stays.
    pub register: RegisterRule,
    /// How counters are told and put together.
    pub counter: CounterRule,
    /// Whether a counter may fall below zero.
    pub limit: Limit,
    /// How sets tell what was removed.
    pub set: SetRule,
    /// Where insertions at one place of a text stand.
    pub text: TextRule,
    /// When tombstones are dropped.
    pub collection: Collection,
    /// What replicas tell each other.
    pub propagation: Propagation,
    /// In which order a replica applies the updates of others.
    pub delivery: Delivery,
    /// Who talks to whom.
    pub topology: Topology,
    /// How many updates one message carries at most.
    pub batch: u16,
    /// The mechanisms that are on. A node has all of them.
    pub safeguards: Safeguards,
}

impl Convergent {
    /// Everybody tells everybody, causes before effects, and no write gives way to one that did not
    /// know of it. Scenarios say how they differ.
    #[must_use]
    pub const fn keeping_all(replicas: u8) -> Self {
        Self {
            replicas,
            register: RegisterRule::KeepAll,
            counter: CounterRule::PerReplica,
            limit: Limit::None,
            set: SetRule::Context,
            text: TextRule::RunsTogether,
            collection: Collection::Never,
            propagation: Propagation::Events,
            delivery: Delivery::Causal,
            topology: Topology::AllToAll,
            batch: 64,
            safeguards: Safeguards::ALL,
        }
    }

    /// The ids of all replicas.
    pub fn ids(&self) -> impl Iterator<Item = ReplicaId> + use<> {
        (0..self.replicas).map(ReplicaId)
    }

    /// Whether `safeguard` is on.
    #[must_use]
    pub const fn has(&self, safeguard: Safeguard) -> bool {
        self.safeguards.contain(safeguard)
    }
}

/// Which of several writes to a register stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RegisterRule {
    /// The one that arrived last.
    LastArrived,
    /// The one with the latest timestamp (Thomas 1979; last writer wins).
    LastWriter {
        /// Whose time.
        clock: Clock,
        /// Which of two with the same time.
        ties: Ties,
    },
    /// That of the replica with the highest id; its own latest among several.
    HighestReplica,
    /// One that knew of the others; if none did, that of the replica with the highest id. Only the
    /// winner is kept.
    KeepWinner,
    /// All that no other one knew of (Dynamo's siblings). Readers see one of them, the same
    /// everywhere.
    KeepAll,
}

/// Where the timestamps of writes come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Clock {
    /// The replica's own clock.
    Wall,
    /// A counter that is ahead of everything seen (Lamport 1978).
    Lamport,
    /// The replica's own clock, but ahead of everything seen (Kulkarni et al. 2014, hybrid logical
    /// clocks).
    Hybrid,
}

/// Which of two writes with the same time stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ties {
    /// The one that arrived later.
    LaterArrival,
    /// That of the replica with the higher id.
    HigherReplica,
}

/// How counters are told and put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CounterRule {
    /// Each replica's own sum, of which the largest is the latest (Shapiro et al. 2011, PN-counter).
    PerReplica,
    /// Each addition by itself. Whoever gets it twice must notice.
    Additions,
    /// The larger of two totals.
    LargerTotal,
    /// The sum of two totals.
    SumOfTotals,
}

/// Whether a counter may fall below zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// It may.
    None,
    /// A replica takes away no more than there is, as far as it knows.
    Checked,
    /// A replica takes away no more than it has put there itself or was given (O'Neil 1986, escrow;
    /// Balegas et al. 2015, bounded counter).
    Escrow,
}

/// How sets tell what was removed from what they have not heard of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SetRule {
    /// Not at all: a removal takes the element away, however it came there. Of two states, all is
    /// kept (Dynamo's shopping cart).
    Elements,
    /// A removal takes away the additions that it had seen, and is forgotten (Shapiro et al. 2011,
    /// operation-based OR-set).
    Additions,
    /// The same, and each addition that was removed is remembered (Shapiro et al. 2011, state-based
    /// OR-set).
    Tombstones,
    /// Whoever has seen an addition and does not have it has seen its removal (Bieniusa et al. 2012,
    /// optimised OR-set). Only what was removed before it arrived is remembered, until it does.
    Context,
}

/// Where insertions at one place of a text stand that did not know of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextRule {
    /// The later name first (Roh et al. 2011, RGA).
    LaterFirst,
    /// What was inserted next to each other stays together, in both directions (Weidner & Kleppmann
    /// 2023, FugueMax).
    RunsTogether,
}

/// When the tombstones of sets are dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Collection {
    /// Never.
    Never,
    /// After a while, whoever has heard of the removal or not.
    AfterAWhile,
    /// Once all have said that they have applied the removal, and what it removes has arrived.
    WhenAllHaveThem,
}

/// What replicas tell each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Propagation {
    /// Updates.
    Events,
    /// All they have.
    States,
}

/// In which order a replica applies the updates of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// As they arrive.
    Any,
    /// Those of each replica in its order.
    Fifo,
    /// Each after all that whoever made it had seen.
    Causal,
}

/// Who talks to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topology {
    /// Everybody to everybody.
    AllToAll,
    /// Everybody to the next, which passes it on.
    Ring,
    /// Everybody to replica 0, which passes it on.
    Star,
}
