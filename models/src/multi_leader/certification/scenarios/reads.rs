//! Reads of one replica, that wait for what is in the order or do not.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::multi_leader::certification::witnesses::*;

const READ_YOUR_WRITES: Property<Certification> = Property::guarantee(Guarantee::ReadYourWrites);
const NOTIFIED: Property<Certification> = Property::guarantee(Guarantee::CausalAcrossNotification);
const SEQUENTIAL: Property<Certification> = Property::guarantee(Guarantee::Sequential);

/// Two replicas whose transactions begin once they have what is in the order.
const fn barrier() -> Certification {
    Certification { snapshot: SnapshotRule::Barrier, ..Certification::write_sets(2) }
}

/// Two replicas that acknowledge what both have applied.
const fn applied_everywhere() -> Certification {
    Certification { acknowledgement: Acknowledgement::Everywhere, ..Certification::write_sets(2) }
}

/// Somebody writes at one replica, and reads at the other.
const MOVING_WRITER: &[Client] = &[client(&[write("x", "1", 0), read("x", 1)])];

/// One writes, one reads at both replicas.
const MOVING_READER: &[Client] =
    &[client(&[write("x", "1", 0)]), client(&[read("x", 0), read("x", 1)])];

/// A packet is sent, and whoever it is for is told, and looks at the other replica.
const PACKET: &[Client] = &[
    client(&[write("packet", "1", 0), Step::Tell(1)]),
    client(&[Step::HearFrom(0), read("packet", 1)]),
];

/// The same, and what is told carries what was seen.
const PACKET_WITH_TOKEN: &[Client] = &[
    Client { session: Session::WithToken, script: &[write("packet", "1", 0), Step::Tell(1)] },
    Client { session: Session::WithToken, script: &[Step::HearFrom(0), read("packet", 1)] },
];

pub(super) const SECTION: Section<Certification> = Section {
    title: "Reads",
    scenarios: &[
        Scenario {
            name: "local-read-at-another-replica",
            rows: &["B07"],
            question: "Does somebody see their own update at another replica?",
            tier: Tier::Quick,
            protocol: Certification::write_sets(2),
            environment: QUIET,
            clients: MOVING_WRITER,
            verdicts: &[
                (A_READ_FINDS_A_VALUE, Reached),
                (SERIALIZABLE, Holds),
                (READ_YOUR_WRITES, Violated { steps: 6 }),
                (LINEARIZABLE, Violated { steps: 6 }),
            ],
        },
        Scenario {
            name: "barrier-before-reading",
            rows: &["B08"],
            question: "And if whoever reads waits for all that was in the order?",
            tier: Tier::Quick,
            protocol: barrier(),
            environment: QUIET,
            clients: MOVING_WRITER,
            verdicts: &[
                (A_READ_FINDS_A_VALUE, Reached),
                (READ_YOUR_WRITES, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "reader-moves-behind-a-barrier",
            rows: &["B08"],
            question: "May somebody see an update of another client, and then no longer, where readers wait for all that was in the order?",
            tier: Tier::Quick,
            protocol: barrier(),
            environment: QUIET,
            clients: MOVING_READER,
            verdicts: &[(A_READ_FINDS_A_VALUE, Reached), (LINEARIZABLE, Holds)],
        },
        Scenario {
            name: "writer-waits-for-everybody",
            rows: &["B08"],
            question: "Does somebody see their own update at another replica, if it is acknowledged once all have applied it?",
            tier: Tier::Quick,
            protocol: applied_everywhere(),
            environment: QUIET,
            clients: MOVING_WRITER,
            verdicts: &[
                (A_READ_FINDS_A_VALUE, Reached),
                (READ_YOUR_WRITES, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "reader-moves-while-the-writer-waits",
            rows: &["B08"],
            question: "And may somebody see an update of another client, and then no longer?",
            tier: Tier::Quick,
            protocol: applied_everywhere(),
            environment: QUIET,
            clients: MOVING_READER,
            verdicts: &[
                (A_READ_FINDS_A_VALUE, Reached),
                (LINEARIZABLE, Violated { steps: 8 }),
                (SEQUENTIAL, Violated { steps: 8 }),
            ],
        },
        Scenario {
            name: "red-packet-before-it-is-applied",
            rows: &["D01"],
            question: "Does somebody find the packet who was told outside the store that it is committed, and asks another replica?",
            tier: Tier::Quick,
            protocol: Certification::write_sets(2),
            environment: QUIET,
            clients: PACKET,
            verdicts: &[(A_READ_FINDS_A_VALUE, Reached), (NOTIFIED, Violated { steps: 7 })],
        },
        Scenario {
            name: "red-packet-with-a-place-in-the-order",
            rows: &["D03"],
            question: "And if they are also told where it is in the order?",
            tier: Tier::Quick,
            protocol: Certification::write_sets(2),
            environment: QUIET,
            clients: PACKET_WITH_TOKEN,
            verdicts: &[(A_READ_FINDS_A_VALUE, Reached), (NOTIFIED, Holds)],
        },
        Scenario {
            name: "red-packet-certified-everywhere",
            rows: &["D03"],
            question: "And if the packet is acknowledged once all have applied it?",
            tier: Tier::Quick,
            protocol: applied_everywhere(),
            environment: QUIET,
            clients: PACKET,
            verdicts: &[(A_READ_FINDS_A_VALUE, Reached), (NOTIFIED, Holds)],
        },
        Scenario {
            name: "red-packet-behind-a-barrier",
            rows: &["D03"],
            question: "And if whoever looks waits for all that was in the order?",
            tier: Tier::Quick,
            protocol: barrier(),
            environment: QUIET,
            clients: PACKET,
            verdicts: &[(A_READ_FINDS_A_VALUE, Reached), (NOTIFIED, Holds)],
        },
    ],
};
