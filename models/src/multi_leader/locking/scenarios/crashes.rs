//! Coordinators that are gone, and who waits for them.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Unreachable, Violated};
use crate::cluster::{Scenario, Tier};
use crate::multi_leader::locking::properties::*;
use crate::multi_leader::locking::witnesses::*;
use crate::vocabulary::ReplicaSet;

const ONE_CRASH: FaultBudget = FaultBudget { crashes: 1, ..FaultBudget::NONE };

const ONE_SUSPICION: FaultBudget = FaultBudget { suspicions: 1, ..FaultBudget::NONE };

/// One writes, and whoever reads at the other replica meets a promise, or not.
const WRITER_AND_READER: &[Client] =
    &[client(&[add("n", 1, 0)]), client(&[read("n", 1), read("n", 1)])];

const ONE_WRITER: &[Client] = &[client(&[add("n", 1, 0)])];

pub(super) const SECTION: Section<Locking> = Section {
    title: "Crashes",
    scenarios: &[
        Scenario {
            name: "coordinator-crashes",
            rows: &["B02"],
            question: "What becomes of those who are prepared when their coordinator crashes?",
            tier: Tier::Quick,
            protocol: Locking::wait_die(2),
            environment: faults(ONE_CRASH),
            clients: WRITER_AND_READER,
            verdicts: &[
                (A_PARTICIPANT_IS_BLOCKED, Reached),
                (A_READ_IS_REFUSED, Reached),
                (ONE_PROMISE_A_KEY, Holds),
                (EVERYBODY_HAS_WHAT_WAS_ACKNOWLEDGED, Holds),
                (GRANTS_ONLY_GROW, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "blocked-until-the-coordinator-is-back",
            rows: &["B02"],
            question: "And can they come free once it is back?",
            tier: Tier::Quick,
            protocol: Locking::wait_die(2),
            environment: faults(FaultBudget { repeats: 2, ..ONE_CRASH }),
            clients: ONE_WRITER,
            verdicts: &[
                (A_PARTICIPANT_IS_BLOCKED, Reached),
                (ALL_IS_FREE_AT_REST, Reached),
                (EVERYBODY_HAS_WHAT_WAS_ACKNOWLEDGED, Holds),
                (ONE_PROMISE_A_KEY, Holds),
            ],
        },
        Scenario {
            name: "locks-lose-a-message",
            rows: &["B01"],
            question: "Does everybody get an answer, and every key come free, if a message is lost?",
            tier: Tier::Quick,
            protocol: Locking::wait_die(2),
            environment: Environment {
                network: NetworkKind::Datagram,
                ..faults(FaultBudget {
                    losses: 1,
                    retries: FaultBudget::UNLIMITED,
                    ..FaultBudget::NONE
                })
                .repeating()
            },
            clients: ONE_WRITER,
            verdicts: &[
                (ALL_IS_FREE_AT_REST, Reached),
                (ONE_PROMISE_A_KEY, Holds),
                (EVERYBODY_HAS_WHAT_WAS_ACKNOWLEDGED, Holds),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Holds),
                (REPLICAS_AGREE_IN_THE_END, Holds),
                (EVERY_KEY_IS_FREE_IN_THE_END, Holds),
                (EVERY_REQUEST_IS_ANSWERED, Holds),
            ],
        },
        Scenario {
            name: "locks-behind-a-partition",
            rows: &["B02"],
            question: "Is what was acknowledged everywhere, whenever a partition comes and whoever stops waiting?",
            tier: Tier::Quick,
            protocol: Locking::wait_die(2),
            environment: Environment {
                partition: Links::of(&[(0, 1), (1, 0)]),
                ..faults(FaultBudget { partitions: 1, give_ups: 1, ..FaultBudget::NONE })
            },
            clients: WRITER_AND_READER,
            verdicts: &[
                (A_READ_IS_REFUSED, Reached),
                (ALL_IS_FREE_AT_REST, Reached),
                (EVERYBODY_HAS_WHAT_WAS_ACKNOWLEDGED, Holds),
                (ONE_PROMISE_A_KEY, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "machine-of-a-coordinator-crashes",
            rows: &[],
            question: "Is what was decided still decided when its machine is back?",
            tier: Tier::Quick,
            protocol: Locking::wait_die(2),
            environment: faults(FaultBudget {
                unclean_crashes: 1,
                repeats: 1,
                ..FaultBudget::NONE
            }),
            clients: ONE_WRITER,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (EVERYBODY_HAS_WHAT_WAS_ACKNOWLEDGED, Holds),
                (DISKS_HOLD_WHAT_IS_APPLIED, Holds),
            ],
        },
        Scenario {
            name: "decision-is-not-kept",
            rows: &[],
            question: "And if the decision is told and never on disk?",
            tier: Tier::Quick,
            protocol: without(Safeguard::DecisionsKept, Locking::wait_die(2)),
            environment: faults(FaultBudget {
                unclean_crashes: 1,
                repeats: 1,
                ..FaultBudget::NONE
            }),
            clients: ONE_WRITER,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (DISKS_HOLD_WHAT_IS_APPLIED, Violated { steps: 6 }),
                (EVERYBODY_HAS_WHAT_WAS_ACKNOWLEDGED, Violated { steps: 12 }),
            ],
        },
        Scenario {
            name: "silent-coordinator-is-waited-for",
            rows: &[],
            question: "Is anything lost if a coordinator is slow, and whoever takes it to be gone lets go of what it is not prepared for?",
            tier: Tier::Quick,
            protocol: Locking::wait_die(2),
            environment: faults(ONE_SUSPICION),
            clients: TWO_COUNT,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ONE_PROMISE_A_KEY, Holds),
                (EVERYBODY_HAS_WHAT_WAS_ACKNOWLEDGED, Holds),
                (QUIET_MEANS_AGREED, Holds),
            ],
        },
        Scenario {
            name: "prepared-and-impatient",
            rows: &[],
            question: "And if it lets go of what it is prepared for, too?",
            tier: Tier::Quick,
            protocol: without(Safeguard::PreparedWait, Locking::wait_die(2)),
            environment: faults(ONE_SUSPICION),
            clients: TWO_COUNT,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (EVERYBODY_HAS_WHAT_WAS_ACKNOWLEDGED, Violated { steps: 8 }),
                (QUIET_MEANS_AGREED, Violated { steps: 16 }),
            ],
        },
        Scenario {
            name: "disk-of-a-participant-is-replaced",
            rows: &[],
            question: "Is what was acknowledged everywhere, if the disk of a replica is replaced?",
            tier: Tier::Quick,
            protocol: Locking::wait_die(2),
            environment: faults(FaultBudget { amnesias: 1, ..FaultBudget::NONE }),
            clients: ONE_WRITER,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (GRANTS_ONLY_GROW, Violated { steps: 3 }),
                (EVERYBODY_HAS_WHAT_WAS_ACKNOWLEDGED, Violated { steps: 9 }),
            ],
        },
        Scenario {
            name: "one-of-all-is-down",
            rows: &[],
            question: "What goes through while one replica is down?",
            tier: Tier::Quick,
            protocol: Locking::wait_die(2),
            environment: Environment {
                network: NetworkKind::Datagram,
                down: ReplicaSet::of(&[1]),
                ..QUIET.repeating()
            },
            clients: &[client(&[read("n", 0), add("n", 1, 0)])],
            verdicts: &[
                (A_READ_IS_ANSWERED, Reached),
                (AN_UPDATE_IS_ACKNOWLEDGED, Unreachable),
                (EVERY_REQUEST_IS_ANSWERED, Violated { steps: 5 }),
            ],
        },
    ],
};
