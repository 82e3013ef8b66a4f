//! Logs that went apart, and how they become one.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::single_leader::Truncation;
use crate::single_leader::properties::*;
use crate::single_leader::witnesses::*;

/// Two replicas, both acknowledge, either takes over.
const BOTH: SingleLeader = SingleLeader { ack: AckRule::All, ..ASYNCHRONOUS };

const fn truncating(truncation: Truncation, protocol: SingleLeader) -> SingleLeader {
    SingleLeader { truncation, ..protocol }
}

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
            environment: suspicions(1).at_most_once().alike(&[1, 2]),
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
            environment: suspicions(1).at_most_once().alike(&[1, 2]),
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
            .at_most_once()
            .with_clients_alike(),
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
            .repeating()
            .alike(&[1, 2]),
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
            .repeating()
            .with_clients_alike(),
            clients: &[client(&[write("x", "1", 0)]), client(&[write("x", "2", 0)])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ALL_IS_QUIET, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (QUIET_MEANS_CONVERGED, Holds),
            ],
        },
        Scenario {
            name: "truncation-by-epoch-and-position-at-length",
            rows: &["A47"],
            question: "Do logs that differ lose nothing acknowledged among three replicas, in two failovers?",
            tier: Tier::Thorough,
            protocol: SingleLeader { replicas: 3, members: MEMBERS_3, ..BOTH },
            environment: failures(1, 2).at_most_once().alike(&[1, 2]),
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
