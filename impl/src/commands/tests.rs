//! Each command against a store: what is asked, and what is answered.

use holdfast_models::vocabulary::{
    ClientId, Command as Entry, Epoch, Key, LogEntry, Operation, Outcome, Refusal, RequestId,
    StateMachine, Value,
};

use super::{Answered, COMMANDS, Plan, Step, Task, find, plan};
use crate::client::Failure;
use crate::resp::{Arguments, Response};

fn arguments(words: &str) -> Arguments {
    words.split(' ').map(|word| word.as_bytes().to_vec()).collect()
}

pub(super) fn task(words: &str) -> Task {
    match plan(arguments(words)) {
        Plan::Task(task) => task,
        other => panic!("{words} is {other:?}"),
    }
}

fn refused(words: &str) -> String {
    match plan(arguments(words)) {
        Plan::Answer(Response::Error(text)) => text,
        other => panic!("{words} is {other:?}"),
    }
}

/// A store that answers at once.
#[derive(Default)]
struct Store(StateMachine);

impl Store {
    fn ask(&mut self, operation: &Operation) -> Answered {
        let command = Entry::Update {
            client: ClientId(1),
            request: RequestId(1),
            operation: operation.clone(),
        };
        self.0.apply(&LogEntry { epoch: Epoch(1), command });
        let outcome = self.0.answered(ClientId(1)).expect("it was answered").outcome.clone();
        match outcome {
            Outcome::Refused(refusal) => Err(Failure::Refused(refusal)),
            outcome => Ok(outcome),
        }
    }

    /// Carries a command out. `between` happens after each round.
    fn run_with(&mut self, words: &str, mut between: impl FnMut(&mut Self)) -> Response {
        let mut task = task(words);
        let mut step = task.begin();
        loop {
            match step {
                Step::Answer(response) => return response,
                Step::Ask(operations) => {
                    let answers = operations.iter().map(|operation| self.ask(operation)).collect();
                    between(self);
                    step = task.resume(answers);
                }
            }
        }
    }

    fn run(&mut self, words: &str) -> Response {
        self.run_with(words, |_| ())
    }
}

#[test]
fn each_command_does_what_redis_does() {
    use Response::{Integer, Nil, Simple};
    let mut store = Store::default();
    let bulk = Response::bulk;
    for (words, expected) in [
        ("GET x", Nil),
        ("SET x 1", Response::OK),
        ("get x", bulk("1")),
        ("SET x 2 NX", Nil),
        ("SET x 2 XX", Response::OK),
        ("SET y 2 XX", Nil),
        ("SET y 2 XX GET", Nil),
        ("SET x 3 GET", bulk("2")),
        ("SET x 4 NX GET", bulk("3")),
        ("SET new 4 NX GET", Nil),
        ("MGET x y new x", Response::Array(vec![bulk("3"), Nil, bulk("4"), bulk("3")])),
        ("EXISTS x x y new", Integer(3)),
        ("DEL x x y", Integer(1)),
        ("DEL x", Integer(0)),
        ("GETDEL new", bulk("4")),
        ("GETDEL new", Nil),
        ("APPEND text ab", Integer(2)),
        ("APPEND text cd", Integer(4)),
        ("STRLEN text", Integer(4)),
        ("STRLEN nothing", Integer(0)),
        ("GETSET text e", bulk("abcd")),
        ("GETSET other f", Nil),
        ("SETNX other g", Integer(0)),
        ("SETNX fresh g", Integer(1)),
        ("INCR n", Integer(1)),
        ("INCRBY n -3", Integer(-2)),
        ("DECR n", Integer(-3)),
        ("DECRBY n -5", Integer(2)),
        ("INCR text", Response::Error("ERR value is not an integer or out of range".to_owned())),
        ("TYPE n", Simple("string")),
        ("TYPE nothing", Simple("none")),
        ("MSET a 1 b 2 a 3", Response::OK),
        ("MGET a b", Response::Array(vec![bulk("3"), bulk("2")])),
        ("FLUSHALL", Response::OK),
        ("EXISTS a b n text", Integer(0)),
        ("SET a 1", Response::OK),
        ("flushdb async", Response::OK),
        ("GET a", Nil),
    ] {
        assert_eq!(store.run(words), expected, "{words}");
    }
}

