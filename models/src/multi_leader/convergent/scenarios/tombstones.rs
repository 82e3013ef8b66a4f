//! Tombstones of sets: whether what was removed stays removed, once nobody remembers that it was.

use super::sets::{IN_AND_OUT, by_states};
use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::multi_leader::convergent::properties::*;
use crate::multi_leader::convergent::witnesses::*;
use crate::multi_leader::convergent::{Collection, SetRule};

/// Two replicas that tell each other all that they have, and drop tombstones.
const fn collected(collection: Collection) -> Convergent {
    Convergent { collection, ..by_states(SetRule::Tombstones) }
}

/// Replicas repeat what they have, so often, over connections.
const fn connected(repeats: u8) -> Environment {
    Environment {
        network: NetworkKind::Fifo,
        ..faults(FaultBudget { repeats, ..FaultBudget::NONE })
    }
}

pub(super) const SECTION: Section<Convergent> = Section {
    title: "Tombstones",
    scenarios: &[
        Scenario {
            name: "tombstones-dropped-after-a-while",
            rows: &["B60"],
            question: "Does what was removed stay removed, if a replica was offline until its tombstone was dropped?",
            tier: Tier::Quick,
            protocol: collected(Collection::AfterAWhile),
            environment: connected(2),
            clients: IN_AND_OUT,
            verdicts: &[(ALL_AGREE_AT_REST, Reached), (NO_RESURRECTION, Violated { steps: 9 })],
        },
        Scenario {
            name: "tombstones-dropped-when-all-have-them",
            rows: &["B60"],
            question: "And if a tombstone is kept until all have said that they have it?",
            tier: Tier::Quick,
            protocol: collected(Collection::WhenAllHaveThem),
            environment: connected(3),
            clients: IN_AND_OUT,
            verdicts: &[
                (ALL_AGREE_AT_REST, Reached),
                (A_TOMBSTONE_IS_DROPPED, Reached),
                (PARTS_FIT_TOGETHER, Holds),
                (QUIET_MEANS_AGREED, Holds),
                (NO_RESURRECTION, Holds),
            ],
        },
        Scenario {
            name: "tombstones-dropped-before-late-messages",
            rows: &["B60"],
            question: "And if what somebody said before may arrive after that?",
            tier: Tier::Quick,
            protocol: collected(Collection::WhenAllHaveThem),
            environment: Environment { network: NetworkKind::Datagram, ..connected(3) },
            clients: IN_AND_OUT,
            verdicts: &[
                (A_TOMBSTONE_IS_DROPPED, Reached),
                (NO_RESURRECTION, Violated { steps: 8 }),
            ],
        },
        Scenario {
            name: "no-tombstones-and-late-messages",
            rows: &["B60"],
            question: "And if there are no tombstones, because replicas tell what they have seen?",
            tier: Tier::Quick,
            protocol: by_states(SetRule::Context),
            environment: Environment { network: NetworkKind::Datagram, ..connected(3) },
            clients: IN_AND_OUT,
            verdicts: &[
                (ALL_AGREE_AT_REST, Reached),
                (PARTS_FIT_TOGETHER, Holds),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (QUIET_MEANS_AGREED, Holds),
                (NO_RESURRECTION, Holds),
            ],
        },
    ],
};
