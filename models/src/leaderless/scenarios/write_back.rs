//! What reads write back before they answer, and what that buys.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::leaderless::properties::*;
use crate::leaderless::witnesses::*;

/// One writer, and a reader who asks one replica and then another.
const fn repairing(
    write_quorum: u8,
    read_quorum: u8,
    copies: u8,
    write_back: WriteBack,
) -> Leaderless {
    Leaderless { write_back, ..quorums(write_quorum, read_quorum, copies) }
}

pub(super) const SECTION: Section<Leaderless> = Section {
    title: "Write-back",
    scenarios: &[
        Scenario {
            name: "write-back-to-two-of-three",
            rows: &["C05"],
            question: "May a reader see a write and then no longer, if it is written to two of three before a read shows it?",
            tier: Tier::Quick,
            protocol: repairing(2, 2, 3, WriteBack::WriteQuorum),
            environment: crashes(1),
            clients: WRITE_AND_READ_TWICE,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (VERSIONS_NEVER_DECREASE, Holds),
                (READ_QUORUMS_MEET_WRITE_QUORUMS, Holds),
                (MONOTONIC_READS, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "write-back-to-all-of-three",
            rows: &["C05"],
            question: "And if all three have to store, and one answers?",
            tier: Tier::Quick,
            protocol: repairing(3, 1, 3, WriteBack::WriteQuorum),
            environment: crashes(1),
            clients: WRITE_AND_READ_TWICE,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "write-back-to-two-of-four",
            rows: &["C05"],
            question: "And if two of four store, and three answer?",
            tier: Tier::Quick,
            protocol: repairing(2, 3, 4, WriteBack::WriteQuorum),
            environment: ONCE,
            clients: WRITE_AND_READ_TWICE,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "contacted-replicas-are-repaired",
            rows: &["C06"],
            question: "Is it enough to repair the two of three that have answered?",
            tier: Tier::Quick,
            protocol: repairing(2, 2, 3, WriteBack::Contacted),
            environment: crashes(1),
            clients: WRITE_AND_READ_TWICE,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "only-one-is-contacted",
            rows: &[],
            question: "And if only one has answered, of three that all have to store?",
            tier: Tier::Quick,
            protocol: repairing(3, 1, 3, WriteBack::Contacted),
            environment: ONCE,
            clients: WRITE_AND_READ_TWICE,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (REGULAR, Holds),
                (MONOTONIC_READS, Violated { steps: 8 }),
                (LINEARIZABLE, Violated { steps: 8 }),
            ],
        },
        Scenario {
            name: "unanimous-answers",
            rows: &["C08"],
            question: "Is it enough to write back where two of three answer differently?",
            tier: Tier::Quick,
            protocol: repairing(2, 2, 3, WriteBack::UnlessUnanimous),
            environment: crashes(1),
            clients: WRITE_AND_READ_TWICE,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "one-answer-is-unanimous",
            rows: &[],
            question: "And if one answer is all there is?",
            tier: Tier::Quick,
            protocol: repairing(3, 1, 3, WriteBack::UnlessUnanimous),
            environment: ONCE,
            clients: WRITE_AND_READ_TWICE,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (REGULAR, Holds),
                (LINEARIZABLE, Violated { steps: 8 }),
            ],
        },
        Scenario {
            name: "asynchronous-repair",
            rows: &["C09", "C41"],
            question: "Does it help to repair without waiting?",
            tier: Tier::Quick,
            protocol: repairing(2, 2, 3, WriteBack::Asynchronous),
            environment: ONCE,
            clients: WRITE_AND_READ_TWICE,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (REGULAR, Holds),
                (MONOTONIC_READS, Violated { steps: 12 }),
                (LINEARIZABLE, Violated { steps: 12 }),
            ],
        },
        Scenario {
            name: "write-back-without-intersection",
            rows: &[],
            question: "Does writing back make up for quorums that do not meet?",
            tier: Tier::Quick,
            protocol: repairing(1, 1, 3, WriteBack::WriteQuorum),
            environment: ONCE,
            clients: WRITE_AND_READ,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (READ_QUORUMS_MEET_WRITE_QUORUMS, Violated { steps: 3 }),
                (SAFE, Violated { steps: 6 }),
            ],
        },
    ],
};