#[test]
fn what_is_asked_wrongly_is_refused_before_anything_is_asked() {
    for (words, expected) in [
        ("GET", "ERR wrong number of arguments for 'get' command"),
        ("MSET a 1 b", "ERR wrong number of arguments for 'mset' command"),
        ("SET x 1 NX XX", "ERR syntax error"),
        ("SET x 1 XX NX", "ERR syntax error"),
        ("SET x 1 MAYBE", "ERR syntax error"),
        ("SET x 1 EX 10", "NOTSUPPORTED SET with EX: keys do not expire"),
        ("INCRBY n +1", "ERR value is not an integer or out of range"),
        ("DECRBY n -9223372036854775808", "ERR decrement would overflow"),
        ("WAIT 1 -1", "ERR timeout is negative"),
        ("FLUSHALL NOW", "ERR syntax error"),
        ("FLUSHDB SYNC SYNC", "ERR syntax error"),
        ("EXEC", "ERR EXEC without MULTI"),
        ("DISCARD", "ERR DISCARD without MULTI"),
        ("rename x y", "NOTSUPPORTED RENAME: no operation of the store concerns two keys"),
        ("BOGUS a b", "ERR unknown command 'BOGUS', with args beginning with: 'a' 'b' "),
    ] {
        assert_eq!(refused(words), expected, "{words}");
    }
}

#[test]
fn a_change_that_somebody_overtakes_is_made_to_what_is_there_then() {
    let mut store = Store::default();
    store.run("SET x a");
    let mut overtaken = false;
    let response = store.run_with("APPEND x c", |store| {
        if !std::mem::replace(&mut overtaken, true) {
            store.run("SET x b");
        }
    });
    assert_eq!(response, Response::Integer(2));
    assert_eq!(store.run("GET x"), Response::bulk("bc"));
}

#[test]
fn a_change_that_is_always_overtaken_gives_up_without_an_effect() {
    let mut store = Store::default();
    let mut turn = 0;
    let response = store.run_with("APPEND x !", |store| {
        turn += 1;
        store.run(&format!("SET x {turn}"));
    });
    let Response::Error(text) = response else { panic!("{response:?}") };
    assert!(text.starts_with("TRYAGAIN "), "{text}");
    assert_eq!(store.run("GET x"), Response::bulk(turn.to_string()));
}

#[test]
fn a_key_that_appears_meanwhile_is_not_overwritten() {
    let mut store = Store::default();
    let mut appeared = false;
    let response = store.run_with("SET x mine NX GET", |store| {
        if !std::mem::replace(&mut appeared, true) {
            store.run("SET x theirs");
        }
    });
    assert_eq!(response, Response::bulk("theirs"));
    assert_eq!(store.run("GET x"), Response::bulk("theirs"));
}

fn answered(words: &str, answers: Vec<Answered>) -> String {
    let mut task = task(words);
    let Step::Ask(_) = task.begin() else { panic!("{words} asks nothing") };
    match task.resume(answers) {
        Step::Answer(Response::Error(text)) => text,
        other => panic!("{words} is answered {other:?}"),
    }
}

#[test]
fn each_failure_has_a_first_word_of_its_own() {
    let mut words = std::collections::BTreeSet::new();
    for failure in [
        Failure::Indeterminate,
        Failure::Busy,
        Failure::NoLeader,
        Failure::Unanswered,
        Failure::Refused(Refusal::Unavailable),
        Failure::Refused(Refusal::Behind),
    ] {
        let text = answered("SET x 1", vec![Err(failure)]);
        let promises = text.contains("nothing was changed");
        assert_eq!(promises, failure != Failure::Indeterminate, "{text}");
        words.insert(text.split(' ').next().expect("a word").to_owned());
    }
    assert_eq!(words.len(), 6);
}

#[test]
fn several_keys_of_which_some_changed_are_told_so() {
    let done = || Ok(Outcome::Done);
    let busy = || Err(Failure::Busy);
    let text = answered("MSET a 1 b 2 c 3", vec![done(), busy(), done()]);
    assert!(text.starts_with("PARTIAL 2 of 3 keys were changed, then: BUSY "), "{text}");
    let took = |value: Option<&str>| Ok(Outcome::Found(value.map(Value::from)));
    let text = answered("DEL a b c", vec![took(Some("1")), took(None), busy()]);
    assert!(text.starts_with("PARTIAL 1 of 3 keys were changed, then: BUSY "), "{text}");
    let text = answered("MSET a 1 b 2", vec![busy(), busy()]);
    assert!(text.starts_with("BUSY "), "{text}");
    let text = answered("MSET a 1 b 2", vec![busy(), Err(Failure::Indeterminate)]);
    assert!(text.starts_with("INDETERMINATE "), "{text}");
}

