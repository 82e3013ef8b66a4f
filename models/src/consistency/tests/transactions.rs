//! Transactions: the anomalies of the literature, each with the weakest guarantee that forbids it.

use proptest::prelude::*;

use super::enumeration::{Bounds, Letter, each_history};
use super::random::cases;
use super::{forbids, history, permits, transaction_oracle as oracle};
use crate::consistency::{Anomaly, Guarantee, History};
use crate::vocabulary::{Key, Operation, Outcome, Value};

use Guarantee::{ParallelSnapshotIsolation, Serializable, SnapshotIsolation};

/// Berenson et al. 1995, A5B. Of two on call each sees the other, and goes.
const WRITE_SKEW: &str = "
    A: [x, y, x = off]
    B: [x, y, y = off]
    A: -> nothing, nothing
    B: -> nothing, nothing
";

/// Berenson et al. 1995, P4.
const LOST_UPDATE: &str = "
    A: [x, x = 1]
    B: [x, x = 2]
    A: -> nothing
    B: -> nothing
";

/// Fekete, O'Neil & O'Neil 2004: a deposit of 20 to y, a withdrawal of 10 from x with a penalty of 1 if the sum was too low, and a
/// look at both.
const READ_ONLY_ANOMALY: &str = "
    A: [x, y, x = -11]
    B: [y, y = 20] -> nothing
    C: [x, y] -> nothing, 20
    A: -> nothing, nothing
";

/// Sovran et al. 2011: two writers, seen in both orders.
const LONG_FORK: &str = "
    A: [x = 1] -> done
    B: [y = 1] -> done
    C: [x, y] -> 1, nothing
    D: [x, y] -> nothing, 1
";

/// Whoever sees a transaction sees all of it: Bailis et al. 2014 call its opposite a fractured read.
const FRACTURED_READ: &str = "
    A: [x = 1, y = 1] -> done
    B: [x, y] -> 1, nothing
";

/// Adya 1999, G1c: each saw what the other wrote.
const CIRCULAR_INFORMATION_FLOW: &str = "
    A: [x = 1, y]
    B: [y = 1, x]
    A: -> 1
    B: -> 1
";

/// Berenson et al. 1995, A5A: in between, somebody moved 1 from x to y.
const READ_SKEW: &str = "
    A: [x = 1, y = 1] -> done
    B: [x, y, x = 0, y = 2] -> 1, 1
    C: [x, y] -> 1, 2
";

/// Cerone, Bernardi & Gotsman 2015: an effect without its cause.
const CAUSALITY_VIOLATION: &str = "
    A: [x = 1] -> done
    B: [x, y = 1] -> 1
    C: [x, y] -> nothing, 1
";

#[test]
fn each_anomaly_is_forbidden_from_one_guarantee_on() {
    let cases: [(&str, &[Guarantee]); 8] = [
        (WRITE_SKEW, &[Serializable]),
        (READ_ONLY_ANOMALY, &[Serializable]),
        (LONG_FORK, &[Serializable, SnapshotIsolation]),
        (LOST_UPDATE, Guarantee::OF_TRANSACTIONS),
        (FRACTURED_READ, Guarantee::OF_TRANSACTIONS),
        (CIRCULAR_INFORMATION_FLOW, Guarantee::OF_TRANSACTIONS),
        (READ_SKEW, Guarantee::OF_TRANSACTIONS),
        (CAUSALITY_VIOLATION, Guarantee::OF_TRANSACTIONS),
    ];
    for (script, forbidding) in cases {
        for guarantee in Guarantee::OF_TRANSACTIONS {
            if forbidding.contains(guarantee) {
                forbids(*guarantee, script);
            } else {
                permits(*guarantee, script);
            }
        }
    }
}

#[test]
fn anomalies_have_names_between_two_guarantees() {
    for (script, anomaly) in [
        (WRITE_SKEW, Some(Anomaly::WriteSkew)),
        (READ_ONLY_ANOMALY, Some(Anomaly::ReadOnlyAnomaly)),
        (LONG_FORK, Some(Anomaly::LongFork)),
        (LOST_UPDATE, None),
        ("A: [x, y, x = 1] -> nothing, nothing", None),
    ] {
        assert_eq!(Anomaly::of(&history(script)), anomaly, "{script}");
    }
}

#[test]
fn the_same_without_what_makes_it_an_anomaly_is_serializable() {
    for script in [
        // One of the two sees the other.
        "
        A: [x, y, x = off] -> nothing, nothing
        B: [x, y, y = off] -> off, nothing
        ",
        // One of the two is refused.
        "
        A: [x, x = 1]
        B: [x, x = 2]
        A: -> nothing
        B: -> refused
        ",
        // Nobody looks in between.
        "
        A: [x, y, x = -11]
        B: [y, y = 20] -> nothing
        A: -> nothing, nothing
        C: [x, y] -> -11, 20
        ",
        // Both readers agree on who was first.
        "
        A: [x = 1] -> done
        B: [y = 1] -> done
        C: [x, y] -> 1, nothing
        D: [x, y] -> 1, 1
        ",
    ] {
        permits(Serializable, script);
        assert_eq!(Anomaly::of(&history(script)), None, "{script}");
    }
}

#[test]
fn neither_sessions_nor_time_order_transactions() {
    permits(
        Serializable,
        "
        A: [x = 1] -> done
        A: [x] -> nothing
        ",
    );
}

