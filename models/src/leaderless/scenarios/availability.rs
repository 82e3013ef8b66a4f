//! Which operation still completes with how many homes down or out of reach.

use super::*;
use crate::cluster::Links;
use crate::cluster::Verdict::{Holds, Reached, Unreachable, Violated};
use crate::cluster::{Scenario, Tier};
use crate::leaderless::Fallback;
use crate::leaderless::properties::*;
use crate::leaderless::witnesses::*;

const fn down(replicas: &[u8]) -> Environment {
    Environment { down: ReplicaSet::of(replicas), ..ONCE }
}

const WRITE: &[Client] = &[client(&[write("z", "1", 0)])];
const READ: &[Client] = &[client(&[read("z", 0)])];

/// The first replica on one side, all others on the other.
const SPLIT: Environment =
    Environment { cut: Links::of(&[(0, 1), (1, 0), (0, 2), (2, 0)]), ..ONCE };

/// One who asks on each side.
const BOTH_SIDES: &[Client] = &[client(&[write("z", "1", 0)]), client(&[read("z", 1)])];

/// The same, and the reader asks once the writer has been answered.
const ONE_SIDE_THEN_THE_OTHER: &[Client] =
    &[client(&[write("z", "1", 0), Step::Tell(1)]), client(&[Step::HearFrom(0), read("z", 1)])];

/// A partition that appears, and heals.
const HEALING: Environment = Environment {
    partition: Links::of(&[(0, 1), (1, 0), (0, 2), (2, 0)]),
    ..faults(FaultBudget { partitions: 1, ..FaultBudget::NONE })
};

