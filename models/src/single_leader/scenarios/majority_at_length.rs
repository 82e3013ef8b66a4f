//! Majority replication, with as much of everything as can be waited for.

use super::majority::{MAJORITY, MAJORITY_HOLDS};
use super::*;
use crate::cluster::{Scenario, Tier};

pub(super) const SECTION: Section<SingleLeader> = Section {
    title: "Majority, at length",
    scenarios: &[
        Scenario {
            name: "majority-at-length",
            rows: &["A34", "A60"],
            question: "Does an update survive two elections and a crash, with every duplicate?",
            tier: Tier::Thorough,
            protocol: MAJORITY,
            environment: failures(1, 2).alike(&[1, 2]),
            clients: ONE_WRITE,
            verdicts: MAJORITY_HOLDS,
        },
        Scenario {
            name: "majority-at-length-without-duplicates",
            rows: &["A34", "A60"],
            question: "Do two survive an election and a crash, where every message arrives once at most?",
            tier: Tier::Thorough,
            protocol: MAJORITY,
            environment: failures(1, 1).at_most_once().alike(&[1, 2]),
            clients: TWO_WRITES,
            verdicts: MAJORITY_HOLDS,
        },
        Scenario {
            name: "majority-of-five-at-length",
            rows: &["A34", "A60"],
            question: "Does an update survive a crash and an election among five?",
            tier: Tier::Thorough,
            protocol: SingleLeader::majority(5),
            environment: failures(1, 1).at_most_once().alike(&[1, 2, 3, 4]),
            clients: ONE_WRITE,
            verdicts: MAJORITY_HOLDS,
        },
        Scenario {
            name: "majority-of-five-with-duplicates-at-length",
            rows: &["A34", "A60"],
            question: "Does an update survive a crash and an election among five, with every duplicate?",
            tier: Tier::Thorough,
            protocol: SingleLeader::majority(5),
            environment: failures(1, 1).alike(&[1, 2, 3, 4]),
            clients: ONE_WRITE,
            verdicts: MAJORITY_HOLDS,
        },
        Scenario {
            name: "two-crashes-and-elections-at-length",
            rows: &["A34", "A60"],
            question: "Does an update survive two elections and two crashes, with every duplicate?",
            tier: Tier::Thorough,
            protocol: MAJORITY,
            environment: failures(2, 2).alike(&[1, 2]),
            clients: ONE_WRITE,
            verdicts: MAJORITY_HOLDS,
        },
        Scenario {
            name: "old-entries-wait-at-length",
            rows: &["A38"],
            question: "Is a leader that counts only entries of its own epoch safe in three elections by anybody?",
            tier: Tier::Thorough,
            protocol: SingleLeader { batch: 1, ..MAJORITY },
            environment: suspicions(3).at_most_once().alike(&[1, 2]),
            clients: ONE_WRITE,
            verdicts: MAJORITY_HOLDS,
        },
    ],
};
