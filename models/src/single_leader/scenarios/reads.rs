//! Reads at the leader of a majority.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::single_leader::Visibility;
use crate::single_leader::properties::*;
use crate::single_leader::witnesses::*;

const fn reading(read: ReadRule) -> SingleLeader {
    SingleLeader { read, ..SingleLeader::majority(3) }
}

/// The leader relies on a promise for one tick.
const fn lease(promise: u64) -> SingleLeader {
    reading(ReadRule::Lease { duration: 1, promise })
}

/// Clocks that differ by one tick at most, and move this often. Replicas 0 and 1 hear only replica 2.
const fn skewed(ticks: u8) -> Environment {
    Environment {
        faults: FaultBudget { suspicions: 1, repeats: 1, ticks, ..FaultBudget::NONE },
        clock_skew: 1,
        cut: Links::of(&[(0, 1), (1, 0)]),
        ..Environment::CALM
    }
    .suspected_by(&[1])
    .at_most_once()
}

/// One update at a later leader, one read at the first.
const WRITE_AND_READ: &[Client] = &[client(&[write("x", "1", 1)]), client(&[read("x", 0)])];

pub(super) const SECTION: Section<SingleLeader> = Section {
    title: "Reads",
    scenarios: &[
        Scenario {
            name: "leader-reads-without-asking",
            rows: &["A50"],
            question: "Is a read linearizable that the leader answers without asking whether it still leads?",
            tier: Tier::Quick,
            protocol: reading(ReadRule::LeaderLocal),
            environment: suspicions(1).at_most_once(),
            clients: WRITE_AND_READ,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_READ_IS_ANSWERED, Reached),
                (TWO_REPLICAS_LEAD_AT_ONCE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (NO_READ_IS_UNDONE, Holds),
                (SEQUENTIAL, Holds),
                (REGULAR, Violated { steps: 12 }),
                (LINEARIZABLE, Violated { steps: 12 }),
            ],
        },
        Scenario {
            name: "majority-confirms-reads-at-the-old-leader",
            rows: &["A51"],
            question: "And if a majority confirms it first?",
            tier: Tier::Quick,
            protocol: reading(ReadRule::ReadIndex),
            environment: suspicions(1).at_most_once(),
            clients: WRITE_AND_READ,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_READ_IS_ANSWERED, Reached),
                (TWO_REPLICAS_LEAD_AT_ONCE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "majority-confirms-reads",
            rows: &["A51"],
            question: "Is such a read linearizable at any leader, after an update by the first?",
            tier: Tier::Quick,
            protocol: reading(ReadRule::ReadIndex),
            environment: suspicions(1).at_most_once().alike(&[1, 2]),
            clients: &[client(&[write("x", "1", 0)]), client(&[read_anywhere("x")])],
            verdicts: READS_HOLD,
        },
        Scenario {
            name: "leader-leads-again",
            rows: &["A51"],
            question: "Does a confirmation of an earlier epoch serve a leader that leads again?",
            tier: Tier::Quick,
            protocol: reading(ReadRule::ReadIndex),
            environment: suspicions(2).suspected_by(&[0, 1]).at_most_once(),
            clients: &[client(&[read("x", 0)])],
            verdicts: &[
                (A_READ_IS_ANSWERED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "new-leader-reads-too-early",
            rows: &["A51"],
            question: "And if a new leader answers before anything of its own is acknowledged?",
            tier: Tier::Quick,
            protocol: without(Safeguard::ReadsAfterOwnCommit, reading(ReadRule::ReadIndex)),
            environment: suspicions(1).at_most_once(),
            clients: &[client(&[write("x", "1", 0)]), client(&[read("x", 1)])],
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Violated { steps: 13 }),
            ],
        },
        Scenario {
            name: "lease-outlives-its-promise",
            rows: &["A53"],
            question: "Is a read linearizable under a lease of one tick that followers honour for two, on clocks one tick apart?",
            tier: Tier::Quick,
            protocol: lease(2),
            environment: skewed(5),
            clients: WRITE_AND_READ,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_READ_IS_ANSWERED, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Violated { steps: 20 }),
            ],
        },
        Scenario {
            name: "promise-outlives-its-lease",
            rows: &["A52"],
            question: "And if they honour it for three?",
            tier: Tier::Quick,
            protocol: lease(3),
            environment: skewed(8),
            clients: WRITE_AND_READ,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_READ_IS_ANSWERED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "lease-is-not-honoured",
            rows: &["A53"],
            question: "And if followers vote whatever they have promised?",
            tier: Tier::Quick,
            protocol: without(Safeguard::LeaseHonoured, lease(3)),
            environment: Environment { clock_skew: 0, ..skewed(0) },
            clients: WRITE_AND_READ,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_READ_IS_ANSWERED, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Violated { steps: 15 }),
            ],
        },
        Scenario {
            name: "promise-outlives-a-restart",
            rows: &["A52"],
            question: "Does a follower that restarts keep the promise it had given?",
            tier: Tier::Quick,
            protocol: lease(1),
            environment: Environment {
                faults: FaultBudget { crashes: 1, ..skewed(2).faults },
                clock_skew: 0,
                spared: ReplicaSet::of(&[0, 1]),
                ..skewed(2)
            },
            clients: WRITE_AND_READ,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_READ_IS_ANSWERED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "readers-see-what-is-appended",
            rows: &["A54"],
            question: "Can a read be undone if it sees what no majority has?",
            tier: Tier::Quick,
            protocol: SingleLeader {
                visibility: Visibility::Appended,
                ..reading(ReadRule::LeaderLocal)
            },
            environment: suspicions(1).alike(&[1, 2]),
            clients: &[client(&[write("x", "1", 0)]), client(&[read("x", 0)])],
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (NO_READ_IS_UNDONE, Violated { steps: 8 }),
            ],
        },
        Scenario {
            name: "readers-see-what-is-committed",
            rows: &["A55"],
            question: "And if it sees only what a majority has, though updates are acknowledged at once?",
            tier: Tier::Quick,
            protocol: SingleLeader {
                ack: AckRule::Asynchronous,
                visibility: Visibility::Committed,
                read: ReadRule::FollowerLocal,
                ..SingleLeader::majority(5)
            },
            // Two followers make a majority with the leader, and one of them with those that elect.
            environment: Environment {
                faults: FaultBudget { suspicions: 1, repeats: 1, ..FaultBudget::NONE },
                cut: Links::of(&[
                    (0, 2),
                    (2, 0),
                    (0, 4),
                    (4, 0),
                    (1, 2),
                    (2, 1),
                    (1, 3),
                    (3, 1),
                    (1, 4),
                    (4, 1),
                    (3, 4),
                    (4, 3),
                ]),
                ..Environment::CALM
            }
            .suspected_by(&[2])
            .at_most_once(),
            clients: &[client(&[write("x", "1", 0)]), client(&[read("x", 1)])],
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (READERS_SEE_A_PREFIX, Holds),
                (NO_READ_IS_UNDONE, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Violated { steps: 8 }),
            ],
        },
        Scenario {
            name: "majority-confirms-reads-at-length",
            rows: &["A51"],
            question: "Is a read that a majority confirms linearizable in two elections?",
            tier: Tier::Thorough,
            protocol: reading(ReadRule::ReadIndex),
            environment: suspicions(2).at_most_once().alike(&[1, 2]),
            clients: &[client(&[write("x", "1", 0)]), client(&[read_anywhere("x")])],
            verdicts: READS_HOLD,
        },
        Scenario {
            name: "promise-outlives-its-lease-at-length",
            rows: &["A52"],
            question: "Is a read under a lease linearizable where everybody hears everybody?",
            tier: Tier::Thorough,
            protocol: lease(3),
            environment: Environment { cut: Links::NONE, ..skewed(8) },
            clients: WRITE_AND_READ,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_READ_IS_ANSWERED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
    ],
};

const SEQUENTIAL: Property<SingleLeader> = Property::guarantee(Guarantee::Sequential);
const REGULAR: Property<SingleLeader> = Property::guarantee(Guarantee::Regular);

const READS_HOLD: &[(Property<SingleLeader>, Verdict)] = &[
    (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
    (A_READ_FINDS_A_VALUE, Reached),
    (ANOTHER_REPLICA_LEADS, Reached),
    (A_LATER_LEADER_ACKNOWLEDGES, Reached),
    (REPLICAS_ARE_WELL_FORMED, Holds),
    (READERS_SEE_A_PREFIX, Holds),
    (NO_READ_IS_UNDONE, Holds),
    (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
    (LINEARIZABLE, Holds),
];
