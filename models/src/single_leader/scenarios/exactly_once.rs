//! Requests that are sent again.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::single_leader::properties::*;
use crate::single_leader::witnesses::*;

const MONOTONIC_WRITES: Property<SingleLeader> = Property::guarantee(Guarantee::MonotonicWrites);
const EXACTLY_ONCE: Property<SingleLeader> = Property::guarantee(Guarantee::ExactlyOnce);

/// One leader that never changes.
const ALONE: SingleLeader = SingleLeader {
    election: Election::Never,
    read: ReadRule::LeaderLocal,
    ..SingleLeader::majority(1)
};

/// Adds one and reads what came of it.
const COUNT: &[Client] = &[client(&[add("n", 1, 0), read("n", 0)])];

/// Adds one at whoever leads, asking again elsewhere if need be.
const COUNT_ANYWHERE: &[Client] = &[client(&[Step::Ask(Ask::Add("n", 1), At::Any)])];

pub(super) const SECTION: Section<SingleLeader> = Section {
    title: "Exactly once",
    scenarios: &[
        Scenario {
            name: "request-arrives-twice",
            rows: &["A61"],
            question: "What if a request arrives twice and the leader does not recognise it?",
            tier: Tier::Quick,
            protocol: without(Safeguard::DuplicatesRecognised, ALONE),
            environment: Environment {
                network: NetworkKind::AtMostOnce,
                faults: FaultBudget { retries: 1, ..FaultBudget::NONE },
                ..Environment::CALM
            },
            clients: COUNT,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (REQUESTS_ARE_APPENDED_ONCE, Violated { steps: 4 }),
                (EXACTLY_ONCE, Violated { steps: 5 }),
                (LINEARIZABLE, Violated { steps: 5 }),
            ],
        },
        Scenario {
            name: "duplicate-is-recognised",
            rows: &["A62"],
            question: "And if the leader keeps a table of who asked for what?",
            tier: Tier::Quick,
            protocol: ALONE,
            environment: Environment {
                faults: FaultBudget { crashes: 1, retries: 1, ..FaultBudget::NONE },
                ..Environment::CALM
            },
            clients: COUNT,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (REQUESTS_ARE_APPENDED_ONCE, Holds),
                (EXACTLY_ONCE, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "client-stops-waiting",
            rows: &["A62"],
            question: "Does an update that its client gave up on take effect after a later one?",
            tier: Tier::Quick,
            protocol: ALONE,
            environment: Environment {
                faults: FaultBudget { give_ups: 1, ..FaultBudget::NONE },
                ..Environment::CALM
            },
            clients: &[client(&[write("x", "1", 0), write("x", "2", 0), read("x", 0)])],
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (MONOTONIC_WRITES, Holds),
                (EXACTLY_ONCE, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "duplicate-reaches-the-next-leader",
            rows: &["A62"],
            question: "Does the next leader recognise it too?",
            tier: Tier::Quick,
            protocol: SingleLeader::majority(3),
            environment: Environment {
                faults: FaultBudget { suspicions: 1, retries: 1, ..FaultBudget::NONE },
                ..Environment::CALM
            }
            .at_most_once()
            .alike(&[1, 2]),
            clients: COUNT_ANYWHERE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_LATER_LEADER_ACKNOWLEDGES, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (REQUESTS_ARE_APPENDED_ONCE, Holds),
                (EXACTLY_ONCE, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
            ],
        },
        Scenario {
            name: "duplicate-of-what-the-next-leader-has-shown",
            rows: &["A62"],
            question: "Does it recognise what it has shown to readers before it led?",
            tier: Tier::Quick,
            protocol: ASYNCHRONOUS,
            environment: Environment {
                faults: FaultBudget { suspicions: 1, retries: 1, ..FaultBudget::NONE },
                ..Environment::CALM
            }
            .at_most_once(),
            clients: COUNT_ANYWHERE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_LATER_LEADER_ACKNOWLEDGES, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (REQUESTS_ARE_APPENDED_ONCE, Holds),
            ],
        },
        Scenario {
            name: "next-leader-starts-an-empty-table",
            rows: &["A62"],
            question: "And if it does not inherit the table?",
            tier: Tier::Quick,
            protocol: without(Safeguard::ClientTableInherited, SingleLeader::majority(3)),
            environment: Environment {
                faults: FaultBudget { suspicions: 1, retries: 1, ..FaultBudget::NONE },
                ..Environment::CALM
            }
            .at_most_once()
            .alike(&[1, 2]),
            clients: COUNT_ANYWHERE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_LATER_LEADER_ACKNOWLEDGES, Reached),
                (REQUESTS_ARE_APPENDED_ONCE, Violated { steps: 8 }),
            ],
        },
        Scenario {
            name: "duplicate-reaches-later-leaders",
            rows: &["A62"],
            question: "Do two later leaders recognise a request that is sent again?",
            tier: Tier::Thorough,
            protocol: SingleLeader::majority(3),
            environment: Environment {
                faults: FaultBudget { suspicions: 2, retries: 1, ..FaultBudget::NONE },
                ..Environment::CALM
            }
            .at_most_once()
            .alike(&[1, 2]),
            clients: COUNT_ANYWHERE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_LATER_LEADER_ACKNOWLEDGES, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (REQUESTS_ARE_APPENDED_ONCE, Holds),
                (EXACTLY_ONCE, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
            ],
        },
    ],
};