pub(super) const SECTION: Section<Leaderless> = Section {
    title: "Availability",
    scenarios: &[
        Scenario {
            name: "write-with-one-of-three-down",
            rows: &["C31"],
            question: "Does a write to two of three complete with one down?",
            tier: Tier::Quick,
            protocol: quorums(2, 2, 3),
            environment: down(&[2]),
            clients: WRITE,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
            ],
        },
        Scenario {
            name: "write-with-two-of-three-down",
            rows: &["C31"],
            question: "And with two down?",
            tier: Tier::Quick,
            protocol: quorums(2, 2, 3),
            environment: down(&[1, 2]),
            clients: WRITE,
            verdicts: &[
                (AN_UPDATE_IS_UNDER_WAY, Reached),
                (AN_UPDATE_IS_ACKNOWLEDGED, Unreachable),
                (REGISTERS_ARE_WELL_FORMED, Holds),
            ],
        },
        Scenario {
            name: "read-with-one-of-three-down",
            rows: &["C31"],
            question: "Does a read by two of three complete with one down?",
            tier: Tier::Quick,
            protocol: quorums(2, 2, 3),
            environment: down(&[2]),
            clients: READ,
            verdicts: &[(A_READ_IS_ANSWERED, Reached), (REGISTERS_ARE_WELL_FORMED, Holds)],
        },
        Scenario {
            name: "read-with-two-of-three-down",
            rows: &["C31"],
            question: "Is a read by two of three answered by one, with two down?",
            tier: Tier::Quick,
            protocol: quorums(2, 2, 3),
            environment: Environment {
                suspecting: ReplicaSet::of(&[0]),
                faults: FaultBudget { suspicions: 1, ..FaultBudget::NONE },
                ..down(&[1, 2])
            },
            clients: READ,
            verdicts: &[
                (A_READ_IS_REFUSED, Reached),
                (A_READ_IS_ANSWERED, Unreachable),
                (REGISTERS_ARE_WELL_FORMED, Holds),
            ],
        },
        Scenario {
            name: "write-to-all-with-one-down",
            rows: &["C31"],
            question: "Does a write to all three complete with one down?",
            tier: Tier::Quick,
            protocol: quorums(3, 1, 3),
            environment: down(&[2]),
            clients: WRITE,
            verdicts: &[
                (AN_UPDATE_IS_UNDER_WAY, Reached),
                (AN_UPDATE_IS_ACKNOWLEDGED, Unreachable),
                (REGISTERS_ARE_WELL_FORMED, Holds),
            ],
        },
        Scenario {
            name: "read-from-one-with-two-down",
            rows: &["C31"],
            question: "And a read from one with two down?",
            tier: Tier::Quick,
            protocol: quorums(3, 1, 3),
            environment: down(&[1, 2]),
            clients: READ,
            verdicts: &[(A_READ_IS_ANSWERED, Reached), (REGISTERS_ARE_WELL_FORMED, Holds)],
        },
        Scenario {
            name: "write-to-three-of-five-with-two-down",
            rows: &["C31"],
            question: "Does a write to three of five complete with two down?",
            tier: Tier::Quick,
            protocol: quorums(3, 3, 5),
            environment: down(&[3, 4]),
            clients: WRITE,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
            ],
        },
        Scenario {
            name: "write-to-three-of-five-with-three-down",
            rows: &["C31"],
            question: "And with three down?",
            tier: Tier::Quick,
            protocol: quorums(3, 3, 5),
            environment: down(&[2, 3, 4]),
            clients: WRITE,
            verdicts: &[
                (AN_UPDATE_IS_UNDER_WAY, Reached),
                (AN_UPDATE_IS_ACKNOWLEDGED, Unreachable),
                (REGISTERS_ARE_WELL_FORMED, Holds),
            ],
        },
        Scenario {
            name: "read-that-writes-back-with-homes-down",
            rows: &["C31"],
            question: "Does a read from one complete with one down, if it writes back to all three?",
            tier: Tier::Quick,
            protocol: Leaderless { write_back: WriteBack::WriteQuorum, ..quorums(3, 1, 3) },
            environment: down(&[2]),
            clients: &[client(&[write("z", "1", 0)]), client(&[read("z", 0)])],
            verdicts: &[
                (AN_UPDATE_IS_UNDER_WAY, Reached),
                (A_READ_FINDS_A_VALUE, Unreachable),
                (REGISTERS_ARE_WELL_FORMED, Holds),
            ],
        },
        Scenario {
            name: "fallback-with-two-of-three-down",
            rows: &["C31"],
            question: "Does a write complete with two homes down, if one counts that stands in?",
            tier: Tier::Quick,
            protocol: Leaderless {
                replicas: 4,
                fallback: Fallback::CountsForWrites,
                ..quorums(2, 2, 3)
            },
            environment: Environment { down: ReplicaSet::of(&[1, 2]), ..suspicions(1, &[0]) },
            clients: WRITE,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_HINT_IS_KEPT, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
            ],
        },
        Scenario {
            name: "smaller-side-waits",
            rows: &["D05"],
            question: "Does a write complete on the smaller side of a partition?",
            tier: Tier::Quick,
            protocol: Leaderless { write_back: WriteBack::WriteQuorum, ..quorums(2, 2, 3) },
            environment: SPLIT,
            clients: BOTH_SIDES,
            verdicts: &[
                (A_READ_IS_ANSWERED, Reached),
                (AN_UPDATE_IS_ACKNOWLEDGED, Unreachable),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "both-sides-answer",
            rows: &["D05"],
            question: "Is a register linearizable that answers on both sides?",
            tier: Tier::Quick,
            protocol: quorums(1, 1, 3),
            environment: SPLIT,
            clients: ONE_SIDE_THEN_THE_OTHER,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Violated { steps: 7 }),
            ],
        },
        Scenario {
            name: "partition-comes-and-goes",
            rows: &["D05"],
            question: "And if quorums wait until the partition heals?",
            tier: Tier::Quick,
            protocol: Leaderless { write_back: WriteBack::WriteQuorum, ..quorums(2, 2, 3) },
            environment: HEALING,
            clients: ONE_SIDE_THEN_THE_OTHER,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
    ],
};
