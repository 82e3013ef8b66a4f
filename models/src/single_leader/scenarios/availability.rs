//! Which operation still completes with how many replicas down or out of reach.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Unreachable};
use crate::cluster::{Scenario, Tier};
use crate::single_leader::properties::*;
use crate::single_leader::witnesses::*;
use crate::vocabulary::ReplicaSet;

const fn down(replicas: &[u8], suspicions: u8) -> Environment {
    Environment {
        down: ReplicaSet::of(replicas),
        faults: FaultBudget { suspicions, ..FaultBudget::NONE },
        ..Environment::CALM
    }
}

/// Links from and to replica 0.
const ISOLATED: Links = Links::of(&[(0, 1), (1, 0), (0, 2), (2, 0)]);

/// Replica 0 is heard and hears nobody.
const DEAF: Links = Links::of(&[(1, 0), (2, 0)]);

const READ: &[Client] = &[client(&[read_anywhere("x")])];

const WRITES: &[(Property<SingleLeader>, Verdict)] =
    &[(AN_UPDATE_IS_ACKNOWLEDGED, Reached), (REPLICAS_ARE_WELL_FORMED, Holds)];

/// No update completes. That requests are answered at all is shown by refusals and by elections.
const NO_WRITES: &[(Property<SingleLeader>, Verdict)] = &[
    (AN_UPDATE_IS_APPENDED, Reached),
    (AN_UPDATE_IS_ACKNOWLEDGED, Unreachable),
    (REPLICAS_ARE_WELL_FORMED, Holds),
];

pub(super) const SECTION: Section<SingleLeader> = Section {
    title: "Availability",
    scenarios: &[
        Scenario {
            name: "one-of-one-followers-down",
            rows: &["A17"],
            question: "Does an update complete without the one follower it waits for?",
            tier: Tier::Quick,
            protocol: SingleLeader { ack: AckRule::Followers(1), ..ASYNCHRONOUS },
            environment: down(&[1], 0),
            clients: ONE_WRITE,
            verdicts: NO_WRITES,
        },
        Scenario {
            name: "one-of-two-followers-down",
            rows: &["A17"],
            question: "And if another follower is left?",
            tier: Tier::Quick,
            protocol: SingleLeader { ack: AckRule::Followers(1), ..SingleLeader::majority(3) },
            environment: down(&[1], 0),
            clients: ONE_WRITE,
            verdicts: WRITES,
        },
        Scenario {
            name: "synchronous-with-a-follower-down",
            rows: &["A26"],
            question: "Does an update complete if all must acknowledge and one is down?",
            tier: Tier::Quick,
            protocol: SingleLeader { ack: AckRule::All, ..SingleLeader::majority(3) },
            environment: down(&[2], 0),
            clients: ONE_WRITE,
            verdicts: NO_WRITES,
        },
        Scenario {
            name: "asynchronous-with-all-followers-down",
            rows: &["A26"],
            question: "And if nobody must?",
            tier: Tier::Quick,
            protocol: ASYNCHRONOUS,
            environment: down(&[1], 0),
            clients: ONE_WRITE,
            verdicts: WRITES,
        },
        Scenario {
            name: "majority-with-the-leader-down",
            rows: &["A67"],
            question: "Do an update and a read complete without the leader?",
            tier: Tier::Quick,
            protocol: SingleLeader::majority(3),
            environment: down(&[0], 1),
            clients: &[client(&[write("x", "1", 1), read("x", 1)])],
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "majority-down",
            rows: &["A67"],
            question: "And without a majority?",
            tier: Tier::Quick,
            protocol: SingleLeader::majority(3),
            environment: down(&[1, 2], 1).alike(&[1, 2]),
            clients: ONE_WRITE,
            verdicts: NO_WRITES,
        },
        Scenario {
            name: "majority-down-read",
            rows: &["A67"],
            question: "Does a linearizable read complete without a majority?",
            tier: Tier::Quick,
            protocol: SingleLeader::majority(3),
            environment: down(&[1, 2], 1).alike(&[1, 2]),
            clients: READ,
            verdicts: &[
                (A_READ_WAITS, Reached),
                (A_READ_IS_ANSWERED, Unreachable),
                (REPLICAS_ARE_WELL_FORMED, Holds),
            ],
        },
        Scenario {
            name: "majority-down-weak-read",
            rows: &["A67"],
            question: "Does one at any replica?",
            tier: Tier::Quick,
            protocol: SingleLeader { read: ReadRule::FollowerLocal, ..SingleLeader::majority(3) },
            environment: down(&[0, 1], 1),
            clients: &[client(&[read("x", 2)])],
            verdicts: &[(A_READ_IS_ANSWERED, Reached), (REPLICAS_ARE_WELL_FORMED, Holds)],
        },
        Scenario {
            name: "isolated-leader",
            rows: &["A67"],
            question: "Does an update complete at a leader that is cut off?",
            tier: Tier::Quick,
            protocol: SingleLeader::majority(3),
            environment: Environment { cut: ISOLATED, ..suspicions(1) }.alike(&[1, 2]),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_APPENDED, Reached),
                (TWO_REPLICAS_LEAD_AT_ONCE, Reached),
                (AN_UPDATE_IS_ACKNOWLEDGED, Unreachable),
                (REPLICAS_ARE_WELL_FORMED, Holds),
            ],
        },
        Scenario {
            name: "majority-side",
            rows: &["A67"],
            question: "Does one on the other side?",
            tier: Tier::Quick,
            protocol: SingleLeader::majority(3),
            environment: Environment { cut: ISOLATED, ..suspicions(1) },
            clients: &[client(&[write("x", "1", 1), read("x", 1)]), client(&[read("x", 0)])],
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (TWO_REPLICAS_LEAD_AT_ONCE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "partition-heals",
            rows: &["A67"],
            question: "Is everything as it should be once a partition has healed?",
            tier: Tier::Quick,
            protocol: SingleLeader::majority(3),
            environment: Environment {
                partition: ISOLATED,
                faults: FaultBudget { partitions: 1, suspicions: 1, ..FaultBudget::NONE },
                ..Environment::CALM
            }
            .repeating()
            .alike(&[1, 2]),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_DEPOSED_LEADER_FOLLOWS, Reached),
                (ALL_IS_QUIET, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
                (QUIET_MEANS_CONVERGED, Holds),
            ],
        },
        Scenario {
            name: "deaf-leader",
            rows: &["A68"],
            question: "Does an update complete at a leader that is heard, and so not suspected, but hears nobody?",
            tier: Tier::Quick,
            protocol: SingleLeader::majority(3),
            environment: Environment { cut: DEAF, ..Environment::CALM }.repeating().alike(&[1, 2]),
            clients: ONE_WRITE,
            verdicts: NO_WRITES,
        },
    ],
};
