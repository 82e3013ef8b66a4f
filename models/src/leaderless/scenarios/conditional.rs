//! Additions and compare-and-sets: read and then write, or agree.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::leaderless::Agreement;
use crate::leaderless::properties::*;
use crate::leaderless::witnesses::*;

/// Replicas agree on every operation.
const AGREEING: Leaderless =
    Leaderless { agreement: Agreement::Everything, ..Leaderless::majority(3) };

/// They read and then write.
const READING: Leaderless = Leaderless::majority(3);

const ADD_TWICE: &[Client] = &[client(&[add("n", 1, 0)]), client(&[add("n", 1, 1)])];

/// Two clients grab the same packet.
const GRAB: &[Client] = &[
    client(&[compare_and_set("packet", None, "mine", 0)]),
    client(&[compare_and_set("packet", None, "yours", 1)]),
];

/// One promise is enough where both of two have to accept (Howard et al. 2016, Flexible Paxos).
const FLEXIBLE: Leaderless = Leaderless {
    write_quorum: 2,
    read_quorum: 1,
    agreement: Agreement::Everything,
    ..Leaderless::majority(2)
};

/// One copy, and two replicas that coordinate.
const ONE_COPY: Leaderless = Leaderless { replicas: 2, ..Leaderless::majority(1) };

/// One who changes, and others who look through different replicas.
const CHANGE_AND_LOOK: &[Client] =
    &[client(&[compare_and_set("x", None, "1", 0)]), client(&[read("x", 0), read("x", 1)])];

/// A client that asks again wherever it likes.
const RETRYING: Environment = faults(FaultBudget { retries: 1, ..FaultBudget::NONE });

/// One client changes, asking again; another changes back.
const CHANGE_BACK: &[Client] = &[
    client(&[Step::Ask(Ask::CompareAndSet("x", None, "1"), At::Any)]),
    client(&[compare_and_set("x", Some("1"), "2", 1)]),
];

const COUNT: &[Client] =
    &[client(&[Step::Ask(Ask::Add("n", 1), At::Any)]), client(&[add("n", 2, 1), read("n", 1)])];

/// One client gives a read up and adds, at a replica that is no home; another adds to that and looks.
const GIVE_UP_AND_COUNT: &[Client] =
    &[client(&[read("n", 0), add("n", 1, 0)]), client(&[add("n", 2, 1), read("n", 1)])];

