//! The configuration: which policy decides each question. Policies are values, so that comparing two
//! of them compares one thing.

use super::{Safeguard, Safeguards};
use crate::vocabulary::{ReplicaId, ReplicaSet};

/// A replicated log with one leader at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SingleLeader {
    /// How many replicas there are, members or not. The controller, if there is one, comes on top.
    pub replicas: u8,
    /// Who decides at first.
    pub members: ReplicaSet,
    /// Whose acknowledgement an update waits for.
    pub ack: AckRule,
    /// What a follower has done when it acknowledges.
    pub ack_means: AckMeans,
    /// What the leader does when acknowledgements do not come.
    pub ack_timeout: AckTimeout,
    /// Which updates a read may see.
    pub visibility: Visibility,
    /// Who may answer a read, and what it checks first.
    pub read: ReadRule,
    /// How a new leader comes about.
    pub election: Election,
    /// How a follower leaves the set that acknowledgements wait for.
    pub eviction: Eviction,
    /// What a follower does with entries that the leader does not have.
    pub truncation: Truncation,
    /// What is kept for a restart, and how safely.
    pub persistence: Persistence,
    /// How many entries a follower may lag before updates are refused.
    pub lag_limit: Option<u64>,
    /// How many entries one message carries at most.
    pub batch: u16,
    /// After how many applied entries the log is compacted into a snapshot.
    pub compact_after: Option<u64>,
    /// How many applied entries the log keeps all the same, for followers that are a little behind.
    pub compact_keeping: u64,
    /// The mechanisms that are on. A node has all of them.
    pub safeguards: Safeguards,
}

impl SingleLeader {
    /// Majority acknowledgement and election, reads confirmed by a majority, everything on stable
    /// storage first: linearizable. Scenarios say how they differ.
    #[must_use]
    pub const fn majority(replicas: u8) -> Self {
        Self {
            replicas,
            members: ReplicaSet::first(replicas),
            ack: AckRule::Majority,
            ack_means: AckMeans::Flushed,
            ack_timeout: AckTimeout::Block,
            visibility: Visibility::Acknowledged,
            read: ReadRule::ReadIndex,
            election: Election::Majority,
            eviction: Eviction::Never,
            truncation: Truncation::EpochAndPosition,
            persistence: Persistence::BeforeAck,
            lag_limit: None,
            batch: 64,
            compact_after: None,
            compact_keeping: 0,
            safeguards: Safeguards::ALL,
        }
    }

    /// The participant that keeps the registry, where leaders are appointed.
    #[must_use]
    pub const fn controller(&self) -> Option<ReplicaId> {
        match self.election {
            Election::Appointed { .. } => Some(ReplicaId(self.replicas)),
            Election::Never
            | Election::Anyone
            | Election::BestReachable
            | Election::Fenced
            | Election::Majority => None,
        }
    }

    /// The replicas of the log, without the controller.
    pub fn replica_ids(&self) -> impl Iterator<Item = ReplicaId> + use<> {
        (0..self.replicas).map(ReplicaId)
    }

    /// Whether a replica that restarts may have lost what it had acknowledged.
    #[must_use]
    pub const fn may_forget(&self) -> bool {
        matches!(self.persistence, Persistence::Lazy | Persistence::EpochOnly)
            || matches!(self.ack_means, AckMeans::Received)
            || matches!(self.truncation, Truncation::HighWatermark)
    }

    /// Whether `safeguard` is on.
    #[must_use]
    pub const fn has(&self, safeguard: Safeguard) -> bool {
        self.safeguards.contain(safeguard)
    }
}

/// Whose acknowledgement an update waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AckRule {
    /// Nobody's but the leader's own.
    Asynchronous,
    /// That of this many followers, whichever they are (semi-synchronous).
    Followers(u8),
    /// That of every member that has not been evicted.
    All,
    /// That of every replica in sync, and of no fewer replicas than `at_least`, the leader included.
    InSync {
        /// Below this many, updates are refused.
        at_least: u8,
    },
    /// That of a majority of the members, the leader included.
    Majority,
}

/// What a follower has done when it acknowledges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AckMeans {
    /// It has the entry, and its operating system has been told to keep it.
    Received,
    /// The entry is on stable storage.
    Flushed,
    /// The entry is on stable storage, and the follower's own readers see it.
    Applied,
}

/// What the leader does when acknowledgements do not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AckTimeout {
    /// It waits.
    Block,
    /// It goes on alone, as if the rule were [`AckRule::Asynchronous`], until its followers have
    /// caught up.
    Degrade,
    /// It tells the client that the outcome is indeterminate, and shows the update to nobody yet.
    Indeterminate,
    /// It tells the client that the outcome is indeterminate, and shows the update to readers.
    Expose,
}

/// Which updates a read may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Visibility {
    /// Those in the log.
    Appended,
    /// Those that the acknowledgement rule is satisfied for.
    Acknowledged,
    /// Those that a majority of the members holds, whatever the acknowledgement rule.
    Committed,
}

/// Who may answer a read, and what it checks first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReadRule {
    /// The leader, without asking whether it still leads.
    LeaderLocal,
    /// The leader, while a majority has promised to elect nobody else. Both in ticks.
    Lease {
        /// How long the leader relies on a promise, from when it asked for it.
        duration: u64,
        /// How long a follower keeps its promise, from when it gave it.
        promise: u64,
    },
    /// The leader, once a majority has confirmed after the read arrived that it still leads
    /// (Ongaro, *Consensus*, 2014, §6.4).
    ReadIndex,
    /// Any replica, at once.
    FollowerLocal,
    /// Any replica that has applied what the session has seen.
    FollowerWithToken,
}

/// How a new leader comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Election {
    /// It does not: the first leader stays.
    Never,
    /// Whoever suspects the leader takes over, asking nobody.
    Anyone,
    /// The candidate asks, takes over unless somebody who answers has a longer log, and binds
    /// nobody by asking.
    BestReachable,
    /// The candidate needs a promise from every member but the leader it suspects. Who promises
    /// follows no older leader.
    Fenced,
    /// The candidate needs a promise from a majority.
    Majority,
    /// A controller appoints one of the replicas that its registry knows to be in sync.
    Appointed {
        /// Whether it may appoint one that is not.
        unclean: bool,
    },
}

/// How a follower leaves the set that [`AckRule::All`] and [`AckRule::InSync`] wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Eviction {
    /// It does not.
    Never,
    /// A new leader does not wait for the one it replaced.
    Deposed,
    /// The leader drops whoever is silent, and tells nobody.
    Local,
    /// The leader proposes to drop whoever is silent; it takes effect in the controller's registry.
    Registered,
}

/// What a follower does with entries that the leader does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Truncation {
    /// It keeps them.
    Never,
    /// After a restart it drops all that it does not know to be committed (Kafka before KIP-101).
    HighWatermark,
    /// It drops what follows the first entry whose epoch differs from the leader's at that position.
    EpochAndPosition,
    /// It drops its whole log for a copy of the leader's.
    Snapshot,
}

/// What is kept for a restart, and how safely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Persistence {
    /// Everything, on stable storage, before anybody is told.
    BeforeAck,
    /// Everything, but the operating system decides when.
    Lazy,
    /// The epoch, the vote and the number of restarts, on stable storage. The log is lost.
    EpochOnly,
    /// The log, on stable storage. The epoch and the vote are lost.
    LogOnly,
    /// Nothing.
    Nothing,
}
