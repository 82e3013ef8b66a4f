//! Sets: whether everybody agrees on what is in them, and whether what was removed stays removed.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::script::{exclude, include};
use crate::cluster::{Scenario, Tier};
use crate::multi_leader::convergent::properties::*;
use crate::multi_leader::convergent::witnesses::*;
use crate::multi_leader::convergent::{Propagation, SetRule};

/// Two replicas whose sets follow `rule`, and that apply updates as they arrive.
const fn sets(set: SetRule) -> Convergent {
    Convergent { set, delivery: Delivery::Any, ..Convergent::keeping_all(2) }
}

/// The same, where replicas tell each other all that they have.
pub(super) const fn by_states(set: SetRule) -> Convergent {
    Convergent { propagation: Propagation::States, ..sets(set) }
}

/// An element that is included and excluded.
pub(super) const IN_AND_OUT: &[Client] = &[client(&[include("s", "a", 0), exclude("s", "a", 0)])];

/// The same, and somebody else who includes it elsewhere.
const IN_AND_OUT_AND_IN: &[Client] =
    &[client(&[include("s", "a", 0), exclude("s", "a", 0)]), client(&[include("s", "a", 1)])];

/// Two who include the same element and exclude it, each at another replica.
const IN_AND_OUT_TWICE: &[Client] = &[
    client(&[include("s", "a", 0), exclude("s", "a", 0)]),
    client(&[include("s", "a", 1), exclude("s", "a", 1)]),
];

/// An element that is included and excluded, and somebody else who includes another.
const TWO_ELEMENTS: &[Client] =
    &[client(&[include("s", "a", 0), exclude("s", "a", 0)]), client(&[include("s", "b", 1)])];

/// An element that is excluded where it was heard of.
const OUT_ELSEWHERE: &[Client] =
    &[client(&[include("s", "a", 0)]), client(&[exclude("s", "a", 1)])];

