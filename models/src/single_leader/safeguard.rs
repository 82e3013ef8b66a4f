//! Mechanisms that models can switch off, to see what each is for.

/// A mechanism that a scenario can switch off and a node cannot. Each has a scenario that fails
/// without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Safeguard {
    /// Messages of an older epoch are rejected.
    StaleEpochsRejected,
    /// A replica votes for one candidate in an epoch.
    OneVoteAnEpoch,
    /// A vote goes to nobody whose log is behind the voter's.
    BehindLogsRefused,
    /// Logs compare by the epoch of their last entry before their length.
    EpochsComparedFirst,
    /// Entries of older epochs count as acknowledged only with one of the leader's own epoch after
    /// them (Ongaro & Ousterhout 2014, §5.4.2).
    OwnEpochCommits,
    /// A follower takes entries only where they continue its log.
    PrefixChecked,
    /// A repeated request is answered and not repeated.
    DuplicatesRecognised,
    /// A new leader knows which requests the log already holds.
    ClientTableInherited,
    /// A follower that needs purged entries gets a snapshot.
    SnapshotForPurged,
    /// Members change one at a time.
    OneChangeAtATime,
    /// A new leader changes members only after it has committed an entry of its own epoch.
    ChangesAfterOwnCommit,
    /// A new leader answers reads only after it has committed an entry of its own epoch.
    ReadsAfterOwnCommit,
    /// A follower that promised a lease votes for nobody until it has run out.
    LeaseHonoured,
    /// The registry takes proposals only from the leader it appointed, against the version it holds.
    ProposalsFenced,
    /// A replica that may have lost what it had not synced leaves the in-sync set.
    UncleanLeavesInSync,
    /// An acknowledgement from before a follower's restart counts for nothing (KIP-903).
    StaleAcksRejected,
    /// Replicas are eligible without being in sync only while nothing can be acknowledged
    /// without them (KIP-966).
    EligibleCleared,
    /// A follower is in sync only once it holds everything up to the start of the leader's epoch.
    CaughtUpBeforeInSync,
}

impl Safeguard {
    /// Every safeguard.
    pub const ALL: &[Self] = &[
        Self::StaleEpochsRejected,
        Self::OneVoteAnEpoch,
        Self::BehindLogsRefused,
        Self::EpochsComparedFirst,
        Self::OwnEpochCommits,
        Self::PrefixChecked,
        Self::DuplicatesRecognised,
        Self::ClientTableInherited,
        Self::SnapshotForPurged,
        Self::OneChangeAtATime,
        Self::ChangesAfterOwnCommit,
        Self::ReadsAfterOwnCommit,
        Self::LeaseHonoured,
        Self::ProposalsFenced,
        Self::UncleanLeavesInSync,
        Self::StaleAcksRejected,
        Self::EligibleCleared,
        Self::CaughtUpBeforeInSync,
    ];
}

/// The safeguards that are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Safeguards {
    off: u32,
}

impl Safeguards {
    /// All of them: what a node has.
    pub const ALL: Self = Self { off: 0 };

    /// Whether `safeguard` is on.
    #[must_use]
    pub const fn contain(self, safeguard: Safeguard) -> bool {
        self.off & (1 << safeguard as u32) == 0
    }

    /// These without `safeguard`: only for models, to see what it is for.
    #[cfg(feature = "model-checking")]
    #[must_use]
    pub const fn without(self, safeguard: Safeguard) -> Self {
        Self { off: self.off | 1 << safeguard as u32 }
    }
}
