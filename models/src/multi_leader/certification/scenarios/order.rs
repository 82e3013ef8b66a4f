//! The order: everybody goes through the same, and nobody skips anything.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Unreachable, Violated};
use crate::cluster::{Scenario, Tier};
use crate::multi_leader::certification::properties::*;
use crate::multi_leader::certification::witnesses::*;
use crate::vocabulary::ReplicaSet;

/// Two write where they do not meet, and somebody looks at each replica.
const TWO_WRITE_TWO_LOOK: &[Client] = &[
    client(&[write("x", "1", 0)]),
    client(&[write("y", "1", 0)]),
    client(&[transact(&["x", "y"], &[], 0)]),
    client(&[transact(&["x", "y"], &[], 1)]),
];

const ONE_ADDITION: &[Client] = &[client(&[add("n", 1, 1)])];

/// A message is lost for good, whichever, and everybody repeats what it has said.
const ONE_IS_LOST: Environment = Environment {
    network: NetworkKind::Datagram,
    ..faults(FaultBudget { losses: 1, retries: FaultBudget::UNLIMITED, ..FaultBudget::NONE })
        .repeating()
};

/// Two replicas that go through the order as it arrives.
const fn in_order_of_arrival() -> Certification {
    without(Safeguard::OrderKept, Certification::write_sets(2))
}

