//! In which order updates are applied, and who hears of them.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Unreachable, Violated};
use crate::cluster::{Links, Scenario, Tier};
use crate::multi_leader::convergent::Topology;
use crate::multi_leader::convergent::properties::*;
use crate::multi_leader::convergent::witnesses::*;
use crate::vocabulary::ReplicaSet;

/// Three replicas that apply updates in this order.
const fn delivering(delivery: Delivery) -> Convergent {
    Convergent { delivery, ..Convergent::keeping_all(3) }
}

const fn around(topology: Topology) -> Convergent {
    Convergent { topology, ..Convergent::keeping_all(3) }
}

/// A write at replica 0, and another at replica 1 by somebody who may have seen it.
const CAUSE_AND_EFFECT: &[Client] =
    &[client(&[write("x", "1", 0)]), client(&[read("x", 1), write("y", "2", 1)])];

/// One of three is down from the beginning.
const fn without_replica(replica: u8) -> Environment {
    Environment { down: ReplicaSet::of(&[replica]), ..Environment::CALM }
}

pub(super) const SECTION: Section<Convergent> = Section {
    title: "Order and topology",
    scenarios: &[
        Scenario {
            name: "applied-as-they-arrive",
            rows: &["B52"],
            question: "Can a replica show an effect without its cause?",
            tier: Tier::Quick,
            protocol: delivering(Delivery::Any),
            environment: Environment::CALM,
            clients: CAUSE_AND_EFFECT,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (CAUSES_COME_FIRST, Violated { steps: 9 }),
            ],
        },
        Scenario {
            name: "applied-in-the-order-of-each-replica",
            rows: &["B52"],
            question: "And if it applies the updates of each replica in their order?",
            tier: Tier::Quick,
            protocol: delivering(Delivery::Fifo),
            environment: Environment::CALM,
            clients: CAUSE_AND_EFFECT,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (CAUSES_COME_FIRST, Violated { steps: 9 }),
            ],
        },
        Scenario {
            name: "causes-before-effects",
            rows: &["B53"],
            question: "And if it waits for all that an update had seen?",
            tier: Tier::Quick,
            protocol: delivering(Delivery::Causal),
            environment: Environment::CALM,
            clients: CAUSE_AND_EFFECT,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (AN_UPDATE_WAITS, Reached),
                (ALL_AGREE_AT_REST, Reached),
                (PARTS_FIT_TOGETHER, Holds),
                (CAUSES_COME_FIRST, Holds),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (QUIET_MEANS_AGREED, Holds),
            ],
        },
        Scenario {
            name: "ring",
            rows: &["B54"],
            question: "Does everybody hear of everything, if each tells the next?",
            tier: Tier::Quick,
            protocol: around(Topology::Ring),
            environment: Environment::CALM,
            clients: TWO_WRITES,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (ALL_AGREE_AT_REST, Reached),
                (PARTS_FIT_TOGETHER, Holds),
                (QUIET_MEANS_AGREED, Holds),
                (REPLICAS_AGREE_IN_THE_END, Holds),
                (EVERY_REQUEST_IS_ANSWERED, Holds),
            ],
        },
        Scenario {
            name: "broken-ring",
            rows: &["B54"],
            question: "And if one of three is down?",
            tier: Tier::Quick,
            protocol: around(Topology::Ring),
            environment: without_replica(2),
            clients: TWO_WRITES,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (QUIET_MEANS_AGREED, Violated { steps: 7 }),
                (REPLICAS_AGREE_IN_THE_END, Violated { steps: 7 }),
            ],
        },
        Scenario {
            name: "star-without-its-hub",
            rows: &["B56"],
            question: "And if all tell the hub, and the hub is down?",
            tier: Tier::Quick,
            protocol: around(Topology::Star),
            environment: without_replica(0),
            clients: &[client(&[write("x", "1", 1)]), client(&[write("x", "2", 2)])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (QUIET_MEANS_AGREED, Violated { steps: 6 }),
                (REPLICAS_AGREE_IN_THE_END, Violated { steps: 6 }),
            ],
        },
        Scenario {
            name: "star",
            rows: &["B56"],
            question: "And if the hub is up?",
            tier: Tier::Quick,
            protocol: around(Topology::Star),
            environment: Environment::CALM,
            clients: &[client(&[write("x", "1", 1)]), client(&[write("x", "2", 2)])],
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (ALL_AGREE_AT_REST, Reached),
                (QUIET_MEANS_AGREED, Holds),
                (REPLICAS_AGREE_IN_THE_END, Holds),
            ],
        },
        Scenario {
            name: "everybody-to-everybody-without-one",
            rows: &["B54", "B56"],
            question: "And if everybody tells everybody?",
            tier: Tier::Quick,
            protocol: around(Topology::AllToAll),
            environment: without_replica(2),
            clients: TWO_WRITES,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (QUIET_MEANS_AGREED, Holds),
                (REPLICAS_AGREE_IN_THE_END, Holds),
            ],
        },
        Scenario {
            name: "asked-of-a-replica-that-is-down",
            rows: &[],
            question: "Is everybody answered, if one of three is down?",
            tier: Tier::Quick,
            protocol: Convergent::keeping_all(3),
            environment: without_replica(2),
            clients: &[client(&[write("x", "1", 0)]), client(&[write("x", "2", 2)])],
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Unreachable),
                (EVERY_REQUEST_IS_ANSWERED, Violated { steps: 5 }),
            ],
        },
        Scenario {
            name: "both-sides-of-a-partition",
            rows: &[],
            question: "Do both sides of a partition go on, and agree when it has healed?",
            tier: Tier::Quick,
            protocol: Convergent::keeping_all(2),
            environment: Environment {
                partition: Links::of(&[(0, 1), (1, 0)]),
                ..faults(FaultBudget { partitions: 1, ..FaultBudget::NONE })
            },
            clients: &[
                client(&[write("x", "1", 0), write("x", "2", 0)]),
                client(&[write("x", "3", 1)]),
            ],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (TWO_UPDATES_ARE_CONCURRENT, Reached),
                (ALL_AGREE_AT_REST, Reached),
                (QUIET_MEANS_AGREED, Holds),
                (REPLICAS_AGREE_IN_THE_END, Holds),
                (EVERY_REQUEST_IS_ANSWERED, Holds),
            ],
        },
        Scenario {
            name: "lost-updates-are-told-again",
            rows: &["B53"],
            question: "Do replicas agree in the end, if messages are lost?",
            tier: Tier::Quick,
            protocol: Convergent::keeping_all(2),
            environment: faults(FaultBudget { losses: 2, ..FaultBudget::NONE }).repeating(),
            clients: TWO_WRITES,
            verdicts: &[
                (ALL_AGREE_AT_REST, Reached),
                (PARTS_FIT_TOGETHER, Holds),
                (QUIET_MEANS_AGREED, Holds),
                (REPLICAS_AGREE_IN_THE_END, Holds),
            ],
        },
        Scenario {
            name: "two-others-lack-an-update",
            rows: &[],
            question: "And if it is told again until each of two others has it?",
            tier: Tier::Quick,
            protocol: Convergent { topology: Topology::Star, ..Convergent::keeping_all(3) },
            environment: faults(FaultBudget { losses: 1, ..FaultBudget::NONE }).repeating(),
            clients: &[client(&[write("x", "1", 0)])],
            verdicts: &[
                (ALL_AGREE_AT_REST, Reached),
                (QUIET_MEANS_AGREED, Holds),
                (REPLICAS_AGREE_IN_THE_END, Holds),
            ],
        },
        Scenario {
            name: "early-updates-wait",
            rows: &[],
            question: "And if updates arrive too early, and nobody tells them again?",
            tier: Tier::Quick,
            protocol: Convergent::keeping_all(2),
            environment: Environment::CALM.once(),
            clients: &[client(&[write("x", "1", 0), write("x", "2", 0)])],
            verdicts: &[
                (AN_UPDATE_WAITS, Reached),
                (ALL_AGREE_AT_REST, Reached),
                (QUIET_MEANS_AGREED, Holds),
                (REPLICAS_AGREE_IN_THE_END, Holds),
            ],
        },
        Scenario {
            name: "lost-updates-stay-lost",
            rows: &["B53"],
            question: "And if nobody tells again what was lost?",
            tier: Tier::Quick,
            protocol: Convergent::keeping_all(2),
            environment: faults(FaultBudget { losses: 1, ..FaultBudget::NONE }).once(),
            clients: TWO_WRITES,
            verdicts: &[
                (ALL_AGREE_AT_REST, Reached),
                (REPLICAS_AGREE_IN_THE_END, Violated { steps: 8 }),
            ],
        },
    ],
};
