//! Replicas that stand in for homes: sloppy quorums and hints.

use super::*;
use crate::cluster::Links;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::leaderless::properties::*;
use crate::leaderless::witnesses::*;
use crate::leaderless::{Fallback, HintExpiry};

/// Four replicas, of which `z` has the first three as homes; the last stands in for them.
const fn standing_in(fallback: Fallback) -> Leaderless {
    Leaderless { replicas: 4, fallback, ..quorums(2, 2, 3) }
}

/// One home of `x`, the second, and one who stands in for it.
const ONE_HOME: Leaderless =
    Leaderless { replicas: 2, fallback: Fallback::KeepsHints, ..quorums(1, 1, 1) };

const Z_AND_READ: &[Client] = &[client(&[write("z", "1", 0)]), client(&[read("z", 1)])];

const WRITE_Z: &[Client] = &[client(&[write("z", "1", 0)])];

/// Whatever is lost for good; timers that repeat what may have been lost fire without end.
const fn losing(losses: u8, suspicions: u8) -> Environment {
    Environment {
        faults: FaultBudget {
            losses,
            suspicions,
            repeats: FaultBudget::UNLIMITED,
            ..FaultBudget::NONE
        },
        suspecting: ReplicaSet::of(&[0]),
        forgets: true,
        ..Environment::CALM
    }
}

/// The first two homes are cut off from each other, and only the last replica reaches both.
const HALF_CUT: Environment =
    Environment { cut: Links::of(&[(0, 1), (1, 0), (0, 2), (2, 0)]), ..suspicions(1, &[0]) };

pub(super) const SECTION: Section<Leaderless> = Section {
    title: "Fallbacks",
    scenarios: &[
        Scenario {
            name: "hints-count-for-writes",
            rows: &["C20"],
            question: "Does a read by two of three homes see a write that one home and one that stands in have taken?",
            tier: Tier::Quick,
            protocol: standing_in(Fallback::CountsForWrites),
            environment: suspicions(1, &[0]),
            clients: Z_AND_READ,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (A_HINT_IS_KEPT, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (ACKNOWLEDGED_UPDATES_ARE_STORED, Violated { steps: 6 }),
                (READ_QUORUMS_MEET_WRITE_QUORUMS, Violated { steps: 6 }),
                (SAFE, Violated { steps: 11 }),
            ],
        },
        Scenario {
            name: "hints-count-for-nothing",
            rows: &["C22"],
            question: "And if what those keep that stand in counts for nothing?",
            tier: Tier::Quick,
            protocol: standing_in(Fallback::KeepsHints),
            environment: Environment {
                suspecting: ReplicaSet::of(&[0]),
                ..faults(FaultBudget { suspicions: 1, crashes: 1, ..FaultBudget::NONE })
            },
            clients: Z_AND_READ,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (A_HINT_IS_KEPT, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (ACKNOWLEDGED_UPDATES_ARE_STORED, Holds),
                (READ_QUORUMS_MEET_WRITE_QUORUMS, Holds),
                (REGULAR, Holds),
            ],
        },
        Scenario {
            name: "stand-ins-count-for-reads",
            rows: &[],
            question: "And if one that stands in is asked too, and counts for r?",
            tier: Tier::Quick,
            protocol: standing_in(Fallback::CountsForReads),
            environment: suspicions(1, &[1]),
            clients: Z_AND_READ,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (READ_QUORUMS_MEET_WRITE_QUORUMS, Holds),
                (SAFE, Violated { steps: 11 }),
            ],
        },
        Scenario {
            name: "hint-is-handed-over",
            rows: &["C22"],
            question: "Does what is kept for a home reach it, if a message is lost?",
            tier: Tier::Quick,
            protocol: standing_in(Fallback::KeepsHints),
            environment: losing(1, 1),
            clients: WRITE_Z,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_HINT_IS_KEPT, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (HINTS_ARE_KEPT_UNTIL_HANDED_OVER, Holds),
                (HINTS_CAN_BE_HANDED_OVER, Holds),
            ],
        },
        Scenario {
            name: "hint-goes-to-another-home",
            rows: &["C23"],
            question: "And if it is handed to another home?",
            tier: Tier::Quick,
            protocol: without(Safeguard::HintsGoToTheirOwner, standing_in(Fallback::KeepsHints)),
            environment: losing(1, 1),
            clients: WRITE_Z,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_HINT_IS_KEPT, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (HINTS_ARE_KEPT_UNTIL_HANDED_OVER, Violated { steps: 7 }),
            ],
        },
        Scenario {
            name: "hint-is-dropped-when-sent",
            rows: &[],
            question: "And if it is dropped as soon as it is sent?",
            tier: Tier::Quick,
            protocol: without(Safeguard::HintsKeptUntilStored, standing_in(Fallback::KeepsHints)),
            environment: losing(1, 1),
            clients: WRITE_Z,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_HINT_IS_KEPT, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (HINTS_ARE_KEPT_UNTIL_HANDED_OVER, Violated { steps: 5 }),
            ],
        },
        Scenario {
            name: "hint-expires",
            rows: &["C24"],
            question: "And if it is kept for a while only, and nothing else repairs?",
            tier: Tier::Quick,
            protocol: Leaderless {
                hints: HintExpiry::AfterAWhile,
                ..standing_in(Fallback::KeepsHints)
            },
            environment: Environment { suspecting: ReplicaSet::of(&[0, 3]), ..losing(1, 2) },
            clients: WRITE_Z,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_HINT_IS_KEPT, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (HINTS_ARE_KEPT_UNTIL_HANDED_OVER, Violated { steps: 5 }),
                (HOMES_CONVERGE, Violated { steps: 7 }),
            ],
        },
        Scenario {
            name: "owner-is-cut-off-from-its-stand-in",
            rows: &["C22"],
            question: "And if whoever keeps it cannot reach the home?",
            tier: Tier::Quick,
            protocol: standing_in(Fallback::KeepsHints),
            environment: Environment { cut: Links::of(&[(3, 1), (3, 2)]), ..losing(1, 1) },
            clients: WRITE_Z,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_HINT_IS_KEPT, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (HINTS_ARE_KEPT_UNTIL_HANDED_OVER, Holds),
                (HINTS_CAN_BE_HANDED_OVER, Violated { steps: 4 }),
            ],
        },
        Scenario {
            name: "hints-reach-a-home-that-is-cut-off",
            rows: &["C20"],
            question: "Is a write acknowledged at a home that reaches only one that stands in?",
            tier: Tier::Quick,
            protocol: standing_in(Fallback::CountsForWrites),
            environment: HALF_CUT,
            clients: Z_AND_READ,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_HINT_IS_KEPT, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (SAFE, Violated { steps: 11 }),
            ],
        },
        Scenario {
            name: "newer-hint-is-handed-over",
            rows: &[],
            question: "Does what is kept for a home while something older is handed over reach it, too?",
            tier: Tier::Quick,
            protocol: ONE_HOME,
            environment: losing(0, 2),
            clients: &[client(&[write("x", "1", 0), write("x", "2", 0)])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_HINT_IS_KEPT, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (HINTS_ARE_KEPT_UNTIL_HANDED_OVER, Holds),
                (HINTS_CAN_BE_HANDED_OVER, Holds),
            ],
        },
    ],
};
