//! Conflicts: which of two transactions counts that did not know of each other.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::multi_leader::certification::properties::*;
use crate::multi_leader::certification::witnesses::*;

/// Two are on call. Each goes off if the other stays on.
const ON_CALL: &[Client] = &[
    client(&[transact(&["x", "y"], &[("x", "off")], 0)]),
    client(&[transact(&["x", "y"], &[("y", "off")], 1)]),
];

/// The same, and each forbids that anybody has written about the other.
const ON_CALL_AND_WATCHING: &[Client] = &[
    client(&[Step::Ask(Ask::TransactUnlessWritten(&["y"], &[("x", "off")]), At::Replica(0))]),
    client(&[Step::Ask(Ask::TransactUnlessWritten(&["x"], &[("y", "off")]), At::Replica(1))]),
];

/// 20 come in at y; 11 go out at x, for both together are too low; and somebody looks at both.
const TWO_ACCOUNTS: &[Client] = &[
    client(&[transact(&["y"], &[("y", "20")], 0)]),
    client(&[transact(&["x", "y"], &[("x", "-11")], 1)]),
    client(&[transact(&["x", "y"], &[], 0)]),
];

/// What may be asked for once more, anywhere.
const ASKED_AGAIN: Environment = faults(FaultBudget { retries: 1, ..FaultBudget::NONE });

const ONE_ADDITION: &[Client] = &[client(&[Step::Ask(Ask::Add("n", 1), At::Any)])];

/// Whoever finds nobody's name on a packet puts theirs on it.
const TWO_OPEN: &[Client] = &[
    client(&[Step::Ask(Ask::CompareAndSet("packet", None, "0"), At::Replica(0))]),
    client(&[Step::Ask(Ask::CompareAndSet("packet", None, "1"), At::Replica(1))]),
];

/// One addition at each of three replicas.
const THREE_COUNT: &[Client] =
    &[client(&[add("n", 1, 0)]), client(&[add("n", 2, 1)]), client(&[add("n", 4, 2)])];