#[test]
fn an_answer_to_another_question_is_an_error() {
    let text = answered("GET x", vec![Ok(Outcome::Swapped(true))]);
    assert!(text.starts_with("ERR the store gave an answer"), "{text}");
    let text = answered("APPEND x y", vec![Ok(Outcome::Counted(1))]);
    assert!(text.starts_with("ERR the store gave an answer"), "{text}");
}

#[test]
fn several_values_at_a_key_are_told_and_not_chosen_from() {
    let both = || Ok(Outcome::Siblings(vec![Value::from("1"), Value::from("2")]));
    let expected = "SIBLINGS 2 values are at the key, whose writers did not know of each other";
    for words in ["GET x", "STRLEN x", "APPEND x y", "SET x y XX"] {
        assert_eq!(answered(words, vec![both()]), expected, "{words}");
    }
    let mut exists = task("EXISTS x");
    assert!(matches!(exists.begin(), Step::Ask(_)));
    assert_eq!(exists.resume(vec![both()]), Step::Answer(Response::Integer(1)));
}

#[test]
fn commands_overlap_if_neither_could_notice() {
    for (earlier, later, expected) in [
        ("GET x", "GET y", true),
        ("GET x", "GET x", false),
        ("SET x 1", "SET y 1", true),
        ("SET x 1", "APPEND x 1", false),
        ("SET x 1", "GET y", false),
        ("GET y", "SET x 1", false),
        ("MSET a 1 b 1", "DEL c b", false),
        ("DEL x", "DEL y", true),
        ("FLUSHALL", "SET x 1", false),
        ("SET x 1", "FLUSHALL", false),
        ("GET x", "FLUSHALL", false),
        ("FLUSHALL", "FLUSHALL", false),
    ] {
        assert_eq!(task(later).may_overlap(&task(earlier)), expected, "{earlier}; {later}");
    }
}

#[test]
fn the_table_is_in_order_and_each_command_is_found_in_any_case() {
    assert!(COMMANDS.is_sorted_by_key(|command| command.name));
    for command in COMMANDS {
        let name = command.name.to_ascii_uppercase();
        assert_eq!(find(name.as_bytes()).map(|found| found.name), Some(command.name));
        assert_eq!(command.name, command.name.to_ascii_lowercase());
    }
}

#[test]
fn every_command_is_planned_with_any_number_of_arguments() {
    for command in COMMANDS {
        for count in 1..6 {
            let mut words = vec![b"1".to_vec(); count];
            words[0] = command.name.as_bytes().to_vec();
            let is_taken = command.takes(count);
            match plan(words) {
                Plan::Answer(Response::Error(_)) => {}
                // They ask nothing of the store.
                Plan::Answer(_) | Plan::Task(_) if ["multi", "unwatch"].contains(&command.name) => {
                    assert!(is_taken, "{} with {count}", command.name);
                }
                Plan::Answer(other) => panic!("{} is {other:?}", command.name),
                Plan::Task(mut task) => {
                    assert!(is_taken, "{} with {count}", command.name);
                    let Step::Ask(operations) = task.begin() else { panic!("asks nothing") };
                    let key = (command.keys.0 > 0).then(|| Key::from("1"));
                    let named = |asked: &Operation| asked.keys().next().cloned();
                    assert!(operations.iter().all(|asked| named(asked) == key));
                    assert!(!operations.is_empty());
                }
                Plan::Connection(..) | Plan::CountKeys | Plan::Wait(_) => {
                    assert!(is_taken, "{} with {count}", command.name);
                }
            }
        }
    }
}

#[test]
fn an_empty_value_is_a_value() {
    let mut store = Store::default();
    let operation = Operation::Write { key: Key::from("x"), value: Value::from("") };
    assert_eq!(store.ask(&operation), Ok(Outcome::Done));
    assert_eq!(store.run("GET x"), Response::bulk(""));
    assert_eq!(store.run("EXISTS x"), Response::Integer(1));
    assert_eq!(store.run("SETNX x 1"), Response::Integer(0));
}
