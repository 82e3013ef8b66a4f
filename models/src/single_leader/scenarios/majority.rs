//! Majority replication: a majority acknowledges, a majority elects.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::single_leader::Persistence;
use crate::single_leader::properties::*;
use crate::single_leader::witnesses::*;
use crate::vocabulary::ReplicaSet;

pub(super) const MAJORITY: SingleLeader = SingleLeader::majority(3);

const fn persisting(persistence: Persistence) -> SingleLeader {
    SingleLeader { persistence, ..MAJORITY }
}

pub(super) const SECTION: Section<SingleLeader> = Section {
    title: "Majority",
    scenarios: &[
        Scenario {
            name: "majority-elects",
            rows: &["A34", "A60"],
            question: "Does an acknowledged update survive a crash, a restart and an election?",
            tier: Tier::Quick,
            protocol: MAJORITY,
            environment: failures(1, 1).alike(&[1, 2]),
            clients: ONE_WRITE,
            verdicts: MAJORITY_HOLDS,
        },
        Scenario {
            name: "majority-elects-between-two-updates",
            rows: &["A34", "A60"],
            question: "Do two, at whichever leader?",
            tier: Tier::Quick,
            protocol: MAJORITY,
            environment: suspicions(1).at_most_once().alike(&[1, 2]),
            clients: TWO_WRITES,
            verdicts: MAJORITY_HOLDS,
        },
        Scenario {
            name: "majority-elects-twice",
            rows: &["A34", "A60"],
            question: "Does it survive two elections, however they overlap?",
            tier: Tier::Quick,
            protocol: MAJORITY,
            environment: suspicions(2).at_most_once().alike(&[1, 2]),
            clients: ONE_WRITE,
            verdicts: MAJORITY_HOLDS,
        },
        Scenario {
            name: "candidate-stands-again",
            rows: &["A34"],
            question: "Are there two leaders in an epoch if a candidate of five stands again with votes in hand?",
            tier: Tier::Quick,
            protocol: SingleLeader::majority(5),
            // Those that each candidate can do without are out of its reach.
            environment: Environment {
                cut: Links::of(&[
                    (0, 1),
                    (1, 0),
                    (0, 2),
                    (2, 0),
                    (0, 4),
                    (4, 0),
                    (1, 4),
                    (4, 1),
                    (2, 3),
                    (3, 2),
                    (2, 4),
                    (4, 2),
                ]),
                ..suspicions(3).suspected_by(&[1, 3]).at_most_once()
            },
            clients: &[],
            verdicts: &[
                (ANOTHER_REPLICA_LEADS, Reached),
                (TWO_REPLICAS_LEAD_AT_ONCE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (ONE_LEADER_PER_EPOCH, Holds),
            ],
        },
        Scenario {
            name: "majority-elects-anybody",
            rows: &["A35"],
            question: "And if voters do not look at the candidate's log?",
            tier: Tier::Quick,
            protocol: without(Safeguard::BehindLogsRefused, MAJORITY),
            environment: suspicions(1).alike(&[1, 2]),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (ONE_LEADER_PER_EPOCH, Holds),
                (LEADERS_ARE_COMPLETE, Violated { steps: 7 }),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Violated { steps: 8 }),
            ],
        },
        Scenario {
            name: "longest-log-wins",
            rows: &["A36"],
            question: "And if they compare lengths alone?",
            tier: Tier::Quick,
            protocol: without(Safeguard::EpochsComparedFirst, MAJORITY),
            environment: suspicions(2).suspected_by(&[0, 2]).at_most_once(),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (ONE_LEADER_PER_EPOCH, Holds),
                (LEADERS_ARE_COMPLETE, Violated { steps: 11 }),
            ],
        },
        Scenario {
            name: "old-entries-count",
            rows: &["A37"],
            question: "Can a leader count acknowledgements of an entry that an earlier leader appended?",
            tier: Tier::Quick,
            protocol: SingleLeader { batch: 1, ..without(Safeguard::OwnEpochCommits, MAJORITY) },
            environment: suspicions(3).suspected_by(&[0, 1]).at_most_once(),
            clients: ONE_WRITE,
            verdicts: &[
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (ONE_LEADER_PER_EPOCH, Holds),
                (LEADERS_ARE_COMPLETE, Violated { steps: 17 }),
            ],
        },
        Scenario {
            name: "old-entries-wait-for-a-new-one",
            rows: &["A38"],
            question: "And if it counts only entries of its own epoch?",
            tier: Tier::Quick,
            protocol: SingleLeader { batch: 1, ..MAJORITY },
            environment: suspicions(3).suspected_by(&[0, 1]).at_most_once(),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (A_LATER_LEADER_ACKNOWLEDGES, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (ONE_LEADER_PER_EPOCH, Holds),
                (LOGS_MATCH, Holds),
                (LEADERS_ARE_COMPLETE, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
            ],
        },
        Scenario {
            name: "votes-are-forgotten",
            rows: &["A39"],
            question: "What if a replica forgets its epoch and its vote in a crash?",
            tier: Tier::Quick,
            protocol: persisting(Persistence::LogOnly),
            environment: failures(1, 2).alike(&[1, 2]),
            clients: &[],
            verdicts: &[
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (DISKS_HOLD_WHAT_WAS_SAID, Violated { steps: 1 }),
                (EPOCHS_NEVER_DECREASE, Violated { steps: 2 }),
                (ONE_LEADER_PER_EPOCH, Violated { steps: 8 }),
            ],
        },
        Scenario {
            name: "two-votes-in-an-epoch",
            rows: &["A39"],
            question: "What if a replica votes for whoever asks?",
            tier: Tier::Quick,
            protocol: without(Safeguard::OneVoteAnEpoch, MAJORITY),
            environment: suspicions(2).alike(&[1, 2]),
            clients: &[],
            verdicts: &[
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (ONE_LEADER_PER_EPOCH, Violated { steps: 6 }),
            ],
        },
        Scenario {
            name: "old-leader-is-obeyed",
            rows: &["A40"],
            question: "What if a follower takes entries from an older epoch?",
            tier: Tier::Quick,
            protocol: without(Safeguard::StaleEpochsRejected, MAJORITY),
            environment: suspicions(1).alike(&[1, 2]),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LEADERS_ARE_COMPLETE, Violated { steps: 7 }),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Violated { steps: 8 }),
            ],
        },
        Scenario {
            name: "majority-on-lazy-disks",
            rows: &["A41"],
            question: "Does a majority make up for disks that are synced later?",
            tier: Tier::Quick,
            protocol: persisting(Persistence::Lazy),
            environment: Environment {
                faults: FaultBudget { unclean_crashes: 1, suspicions: 1, ..FaultBudget::NONE },
                ..Environment::CALM
            }
            .at_most_once()
            .alike(&[1, 2]),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (DISKS_HOLD_WHAT_WAS_SAID, Violated { steps: 1 }),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Violated { steps: 10 }),
            ],
        },
        Scenario {
            name: "disk-is-replaced",
            rows: &["A42"],
            question: "What if a replica comes back with an empty disk under its old name?",
            tier: Tier::Quick,
            protocol: MAJORITY,
            environment: Environment {
                faults: FaultBudget { amnesias: 1, suspicions: 1, ..FaultBudget::NONE },
                spared: ReplicaSet::of(&[0]),
                ..Environment::CALM
            }
            .at_most_once()
            .alike(&[1, 2]),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (EPOCHS_NEVER_DECREASE, Violated { steps: 1 }),
                (ACKNOWLEDGED_UPDATES_ARE_ON_DISK, Violated { steps: 6 }),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Violated { steps: 10 }),
            ],
        },
        Scenario {
            name: "nothing-is-kept",
            rows: &["A42"],
            question: "What if a replica keeps nothing, and comes back from a crash as if it were new?",
            tier: Tier::Quick,
            protocol: persisting(Persistence::Nothing),
            environment: failures(1, 1).suspected_by(&[1]),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (EPOCHS_NEVER_DECREASE, Violated { steps: 1 }),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Violated { steps: 7 }),
            ],
        },
        Scenario {
            name: "log-is-forgotten",
            rows: &["A42"],
            question: "What if it keeps its epoch and its vote, and no log?",
            tier: Tier::Quick,
            protocol: persisting(Persistence::EpochOnly),
            environment: failures(1, 1).at_most_once().alike(&[1, 2]),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (EPOCHS_NEVER_DECREASE, Holds),
                (ONE_LEADER_PER_EPOCH, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Violated { steps: 10 }),
            ],
        },
    ],
};

pub(super) const MAJORITY_HOLDS: &[(Property<SingleLeader>, Verdict)] = &[
    (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
    (ANOTHER_REPLICA_LEADS, Reached),
    (TWO_REPLICAS_LEAD_AT_ONCE, Reached),
    (A_DEPOSED_LEADER_FOLLOWS, Reached),
    (A_LATER_LEADER_ACKNOWLEDGES, Reached),
    (REPLICAS_ARE_WELL_FORMED, Holds),
    (DISKS_HOLD_WHAT_WAS_SAID, Holds),
    (ONE_LEADER_PER_EPOCH, Holds),
    (EPOCHS_NEVER_DECREASE, Holds),
    (LOGS_MATCH, Holds),
    (FOLLOWERS_HOLD_WHAT_LEADERS_BELIEVE, Holds),
    (ACKNOWLEDGED_LOGS_AGREE, Holds),
    (ACKNOWLEDGED_POSITIONS_NEVER_DECREASE, Holds),
    (LEADERS_ARE_COMPLETE, Holds),
    (READERS_SEE_A_PREFIX, Holds),
    (REQUESTS_ARE_APPENDED_ONCE, Holds),
    (ACKNOWLEDGED_UPDATES_ARE_ON_DISK, Holds),
    (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
];
