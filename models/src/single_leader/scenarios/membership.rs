//! Changing who decides.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::single_leader::properties::*;
use crate::single_leader::witnesses::*;

const fn remove(removed: u8, replica: u8) -> Step {
    Step::Ask(Ask::RemoveReplica(removed), At::Replica(replica))
}

const fn add_replica(added: u8, replica: u8) -> Step {
    Step::Ask(Ask::AddReplica(added), At::Replica(replica))
}

/// All acknowledge, and anybody takes over.
const ALL_OF_THREE: SingleLeader = SingleLeader {
    ack: AckRule::All,
    election: Election::Anyone,
    read: ReadRule::LeaderLocal,
    ..SingleLeader::majority(3)
};

/// Two operators, each with a change of their own.
const TWO_REMOVALS: &[Client] = &[client(&[remove(1, 0)]), client(&[remove(2, 0)])];

/// Replica 0 reaches only replica 1.
const ZERO_REACHES_ONE: Links = Links::of(&[(0, 2), (0, 3), (3, 0)]);

pub(super) const SECTION: Section<SingleLeader> = Section {
    title: "Membership",
    scenarios: &[
        Scenario {
            name: "one-change-at-a-time",
            rows: &["A60"],
            question: "Do members change without losing an acknowledged update?",
            tier: Tier::Quick,
            protocol: SingleLeader::majority(3),
            environment: suspicions(1).at_most_once().alike(&[1, 2]).with_clients_alike(),
            clients: TWO_REMOVALS,
            verdicts: MEMBERSHIP_HOLDS,
        },
        Scenario {
            name: "replica-joins",
            rows: &["A60"],
            question: "Can a new replica decide as soon as it is added?",
            tier: Tier::Quick,
            protocol: SingleLeader { members: ReplicaSet::first(2), ..SingleLeader::majority(3) },
            environment: suspicions(1).at_most_once(),
            clients: &[client(&[write("x", "1", 0), add_replica(2, 0)])],
            verdicts: MEMBERSHIP_HOLDS,
        },
        Scenario {
            name: "leader-removes-itself",
            rows: &["A60"],
            question: "Does a leader that leaves count itself for what it appends on its way?",
            tier: Tier::Quick,
            protocol: SingleLeader::majority(4),
            environment: Environment {
                cut: Links::of(&[(1, 2), (2, 1), (1, 3), (3, 1)]),
                ..suspicions(1).suspected_by(&[2]).at_most_once()
            },
            clients: &[client(&[remove(0, 0)]), client(&[write("x", "1", 0)])],
            verdicts: MEMBERSHIP_HOLDS,
        },
        Scenario {
            name: "whoever-joins-acknowledges",
            rows: &["A60"],
            question: "Where all must acknowledge, is whoever joins waited for before it can take over?",
            tier: Tier::Quick,
            protocol: SingleLeader { members: ReplicaSet::first(2), ..ALL_OF_THREE },
            environment: suspicions(1).suspected_by(&[2]),
            clients: &[client(&[add_replica(2, 0), write("x", "1", 0)])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (MEMBERS_CHANGE, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
            ],
        },
        Scenario {
            name: "whoever-is-down-is-removed",
            rows: &["A60"],
            question: "And does removing a replica that is down let updates complete?",
            tier: Tier::Quick,
            protocol: ALL_OF_THREE,
            environment: Environment { down: ReplicaSet::of(&[2]), ..Environment::CALM },
            clients: &[client(&[remove(2, 0), write("x", "1", 0)])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (MEMBERS_CHANGE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
            ],
        },
        Scenario {
            name: "removed-replica-stands",
            rows: &["A60"],
            question: "Can a replica take over that has not heard that it was removed?",
            tier: Tier::Quick,
            protocol: SingleLeader::majority(3),
            environment: Environment {
                cut: Links::of(&[(0, 2), (2, 0)]),
                ..suspicions(1).suspected_by(&[2]).at_most_once()
            },
            clients: &[client(&[remove(2, 0), write("x", "1", 0)])],
            verdicts: MEMBERSHIP_HOLDS,
        },
        Scenario {
            name: "leader-that-waits-for-nobody-leaves",
            rows: &["A60"],
            question: "Do the others hear that a leader has left that waits for nobody?",
            tier: Tier::Quick,
            protocol: SingleLeader { ack: AckRule::Asynchronous, ..SingleLeader::majority(3) },
            environment: Environment::CALM.alike(&[1, 2]),
            clients: &[client(&[remove(0, 0)])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (EVERYBODY_KNOWS_THE_CHANGE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
            ],
        },
        Scenario {
            name: "two-changes-at-once",
            rows: &["A60"],
            question: "What if two members leave at once?",
            tier: Tier::Quick,
            protocol: without(Safeguard::OneChangeAtATime, SingleLeader::majority(3)),
            environment: suspicions(1).suspected_by(&[1]).at_most_once(),
            clients: &[
                client(&[remove(1, 0)]),
                client(&[remove(2, 0)]),
                client(&[write("x", "1", 0)]),
            ],
            verdicts: &[
                (MEMBERS_CHANGE, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LEADERS_ARE_COMPLETE, Violated { steps: 7 }),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Violated { steps: 10 }),
            ],
        },
        Scenario {
            name: "new-leader-changes-members-at-once",
            rows: &["A60"],
            question: "What if a new leader changes members before anything of its own is acknowledged?",
            tier: Tier::Quick,
            protocol: without(Safeguard::ChangesAfterOwnCommit, SingleLeader::majority(4)),
            environment: Environment {
                cut: ZERO_REACHES_ONE,
                ..suspicions(2).suspected_by(&[0, 2])
            }
            .at_most_once(),
            clients: &[client(&[remove(3, 0)]), client(&[remove(0, 2)])],
            verdicts: &[
                (MEMBERS_CHANGE, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LEADERS_ARE_COMPLETE, Violated { steps: 15 }),
            ],
        },
        Scenario {
            name: "one-change-at-a-time-at-length",
            rows: &["A60"],
            question: "Do members change without losing an acknowledged update in two elections?",
            tier: Tier::Thorough,
            protocol: SingleLeader::majority(4),
            environment: suspicions(2).suspected_by(&[0, 2]).at_most_once(),
            clients: &[client(&[remove(3, 0)]), client(&[remove(0, 2)])],
            verdicts: MEMBERSHIP_HOLDS,
        },
    ],
};

const MEMBERSHIP_HOLDS: &[(Property<SingleLeader>, Verdict)] = &[
    (MEMBERS_CHANGE, Reached),
    (ANOTHER_REPLICA_LEADS, Reached),
    (A_LATER_LEADER_ACKNOWLEDGES, Reached),
    (REPLICAS_ARE_WELL_FORMED, Holds),
    (ONE_LEADER_PER_EPOCH, Holds),
    (LOGS_MATCH, Holds),
    (LEADERS_ARE_COMPLETE, Holds),
    (ACKNOWLEDGED_LOGS_AGREE, Holds),
    (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
];
