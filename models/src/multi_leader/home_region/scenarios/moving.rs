//! Homes that move to where their writers are.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::multi_leader::home_region::properties::*;
use crate::multi_leader::home_region::witnesses::*;

/// Somebody counts at the first home, and somebody else in another region, to which the key moves.
const TWO_COUNT: &[Client] =
    &[client(&[add("n", 1, 1), add("n", 4, 1)]), client(&[add("n", 2, 0)])];

/// Somebody writes at the first home, and others compare in two other regions, in vain.
const TWO_COMPARE: &[Client] = &[
    client(&[write("x", "1", 2)]),
    client(&[Step::Ask(Ask::CompareAndSet("x", Some("0"), "2"), At::Replica(1))]),
    client(&[Step::Ask(Ask::CompareAndSet("x", Some("0"), "3"), At::Replica(0)), read("x", 0)]),
];

/// Three regions whose homes move to their writers, and whose readers ask the home.
const fn passing_on() -> HomeRegion {
    HomeRegion { homing: Homing::FollowsWriters, ..reading(ReadRule::Home, 3) }
}

pub(super) const SECTION: Section<HomeRegion> = Section {
    title: "Moving homes",
    scenarios: &[
        Scenario {
            name: "home-follows-its-writers",
            rows: &["B17"],
            question: "Is anything lost, or decided twice, while a home moves to where its writers are?",
            tier: Tier::Quick,
            protocol: following(2),
            environment: Environment::CALM,
            clients: TWO_COUNT,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ALL_AGREE_AT_REST, Reached),
                (A_KEY_HAS_MOVED, Reached),
                (A_KEY_IS_ON_THE_MOVE, Reached),
                (ONE_HOME_AT_A_TIME, Holds),
                (HOMES_HAVE_THE_LATEST, Holds),
                (HOMES_COUNT_WHAT_WAS_ACKNOWLEDGED, Holds),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Holds),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (QUIET_MEANS_AGREED, Holds),
                (PARTS_FIT_TOGETHER, Holds),
            ],
        },
        Scenario {
            name: "old-home-goes-on",
            rows: &[],
            question: "And if the old home goes on taking updates?",
            tier: Tier::Quick,
            protocol: without(Safeguard::OldHomeFenced, following(2)),
            environment: Environment::CALM,
            clients: TWO_COUNT,
            verdicts: &[
                (A_KEY_HAS_MOVED, Reached),
                (ONE_HOME_AT_A_TIME, Violated { steps: 4 }),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Violated { steps: 4 }),
                (HOMES_COUNT_WHAT_WAS_ACKNOWLEDGED, Violated { steps: 9 }),
                (QUIET_MEANS_AGREED, Violated { steps: 14 }),
            ],
        },
        Scenario {
            name: "new-home-starts-too-soon",
            rows: &["B15"],
            question: "And if the new home starts before it has everything that the old one had decided?",
            tier: Tier::Quick,
            protocol: without(Safeguard::NewHomeDrained, following(2)),
            environment: Environment::CALM,
            clients: TWO_COUNT,
            verdicts: &[
                (A_KEY_HAS_MOVED, Reached),
                (ONE_HOME_AT_A_TIME, Holds),
                (HOMES_HAVE_THE_LATEST, Violated { steps: 6 }),
                (HOMES_COUNT_WHAT_WAS_ACKNOWLEDGED, Violated { steps: 7 }),
            ],
        },
        Scenario {
            name: "home-moves-on-without-a-change",
            rows: &["B17"],
            question: "Does a home have the latest value if the one before it took none, and only moved on?",
            tier: Tier::Quick,
            protocol: passing_on(),
            environment: once(Environment::CALM),
            clients: TWO_COMPARE,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_KEY_HAS_MOVED, Reached),
                (HOMES_HAVE_THE_LATEST, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "moves-tell-no-value",
            rows: &[],
            question: "And if a move does not tell what is there?",
            tier: Tier::Quick,
            protocol: without(Safeguard::ValueMovesAlong, passing_on()),
            environment: once(Environment::CALM),
            clients: TWO_COMPARE,
            verdicts: &[
                (A_KEY_HAS_MOVED, Reached),
                (HOMES_HAVE_THE_LATEST, Violated { steps: 12 }),
                (LINEARIZABLE, Violated { steps: 18 }),
            ],
        },
        Scenario {
            name: "moving-home-crashes",
            rows: &["B17"],
            question: "Is anything lost if a region crashes while a home moves?",
            tier: Tier::Quick,
            protocol: following(2),
            environment: once(faults(FaultBudget {
                crashes: 1,
                unclean_crashes: 1,
                ..FaultBudget::NONE
            })),
            clients: &[client(&[add("n", 1, 1)]), client(&[add("n", 2, 0), add("n", 4, 0)])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_KEY_HAS_MOVED, Reached),
                (ONE_HOME_AT_A_TIME, Holds),
                (HOMES_HAVE_THE_LATEST, Holds),
                (HOMES_COUNT_WHAT_WAS_ACKNOWLEDGED, Holds),
                (NOTHING_APPLIED_IS_FORGOTTEN, Holds),
            ],
        },
        Scenario {
            name: "moving-home-loses-a-message",
            rows: &["B17"],
            question: "Does a home arrive whose move is told in a message that is lost?",
            tier: Tier::Quick,
            protocol: following(2),
            environment: faults(FaultBudget {
                losses: 1,
                retries: FaultBudget::UNLIMITED,
                ..FaultBudget::NONE
            })
            .repeating(),
            clients: &[client(&[add("n", 1, 0)])],
            verdicts: &[
                (ALL_AGREE_AT_REST, Reached),
                (A_KEY_HAS_MOVED, Reached),
                (A_KEY_IS_ON_THE_MOVE, Reached),
                (REPLICAS_AGREE_IN_THE_END, Holds),
                (EVERY_REQUEST_IS_ANSWERED, Holds),
            ],
        },
        Scenario {
            name: "home-moves-among-three",
            rows: &["B17"],
            question: "And if a third region wants it while it is on the move?",
            tier: Tier::Quick,
            protocol: following(3),
            environment: once(Environment::CALM),
            clients: &[client(&[add("n", 1, 0)]), client(&[add("n", 2, 1)])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_KEY_IS_ON_THE_MOVE, Reached),
                (ONE_HOME_AT_A_TIME, Holds),
                (HOMES_HAVE_THE_LATEST, Holds),
                (HOMES_COUNT_WHAT_WAS_ACKNOWLEDGED, Holds),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Holds),
            ],
        },
        Scenario {
            name: "asked-again-where-a-home-has-moved-twice",
            rows: &[],
            question: "Is an addition counted once that its client asks for again in another region, when the home has moved twice?",
            tier: Tier::Quick,
            protocol: following(3),
            environment: once(faults(FaultBudget { retries: 1, ..FaultBudget::NONE })),
            clients: &[client(&[Step::Ask(Ask::Add("n", 1), At::Any)]), client(&[add("n", 2, 1)])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_KEY_HAS_MOVED, Reached),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Holds),
            ],
        },
    ],
};
