//! What readers are shown.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::multi_leader::home_region::properties::SNAPSHOTS_ARE_COMPLETE;
use crate::multi_leader::home_region::witnesses::*;

const NOTIFIED: Property<HomeRegion> = Property::guarantee(Guarantee::CausalAcrossNotification);
const CAUSAL: Property<HomeRegion> = Property::guarantee(Guarantee::Causal);
const SEQUENTIAL: Property<HomeRegion> = Property::guarantee(Guarantee::Sequential);
const PREFIX: Property<HomeRegion> = Property::guarantee(Guarantee::ConsistentPrefix);
const READ_YOUR_WRITES: Property<HomeRegion> = Property::guarantee(Guarantee::ReadYourWrites);
const MONOTONIC_READS: Property<HomeRegion> = Property::guarantee(Guarantee::MonotonicReads);

/// A client that hands on what it has seen.
const fn session(script: &'static [Step]) -> Client {
    Client { session: Session::WithToken, script }
}

/// A packet is sent at its home, and whoever it is for is told, and looks in another region.
const PACKET: [&[Step]; 2] =
    [&[write("packet", "1", 1), Step::Tell(1)], &[Step::HearFrom(0), read("packet", 0)]];

/// A question at its home, an answer elsewhere at another home, and a third region that reads the answer
/// first.
const ANSWERED: &[Client] = &[
    client(&[write("y", "1", 1)]),
    client(&[read("y", 2), write("x", "2", 2)]),
    client(&[read("x", 0), read("y", 0)]),
];

/// Two keys with two homes, written at home, and read in one of the regions.
const TWO_KEYS: &[Client] =
    &[client(&[write("y", "1", 0)]), client(&[write("x", "2", 1), read("x", 1), read("y", 1)])];

/// Regions say how far they are, this often.
const fn repeats(repeats: u8) -> Environment {
    once(faults(FaultBudget { repeats, ..FaultBudget::NONE }))
}

/// Somebody writes one key twice and then another, at the homes of both; somebody reads the two copies.
const WRITER_OF_TWO_KEYS: &[Client] = &[
    session(&[write("y", "1", 1), write("y", "2", 1), write("x", "3", 2)]),
    client(&[read("x", 0), read("y", 0)]),
];

