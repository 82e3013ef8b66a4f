//! How deletions are kept, and whether what was deleted comes back.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::leaderless::properties::*;
use crate::leaderless::witnesses::*;
use crate::leaderless::{AntiEntropy, Deletion};

const fn deleting(deletion: Deletion) -> Leaderless {
    Leaderless { deletion, write_back: WriteBack::WriteQuorum, ..quorums(2, 2, 3) }
}

/// All three have stored the value once the other client hears of it, or will have.
const WRITE_DELETE_READ: &[Client] = &[client(&[write("x", "1", 0), delete("x", 0), read("x", 1)])];

/// Tombstones are dropped when a home believes that they are old, which up to two homes do.
const IMPATIENT: Environment = suspicions(2, &[0, 1]);

/// One home has to store; anti-entropy does the rest.
const LAZY: Leaderless = Leaderless {
    anti_entropy: AntiEntropy::Ranges,
    deletion: Deletion::ReapedEverywhere,
    ..quorums(1, 1, 2)
};

/// Everybody stores what is acknowledged.
const DILIGENT: Leaderless = Leaderless { write_quorum: 2, ..LAZY };

const WRITE_DELETE: &[Client] = &[client(&[write("x", "1", 0), delete("x", 0)])];

const REPEATING: Environment = faults(FaultBudget { repeats: 1, ..FaultBudget::NONE });

pub(super) const SECTION: Section<Leaderless> = Section {
    title: "Deletions",
    scenarios: &[
        Scenario {
            name: "tombstone-is-kept",
            rows: &["C28"],
            question: "Does a deleted value come back, if its tombstone is kept?",
            tier: Tier::Quick,
            protocol: deleting(Deletion::Tombstone),
            environment: crashes(1),
            clients: WRITE_DELETE_READ,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_TOMBSTONE_IS_HELD, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (TOMBSTONES_OUTLIVE_WHAT_THEY_DELETE, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "tombstone-is-dropped-after-a-while",
            rows: &["C29"],
            question: "And if every home drops it after a while?",
            tier: Tier::Quick,
            protocol: deleting(Deletion::ReapedAfterAWhile),
            environment: IMPATIENT,
            clients: WRITE_DELETE_READ,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_TOMBSTONE_IS_HELD, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (TOMBSTONES_OUTLIVE_WHAT_THEY_DELETE, Violated { steps: 12 }),
                (SAFE, Violated { steps: 18 }),
            ],
        },
        Scenario {
            name: "deletion-leaves-no-tombstone",
            rows: &["C30"],
            question: "And if there is none?",
            tier: Tier::Quick,
            protocol: deleting(Deletion::Erased),
            environment: ONCE,
            clients: WRITE_DELETE_READ,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (TOMBSTONES_OUTLIVE_WHAT_THEY_DELETE, Violated { steps: 10 }),
                (SAFE, Violated { steps: 17 }),
            ],
        },
        Scenario {
            name: "tombstone-is-dropped-once-everybody-has-it",
            rows: &["C28"],
            question: "And if it is dropped once every home has stored it, after what it deletes?",
            tier: Tier::Quick,
            protocol: DILIGENT,
            environment: ONCE,
            clients: WRITE_DELETE,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_TOMBSTONE_IS_HELD, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (TOMBSTONES_OUTLIVE_WHAT_THEY_DELETE, Holds),
            ],
        },
        Scenario {
            name: "late-write-after-the-tombstone",
            rows: &["C28"],
            question: "And if what it deletes is still on its way to a home?",
            tier: Tier::Quick,
            protocol: LAZY,
            environment: ONCE,
            clients: WRITE_DELETE,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_TOMBSTONE_IS_HELD, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (TOMBSTONES_OUTLIVE_WHAT_THEY_DELETE, Violated { steps: 10 }),
            ],
        },
        Scenario {
            name: "connections-keep-the-order",
            rows: &["C28"],
            question: "And if messages arrive in the order in which they were sent?",
            tier: Tier::Quick,
            protocol: LAZY,
            environment: Environment { network: NetworkKind::Fifo, ..REPEATING },
            clients: WRITE_DELETE,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_TOMBSTONE_IS_HELD, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (TOMBSTONES_OUTLIVE_WHAT_THEY_DELETE, Holds),
            ],
        },
    ],
};
