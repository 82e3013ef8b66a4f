//! Homes that are silent, and regions that take over.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Unreachable, Violated};
use crate::cluster::{Scenario, Tier};
use crate::multi_leader::home_region::properties::*;
use crate::multi_leader::home_region::witnesses::*;
use crate::vocabulary::ReplicaSet;

/// So many regions are taken to be gone, rightly or not.
const fn suspicions(suspicions: u8) -> Environment {
    faults(FaultBudget { suspicions, ..FaultBudget::NONE })
}

/// One counts at the home, one in the other region.
const TWO_COUNT: &[Client] = &[client(&[add("n", 1, 1)]), client(&[add("n", 2, 0)])];

pub(super) const SECTION: Section<HomeRegion> = Section {
    title: "Silent homes",
    scenarios: &[
        Scenario {
            name: "silent-home-is-waited-for",
            rows: &[],
            question: "Does an update go through whose home is down?",
            tier: Tier::Quick,
            protocol: HomeRegion::fixed(2),
            environment: Environment { down: ReplicaSet::of(&[1]), ..suspicions(1) },
            clients: &[client(&[add("n", 2, 0)])],
            verdicts: &[(AN_UPDATE_IS_ACKNOWLEDGED, Unreachable)],
        },
        Scenario {
            name: "home-behind-a-partition",
            rows: &[],
            question: "Is what was acknowledged counted on both sides once a partition has healed, whoever stopped waiting?",
            tier: Tier::Quick,
            protocol: HomeRegion::fixed(2),
            environment: Environment {
                partition: Links::of(&[(0, 1), (1, 0)]),
                ..faults(FaultBudget { partitions: 1, give_ups: 1, ..FaultBudget::NONE })
            },
            clients: &[client(&[add("n", 1, 1)]), client(&[add("n", 2, 0), add("n", 4, 0)])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ONE_HOME_AT_A_TIME, Holds),
                (QUIET_MEANS_AGREED, Holds),
                (HOMES_COUNT_WHAT_WAS_ACKNOWLEDGED, Holds),
            ],
        },
        Scenario {
            name: "silent-home-is-replaced",
            rows: &[],
            question: "And if whoever takes the home to be gone takes its place?",
            tier: Tier::Quick,
            protocol: taking_over(2),
            environment: Environment { down: ReplicaSet::of(&[1]), ..suspicions(1) },
            clients: &[client(&[add("n", 2, 0)])],
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_KEY_HAS_MOVED, Reached),
                (PARTS_FIT_TOGETHER, Holds),
            ],
        },
        Scenario {
            name: "silent-home-was-not-gone",
            rows: &[],
            question: "And is what the old home has acknowledged still there, if it was not gone?",
            tier: Tier::Quick,
            protocol: taking_over(2),
            environment: suspicions(1),
            clients: TWO_COUNT,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_REGION_IS_SUSPECTED, Reached),
                (ONE_HOME_PER_EPOCH, Holds),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (QUIET_MEANS_AGREED, Holds),
                (REPLICAS_AGREE_IN_THE_END, Holds),
                (ONE_HOME_AT_A_TIME, Violated { steps: 3 }),
                (HOMES_COUNT_WHAT_WAS_ACKNOWLEDGED, Violated { steps: 7 }),
            ],
        },
        Scenario {
            name: "two-regions-take-over",
            rows: &[],
            question: "And if two regions take its place?",
            tier: Tier::Quick,
            protocol: taking_over(3),
            environment: once(Environment { down: ReplicaSet::of(&[2]), ..suspicions(2) }),
            clients: &[client(&[add("n", 1, 0)]), client(&[add("n", 2, 1)])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (ONE_HOME_PER_EPOCH, Violated { steps: 6 }),
                (HOMES_COUNT_WHAT_WAS_ACKNOWLEDGED, Violated { steps: 8 }),
            ],
        },
    ],
};
