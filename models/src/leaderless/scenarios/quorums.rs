//! w of n, r of n, one writer, and nothing that repairs: what the arithmetic alone buys.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::leaderless::properties::*;
use crate::leaderless::witnesses::*;

const CAUSAL_ACROSS_NOTIFICATION: Property<Leaderless> =
    Property::guarantee(Guarantee::CausalAcrossNotification);

/// Somebody puts a packet into the store and tells a friend, who looks for it at another replica.
const RED_PACKET: &[Client] = &[
    client(&[write("packet", "100", 0), Step::Tell(1)]),
    client(&[Step::HearFrom(0), read("packet", 1)]),
];

/// A client that writes at one replica and reads at another.
const OWN_WRITE: &[Client] = &[client(&[write("x", "1", 0), read("x", 1), read("x", 2)])];

pub(super) const SECTION: Section<Leaderless> = Section {
    title: "Quorums",
    scenarios: &[
        Scenario {
            name: "one-of-two",
            rows: &["C01"],
            question: "Does a read at one of two replicas see what another has stored and acknowledged?",
            tier: Tier::Quick,
            protocol: quorums(1, 1, 2),
            environment: ONCE,
            clients: WRITE_AND_READ,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (DISKS_HOLD_WHAT_WAS_ANSWERED, Holds),
                (ACKNOWLEDGED_UPDATES_ARE_STORED, Holds),
                (READ_QUORUMS_MEET_WRITE_QUORUMS, Violated { steps: 3 }),
                (SAFE, Violated { steps: 6 }),
            ],
        },
        Scenario {
            name: "one-of-three",
            rows: &["C01"],
            question: "And at one of three?",
            tier: Tier::Quick,
            protocol: quorums(1, 1, 3),
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
        Scenario {
            name: "two-answers-of-three",
            rows: &["C01"],
            question: "And if two of three answer, of which one has stored?",
            tier: Tier::Quick,
            protocol: quorums(1, 2, 3),
            environment: ONCE,
            clients: WRITE_AND_READ,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (READ_QUORUMS_MEET_WRITE_QUORUMS, Violated { steps: 3 }),
                (SAFE, Violated { steps: 8 }),
            ],
        },
        Scenario {
            name: "two-have-stored-of-three",
            rows: &["C01"],
            question: "And if two of three have stored, of which one answers?",
            tier: Tier::Quick,
            protocol: quorums(2, 1, 3),
            environment: ONCE,
            clients: &[client(&[write("x", "1", 0)]), client(&[read("x", 2)])],
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (READ_QUORUMS_MEET_WRITE_QUORUMS, Violated { steps: 5 }),
                (SAFE, Violated { steps: 8 }),
            ],
        },
        Scenario {
            name: "red-packet-at-one-of-two",
            rows: &["D01"],
            question: "Does a friend see the packet that one of two replicas has taken?",
            tier: Tier::Quick,
            protocol: quorums(1, 1, 2),
            environment: ONCE,
            clients: RED_PACKET,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (READ_YOUR_WRITES, Holds),
                (MONOTONIC_READS, Holds),
                (CAUSAL_ACROSS_NOTIFICATION, Violated { steps: 7 }),
            ],
        },
        Scenario {
            name: "quorums-meet",
            rows: &["C02"],
            question: "Does a read by two of three see what two of three have stored, if one of them may crash?",
            tier: Tier::Quick,
            protocol: quorums(2, 2, 3),
            environment: crashes(1),
            clients: WRITE_AND_READ,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (DISKS_HOLD_WHAT_WAS_ANSWERED, Holds),
                (VERSIONS_NEVER_DECREASE, Holds),
                (EQUAL_VERSIONS_ARE_EQUAL, Holds),
                (ACKNOWLEDGED_UPDATES_ARE_STORED, Holds),
                (READ_QUORUMS_MEET_WRITE_QUORUMS, Holds),
                (REGULAR, Holds),
            ],
        },
        Scenario {
            name: "client-reads-its-own-write",
            rows: &["C02", "C41"],
            question: "Does a client see its own acknowledged write wherever it asks?",
            tier: Tier::Quick,
            protocol: quorums(2, 2, 3),
            environment: crashes(1),
            clients: OWN_WRITE,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (READ_YOUR_WRITES, Holds),
                (MONOTONIC_READS, Holds),
                (REGULAR, Holds),
            ],
        },
        Scenario {
            name: "red-packet-with-quorums",
            rows: &["D03"],
            question: "Does a friend see the packet that two of three have stored, if two of three answer?",
            tier: Tier::Quick,
            protocol: quorums(2, 2, 3),
            environment: ONCE,
            clients: RED_PACKET,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (CAUSAL_ACROSS_NOTIFICATION, Holds),
            ],
        },
        Scenario {
            name: "new-then-old-of-two",
            rows: &["C03", "C41"],
            question: "May a reader see a write that is under way, and then no longer?",
            tier: Tier::Quick,
            protocol: quorums(2, 1, 2),
            environment: ONCE,
            clients: WRITE_AND_READ_TWICE,
            verdicts: NEW_THEN_OLD_OF_TWO,
        },
        Scenario {
            name: "new-then-old-of-three",
            rows: &["C03", "C41"],
            question: "And if two of three write, and two of three answer?",
            tier: Tier::Quick,
            protocol: quorums(2, 2, 3),
            environment: ONCE,
            clients: WRITE_AND_READ_TWICE,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (AN_UPDATE_IS_UNDER_WAY, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (READ_QUORUMS_MEET_WRITE_QUORUMS, Holds),
                (REGULAR, Holds),
                (MONOTONIC_READS, Violated { steps: 12 }),
                (LINEARIZABLE, Violated { steps: 12 }),
            ],
        },
        Scenario {
            name: "write-to-all-read-from-one",
            rows: &["C03"],
            question: "Is it enough to write to all three and to read from one?",
            tier: Tier::Quick,
            protocol: quorums(3, 1, 3),
            environment: ONCE,
            clients: WRITE_AND_READ_TWICE,
            verdicts: NEW_THEN_OLD_OF_TWO,
        },
        Scenario {
            name: "write-to-one-read-from-all",
            rows: &[],
            question: "And the other way round, to write to one and to read from all three?",
            tier: Tier::Quick,
            protocol: quorums(1, 3, 3),
            environment: ONCE,
            clients: WRITE_AND_READ_TWICE,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (READ_QUORUMS_MEET_WRITE_QUORUMS, Holds),
                (MONOTONIC_READS, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "quorums-on-datagrams",
            rows: &["C02"],
            question: "Does it matter that datagrams arrive again and again?",
            tier: Tier::Quick,
            protocol: quorums(2, 2, 3),
            environment: Environment::CALM,
            clients: WRITE_AND_READ,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (EQUAL_VERSIONS_ARE_EQUAL, Holds),
                (READ_QUORUMS_MEET_WRITE_QUORUMS, Holds),
                (REGULAR, Holds),
            ],
        },
    ],
};

const NEW_THEN_OLD_OF_TWO: &[(Property<Leaderless>, crate::cluster::Verdict)] = &[
    (EVERY_CLIENT_IS_DONE, Reached),
    (A_READ_FINDS_A_VALUE, Reached),
    (AN_UPDATE_IS_UNDER_WAY, Reached),
    (REGISTERS_ARE_WELL_FORMED, Holds),
    (READ_QUORUMS_MEET_WRITE_QUORUMS, Holds),
    (REGULAR, Holds),
    (MONOTONIC_READS, Violated { steps: 8 }),
    (LINEARIZABLE, Violated { steps: 8 }),
];
