//! Logs that went apart: truncation, snapshots, compaction.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::single_leader::properties::*;
use crate::single_leader::witnesses::*;
use crate::single_leader::{Safeguard, Safeguards, Truncation, Visibility};

/// Two replicas, both acknowledge, either takes over.
const BOTH: SingleLeader = SingleLeader { ack: AckRule::All, ..ASYNCHRONOUS };

const fn truncating(truncation: Truncation, protocol: SingleLeader) -> SingleLeader {
    SingleLeader { truncation, ..protocol }
}

/// The log is compacted after every applied entry.
const COMPACTING: SingleLeader = SingleLeader {
    election: Election::Never,
    ack: AckRule::Majority,
    read: ReadRule::FollowerLocal,
    compact_after: Some(1),
    ..SingleLeader::majority(3)
};

pub(super) const SECTION: Section<SingleLeader> = Section {
    title: "Divergence",
    scenarios: &[
        Scenario {
            name: "old-leader-keeps-its-tail",
            rows: &["A20"],
            question: "What if a replaced leader comes back and keeps what nobody else has?",
            tier: Tier::Quick,
            protocol: SingleLeader {
                ack: AckRule::Followers(1),
                ..truncating(Truncation::Never, ASYNCHRONOUS)
            },
            environment: suspicions(1),
            clients: &[client(&[write("x", "1", 0)]), client(&[write("x", "2", 1)])],
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_DEPOSED_LEADER_FOLLOWS, Reached),
                (LOGS_MATCH, Violated { steps: 6 }),
                (FOLLOWERS_HOLD_WHAT_LEADERS_BELIEVE, Violated { steps: 5 }),
            ],
        },
        Scenario {
            name: "majority-without-truncation",
            rows: &["A45"],
            question: "What if followers of a majority protocol keep what conflicts?",
            tier: Tier::Quick,
            protocol: truncating(Truncation::Never, SingleLeader::majority(3)),
            environment: suspicions(1).at_most_once(),
            clients: TWO_WRITES,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_DEPOSED_LEADER_FOLLOWS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LOGS_MATCH, Violated { steps: 8 }),
                (FOLLOWERS_HOLD_WHAT_LEADERS_BELIEVE, Violated { steps: 7 }),
            ],
        },
        Scenario {
            name: "restarted-leader-truncates",
            rows: &["A21"],
            question: "What if a restarted leader drops what it does not know to be acknowledged?",
            tier: Tier::Quick,
            protocol: SingleLeader {
                ack: AckRule::Followers(1),
                election: Election::Never,
                ..truncating(Truncation::HighWatermark, ASYNCHRONOUS)
            },
            environment: failures(1, 0),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Violated { steps: 7 }),
            ],
        },
        Scenario {
            name: "truncation-to-the-high-watermark",
            rows: &["A46"],
            question: "What if a restarted follower drops what it does not know to be acknowledged, and takes over?",
            tier: Tier::Quick,
            protocol: SingleLeader {
                election: Election::Fenced,
                ..truncating(Truncation::HighWatermark, BOTH)
            },
            environment: Environment {
                faults: FaultBudget { crashes: 1, suspicions: 1, repeats: 1, ..FaultBudget::NONE },
                ..Environment::CALM
            },
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Violated { steps: 10 }),
            ],
        },
        Scenario {
            name: "truncation-by-epoch-and-position",
            rows: &["A47"],
            question: "And if it drops only what conflicts with the leader's log?",
            tier: Tier::Quick,
            protocol: BOTH,
            environment: failures(1, 2),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (A_DEPOSED_LEADER_FOLLOWS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LOGS_MATCH, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
            ],
        },
        Scenario {
            name: "truncation-by-snapshot",
            rows: &["A47"],
            question: "And if it drops its whole log for a copy of the leader's?",
            tier: Tier::Quick,
            protocol: truncating(Truncation::Snapshot, SingleLeader::majority(3)),
            environment: suspicions(1).at_most_once(),
            clients: TWO_WRITES,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_DEPOSED_LEADER_FOLLOWS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LOGS_MATCH, Holds),
                (ACKNOWLEDGED_LOGS_AGREE, Holds),
                (FOLLOWERS_HOLD_WHAT_LEADERS_BELIEVE, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
            ],
        },
        Scenario {
            name: "message-proves-a-part-of-the-log",
            rows: &["A47"],
            question: "Does a follower take more of its log for its leader's than a message shows?",
            tier: Tier::Quick,
            protocol: SingleLeader { batch: 1, ..SingleLeader::majority(3) },
            environment: Environment {
                faults: FaultBudget { suspicions: 1, repeats: 1, ..FaultBudget::NONE },
                cut: Links::of(&[(0, 2), (2, 0)]),
                ..Environment::CALM
            }
            .suspected_by(&[1])
            .at_most_once(),
            clients: &[client(&[write("x", "1", 0)]), client(&[write("x", "2", 0)])],
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_LATER_LEADER_ACKNOWLEDGES, Reached),
                (A_DEPOSED_LEADER_FOLLOWS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (READERS_SEE_A_PREFIX, Holds),
                (FOLLOWERS_HOLD_WHAT_LEADERS_BELIEVE, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
            ],
        },
        Scenario {
            name: "logs-converge",
            rows: &["A45"],
            question: "Do all logs become equal once nothing more happens?",
            tier: Tier::Quick,
            protocol: SingleLeader::majority(3),
            environment: Environment {
                faults: FaultBudget { suspicions: 1, ..FaultBudget::NONE },
                ..Environment::CALM
            }
            .repeating(),
            clients: ONE_WRITE,
            verdicts: &[
                (A_DEPOSED_LEADER_FOLLOWS, Reached),
                (ALL_IS_QUIET, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (QUIET_MEANS_CONVERGED, Holds),
            ],
        },
        Scenario {
            name: "lost-messages-are-repeated",
            rows: &["A45"],
            question: "Do they, if a message is lost?",
            tier: Tier::Quick,
            protocol: SingleLeader { election: Election::Never, ..ASYNCHRONOUS },
            environment: Environment {
                faults: FaultBudget { losses: 1, ..FaultBudget::NONE },
                ..Environment::CALM
            }
            .repeating(),
            clients: &[client(&[write("x", "1", 0)]), client(&[write("x", "2", 0)])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ALL_IS_QUIET, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (QUIET_MEANS_CONVERGED, Holds),
            ],
        },
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
            .repeating(),
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
            protocol: SingleLeader {
                safeguards: Safeguards::ALL.without(Safeguard::SnapshotForPurged),
                ..COMPACTING
            },
            environment: Environment {
                faults: FaultBudget { losses: 1, ..FaultBudget::NONE },
                ..Environment::CALM
            }
            .repeating(),
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
            protocol: SingleLeader {
                safeguards: Safeguards::ALL
                    .without(Safeguard::SnapshotForPurged)
                    .without(Safeguard::PrefixChecked),
                ..COMPACTING
            },
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
            environment: suspicions(1),
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
            name: "truncation-by-epoch-and-position-at-length",
            rows: &["A47"],
            question: "Do logs that differ lose nothing acknowledged among three replicas, in two failovers?",
            tier: Tier::Thorough,
            protocol: SingleLeader { replicas: 3, members: MEMBERS_3, ..BOTH },
            environment: failures(1, 2).at_most_once(),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (A_DEPOSED_LEADER_FOLLOWS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LOGS_MATCH, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
            ],
        },
    ],
};
