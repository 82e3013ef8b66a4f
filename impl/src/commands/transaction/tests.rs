//! `MULTI` to `EXEC` against the machine that certifies: what is asked, and what is answered.

use holdfast_models::multi_leader::certification::{Certification, Replica};
use holdfast_models::protocol::{Effects, Input, Protocol};
use holdfast_models::vocabulary::{
    ClientId, LogPosition, Operation, Outcome, ReplicaId, Request, RequestId, Terms, Timestamp,
    Token,
};

use super::super::task::{Answered, MOST_OVERTAKEN, Step};
use super::super::{Plan, Planner};
use super::Watched;
use crate::client::Failure;
use crate::resp::Response;

/// One replica, which answers at once.
struct Store {
    policy: Certification,
    replica: Replica,
    requests: u64,
}

impl Store {
    fn new() -> Self {
        let policy = Certification::write_sets(1);
        let replica = policy.start(ReplicaId(0), None, Timestamp(0), &mut Effects::none());
        Self { policy, replica, requests: 0 }
    }

    fn ask(&mut self, operation: &Operation) -> (Answered, LogPosition) {
        self.requests += 1;
        let request = Request {
            id: RequestId(self.requests),
            token: Token::default(),
            operation: operation.clone(),
            terms: Terms::default(),
        };
        let mut effects = Effects::none();
        let input = Input::Request { from: ClientId(1), request };
        self.policy.step(ReplicaId(0), &mut self.replica, Timestamp(0), input, &mut effects);
        let (_, reply) = effects.reply.pop().expect("it answers at once");
        let answered = match reply.outcome {
            Outcome::Refused(refusal) => Err(Failure::Refused(refusal)),
            outcome => Ok(outcome),
        };
        (answered, reply.token.0)
    }
}

/// A connection to it.
struct Connection {
    planner: Planner,
    watched: Watched,
}

impl Connection {
    fn new() -> Self {
        Self { planner: Planner::new(true), watched: Watched::new() }
    }

    /// Says a command. `between` happens after each round of questions.
    fn say_while(
        &mut self,
        store: &mut Store,
        words: &str,
        mut between: impl FnMut(&mut Store),
    ) -> Response {
        let arguments = words.split(' ').map(|word| word.as_bytes().to_vec()).collect();
        let mut task = match self.planner.plan(arguments) {
            Plan::Answer(response) => return response,
            Plan::Task(task) => task,
            other => panic!("{words} is {other:?}"),
        };
        task.take_watched(&mut self.watched);
        let mut step = task.begin();
        loop {
            match step {
                Step::Answer(response) => {
                    assert!(task.put_watched(&mut self.watched));
                    return response;
                }
                Step::Ask(operations) => {
                    let mut answers = Vec::new();
                    for operation in &operations {
                        let (answered, position) = store.ask(operation);
                        task.see(position);
                        answers.push(answered);
                    }
                    between(store);
                    step = task.resume(answers);
                }
            }
        }
    }

    fn say(&mut self, store: &mut Store, words: &str) -> Response {
        self.say_while(store, words, |_| ())
    }

    fn queue(&mut self, store: &mut Store, commands: &[&str]) {
        assert_eq!(self.say(store, "MULTI"), Response::OK);
        for words in commands {
            assert_eq!(self.say(store, words), Response::Simple("QUEUED"), "{words}");
        }
    }
}

fn write(key: &str, value: &str) -> Operation {
    Operation::Write { key: key.into(), value: value.into() }
}

#[test]
fn each_command_sees_what_the_commands_before_it_have_done() {
    use Response::{Array, Integer, Nil, Simple};
    let (mut store, mut one) = (Store::new(), Connection::new());
    let commands = [
        ("SET x 1", Response::OK),
        ("INCR x", Integer(2)),
        ("APPEND x 0", Integer(2)),
        ("GETSET x 7", Response::bulk("20")),
        ("SETNX x 8", Integer(0)),
        ("SET y 1 NX GET", Nil),
        ("MGET x y z", Array(vec![Response::bulk("7"), Response::bulk("1"), Nil])),
        ("MSET a 1 b 2 a 3", Response::OK),
        ("DEL a a c", Integer(1)),
        ("GETDEL b", Response::bulk("2")),
        ("EXISTS a b x", Integer(1)),
        ("STRLEN x", Integer(1)),
        ("TYPE b", Simple("none")),
        ("DECRBY n 3", Integer(-3)),
        ("ECHO hello", Response::bulk("hello")),
        ("PING", Simple("PONG")),
    ];
    one.queue(&mut store, &commands.each_ref().map(|(words, _)| *words));
    let expected = commands.map(|(_, response)| response);
    assert_eq!(one.say(&mut store, "EXEC"), Array(expected.into()));
    let shown = Array(vec![Nil, Nil, Response::bulk("-3"), Response::bulk("7")]);
    assert_eq!(one.say(&mut store, "MGET a b n x"), shown);
    assert_eq!(store.replica.durable.applied, LogPosition(1), "it was one transaction");
}

