//! Writes that reach some homes and not enough.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::leaderless::PartialWrite;
use crate::leaderless::properties::*;
use crate::leaderless::witnesses::*;

/// A coordinator stops waiting; the client goes on.
const GIVING_UP: Environment = suspicions(1, &[0]);

const fn partial(partial: PartialWrite, write_back: WriteBack) -> Leaderless {
    Leaderless { partial, write_back, ..quorums(2, 2, 3) }
}

/// A writer, and a reader who moves on.
const READS_AFTERWARDS: &[Client] = &[
    client(&[write("x", "1", 0), Step::Tell(1)]),
    client(&[Step::HearFrom(0), read("x", 0), read("x", 1)]),
];

pub(super) const SECTION: Section<Leaderless> = Section {
    title: "Partial writes",
    scenarios: &[
        Scenario {
            name: "partial-write-is-called-failed",
            rows: &["C17"],
            question: "May a reader see a write whose client was told that it failed?",
            tier: Tier::Quick,
            protocol: Leaderless {
                write_quorum: 2,
                ..partial(PartialWrite::Failed, WriteBack::Nobody)
            },
            environment: GIVING_UP,
            clients: READS_AFTERWARDS,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (AN_UPDATE_IS_REFUSED, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (SAFE, Violated { steps: 10 }),
            ],
        },
        Scenario {
            name: "partial-write-is-called-indeterminate",
            rows: &["C18"],
            question: "And if its client was told that nobody knows?",
            tier: Tier::Quick,
            protocol: partial(PartialWrite::Indeterminate, WriteBack::Nobody),
            environment: GIVING_UP,
            clients: READS_AFTERWARDS,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (AN_UPDATE_IS_INDETERMINATE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (REGULAR, Holds),
                (MONOTONIC_READS, Violated { steps: 15 }),
                (LINEARIZABLE, Violated { steps: 15 }),
            ],
        },
        Scenario {
            name: "partial-write-is-written-back",
            rows: &["C19"],
            question: "And if whoever reads it writes it back?",
            tier: Tier::Quick,
            protocol: partial(PartialWrite::Indeterminate, WriteBack::WriteQuorum),
            environment: GIVING_UP,
            clients: READS_AFTERWARDS,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (AN_UPDATE_IS_INDETERMINATE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (MONOTONIC_READS, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "client-gives-up",
            rows: &["C18"],
            question: "Is it any different if the client stops waiting, and not the coordinator?",
            tier: Tier::Quick,
            protocol: partial(PartialWrite::Indeterminate, WriteBack::WriteQuorum),
            environment: faults(FaultBudget { give_ups: 1, crashes: 1, ..FaultBudget::NONE }),
            clients: READS_AFTERWARDS,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (AN_UPDATE_IS_INDETERMINATE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
    ],
};
