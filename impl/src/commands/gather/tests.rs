use holdfast_models::vocabulary::{Context, Dot, Operation, Outcome, ReplicaId, Value};

use super::super::task::Step;
use super::super::tests::task;
use crate::resp::Response;

/// Carries out a command about a key where `found` is, and answers whatever it asks then with `then`.
fn carried_out(
    words: &str,
    found: &Outcome,
    context: &Context,
    then: &Outcome,
) -> (Response, usize) {
    let mut task = task(words);
    let mut asked = 0;
    let mut step = task.begin();
    loop {
        match step {
            Step::Answer(response) => return (response, asked),
            Step::Ask(operations) => {
                let is_update = operations.iter().any(Operation::is_update);
                asked += if is_update { operations.len() } else { 0 };
                task.show(context);
                let outcome = if is_update { then } else { found };
                step = task.resume(operations.iter().map(|_| Ok(outcome.clone())).collect());
            }
        }
    }
}

#[test]
fn sets_are_read_and_changed_member_by_member() {
    let nothing = Context::default();
    let set = Outcome::Elements(["a", "b"].map(Value::from).to_vec());
    let member = Outcome::Found(Some(Value::from("a")));
    let says = |words, found: &Outcome, then: &Outcome| carried_out(words, found, &nothing, then);
    let number = Response::Integer;
    let empty = Outcome::Found(None);
    for (words, found, then, expected) in [
        ("SADD s b c c d", &set, &Outcome::Done, (number(2), 2)),
        ("SADD s a b", &set, &Outcome::Done, (number(0), 0)),
        ("SADD s a", &empty, &Outcome::Done, (number(1), 1)),
        ("SREM s a", &set, &member, (number(1), 1)),
        ("SREM s x y", &set, &empty, (number(0), 2)),
        ("SCARD s", &set, &empty, (number(2), 0)),
        ("SCARD s", &empty, &empty, (number(0), 0)),
        ("SISMEMBER s b", &set, &empty, (number(1), 0)),
        ("SISMEMBER s c", &set, &empty, (number(0), 0)),
        ("EXISTS s", &set, &empty, (number(1), 0)),
        ("SMEMBERS s", &empty, &empty, (Response::Array(Vec::new()), 0)),
        ("TYPE s", &set, &empty, (Response::Simple("set"), 0)),
    ] {
        assert_eq!(says(words, found, then), expected, "{words}");
    }
    let members = Response::Array(["a", "b"].map(Response::bulk).to_vec());
    assert_eq!(says("SMEMBERS s", &set, &empty).0, members);
}

#[test]
fn data_of_another_kind_is_told_from_nothing() {
    let text: Context = [Dot { replica: ReplicaId(0), counter: 1 }].into_iter().collect();
    let nothing = Context::default();
    let letters = Outcome::Elements(vec![Value::from("a")]);
    let number = Outcome::Found(Some(Value::from("7")));
    let none = Outcome::Found(None);
    for (words, found, context) in [
        ("GET s", &letters, &nothing),
        ("STRLEN s", &letters, &nothing),
        ("SIBLINGS s", &letters, &nothing),
        ("SMEMBERS n", &number, &nothing),
        ("SCARD t", &letters, &text),
        ("SADD t x", &letters, &text),
        ("SISMEMBER n 7", &number, &nothing),
    ] {
        let (response, asked) = carried_out(words, found, context, &none);
        let Response::Error(said) = response else { panic!("{words}: {response:?}") };
        assert!(said.starts_with("WRONGTYPE") && asked == 0, "{words}: {said}");
    }
    let kind = |found, context| carried_out("TYPE k", found, context, &none).0;
    assert_eq!(kind(&letters, &text), Response::Simple("text"));
    assert_eq!(kind(&number, &nothing), Response::Simple("string"));
    assert_eq!(kind(&none, &nothing), Response::Simple("none"));
}
