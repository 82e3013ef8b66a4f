//! Contents that do not know of each other are kept beside each other.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::leaderless::properties::*;
use crate::leaderless::witnesses::*;

/// Everything that is written reaches two of three.
const SIBLINGS: Leaderless = Leaderless { versions: Versions::Siblings, ..quorums(2, 2, 3) };

/// Two clients read and then write, each at a replica of its own.
const READ_THEN_WRITE: &[Client] =
    &[client(&[read("x", 0), write("x", "1", 0)]), client(&[read("x", 1), write("x", "2", 1)])];

/// The same at one replica.
const AT_ONE_REPLICA: &[Client] =
    &[client(&[read("x", 0), write("x", "1", 0)]), client(&[read("x", 0), write("x", "2", 0)])];

/// Two clients write; one of them looks, and writes again.
const LOOK_AND_MERGE: &[Client] = &[
    client(&[write("x", "1", 0)]),
    client(&[write("x", "2", 1), read("x", 1), write("x", "3", 1), read("x", 1)]),
];

/// A session that moves from one replica to another.
const MOVING: &[Client] = &[client(&[write("x", "1", 0), write("x", "2", 1)])];

pub(super) const SECTION: Section<Leaderless> = Section {
    title: "Siblings",
    scenarios: &[
        Scenario {
            name: "last-writer-wins",
            rows: &["C32"],
            question: "Is an acknowledged write lost of which the other writer knew nothing, where one content is kept?",
            tier: Tier::Quick,
            protocol: Leaderless { versions: Versions::WallClock, ..SIBLINGS },
            environment: ONCE,
            clients: READ_THEN_WRITE,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (NO_UPDATE_IS_LOST_UNSEEN, Violated { steps: 20 }),
            ],
        },
        Scenario {
            name: "siblings-are-kept",
            rows: &["C33"],
            question: "And if both are kept?",
            tier: Tier::Quick,
            protocol: SIBLINGS,
            environment: ONCE,
            clients: READ_THEN_WRITE,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (ACKNOWLEDGED_UPDATES_ARE_STORED, Holds),
                (NO_UPDATE_IS_LOST_UNSEEN, Holds),
                (SIBLINGS_ARE_CONCURRENT, Holds),
            ],
        },
        Scenario {
            name: "siblings-are-merged",
            rows: &["C33"],
            question: "And if a client is shown both, and writes what stands for both?",
            tier: Tier::Quick,
            protocol: SIBLINGS,
            environment: ONCE,
            clients: LOOK_AND_MERGE,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_SIBLINGS, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (READ_QUORUMS_MEET_WRITE_QUORUMS, Holds),
                (NO_UPDATE_IS_LOST_UNSEEN, Holds),
                (SIBLINGS_ARE_CONCURRENT, Holds),
            ],
        },
        Scenario {
            name: "siblings-at-one-replica",
            rows: &["C33"],
            question: "And if both ask the same replica?",
            tier: Tier::Quick,
            protocol: SIBLINGS,
            environment: ONCE,
            clients: AT_ONE_REPLICA,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (NO_UPDATE_IS_LOST_UNSEEN, Holds),
                (SIBLINGS_ARE_CONCURRENT, Holds),
            ],
        },
        Scenario {
            name: "replica-stands-for-its-clients",
            rows: &[],
            question: "And if an update replaces all that its coordinator holds?",
            tier: Tier::Quick,
            protocol: without(Safeguard::DotsTellUpdatesApart, SIBLINGS),
            environment: ONCE,
            clients: AT_ONE_REPLICA,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (NO_UPDATE_IS_LOST_UNSEEN, Violated { steps: 20 }),
            ],
        },
        Scenario {
            name: "session-moves-on",
            rows: &[],
            question: "Are a client's own writes siblings, if it moves to a replica that does not know what it has seen?",
            tier: Tier::Quick,
            protocol: SIBLINGS,
            environment: ONCE,
            clients: MOVING,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (NO_UPDATE_IS_LOST_UNSEEN, Holds),
                (SIBLINGS_ARE_CONCURRENT, Violated { steps: 7 }),
            ],
        },
    ],
};
