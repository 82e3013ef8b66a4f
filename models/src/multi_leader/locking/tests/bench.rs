//! One replica alone: inputs go in, effects come out. What is persisted is what the replica remembers,
//! after every step.

use crate::multi_leader::locking::{
    Change, Durable, Locking, Message, Replica, Timer, Transaction,
};
use crate::protocol::{Input, Protocol};
use crate::vocabulary::{
    Author, ClientId, Key, Operation, Outcome, ReplicaId, Request, RequestId, Terms, Timestamp,
    Token, Value,
};

pub(super) type Effects = crate::protocol::Effects<Locking>;

pub(super) struct Bench {
    pub(super) policy: Locking,
    pub(super) me: ReplicaId,
    pub(super) now: Timestamp,
    pub(super) replica: Replica,
    pub(super) disk: Option<Durable>,
}

impl Bench {
    /// Replica `me`, started for the first time.
    pub(super) fn start(policy: Locking, me: u8) -> Self {
        Self::boot(policy, me, None)
    }

    fn boot(policy: Locking, me: u8, disk: Option<Durable>) -> Self {
        let (me, now) = (ReplicaId(me), Timestamp(0));
        let mut effects = Effects::none();
        let replica = policy.start(me, disk.as_ref(), now, &mut effects);
        let mut bench = Self { policy, me, now, replica, disk };
        bench.keep(&effects);
        assert!(effects.arm.contains(&Timer::Repeat), "it repeats itself from the beginning");
        bench
    }

    /// The same replica after a crash of its process.
    pub(super) fn restart(self) -> Self {
        Self::boot(self.policy, self.me.0, self.disk)
    }

    /// A client asks for something.
    pub(super) fn ask(&mut self, client: u64, request: u64, operation: Operation) -> Effects {
        let (token, terms) = (Token::default(), Terms::default());
        let request = Request { id: RequestId(request), token, terms, operation };
        self.step(Input::Request { from: ClientId(client), request })
    }

    /// Another replica says something.
    pub(super) fn receive(&mut self, from: u8, message: Message) -> Effects {
        self.step(Input::Message { from: ReplicaId(from), message })
    }

    pub(super) fn time_out(&mut self, timer: Timer) -> Effects {
        self.step(Input::Timeout(timer))
    }

    fn step(&mut self, input: Input<Locking>) -> Effects {
        let mut effects = Effects::none();
        self.policy.step(self.me, &mut self.replica, self.now, input, &mut effects);
        self.keep(&effects);
        effects
    }

    /// Only the time may be ahead of the disk: a message that carries it is repeated.
    fn keep(&mut self, effects: &Effects) {
        if let Some(persist) = &effects.persist {
            self.disk = Some(persist.durable.clone());
        }
        let disk = self.disk.clone().map(|disk| Durable { time: 0, ..disk });
        let known = Durable { time: 0, ..self.replica.durable.clone() };
        assert_eq!(disk, Some(known), "what it knows it keeps");
    }

    pub(super) fn number(&self) -> Option<i64> {
        self.replica.durable.cell(&key()).value.and_then(|value| value.as_number())
    }

    pub(super) fn is_prepared(&self) -> bool {
        self.replica.durable.prepared.get(&key()).is_some()
    }
}

pub(super) fn key() -> Key {
    Key::from("n")
}

pub(super) fn add(amount: i64) -> Operation {
    Operation::Add { key: key(), amount }
}

pub(super) const fn transaction(time: u64, coordinator: u8) -> Transaction {
    Transaction { time, coordinator: ReplicaId(coordinator) }
}

pub(super) fn lock(of: Transaction) -> Message {
    Message::Lock(of, key())
}

pub(super) const fn granted(transaction: Transaction, grant: u64) -> Message {
    Message::Granted { transaction, grant }
}

/// Be prepared to hold `number`, for request 1 of client 9.
pub(super) fn prepare(transaction: Transaction, grant: u64, number: i64) -> Message {
    let change = Change {
        value: Some(Value::from(number)),
        author: Author { client: ClientId(9), request: RequestId(1) },
        outcome: Outcome::Counted(number),
    };
    Message::Prepare { transaction, key: key(), grant, change }
}

pub(super) fn decided(transaction: Transaction, commit: bool) -> Message {
    Message::Decided { transaction, key: key(), commit }
}

/// What a step has sent, and to whom.
pub(super) fn sent(effects: &Effects) -> Vec<(u8, Message)> {
    effects.send.iter().map(|(to, message)| (to.0, message.clone())).collect()
}

/// What a step has answered to clients.
pub(super) fn outcomes(effects: &Effects) -> Vec<Outcome> {
    effects.reply.iter().map(|(_, reply)| reply.outcome.clone()).collect()
}
