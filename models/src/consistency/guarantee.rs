//! The guarantees, by name: what each promises, what it implies, whether a history keeps it.

use std::fmt;
use std::str::FromStr;

use super::causality::{is_causal, is_causal_across_notification};
use super::facts::facts_of;
use super::freshness::{is_safe, misses_at_most, shows_no_effect_twice};
use super::history::History;
use super::sessions::{
    reads_its_writes, reads_monotonically, writes_follow_reads, writes_monotonically,
};
use super::total_order::{has_consistent_prefixes, is_linearizable, is_sequential};
use super::transaction::{is_parallel_snapshot_isolated, is_serializable, is_snapshot_isolated};

/// What a client may rely on: a predicate over the history, blind to the store behind it.
///
/// A history of operations that are still open is judged as if nobody answered them. The module
/// documentation says what all guarantees have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Guarantee {
    /// One order explains everything and keeps real time (Herlihy & Wing 1990).
    Linearizable,
    /// One order explains everything and keeps the order of each session (Lamport 1979).
    Sequential,
    /// Causes before effects, also where a session told another something outside the store.
    CausalAcrossNotification,
    /// Causes before effects, in an order of each session's own: causal memory (Ahamad et al.
    /// 1995).
    Causal,
    /// A session sees its own earlier updates (Terry et al. 1994).
    ReadYourWrites,
    /// A session keeps seeing what it has seen (Terry et al. 1994).
    MonotonicReads,
    /// Who sees an update keeps seeing the earlier ones of its session (Terry et al. 1994).
    MonotonicWrites,
    /// Who sees an update keeps seeing what its session had seen before (Terry et al. 1994).
    WritesFollowReads,
    /// Each read, alone, shows a prefix of one order of updates that keeps session orders (Terry
    /// 2013).
    ConsistentPrefix,
    /// A regular register for several writers (Lamport 1986; MWR-weak, Shao et al. 2011).
    Regular,
    /// Regular, where no update is concurrent (Lamport 1986).
    Safe,
    /// (k+1)-regular (Aiyer et al. 2005; k-staleness, Bermbach 2014). With 0 the same as
    /// [`Self::Regular`].
    BoundedStaleness {
        /// How many acknowledged updates of its key a read may miss.
        versions: u8,
    },
    /// Every observation is what some of the updates lead to, each taking effect at most once.
    ExactlyOnce,
    /// Transactions have the effect of one after the other, in whichever order (Papadimitriou 1979).
    Serializable,
    /// Each transaction sees one moment, and nobody else writes before its commit where it writes (Berenson et
    /// al. 1995; generalized, Elnikety et al. 2005).
    SnapshotIsolation,
    /// The same, where transactions that do not meet may be seen in different orders (Sovran et al. 2011).
    ParallelSnapshotIsolation,
}

impl Guarantee {
    /// Every guarantee about registers, none before one that implies it. Bounded staleness with one version.
    pub const ALL: &[Self] = &[
        Self::Linearizable,
        Self::Sequential,
        Self::CausalAcrossNotification,
        Self::Causal,
        Self::ReadYourWrites,
        Self::MonotonicReads,
        Self::MonotonicWrites,
        Self::WritesFollowReads,
        Self::ConsistentPrefix,
        Self::Regular,
        Self::Safe,
        Self::BoundedStaleness { versions: 1 },
        Self::ExactlyOnce,
    ];

    /// Every guarantee about transactions, none before one that implies it. They are decided by trying orders: only
    /// for short histories.
    pub const OF_TRANSACTIONS: &[Self] =
        &[Self::Serializable, Self::SnapshotIsolation, Self::ParallelSnapshotIsolation];

    /// Whether the clients saw nothing that the guarantee forbids.
    ///
    /// A history in which an outcome does not answer its operation satisfies no guarantee.
    #[must_use]
    pub fn holds(self, history: &History) -> bool {
        let Some(facts) = facts_of(history) else { return false };
        match self {
            Self::Linearizable => is_linearizable(&facts),
            Self::Sequential => is_sequential(&facts),
            Self::CausalAcrossNotification => is_causal_across_notification(&facts, history),
            Self::Causal => is_causal(&facts),
            Self::ReadYourWrites => reads_its_writes(&facts),
            Self::MonotonicReads => reads_monotonically(&facts),
            Self::MonotonicWrites => writes_monotonically(&facts),
            Self::WritesFollowReads => writes_follow_reads(&facts),
            Self::ConsistentPrefix => has_consistent_prefixes(&facts),
            Self::Regular => misses_at_most(&facts, 0),
            Self::Safe => is_safe(&facts),
            Self::BoundedStaleness { versions } => misses_at_most(&facts, versions),
            Self::ExactlyOnce => shows_no_effect_twice(&facts),
            Self::Serializable => is_serializable(&facts),
            Self::SnapshotIsolation => is_snapshot_isolated(&facts),
            Self::ParallelSnapshotIsolation => is_parallel_snapshot_isolated(&facts),
        }
    }

