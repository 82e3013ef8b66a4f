//! What may not matter to a verdict, and what may only soften it.

use proptest::prelude::*;

use super::Guarantee;
use super::enumeration::{Bounds, each_history, mixed};
use super::random::{Step, cases, execution, renamed, steps};
use crate::consistency::{History, OperationId, Phase, Record};
use crate::vocabulary::{Key, Operation, Outcome, Refusal, ReplicaId, Value};

/// What was asked and what was heard.
type Exchange = (Operation, Option<Outcome>);

/// The same history with each exchange changed or left out, and without notifications.
fn rebuilt(
    history: &History,
    change: &dyn Fn(OperationId, &Record) -> Option<Exchange>,
) -> History {
    let mut copy = History::new(history.sessions().len());
    let mut open = Vec::new();
    let last = history.operations().map(|(_, record)| record.invoked.0).max().unwrap_or(0);
    for phase in (0..=last).map(Phase) {
        for (id, record) in history.operations().filter(|(_, record)| record.invoked == phase) {
            if let Some((operation, outcome)) = change(id, record) {
                let returned = record.returned.as_ref().map(|returned| returned.at);
                open.push((copy.invoke(id.session, operation), returned, outcome));
            }
        }
        for (id, returned, outcome) in &open {
            if let Some(outcome) = outcome
                && *returned == Some(phase)
            {
                copy.complete(*id, outcome.clone());
            }
        }
    }
    copy
}

fn unchanged(record: &Record) -> Exchange {
    (record.operation.clone(), record.outcome().cloned())
}

/// The same history after an operation of a session of its own.
fn preceded(history: &History, operation: &Operation, outcome: Option<Outcome>) -> History {
    let sessions = history.sessions().len() + 1;
    let mut copy = History::new(sessions);
    let id = copy.invoke(sessions - 1, operation.clone());
    if let Some(outcome) = outcome {
        copy.complete(id, outcome);
    }
    let mut open = Vec::new();
    let last = history.operations().map(|(_, record)| record.invoked.0).max().unwrap_or(0);
    for phase in (0..=last).map(Phase) {
        for (id, record) in history.operations().filter(|(_, record)| record.invoked == phase) {
            open.push((copy.invoke(id.session, record.operation.clone()), record));
        }
        for (id, record) in &open {
            if let Some(returned) = &record.returned
                && returned.at == phase
            {
                copy.complete(*id, returned.outcome.clone());
            }
        }
    }
    copy
}

fn assert_same_verdicts(one: &History, other: &History) {
    for guarantee in Guarantee::ALL {
        let verdicts = (guarantee.holds(one), guarantee.holds(other));
        assert_eq!(verdicts.0, verdicts.1, "{guarantee}: {one:#?} and {other:#?}");
    }
}

fn assert_no_harsher(before: &History, after: &History) {
    for guarantee in Guarantee::ALL {
        let is_harsher = guarantee.holds(before) && !guarantee.holds(after);
        assert!(!is_harsher, "{guarantee}: {before:#?} became {after:#?}");
    }
}

