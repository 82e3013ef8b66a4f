//! What a transaction sees, and what is handed in of it.

use super::bench::{Bench, add, ordered, outcomes, read, sent, transact, transaction};
use crate::multi_leader::certification::{Certification, Message, SnapshotRule, Transaction};
use crate::vocabulary::{
    Author, ClientId, Key, LogPosition, Operation, Outcome, Refusal, ReplicaId, RequestId, Value,
};

fn start() -> Bench {
    Bench::start(Certification::write_sets(2), 1)
}

/// What a step has handed in.
fn submitted(effects: &super::bench::Effects) -> Transaction {
    match &sent(effects)[..] {
        [(0, Message::Submit(transaction))] => transaction.clone(),
        other => panic!("not handed in: {other:?}"),
    }
}

#[test]
fn a_transaction_that_only_reads_is_answered_at_once_and_handed_in_nowhere() {
    let mut one = start();
    one.receive(0, ordered(1, transaction(1, 0, &[], &["x"])));
    let looked = one.ask(5, 1, transact(&["x", "y"], &[]));
    assert_eq!(outcomes(&looked), [Outcome::Transacted(vec![Some(Value::from("1")), None])]);
    assert_eq!(outcomes(&one.ask(5, 2, read("x"))), [Outcome::Found(Some(Value::from("1")))]);
    assert!(looked.send.is_empty());
}

#[test]
fn what_is_handed_in_tells_what_was_read_and_how_much_was_known() {
    let mut one = start();
    one.receive(0, ordered(1, transaction(1, 0, &[], &["x"])));
    let transaction = submitted(&one.ask(5, 1, transact(&["x", "y"], &[("z", "2")])));
    assert_eq!(transaction.snapshot, LogPosition(1));
    assert_eq!(transaction.reads, ["x", "y"].map(Key::from).into());
    assert_eq!(transaction.writes, [(Key::from("z"), Some(Value::from("2")))].into());
    assert_eq!(transaction.outcome, Outcome::Transacted(vec![Some(Value::from("1")), None]));
}

#[test]
fn what_is_taken_is_deleted_where_something_is() {
    let mut one = start();
    one.receive(0, ordered(1, transaction(1, 0, &[], &["x"])));
    let taken = submitted(&one.ask(5, 1, Operation::Take { key: Key::from("x") }));
    assert_eq!(taken.writes, [(Key::from("x"), None)].into());
    assert_eq!(taken.outcome, Outcome::Found(Some(Value::from("1"))));
}

#[test]
fn single_updates_are_transactions() {
    let expected = |value: Option<&str>| Operation::CompareAndSet {
        key: Key::from("n"),
        expected: value.map(Value::from),
        value: Value::from("7"),
    };
    let key = || Key::from("n");
    let wrote = |value: &str| Some(Some(Value::from(value)));
    for (operation, value, outcome) in [
        (add(2), wrote("2"), Outcome::Counted(2)),
        (Operation::Write { key: key(), value: Value::from("3") }, wrote("3"), Outcome::Done),
        (Operation::Delete { key: key() }, Some(None), Outcome::Done),
        (Operation::Take { key: key() }, None, Outcome::Found(None)),
        (expected(None), wrote("7"), Outcome::Swapped(true)),
        (expected(Some("1")), None, Outcome::Swapped(false)),
    ] {
        let transaction = submitted(&start().ask(5, 1, operation.clone()));
        assert_eq!(transaction.writes.get(&key()).cloned(), value, "{operation}");
        assert_eq!(transaction.outcome, outcome, "{operation}");
    }
}

#[test]
fn what_cannot_be_added_is_decided_in_the_order_too() {
    let mut one = start();
    let text = Operation::Write { key: Key::from("n"), value: Value::from("many") };
    let written = submitted(&one.ask(4, 1, text));
    one.receive(0, ordered(1, written));
    let transaction = submitted(&one.ask(5, 1, add(1)));
    assert!(transaction.writes.is_empty());
    let heard = one.receive(0, ordered(2, transaction));
    assert_eq!(outcomes(&heard), [Outcome::Refused(Refusal::NotANumber)]);
}

#[test]
fn what_concerns_every_key_or_the_members_is_refused() {
    for (operation, refusal) in [
        (Operation::Clear, Refusal::Unsupported),
        (Operation::AddReplica(ReplicaId(1)), Refusal::ChangeImpossible),
    ] {
        let refused = start().ask(5, 1, operation);
        assert_eq!(outcomes(&refused), [Outcome::Refused(refusal)]);
        assert!(refused.send.is_empty());
    }
}

#[test]
fn a_session_waits_where_what_it_has_seen_is_missing() {
    let mut one = start();
    assert!(one.ask_after(1, 5, 1, read("x")).reply.is_empty());
    let arrived = one.receive(0, ordered(1, transaction(1, 0, &[], &["x"])));
    assert_eq!(outcomes(&arrived), [Outcome::Found(Some(Value::from("1")))]);
}

#[test]
fn behind_a_barrier_a_transaction_begins_with_all_that_was_in_the_order() {
    let policy = Certification { snapshot: SnapshotRule::Barrier, ..Certification::write_sets(2) };
    let author = Author { client: ClientId(5), request: RequestId(1) };
    let mut one = Bench::start(policy, 1);
    assert_eq!(sent(&one.ask(5, 1, read("x"))), [(0, Message::End(author))]);
    assert_eq!(sent(&one.repeat())[0], (0, Message::End(author)), "it may have been lost");
    assert!(one.receive(0, Message::EndsAt(author, LogPosition(1))).reply.is_empty());
    let arrived = one.receive(0, ordered(1, transaction(1, 0, &[], &["x"])));
    assert_eq!(outcomes(&arrived), [Outcome::Found(Some(Value::from("1")))]);
    let late = one.receive(0, Message::EndsAt(author, LogPosition(1)));
    assert!(late.reply.is_empty(), "it was answered");
}