pub(super) const SECTION: Section<Convergent> = Section {
    title: "Sets",
    scenarios: &[
        Scenario {
            name: "additions-removed-in-any-order",
            rows: &["B34"],
            question: "Do replicas agree on a set, if a removal takes away the additions that it had seen?",
            tier: Tier::Quick,
            protocol: sets(SetRule::Additions),
            environment: Environment::CALM,
            clients: IN_AND_OUT,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (NO_ADDITION_IS_REMOVED_UNSEEN, Holds),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Violated { steps: 7 }),
            ],
        },
        Scenario {
            name: "additions-removed-in-the-order-of-each-replica",
            rows: &["B35"],
            question: "And if the updates of each replica are applied in their order?",
            tier: Tier::Quick,
            protocol: Convergent {
                set: SetRule::Additions,
                delivery: Delivery::Fifo,
                ..Convergent::keeping_all(3)
            },
            environment: Environment::CALM,
            clients: OUT_ELSEWHERE,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Violated { steps: 7 }),
            ],
        },
        Scenario {
            name: "additions-removed-after-them",
            rows: &["B33"],
            question: "And if causes come first?",
            tier: Tier::Quick,
            protocol: Convergent { set: SetRule::Additions, ..Convergent::keeping_all(3) },
            environment: Environment::CALM,
            clients: OUT_ELSEWHERE,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (AN_UPDATE_WAITS, Reached),
                (ALL_AGREE_AT_REST, Reached),
                (PARTS_FIT_TOGETHER, Holds),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (QUIET_MEANS_AGREED, Holds),
                (NO_RESURRECTION, Holds),
            ],
        },
        Scenario {
            name: "addition-against-a-removal",
            rows: &["B33"],
            question: "And if somebody includes again what somebody else excludes?",
            tier: Tier::Quick,
            protocol: Convergent { set: SetRule::Additions, ..Convergent::keeping_all(2) },
            environment: Environment::CALM,
            clients: IN_AND_OUT_AND_IN,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (AN_ADDITION_OUTLIVES_A_REMOVAL, Reached),
                (ALL_AGREE_AT_REST, Reached),
                (PARTS_FIT_TOGETHER, Holds),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (NO_ADDITION_IS_REMOVED_UNSEEN, Holds),
                (NO_RESURRECTION, Holds),
            ],
        },
        Scenario {
            name: "elements-removed",
            rows: &["B38"],
            question: "And if a removal takes an element away, however it came there?",
            tier: Tier::Quick,
            protocol: Convergent { set: SetRule::Elements, ..Convergent::keeping_all(2) },
            environment: Environment::CALM,
            clients: IN_AND_OUT_AND_IN,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Violated { steps: 10 }),
                (NO_ADDITION_IS_REMOVED_UNSEEN, Violated { steps: 9 }),
            ],
        },
        Scenario {
            name: "tombstones-in-any-order",
            rows: &["B37"],
            question: "Do they agree without waiting for causes, if each remembers which additions were removed?",
            tier: Tier::Quick,
            protocol: sets(SetRule::Tombstones),
            environment: Environment::CALM,
            clients: IN_AND_OUT_AND_IN,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (A_REMOVAL_COMES_FIRST, Reached),
                (AN_ADDITION_OUTLIVES_A_REMOVAL, Reached),
                (ALL_AGREE_AT_REST, Reached),
                (PARTS_FIT_TOGETHER, Holds),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (QUIET_MEANS_AGREED, Holds),
                (NO_ADDITION_IS_REMOVED_UNSEEN, Holds),
                (NO_RESURRECTION, Holds),
            ],
        },
        Scenario {
            name: "seen-and-not-there-is-removed",
            rows: &["B37"],
            question: "And if it remembers only what was removed before it arrived?",
            tier: Tier::Quick,
            protocol: sets(SetRule::Context),
            environment: Environment::CALM,
            clients: IN_AND_OUT_AND_IN,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (A_REMOVAL_COMES_FIRST, Reached),
                (AN_ADDITION_OUTLIVES_A_REMOVAL, Reached),
                (ALL_AGREE_AT_REST, Reached),
                (PARTS_FIT_TOGETHER, Holds),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (QUIET_MEANS_AGREED, Holds),
                (NO_ADDITION_IS_REMOVED_UNSEEN, Holds),
                (NO_RESURRECTION, Holds),
            ],
        },
        Scenario {
            name: "removed-on-both-sides",
            rows: &["B37"],
            question: "And if both include it and exclude it?",
            tier: Tier::Quick,
            protocol: sets(SetRule::Context),
            environment: Environment::CALM,
            clients: IN_AND_OUT_TWICE,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (A_REMOVAL_COMES_FIRST, Reached),
                (AN_ADDITION_OUTLIVES_A_REMOVAL, Reached),
                (ALL_AGREE_AT_REST, Reached),
                (PARTS_FIT_TOGETHER, Holds),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (NO_ADDITION_IS_REMOVED_UNSEEN, Holds),
                (NO_RESURRECTION, Holds),
            ],
        },
        Scenario {
            name: "seen-and-not-there-is-removed-by-three",
            rows: &["B37"],
            question: "And with three replicas, where one removes what another has included?",
            tier: Tier::Quick,
            protocol: Convergent {
                set: SetRule::Context,
                delivery: Delivery::Any,
                ..Convergent::keeping_all(3)
            },
            environment: Environment::CALM,
            clients: &[
                client(&[include("s", "a", 0)]),
                client(&[exclude("s", "a", 1)]),
                client(&[include("s", "a", 2)]),
            ],
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (A_REMOVAL_COMES_FIRST, Reached),
                (AN_ADDITION_OUTLIVES_A_REMOVAL, Reached),
                (PARTS_FIT_TOGETHER, Holds),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (NO_ADDITION_IS_REMOVED_UNSEEN, Holds),
                (NO_RESURRECTION, Holds),
            ],
        },
        Scenario {
            name: "union-of-two-sets",
            rows: &["B44"],
            question: "Does what was removed stay removed, if replicas tell all that they have, and all that both have stays?",
            tier: Tier::Quick,
            protocol: by_states(SetRule::Elements),
            environment: Environment::CALM,
            clients: TWO_ELEMENTS,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (NO_RESURRECTION, Violated { steps: 7 }),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Violated { steps: 7 }),
            ],
        },
        Scenario {
            name: "tombstones-travel-as-states",
            rows: &["B37", "B44"],
            question: "And if they tell which additions were removed?",
            tier: Tier::Quick,
            protocol: by_states(SetRule::Tombstones),
            environment: Environment::CALM,
            clients: TWO_ELEMENTS,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (ALL_AGREE_AT_REST, Reached),
                (PARTS_FIT_TOGETHER, Holds),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (QUIET_MEANS_AGREED, Holds),
                (NO_RESURRECTION, Holds),
            ],
        },
        Scenario {
            name: "context-travels-as-states",
            rows: &["B37", "B44"],
            question: "And if they tell only what they have seen?",
            tier: Tier::Quick,
            protocol: by_states(SetRule::Context),
            environment: Environment::CALM,
            clients: TWO_ELEMENTS,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (ALL_AGREE_AT_REST, Reached),
                (PARTS_FIT_TOGETHER, Holds),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (QUIET_MEANS_AGREED, Holds),
                (NO_RESURRECTION, Holds),
            ],
        },
    ],
};
