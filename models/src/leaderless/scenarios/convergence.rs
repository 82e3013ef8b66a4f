//! Whether homes come to hold the same.

use super::*;
use crate::cluster::Links;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::leaderless::properties::*;
use crate::leaderless::witnesses::*;
use crate::leaderless::{AntiEntropy, TieBreak};

/// This many messages are lost for good; timers that repeat what may have been lost fire without
/// end.
const fn losing(losses: u8) -> Environment {
    Environment {
        faults: FaultBudget { losses, repeats: FaultBudget::UNLIMITED, ..FaultBudget::NONE },
        forgets: true,
        ..Environment::CALM
    }
}

/// One of two stores, the other hears of it or not.
const LAZY: Leaderless = quorums(1, 1, 2);

const COMPARING: Leaderless = Leaderless { anti_entropy: AntiEntropy::Ranges, ..LAZY };

const WRITE: &[Client] = &[client(&[write("x", "1", 0)])];

const WRITE_TWICE: &[Client] = &[client(&[write("x", "1", 0)]), client(&[write("x", "2", 1)])];

pub(super) const SECTION: Section<Leaderless> = Section {
    title: "Convergence",
    scenarios: &[
        Scenario {
            name: "lost-write-is-not-repaired",
            rows: &["C25"],
            question: "Do homes come to hold the same, if a message is lost, nobody reads and nothing compares?",
            tier: Tier::Quick,
            protocol: LAZY,
            environment: losing(1),
            clients: WRITE,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (HOMES_CONVERGE, Violated { steps: 5 }),
            ],
        },
        Scenario {
            name: "homes-compare",
            rows: &["C25"],
            question: "And if they compare what they hold now and then?",
            tier: Tier::Quick,
            protocol: COMPARING,
            environment: losing(1),
            clients: WRITE,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ALL_HOMES_ARE_QUIET, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (VERSIONS_NEVER_DECREASE, Holds),
                (HOMES_CONVERGE, Holds),
            ],
        },
        Scenario {
            name: "homes-compare-part-by-part",
            rows: &["C25"],
            question: "And if one message covers one key, and there are two?",
            tier: Tier::Quick,
            protocol: Leaderless { batch: 1, ..COMPARING },
            environment: losing(1),
            clients: &[client(&[write("x", "1", 0), write("y", "1", 0)])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ALL_HOMES_ARE_QUIET, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (VERSIONS_NEVER_DECREASE, Holds),
                (HOMES_CONVERGE, Holds),
            ],
        },
        Scenario {
            name: "equal-times",
            rows: &["C42"],
            question: "Do they come to hold the same where two writes have the same time, and the one wins that arrives later?",
            tier: Tier::Quick,
            protocol: Leaderless { versions: Versions::WallClock, ties: TieBreak::Arrival, ..LAZY },
            environment: losing(0),
            clients: WRITE_TWICE,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (HOMES_CONVERGE, Violated { steps: 10 }),
            ],
        },
        Scenario {
            name: "equal-times-and-authors",
            rows: &["C42"],
            question: "And if the author decides?",
            tier: Tier::Quick,
            protocol: Leaderless { versions: Versions::WallClock, ..LAZY },
            environment: losing(0),
            clients: WRITE_TWICE,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (HOMES_CONVERGE, Holds),
            ],
        },
        Scenario {
            name: "coordinator-asks-again",
            rows: &[],
            question: "Is every request answered, if its coordinator asks again whatever may be lost?",
            tier: Tier::Quick,
            protocol: quorums(2, 2, 2),
            environment: Environment {
                faults: FaultBudget {
                    losses: 1,
                    repeats: FaultBudget::UNLIMITED,
                    retries: FaultBudget::UNLIMITED,
                    ..FaultBudget::NONE
                },
                ..losing(1)
            },
            clients: WRITE_AND_READ,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (EVERY_REQUEST_IS_ANSWERED, Holds),
            ],
        },
        Scenario {
            name: "two-homes-are-out-of-reach",
            rows: &["C31"],
            question: "And if a home that was asked is cut off from both others?",
            tier: Tier::Quick,
            protocol: quorums(2, 2, 3),
            environment: Environment {
                cut: Links::of(&[(0, 1), (1, 0), (0, 2), (2, 0)]),
                ..losing(0)
            },
            clients: &[client(&[write("x", "1", 0)])],
            verdicts: &[
                (AN_UPDATE_IS_UNDER_WAY, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (EVERY_REQUEST_IS_ANSWERED, Violated { steps: 2 }),
            ],
        },
        Scenario {
            name: "read-repairs",
            rows: &["C25"],
            question: "Does a read alone make homes equal, if it repairs without waiting?",
            tier: Tier::Quick,
            protocol: Leaderless { write_back: WriteBack::Asynchronous, ..quorums(1, 2, 2) },
            environment: losing(1),
            clients: &[client(&[write("x", "1", 0), read("x", 1)])],
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (HOMES_CONVERGE, Holds),
            ],
        },
    ],
};