fn without_notifications(steps: &[Step]) -> History {
    rebuilt(&execution(3, steps), &|_, record| Some(unchanged(record)))
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn the_names_of_sessions_do_not_matter(steps in steps(3, 20), turn in 0..3_usize) {
        let names = |session: usize| (session + turn) % 3;
        assert_same_verdicts(&execution(3, &steps), &execution(3, &renamed(&steps, names)));
        let names = |session: usize| [1, 0, 2][session];
        assert_same_verdicts(&execution(3, &steps), &execution(3, &renamed(&steps, names)));
    }

    #[test]
    fn the_names_of_keys_do_not_matter(steps in steps(3, 20)) {
        let history = without_notifications(&steps);
        let swapped = rebuilt(&history, &|_, record| {
            let (operation, outcome) = unchanged(record);
            Some((with_keys_swapped(operation), outcome))
        });
        assert_same_verdicts(&history, &swapped);
    }

    #[test]
    fn to_hear_less_excuses_more(steps in steps(3, 20), missed in any::<prop::sample::Index>()) {
        let history = without_notifications(&steps);
        let ids: Vec<OperationId> = history.operations().map(|(id, _)| id).collect();
        if !ids.is_empty() {
            let missed = *missed.get(&ids);
            let less = rebuilt(&history, &|id, record| {
                let (operation, outcome) = unchanged(record);
                Some((operation, outcome.filter(|_| id != missed)))
            });
            assert_no_harsher(&history, &less);
        }
    }

    #[test]
    fn what_nobody_answered_excuses_and_never_accuses(steps in steps(3, 20)) {
        let history = without_notifications(&steps);
        for value in ["1", "9"] {
            let write = Operation::Write { key: Key::from("x"), value: Value::from(value) };
            assert_no_harsher(&history, &preceded(&history, &write, None));
        }
        let add = Operation::Add { key: Key::from("x"), amount: 2 };
        assert_no_harsher(&history, &preceded(&history, &add, None));
    }

    #[test]
    fn an_unanswered_write_that_nobody_found_does_not_matter(steps in steps(3, 20)) {
        let history = without_notifications(&steps);
        let write = Operation::Write { key: Key::from("x"), value: Value::from("unseen") };
        let with_it = preceded(&history, &write, None);
        // A compare-and-set that found another value may have found this one; and a safe register
        // promises nothing while a write is open.
        let may_be_seen = |record: &Record| record.outcome() == Some(&Outcome::Swapped(false));
        if !history.operations().any(|(_, record)| may_be_seen(record)) {
            for guarantee in Guarantee::ALL.iter().filter(|other| **other != Guarantee::Safe) {
                prop_assert_eq!(guarantee.holds(&history), guarantee.holds(&with_it));
            }
        }
    }

    #[test]
    fn refusals_do_not_matter(steps in steps(3, 20)) {
        let history = without_notifications(&steps);
        let write = Operation::Write { key: Key::from("x"), value: Value::from("1") };
        let refused = Some(Outcome::Refused(Refusal::Unavailable));
        assert_same_verdicts(&history, &preceded(&history, &write, refused));
    }

    #[test]
    fn changes_of_members_do_not_matter(steps in steps(3, 20)) {
        let history = without_notifications(&steps);
        for operation in
            [Operation::AddReplica(ReplicaId(1)), Operation::RemoveReplica(ReplicaId(0))]
        {
            assert_same_verdicts(&history, &preceded(&history, &operation, Some(Outcome::Done)));
            assert_same_verdicts(&history, &preceded(&history, &operation, None));
        }
    }
}

fn with_keys_swapped(operation: Operation) -> Operation {
    let swapped = |key: Key| Key::from(if key == Key::from("x") { "y" } else { "x" });
    match operation {
        Operation::Read { key } => Operation::Read { key: swapped(key) },
        Operation::Write { key, value } => Operation::Write { key: swapped(key), value },
        Operation::Delete { key } => Operation::Delete { key: swapped(key) },
        Operation::Add { key, amount } => Operation::Add { key: swapped(key), amount },
        Operation::CompareAndSet { key, expected, value } => {
            Operation::CompareAndSet { key: swapped(key), expected, value }
        }
        Operation::Take { key } => Operation::Take { key: swapped(key) },
        Operation::Edit { key, edit } => Operation::Edit { key: swapped(key), edit },
        Operation::Transact { reads, writes, unchanged } => Operation::Transact {
            reads: reads.into_iter().map(swapped).collect(),
            writes: writes.into_iter().map(|(key, value)| (swapped(key), value)).collect(),
            unchanged: unchanged.into_iter().map(|(key, at)| (swapped(key), at)).collect(),
        },
        Operation::AddReplica(_) | Operation::RemoveReplica(_) | Operation::Clear => operation,
    }
}

#[test]
fn guarantees_about_single_registers_are_local() {
    let local =
        [Guarantee::Linearizable, Guarantee::Regular, Guarantee::Safe, Guarantee::ExactlyOnce];
    let mut letters = mixed();
    letters.truncate(3);
    letters.extend(
        letters
            .clone()
            .into_iter()
            .map(|(operation, outcomes)| (with_keys_swapped(operation), outcomes)),
    );
    let bounds = Bounds { operations: 3, notification: false };
    each_history(&letters, bounds, &mut |history| {
        let alone = ["x", "y"].map(|key| {
            rebuilt(history, &|_, record| {
                (record.operation.key() == Some(&Key::from(key))).then(|| unchanged(record))
            })
        });
        for guarantee in local {
            let each = alone.iter().all(|register| guarantee.holds(register));
            assert_eq!(guarantee.holds(history), each, "{guarantee}: {history:#?}");
        }
    });
}
