//! Every input is legal in every state: anything at all may arrive, and nothing panics.

use proptest::prelude::*;

use super::bench::Bench;
use crate::multi_leader::certification::{
    Acknowledgement, Certificate, Certification, Flush, Message, Retention, Safeguard,
    SnapshotRule, Transaction,
};
use crate::vocabulary::{
    Author, ClientId, Epoch, Key, LogPosition, Operation, Outcome, ReplicaId, RequestId, Value,
};

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![0..4u64, Just(u64::MAX - 1), Just(u64::MAX)]
}

fn position() -> impl Strategy<Value = LogPosition> {
    number().prop_map(LogPosition)
}

fn epoch() -> impl Strategy<Value = Epoch> {
    prop_oneof![3 => Just(Epoch(0)), 1 => number().prop_map(Epoch)]
}

fn author() -> impl Strategy<Value = Author> {
    (0..3u64, number()).prop_map(|(client, request)| Author {
        client: ClientId(client),
        request: RequestId(request),
    })
}

fn key() -> impl Strategy<Value = Key> {
    prop_oneof![Just(Key::from("x")), Just(Key::from("y"))]
}

fn value() -> impl Strategy<Value = Option<Value>> {
    prop::option::of(any::<i64>().prop_map(Value::from))
}

fn transaction() -> impl Strategy<Value = Transaction> {
    let reads = prop::collection::btree_set(key(), 0..3);
    let writes = prop::collection::btree_map(key(), value(), 0..3);
    let unchanged = prop::collection::btree_map(key(), position(), 0..3);
    (author(), position(), reads, writes, unchanged).prop_map(
        |(author, snapshot, reads, writes, unchanged)| {
            let outcome = Outcome::Done;
            Transaction { author, snapshot, reads, writes, unchanged, outcome }
        },
    )
}

fn message() -> impl Strategy<Value = Message> {
    let ordered =
        (epoch(), position(), transaction()).prop_map(|(epoch, position, transaction)| {
            Message::Ordered { epoch, position, transaction }
        });
    let recovered = (epoch(), position(), prop::collection::vec(transaction(), 0..3));
    prop_oneof![
        transaction().prop_map(Message::Submit),
        ordered,
        (epoch(), position()).prop_map(|(epoch, at)| Message::Held(epoch, at)),
        (epoch(), position()).prop_map(|(epoch, at)| Message::Stable(epoch, at)),
        (epoch(), position()).prop_map(|(epoch, at)| Message::Missing(epoch, at)),
        author().prop_map(Message::End),
        (author(), position()).prop_map(|(author, at)| Message::EndsAt(author, at)),
        (epoch(), position()).prop_map(|(epoch, at)| Message::Recover(epoch, at)),
        recovered.prop_map(|(epoch, after, transactions)| {
            Message::Recovered { epoch, after, transactions }
        }),
    ]
}

fn operation() -> impl Strategy<Value = Operation> {
    let some = || any::<i64>().prop_map(Value::from);
    let reads = prop::collection::vec(key(), 0..3);
    let writes = prop::collection::vec((key(), value()), 0..3);
    prop_oneof![
        key().prop_map(|key| Operation::Read { key }),
        (key(), some()).prop_map(|(key, value)| Operation::Write { key, value }),
        key().prop_map(|key| Operation::Delete { key }),
        (key(), any::<i64>()).prop_map(|(key, amount)| Operation::Add { key, amount }),
        (key(), value(), some()).prop_map(|(key, expected, value)| Operation::CompareAndSet {
            key,
            expected,
            value
        }),
        key().prop_map(|key| Operation::Take { key }),
        (reads, writes, prop::collection::vec((key(), position()), 0..3)).prop_map(
            |(reads, writes, unchanged)| Operation::Transact { reads, writes, unchanged }
        ),
        Just(Operation::Clear),
        (0..4u8).prop_map(|replica| Operation::AddReplica(ReplicaId(replica))),
    ]
}

fn policy() -> impl Strategy<Value = Certification> {
    let certificate = prop::sample::select(vec![Certificate::Writes, Certificate::ReadsAndWrites]);
    let snapshot = prop::sample::select(vec![SnapshotRule::Local, SnapshotRule::Barrier]);
    let acknowledgement =
        prop::sample::select(vec![Acknowledgement::Delivered, Acknowledgement::Everywhere]);
    let flush = prop::sample::select(vec![Flush::Before, Flush::Later]);
    let retention = prop::sample::select(vec![Retention::ForGood, Retention::UntilEverywhere]);
    let rules = (certificate, snapshot, acknowledgement, flush, retention);
    (1..4u8, rules, any::<bool>()).prop_map(|(replicas, rules, is_ordered)| {
        let (certificate, snapshot, acknowledgement, flush, retention) = rules;
        let usual = Certification::write_sets(replicas);
        let unordered = usual.safeguards.without(Safeguard::OrderKept);
        let safeguards = if is_ordered { usual.safeguards } else { unordered };
        Certification {
            certificate,
            snapshot,
            acknowledgement,
            flush,
            retention,
            safeguards,
            ..usual
        }
    })
}

#[derive(Clone, Debug)]
enum Act {
    Ask(u64, u64, u64, Operation),
    Receive(u8, Message),
    Repeat,
    Restart,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (number(), 0..3u64, number(), operation())
            .prop_map(|(seen, client, id, what)| Act::Ask(seen, client, id, what)),
        8 => (0..4u8, message()).prop_map(|(from, message)| Act::Receive(from, message)),
        1 => Just(Act::Repeat),
        1 => Just(Act::Restart),
    ]
}

proptest! {
    #[test]
    fn anything_may_arrive(policy in policy(), me in 0..3u8, acts in prop::collection::vec(act(), 0..30)) {
        let mut replica = Bench::start(policy, me % policy.replicas);
        for act in acts {
            match act {
                Act::Ask(seen, client, request, operation) => {
                    replica.ask_after(seen, client, request, operation);
                }
                Act::Receive(from, message) => {
                    replica.receive(from, message);
                }
                Act::Repeat => {
                    replica.repeat();
                }
                Act::Restart => replica = replica.restart(),
            }
        }
        // What it remembers is enough to go on from.
        replica.restart().repeat();
    }
}
