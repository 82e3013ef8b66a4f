//! What clients may observe.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::multi_leader::convergent::witnesses::*;

const CAUSAL: Property<Convergent> = Property::guarantee(Guarantee::Causal);
const NOTIFIED: Property<Convergent> = Property::guarantee(Guarantee::CausalAcrossNotification);
const LINEARIZABLE: Property<Convergent> = Property::guarantee(Guarantee::Linearizable);
const SEQUENTIAL: Property<Convergent> = Property::guarantee(Guarantee::Sequential);
const READ_YOUR_WRITES: Property<Convergent> = Property::guarantee(Guarantee::ReadYourWrites);
const MONOTONIC_WRITES: Property<Convergent> = Property::guarantee(Guarantee::MonotonicWrites);
const WRITES_FOLLOW_READS: Property<Convergent> = Property::guarantee(Guarantee::WritesFollowReads);

pub(super) const SECTION: Section<Convergent> = Section {
    title: "Reads",
    scenarios: &[
        Scenario {
            name: "pinned-clients",
            rows: &["B53"],
            question: "What do clients see that stay at their replica, where causes come first?",
            tier: Tier::Quick,
            protocol: Convergent::keeping_all(2),
            environment: Environment::CALM.once(),
            clients: &[
                client(&[write("x", "1", 0), read("y", 0)]),
                client(&[write("y", "1", 1), read("x", 1)]),
            ],
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (READ_YOUR_WRITES, Holds),
                (CAUSAL, Holds),
                (SEQUENTIAL, Violated { steps: 12 }),
                (LINEARIZABLE, Violated { steps: 9 }),
            ],
        },
        Scenario {
            name: "moving-client",
            rows: &["D06"],
            question: "And a client that writes here and reads there?",
            tier: Tier::Quick,
            protocol: Convergent::keeping_all(2),
            environment: Environment::CALM.once(),
            clients: &[client(&[write("x", "1", 0), read("x", 1)])],
            verdicts: &[(A_READ_FINDS_A_VALUE, Reached), (READ_YOUR_WRITES, Violated { steps: 6 })],
        },
        Scenario {
            name: "two-writes-through-two-replicas",
            rows: &["D06"],
            question: "Does a third replica show the second write of a client only after the first?",
            tier: Tier::Quick,
            protocol: Convergent::keeping_all(3),
            environment: Environment::CALM.once(),
            clients: &[
                client(&[write("x", "1", 0), write("y", "2", 1)]),
                client(&[read("y", 2), read("x", 2)]),
            ],
            verdicts: &[
                (A_READ_FINDS_A_VALUE, Reached),
                (MONOTONIC_WRITES, Violated { steps: 12 }),
            ],
        },
        Scenario {
            name: "answer-before-the-question",
            rows: &["D07"],
            question: "Does it show what somebody wrote only after what they had read?",
            tier: Tier::Quick,
            protocol: Convergent { delivery: Delivery::Any, ..Convergent::keeping_all(3) },
            environment: Environment::CALM.once(),
            clients: &[
                client(&[write("x", "1", 0)]),
                client(&[read("x", 1), write("y", "2", 1)]),
                client(&[read("y", 2), read("x", 2)]),
            ],
            verdicts: &[
                (A_READ_FINDS_A_VALUE, Reached),
                (WRITES_FOLLOW_READS, Violated { steps: 15 }),
            ],
        },
        Scenario {
            name: "question-before-the-answer",
            rows: &["D07"],
            question: "And if causes come first?",
            tier: Tier::Quick,
            protocol: Convergent::keeping_all(3),
            environment: Environment::CALM.once(),
            clients: &[
                client(&[write("x", "1", 0)]),
                client(&[read("x", 1), write("y", "2", 1)]),
                client(&[read("y", 2), read("x", 2)]),
            ],
            verdicts: &[
                (A_READ_FINDS_A_VALUE, Reached),
                (WRITES_FOLLOW_READS, Holds),
                (CAUSAL, Holds),
            ],
        },
        Scenario {
            name: "red-packet-at-another-leader",
            rows: &["D01"],
            question: "Does somebody find the packet who was told of it outside the store, and asks another leader?",
            tier: Tier::Quick,
            protocol: Convergent::keeping_all(2),
            environment: Environment::CALM.once(),
            clients: &[
                client(&[write("packet", "1", 0), Step::Tell(1)]),
                client(&[Step::HearFrom(0), read("packet", 1)]),
            ],
            verdicts: &[
                (A_READ_FINDS_A_VALUE, Reached),
                (CAUSAL, Holds),
                (NOTIFIED, Violated { steps: 7 }),
            ],
        },
        Scenario {
            name: "red-packet-at-its-leader",
            rows: &["D03"],
            question: "And if they ask the leader that took it?",
            tier: Tier::Quick,
            protocol: Convergent::keeping_all(2),
            environment: Environment::CALM.once(),
            clients: &[
                client(&[write("packet", "1", 0), Step::Tell(1)]),
                client(&[Step::HearFrom(0), read("packet", 0)]),
            ],
            verdicts: &[(A_READ_FINDS_A_VALUE, Reached), (NOTIFIED, Holds), (LINEARIZABLE, Holds)],
        },
    ],
};
