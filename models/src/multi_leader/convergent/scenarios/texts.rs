//! Texts: whether everybody sees the same one, with everything where it was put.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::script::{erase, insert};
use crate::cluster::{Scenario, Tier};
use crate::multi_leader::convergent::properties::*;
use crate::multi_leader::convergent::witnesses::*;
use crate::multi_leader::convergent::{Propagation, TextRule};

/// So many replicas whose texts follow `rule`, and that apply causes before effects.
pub(super) const fn texts(text: TextRule, replicas: u8) -> Convergent {
    Convergent { text, ..Convergent::keeping_all(replicas) }
}

/// One insertion at the beginning, at each of two replicas.
const TWO_AT_THE_BEGINNING: &[Client] =
    &[client(&[insert("t", 0, "a", 0)]), client(&[insert("t", 0, "x", 1)])];

/// Somebody types a character and erases it, while somebody else types another after it.
const ERASED_AND_TYPED_AFTER: &[Client] =
    &[client(&[insert("t", 0, "a", 0), erase("t", 0, 0)]), client(&[insert("t", 1, "b", 1)])];

/// Two characters, the second after the first.
const TWO_IN_A_ROW: &[Client] = &[client(&[insert("t", 0, "a", 0), insert("t", 1, "b", 0)])];

/// Somebody types two characters, the second before the first, and somebody else one between them.
const ONE_BETWEEN_TWO: &[Client] =
    &[client(&[insert("t", 0, "c", 1), insert("t", 0, "a", 1)]), client(&[insert("t", 1, "b", 0)])];

/// Two people edit, one of whom erases.
pub(super) const TYPED_AND_ERASED: &[Client] = &[
    client(&[insert("t", 0, "a", 0), insert("t", 0, "b", 0)]),
    client(&[insert("t", 0, "x", 1), erase("t", 0, 1)]),
];

/// Three people, of whom the third may have seen what the others typed.
pub(super) const THREE_PEOPLE: &[Client] = &[
    client(&[insert("t", 0, "a", 0)]),
    client(&[insert("t", 1, "b", 1)]),
    client(&[insert("t", 1, "c", 2)]),
];

