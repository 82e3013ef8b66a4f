//! One replica alone: inputs go in, effects come out. What is persisted is what the replica remembers,
//! after every step.

use crate::multi_leader::certification::{
    Certification, Durable, Flush, Message, Replica, Timer, Transaction,
};
use crate::protocol::{Input, Protocol, SyncPolicy};
use crate::vocabulary::{
    Author, ClientId, Epoch, Key, LogPosition, Operation, Outcome, ReplicaId, Request, RequestId,
    Terms, Timestamp, Token, Value,
};

pub(super) type Effects = crate::protocol::Effects<Certification>;

pub(super) struct Bench {
    pub(super) policy: Certification,
    pub(super) me: ReplicaId,
    pub(super) replica: Replica,
    pub(super) disk: Option<Durable>,
    /// What it asked for when it was started last.
    pub(super) started: Effects,
}

impl Bench {
    /// Replica `me`, started for the first time.
    pub(super) fn start(policy: Certification, me: u8) -> Self {
        Self::boot(policy, me, None)
    }

    fn boot(policy: Certification, me: u8, disk: Option<Durable>) -> Self {
        let mut started = Effects::none();
        let me = ReplicaId(me);
        let replica = policy.start(me, disk.as_ref(), Timestamp(0), &mut started);
        let mut bench = Self { policy, me, replica, disk, started: started.clone() };
        bench.keep(&started);
        assert!(started.arm.contains(&Timer::Repeat), "it repeats itself from the beginning");
        bench
    }

    /// The same replica after a crash of its process.
    pub(super) fn restart(self) -> Self {
        Self::boot(self.policy, self.me.0, self.disk)
    }

    /// A client that has seen nothing asks for something.
    pub(super) fn ask(&mut self, client: u64, request: u64, operation: Operation) -> Effects {
        self.ask_after(0, client, request, operation)
    }

    /// A client that has seen the order up to `seen` asks for something.
    pub(super) fn ask_after(
        &mut self,
        seen: u64,
        client: u64,
        request: u64,
        operation: Operation,
    ) -> Effects {
        let (token, terms) = (Token(LogPosition(seen)), Terms::default());
        let request = Request { id: RequestId(request), token, terms, operation };
        self.step(Input::Request { from: ClientId(client), request })
    }

    /// Another replica says something.
    pub(super) fn receive(&mut self, from: u8, message: Message) -> Effects {
        self.step(Input::Message { from: ReplicaId(from), message })
    }

    pub(super) fn repeat(&mut self) -> Effects {
        self.step(Input::Timeout(Timer::Repeat))
    }

    fn step(&mut self, input: Input<Certification>) -> Effects {
        let mut effects = Effects::none();
        self.policy.step(self.me, &mut self.replica, Timestamp(0), input, &mut effects);
        self.keep(&effects);
        effects
    }

    fn keep(&mut self, effects: &Effects) {
        if let Some(persist) = &effects.persist {
            self.disk = Some(persist.durable.clone());
            let is_safe = persist.sync == SyncPolicy::BeforeRelease;
            assert!(is_safe || self.policy.flush == Flush::Later, "it is safe before it is told");
        }
        assert_eq!(self.disk.as_ref(), Some(&self.replica.durable), "what it knows it keeps");
    }

    pub(super) fn value(&self, key: &str) -> Option<Value> {
        self.replica.durable.cell(&Key::from(key)).value
    }

    /// Whether it takes part in what is at `position`; `None` if it does not have that.
    pub(super) fn commits(&self, position: u64) -> Option<bool> {
        self.replica.durable.log.get(&LogPosition(position)).map(|entry| entry.commits)
    }
}

pub(super) fn add(amount: i64) -> Operation {
    Operation::Add { key: Key::from("n"), amount }
}

pub(super) fn read(key: &str) -> Operation {
    Operation::Read { key: Key::from(key) }
}

pub(super) fn transact(reads: &[&str], writes: &[(&str, &str)]) -> Operation {
    Operation::Transact {
        reads: reads.iter().copied().map(Key::from).collect(),
        writes: writes
            .iter()
            .map(|(key, value)| (Key::from(*key), Some(Value::from(*value))))
            .collect(),
        unchanged: Vec::new(),
    }
}

/// Request 1 of `client`, which knew of the order up to `snapshot`, has read `reads` and writes 1 at each of `writes`.
pub(super) fn transaction(
    client: u64,
    snapshot: u64,
    reads: &[&str],
    writes: &[&str],
) -> Transaction {
    Transaction {
        author: Author { client: ClientId(client), request: RequestId(1) },
        snapshot: LogPosition(snapshot),
        reads: reads.iter().copied().map(Key::from).collect(),
        writes: writes.iter().map(|key| (Key::from(*key), Some(Value::from("1")))).collect(),
        unchanged: Default::default(),
        outcome: Outcome::Done,
    }
}

/// In the first life of the sequencer.
pub(super) const fn ordered(position: u64, transaction: Transaction) -> Message {
    Message::Ordered { epoch: Epoch(0), position: LogPosition(position), transaction }
}

/// What a step has sent, and to whom.
pub(super) fn sent(effects: &Effects) -> Vec<(u8, Message)> {
    effects.send.iter().map(|(to, message)| (to.0, message.clone())).collect()
}

/// What a step has answered to clients.
pub(super) fn outcomes(effects: &Effects) -> Vec<Outcome> {
    effects.reply.iter().map(|(_, reply)| reply.outcome.clone()).collect()
}
