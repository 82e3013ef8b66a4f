//! What a replica does: starting, reading, and dispatching each input to its section of the protocol.

use std::collections::VecDeque;

use super::state::{Durable, Replica};
use super::{Locking, Message, ReadRule, Safeguard, Timer};
use crate::protocol::{Effects, Input, Persist, Protocol, Purpose, SyncPolicy};
use crate::vocabulary::{
    ClientId, Map, Outcome, Refusal, ReplicaId, Reply, Request, RequestId, Timestamp, Token,
};

impl Protocol for Locking {
    type Replica = Replica;
    type Durable = Durable;
    type Message = Message;
    type Timer = Timer;

    fn replicas(&self) -> u8 {
        self.replicas
    }

    fn purpose(&self, timer: Timer) -> Purpose {
        match timer {
            Timer::Repeat => Purpose::Progress,
            Timer::Silence(_) => Purpose::Suspicion,
        }
    }

    fn start(
        &self,
        me: ReplicaId,
        durable: Option<&Durable>,
        now: Timestamp,
        effects: &mut Effects<Self>,
    ) -> Replica {
        let mut replica = Replica {
            durable: durable.cloned().unwrap_or_default(),
            pending: Default::default(),
            heard: Default::default(),
            locks: Default::default(),
            waiting: Default::default(),
        };
        let mut turn = Turn::new(self, me, now, &mut replica, effects);
        if durable.is_none() {
            // A new disk is made before anything is done.
            turn.persist();
        }
        turn.effects.arm.push(Timer::Repeat);
        turn.effects.arm.extend(self.others(me).map(Timer::Silence));
        replica
    }

    fn is_obsolete(&self, message: &Message, _from: ReplicaId, receiver: &Replica) -> bool {
        super::recovery::is_obsolete(message, receiver)
    }

    fn step(
        &self,
        me: ReplicaId,
        replica: &mut Replica,
        now: Timestamp,
        input: Input<Self>,
        effects: &mut Effects<Self>,
    ) {
        Turn::new(self, me, now, replica, effects).step(input);
    }
}

/// One replica handling one input.
pub(super) struct Turn<'a> {
    pub(super) policy: &'a Locking,
    pub(super) me: ReplicaId,
    pub(super) now: Timestamp,
    pub(super) replica: &'a mut Replica,
    pub(super) effects: &'a mut Effects<Locking>,
    /// What it says to itself: heard before the step ends.
    own: VecDeque<Message>,
}

impl<'a> Turn<'a> {
    const fn new(
        policy: &'a Locking,
        me: ReplicaId,
        now: Timestamp,
        replica: &'a mut Replica,
        effects: &'a mut Effects<Locking>,
    ) -> Self {
        Self { policy, me, now, replica, effects, own: VecDeque::new() }
    }

    fn step(&mut self, input: Input<Locking>) {
        match input {
            Input::Request { from, request } if request.operation.is_update() => {
                self.on_update(from, request);
            }
            Input::Request { from, request } => self.on_read(from, &request),
            Input::Message { from, .. } if from.0 >= self.policy.replicas || from == self.me => {
                // ignored: there is no such other replica.
            }
            Input::Message { from, message } => {
                self.effects.arm.push(Timer::Silence(from));
                self.on_message(from, message);
            }
            Input::Timeout(Timer::Repeat) => self.on_repeat(),
            Input::Timeout(Timer::Silence(replica)) => self.on_silence(replica),
        }
        while let Some(message) = self.own.pop_front() {
            self.on_message(self.me, message);
        }
    }

    fn on_message(&mut self, from: ReplicaId, message: Message) {
        match message {
            Message::Lock(transaction, _)
            | Message::Prepare { transaction, .. }
            | Message::Decided { transaction, .. }
                if transaction.coordinator != from =>
            {
                // ignored: nobody else coordinates it.
            }
            Message::Granted { transaction, .. }
            | Message::Prepared(transaction)
            | Message::Refused(transaction)
            | Message::Applied(transaction)
            | Message::Inquire(transaction, _)
                if transaction.coordinator != self.me =>
            {
                // ignored: it is not coordinated here.
            }
            Message::Lock(transaction, key) => self.on_lock(transaction, key),
            Message::Granted { transaction, grant } => self.on_granted(from, transaction, grant),
            Message::Prepare { transaction, key, grant, change } => {
                self.on_prepare(transaction, key, grant, change);
            }
            Message::Prepared(transaction) => self.on_prepared(from, transaction),
            Message::Refused(transaction) => self.on_refused(transaction),
            Message::Decided { transaction, key, commit } => {
                self.on_decided(transaction, &key, commit);
            }
            Message::Applied(transaction) => self.on_applied(from, transaction),
            Message::Inquire(transaction, key) => self.on_inquire(from, transaction, key),
        }
    }

    /// A client wants to read: it sees what is here, unless that may already be over elsewhere.
    fn on_read(&mut self, client: ClientId, request: &Request) {
        let Some(key) = request.operation.key() else {
            return self.reply(client, request.id, Outcome::Refused(Refusal::Unsupported));
        };
        let cell = self.replica.durable.cell(key);
        let outcome = match self.policy.read {
            ReadRule::Respectful if self.replica.durable.prepared.get(key).is_some() => {
                Outcome::Refused(Refusal::Locked)
            }
            ReadRule::Respectful | ReadRule::Heedless => Outcome::Found(cell.value),
        };
        self.reply(client, request.id, outcome);
    }

    pub(super) fn persist(&mut self) {
        let mut durable = self.replica.durable.clone();
        if !self.policy.has(Safeguard::DecisionsKept) {
            durable.decided = Map::default();
        }
        self.effects.persist = Some(Persist { durable, sync: SyncPolicy::BeforeRelease });
    }

    pub(super) fn send(&mut self, to: ReplicaId, message: Message) {
        if to == self.me {
            self.own.push_back(message);
        } else {
            self.effects.send.push((to, message));
        }
    }

    pub(super) fn send_to_all(&mut self, message: &Message) {
        for replica in self.policy.ids() {
            self.send(replica, message.clone());
        }
    }

    pub(super) fn reply(&mut self, to: ClientId, request: RequestId, outcome: Outcome) {
        self.effects
            .reply
            .push((to, Reply { request, outcome, token: Token::default(), context: None }));
    }
}
