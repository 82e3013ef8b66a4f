//! What the registry hears of, and who hears of what it says.

use super::in_sync::{controlled, in_sync, lazy};
use super::*;
use crate::cluster::Verdict::{Holds, Reached};
use crate::cluster::{Scenario, Tier};
use crate::single_leader::properties::*;
use crate::single_leader::witnesses::*;

pub(super) const SECTION: Section<SingleLeader> = Section {
    title: "Registry",
    scenarios: &[
        Scenario {
            name: "announcement-is-lost",
            rows: &["A28"],
            question: "Does whoever is appointed lead, even if it is not told at first?",
            tier: Tier::Quick,
            protocol: in_sync(2, 1),
            environment: controlled(
                2,
                FaultBudget { losses: 1, suspicions: 1, ..FaultBudget::NONE },
            )
            .repeating(),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (ALL_IS_QUIET, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (QUIET_MEANS_APPOINTED, Holds),
                (QUIET_MEANS_CONVERGED, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
            ],
        },
        Scenario {
            name: "registration-is-lost",
            rows: &["A31"],
            question: "Does the registry learn of a restart that it is not told of at first?",
            tier: Tier::Quick,
            protocol: in_sync(2, 1),
            environment: controlled(2, FaultBudget { losses: 1, crashes: 1, ..FaultBudget::NONE })
                .repeating(),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ALL_IS_QUIET, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (VERSIONS_DIFFER, Holds),
                (QUIET_MEANS_REGISTERED, Holds),
                (QUIET_MEANS_APPOINTED, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
            ],
        },
        Scenario {
            name: "eligible-replica-forgets",
            rows: &["A31", "A33"],
            question: "May a replica still lead that left the in-sync set, and then lost what it had not synced?",
            tier: Tier::Quick,
            protocol: lazy(2, 2),
            environment: controlled(
                2,
                FaultBudget { unclean_crashes: 1, suspicions: 1, ..FaultBudget::NONE },
            )
            .suspected_by(&[0])
            .at_most_once(),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_FOLLOWER_IS_ELIGIBLE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (WHOEVER_MAY_LEAD_IS_COMPLETE, Holds),
            ],
        },
    ],
};
