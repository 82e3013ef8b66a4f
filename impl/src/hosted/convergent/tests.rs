use holdfast_models::multi_leader::convergent::{Change, Event, Stamp, Told};
use holdfast_models::protocol::{Effects, Input, Protocol};
use holdfast_models::vocabulary::{
    Author, ClientId, Dot, Key, Map, Place, RequestId, Timestamp, Value,
};

use super::*;

const POLICY: Convergent = Convergent::keeping_all(3);

fn key() -> Key {
    Key::from("x")
}

fn asked(operation: Operation, terms: Terms) -> Request {
    Request { id: RequestId(1), token: Default::default(), operation, terms }
}

fn write() -> Operation {
    Operation::Write { key: key(), value: Value::from("1") }
}

fn insert() -> Operation {
    let edit = Edit::Insert { place: Place(0), element: Value::from("a") };
    Operation::Edit { key: Key::from("t"), edit }
}

/// A replica that has taken these operations, and what it said.
fn after(policy: &Convergent, operations: &[Operation]) -> (Replica, Vec<Message>) {
    let mut effects = Effects::none();
    let mut replica = policy.start(ReplicaId(0), None, Timestamp(0), &mut effects);
    for (id, operation) in (1..).zip(operations) {
        let request = Request { id: RequestId(id), ..asked(operation.clone(), Terms::default()) };
        let input = Input::Request { from: ClientId(1), request };
        policy.step(ReplicaId(0), &mut replica, Timestamp(1), input, &mut effects);
    }
    (replica, effects.send.into_iter().map(|(_, message)| message).collect())
}

#[test]
fn what_a_configuration_cannot_promise_is_refused_before_it_is_tried() {
    let knowing =
        || Terms::knowing([Dot { replica: ReplicaId(0), counter: 1 }].into_iter().collect());
    let latest = Convergent { register: RegisterRule::LastArrived, ..POLICY };
    let unordered = Convergent { delivery: Delivery::Any, ..POLICY };
    let compare =
        || Operation::CompareAndSet { key: key(), expected: None, value: Value::from("1") };
    let unknown = [Dot { replica: ReplicaId(3), counter: 1 }].into_iter().collect();
    let refused = Err(Refusal::Unsupported);
    for (policy, request, expected) in [
        (POLICY, asked(write(), knowing()), Ok(())),
        (latest, asked(write(), knowing()), refused),
        (latest, asked(write(), Terms::default()), Ok(())),
        (latest, asked(insert(), knowing()), Ok(())),
        (unordered, asked(insert(), Terms::default()), refused),
        (POLICY, asked(compare(), Terms::default()), refused),
        (POLICY, asked(Operation::Clear, Terms::default()), refused),
        (POLICY, asked(write(), Terms::knowing(unknown)), refused),
        (POLICY, asked(write(), Terms { read_quorum: Some(1), ..Terms::default() }), refused),
    ] {
        assert_eq!(policy.admits(&request), expected, "{request:?}");
    }
}

#[test]
fn what_a_replica_says_is_plausible_and_what_none_could_say_is_not() {
    let add = |amount| Operation::Add { key: Key::from("n"), amount };
    let include = Operation::Edit { key: Key::from("s"), edit: Edit::Include(Value::from("1")) };
    let exclude = Operation::Edit { key: Key::from("s"), edit: Edit::Exclude(Value::from("1")) };
    let erase = Operation::Edit { key: Key::from("t"), edit: Edit::Erase { place: Place(0) } };
    let all = [write(), add(1), add(-2), include, exclude, insert(), erase];
    for policy in [POLICY, Convergent { propagation: Propagation::States, ..POLICY }] {
        let (_, said) = after(&policy, &all);
        assert!(said.len() >= all.len());
        assert!(said.iter().all(|message| policy.is_plausible(message)), "{said:#?}");
    }
    let (_, said) = after(&POLICY, &all[..1]);
    let Some(Message::Events(events)) = said.first() else { panic!("{said:?}") };
    type Alter = fn(&mut Event);
    let alterations: [Alter; 8] = [
        |event| event.dot.replica = ReplicaId(3),
        |event| event.dot.counter = 0,
        |event| event.dot.counter = 2,
        |event| event.past.insert(event.dot),
        |event| event.past.insert(Dot { replica: ReplicaId(1), counter: 1 << 50 }),
        |event| event.stamp = Stamp { time: u64::MAX, ..event.stamp },
        |event| event.stamp.replica = ReplicaId(1),
        |event| event.author = Author { client: ClientId(u64::MAX), ..event.author },
    ];
    for (index, alter) in alterations.into_iter().enumerate() {
        let mut event = events[0].clone();
        alter(&mut event);
        assert!(!POLICY.is_plausible(&Message::Events(vec![event])), "alteration {index}");
    }
    let changes = [
        Change::Add(1),
        Change::Exclude {
            element: Value::from("1"),
            additions: vec![Dot { replica: ReplicaId(1), counter: 1 }],
        },
        Change::Erase(Stamp { time: u64::MAX, replica: ReplicaId(0) }),
    ];
    for change in changes {
        let event = Event { change, ..events[0].clone() };
        assert!(!POLICY.is_plausible(&Message::Events(vec![event.clone()])), "{event:?}");
    }
    let many = vec![events[0].clone(); usize::from(POLICY.batch) + 1];
    assert!(!POLICY.is_plausible(&Message::Events(many)));
}

