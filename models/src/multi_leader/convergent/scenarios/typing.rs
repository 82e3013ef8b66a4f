//! Typing into one text at one place: whether what one person typed stays together.

use super::texts::{THREE_PEOPLE, TYPED_AND_ERASED, texts};
use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::script::insert;
use crate::cluster::{Scenario, Tier};
use crate::multi_leader::convergent::TextRule;
use crate::multi_leader::convergent::properties::*;
use crate::multi_leader::convergent::witnesses::*;

/// Two people type a word each, forwards.
const TWO_WORDS: &[Client] = &[
    client(&[insert("t", 0, "a", 0), insert("t", 1, "b", 0)]),
    client(&[insert("t", 0, "x", 1), insert("t", 1, "y", 1)]),
];

/// Two people type a word each, from its last character to its first.
const TWO_WORDS_BACKWARDS: &[Client] = &[
    client(&[insert("t", 0, "b", 0), insert("t", 0, "a", 0)]),
    client(&[insert("t", 0, "y", 1), insert("t", 0, "x", 1)]),
];

pub(super) const SECTION: Section<Convergent> = Section {
    title: "Typing",
    scenarios: &[
        Scenario {
            name: "two-words-typed-forwards",
            rows: &["B50"],
            question: "Does a word stay together that is typed while somebody else types another, if the later stands first?",
            tier: Tier::Quick,
            protocol: texts(TextRule::LaterFirst, 2),
            environment: Environment::CALM.once(),
            clients: TWO_WORDS,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (TWO_INSERTIONS_MEET, Reached),
                (NO_INTERLEAVING_FORWARDS, Holds),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
            ],
        },
        Scenario {
            name: "two-words-typed-backwards",
            rows: &["B50"],
            question: "And if both are typed from the last character to the first?",
            tier: Tier::Quick,
            protocol: texts(TextRule::LaterFirst, 2),
            environment: Environment::CALM.once(),
            clients: TWO_WORDS_BACKWARDS,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (TWO_INSERTIONS_MEET, Reached),
                (NO_INTERLEAVING_FORWARDS, Holds),
                (NO_INTERLEAVING_BACKWARDS, Violated { steps: 8 }),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
            ],
        },
        Scenario {
            name: "two-words-kept-together",
            rows: &["B50"],
            question: "And if each insertion says between which two it was made?",
            tier: Tier::Quick,
            protocol: texts(TextRule::RunsTogether, 2),
            environment: Environment::CALM.once(),
            clients: TWO_WORDS_BACKWARDS,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (TWO_INSERTIONS_MEET, Reached),
                (PARTS_FIT_TOGETHER, Holds),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (ELEMENTS_STAND_IN_ONE_ORDER, Holds),
                (INSERTIONS_STAND_WHERE_ASKED, Holds),
                (NO_INTERLEAVING_FORWARDS, Holds),
                (NO_INTERLEAVING_BACKWARDS, Holds),
            ],
        },
        Scenario {
            name: "runs-together-forwards",
            rows: &["B50"],
            question: "And if both are typed forwards?",
            tier: Tier::Quick,
            protocol: texts(TextRule::RunsTogether, 2),
            environment: Environment::CALM.once(),
            clients: TWO_WORDS,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (TWO_INSERTIONS_MEET, Reached),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (ELEMENTS_STAND_IN_ONE_ORDER, Holds),
                (INSERTIONS_STAND_WHERE_ASKED, Holds),
                (NO_INTERLEAVING_FORWARDS, Holds),
                (NO_INTERLEAVING_BACKWARDS, Holds),
            ],
        },
        Scenario {
            name: "runs-together-typed-and-erased",
            rows: &["B50"],
            question: "And if one of them erases?",
            tier: Tier::Quick,
            protocol: texts(TextRule::RunsTogether, 2),
            environment: Environment::CALM.once(),
            clients: TYPED_AND_ERASED,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (AN_ELEMENT_IS_ERASED, Reached),
                (PARTS_FIT_TOGETHER, Holds),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (ELEMENTS_STAND_IN_ONE_ORDER, Holds),
                (INSERTIONS_STAND_WHERE_ASKED, Holds),
                (NO_INTERLEAVING_FORWARDS, Holds),
                (NO_INTERLEAVING_BACKWARDS, Holds),
            ],
        },
        Scenario {
            name: "runs-together-by-three",
            rows: &["B50"],
            question: "And if three people type, each at another replica?",
            tier: Tier::Quick,
            protocol: texts(TextRule::RunsTogether, 3),
            environment: Environment::CALM.once(),
            clients: THREE_PEOPLE,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (TWO_INSERTIONS_MEET, Reached),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (ELEMENTS_STAND_IN_ONE_ORDER, Holds),
                (INSERTIONS_STAND_WHERE_ASKED, Holds),
                (NO_INTERLEAVING_FORWARDS, Holds),
                (NO_INTERLEAVING_BACKWARDS, Holds),
            ],
        },
    ],
};
