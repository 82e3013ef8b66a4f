//! Locks: who gets a key, and who does not.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Unreachable, Violated};
use crate::cluster::{Scenario, Tier};
use crate::multi_leader::locking::properties::*;
use crate::multi_leader::locking::witnesses::*;

/// What may have been lost is repeated twice.
const REPEATED: Environment = faults(FaultBudget { repeats: 2, ..FaultBudget::NONE });

/// One addition after the other, by the same coordinator.
const TWO_ADDITIONS: &[Client] = &[client(&[add("n", 1, 0), add("n", 2, 0)])];

/// Clocks that run, by so many ticks in all.
const fn ticks(ticks: u8) -> Environment {
    Environment { clock_skew: 2, ..faults(FaultBudget { ticks, ..FaultBudget::NONE }) }
}

/// Locks that expire, whoever waits for them, and who asks for them again.
const EXPIRING: Environment = Environment {
    clock_skew: 2,
    ..faults(FaultBudget { ticks: 1, repeats: 1, ..FaultBudget::NONE })
};

/// Additions to two counters, one after the other, wherever.
const TWO_COUNTERS: &[Client] =
    &[client(&[Step::Ask(Ask::Add("n", 1), At::Any), Step::Ask(Ask::Add("m", 2), At::Any)])];

/// What may be asked for once more, anywhere.
const ASKED_AGAIN: Environment = faults(FaultBudget { retries: 1, ..FaultBudget::NONE });

const ONE_ADDITION: &[Client] = &[client(&[Step::Ask(Ask::Add("n", 1), At::Any)])];