#[test]
fn what_is_read_meanwhile_is_read_again() {
    let (mut store, mut one) = (Store::new(), Connection::new());
    one.queue(&mut store, &["INCR n", "GET other"]);
    let mut meanwhile = vec![write("other", "new"), write("n", "10")];
    let response = one.say_while(&mut store, "EXEC", |store| {
        if let Some(operation) = meanwhile.pop() {
            store.ask(&operation).0.expect("nobody is in its way");
        }
    });
    let expected = vec![Response::Integer(11), Response::bulk("new")];
    assert_eq!(response, Response::Array(expected));
}

#[test]
fn a_transaction_that_is_always_overtaken_gives_up_without_an_effect() {
    let (mut store, mut one) = (Store::new(), Connection::new());
    one.queue(&mut store, &["APPEND x !"]);
    let mut turns = 0;
    let response = one.say_while(&mut store, "EXEC", |store| {
        turns += 1;
        let _ = store.ask(&write("x", &turns.to_string()));
    });
    let Response::Error(text) = response else { panic!("{response:?}") };
    assert!(text.starts_with("TRYAGAIN "), "{text}");
    assert_eq!(turns, 2 * (usize::from(MOST_OVERTAKEN) + 1));
    assert_eq!(one.say(&mut store, "GET x"), Response::bulk(turns.to_string()));
}

#[test]
fn a_key_that_is_watched_is_watched_until_exec_and_since_it_was_named_first() {
    let (mut store, mut one) = (Store::new(), Connection::new());
    assert_eq!(one.say(&mut store, "WATCH x"), Response::OK);
    store.ask(&write("x", "1")).0.expect("nobody is in its way");
    assert_eq!(one.say(&mut store, "WATCH x"), Response::OK);
    for commands in [&["SET y 1"][..], &["GET y"], &["PING"], &[]] {
        let (_, before) = store.ask(&write("x", "1"));
        assert_eq!(one.say(&mut store, "WATCH x"), Response::OK);
        store.ask(&write("x", "1")).0.expect("nobody is in its way");
        one.queue(&mut store, commands);
        assert_eq!(one.say(&mut store, "EXEC"), Response::NoArray, "{commands:?}, {before}");
        assert!(one.watched.is_empty());
    }
    one.queue(&mut store, &["SET y 1"]);
    assert_eq!(one.say(&mut store, "EXEC"), Response::Array(vec![Response::OK]));
}

#[test]
fn a_watched_key_that_changes_between_reading_and_writing_counts() {
    let (mut store, mut one) = (Store::new(), Connection::new());
    assert_eq!(one.say(&mut store, "WATCH x"), Response::OK);
    one.queue(&mut store, &["INCR n"]);
    let mut is_first = true;
    let response = one.say_while(&mut store, "EXEC", |store| {
        if std::mem::take(&mut is_first) {
            store.ask(&write("x", "1")).0.expect("nobody is in its way");
        }
    });
    assert_eq!(response, Response::NoArray);
    assert_eq!(one.say(&mut store, "GET n"), Response::Nil);
}

#[test]
fn what_has_no_place_in_a_transaction_aborts_it() {
    for words in
        ["FLUSHALL", "DBSIZE", "WAIT 1 0", "INFO", "SIBLINGS x", "GET", "BOGUS", "SELECT 0"]
    {
        let (mut store, mut one) = (Store::new(), Connection::new());
        assert_eq!(one.say(&mut store, "WATCH x"), Response::OK);
        one.queue(&mut store, &["SET x 1"]);
        let refused = one.say(&mut store, words);
        assert!(matches!(refused, Response::Error(_)), "{words}: {refused:?}");
        assert_eq!(one.say(&mut store, "SET x 2"), Response::Simple("QUEUED"));
        let Response::Error(text) = one.say(&mut store, "EXEC") else { panic!("{words}") };
        assert!(text.starts_with("EXECABORT "), "{text}");
        assert!(one.watched.is_empty());
        assert_eq!(one.say(&mut store, "GET x"), Response::Nil);
    }
}

#[test]
fn a_transaction_is_bounded() {
    let (mut store, mut one) = (Store::new(), Connection::new());
    one.queue(&mut store, &["PING"; 1_024]);
    let Response::Error(text) = one.say(&mut store, "PING") else { panic!("it has room") };
    assert!(text.starts_with("ERR a transaction has at most"), "{text}");
    let Response::Error(text) = one.say(&mut store, "EXEC") else { panic!("it goes on") };
    assert!(text.starts_with("EXECABORT "), "{text}");
}

#[test]
fn a_command_of_one_key_is_tried_again_if_another_transaction_was_earlier() {
    let (mut store, mut one) = (Store::new(), Connection::new());
    // Its answer is replaced, as if the replica that was asked had not known of another write.
    let mut task = match one.planner.plan(vec![b"SET".to_vec(), b"x".to_vec(), b"1".to_vec()]) {
        Plan::Task(task) => task,
        other => panic!("{other:?}"),
    };
    let conflict = || Err(Failure::Refused(holdfast_models::vocabulary::Refusal::Conflict));
    let Step::Ask(asked) = task.begin() else { panic!("it asks") };
    for _ in 0..MOST_OVERTAKEN {
        assert_eq!(task.resume(vec![conflict()]), Step::Ask(asked.clone()));
    }
    let Step::Answer(Response::Error(text)) = task.resume(vec![conflict()]) else {
        panic!("it goes on")
    };
    assert!(text.starts_with("TRYAGAIN "), "{text}");
    assert_eq!(one.say(&mut store, "GET x"), Response::Nil);
}