pub(super) const SECTION: Section<Convergent> = Section {
    title: "Texts",
    scenarios: &[
        Scenario {
            name: "insertions-that-meet",
            rows: &["B45"],
            question: "Do replicas agree on a text, if of two insertions at one place the later stands first?",
            tier: Tier::Quick,
            protocol: texts(TextRule::LaterFirst, 2),
            environment: Environment::CALM,
            clients: TWO_AT_THE_BEGINNING,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (TWO_INSERTIONS_MEET, Reached),
                (ALL_AGREE_AT_REST, Reached),
                (PARTS_FIT_TOGETHER, Holds),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (ELEMENTS_STAND_IN_ONE_ORDER, Holds),
                (INSERTIONS_STAND_WHERE_ASKED, Holds),
            ],
        },
        Scenario {
            name: "insertions-at-their-neighbour",
            rows: &["B46"],
            question: "And if each stands right after its left neighbour?",
            tier: Tier::Quick,
            protocol: without(Safeguard::LaterInsertionsSkipped, texts(TextRule::LaterFirst, 2)),
            environment: Environment::CALM,
            clients: TWO_AT_THE_BEGINNING,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (ELEMENTS_STAND_IN_ONE_ORDER, Violated { steps: 6 }),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Violated { steps: 6 }),
            ],
        },
        Scenario {
            name: "typed-after-what-is-erased",
            rows: &["B45"],
            question: "Do they agree, if somebody types after what somebody else erases?",
            tier: Tier::Quick,
            protocol: texts(TextRule::LaterFirst, 2),
            environment: Environment::CALM,
            clients: ERASED_AND_TYPED_AFTER,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (AN_ELEMENT_IS_ERASED, Reached),
                (ALL_AGREE_AT_REST, Reached),
                (PARTS_FIT_TOGETHER, Holds),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (ELEMENTS_STAND_IN_ONE_ORDER, Holds),
                (INSERTIONS_STAND_WHERE_ASKED, Holds),
            ],
        },
        Scenario {
            name: "erased-without-a-trace",
            rows: &["B47"],
            question: "And if nothing is left of what is erased?",
            tier: Tier::Quick,
            protocol: without(Safeguard::ErasedElementsKept, texts(TextRule::LaterFirst, 2)),
            environment: Environment::CALM,
            clients: ERASED_AND_TYPED_AFTER,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Violated { steps: 10 }),
            ],
        },
        Scenario {
            name: "typed-on-as-it-arrives",
            rows: &["B48"],
            question: "Do they agree, if updates are applied as they arrive?",
            tier: Tier::Quick,
            protocol: Convergent { delivery: Delivery::Any, ..texts(TextRule::LaterFirst, 2) },
            environment: Environment::CALM,
            clients: TWO_IN_A_ROW,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Violated { steps: 7 }),
            ],
        },
        Scenario {
            name: "typed-on-after-its-cause",
            rows: &["B48"],
            question: "And if causes come first?",
            tier: Tier::Quick,
            protocol: texts(TextRule::LaterFirst, 2),
            environment: Environment::CALM,
            clients: TWO_IN_A_ROW,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (AN_UPDATE_WAITS, Reached),
                (ALL_AGREE_AT_REST, Reached),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (QUIET_MEANS_AGREED, Holds),
            ],
        },
        Scenario {
            name: "typed-between-two",
            rows: &["B45"],
            question: "Does a character stand where it was put, between two that were there?",
            tier: Tier::Quick,
            protocol: texts(TextRule::LaterFirst, 2),
            environment: Environment::CALM,
            clients: ONE_BETWEEN_TWO,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (TWO_INSERTIONS_MEET, Reached),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (INSERTIONS_STAND_WHERE_ASKED, Holds),
                (NO_INTERLEAVING_FORWARDS, Holds),
            ],
        },
        Scenario {
            name: "names-that-are-not-ahead",
            rows: &["B45"],
            question: "And if its name is not later than those that were there?",
            tier: Tier::Quick,
            protocol: without(Safeguard::NamesAheadOfAllSeen, texts(TextRule::LaterFirst, 2)),
            environment: Environment::CALM,
            clients: ONE_BETWEEN_TWO,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (INSERTIONS_STAND_WHERE_ASKED, Violated { steps: 9 }),
                (NO_INTERLEAVING_FORWARDS, Violated { steps: 9 }),
            ],
        },
        Scenario {
            name: "typed-and-erased",
            rows: &["B45"],
            question: "Is all where it was put, if two people type, and one erases?",
            tier: Tier::Quick,
            protocol: texts(TextRule::LaterFirst, 2),
            environment: Environment::CALM.once(),
            clients: TYPED_AND_ERASED,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (TWO_INSERTIONS_MEET, Reached),
                (AN_ELEMENT_IS_ERASED, Reached),
                (PARTS_FIT_TOGETHER, Holds),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (ELEMENTS_STAND_IN_ONE_ORDER, Holds),
                (INSERTIONS_STAND_WHERE_ASKED, Holds),
                (NO_INTERLEAVING_FORWARDS, Holds),
            ],
        },
        Scenario {
            name: "three-people-type",
            rows: &["B45"],
            question: "And if three people do, each at another replica?",
            tier: Tier::Quick,
            protocol: texts(TextRule::LaterFirst, 3),
            environment: Environment::CALM.once(),
            clients: THREE_PEOPLE,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (TWO_INSERTIONS_MEET, Reached),
                (PARTS_FIT_TOGETHER, Holds),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (ELEMENTS_STAND_IN_ONE_ORDER, Holds),
                (INSERTIONS_STAND_WHERE_ASKED, Holds),
                (NO_INTERLEAVING_FORWARDS, Holds),
            ],
        },
        Scenario {
            name: "texts-travel-as-states",
            rows: &["B45"],
            question: "Do replicas agree on a text, if they tell each other all that they have?",
            tier: Tier::Quick,
            protocol: Convergent {
                propagation: Propagation::States,
                delivery: Delivery::Any,
                ..texts(TextRule::RunsTogether, 2)
            },
            environment: Environment::CALM,
            clients: TYPED_AND_ERASED,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (AN_ELEMENT_IS_ERASED, Reached),
                (ALL_AGREE_AT_REST, Reached),
                (PARTS_FIT_TOGETHER, Holds),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (ELEMENTS_STAND_IN_ONE_ORDER, Holds),
                (INSERTIONS_STAND_WHERE_ASKED, Holds),
                (QUIET_MEANS_AGREED, Holds),
            ],
        },
    ],
};