pub(super) const SECTION: Section<Locking> = Section {
    title: "Locks",
    scenarios: &[
        Scenario {
            name: "locked-everywhere",
            rows: &["B01"],
            question: "Is every update counted once, and held by everybody, if keys are locked everywhere first?",
            tier: Tier::Quick,
            protocol: Locking::wait_die(2),
            environment: QUIET,
            clients: TWO_COUNT,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (AN_UPDATE_IS_REFUSED, Reached),
                (ALL_IS_FREE_AT_REST, Reached),
                (TWO_WAIT_FOR_EACH_OTHER, Unreachable),
                (ONE_PROMISE_A_KEY, Holds),
                (EVERYBODY_HAS_WHAT_WAS_ACKNOWLEDGED, Holds),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Holds),
                (QUIET_MEANS_AGREED, Holds),
                (DISKS_HOLD_WHAT_IS_APPLIED, Holds),
                (PARTS_FIT_TOGETHER, Holds),
                (REPLICAS_AGREE_IN_THE_END, Holds),
                (EVERY_REQUEST_IS_ANSWERED, Holds),
            ],
        },
        Scenario {
            name: "locks-on-datagrams",
            rows: &["B01"],
            question: "And if messages are repeated and never arrive?",
            tier: Tier::Quick,
            protocol: Locking::wait_die(2),
            environment: Environment::CALM,
            clients: &[client(&[add("n", 1, 0)])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ONE_PROMISE_A_KEY, Holds),
                (EVERYBODY_HAS_WHAT_WAS_ACKNOWLEDGED, Holds),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Holds),
                (PARTS_FIT_TOGETHER, Holds),
            ],
        },
        Scenario {
            name: "two-wait-for-each-other",
            rows: &[],
            question: "Does everybody get an answer, if whoever finds a key locked waits?",
            tier: Tier::Quick,
            protocol: deciding(Conflict::Wait),
            environment: QUIET,
            clients: TWO_COUNT,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (TWO_WAIT_FOR_EACH_OTHER, Reached),
                (EVERYBODY_HAS_WHAT_WAS_ACKNOWLEDGED, Holds),
                (EVERY_REQUEST_IS_ANSWERED, Violated { steps: 6 }),
                (EVERY_KEY_IS_FREE_IN_THE_END, Violated { steps: 6 }),
            ],
        },
        Scenario {
            name: "whoever-finds-a-lock-dies",
            rows: &[],
            question: "And does anybody get through, if whoever finds a key locked gives up?",
            tier: Tier::Quick,
            protocol: deciding(Conflict::Die),
            environment: QUIET,
            clients: TWO_COUNT,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (EVERY_UPDATE_IS_REFUSED, Reached),
                (TWO_WAIT_FOR_EACH_OTHER, Unreachable),
                (EVERYBODY_HAS_WHAT_WAS_ACKNOWLEDGED, Holds),
                (EVERY_REQUEST_IS_ANSWERED, Holds),
            ],
        },
        Scenario {
            name: "the-older-of-two-gets-through",
            rows: &[],
            question: "And if only the younger of two gives up?",
            tier: Tier::Quick,
            protocol: deciding(Conflict::WaitDie),
            environment: QUIET,
            clients: TWO_COUNT,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (AN_UPDATE_IS_REFUSED, Reached),
                (EVERY_UPDATE_IS_REFUSED, Unreachable),
            ],
        },
        Scenario {
            name: "lock-expires",
            rows: &[],
            question: "Is an update lost if a lock expires whose holder does not know it?",
            tier: Tier::Quick,
            protocol: Locking {
                conflict: Conflict::Die,
                life: LockLife::Ticks(1),
                ..Locking::wait_die(2)
            },
            environment: ticks(2),
            clients: TWO_COUNT,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (EVERYBODY_HAS_WHAT_WAS_ACKNOWLEDGED, Holds),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Holds),
                (QUIET_MEANS_AGREED, Holds),
                (ONE_PROMISE_A_KEY, Violated { steps: 12 }),
            ],
        },
        Scenario {
            name: "lock-expires-while-others-wait",
            rows: &[],
            question: "And is a transaction granted a key once that waits for it, and asks again once the lock has expired?",
            tier: Tier::Quick,
            protocol: Locking { life: LockLife::Ticks(1), ..deciding(Conflict::Wait) },
            environment: EXPIRING,
            clients: TWO_COUNT,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (TWO_WAIT_FOR_EACH_OTHER, Reached),
                (EVERYBODY_HAS_WHAT_WAS_ACKNOWLEDGED, Holds),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Holds),
                (PARTS_FIT_TOGETHER, Holds),
            ],
        },
        Scenario {
            name: "old-messages-arrive-again",
            rows: &[],
            question: "And if a message arrives that belongs to a lock of long ago?",
            tier: Tier::Quick,
            protocol: Locking::wait_die(2),
            environment: REPEATED,
            clients: TWO_ADDITIONS,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ONE_PROMISE_A_KEY, Holds),
                (EVERYBODY_HAS_WHAT_WAS_ACKNOWLEDGED, Holds),
            ],
        },
        Scenario {
            name: "old-messages-without-a-token",
            rows: &[],
            question: "And if nobody compares it with the lock of today?",
            tier: Tier::Quick,
            protocol: without(Safeguard::TokensCompared, Locking::wait_die(2)),
            environment: REPEATED,
            clients: TWO_ADDITIONS,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (EVERYBODY_HAS_WHAT_WAS_ACKNOWLEDGED, Violated { steps: 20 }),
            ],
        },
        Scenario {
            name: "locked-addition-asked-again",
            rows: &[],
            question: "Is an addition counted once that its client asks for again, at any replica?",
            tier: Tier::Quick,
            protocol: Locking::wait_die(2),
            environment: ASKED_AGAIN,
            clients: ONE_ADDITION,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Holds),
            ],
        },
        Scenario {
            name: "locked-addition-repeated",
            rows: &[],
            question: "And if requests are not recognised?",
            tier: Tier::Quick,
            protocol: without(Safeguard::RequestsRecognised, Locking::wait_die(2)),
            environment: ASKED_AGAIN,
            clients: ONE_ADDITION,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Violated { steps: 13 }),
            ],
        },
        Scenario {
            name: "decisions-about-two-counters-cross",
            rows: &[],
            question: "Is each of two additions to two counters counted once, in whichever order a replica hears that they are decided?",
            tier: Tier::Quick,
            protocol: Locking::wait_die(2),
            environment: ASKED_AGAIN,
            clients: TWO_COUNTERS,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (COUNTERS_SHOW_NO_MORE_THAN_ASKED, Holds),
                (EVERYBODY_HAS_WHAT_WAS_ACKNOWLEDGED, Holds),
            ],
        },
        Scenario {
            name: "two-open-one-locked-packet",
            rows: &["D04"],
            question: "Does one packet go to one of two who want it, each asking another replica?",
            tier: Tier::Quick,
            protocol: Locking::wait_die(2),
            environment: QUIET,
            clients: &[
                client(&[Step::Ask(Ask::CompareAndSet("packet", None, "1"), At::Replica(0))]),
                client(&[Step::Ask(Ask::CompareAndSet("packet", None, "2"), At::Replica(1))]),
            ],
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (AN_UPDATE_COMES_TOO_LATE, Reached),
                (LINEARIZABLE, Holds),
            ],
        },
    ],
};
