//! One region alone: inputs go in, effects come out. What is persisted is what the region remembers,
//! after every step.

use crate::multi_leader::home_region::{
    Durable, Entry, HomeRegion, Message, Record, Replica, Timer,
};
use crate::protocol::{Input, Protocol};
use crate::vocabulary::{
    ClientId, Epoch, Key, LogPosition, Operation, Outcome, ReplicaId, Request, RequestId, Terms,
    Timestamp, Token, Value,
};

pub(super) type Effects = crate::protocol::Effects<HomeRegion>;

pub(super) struct Bench {
    pub(super) policy: HomeRegion,
    pub(super) me: ReplicaId,
    pub(super) replica: Replica,
    pub(super) disk: Option<Durable>,
}

impl Bench {
    /// Region `me`, started for the first time.
    pub(super) fn start(policy: HomeRegion, me: u8) -> Self {
        Self::boot(policy, me, None)
    }

    fn boot(policy: HomeRegion, me: u8, disk: Option<Durable>) -> Self {
        let me = ReplicaId(me);
        let mut effects = Effects::none();
        let replica = policy.start(me, disk.as_ref(), Timestamp(0), &mut effects);
        let mut bench = Self { policy, me, replica, disk };
        bench.keep(&effects);
        assert!(effects.arm.contains(&Timer::Gossip), "it repeats itself from the beginning");
        bench
    }

    /// The same region after a crash of its process.
    pub(super) fn restart(self) -> Self {
        Self::boot(self.policy, self.me.0, self.disk)
    }

    /// A client asks for something.
    pub(super) fn ask(&mut self, client: u64, request: u64, operation: Operation) -> Effects {
        let request = asked(request, Token::default(), operation);
        self.step(Input::Request { from: ClientId(client), request })
    }

    /// A client that has seen everything up to `time` reads.
    pub(super) fn read(&mut self, key: &str, time: u64) -> Outcome {
        outcome(&self.ask_having_seen(time, Operation::Read { key: Key::from(key) }))
    }

    /// A client that has seen everything up to `time` asks for something.
    pub(super) fn ask_having_seen(&mut self, time: u64, operation: Operation) -> Effects {
        let request = asked(1, Token(LogPosition(time)), operation);
        self.step(Input::Request { from: ClientId(9), request })
    }

    /// Another region passes on what a client has asked there.
    pub(super) fn forward(&mut self, by: u8, epoch: u64, operation: Operation) -> Effects {
        let request = asked(1, Token::default(), operation);
        let (client, by) = (ClientId(7), ReplicaId(by));
        self.receive(by.0, Message::Forward { client, request, by, epoch: Epoch(epoch) })
    }

    /// Another region says something.
    pub(super) fn receive(&mut self, from: u8, message: Message) -> Effects {
        self.step(Input::Message { from: ReplicaId(from), message })
    }

    pub(super) fn hear(&mut self, from: u8, entries: &[Entry]) -> Effects {
        self.receive(from, Message::Entries(entries.to_vec()))
    }

    pub(super) fn time_out(&mut self, timer: Timer) -> Effects {
        self.step(Input::Timeout(timer))
    }

    fn step(&mut self, input: Input<HomeRegion>) -> Effects {
        let mut effects = Effects::none();
        self.policy.step(self.me, &mut self.replica, Timestamp(0), input, &mut effects);
        self.keep(&effects);
        effects
    }

    fn keep(&mut self, effects: &Effects) {
        if let Some(persist) = &effects.persist {
            self.disk = Some(persist.durable.clone());
        }
        assert_eq!(self.disk.as_ref(), Some(&self.replica.durable), "what it knows it keeps");
    }

    pub(super) fn record(&self, key: &str) -> Record {
        self.replica.durable.record(&self.policy, &Key::from(key))
    }

    pub(super) fn number(&self, key: &str) -> Option<i64> {
        self.record(key).value().and_then(Value::as_number)
    }

    /// The entries that it has made and somebody may lack.
    pub(super) fn made(&self) -> Vec<Entry> {
        self.replica.durable.entries.iter().map(|(_, entry)| entry.clone()).collect()
    }
}

pub(super) fn add(key: &str, amount: i64) -> Operation {
    Operation::Add { key: Key::from(key), amount }
}

/// The one answer of a step to a client.
pub(super) fn outcome(effects: &Effects) -> Outcome {
    let [(_, reply)] = &effects.reply[..] else { panic!("one answer: {effects:?}") };
    reply.outcome.clone()
}

/// The one answer of a step to a client of another region.
pub(super) fn passed_on(effects: &Effects) -> Outcome {
    let answers = effects.send.iter().filter_map(|(_, message)| match message {
        Message::Answer { reply, .. } => Some(reply.outcome.clone()),
        Message::Entries(_) | Message::Have { .. } | Message::Forward { .. } => None,
    });
    let answers: Vec<_> = answers.collect();
    let [answer] = &answers[..] else { panic!("one answer: {effects:?}") };
    answer.clone()
}

fn asked(id: u64, token: Token, operation: Operation) -> Request {
    Request { id: RequestId(id), token, terms: Terms::default(), operation }
}
