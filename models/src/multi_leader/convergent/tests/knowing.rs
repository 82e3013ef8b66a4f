//! Clients that keep account of what they know, and say so.

use super::bench::{Bench, Effects, erase, exclude, insert, key, made};
use crate::multi_leader::convergent::{Convergent, Event, RegisterRule};
use crate::protocol::{Input, Protocol};
use crate::vocabulary::{
    ClientId, Context, Dot, Operation, Outcome, Refusal, ReplicaId, Reply, Request, RequestId,
    Terms, Token, Value,
};

/// A client that knows what it was answered.
#[derive(Default)]
struct Knowing {
    id: u64,
    asked: u64,
    context: Context,
}

impl Knowing {
    fn new(id: u64) -> Self {
        Self { id, ..Self::default() }
    }

    fn ask(&mut self, replica: &mut Bench, operation: Operation) -> (Outcome, Effects) {
        self.asked += 1;
        self.repeat(replica, operation)
    }

    /// Asks with the number of its last request.
    fn repeat(&mut self, replica: &mut Bench, operation: Operation) -> (Outcome, Effects) {
        let request = Request {
            id: RequestId(self.asked),
            token: Token::default(),
            operation,
            terms: Terms::knowing(self.context.clone()),
        };
        let input = Input::Request { from: ClientId(self.id), request };
        let mut effects = Effects::none();
        let (policy, me, now) = (replica.policy, replica.me, replica.now);
        policy.step(me, &mut replica.replica, now, input, &mut effects);
        replica.disk =
            effects.persist.as_ref().map(|kept| kept.durable.clone()).or(replica.disk.take());
        let [(_, Reply { outcome, context, .. })] = &effects.reply[..] else {
            panic!("one answer: {effects:?}")
        };
        if let Some(context) = context {
            self.context.clone_from(context);
        }
        (outcome.clone(), effects)
    }

    fn outcome(&mut self, replica: &mut Bench, operation: Operation) -> Outcome {
        self.ask(replica, operation).0
    }

    /// Asks, and answers with what the replica told the others.
    fn made(&mut self, replica: &mut Bench, operation: Operation) -> Event {
        made(&self.ask(replica, operation).1)
    }
}

fn bench(me: u8) -> Bench {
    Bench::start(Convergent::keeping_all(3), me)
}

fn write(value: &str) -> Operation {
    Operation::Write { key: key(), value: Value::from(value) }
}

fn read() -> Operation {
    Operation::Read { key: key() }
}

fn found(value: &str) -> Outcome {
    Outcome::Found(Some(Value::from(value)))
}

fn siblings(values: &[&str]) -> Outcome {
    Outcome::Siblings(values.iter().map(|value| Value::from(*value)).collect())
}

#[test]
fn a_value_stays_beside_those_that_its_client_does_not_know_of() {
    let (mut zero, mut one, mut other) = (bench(0), Knowing::new(1), Knowing::new(2));
    assert_eq!(one.outcome(&mut zero, write("a")), Outcome::Done);
    assert_eq!(other.outcome(&mut zero, write("b")), Outcome::Done);
    assert_eq!(one.outcome(&mut zero, write("c")), Outcome::Done, "over its own");
    assert_eq!(one.outcome(&mut zero, read()), siblings(&["b", "c"]));
    assert_eq!(one.outcome(&mut zero, write("d")), Outcome::Done);
    assert_eq!(other.outcome(&mut zero, read()), found("d"));
    assert_eq!(Knowing::new(3).outcome(&mut zero, write("e")), Outcome::Done);
    let take = Operation::Take { key: key() };
    let both = siblings(&["d", "e"]);
    assert_eq!(
        Knowing::new(4).outcome(&mut zero, take.clone()),
        both,
        "whoever takes it knows of it"
    );
    assert_eq!(other.outcome(&mut zero, write("d")), Outcome::Done);
    assert_eq!(other.outcome(&mut zero, take.clone()), found("d"));
    assert_eq!(other.outcome(&mut zero, take), Outcome::Found(None));
    assert_eq!(other.outcome(&mut zero, read()), Outcome::Found(None));
}

#[test]
fn what_one_client_wrote_over_stays_written_over_in_every_order() {
    let mut zero = bench(0);
    let (mut one, mut other) = (Knowing::new(1), Knowing::new(2));
    let events = [
        one.made(&mut zero, write("a")),
        other.made(&mut zero, write("b")),
        one.made(&mut zero, write("c")),
    ];
    let expected = zero.cell();
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
        let mut third = bench(2);
        for index in order {
            third.hear(0, &[&events[index]]);
        }
        assert_eq!(third.cell(), expected, "{order:?}");
    }
}

/// A client that has been elsewhere knows more than this replica.
#[test]
fn a_replica_that_lacks_what_its_client_knows_says_so_and_changes_nothing() {
    let (mut zero, mut one, mut client) = (bench(0), bench(1), Knowing::new(1));
    let event = client.made(&mut zero, write("a"));
    assert_eq!(client.outcome(&mut one, write("b")), Outcome::Refused(Refusal::Behind));
    assert_eq!(one.cell(), Default::default());
    one.hear(0, &[&event]);
    let again = client.repeat(&mut one, write("b")).0;
    assert_eq!(again, Outcome::Refused(Refusal::Behind), "a refusal is settled");
    assert_eq!(client.outcome(&mut one, write("b")), Outcome::Done);
    assert_eq!(client.outcome(&mut one, read()), found("b"));
}

