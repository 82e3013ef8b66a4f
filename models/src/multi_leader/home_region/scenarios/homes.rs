//! Homes that stay where they are.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Unreachable, Violated};
use crate::cluster::{Scenario, Tier};
use crate::multi_leader::home_region::properties::*;
use crate::multi_leader::home_region::witnesses::*;
use crate::vocabulary::ReplicaSet;

/// An addition that is asked for once more, at any region.
const ASKED_AGAIN: Environment = once(faults(FaultBudget { retries: 1, ..FaultBudget::NONE }));

const ONE_ADDITION: &[Client] = &[client(&[Step::Ask(Ask::Add("n", 1), At::Any)])];

pub(super) const SECTION: Section<HomeRegion> = Section {
    title: "Homes",
    scenarios: &[
        Scenario {
            name: "updates-go-home",
            rows: &["B14"],
            question: "Is every update of a key decided in one place, wherever it is asked for?",
            tier: Tier::Quick,
            protocol: HomeRegion::fixed(2),
            environment: Environment::CALM,
            clients: &[client(&[add("n", 1, 0), add("m", 2, 0)]), client(&[add("n", 4, 1)])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ALL_AGREE_AT_REST, Reached),
                (ONE_HOME_AT_A_TIME, Holds),
                (HOMES_HAVE_THE_LATEST, Holds),
                (HOMES_COUNT_WHAT_WAS_ACKNOWLEDGED, Holds),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Holds),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (QUIET_MEANS_AGREED, Holds),
                (DISKS_HOLD_WHAT_IS_APPLIED, Holds),
                (PARTS_FIT_TOGETHER, Holds),
            ],
        },
        Scenario {
            name: "two-open-one-packet",
            rows: &["D04"],
            question: "Does one packet go to one of two who want it, each asking another region?",
            tier: Tier::Quick,
            protocol: HomeRegion::fixed(2),
            environment: Environment::CALM,
            clients: &[
                client(&[Step::Ask(Ask::CompareAndSet("packet", None, "1"), At::Replica(0))]),
                client(&[Step::Ask(Ask::CompareAndSet("packet", None, "2"), At::Replica(1))]),
            ],
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (AN_UPDATE_COMES_TOO_LATE, Reached),
                (ONE_HOME_AT_A_TIME, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "comparison-arrives-twice",
            rows: &[],
            question: "Does a comparison that has failed stay failed, though its request arrives again?",
            tier: Tier::Quick,
            protocol: HomeRegion::fixed(2),
            environment: Environment::CALM,
            clients: &[
                client(&[
                    Step::Ask(Ask::CompareAndSet("packet", Some("1"), "2"), At::Replica(1)),
                    read("packet", 1),
                ]),
                client(&[write("packet", "1", 1)]),
            ],
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (AN_UPDATE_COMES_TOO_LATE, Reached),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "addition-asked-again-in-another-region",
            rows: &[],
            question: "Is an addition counted once that its client asks for again, in any region?",
            tier: Tier::Quick,
            protocol: HomeRegion::fixed(2),
            environment: ASKED_AGAIN,
            clients: ONE_ADDITION,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Holds),
            ],
        },
        Scenario {
            name: "addition-repeated",
            rows: &[],
            question: "And if homes do not recognise requests?",
            tier: Tier::Quick,
            protocol: without(Safeguard::RequestsRecognised, HomeRegion::fixed(2)),
            environment: ASKED_AGAIN,
            clients: ONE_ADDITION,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Violated { steps: 4 }),
            ],
        },
        Scenario {
            name: "homes-crash",
            rows: &[],
            question: "Does a home remember what it has decided through a crash of its process, and of its machine?",
            tier: Tier::Quick,
            protocol: HomeRegion::fixed(2),
            environment: faults(FaultBudget {
                crashes: 1,
                unclean_crashes: 1,
                ..FaultBudget::NONE
            }),
            clients: &[client(&[add("n", 1, 0)]), client(&[add("n", 2, 1)])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (NOTHING_APPLIED_IS_FORGOTTEN, Holds),
                (HOMES_COUNT_WHAT_WAS_ACKNOWLEDGED, Holds),
                (HOMES_HAVE_THE_LATEST, Holds),
                (DISKS_HOLD_WHAT_IS_APPLIED, Holds),
                (PARTS_FIT_TOGETHER, Holds),
            ],
        },
        Scenario {
            name: "home-loses-its-disk",
            rows: &[],
            question: "And if its disk is replaced?",
            tier: Tier::Quick,
            protocol: HomeRegion::fixed(2),
            environment: faults(FaultBudget { amnesias: 1, ..FaultBudget::NONE }),
            clients: &[client(&[add("n", 1, 1)])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (NOTHING_APPLIED_IS_FORGOTTEN, Violated { steps: 3 }),
                (HOMES_COUNT_WHAT_WAS_ACKNOWLEDGED, Violated { steps: 5 }),
                (HOMES_HAVE_THE_LATEST, Violated { steps: 5 }),
            ],
        },
        Scenario {
            name: "one-home-is-down",
            rows: &["B14"],
            question: "Which updates go through while one region is down?",
            tier: Tier::Quick,
            protocol: HomeRegion::fixed(2),
            environment: Environment { down: ReplicaSet::of(&[0]), ..Environment::CALM }
                .repeating(),
            clients: &[client(&[write("x", "1", 1)]), client(&[write("y", "1", 1)])],
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Unreachable),
                (EVERY_REQUEST_IS_ANSWERED, Violated { steps: 6 }),
            ],
        },
        Scenario {
            name: "lost-entries-of-a-home-are-told-again",
            rows: &[],
            question: "Do all regions come to hold the same though a message is lost and a region crashes?",
            tier: Tier::Quick,
            protocol: HomeRegion::fixed(2),
            environment: faults(FaultBudget {
                losses: 1,
                crashes: 1,
                retries: FaultBudget::UNLIMITED,
                ..FaultBudget::NONE
            })
            .repeating(),
            clients: &[client(&[add("n", 1, 0)])],
            verdicts: &[
                (ALL_AGREE_AT_REST, Reached),
                (PARTS_FIT_TOGETHER, Holds),
                (QUIET_MEANS_AGREED, Holds),
                (REPLICAS_AGREE_IN_THE_END, Holds),
                (EVERY_REQUEST_IS_ANSWERED, Holds),
            ],
        },
        Scenario {
            name: "lost-entries-of-a-home-stay-lost",
            rows: &[],
            question: "And if nobody repeats anything?",
            tier: Tier::Quick,
            protocol: HomeRegion::fixed(2),
            environment: faults(FaultBudget { losses: 1, ..FaultBudget::NONE }),
            clients: &[client(&[add("n", 1, 1)])],
            verdicts: &[
                (ALL_AGREE_AT_REST, Reached),
                (REPLICAS_AGREE_IN_THE_END, Violated { steps: 4 }),
            ],
        },
    ],
};
