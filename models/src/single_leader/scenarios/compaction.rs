//! Logs that begin after a snapshot.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::single_leader::Visibility;
use crate::single_leader::properties::*;
use crate::single_leader::witnesses::*;

/// The log is compacted after every applied entry.
const COMPACTING: SingleLeader = SingleLeader {
    election: Election::Never,
    ack: AckRule::Majority,
    read: ReadRule::FollowerLocal,
    compact_after: Some(1),
    ..SingleLeader::majority(3)
};

pub(super) const SECTION: Section<SingleLeader> = Section {
    title: "Compaction",
    scenarios: &[
        Scenario {
            name: "follower-behind-the-compacted-log",
            rows: &["A64"],
            question: "Does a follower catch up whose next entries the leader has compacted?",
            tier: Tier::Quick,
            protocol: COMPACTING,
            environment: Environment {
                faults: FaultBudget { losses: 1, ..FaultBudget::NONE },
                ..Environment::CALM
            }
            .repeating()
            .alike(&[1, 2]),
            clients: &[client(&[add("n", 1, 0), add("n", 10, 0)])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_FOLLOWER_HAS_A_SNAPSHOT, Reached),
                (ALL_IS_QUIET, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LOGS_MATCH, Holds),
                (READERS_SEE_A_PREFIX, Holds),
                (QUIET_MEANS_CONVERGED, Holds),
            ],
        },
        Scenario {
            name: "follower-behind-a-log-that-keeps-its-end",
            rows: &["A64"],
            question: "And if the log keeps one more entry than it need?",
            tier: Tier::Quick,
            protocol: SingleLeader { compact_keeping: 1, ..COMPACTING },
            environment: Environment {
                faults: FaultBudget { losses: 1, ..FaultBudget::NONE },
                ..Environment::CALM
            }
            .repeating()
            .alike(&[1, 2]),
            clients: &[client(&[add("n", 1, 0), add("n", 10, 0)])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_FOLLOWER_HAS_A_SNAPSHOT, Reached),
                (ALL_IS_QUIET, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LOGS_MATCH, Holds),
                (READERS_SEE_A_PREFIX, Holds),
                (QUIET_MEANS_CONVERGED, Holds),
            ],
        },
        Scenario {
            name: "no-snapshot-for-what-was-compacted",
            rows: &["A64"],
            question: "And if the leader sends what it has left instead of a snapshot?",
            tier: Tier::Quick,
            protocol: without(Safeguard::SnapshotForPurged, COMPACTING),
            environment: Environment {
                faults: FaultBudget { losses: 1, ..FaultBudget::NONE },
                ..Environment::CALM
            }
            .repeating()
            .alike(&[1, 2]),
            clients: &[client(&[add("n", 1, 0), add("n", 10, 0)])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (QUIET_MEANS_CONVERGED, Violated { steps: 14 }),
            ],
        },
        Scenario {
            name: "follower-skips-what-was-compacted",
            rows: &["A64"],
            question: "And if the follower takes that without asking what it follows?",
            tier: Tier::Quick,
            protocol: without(
                Safeguard::SnapshotForPurged,
                without(Safeguard::PrefixChecked, COMPACTING),
            ),
            environment: Environment {
                faults: FaultBudget { repeats: 1, ..FaultBudget::NONE },
                ..Environment::CALM
            },
            clients: &[client(&[add("n", 1, 0), add("n", 10, 0)]), client(&[read("n", 2)])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (CONSISTENT_PREFIX, Violated { steps: 11 }),
            ],
        },
        Scenario {
            name: "shown-entries-are-not-compacted",
            rows: &["A64"],
            question: "Does a log compacted as it is shown still follow a new leader?",
            tier: Tier::Quick,
            protocol: SingleLeader {
                ack: AckRule::Followers(1),
                visibility: Visibility::Appended,
                compact_after: Some(2),
                ..ASYNCHRONOUS
            },
            environment: suspicions(1).with_clients_alike(),
            clients: &[client(&[write("x", "1", 0)]), client(&[write("x", "2", 0)])],
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_DEPOSED_LEADER_FOLLOWS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LOGS_MATCH, Holds),
                (FOLLOWERS_HOLD_WHAT_LEADERS_BELIEVE, Holds),
            ],
        },
        Scenario {
            name: "lost-update-was-compacted",
            rows: &["A64"],
            question: "Does a replaced leader come round that has compacted what the next one never had?",
            tier: Tier::Quick,
            protocol: SingleLeader { compact_after: Some(1), ..ASYNCHRONOUS },
            environment: suspicions(1).repeating(),
            clients: ONE_WRITE,
            verdicts: COMES_ROUND,
        },
        Scenario {
            name: "lost-update-was-about-to-be-compacted",
            rows: &["A64"],
            question: "And if it was only about to compact it?",
            tier: Tier::Quick,
            protocol: SingleLeader { compact_after: Some(1), compact_keeping: 1, ..ASYNCHRONOUS },
            environment: suspicions(1).repeating(),
            clients: &[client(&[write("x", "1", 0), write("x", "2", 0)])],
            verdicts: COMES_ROUND,
        },
        Scenario {
            name: "next-leader-holds-something-else",
            rows: &["A64"],
            question: "And if the next one holds something else there, and has not compacted it?",
            tier: Tier::Quick,
            protocol: SingleLeader {
                replicas: 3,
                members: MEMBERS_3,
                ack: AckRule::Followers(1),
                compact_after: Some(1),
                ..ASYNCHRONOUS
            },
            environment: Environment {
                cut: Links::of(&[(1, 2), (2, 1)]),
                ..suspicions(1).suspected_by(&[1]).repeating()
            },
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_DEPOSED_LEADER_FOLLOWS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (FOLLOWERS_HOLD_WHAT_LEADERS_BELIEVE, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Violated { steps: 6 }),
            ],
        },
        Scenario {
            name: "more-was-compacted-than-the-next-leader-holds",
            rows: &["A64"],
            question: "And if that is more than the next one holds?",
            tier: Tier::Quick,
            protocol: SingleLeader { compact_after: Some(2), ..ASYNCHRONOUS },
            environment: suspicions(1).repeating(),
            clients: &[client(&[write("x", "1", 0), write("x", "2", 0)])],
            verdicts: COMES_ROUND,
        },
    ],
};

const COMES_ROUND: &[(Property<SingleLeader>, Verdict)] = &[
    (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
    (A_DEPOSED_LEADER_FOLLOWS, Reached),
    (ALL_IS_QUIET, Reached),
    (REPLICAS_ARE_WELL_FORMED, Holds),
    (FOLLOWERS_HOLD_WHAT_LEADERS_BELIEVE, Holds),
    (QUIET_MEANS_CONVERGED, Holds),
];