#[test]
fn a_request_that_is_repeated_is_answered_with_the_same_and_what_is_known_by_it() {
    let (mut zero, mut client) = (bench(0), Knowing::new(1));
    client.outcome(&mut zero, write("a"));
    let before = std::mem::take(&mut client.context);
    assert_eq!(client.repeat(&mut zero, write("a")).0, Outcome::Done);
    assert_eq!(client.context, before);
    assert_eq!(client.outcome(&mut zero, read()), found("a"), "once");
}

#[test]
fn a_place_is_one_in_the_text_that_its_author_has_seen() {
    let (mut zero, mut one, mut other) = (bench(0), Knowing::new(1), Knowing::new(2));
    for (place, letter) in (0..).zip(["a", "b", "c"]) {
        one.outcome(&mut zero, insert(place, letter));
    }
    other.outcome(&mut zero, read());
    // Both go on without looking again.
    one.outcome(&mut zero, insert(0, "x"));
    one.outcome(&mut zero, erase(2));
    assert_eq!(zero.text(), "xac");
    assert_eq!(other.outcome(&mut zero, insert(2, "y")), Outcome::Done);
    assert_eq!(other.outcome(&mut zero, insert(3, "z")), Outcome::Done);
    assert_eq!(zero.text(), "xayzc", "after the b that it has seen, which is gone");
    assert_eq!(other.outcome(&mut zero, erase(1)), Outcome::Found(None), "somebody else has");
    assert_eq!(other.outcome(&mut zero, erase(0)), found("a"));
    assert_eq!(zero.text(), "xyzc");
    assert_eq!(other.outcome(&mut zero, erase(9)), Outcome::Found(None), "nothing is there");
}

/// What is typed offline is told one after the other, each with what its author had seen by then.
#[test]
fn what_was_typed_offline_stands_where_it_was_typed() {
    let (mut zero, mut one, mut other) = (bench(0), Knowing::new(1), Knowing::new(2));
    for (place, letter) in (0..).zip(["(", ")"]) {
        one.outcome(&mut zero, insert(place, letter));
    }
    other.outcome(&mut zero, read());
    for letter in ["3", "2", "1"] {
        one.outcome(&mut zero, insert(1, letter));
    }
    for (place, letter) in (1..).zip(["a", "b", "c"]) {
        other.outcome(&mut zero, insert(place, letter));
    }
    let text = zero.text();
    assert!(text == "(abc123)" || text == "(123abc)", "{text}");
}

#[test]
fn rules_that_keep_one_version_show_one_and_tell_nothing_to_be_known() {
    let policy =
        Convergent { register: RegisterRule::HighestReplica, ..Convergent::keeping_all(2) };
    let (mut zero, mut client) = (Bench::start(policy, 0), Knowing::new(1));
    client.outcome(&mut zero, write("a"));
    client.outcome(&mut zero, write("b"));
    assert_eq!(client.outcome(&mut zero, read()), found("b"));
    assert!(client.context.is_empty());
}

#[test]
fn what_was_deleted_may_become_a_set() {
    let (mut zero, mut client) = (bench(0), Knowing::new(1));
    client.outcome(&mut zero, write("a"));
    let element = super::bench::include("a");
    assert_eq!(client.outcome(&mut zero, element.clone()), Outcome::Refused(Refusal::AnotherKind));
    client.outcome(&mut zero, Operation::Delete { key: key() });
    assert_eq!(client.outcome(&mut zero, element), Outcome::Done);
    assert_eq!(client.outcome(&mut zero, exclude("a")), found("a"));
    let nobody = Dot { replica: ReplicaId(2), counter: 1 };
    client.context.insert(nobody);
    assert_eq!(client.outcome(&mut zero, write("b")), Outcome::Refused(Refusal::Behind));
}

/// What a client says it knows, what an update says of its past and what is answered stay small, however long
/// clients write that never look at each other's values.
#[test]
fn what_is_known_does_not_grow_with_what_was_written() {
    let (mut zero, mut one, mut other) = (bench(0), Knowing::new(1), Knowing::new(2));
    for round in 0..100 {
        let value = format!("{round}");
        for client in [&mut one, &mut other] {
            let event = client.made(&mut zero, write(&value));
            assert!(!event.past.has_gaps());
            assert!(client.context.replicas().count() <= 2, "{}", client.context);
        }
    }
    let versions = zero.cell().register.versions().to_vec();
    assert_eq!(versions.len(), 2, "the last of each");
    assert!(versions.iter().all(|version| version.beside.len() <= 1));
    one.outcome(&mut zero, read());
    assert_eq!(one.context, zero.replica.durable.delivered);
    for (place, letter) in (0..).zip(["a", "b", "c"]) {
        other.context = Context::default();
        other.outcome(&mut zero, Operation::Delete { key: key() });
        one.outcome(&mut zero, Operation::Take { key: key() });
        assert_eq!(one.outcome(&mut zero, insert(place, letter)), Outcome::Done);
        assert!(!one.context.has_gaps(), "it knows all of the text: {}", one.context);
    }
}