pub(super) const SECTION: Section<Leaderless> = Section {
    title: "Conditional updates",
    scenarios: &[
        Scenario {
            name: "additions-read-and-then-write",
            rows: &["C32"],
            question: "Do two additions add up, if each reads and then writes?",
            tier: Tier::Quick,
            protocol: READING,
            environment: ONCE,
            clients: ADD_TWICE,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (EQUAL_VERSIONS_ARE_EQUAL, Holds),
                (NO_UPDATE_IS_LOST_UNSEEN, Violated { steps: 14 }),
                (LINEARIZABLE, Violated { steps: 14 }),
            ],
        },
        Scenario {
            name: "additions-agree",
            rows: &["C34"],
            question: "And if replicas agree on each?",
            tier: Tier::Quick,
            protocol: AGREEING,
            environment: ONCE,
            clients: ADD_TWICE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (EQUAL_VERSIONS_ARE_EQUAL, Holds),
                (PROMISES_NEVER_DECREASE, Holds),
                (VERSIONS_NEVER_DECREASE, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "packet-is-grabbed-twice",
            rows: &["D04"],
            question: "Can two clients grab one packet, if each looks and then writes?",
            tier: Tier::Quick,
            protocol: READING,
            environment: ONCE,
            clients: GRAB,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Violated { steps: 14 }),
            ],
        },
        Scenario {
            name: "packet-is-grabbed-once",
            rows: &["D04"],
            question: "And if replicas agree on who grabs it?",
            tier: Tier::Quick,
            protocol: AGREEING,
            environment: ONCE,
            clients: GRAB,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "agreement-survives-a-crash",
            rows: &["C34"],
            question: "And if a replica may crash meanwhile?",
            tier: Tier::Quick,
            protocol: AGREEING,
            environment: crashes(1),
            clients: GRAB,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (EQUAL_VERSIONS_ARE_EQUAL, Holds),
                (PROMISES_NEVER_DECREASE, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "serial-read-proposes",
            rows: &["C35"],
            question: "Does a read see a change that is under way, and then no longer?",
            tier: Tier::Quick,
            protocol: FLEXIBLE,
            environment: ONCE,
            clients: CHANGE_AND_LOOK,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "serial-read-only-asks",
            rows: &["C35"],
            question: "And if a read proposes nothing?",
            tier: Tier::Quick,
            protocol: without(Safeguard::SerialReadsPropose, FLEXIBLE),
            environment: ONCE,
            clients: CHANGE_AND_LOOK,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Violated { steps: 8 }),
            ],
        },
        Scenario {
            name: "promises-are-broken",
            rows: &[],
            question: "And if a replica that has promised a ballot accepts lower ones?",
            tier: Tier::Quick,
            protocol: without(Safeguard::PromisesKept, AGREEING),
            environment: ONCE,
            clients: GRAB,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (PROMISES_NEVER_DECREASE, Violated { steps: 5 }),
                (LINEARIZABLE, Violated { steps: 14 }),
            ],
        },
        Scenario {
            name: "plain-writes-beside-agreement",
            rows: &["C36"],
            question: "Is a register linearizable that replicas agree on, if it is also written without asking, under the time of a clock?",
            tier: Tier::Quick,
            protocol: Leaderless {
                agreement: Agreement::Conditional,
                versions: Versions::WallClock,
                ..READING
            },
            environment: ONCE,
            clients: &[client(&[
                compare_and_set("x", None, "1", 0),
                write("x", "2", 0),
                read("x", 0),
            ])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Violated { steps: 19 }),
            ],
        },
        Scenario {
            name: "change-is-asked-for-again",
            rows: &["C37"],
            question: "What is a client told that asks for a change again, after it was changed back?",
            tier: Tier::Quick,
            protocol: Leaderless { agreement: Agreement::Everything, ..ONE_COPY },
            environment: RETRYING,
            clients: CHANGE_BACK,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Violated { steps: 10 }),
            ],
        },
        Scenario {
            name: "addition-is-asked-for-again",
            rows: &["C38"],
            question: "Is an addition counted once whose client asks again elsewhere?",
            tier: Tier::Quick,
            protocol: ONE_COPY,
            environment: RETRYING,
            clients: COUNT,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (EXACTLY_ONCE, Violated { steps: 10 }),
            ],
        },
        Scenario {
            name: "duplicates-are-repeated",
            rows: &[],
            question: "Is an addition counted once that arrives twice at its coordinator?",
            tier: Tier::Quick,
            protocol: without(Safeguard::DuplicatesRecognised, Leaderless::majority(1)),
            environment: RETRYING,
            clients: &[client(&[add("n", 1, 0), read("n", 0)])],
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (EXACTLY_ONCE, Violated { steps: 5 }),
            ],
        },
        Scenario {
            name: "duplicates-are-recognised",
            rows: &[],
            question: "And if the coordinator remembers what it has answered?",
            tier: Tier::Quick,
            protocol: Leaderless::majority(1),
            environment: RETRYING,
            clients: &[client(&[add("n", 1, 0), read("n", 0)])],
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (EXACTLY_ONCE, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "earlier-request-is-answered-late",
            rows: &[],
            question: "And if an earlier request, which its client has given up, is answered in between?",
            tier: Tier::Quick,
            protocol: ONE_COPY,
            environment: faults(FaultBudget { retries: 1, give_ups: 1, ..FaultBudget::NONE }),
            clients: GIVE_UP_AND_COUNT,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (EXACTLY_ONCE, Holds),
            ],
        },
    ],
};
