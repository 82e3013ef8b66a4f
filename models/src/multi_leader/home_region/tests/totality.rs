//! Every input is legal in every state: anything at all may arrive, and nothing panics.

use proptest::prelude::*;

use super::bench::Bench;
use crate::multi_leader::home_region::{
    Answered, Change, Disaster, Entry, HomeRegion, Homing, Message, ReadRule, Settled, Stamp, Timer,
};
use crate::vocabulary::{
    Author, ClientId, Edit, Epoch, Key, LogPosition, Map, Operation, Outcome, ReplicaId, Reply,
    Request, RequestId, Terms, Token, Value,
};

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![0..4u64, Just(u64::MAX - 1), Just(u64::MAX)]
}

fn region() -> impl Strategy<Value = ReplicaId> {
    prop_oneof![(0..4u8).prop_map(ReplicaId), Just(ReplicaId(u8::MAX))]
}

fn key() -> impl Strategy<Value = Key> {
    prop_oneof![Just(Key::from("x")), Just(Key::from("y"))]
}

fn settled() -> impl Strategy<Value = Settled> {
    (0..3u64, number()).prop_map(|(client, request)| Settled {
        author: Author { client: ClientId(client), request: RequestId(request) },
        outcome: Outcome::Done,
    })
}

fn answered() -> impl Strategy<Value = Map<ClientId, Answered>> {
    prop::collection::vec((number(), number(), number()), 0..3).prop_map(|all| {
        let mut map = Map::default();
        for (client, request, time) in all {
            let request = RequestId(request);
            map.insert(ClientId(client), Answered { request, outcome: Outcome::Done, time });
        }
        map
    })
}

fn version() -> impl Strategy<Value = (Stamp, Option<Value>)> {
    (number(), number(), region(), prop::option::of(any::<i64>())).prop_map(
        |(epoch, time, home, value)| {
            (Stamp { epoch: Epoch(epoch), time, home }, value.map(Value::from))
        },
    )
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (prop::option::of(any::<i64>()), settled())
            .prop_map(|(value, settled)| Change::Put { value: value.map(Value::from), settled }),
        settled().prop_map(Change::Keep),
        (region(), prop::option::of(version()), answered())
            .prop_map(|(to, latest, answered)| Change::Move { to, latest, answered }),
    ]
}

fn entry() -> impl Strategy<Value = Entry> {
    (number(), number(), key(), number(), change()).prop_map(
        |(number, time, key, epoch, change)| Entry {
            number,
            time,
            key,
            epoch: Epoch(epoch),
            change,
        },
    )
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
        region().prop_map(Operation::AddReplica),
    ]
}

fn message() -> impl Strategy<Value = Message> {
    let request = (number(), number(), operation()).prop_map(|(id, token, operation)| Request {
        id: RequestId(id),
        token: Token(LogPosition(token)),
        terms: Terms::default(),
        operation,
    });
    let answer = (0..3u64, number()).prop_map(|(client, request)| Message::Answer {
        client: ClientId(client),
        reply: Reply {
            request: RequestId(request),
            outcome: Outcome::Done,
            token: Token::default(),
            context: None,
        },
    });
    prop_oneof![
        prop::collection::vec(entry(), 0..4).prop_map(Message::Entries),
        (number(), number(), number()).prop_map(|(applied, made, time)| Message::Have {
            applied,
            made,
            time
        }),
        (0..3u64, request, region(), number()).prop_map(|(client, request, by, epoch)| {
            Message::Forward { client: ClientId(client), request, by, epoch: Epoch(epoch) }
        }),
        answer,
    ]
}

fn policy() -> impl Strategy<Value = HomeRegion> {
    let homing = prop::sample::select(vec![Homing::Fixed, Homing::FollowsWriters]);
    let disaster = prop::sample::select(vec![Disaster::Wait, Disaster::TakeOver]);
    let read = prop::sample::select(vec![ReadRule::Copy, ReadRule::Snapshot, ReadRule::Home]);
    (1..4u8, homing, disaster, read).prop_map(|(replicas, homing, disaster, read)| HomeRegion {
        homing,
        disaster,
        read,
        ..HomeRegion::fixed(replicas)
    })
}

#[derive(Clone, Debug)]
enum Act {
    Ask(u64, u64, Operation),
    Receive(u8, Message),
    TimeOut(Timer),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (0..3u64, number(), operation()).prop_map(|(client, id, what)| Act::Ask(client, id, what)),
        (0..4u8, message()).prop_map(|(from, message)| Act::Receive(from, message)),
        Just(Act::TimeOut(Timer::Gossip)),
        region().prop_map(|region| Act::TimeOut(Timer::Silence(region))),
    ]
}

proptest! {
    #[test]
    fn anything_may_arrive(policy in policy(), me in 0..3u8, acts in prop::collection::vec(act(), 0..30)) {
        let mut region = Bench::start(policy, me % policy.replicas);
        for act in acts {
            match act {
                Act::Ask(client, request, operation) => {
                    region.ask(client, request, operation);
                }
                Act::Receive(from, message) => {
                    region.receive(from, message);
                }
                Act::TimeOut(timer) => {
                    region.time_out(timer);
                }
            }
        }
        // What it remembers is enough to go on from.
        region.restart().time_out(Timer::Gossip);
    }
}
