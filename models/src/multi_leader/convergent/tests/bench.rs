//! One replica alone: inputs go in, effects come out. What is persisted is what the replica remembers,
//! after every step.

use crate::multi_leader::convergent::{Cell, Convergent, Durable, Event, Message, Replica, Timer};
use crate::protocol::{Input, Protocol};
use crate::vocabulary::{
    ClientId, Dot, Edit, Key, Operation, Outcome, Place, ReplicaId, Request, RequestId, Terms,
    Timestamp, Token, Value,
};

pub(super) type Effects = crate::protocol::Effects<Convergent>;

pub(super) struct Bench {
    pub(super) policy: Convergent,
    pub(super) me: ReplicaId,
    pub(super) now: Timestamp,
    pub(super) replica: Replica,
    pub(super) disk: Option<Durable>,
}

impl Bench {
    /// Replica `me`, started for the first time.
    pub(super) fn start(policy: Convergent, me: u8) -> Self {
        Self::boot(policy, me, None)
    }

    fn boot(policy: Convergent, me: u8, disk: Option<Durable>) -> Self {
        let (me, now) = (ReplicaId(me), Timestamp(0));
        let mut effects = Effects::none();
        let replica = policy.start(me, disk.as_ref(), now, &mut effects);
        let mut bench = Self { policy, me, now, replica, disk };
        bench.keep(&effects);
        assert_eq!(effects.arm, [Timer::Gossip], "it repeats itself from the beginning");
        bench
    }

    /// The same replica after a crash of its process.
    pub(super) fn restart(self) -> Self {
        Self::boot(self.policy, self.me.0, self.disk)
    }

    /// A client asks for something.
    pub(super) fn ask(&mut self, client: u64, request: u64, operation: Operation) -> Effects {
        let request = Request {
            id: RequestId(request),
            token: Token::default(),
            operation,
            terms: Terms::default(),
        };
        self.step(Input::Request { from: ClientId(client), request })
    }

    /// A client asks for something, and is answered.
    pub(super) fn outcome(&mut self, client: u64, request: u64, operation: Operation) -> Outcome {
        let effects = self.ask(client, request, operation);
        let [(_, reply)] = &effects.reply[..] else { panic!("one answer: {effects:?}") };
        reply.outcome.clone()
    }

    /// A client writes, with the number of its request as the value.
    pub(super) fn write(&mut self, client: u64, request: u64) -> Event {
        let value = Value::from(i64::try_from(request).expect("few requests"));
        let effects = self.ask(client, request, Operation::Write { key: key(), value });
        made(&effects)
    }

    /// Another replica tells of updates.
    pub(super) fn hear(&mut self, from: u8, events: &[&Event]) -> Effects {
        let events = events.iter().map(|event| (*event).clone()).collect();
        self.receive(from, Message::Events(events))
    }

    /// Another replica says something.
    pub(super) fn receive(&mut self, from: u8, message: Message) -> Effects {
        self.step(Input::Message { from: ReplicaId(from), message })
    }

    pub(super) fn gossip(&mut self) -> Effects {
        self.step(Input::Timeout(Timer::Gossip))
    }

    fn step(&mut self, input: Input<Convergent>) -> Effects {
        let mut effects = Effects::none();
        self.policy.step(self.me, &mut self.replica, self.now, input, &mut effects);
        self.keep(&effects);
        effects
    }

    fn keep(&mut self, effects: &Effects) {
        if let Some(persist) = &effects.persist {
            self.disk = Some(persist.durable.clone());
        }
        assert_eq!(self.disk.as_ref(), Some(&self.replica.durable), "what it knows it keeps");
    }

    /// What is at the one key.
    pub(super) fn cell(&self) -> Cell {
        self.replica.durable.cells.get(&key()).cloned().unwrap_or_default()
    }

    /// What readers see at the one key.
    pub(super) fn value(&self) -> Option<i64> {
        self.cell().value().and_then(|value| value.as_number())
    }

    /// What readers hear of the one key, one element after the other.
    pub(super) fn text(&self) -> String {
        match self.cell().shown() {
            Outcome::Elements(elements) => elements.iter().map(ToString::to_string).collect(),
            Outcome::Found(None) => String::new(),
            other => panic!("neither a set nor a text: {other:?}"),
        }
    }

    /// All that the replica has, as it tells others.
    pub(super) fn state(&self) -> Message {
        Message::State(self.replica.durable.told())
    }

    /// The names of all updates that were applied, as far as they can be told.
    pub(super) fn applied(&self) -> Vec<Dot> {
        self.replica.durable.events.iter().map(|(dot, _)| *dot).collect()
    }
}

pub(super) fn key() -> Key {
    Key::from("x")
}

pub(super) fn add(amount: i64) -> Operation {
    Operation::Add { key: key(), amount }
}

pub(super) fn edit(edit: Edit) -> Operation {
    Operation::Edit { key: key(), edit }
}

pub(super) fn include(element: &str) -> Operation {
    edit(Edit::Include(Value::from(element)))
}

pub(super) fn exclude(element: &str) -> Operation {
    edit(Edit::Exclude(Value::from(element)))
}

pub(super) fn insert(place: u32, element: &str) -> Operation {
    edit(Edit::Insert { place: Place(place), element: Value::from(element) })
}

pub(super) fn erase(place: u32) -> Operation {
    edit(Edit::Erase { place: Place(place) })
}

/// The update that a step has made and told somebody.
pub(super) fn made(effects: &Effects) -> Event {
    match effects.send.first() {
        Some((_, Message::Events(events))) => events[0].clone(),
        other => panic!("no update was told: {other:?}"),
    }
}

/// To whom a step has sent something.
pub(super) fn receivers(effects: &Effects) -> Vec<u8> {
    effects.send.iter().map(|(to, _)| to.0).collect()
}