    /// The name on the command line and in documents. That of bounded staleness lacks its number:
    /// `Display` and `FromStr` have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Linearizable => "linearizable",
            Self::Sequential => "sequential",
            Self::CausalAcrossNotification => "causal-across-notification",
            Self::Causal => "causal",
            Self::ReadYourWrites => "read-your-writes",
            Self::MonotonicReads => "monotonic-reads",
            Self::MonotonicWrites => "monotonic-writes",
            Self::WritesFollowReads => "writes-follow-reads",
            Self::ConsistentPrefix => "consistent-prefix",
            Self::Regular => "regular",
            Self::Safe => "safe",
            Self::BoundedStaleness { .. } => "bounded-staleness",
            Self::ExactlyOnce => "exactly-once",
            Self::Serializable => "serializable",
            Self::SnapshotIsolation => "snapshot-isolation",
            Self::ParallelSnapshotIsolation => "parallel-snapshot-isolation",
        }
    }

    /// What a client may rely on, in one sentence.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Linearizable => {
                "Every operation takes effect at one moment between its request and its answer, as \
                 if there were one copy of the data."
            }
            Self::Sequential => {
                "All clients see all operations in one order, in which the operations of each \
                 client keep theirs; the order may lag behind real time."
            }
            Self::CausalAcrossNotification => {
                "Nobody sees an effect without its cause, even if the news of the cause reached \
                 them outside the store."
            }
            Self::Causal => {
                "Nobody sees an effect without its cause, if the cause was passed on through the \
                 store."
            }
            Self::ReadYourWrites => "A client sees every update it made and was told of.",
            Self::MonotonicReads => "A client never sees less than it has seen before.",
            Self::MonotonicWrites => {
                "A client that has seen an update also sees the earlier updates of whoever made it."
            }
            Self::WritesFollowReads => {
                "A client that has seen an update also sees what whoever made it had seen before."
            }
            Self::ConsistentPrefix => {
                "Every read shows what the updates up to some point of one order lead to, without \
                 gaps; the point may be long past."
            }
            Self::Regular => {
                "A read shows the latest acknowledged update or one that overlaps with it or with \
                 the read."
            }
            Self::Safe => "A read that overlaps with no update shows the latest acknowledged one.",
            Self::BoundedStaleness { .. } => {
                "A read misses at most a fixed number of the latest acknowledged updates of its \
                 key."
            }
            Self::ExactlyOnce => "No update is seen to have taken effect twice.",
            Self::Serializable => {
                "Transactions have the effect of one after the other, in an order that may lag behind \
                 real time."
            }
            Self::SnapshotIsolation => {
                "Every transaction sees the store as it was at one moment, and of two that did not see \
                 each other at most one has written to a register."
            }
            Self::ParallelSnapshotIsolation => {
                "Every transaction sees a store that it shares with nobody, causes before effects, and of \
                 two that did not see each other at most one has written to a register."
            }
        }
    }

    /// The guarantees that this one implies directly; their [`Self::weaker`] ones follow too.
    #[must_use]
    pub const fn weaker(self) -> &'static [Self] {
        match self {
            Self::Linearizable => {
                &[Self::Sequential, Self::CausalAcrossNotification, Self::Regular]
            }
            Self::Sequential => &[Self::Causal, Self::ConsistentPrefix],
            Self::CausalAcrossNotification => &[Self::Causal],
            Self::Causal => &[
                Self::ReadYourWrites,
                Self::MonotonicReads,
                Self::MonotonicWrites,
                Self::WritesFollowReads,
            ],
            Self::ReadYourWrites
            | Self::MonotonicReads
            | Self::MonotonicWrites
            | Self::WritesFollowReads
            | Self::ConsistentPrefix => &[Self::ExactlyOnce],
            Self::Serializable => &[Self::SnapshotIsolation],
            Self::SnapshotIsolation => &[Self::ParallelSnapshotIsolation],
            Self::ParallelSnapshotIsolation => &[Self::ExactlyOnce],
            Self::Regular => &[Self::Safe, Self::BoundedStaleness { versions: 0 }],
            Self::BoundedStaleness { versions: u8::MAX } | Self::Safe | Self::ExactlyOnce => &[],
            Self::BoundedStaleness { versions } => {
                LADDER.split_at(versions as usize + 1).1.split_at(1).0
            }
        }
    }

    /// Whether every history that satisfies this guarantee satisfies `other`.
    #[must_use]
    pub fn implies(self, other: Self) -> bool {
        self == other || self.weaker().iter().any(|weaker| weaker.implies(other))
    }
}

/// Bounded staleness with each number of versions.
const LADDER: &[Guarantee; 256] = &{
    let mut ladder = [Guarantee::BoundedStaleness { versions: 0 }; 256];
    let mut versions = u8::MAX;
    while versions > 0 {
        ladder[versions as usize] = Guarantee::BoundedStaleness { versions };
        versions -= 1;
    }
    ladder
};

impl fmt::Display for Guarantee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        if let Self::BoundedStaleness { versions } = self {
            write!(f, "-{versions}")?;
        }
        Ok(())
    }
}

/// No guarantee has this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownGuarantee(String);

impl fmt::Display for UnknownGuarantee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no guarantee is called `{}`; there are", self.0)?;
        let all = Guarantee::ALL.iter().chain(Guarantee::OF_TRANSACTIONS);
        for (index, guarantee) in all.enumerate() {
            write!(f, "{} {guarantee}", if index == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownGuarantee {}

impl FromStr for Guarantee {
    type Err = UnknownGuarantee;

    /// The inverse of `Display`: `bounded-staleness-2` is bounded staleness with two versions.
    fn from_str(name: &str) -> Result<Self, UnknownGuarantee> {
        let bounded = Self::BoundedStaleness { versions: 0 }.name();
        let versions = name
            .strip_prefix(bounded)
            .and_then(|rest| rest.strip_prefix('-'))
            .and_then(|versions| versions.parse().ok())
            .map(|versions| Self::BoundedStaleness { versions });
        let mut all = Self::ALL.iter().chain(Self::OF_TRANSACTIONS).copied();
        let named = all.find(|guarantee| guarantee.to_string() == name);
        versions.or(named).ok_or_else(|| UnknownGuarantee(name.to_owned()))
    }
}
