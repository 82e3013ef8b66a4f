//! Taking what is there, and clearing the store.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::single_leader::properties::*;
use crate::single_leader::witnesses::*;

/// One leader that never changes.
const ALONE: SingleLeader = SingleLeader {
    election: Election::Never,
    read: ReadRule::LeaderLocal,
    ..SingleLeader::majority(1)
};

const CLEAR: Step = Step::Ask(Ask::Clear, At::Replica(0));

const fn take(replica: u8) -> Step {
    Step::Ask(Ask::Take("x"), At::Replica(replica))
}

pub(super) const SECTION: Section<SingleLeader> = Section {
    title: "Taking and clearing",
    scenarios: &[
        Scenario {
            name: "take-arrives-twice",
            rows: &[],
            question: "What if taking a value is asked twice and the leader does not recognise it?",
            tier: Tier::Quick,
            protocol: without(Safeguard::DuplicatesRecognised, ALONE),
            environment: Environment {
                network: NetworkKind::AtMostOnce,
                faults: FaultBudget { retries: 1, ..FaultBudget::NONE },
                ..Environment::CALM
            },
            clients: &[client(&[write("x", "1", 0), take(0)])],
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (REQUESTS_ARE_APPENDED_ONCE, Violated { steps: 4 }),
                (LINEARIZABLE, Violated { steps: 8 }),
            ],
        },
        Scenario {
            name: "two-clients-take",
            rows: &[],
            question: "Does one of two clients alone take a value, whoever leads?",
            tier: Tier::Quick,
            protocol: SingleLeader::majority(3),
            environment: Environment {
                faults: FaultBudget { suspicions: 1, ..FaultBudget::NONE },
                ..Environment::CALM
            }
            .at_most_once()
            .suspected_by(&[1]),
            clients: &[client(&[write("x", "1", 0), take(0)]), client(&[take(1)])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_LATER_LEADER_ACKNOWLEDGES, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (REQUESTS_ARE_APPENDED_ONCE, Holds),
                (LINEARIZABLE, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
            ],
        },
        Scenario {
            name: "store-is-cleared",
            rows: &[],
            question: "Does a store that was cleared stay empty under the next leader?",
            tier: Tier::Quick,
            protocol: SingleLeader::majority(3),
            environment: Environment {
                faults: FaultBudget { suspicions: 1, ..FaultBudget::NONE },
                ..Environment::CALM
            }
            .at_most_once()
            .suspected_by(&[1]),
            clients: &[client(&[write("x", "1", 0), CLEAR]), client(&[read("x", 1)])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_LATER_LEADER_ACKNOWLEDGES, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
            ],
        },
        Scenario {
            name: "clearing-is-lost",
            rows: &[],
            question: "And if nobody has to acknowledge the clearing?",
            tier: Tier::Quick,
            protocol: ASYNCHRONOUS,
            environment: Environment {
                faults: FaultBudget { suspicions: 1, ..FaultBudget::NONE },
                ..Environment::CALM
            }
            .at_most_once(),
            clients: &[client(&[write("x", "1", 0), CLEAR])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Violated { steps: 4 }),
            ],
        },
    ],
};
