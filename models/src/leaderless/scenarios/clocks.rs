//! Versions from clocks: what skew does to them.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::leaderless::TieBreak;
use crate::leaderless::properties::*;
use crate::leaderless::witnesses::*;

/// Clocks that may be one tick apart, and move on once.
const SKEWED: Environment =
    Environment { clock_skew: 1, ..faults(FaultBudget { ticks: 1, ..FaultBudget::NONE }) };

/// Clocks that agree, and time to wait for them.
const AGREEING: Environment = faults(FaultBudget { ticks: 2, repeats: 2, ..FaultBudget::NONE });

/// Clocks that may be one tick apart, and time to wait for them.
const SKEWED_WITH_TIME: Environment = Environment {
    clock_skew: 1,
    ..faults(FaultBudget { ticks: 3, repeats: 1, ..FaultBudget::NONE })
};

/// One client that writes at one replica, then at another, and reads.
const ONE_AFTER_THE_OTHER: &[Client] =
    &[client(&[write("x", "1", 0), write("x", "2", 1), read("x", 1)])];

/// One writer after the other, by word of mouth, and a reader.
const BY_WORD_OF_MOUTH: &[Client] = &[
    client(&[Step::HearFrom(1), write("x", "2", 1), read("x", 1)]),
    client(&[write("x", "1", 0), Step::Tell(0)]),
];

/// Two writers at different replicas, of whom one reads.
const TWO_WRITERS: &[Client] =
    &[client(&[write("x", "1", 0)]), client(&[write("x", "2", 1), read("x", 1)])];

const fn clocked(write_quorum: u8, read_quorum: u8, copies: u8, versions: Versions) -> Leaderless {
    Leaderless { versions, ..quorums(write_quorum, read_quorum, copies) }
}

/// One home, and another replica that coordinates too.
const ONE_COPY: Leaderless = Leaderless { replicas: 2, ..clocked(1, 1, 1, Versions::WallClock) };

pub(super) const SECTION: Section<Leaderless> = Section {
    title: "Clocks",
    scenarios: &[
        Scenario {
            name: "skewed-clocks",
            rows: &["C12"],
            question: "Is a later write kept that another replica with a slower clock coordinates?",
            tier: Tier::Quick,
            protocol: clocked(2, 2, 3, Versions::WallClock),
            environment: SKEWED,
            clients: ONE_AFTER_THE_OTHER,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (READ_QUORUMS_MEET_WRITE_QUORUMS, Violated { steps: 11 }),
                (SAFE, Violated { steps: 16 }),
            ],
        },
        Scenario {
            name: "skewed-clocks-and-one-copy",
            rows: &["C12"],
            question: "And if there is only one copy, so that nothing is replicated?",
            tier: Tier::Quick,
            protocol: ONE_COPY,
            environment: SKEWED,
            clients: ONE_AFTER_THE_OTHER,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (SAFE, Violated { steps: 12 }),
            ],
        },
        Scenario {
            name: "clock-stands-still",
            rows: &["C16"],
            question: "Is a later write kept that gets the same time as the one before, where the greater value wins?",
            tier: Tier::Quick,
            protocol: Leaderless { ties: TieBreak::Value, ..clocked(1, 1, 1, Versions::WallClock) },
            environment: ONCE,
            clients: &[client(&[write("x", "2", 0), write("x", "1", 0), read("x", 0)])],
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (SAFE, Violated { steps: 9 }),
            ],
        },
        Scenario {
            name: "clock-stands-still-for-one-author",
            rows: &["C16"],
            question: "And if the later request of the same client wins?",
            tier: Tier::Quick,
            protocol: clocked(1, 1, 1, Versions::WallClock),
            environment: ONCE,
            clients: &[client(&[write("x", "2", 0), write("x", "1", 0), read("x", 0)])],
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (SAFE, Holds),
            ],
        },
        Scenario {
            name: "commit-wait",
            rows: &["C14"],
            question: "Is a register regular whose versions are times, if an acknowledgement waits until its time has passed on every clock?",
            tier: Tier::Quick,
            protocol: clocked(2, 1, 2, Versions::CommitWait { uncertainty: 0 }),
            environment: AGREEING,
            clients: TWO_WRITERS,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (REGULAR, Holds),
            ],
        },
        Scenario {
            name: "commit-wait-in-sequence",
            rows: &["C14"],
            question: "And where one writes after the other?",
            tier: Tier::Quick,
            protocol: clocked(2, 1, 2, Versions::CommitWait { uncertainty: 0 }),
            environment: AGREEING,
            clients: BY_WORD_OF_MOUTH,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (REGULAR, Holds),
            ],
        },
        Scenario {
            name: "commit-wait-and-write-back",
            rows: &["C15"],
            question: "And linearizable, if reads write back?",
            tier: Tier::Quick,
            protocol: Leaderless {
                write_back: WriteBack::WriteQuorum,
                ..clocked(2, 1, 2, Versions::CommitWait { uncertainty: 0 })
            },
            environment: AGREEING,
            clients: TWO_WRITERS,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "commit-wait-shorter-than-the-skew",
            rows: &[],
            question: "And if the wait does not allow for clocks that are a tick apart?",
            tier: Tier::Quick,
            protocol: clocked(2, 1, 2, Versions::CommitWait { uncertainty: 0 }),
            environment: SKEWED_WITH_TIME,
            clients: BY_WORD_OF_MOUTH,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (SAFE, Violated { steps: 16 }),
            ],
        },
        Scenario {
            name: "commit-wait-as-long-as-the-skew",
            rows: &[],
            question: "And if it allows for that?",
            tier: Tier::Quick,
            protocol: clocked(2, 1, 2, Versions::CommitWait { uncertainty: 1 }),
            environment: Environment {
                clock_skew: 1,
                ..faults(FaultBudget { ticks: 6, repeats: 2, ..FaultBudget::NONE })
            },
            clients: BY_WORD_OF_MOUTH,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (SAFE, Holds),
            ],
        },
        Scenario {
            name: "hybrid-clock-of-two",
            rows: &[],
            question: "Does a hybrid clock keep the later write, whose coordinator has not seen the earlier?",
            tier: Tier::Quick,
            protocol: clocked(2, 2, 3, Versions::HybridClock),
            environment: SKEWED,
            clients: BY_WORD_OF_MOUTH,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (EQUAL_VERSIONS_ARE_EQUAL, Holds),
                (SAFE, Violated { steps: 16 }),
            ],
        },
        Scenario {
            name: "hybrid-clock-of-all",
            rows: &[],
            question: "And if every replica has stored what is acknowledged?",
            tier: Tier::Quick,
            protocol: clocked(3, 1, 3, Versions::HybridClock),
            environment: SKEWED,
            clients: BY_WORD_OF_MOUTH,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (SAFE, Holds),
            ],
        },
    ],
};
