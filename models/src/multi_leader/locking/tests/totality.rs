//! Every input is legal in every state: anything at all may arrive, and nothing panics.

use proptest::prelude::*;

use super::bench::Bench;
use crate::multi_leader::locking::{
    Change, Conflict, LockLife, Locking, Message, ReadRule, Timer, Transaction,
};
use crate::vocabulary::{
    Author, ClientId, Edit, Key, Operation, Outcome, ReplicaId, RequestId, Timestamp, Value,
};

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![0..4u64, Just(u64::MAX - 1), Just(u64::MAX)]
}

fn replica() -> impl Strategy<Value = ReplicaId> {
    (0..4u8).prop_map(ReplicaId)
}

fn key() -> impl Strategy<Value = Key> {
    prop_oneof![Just(Key::from("x")), Just(Key::from("y"))]
}

fn transaction() -> impl Strategy<Value = Transaction> {
    (number(), replica()).prop_map(|(time, coordinator)| Transaction { time, coordinator })
}

fn change() -> impl Strategy<Value = Change> {
    (prop::option::of(any::<i64>()), 0..3u64, number()).prop_map(|(value, client, request)| {
        Change {
            value: value.map(Value::from),
            author: Author { client: ClientId(client), request: RequestId(request) },
            outcome: Outcome::Done,
        }
    })
}

fn message() -> impl Strategy<Value = Message> {
    let prepare =
        (transaction(), key(), number(), change()).prop_map(|(transaction, key, grant, change)| {
            Message::Prepare { transaction, key, grant, change }
        });
    prop_oneof![
        (transaction(), key()).prop_map(|(of, key)| Message::Lock(of, key)),
        (transaction(), number())
            .prop_map(|(transaction, grant)| Message::Granted { transaction, grant }),
        prepare,
        transaction().prop_map(Message::Prepared),
        transaction().prop_map(Message::Refused),
        (transaction(), key(), any::<bool>())
            .prop_map(|(transaction, key, commit)| Message::Decided { transaction, key, commit }),
        transaction().prop_map(Message::Applied),
        (transaction(), key()).prop_map(|(of, key)| Message::Inquire(of, key)),
    ]
}

fn operation() -> impl Strategy<Value = Operation> {
    let value = || any::<i64>().prop_map(Value::from);
    prop_oneof![
        key().prop_map(|key| Operation::Read { key }),
        (key(), value()).prop_map(|(key, value)| Operation::Write { key, value }),
        key().prop_map(|key| Operation::Delete { key }),
        (key(), any::<i64>()).prop_map(|(key, amount)| Operation::Add { key, amount }),
        (key(), prop::option::of(value()), value())
            .prop_map(|(key, expected, value)| Operation::CompareAndSet { key, expected, value }),
        key().prop_map(|key| Operation::Take { key }),
        (key(), key(), value()).prop_map(|(read, key, value)| Operation::Transact {
            reads: vec![read],
            writes: vec![(key, Some(value))],
            unchanged: Vec::new(),
        }),
        key().prop_map(|key| Operation::Transact {
            reads: vec![key],
            writes: Vec::new(),
            unchanged: Vec::new(),
        }),
        Just(Operation::Clear),
        (key(), value())
            .prop_map(|(key, value)| Operation::Edit { key, edit: Edit::Include(value) }),
        replica().prop_map(Operation::AddReplica),
    ]
}

fn policy() -> impl Strategy<Value = Locking> {
    let conflict = prop::sample::select(vec![Conflict::Wait, Conflict::WaitDie, Conflict::Die]);
    let life = prop::sample::select(vec![LockLife::UntilReleased, LockLife::Ticks(1)]);
    let read = prop::sample::select(vec![ReadRule::Respectful, ReadRule::Heedless]);
    (1..4u8, conflict, life, read).prop_map(|(replicas, conflict, life, read)| Locking {
        conflict,
        life,
        read,
        ..Locking::wait_die(replicas)
    })
}

#[derive(Clone, Debug)]
enum Act {
    Ask(u64, u64, Operation),
    Receive(u8, Message),
    TimeOut(Timer),
    Wait(u64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (0..3u64, number(), operation()).prop_map(|(client, id, what)| Act::Ask(client, id, what)),
        (0..4u8, message()).prop_map(|(from, message)| Act::Receive(from, message)),
        Just(Act::TimeOut(Timer::Repeat)),
        replica().prop_map(|replica| Act::TimeOut(Timer::Silence(replica))),
        number().prop_map(Act::Wait),
    ]
}

proptest! {
    #[test]
    fn anything_may_arrive(policy in policy(), me in 0..3u8, acts in prop::collection::vec(act(), 0..30)) {
        let mut replica = Bench::start(policy, me % policy.replicas);
        for act in acts {
            match act {
                Act::Ask(client, request, operation) => {
                    replica.ask(client, request, operation);
                }
                Act::Receive(from, message) => {
                    replica.receive(from, message);
                }
                Act::TimeOut(timer) => {
                    replica.time_out(timer);
                }
                Act::Wait(until) => replica.now = Timestamp(until),
            }
        }
        // What it remembers is enough to go on from.
        replica.restart().time_out(Timer::Repeat);
    }
}
