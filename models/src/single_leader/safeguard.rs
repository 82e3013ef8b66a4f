//! Mechanisms that models can switch off, to see what each is for.

crate::safeguards::safeguards! {
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
