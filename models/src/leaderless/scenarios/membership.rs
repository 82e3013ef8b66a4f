//! Changing who the homes are.

use super::*;
use crate::cluster::Links;
use crate::cluster::Verdict::{self, Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::leaderless::Membership;
use crate::leaderless::properties::*;
use crate::leaderless::witnesses::*;

/// One writer, majorities of so many homes at first, reads that repair nothing.
const fn changing(homes: u8, replicas: u8) -> Leaderless {
    let quorum = homes / 2 + 1;
    let membership = Membership::OneByOne;
    Leaderless { replicas, membership, ..quorums(quorum, quorum, homes) }
}

const fn add_home(added: u8) -> Step {
    Step::Ask(Ask::AddReplica(added), At::Replica(0))
}

const fn remove_home(removed: u8) -> Step {
    Step::Ask(Ask::RemoveReplica(removed), At::Replica(0))
}

/// Homes join one after the other, while one client writes and another reads.
const TWO_JOIN: &[Client] =
    &[client(&[add_home(1), add_home(2)]), client(&[write("x", "1", 0)]), client(&[read("x", 2)])];

/// The same, where whoever writes reads afterwards, at a replica that is never a home.
const TWO_JOIN_AND_MISS: &[Client] =
    &[client(&[add_home(1), add_home(2)]), client(&[write("x", "1", 1), read("x", 3)])];

/// Homes join one after the other once the write is done, of which the reader is told.
const WRITE_THEN_TWO_JOIN: &[Client] = &[
    client(&[write("x", "1", 0), Step::Tell(1), add_home(1), add_home(2)]),
    client(&[Step::HearFrom(0), read("x", 2)]),
];

/// The same with two registers, of which the second is read.
const WRITE_BOTH_THEN_TWO_JOIN: &[Client] = &[
    client(&[write("x", "1", 0), write("y", "1", 0), Step::Tell(1), add_home(1), add_home(2)]),
    client(&[Step::HearFrom(0), read("y", 2)]),
];

/// Once the write is done, two operators do not wait for each other.
const WRITE_THEN_TWO_JOIN_AT_ONCE: &[Client] = &[
    client(&[write("x", "1", 0), Step::Tell(1), Step::Tell(2), add_home(1)]),
    client(&[Step::HearFrom(0), add_home(2)]),
    client(&[Step::HearFrom(0), read("x", 2)]),
];

/// The same with homes 3 and 4, and a reader at the last.
const WRITE_THEN_TWO_JOIN_THREE: &[Client] = &[
    client(&[write("x", "1", 0), Step::Tell(1), Step::Tell(2), add_home(3)]),
    client(&[Step::HearFrom(0), add_home(4)]),
    client(&[Step::HearFrom(0), read("x", 4)]),
];

/// Of five replicas, only the second hears from the first, besides the last.
const TWO_SIDES: Links =
    Links::of(&[(0, 2), (2, 0), (0, 3), (3, 0), (1, 2), (1, 3), (1, 4), (4, 1)]);

/// What a change of homes must not cost.
const CHANGES_HOLD: &[(Property<Leaderless>, Verdict)] = &[
    (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
    (A_READ_FINDS_A_VALUE, Reached),
    (HOMES_CHANGE, Reached),
    (A_COORDINATOR_IS_OUTDATED, Reached),
    (REGISTERS_ARE_WELL_FORMED, Holds),
    (CHANGES_LEAD_TO_THE_SAME_HOMES, Holds),
    (SETTLED_CHANGES_ARE_KNOWN, Holds),
    (SETTLED_CHANGES_ARE_HANDED_OVER, Holds),
    (READ_QUORUMS_MEET_WRITE_QUORUMS, Holds),
    (SAFE, Holds),
    (REGULAR, Holds),
];

pub(super) const SECTION: Section<Leaderless> = Section {
    title: "Membership",
    scenarios: &[
        Scenario {
            name: "homes-join-one-by-one",
            rows: &["C40"],
            question: "Does a read see what was written while two homes join one, the second once the first has joined?",
            tier: Tier::Quick,
            protocol: changing(1, 3),
            environment: ONCE,
            clients: TWO_JOIN,
            verdicts: CHANGES_HOLD,
        },
        Scenario {
            name: "homes-leave-one-by-one",
            rows: &["C40"],
            question: "And if two of three homes leave, one after the other?",
            tier: Tier::Quick,
            protocol: changing(3, 3),
            environment: ONCE,
            clients: &[
                client(&[remove_home(0), remove_home(1)]),
                client(&[write("x", "1", 1)]),
                client(&[read("x", 0)]),
            ],
            verdicts: CHANGES_HOLD,
        },
        Scenario {
            name: "keeper-crashes",
            rows: &["C40"],
            question: "And if whoever keeps the list crashes, and the operator asks again?",
            tier: Tier::Quick,
            protocol: changing(1, 3),
            environment: faults(FaultBudget { crashes: 1, retries: 1, ..FaultBudget::NONE }),
            clients: WRITE_THEN_TWO_JOIN,
            verdicts: CHANGES_HOLD,
        },
        Scenario {
            name: "homes-join-range-by-range",
            rows: &["C40"],
            question: "And if one message carries one register, and there are two?",
            tier: Tier::Quick,
            protocol: Leaderless { batch: 1, ..changing(1, 3) },
            environment: faults(FaultBudget { repeats: 1, ..FaultBudget::NONE }),
            clients: WRITE_BOTH_THEN_TWO_JOIN,
            verdicts: CHANGES_HOLD,
        },
        Scenario {
            name: "coordinator-misses-two-changes",
            rows: &["C40"],
            question: "Does a read see the latest write if its coordinator has heard of neither of two changes?",
            tier: Tier::Quick,
            protocol: changing(1, 4),
            environment: ONCE,
            clients: TWO_JOIN_AND_MISS,
            verdicts: CHANGES_HOLD,
        },
        Scenario {
            name: "outdated-homes-answer",
            rows: &[],
            question: "And if homes answer it, whichever homes it asks among?",
            tier: Tier::Quick,
            protocol: without(Safeguard::OutdatedHomesRefused, changing(1, 4)),
            environment: ONCE,
            clients: TWO_JOIN_AND_MISS,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (HOMES_CHANGE, Reached),
                (A_COORDINATOR_IS_OUTDATED, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (SAFE, Violated { steps: 18 }),
            ],
        },
        Scenario {
            name: "second-change-waits",
            rows: &["C40"],
            question: "Can a second operator change homes before the first change is settled?",
            tier: Tier::Quick,
            protocol: changing(1, 3),
            environment: ONCE,
            clients: WRITE_THEN_TWO_JOIN_AT_ONCE,
            verdicts: &[
                (A_READ_FINDS_A_VALUE, Reached),
                (HOMES_CHANGE, Reached),
                (AN_UPDATE_IS_REFUSED, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (CHANGES_LEAD_TO_THE_SAME_HOMES, Holds),
                (READ_QUORUMS_MEET_WRITE_QUORUMS, Holds),
                (REGULAR, Holds),
            ],
        },
        Scenario {
            name: "two-homes-join-at-once",
            rows: &["C39"],
            question: "And if the second change does not wait for the first?",
            tier: Tier::Quick,
            protocol: without(Safeguard::OneChangeAtATime, changing(1, 3)),
            environment: ONCE,
            clients: WRITE_THEN_TWO_JOIN_AT_ONCE,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (HOMES_CHANGE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (READ_QUORUMS_MEET_WRITE_QUORUMS, Violated { steps: 9 }),
                (SAFE, Violated { steps: 15 }),
            ],
        },
        Scenario {
            name: "changes-hand-nothing-over",
            rows: &[],
            question: "And if it waits, and homes that join do not hold what the others held?",
            tier: Tier::Quick,
            protocol: without(Safeguard::ChangesHandOver, changing(1, 3)),
            environment: ONCE,
            clients: TWO_JOIN,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (HOMES_CHANGE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (SETTLED_CHANGES_ARE_KNOWN, Violated { steps: 2 }),
                (SETTLED_CHANGES_ARE_HANDED_OVER, Violated { steps: 5 }),
                (READ_QUORUMS_MEET_WRITE_QUORUMS, Violated { steps: 8 }),
                (SAFE, Violated { steps: 14 }),
            ],
        },
        Scenario {
            name: "keeper-loses-its-disk",
            rows: &[],
            question: "And if whoever keeps the list loses its disk?",
            tier: Tier::Quick,
            protocol: changing(1, 3),
            environment: faults(FaultBudget { amnesias: 1, ..FaultBudget::NONE }),
            clients: &[client(&[add_home(1), add_home(2)])],
            verdicts: &[
                (HOMES_CHANGE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (CHANGES_LEAD_TO_THE_SAME_HOMES, Violated { steps: 9 }),
            ],
        },
        Scenario {
            name: "three-homes-become-five-at-once",
            rows: &["C39"],
            question: "Does a majority of five homes meet one of the three that were?",
            tier: Tier::Quick,
            protocol: without(Safeguard::OneChangeAtATime, changing(3, 5)),
            environment: Environment { cut: TWO_SIDES, ..ONCE },
            clients: WRITE_THEN_TWO_JOIN_THREE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (HOMES_CHANGE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (READ_QUORUMS_MEET_WRITE_QUORUMS, Violated { steps: 11 }),
                (SAFE, Violated { steps: 19 }),
            ],
        },
        Scenario {
            name: "home-joins",
            rows: &["C40"],
            question: "Does a read see what was written while a fourth home joined three?",
            tier: Tier::Thorough,
            protocol: changing(3, 4),
            environment: ONCE,
            clients: &[
                client(&[add_home(3)]),
                client(&[write("x", "1", 1)]),
                client(&[read("x", 3)]),
            ],
            verdicts: CHANGES_HOLD,
        },
    ],
};
