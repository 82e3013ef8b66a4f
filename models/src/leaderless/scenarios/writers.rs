//! Several writers, and how their updates are told apart.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::leaderless::TieBreak;
use crate::leaderless::properties::*;
use crate::leaderless::witnesses::*;

/// Two writers at different replicas, of whom one reads.
const TWO_WRITERS: &[Client] =
    &[client(&[write("x", "1", 0)]), client(&[write("x", "2", 1), read("x", 1)])];

/// One writer that writes twice, and a reader.
const ONE_WRITER: &[Client] =
    &[client(&[write("x", "1", 0), write("x", "2", 0)]), client(&[read("x", 1)])];

/// Every coordinator remembers what it has answered; a client asks another one again.
const RETRYING: Environment =
    Environment { faults: FaultBudget { retries: 1, ..FaultBudget::NONE }, ..ONCE };

/// A client that asks again, wherever; another that writes once the first value has been seen.
const REPEATED: &[Client] = &[
    client(&[Step::Ask(Ask::Write("x", "1"), At::Any)]),
    client(&[read("x", 0), write("x", "2", 0), read("x", 0)]),
];

pub(super) const SECTION: Section<Leaderless> = Section {
    title: "Several writers",
    scenarios: &[
        Scenario {
            name: "query-and-write-back",
            rows: &["C10"],
            question: "Is a register linearizable that two clients write, if they ask for the highest version first?",
            tier: Tier::Quick,
            protocol: Leaderless::majority(3),
            environment: ONCE,
            clients: TWO_WRITERS,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (EQUAL_VERSIONS_ARE_EQUAL, Holds),
                (VERSIONS_NEVER_DECREASE, Holds),
                (ACKNOWLEDGED_UPDATES_ARE_STORED, Holds),
                (READ_QUORUMS_MEET_WRITE_QUORUMS, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "queries-survive-a-crash",
            rows: &["C10"],
            question: "Do two homes keep what each of two writers was acknowledged, if a replica may crash?",
            tier: Tier::Quick,
            protocol: Leaderless::majority(3),
            environment: crashes(1),
            clients: &[client(&[write("x", "1", 0)]), client(&[write("x", "2", 1)])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (EQUAL_VERSIONS_ARE_EQUAL, Holds),
                (VERSIONS_NEVER_DECREASE, Holds),
                (ACKNOWLEDGED_UPDATES_ARE_STORED, Holds),
                (READ_QUORUMS_MEET_WRITE_QUORUMS, Holds),
            ],
        },
        Scenario {
            name: "query-without-write-back",
            rows: &["C10"],
            question: "And if reads write nothing back?",
            tier: Tier::Quick,
            protocol: Leaderless { write_back: WriteBack::Nobody, ..Leaderless::majority(3) },
            environment: ONCE,
            clients: WRITE_AND_READ_TWICE,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (REGULAR, Holds),
                (LINEARIZABLE, Violated { steps: 14 }),
            ],
        },
        Scenario {
            name: "latest-arrival-wins",
            rows: &["C11"],
            question: "And if of two equal versions the one that arrives later wins?",
            tier: Tier::Quick,
            protocol: Leaderless { ties: TieBreak::Arrival, ..Leaderless::majority(3) },
            environment: ONCE,
            clients: TWO_WRITERS,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (EQUAL_VERSIONS_ARE_EQUAL, Violated { steps: 8 }),
            ],
        },
        Scenario {
            name: "numbers-of-two-writers",
            rows: &[],
            question: "And if each writer numbers its own updates and asks nobody?",
            tier: Tier::Quick,
            protocol: Leaderless { versions: Versions::SingleWriter, ..Leaderless::majority(3) },
            environment: ONCE,
            clients: &[
                client(&[write("x", "1", 0), write("x", "2", 0)]),
                client(&[write("x", "3", 1), read("x", 1)]),
            ],
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (EQUAL_VERSIONS_ARE_EQUAL, Holds),
                (SAFE, Violated { steps: 17 }),
            ],
        },
        Scenario {
            name: "older-contents-are-taken",
            rows: &[],
            question: "Does a reader see the later of two writes, if replicas take whatever arrives?",
            tier: Tier::Quick,
            protocol: without(Safeguard::OlderContentsIgnored, quorums(2, 2, 3)),
            environment: ONCE,
            clients: ONE_WRITER,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (VERSIONS_NEVER_DECREASE, Violated { steps: 9 }),
                (READ_QUORUMS_MEET_WRITE_QUORUMS, Violated { steps: 11 }),
                (REGULAR, Violated { steps: 16 }),
            ],
        },
        Scenario {
            name: "older-contents-are-ignored",
            rows: &[],
            question: "And if they keep what is newer?",
            tier: Tier::Quick,
            protocol: quorums(2, 2, 3),
            environment: ONCE,
            clients: ONE_WRITER,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (VERSIONS_NEVER_DECREASE, Holds),
                (READ_QUORUMS_MEET_WRITE_QUORUMS, Holds),
                (REGULAR, Holds),
            ],
        },
        Scenario {
            name: "repeated-write-comes-back",
            rows: &[],
            question: "Can a write come back that its client repeats at another coordinator after it was replaced?",
            tier: Tier::Quick,
            protocol: Leaderless::majority(2),
            environment: RETRYING,
            clients: REPEATED,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Violated { steps: 29 }),
            ],
        },
        Scenario {
            name: "numbered-write-does-not-come-back",
            rows: &[],
            question: "And if its client numbers it?",
            tier: Tier::Quick,
            protocol: Leaderless { versions: Versions::SingleWriter, ..Leaderless::majority(2) },
            environment: RETRYING,
            clients: &[
                client(&[
                    Step::Ask(Ask::Write("x", "1"), At::Any),
                    Step::Ask(Ask::Write("x", "2"), At::Any),
                ]),
                client(&[read("x", 0), read("x", 0)]),
            ],
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
    ],
};