#[test]
fn a_state_with_names_of_nobody_is_not_plausible() {
    let policy = Convergent { propagation: Propagation::States, ..POLICY };
    let (replica, _) =
        after(&policy, &[write(), Operation::Add { key: Key::from("n"), amount: 1 }]);
    let told = |alter: &dyn Fn(&mut Told)| {
        let durable = &replica.durable;
        let mut told = Told {
            delivered: durable.delivered.clone(),
            time: durable.time,
            cells: durable.cells.clone(),
            removed: Map::default(),
            answered: durable.answered.clone(),
        };
        alter(&mut told);
        policy.is_plausible(&Message::State(told))
    };
    let nobody = Dot { replica: ReplicaId(9), counter: 1 };
    assert!(told(&|_| ()));
    assert!(!told(&|told| told.time = u64::MAX));
    assert!(!told(&|told| told.delivered.insert(nobody)));
    assert!(!told(&|told| told.removed.insert(nobody, nobody)));
    // What replica 2 has counted and written is nothing where there are but two replicas.
    let mut effects = Effects::none();
    let mut third = policy.start(ReplicaId(2), None, Timestamp(0), &mut effects);
    let add = Operation::Add { key: key(), amount: 1 };
    for operation in [add, insert(), write()] {
        let request = asked(operation, Terms::default());
        let input = Input::Request { from: ClientId(1), request };
        policy.step(ReplicaId(2), &mut third, Timestamp(1), input, &mut effects);
        let cells = third.durable.cells.clone();
        let two = Convergent { replicas: 2, ..policy };
        assert!(told(&|told| told.cells = cells.clone()));
        let delivered = Context::default();
        let (time, removed, answered) = (0, Map::default(), Map::default());
        let stripped = Told { delivered, time, cells, removed, answered };
        assert!(!two.is_plausible(&Message::State(stripped)));
    }
}

#[test]
fn replicas_that_heard_the_same_have_the_same_digest() {
    let (_, said) = after(&POLICY, &[write(), insert()]);
    let hear = |order: &[usize]| {
        let mut effects = Effects::none();
        let mut replica = POLICY.start(ReplicaId(1), None, Timestamp(0), &mut effects);
        for index in order {
            // Each was told to both others.
            let input = Input::Message { from: ReplicaId(0), message: said[2 * index].clone() };
            POLICY.step(ReplicaId(1), &mut replica, Timestamp(2), input, &mut effects);
        }
        let Observation { facts, .. } = POLICY.observe(&replica, &mut CellObserver::default());
        let Facts::Cells(facts) = facts else { panic!("{facts:?}") };
        facts
    };
    let (one, other, half) = (hear(&[0, 1]), hear(&[1, 0]), hear(&[0]));
    assert_eq!(one, other);
    assert_ne!(one.digest, half.digest);
    assert_eq!((half.keys, hear(&[1]).early), (1, 1));
}

#[test]
fn every_kind_of_message_has_its_name() {
    let (_, said) = after(&POLICY, &[write()]);
    assert_eq!(Convergent::KINDS[Convergent::kind(&said[0])], "events");
    let have = Message::Have(Context::default());
    assert_eq!(Convergent::KINDS[Convergent::kind(&have)], "have");
}

#[test]
fn an_update_takes_no_more_bytes_than_is_said() {
    let add = |amount| Operation::Add { key: Key::from("n"), amount };
    let long = Operation::Write { key: key(), value: Value::from("v".repeat(20_000).as_str()) };
    let take = Operation::Take { key: key() };
    let include = Operation::Edit { key: Key::from("s"), edit: Edit::Include(Value::from("1")) };
    let exclude = Operation::Edit { key: Key::from("s"), edit: Edit::Exclude(Value::from("1")) };
    let all = [add(i64::MIN + 1), add(7), long, take, include.clone(), include, exclude, insert()];
    let (_, said) = after(&POLICY, &all);
    assert_eq!(said.len(), 2 * all.len());
    for message in said {
        let Message::Events(events) = &message else { panic!("{message:?}") };
        let bytes = postcard::to_stdvec(&message).expect("it is plain data").len();
        assert!(bytes <= bytes_of(events), "{bytes} of {}: {message:?}", bytes_of(events));
    }
}
