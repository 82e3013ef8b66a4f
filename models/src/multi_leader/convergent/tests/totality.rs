//! Every input is legal in every state: anything at all may arrive, and nothing panics.

use proptest::prelude::*;

use super::bench::Bench;
use crate::multi_leader::convergent::{
    Between, Change, Clock, Collection, Convergent, CounterRule, Delivery, Event, Limit, Message,
    Propagation, RegisterRule, SetRule, Stamp, Sum, TextRule, Ties, Told, Topology,
};
use crate::vocabulary::{
    Author, ClientId, Context, Dot, Edit, Key, Operation, Outcome, Place, ReplicaId, RequestId,
    Value,
};

fn counter() -> impl Strategy<Value = u64> {
    prop_oneof![0..4u64, Just(u64::MAX - 1), Just(u64::MAX)]
}

fn dot() -> impl Strategy<Value = Dot> {
    (0..4u8, counter()).prop_map(|(replica, counter)| Dot { replica: ReplicaId(replica), counter })
}

fn dots() -> impl Strategy<Value = Context> {
    prop::collection::vec(dot(), 0..4).prop_map(|dots| dots.into_iter().collect())
}

fn key() -> impl Strategy<Value = Key> {
    prop_oneof![Just(Key::from("x")), Just(Key::from("y"))]
}

fn element() -> impl Strategy<Value = Value> {
    prop::sample::select(vec!["a", "b"]).prop_map(Value::from)
}

fn stamp() -> impl Strategy<Value = Stamp> {
    dot().prop_map(|dot| Stamp { time: dot.counter, replica: dot.replica })
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        Just(Change::Write(None)),
        any::<i64>().prop_map(|value| Change::Write(Some(Value::from(value)))),
        any::<i64>().prop_map(Change::Add),
        (counter(), counter()).prop_map(|(plus, minus)| Change::Bring(Sum { plus, minus })),
        element().prop_map(Change::Include),
        (element(), prop::collection::vec(dot(), 0..3))
            .prop_map(|(element, additions)| Change::Exclude { element, additions }),
        (prop::option::of(stamp()), prop::option::of(stamp()), element()).prop_map(
            |(left, right, element)| Change::Insert { between: Between { left, right }, element }
        ),
        stamp().prop_map(Change::Erase),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    (dot(), dots(), counter(), 0..3u64, counter(), key(), change()).prop_map(
        |(dot, past, time, client, request, key, change)| Event {
            dot,
            past,
            stamp: Stamp { time, replica: dot.replica },
            author: Author { client: ClientId(client), request: RequestId(request) },
            outcome: Outcome::Done,
            key,
            change,
        },
    )
}

fn message() -> impl Strategy<Value = Message> {
    let removed = prop::collection::vec((dot(), dot()), 0..3);
    let state = (dots(), counter(), prop::collection::vec(event(), 0..3), removed).prop_map(
        |(delivered, time, events, removed)| {
            // The cells that these updates come to, under one rule.
            let mut source = Bench::start(
                Convergent { delivery: Delivery::Any, ..Convergent::keeping_all(3) },
                0,
            );
            source.hear(1, &events.iter().collect::<Vec<_>>());
            let mut told = Told { delivered, time, ..source.replica.durable.told() };
            removed.into_iter().for_each(|(dot, by)| told.removed.insert(dot, by));
            Message::State(told)
        },
    );
    prop_oneof![
        prop::collection::vec(event(), 0..4).prop_map(Message::Events),
        dots().prop_map(Message::Have),
        state,
    ]
}

fn policy() -> impl Strategy<Value = Convergent> {
    let latest = |clock, ties| RegisterRule::LastWriter { clock, ties };
    let register = prop::sample::select(vec![
        RegisterRule::LastArrived,
        latest(Clock::Wall, Ties::LaterArrival),
        latest(Clock::Lamport, Ties::HigherReplica),
        latest(Clock::Hybrid, Ties::HigherReplica),
        RegisterRule::HighestReplica,
        RegisterRule::KeepWinner,
        RegisterRule::KeepAll,
    ]);
    let counter = prop::sample::select(vec![
        CounterRule::PerReplica,
        CounterRule::Additions,
        CounterRule::LargerTotal,
        CounterRule::SumOfTotals,
    ]);
    let limit = prop::sample::select(vec![Limit::None, Limit::Checked, Limit::Escrow]);
    let propagation = prop::sample::select(vec![Propagation::Events, Propagation::States]);
    let delivery = prop::sample::select(vec![Delivery::Any, Delivery::Fifo, Delivery::Causal]);
    let topology = prop::sample::select(vec![Topology::AllToAll, Topology::Ring, Topology::Star]);
    let set = prop::sample::select(vec![
        SetRule::Elements,
        SetRule::Additions,
        SetRule::Tombstones,
        SetRule::Context,
    ]);
    let text = prop::sample::select(vec![TextRule::LaterFirst, TextRule::RunsTogether]);
    let collection = prop::sample::select(vec![
        Collection::Never,
        Collection::AfterAWhile,
        Collection::WhenAllHaveThem,
    ]);
    let kinds = (register, counter, limit, set, text, collection);
    (kinds, propagation, delivery, topology).prop_map(
        |((register, counter, limit, set, text, collection), propagation, delivery, topology)| {
            Convergent {
                register,
                counter,
                limit,
                set,
                text,
                collection,
                propagation,
                delivery,
                topology,
                ..Convergent::keeping_all(3)
            }
        },
    )
}

fn operation() -> impl Strategy<Value = Operation> {
    let value = || any::<i64>().prop_map(Value::from);
    prop_oneof![
        key().prop_map(|key| Operation::Read { key }),
        (key(), value()).prop_map(|(key, value)| Operation::Write { key, value }),
        key().prop_map(|key| Operation::Delete { key }),
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
        (key(), any::<i64>()).prop_map(|(key, amount)| Operation::Add { key, amount }),
        (key(), prop::option::of(value()), value())
            .prop_map(|(key, expected, value)| Operation::CompareAndSet { key, expected, value }),
        (0..4u8).prop_map(|id| Operation::AddReplica(ReplicaId(id))),
        (key(), edit()).prop_map(|(key, edit)| Operation::Edit { key, edit }),
    ]
}

fn edit() -> impl Strategy<Value = Edit> {
    let place = || (0..4u32).prop_map(Place);
    prop_oneof![
        element().prop_map(Edit::Include),
        element().prop_map(Edit::Exclude),
        (place(), element()).prop_map(|(place, element)| Edit::Insert { place, element }),
        place().prop_map(|place| Edit::Erase { place }),
    ]
}

#[derive(Clone, Debug)]
enum Act {
    Ask(u64, u64, Operation),
    Receive(u8, Message),
    Gossip,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (0..3u64, counter(), operation()).prop_map(|(client, id, what)| Act::Ask(client, id, what)),
        (0..4u8, message()).prop_map(|(from, message)| Act::Receive(from, message)),
        Just(Act::Gossip),
    ]
}

proptest! {
    #[test]
    fn anything_may_arrive(policy in policy(), me in 0..3u8, acts in prop::collection::vec(act(), 0..30)) {
        let mut replica = Bench::start(policy, me);
        for act in acts {
            match act {
                Act::Ask(client, request, operation) => {
                    replica.ask(client, request, operation);
                }
                Act::Receive(from, message) => {
                    replica.receive(from, message);
                }
                Act::Gossip => {
                    replica.gossip();
                }
            }
        }
        // What it remembers is enough to go on from.
        replica.restart().gossip();
    }
}
