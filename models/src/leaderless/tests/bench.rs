//! One replica alone: inputs go in, effects come out. After every step the bench checks that the
//! replica writes to others alone, and remembers nothing that it has not kept.

use crate::leaderless::{
    Cell, Durable, Homes, Leaderless, Message, Register, Replica, Tag, Timer, Versions, WriteBack,
};
use crate::protocol::{Input, Persist, Protocol, SyncPolicy};
use crate::vocabulary::{
    Author, ClientId, Key, Operation, Outcome, ReplicaId, Reply, Request, RequestId, Terms,
    Timestamp, Token, Value, Version,
};

pub(super) type Effects = crate::protocol::Effects<Leaderless>;

pub(super) struct Bench {
    pub(super) policy: Leaderless,
    pub(super) me: ReplicaId,
    pub(super) now: Timestamp,
    pub(super) replica: Replica,
    kept: Option<Durable>,
}

impl Bench {
    /// Replica `me`, started for the first time.
    pub(super) fn start(policy: Leaderless, me: u8) -> Self {
        Self::boot(policy, ReplicaId(me), None, Timestamp(0))
    }

    fn boot(policy: Leaderless, me: ReplicaId, disk: Option<Durable>, now: Timestamp) -> Self {
        let mut effects = Effects::none();
        let replica = policy.start(me, disk.as_ref(), now, &mut effects);
        let mut bench = Self { policy, me, now, replica, kept: disk };
        bench.release(&effects);
        bench
    }

    /// The same replica after a crash.
    pub(super) fn restart(self) -> Self {
        Self::boot(self.policy, self.me, self.kept, self.now)
    }

    /// Another replica says something.
    pub(super) fn hear(&mut self, from: u8, message: Message) -> Effects {
        self.step(Input::Message { from: ReplicaId(from), message })
    }

    /// A client asks for something.
    pub(super) fn ask(&mut self, client: u64, request: u64, operation: Operation) -> Effects {
        self.ask_on(Terms::default(), client, request, operation)
    }

    /// A client asks for something on these terms.
    pub(super) fn ask_on(
        &mut self,
        terms: Terms,
        client: u64,
        request: u64,
        operation: Operation,
    ) -> Effects {
        let request = Request { id: RequestId(request), token: Token::default(), operation, terms };
        self.step(Input::Request { from: ClientId(client), request })
    }

    /// A timer fires.
    pub(super) fn fire(&mut self, timer: Timer) -> Effects {
        self.step(Input::Timeout(timer))
    }

    pub(super) fn step(&mut self, input: Input<Leaderless>) -> Effects {
        let mut effects = Effects::none();
        self.policy.step(self.me, &mut self.replica, self.now, input, &mut effects);
        self.release(&effects);
        effects
    }

    fn release(&mut self, effects: &Effects) {
        if let Some(Persist { durable, sync }) = &effects.persist {
            assert_eq!(*sync, SyncPolicy::BeforeRelease, "what is answered is safe");
            self.kept = Some(durable.clone());
        }
        assert_eq!(self.kept.as_ref(), Some(&self.replica.durable), "what is known is kept");
        assert!(effects.send.iter().all(|(to, _)| *to != self.me), "nobody writes to itself");
        let replicas = self.policy.replicas;
        assert!(effects.send.iter().all(|(to, _)| to.0 < replicas), "everybody exists");
    }

    /// What it holds at `x`.
    pub(super) fn held(&self) -> Option<&Register> {
        self.replica.durable.registers.get(&x())
    }
}

pub(super) fn x() -> Key {
    Key::from("x")
}

pub(super) fn read() -> Operation {
    Operation::Read { key: x() }
}

pub(super) fn write(value: &str) -> Operation {
    Operation::Write { key: x(), value: Value::from(value) }
}

pub(super) fn delete() -> Operation {
    Operation::Delete { key: x() }
}

pub(super) fn author(client: u64, request: u64) -> Author {
    Author { client: ClientId(client), request: RequestId(request) }
}

pub(super) fn tag(client: u64, request: u64) -> Tag {
    Tag { author: author(client, request), incarnation: 0, homes: Homes::default() }
}

/// The version that replica `origin` issues for the first request of `client`.
pub(super) fn version(time: u64, client: u64, origin: u8) -> Version {
    Version { time, tick: 0, author: author(client, 1), origin: ReplicaId(origin) }
}

/// A register with one content.
pub(super) fn register(version: Version, value: &str) -> Register {
    Register::of(Cell { version, value: Some(Value::from(value)) })
}

/// The replies among the effects: to whom, and what.
pub(super) fn replies(effects: &Effects) -> Vec<(u64, Outcome)> {
    let told = |(to, reply): &(ClientId, Reply)| (to.0, reply.outcome.clone());
    effects.reply.iter().map(told).collect()
}

/// To whom something is sent.
pub(super) fn receivers(effects: &Effects) -> Vec<u8> {
    effects.send.iter().map(|(to, _)| to.0).collect()
}

/// One writer, w of n and r of n, reads that repair nothing.
pub(super) const fn quorums(w: u8, r: u8, n: u8) -> Leaderless {
    Leaderless {
        write_quorum: w,
        read_quorum: r,
        versions: Versions::SingleWriter,
        write_back: WriteBack::Nobody,
        ..Leaderless::majority(n)
    }
}
