//! Counters: whether additions are counted, each once, and whether there is a floor.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::multi_leader::convergent::properties::*;
use crate::multi_leader::convergent::witnesses::*;
use crate::multi_leader::convergent::{Limit, Propagation};

/// One addition at each of two replicas.
const TWO_ADDITIONS: &[Client] = &[client(&[add("n", 1, 0)]), client(&[add("n", 1, 1)])];

/// A stock of one, and two who want it, each asking another replica, once everybody knows of it.
const TWO_CLAIMS: &[Client] =
    &[client(&[add("n", 1, 0), add("n", -1, 0)]), client(&[add("n", -1, 1)])];

/// Replicas that tell each other all they have.
const fn by_states(counter: CounterRule) -> Convergent {
    Convergent { propagation: Propagation::States, ..counting(counter) }
}

const fn limited(limit: Limit) -> Convergent {
    Convergent { limit, ..counting(CounterRule::PerReplica) }
}

pub(super) const SECTION: Section<Convergent> = Section {
    title: "Counters",
    scenarios: &[
        Scenario {
            name: "sums-per-replica",
            rows: &["B27"],
            question: "Is every addition counted once, if replicas tell their own sums?",
            tier: Tier::Quick,
            protocol: counting(CounterRule::PerReplica),
            environment: Environment::CALM,
            clients: &[client(&[add("n", 1, 0), add("n", -2, 1)]), client(&[add("n", 4, 1)])],
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (ALL_AGREE_AT_REST, Reached),
                (PARTS_FIT_TOGETHER, Holds),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Holds),
                (QUIET_MEANS_COUNTED, Holds),
            ],
        },
        Scenario {
            name: "sums-travel-as-states",
            rows: &["B27"],
            question: "And if they tell each other all that they have?",
            tier: Tier::Quick,
            protocol: by_states(CounterRule::PerReplica),
            environment: Environment::CALM,
            clients: TWO_ADDITIONS,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (ALL_AGREE_AT_REST, Reached),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (QUIET_MEANS_COUNTED, Holds),
            ],
        },
        Scenario {
            name: "additions-are-recognised",
            rows: &["B26"],
            question: "And if they tell each addition, and recognise what arrives again?",
            tier: Tier::Quick,
            protocol: counting(CounterRule::Additions),
            environment: Environment::CALM,
            clients: &[client(&[add("n", 1, 0), add("n", 2, 1)]), client(&[add("n", 4, 1)])],
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (ALL_AGREE_AT_REST, Reached),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Holds),
                (QUIET_MEANS_COUNTED, Holds),
            ],
        },
        Scenario {
            name: "additions-are-told-again",
            rows: &["B26"],
            question: "And if an addition is told again before it has arrived?",
            tier: Tier::Quick,
            protocol: counting(CounterRule::Additions),
            environment: faults(FaultBudget { repeats: 1, ..FaultBudget::NONE }).once(),
            clients: &[client(&[add("n", 1, 0)])],
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Holds),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
            ],
        },
        Scenario {
            name: "additions-arrive-twice",
            rows: &["B25"],
            question: "And if replicas do not recognise it?",
            tier: Tier::Quick,
            protocol: without(Safeguard::EventsAppliedOnce, counting(CounterRule::Additions)),
            environment: faults(FaultBudget { repeats: 1, ..FaultBudget::NONE }).once(),
            clients: &[client(&[add("n", 1, 0)])],
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Violated { steps: 6 }),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Violated { steps: 6 }),
            ],
        },
        Scenario {
            name: "request-asked-again",
            rows: &["B25"],
            question: "Is an addition counted once that its client asks for again, at the same replica?",
            tier: Tier::Quick,
            protocol: counting(CounterRule::PerReplica),
            environment: faults(FaultBudget { retries: 1, ..FaultBudget::NONE }).once(),
            clients: &[client(&[add("n", 1, 0)])],
            verdicts: &[
                (ALL_AGREE_AT_REST, Reached),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Holds),
                (QUIET_MEANS_COUNTED, Holds),
            ],
        },
        Scenario {
            name: "request-repeated",
            rows: &["B25"],
            question: "And if replicas do not recognise requests?",
            tier: Tier::Quick,
            protocol: without(Safeguard::RequestsRecognised, counting(CounterRule::PerReplica)),
            environment: faults(FaultBudget { retries: 1, ..FaultBudget::NONE }).once(),
            clients: &[client(&[add("n", 1, 0)])],
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Violated { steps: 4 }),
            ],
        },
        Scenario {
            name: "request-asked-again-elsewhere",
            rows: &["B25"],
            question: "And if it is asked again at another replica?",
            tier: Tier::Quick,
            protocol: counting(CounterRule::PerReplica),
            environment: faults(FaultBudget { retries: 1, ..FaultBudget::NONE }).once(),
            clients: &[client(&[Step::Ask(Ask::Add("n", 1), At::Any)])],
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Violated { steps: 5 }),
            ],
        },
        Scenario {
            name: "counting-client-stops-waiting",
            rows: &[],
            question: "And if its client stops waiting, and goes on to add another?",
            tier: Tier::Quick,
            protocol: counting(CounterRule::PerReplica),
            environment: faults(FaultBudget { give_ups: 1, ..FaultBudget::NONE }).once(),
            clients: &[client(&[add("n", 1, 0), add("n", 2, 1)])],
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Holds),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
            ],
        },
        Scenario {
            name: "larger-total-wins",
            rows: &["B28"],
            question: "Is every addition counted, if the larger of two totals wins?",
            tier: Tier::Quick,
            protocol: by_states(CounterRule::LargerTotal),
            environment: Environment::CALM,
            clients: TWO_ADDITIONS,
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Violated { steps: 6 }),
                (QUIET_MEANS_COUNTED, Violated { steps: 8 }),
            ],
        },
        Scenario {
            name: "totals-are-added",
            rows: &["B29"],
            question: "And if two totals are added?",
            tier: Tier::Quick,
            protocol: by_states(CounterRule::SumOfTotals),
            environment: faults(FaultBudget { repeats: 1, ..FaultBudget::NONE }).once(),
            clients: &[client(&[add("n", 1, 0)])],
            verdicts: &[
                (EVERYBODY_HAS_EVERYTHING, Reached),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Violated { steps: 5 }),
            ],
        },
        Scenario {
            name: "counter-forgets-itself",
            rows: &["B30"],
            question: "Is every addition counted, if a replica comes back with an empty disk and its old id?",
            tier: Tier::Quick,
            protocol: counting(CounterRule::PerReplica),
            environment: faults(FaultBudget { amnesias: 1, ..FaultBudget::NONE }).once(),
            clients: &[client(&[add("n", 1, 0), add("n", 1, 0)])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (NAMES_ARE_UNIQUE, Violated { steps: 8 }),
                (QUIET_MEANS_COUNTED, Violated { steps: 10 }),
                (NOTHING_APPLIED_IS_FORGOTTEN, Violated { steps: 3 }),
            ],
        },
        Scenario {
            name: "stock-without-a-floor",
            rows: &["B31", "D04"],
            question: "Is the last item given out once, if each replica gives out what it knows to be there?",
            tier: Tier::Quick,
            protocol: limited(Limit::Checked),
            environment: Environment::CALM.once(),
            clients: TWO_CLAIMS,
            verdicts: &[
                (A_REPLICA_REFUSES, Reached),
                (STOCK_IS_NEVER_OVERDRAWN, Violated { steps: 6 }),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
            ],
        },
        Scenario {
            name: "stock-in-escrow",
            rows: &["B32", "D04"],
            question: "And if it gives out only what it has put there itself?",
            tier: Tier::Quick,
            protocol: limited(Limit::Escrow),
            environment: Environment::CALM.once(),
            clients: TWO_CLAIMS,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_REPLICA_REFUSES, Reached),
                (ALL_AGREE_AT_REST, Reached),
                (STOCK_IS_NEVER_OVERDRAWN, Holds),
                (QUIET_MEANS_COUNTED, Holds),
            ],
        },
    ],
};
