//! Reads of one replica, that respect what is prepared or do not.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::multi_leader::locking::witnesses::*;

const NOTIFIED: Property<Locking> = Property::guarantee(Guarantee::CausalAcrossNotification);
const SEQUENTIAL: Property<Locking> = Property::guarantee(Guarantee::Sequential);

/// Two replicas whose readers do not care what is prepared.
const fn heedless() -> Locking {
    Locking { read: ReadRule::Heedless, ..Locking::wait_die(2) }
}

/// One writes, one reads at both replicas.
const MOVING_READER: &[Client] =
    &[client(&[write("x", "1", 0)]), client(&[read("x", 0), read("x", 1)])];

/// A packet is sent, and whoever it is for is told, and looks at the other replica.
const PACKET: &[Client] = &[
    client(&[write("packet", "1", 0), Step::Tell(1)]),
    client(&[Step::HearFrom(0), read("packet", 1)]),
];

pub(super) const SECTION: Section<Locking> = Section {
    title: "Reads",
    scenarios: &[
        Scenario {
            name: "reads-keep-away-from-promises",
            rows: &["B01"],
            question: "Are reads of one replica linearizable, if it shows nothing of a key that is prepared to change?",
            tier: Tier::Quick,
            protocol: Locking::wait_die(2),
            environment: QUIET,
            clients: MOVING_READER,
            verdicts: &[
                (A_READ_FINDS_A_VALUE, Reached),
                (A_READ_IS_REFUSED, Reached),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "reads-do-not-care-about-promises",
            rows: &["B03"],
            question: "And if it shows what it has?",
            tier: Tier::Quick,
            protocol: heedless(),
            environment: QUIET,
            clients: MOVING_READER,
            verdicts: &[
                (A_READ_FINDS_A_VALUE, Reached),
                (LINEARIZABLE, Violated { steps: 12 }),
                (SEQUENTIAL, Violated { steps: 12 }),
            ],
        },
        Scenario {
            name: "red-packet-behind-a-lock",
            rows: &["D03"],
            question: "Does somebody find the packet who was told of it outside the store, and asks another replica?",
            tier: Tier::Quick,
            protocol: Locking::wait_die(2),
            environment: QUIET,
            clients: PACKET,
            verdicts: &[
                (A_READ_FINDS_A_VALUE, Reached),
                (A_READ_IS_REFUSED, Reached),
                (NOTIFIED, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "red-packet-past-a-lock",
            rows: &["D01"],
            question: "And if that replica shows what it has?",
            tier: Tier::Quick,
            protocol: heedless(),
            environment: QUIET,
            clients: PACKET,
            verdicts: &[(A_READ_FINDS_A_VALUE, Reached), (NOTIFIED, Violated { steps: 11 })],
        },
    ],
};
