//! Semi-synchronous replication: the leader waits for some followers.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::single_leader::properties::*;
use crate::single_leader::witnesses::*;
use crate::single_leader::{AckMeans, AckTimeout, Visibility};

/// One follower acknowledges; anybody may take over.
const ONE_FOLLOWER: SingleLeader = SingleLeader { ack: AckRule::Followers(1), ..ASYNCHRONOUS };

/// One follower acknowledges; a majority elects.
const fn elected(replicas: u8) -> SingleLeader {
    SingleLeader {
        ack: AckRule::Followers(1),
        read: ReadRule::LeaderLocal,
        ..SingleLeader::majority(replicas)
    }
}

pub(super) const SECTION: Section<SingleLeader> = Section {
    title: "Semi-synchronous",
    scenarios: &[
        Scenario {
            name: "one-follower-of-one-acknowledges",
            rows: &["A09"],
            question: "Does an acknowledged update survive if the only follower takes over?",
            tier: Tier::Quick,
            protocol: ONE_FOLLOWER,
            environment: failures(1, 1),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (A_LATER_LEADER_ACKNOWLEDGES, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (ACKNOWLEDGED_UPDATES_ARE_ON_DISK, Holds),
                (ONE_LEADER_PER_EPOCH, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
            ],
        },
        Scenario {
            name: "any-follower-takes-over",
            rows: &["A10"],
            question: "And if one of two followers acknowledges, and any of them takes over?",
            tier: Tier::Quick,
            protocol: SingleLeader { replicas: 3, members: MEMBERS_3, ..ONE_FOLLOWER },
            environment: suspicions(1).alike(&[1, 2]),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Violated { steps: 6 }),
            ],
        },
        Scenario {
            name: "best-reachable-follower-takes-over",
            rows: &["A11"],
            question: "And if the follower with the longest log takes over, but binds nobody by asking?",
            tier: Tier::Quick,
            protocol: SingleLeader {
                replicas: 3,
                members: MEMBERS_3,
                election: Election::BestReachable,
                ..ONE_FOLLOWER
            },
            environment: suspicions(1).alike(&[1, 2]),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Violated { steps: 8 }),
            ],
        },
        Scenario {
            name: "unreachable-follower-had-it",
            rows: &["A11", "A13"],
            question: "And if the candidate gives up on a follower that does not answer?",
            tier: Tier::Quick,
            protocol: SingleLeader {
                replicas: 3,
                members: MEMBERS_3,
                election: Election::BestReachable,
                ..ONE_FOLLOWER
            },
            environment: Environment { cut: Links::of(&[(1, 2), (2, 1)]), ..suspicions(2) }
                .alike(&[1, 2]),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Violated { steps: 7 }),
            ],
        },
        Scenario {
            name: "all-followers-are-fenced-first",
            rows: &["A12"],
            question: "And if every follower first promises to follow the old leader no more?",
            tier: Tier::Quick,
            protocol: SingleLeader {
                replicas: 3,
                members: MEMBERS_3,
                election: Election::Fenced,
                ..ONE_FOLLOWER
            },
            environment: failures(1, 1).alike(&[1, 2]),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (A_LATER_LEADER_ACKNOWLEDGES, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (ONE_LEADER_PER_EPOCH, Holds),
                (LEADERS_ARE_COMPLETE, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
            ],
        },
        Scenario {
            name: "majority-of-three-elects",
            rows: &["A14"],
            question: "Is one acknowledgement enough where a majority of three elects?",
            tier: Tier::Quick,
            protocol: elected(3),
            environment: failures(1, 1).alike(&[1, 2]),
            clients: ONE_WRITE,
            verdicts: ELECTED_HOLDS,
        },
        Scenario {
            name: "majority-of-four-elects",
            rows: &["A14"],
            question: "Is it enough where a majority of four elects?",
            tier: Tier::Quick,
            protocol: elected(4),
            environment: suspicions(1).at_most_once().alike(&[1, 2, 3]),
            clients: ONE_WRITE,
            verdicts: ELECTED_HOLDS,
        },
        Scenario {
            name: "majority-of-five-elects",
            rows: &["A15"],
            question: "Is it enough where a majority of five elects?",
            tier: Tier::Quick,
            protocol: elected(5),
            environment: Environment {
                cut: Links::of(&[
                    (0, 2),
                    (0, 3),
                    (0, 4),
                    (1, 2),
                    (1, 3),
                    (1, 4),
                    (2, 0),
                    (2, 1),
                    (3, 0),
                    (3, 1),
                    (4, 0),
                    (4, 1),
                ]),
                ..suspicions(1)
            }
            .alike(&[2, 3, 4]),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (ONE_LEADER_PER_EPOCH, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Violated { steps: 10 }),
            ],
        },
        Scenario {
            name: "leader-stops-waiting",
            rows: &["A16"],
            question: "What if the leader goes on alone when the follower is slow?",
            tier: Tier::Quick,
            protocol: SingleLeader { ack_timeout: AckTimeout::Degrade, ..ONE_FOLLOWER },
            environment: suspicions(2),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Violated { steps: 5 }),
            ],
        },
        Scenario {
            name: "leader-answers-indeterminate",
            rows: &["A16"],
            question: "What if it tells the client that it does not know?",
            tier: Tier::Quick,
            protocol: SingleLeader { ack_timeout: AckTimeout::Indeterminate, ..ONE_FOLLOWER },
            environment: suspicions(2),
            clients: &[client(&[write("x", "1", 0), read("x", 0)]), client(&[read("x", 1)])],
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (AN_UPDATE_IS_INDETERMINATE, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (NO_READ_IS_UNDONE, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
            ],
        },
        Scenario {
            name: "indeterminate-update-is-shown",
            rows: &["A57"],
            question: "What if it then shows the update to readers?",
            tier: Tier::Quick,
            protocol: SingleLeader { ack_timeout: AckTimeout::Expose, ..ONE_FOLLOWER },
            environment: suspicions(2),
            clients: &[client(&[write("x", "1", 0)]), client(&[read("x", 0)])],
            verdicts: &[
                (AN_UPDATE_IS_INDETERMINATE, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
                (NO_READ_IS_UNDONE, Violated { steps: 7 }),
            ],
        },
        Scenario {
            name: "readers-see-before-the-follower",
            rows: &["A18"],
            question: "What do readers see if an update shows before a follower has it?",
            tier: Tier::Quick,
            protocol: SingleLeader { visibility: Visibility::Appended, ..ONE_FOLLOWER },
            environment: suspicions(1),
            clients: &[client(&[write("x", "1", 0)]), client(&[read("x", 0)])],
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (READERS_SEE_A_PREFIX, Violated { steps: 3 }),
                (NO_READ_IS_UNDONE, Violated { steps: 6 }),
            ],
        },
        Scenario {
            name: "readers-see-after-the-follower",
            rows: &["A19"],
            question: "And if it shows only once the follower has it?",
            tier: Tier::Quick,
            protocol: ONE_FOLLOWER,
            environment: failures(1, 1),
            clients: &[client(&[write("x", "1", 0)]), client(&[read_anywhere("x")])],
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (NO_READ_IS_UNDONE, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
            ],
        },
        Scenario {
            name: "asynchronous-standby-runs-ahead",
            rows: &["A56"],
            question: "What do readers see at a follower that the acknowledgement does not wait for?",
            tier: Tier::Quick,
            protocol: SingleLeader {
                replicas: 3,
                members: MEMBERS_3,
                visibility: Visibility::Appended,
                read: ReadRule::FollowerLocal,
                ..ONE_FOLLOWER
            },
            environment: suspicions(1).at_most_once(),
            clients: &[client(&[write("x", "1", 0)]), client(&[read("x", 2)])],
            verdicts: &[
                (A_READ_FINDS_A_VALUE, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (NO_READ_IS_UNDONE, Violated { steps: 7 }),
            ],
        },
        Scenario {
            name: "follower-acknowledges-from-memory",
            rows: &["A41"],
            question: "What if the follower acknowledges what it has received and not yet synced?",
            tier: Tier::Quick,
            protocol: SingleLeader { ack_means: AckMeans::Received, ..ONE_FOLLOWER },
            environment: Environment {
                faults: FaultBudget { unclean_crashes: 1, suspicions: 1, ..FaultBudget::NONE },
                ..Environment::CALM
            },
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (ACKNOWLEDGED_UPDATES_ARE_ON_DISK, Violated { steps: 5 }),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Violated { steps: 8 }),
            ],
        },
        Scenario {
            name: "majority-of-four-elects-at-length",
            rows: &["A14"],
            question: "Is one acknowledgement enough where a majority of four elects, and one crashes?",
            tier: Tier::Thorough,
            protocol: elected(4),
            environment: failures(1, 1).at_most_once().alike(&[1, 2, 3]),
            clients: ONE_WRITE,
            verdicts: ELECTED_HOLDS,
        },
    ],
};

const ELECTED_HOLDS: &[(Property<SingleLeader>, Verdict)] = &[
    (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
    (ANOTHER_REPLICA_LEADS, Reached),
    (A_LATER_LEADER_ACKNOWLEDGES, Reached),
    (REPLICAS_ARE_WELL_FORMED, Holds),
    (ONE_LEADER_PER_EPOCH, Holds),
    (LOGS_MATCH, Holds),
    (LEADERS_ARE_COMPLETE, Holds),
    (ACKNOWLEDGED_UPDATES_ARE_ON_DISK, Holds),
    (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
];