pub(super) const SECTION: Section<Certification> = Section {
    title: "Order",
    scenarios: &[
        Scenario {
            name: "everybody-commits-in-one-order",
            rows: &["B12"],
            question: "Does everybody see two transactions in the same order that do not meet?",
            tier: Tier::Quick,
            protocol: Certification::write_sets(2),
            environment: QUIET,
            clients: TWO_WRITE_TWO_LOOK,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (SOMETHING_IS_EARLY, Reached),
                (A_TRANSACTION_SEES_ANOTHER, Reached),
                (SNAPSHOT_ISOLATION, Holds),
                (NO_LONG_FORK, Holds),
            ],
        },
        Scenario {
            name: "everybody-commits-as-it-arrives",
            rows: &["B12"],
            question: "And if each replica shows them as they arrive?",
            tier: Tier::Quick,
            protocol: in_order_of_arrival(),
            environment: QUIET,
            clients: TWO_WRITE_TWO_LOOK,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (SOMETHING_IS_EARLY, Reached),
                (PARALLEL_SNAPSHOT_ISOLATION, Holds),
                (SNAPSHOT_ISOLATION, Violated { steps: 11 }),
                (NO_LONG_FORK, Violated { steps: 11 }),
            ],
        },
        Scenario {
            name: "everybody-decides-as-it-arrives",
            rows: &["B12"],
            question: "And what becomes of two that do meet?",
            tier: Tier::Quick,
            protocol: in_order_of_arrival(),
            environment: QUIET,
            clients: TWO_COUNT,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (DECISIONS_AGREE, Violated { steps: 6 }),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Violated { steps: 7 }),
                (QUIET_MEANS_AGREED, Violated { steps: 9 }),
            ],
        },
        Scenario {
            name: "order-loses-a-message",
            rows: &[],
            question: "Does everybody get an answer, and all replicas hold the same, if a message is lost?",
            tier: Tier::Quick,
            protocol: Certification::write_sets(2),
            environment: ONE_IS_LOST,
            clients: ONE_ADDITION,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Holds),
                (DECISIONS_AGREE, Holds),
                (REPLICAS_AGREE_IN_THE_END, Holds),
                (EVERY_REQUEST_IS_ANSWERED, Holds),
            ],
        },
        Scenario {
            name: "order-is-forgotten-once-all-have-it",
            rows: &[],
            question: "And if each forgets the order up to where everybody has it?",
            tier: Tier::Quick,
            protocol: forgetful(),
            environment: ONE_IS_LOST,
            clients: ONE_ADDITION,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (SOMETHING_IS_FORGOTTEN, Reached),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Holds),
                (ACKNOWLEDGED_TRANSACTIONS_ARE_REMEMBERED, Holds),
                (DECISIONS_AGREE, Holds),
                (PARTS_FIT_TOGETHER, Holds),
                (DISKS_HOLD_WHAT_IS_APPLIED, Holds),
                (REPLICAS_AGREE_IN_THE_END, Holds),
                (EVERY_REQUEST_IS_ANSWERED, Holds),
            ],
        },
        Scenario {
            name: "conflicts-after-the-order-is-forgotten",
            rows: &[],
            question: "And is a conflict noticed with what is forgotten already?",
            tier: Tier::Quick,
            protocol: forgetful(),
            environment: faults(FaultBudget { repeats: 3, ..FaultBudget::NONE }),
            clients: TWO_COUNT,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (SOMETHING_IS_FORGOTTEN, Reached),
                (A_TRANSACTION_IS_ABORTED, Reached),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Holds),
                (SNAPSHOT_ISOLATION, Holds),
                (QUIET_MEANS_COUNTED, Holds),
                (PARTS_FIT_TOGETHER, Holds),
            ],
        },
        Scenario {
            name: "order-is-forgotten-too-early",
            rows: &[],
            question: "And if each forgets what it has applied itself?",
            tier: Tier::Quick,
            protocol: without(Safeguard::OthersAwaited, forgetful()),
            environment: ONE_IS_LOST,
            clients: ONE_ADDITION,
            verdicts: &[
                (SOMETHING_IS_FORGOTTEN, Reached),
                (DECISIONS_AGREE, Holds),
                (REPLICAS_AGREE_IN_THE_END, Violated { steps: 6 }),
                (EVERY_REQUEST_IS_ANSWERED, Violated { steps: 6 }),
            ],
        },
        Scenario {
            name: "order-behind-a-partition",
            rows: &[],
            question: "Does everybody decide alike, whenever a partition comes and whoever stops waiting?",
            tier: Tier::Quick,
            protocol: Certification::write_sets(2),
            environment: Environment {
                partition: Links::of(&[(0, 1), (1, 0)]),
                ..faults(FaultBudget { partitions: 1, give_ups: 1, ..FaultBudget::NONE })
            },
            clients: TWO_COUNT,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_TRANSACTION_IS_ABORTED, Reached),
                (DECISIONS_AGREE, Holds),
                (FIRST_COMMITTER_WINS, Holds),
                (SNAPSHOT_ISOLATION, Holds),
                (ACKNOWLEDGED_TRANSACTIONS_ARE_REMEMBERED, Holds),
            ],
        },
        Scenario {
            name: "client-goes-on-elsewhere",
            rows: &[],
            question: "Is nothing handed in for ever that a client gave up at one replica, and went on with at another?",
            tier: Tier::Quick,
            protocol: Certification::write_sets(2),
            environment: faults(FaultBudget { give_ups: 1, retries: 1, ..FaultBudget::NONE }),
            clients: &[client(&[add("n", 1, 1), add("n", 2, 0)])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (PARTS_FIT_TOGETHER, Holds),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Holds),
                (DECISIONS_AGREE, Holds),
            ],
        },
        Scenario {
            name: "sequencer-is-down",
            rows: &[],
            question: "What goes through while nobody makes the order?",
            tier: Tier::Quick,
            protocol: Certification::write_sets(2),
            environment: Environment {
                network: NetworkKind::Datagram,
                down: ReplicaSet::of(&[0]),
                ..QUIET.repeating()
            },
            clients: &[client(&[read("n", 1), add("n", 1, 1)])],
            verdicts: &[
                (A_READ_IS_ANSWERED, Reached),
                (AN_UPDATE_IS_ACKNOWLEDGED, Unreachable),
                (EVERY_REQUEST_IS_ANSWERED, Violated { steps: 6 }),
            ],
        },
    ],
};
