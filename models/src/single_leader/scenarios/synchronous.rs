//! Synchronous replication: the leader waits for every follower.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::single_leader::properties::*;
use crate::single_leader::witnesses::*;
use crate::single_leader::{AckMeans, Eviction};

/// Every follower acknowledges, whoever led before included.
const ALL: SingleLeader = SingleLeader { ack: AckRule::All, ..ASYNCHRONOUS };

/// Every follower acknowledges but the leader that was replaced.
const ALL_BUT_DEPOSED: SingleLeader = SingleLeader { eviction: Eviction::Deposed, ..ALL };

pub(super) const SECTION: Section<SingleLeader> = Section {
    title: "Synchronous",
    scenarios: &[
        Scenario {
            name: "every-follower-acknowledges",
            rows: &["A22"],
            question: "Does an acknowledged update survive any failover if every follower has it?",
            tier: Tier::Quick,
            protocol: SingleLeader { replicas: 3, members: MEMBERS_3, ..ALL },
            environment: failures(1, 1).at_most_once().alike(&[1, 2]),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (A_LATER_LEADER_ACKNOWLEDGES, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (ACKNOWLEDGED_UPDATES_ARE_ON_DISK, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
            ],
        },
        Scenario {
            name: "deposed-leader-is-waited-for",
            rows: &["A23"],
            question: "Are reads at the leader fresh if a new one keeps waiting for the old one?",
            tier: Tier::Quick,
            protocol: ALL,
            environment: suspicions(1),
            clients: &[client(&[write("x", "1", 1)]), client(&[read("x", 0)])],
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_READ_IS_ANSWERED, Reached),
                (TWO_REPLICAS_LEAD_AT_ONCE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "deposed-leader-is-evicted",
            rows: &["A24", "A25"],
            question: "And if the new leader no longer waits for the old one?",
            tier: Tier::Quick,
            protocol: ALL_BUT_DEPOSED,
            environment: suspicions(1),
            clients: &[client(&[write("x", "1", 1)]), client(&[read("x", 0)])],
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_READ_IS_ANSWERED, Reached),
                (TWO_REPLICAS_LEAD_AT_ONCE, Reached),
                (A_FOLLOWER_IS_EVICTED, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
                (LINEARIZABLE, Violated { steps: 7 }),
            ],
        },
        Scenario {
            name: "deposed-leader-of-three-is-evicted",
            rows: &["A24", "A25"],
            question: "And among three replicas, with an update before and one after?",
            tier: Tier::Quick,
            protocol: SingleLeader { replicas: 3, members: MEMBERS_3, ..ALL_BUT_DEPOSED },
            environment: suspicions(1).at_most_once(),
            clients: &[
                client(&[write("x", "1", 0)]),
                client(&[write("x", "2", 1)]),
                client(&[read("x", 0)]),
            ],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (TWO_REPLICAS_LEAD_AT_ONCE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
                (LINEARIZABLE, Violated { steps: 10 }),
            ],
        },
        Scenario {
            name: "silent-follower-is-dropped",
            rows: &["A27"],
            question: "What if the leader drops a silent follower on its own, and that one takes over?",
            tier: Tier::Quick,
            protocol: SingleLeader { eviction: Eviction::Local, ..ALL },
            environment: suspicions(2),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_FOLLOWER_IS_EVICTED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Violated { steps: 5 }),
            ],
        },
        Scenario {
            name: "followers-show-what-not-all-have",
            rows: &["A56"],
            question: "What do readers see at a follower that shows an update before the others have it?",
            tier: Tier::Quick,
            protocol: SingleLeader {
                replicas: 3,
                members: MEMBERS_3,
                ack_means: AckMeans::Applied,
                read: ReadRule::FollowerLocal,
                ..ALL
            },
            environment: suspicions(1).at_most_once(),
            clients: &[client(&[write("x", "1", 0)]), client(&[read("x", 2)])],
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
                (NO_READ_IS_UNDONE, Violated { steps: 7 }),
            ],
        },
        Scenario {
            name: "every-follower-acknowledges-at-length",
            rows: &["A22"],
            question: "Do two updates survive two failovers and a crash if every follower has them?",
            tier: Tier::Thorough,
            protocol: SingleLeader { replicas: 3, members: MEMBERS_3, ..ALL },
            environment: failures(1, 2).at_most_once().alike(&[1, 2]),
            clients: TWO_WRITES,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (A_LATER_LEADER_ACKNOWLEDGES, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (ACKNOWLEDGED_UPDATES_ARE_ON_DISK, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
            ],
        },
    ],
};