#[test]
fn what_nobody_answered_took_effect_if_somebody_saw_it() {
    permits(
        Serializable,
        "
        A: [x = 1, y = 1]
        B: [x, y] -> 1, 1
        ",
    );
    forbids(
        ParallelSnapshotIsolation,
        "
        A: [x = 1, y = 1]
        B: [x, y] -> 1, nothing
        ",
    );
}

#[test]
fn single_operations_are_transactions_too() {
    // Two additions, one of which is lost.
    forbids(
        ParallelSnapshotIsolation,
        "
        A: n + 1
        B: n + 1
        A: -> 1
        B: -> 1
        ",
    );
    permits(
        Serializable,
        "
        A: n + 1
        B: n + 1
        A: -> 1
        B: -> 2
        C: [n, m] -> 1, nothing
        ",
    );
    forbids(
        ParallelSnapshotIsolation,
        "
        A: x nothing => 1
        B: x nothing => 2
        A: -> changed
        B: -> changed
        ",
    );
}

#[test]
fn an_outcome_that_does_not_answer_satisfies_nothing() {
    for script in ["A: [x, y] -> 1", "A: [x = 1] -> 1", "A: [x, x] -> 1, 2"] {
        forbids(ParallelSnapshotIsolation, script);
    }
}

#[test]
fn guarantees_about_registers_judge_each_register_of_a_transaction_alone() {
    let script = "
        A: [x = 1, y = 1] -> done
        B: [x, y] -> 1, nothing
    ";
    forbids(Guarantee::Linearizable, script);
    // In no order: that y was read first is as good.
    permits(Guarantee::Causal, script);
    permits(Guarantee::Linearizable, WRITE_SKEW);
}

fn transact(reads: &[&str], writes: &[&str], outcomes: &[&[&str]]) -> Letter {
    let operation = Operation::Transact {
        reads: reads.iter().copied().map(Key::from).collect(),
        writes: writes.iter().map(|key| (Key::from(*key), Some(Value::from("1")))).collect(),
        unchanged: Vec::new(),
    };
    let found = |value: &&str| (!value.is_empty()).then(|| Value::from(*value));
    let heard = outcomes.iter().map(|heard| Outcome::Transacted(heard.iter().map(found).collect()));
    (operation, heard.collect())
}

/// Transactions over two registers.
fn transactions() -> Vec<Letter> {
    let both: &[&[&str]] = &[&["", ""], &["1", ""], &["", "1"], &["1", "1"]];
    let one: &[&[&str]] = &[&[""], &["1"]];
    vec![
        transact(&["x", "y"], &[], both),
        transact(&["x", "y"], &["x"], both),
        transact(&["x", "y"], &["y"], both),
        transact(&["y"], &["x"], one),
        transact(&[], &["x"], &[&[]]),
        transact(&[], &["x", "y"], &[&[]]),
        (Operation::Add { key: Key::from("x"), amount: 1 }, [1, 2].map(Outcome::Counted).into()),
    ]
}

/// Panics if a guarantee judges otherwise than its definition tried out, or something stronger holds alone.
fn assert_agrees(history: &History) {
    let verdicts: Vec<bool> =
        Guarantee::OF_TRANSACTIONS.iter().map(|guarantee| guarantee.holds(history)).collect();
    let naive = [
        oracle::serializable(history),
        oracle::snapshot_isolated(history),
        oracle::parallel_snapshot_isolated(history),
    ];
    assert_eq!(verdicts, naive, "{history:#?}");
    assert!(verdicts.is_sorted(), "what is stronger holds alone: {history:#?}");
    assert!(!verdicts[2] || Guarantee::ExactlyOnce.holds(history), "{history:#?}");
}

#[test]
fn every_small_history_is_judged_as_by_trying_everything() {
    let mut judged = 0;
    each_history(&transactions(), Bounds { operations: 3, notification: false }, &mut |history| {
        judged += 1;
        assert_agrees(history);
    });
    assert!(judged > 10_000, "only {judged} histories");
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn random_histories_are_judged_as_by_trying_everything(
        choices in prop::collection::vec((0..7_usize, 0..4_usize, prop::bool::weighted(0.9)), 0..5),
    ) {
        let letters = transactions();
        let mut history = History::new(choices.len());
        for (session, (letter, outcome, is_answered)) in choices.into_iter().enumerate() {
            let (operation, outcomes) = &letters[letter];
            let id = history.invoke(session, operation.clone());
            if is_answered {
                history.complete(id, outcomes[outcome % outcomes.len()].clone());
            }
        }
        assert_agrees(&history);
    }
}

#[test]
fn guarantees_about_registers_and_about_transactions_say_nothing_of_each_other() {
    let serializable = [
        "
        A: x = 1 -> done
        A: x = 2 -> done
        A: x? -> nothing
        ",
        "
        A: x = 1 -> done
        B: x? -> 1
        B: x? -> nothing
        ",
        "
        A: x = 1 -> done
        A: y = 1 -> done
        B: y? -> 1
        B: x? -> nothing
        ",
        "
        A: x = 1 -> done
        B: x? -> 1
        B: y = 1 -> done
        C: y? -> 1
        C: x? -> nothing
        ",
        "
        A: x = 1 -> done
        A: x nothing => 2 -> changed
        ",
    ];
    for script in serializable {
        permits(Serializable, script);
    }
    for register in Guarantee::ALL {
        permits(*register, WRITE_SKEW);
        let forbids_one = serializable.iter().any(|script| !register.holds(&history(script)));
        assert_eq!(forbids_one, *register != Guarantee::ExactlyOnce, "{register}");
    }
}