pub(super) const SECTION: Section<Certification> = Section {
    title: "Conflicts",
    scenarios: &[
        Scenario {
            name: "first-in-the-order-wins",
            rows: &["B05"],
            question: "Is an update lost if two transactions change the same key, and the first in the order wins?",
            tier: Tier::Quick,
            protocol: Certification::write_sets(2),
            environment: QUIET,
            clients: TWO_COUNT,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_TRANSACTION_IS_ABORTED, Reached),
                (ALL_AGREE_AT_REST, Reached),
                (FIRST_COMMITTER_WINS, Holds),
                (DECISIONS_AGREE, Holds),
                (SNAPSHOT_ISOLATION, Holds),
                (QUIET_MEANS_COUNTED, Holds),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Holds),
                (EQUAL_UPDATES_MEAN_EQUAL_STORES, Holds),
                (QUIET_MEANS_AGREED, Holds),
                (ACKNOWLEDGED_TRANSACTIONS_ARE_REMEMBERED, Holds),
                (DISKS_HOLD_WHAT_IS_APPLIED, Holds),
                (PARTS_FIT_TOGETHER, Holds),
                (REPLICAS_AGREE_IN_THE_END, Holds),
                (EVERY_REQUEST_IS_ANSWERED, Holds),
            ],
        },
        Scenario {
            name: "second-in-the-order-counts-too",
            rows: &["B05"],
            question: "And if nobody looks what was written meanwhile?",
            tier: Tier::Quick,
            protocol: without(Safeguard::FirstCommitterWins, Certification::write_sets(2)),
            environment: QUIET,
            clients: TWO_COUNT,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (FIRST_COMMITTER_WINS, Violated { steps: 5 }),
                (SNAPSHOT_ISOLATION, Violated { steps: 9 }),
                (QUIET_MEANS_COUNTED, Violated { steps: 9 }),
                (DECISIONS_AGREE, Holds),
            ],
        },
        Scenario {
            name: "certified-on-datagrams",
            rows: &["B05"],
            question: "And if messages are repeated and never arrive?",
            tier: Tier::Quick,
            protocol: Certification::write_sets(2),
            environment: Environment::CALM,
            clients: TWO_COUNT,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (FIRST_COMMITTER_WINS, Holds),
                (DECISIONS_AGREE, Holds),
                (SNAPSHOT_ISOLATION, Holds),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Holds),
                (PARTS_FIT_TOGETHER, Holds),
            ],
        },
        Scenario {
            name: "certified-by-three",
            rows: &["B05"],
            question: "And if three change the same key, each at another replica?",
            tier: Tier::Quick,
            protocol: Certification::write_sets(3),
            environment: QUIET,
            clients: THREE_COUNT,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_TRANSACTION_IS_ABORTED, Reached),
                (SOMETHING_IS_EARLY, Reached),
                (FIRST_COMMITTER_WINS, Holds),
                (DECISIONS_AGREE, Holds),
                (SNAPSHOT_ISOLATION, Holds),
                (QUIET_MEANS_COUNTED, Holds),
                (QUIET_MEANS_AGREED, Holds),
                (PARTS_FIT_TOGETHER, Holds),
            ],
        },
        Scenario {
            name: "both-on-call-go",
            rows: &["B09"],
            question: "May two who are on call both go, if each looks whether the other stays, and only what is written is compared?",
            tier: Tier::Quick,
            protocol: Certification::write_sets(2),
            environment: QUIET,
            clients: ON_CALL,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_TRANSACTION_SEES_ANOTHER, Reached),
                (SNAPSHOT_ISOLATION, Holds),
                (FIRST_COMMITTER_WINS, Holds),
                (SERIALIZABLE, Violated { steps: 9 }),
                (NO_WRITE_SKEW, Violated { steps: 9 }),
            ],
        },
        Scenario {
            name: "one-on-call-stays",
            rows: &["B11"],
            question: "And if what is read is compared, too?",
            tier: Tier::Quick,
            protocol: serializable(),
            environment: QUIET,
            clients: ON_CALL,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_TRANSACTION_IS_ABORTED, Reached),
                (SERIALIZABLE, Holds),
                (NO_WRITE_SKEW, Holds),
            ],
        },
        Scenario {
            name: "one-on-call-watches-the-other",
            rows: &["B09"],
            question: "And if only what is written is compared, and each forbids that the other key was written meanwhile?",
            tier: Tier::Quick,
            protocol: Certification::write_sets(2),
            environment: QUIET,
            clients: ON_CALL_AND_WATCHING,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_TRANSACTION_IS_ABORTED, Reached),
                (WATCHED_REGISTERS_ARE_UNCHANGED, Holds),
                (SERIALIZABLE, Holds),
                (DECISIONS_AGREE, Holds),
            ],
        },
        Scenario {
            name: "both-on-call-watch-in-vain",
            rows: &["B09"],
            question: "And if nobody looks whether it was?",
            tier: Tier::Quick,
            protocol: without(Safeguard::FirstCommitterWins, Certification::write_sets(2)),
            environment: QUIET,
            clients: ON_CALL_AND_WATCHING,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (WATCHED_REGISTERS_ARE_UNCHANGED, Violated { steps: 5 }),
            ],
        },
        Scenario {
            name: "whoever-looks-sees-no-order",
            rows: &["B10"],
            question: "May a reader see what no order of two transactions explains, though there is one if it does not look?",
            tier: Tier::Quick,
            protocol: Certification::write_sets(2),
            environment: QUIET,
            clients: TWO_ACCOUNTS,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (SNAPSHOT_ISOLATION, Holds),
                (NO_WRITE_SKEW, Holds),
                (SERIALIZABLE, Violated { steps: 11 }),
                (NO_READ_ONLY_ANOMALY, Violated { steps: 11 }),
            ],
        },
        Scenario {
            name: "whoever-looks-sees-an-order",
            rows: &["B11"],
            question: "And does whoever looks see an order, if what is read is compared, too?",
            tier: Tier::Quick,
            protocol: serializable(),
            environment: QUIET,
            clients: TWO_ACCOUNTS,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_TRANSACTION_IS_ABORTED, Reached),
                (SERIALIZABLE, Holds),
                (NO_READ_ONLY_ANOMALY, Holds),
            ],
        },
        Scenario {
            name: "certified-addition-asked-again",
            rows: &[],
            question: "Is an addition counted once that its client asks for again, at any replica?",
            tier: Tier::Quick,
            protocol: Certification::write_sets(2),
            environment: ASKED_AGAIN,
            clients: ONE_ADDITION,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Holds),
            ],
        },
        Scenario {
            name: "certified-addition-repeated",
            rows: &[],
            question: "And if requests are not recognised?",
            tier: Tier::Quick,
            protocol: without(Safeguard::RequestsRecognised, Certification::write_sets(2)),
            environment: ASKED_AGAIN,
            clients: ONE_ADDITION,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Violated { steps: 4 }),
            ],
        },
        Scenario {
            name: "two-open-one-certified-packet",
            rows: &["D04"],
            question: "Does one packet go to one of two who want it, each asking another replica?",
            tier: Tier::Quick,
            protocol: Certification::write_sets(2),
            environment: QUIET,
            clients: TWO_OPEN,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_TRANSACTION_IS_ABORTED, Reached),
                (SERIALIZABLE, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
    ],
};