pub(super) const SECTION: Section<HomeRegion> = Section {
    title: "Reads",
    scenarios: &[
        Scenario {
            name: "red-packet-in-another-region",
            rows: &["D01"],
            question: "Does somebody find the packet who was told of it outside the store, and looks in another region?",
            tier: Tier::Quick,
            protocol: HomeRegion::fixed(2),
            environment: once(Environment::CALM),
            clients: &[client(PACKET[0]), client(PACKET[1])],
            verdicts: &[
                (A_READ_FINDS_A_VALUE, Reached),
                (CAUSAL, Holds),
                (NOTIFIED, Violated { steps: 7 }),
            ],
        },
        Scenario {
            name: "red-packet-with-a-token",
            rows: &["D03"],
            question: "And if what the sender has seen is handed on with the notice?",
            tier: Tier::Quick,
            protocol: HomeRegion::fixed(2),
            environment: once(Environment::CALM),
            clients: &[session(PACKET[0]), session(PACKET[1])],
            verdicts: &[
                (A_READ_FINDS_A_VALUE, Reached),
                (A_REGION_IS_BEHIND, Reached),
                (NOTIFIED, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "red-packet-at-its-home",
            rows: &["D03"],
            question: "And if every read goes to the home of its key?",
            tier: Tier::Quick,
            protocol: reading(ReadRule::Home, 2),
            environment: once(Environment::CALM),
            clients: &[client(PACKET[0]), client(PACKET[1])],
            verdicts: &[(A_READ_FINDS_A_VALUE, Reached), (NOTIFIED, Holds), (LINEARIZABLE, Holds)],
        },
        Scenario {
            name: "reads-at-a-home-that-moves",
            rows: &["B17"],
            question: "Are reads at home linearizable while the home moves?",
            tier: Tier::Quick,
            protocol: HomeRegion { homing: Homing::FollowsWriters, ..reading(ReadRule::Home, 2) },
            environment: once(Environment::CALM),
            clients: &[
                client(&[write("x", "1", 0), write("x", "2", 1)]),
                client(&[read("x", 0), read("x", 1)]),
            ],
            verdicts: &[
                (A_READ_FINDS_A_VALUE, Reached),
                (A_KEY_HAS_MOVED, Reached),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "copies-follow-one-key",
            rows: &["B14"],
            question: "Do all copies of one key go through the same values in the same order?",
            tier: Tier::Quick,
            protocol: HomeRegion::fixed(2),
            environment: once(Environment::CALM),
            clients: &[
                client(&[write("y", "1", 0)]),
                client(&[write("y", "2", 0)]),
                client(&[read("y", 1), read("y", 1)]),
            ],
            verdicts: &[
                (A_READ_FINDS_A_VALUE, Reached),
                (SEQUENTIAL, Holds),
                (LINEARIZABLE, Violated { steps: 6 }),
            ],
        },
        Scenario {
            name: "own-update-in-a-copy",
            rows: &[],
            question: "Does a client see its own update where it has asked for it?",
            tier: Tier::Quick,
            protocol: HomeRegion::fixed(2),
            environment: once(Environment::CALM),
            clients: &[client(&[write("y", "1", 1), read("y", 1)])],
            verdicts: &[(A_READ_FINDS_A_VALUE, Reached), (READ_YOUR_WRITES, Violated { steps: 8 })],
        },
        Scenario {
            name: "own-update-in-a-copy-with-a-token",
            rows: &[],
            question: "And if it hands in what it has seen?",
            tier: Tier::Quick,
            protocol: HomeRegion::fixed(2),
            environment: once(Environment::CALM),
            clients: &[session(&[write("y", "1", 1), read("y", 1), read("y", 0)])],
            verdicts: &[
                (A_READ_FINDS_A_VALUE, Reached),
                (A_REGION_IS_BEHIND, Reached),
                (READ_YOUR_WRITES, Holds),
                (MONOTONIC_READS, Holds),
            ],
        },
        Scenario {
            name: "two-keys-at-two-homes",
            rows: &["B14"],
            question: "Does a copy show what somebody wrote only with what they had read, if the two keys have two homes?",
            tier: Tier::Quick,
            protocol: HomeRegion::fixed(3),
            environment: once(Environment::CALM),
            clients: ANSWERED,
            verdicts: &[
                (A_READ_FINDS_A_VALUE, Reached),
                (PREFIX, Holds),
                (CAUSAL, Violated { steps: 15 }),
            ],
        },
        Scenario {
            name: "two-keys-in-a-snapshot",
            rows: &["B14"],
            question: "And if copies show every key as it was at one moment, and updates are later than what their client has seen?",
            tier: Tier::Quick,
            protocol: reading(ReadRule::Snapshot, 3),
            environment: repeats(1),
            clients: WRITER_OF_TWO_KEYS,
            verdicts: &[
                (A_READ_FINDS_A_VALUE, Reached),
                (TWO_VERSIONS_ARE_KEPT, Reached),
                (CAUSAL, Holds),
                (SNAPSHOTS_ARE_COMPLETE, Holds),
            ],
        },
        Scenario {
            name: "snapshot-of-two-keys",
            rows: &[],
            question: "Does a region show its own latest update in a snapshot?",
            tier: Tier::Quick,
            protocol: reading(ReadRule::Snapshot, 2),
            environment: repeats(1),
            clients: TWO_KEYS,
            verdicts: &[
                (A_READ_FINDS_A_VALUE, Reached),
                (SNAPSHOTS_ARE_COMPLETE, Holds),
                (PREFIX, Holds),
                (READ_YOUR_WRITES, Violated { steps: 6 }),
            ],
        },
        Scenario {
            name: "snapshot-with-a-gap",
            rows: &[],
            question: "And if a region believes how far another is, though it lacks what that has made?",
            tier: Tier::Quick,
            protocol: without(Safeguard::GapsNoticed, reading(ReadRule::Snapshot, 2)),
            environment: repeats(1),
            clients: TWO_KEYS,
            verdicts: &[
                (A_READ_FINDS_A_VALUE, Reached),
                (SNAPSHOTS_ARE_COMPLETE, Violated { steps: 6 }),
            ],
        },
        Scenario {
            name: "three-updates-in-copies",
            rows: &["B14"],
            question: "And if whoever writes hands in what they have seen, so that updates are later than that?",
            tier: Tier::Thorough,
            protocol: reading(ReadRule::Copy, 3),
            environment: repeats(1),
            clients: WRITER_OF_TWO_KEYS,
            verdicts: &[(A_READ_FINDS_A_VALUE, Reached), (CAUSAL, Violated { steps: 15 })],
        },
    ],
};
