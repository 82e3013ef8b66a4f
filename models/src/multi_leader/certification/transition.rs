//! What a replica does: starting, and dispatching each input to its section of the protocol.

use std::collections::VecDeque;

use super::state::{Durable, Replica};
use super::{Certification, Message, Timer};
use crate::protocol::{Effects, Input, Persist, Protocol, Purpose, SyncPolicy};
use crate::vocabulary::{ClientId, Outcome, ReplicaId, Reply, RequestId, Timestamp, Token};

impl Protocol for Certification {
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
        }
    }

    fn start(
        &self,
        me: ReplicaId,
        durable: Option<&Durable>,
        _now: Timestamp,
        effects: &mut Effects<Self>,
    ) -> Replica {
        let mut replica = Replica {
            durable: durable.cloned().unwrap_or_default(),
            asked: Default::default(),
            pending: Default::default(),
            waiting: Default::default(),
            early: Default::default(),
            everywhere: Default::default(),
            held: Default::default(),
            recovering: None,
        };
        let mut turn = Turn::new(self, me, &mut replica, effects);
        if durable.is_none() {
            // A new disk is made before anything is done.
            turn.persist(SyncPolicy::BeforeRelease);
        } else if me == Self::SEQUENCER && self.asks_after_a_crash() {
            turn.begin_recovery();
        }
        turn.effects.arm.push(Timer::Repeat);
        replica
    }

    fn is_obsolete(&self, message: &Message, from: ReplicaId, receiver: &Replica) -> bool {
        super::recovery::is_obsolete(self, message, from, receiver)
    }

    fn step(
        &self,
        me: ReplicaId,
        replica: &mut Replica,
        _now: Timestamp,
        input: Input<Self>,
        effects: &mut Effects<Self>,
    ) {
        Turn::new(self, me, replica, effects).step(input);
    }
}

/// One replica handling one input.
pub(super) struct Turn<'a> {
    pub(super) policy: &'a Certification,
    pub(super) me: ReplicaId,
    pub(super) replica: &'a mut Replica,
    pub(super) effects: &'a mut Effects<Certification>,
    /// What it says to itself: heard before the step ends.
    own: VecDeque<Message>,
}

impl<'a> Turn<'a> {
    const fn new(
        policy: &'a Certification,
        me: ReplicaId,
        replica: &'a mut Replica,
        effects: &'a mut Effects<Certification>,
    ) -> Self {
        Self { policy, me, replica, effects, own: VecDeque::new() }
    }

    fn step(&mut self, input: Input<Certification>) {
        match input {
            Input::Request { from, request } => self.on_request(from, request),
            Input::Message { from, .. } if from.0 >= self.policy.replicas || from == self.me => {
                // ignored: there is no such other replica.
            }
            Input::Message { from, message } => self.on_message(from, message),
            Input::Timeout(Timer::Repeat) => self.on_repeat(),
        }
        while let Some(message) = self.own.pop_front() {
            self.on_message(self.me, message);
        }
        self.answer();
    }

    fn on_message(&mut self, from: ReplicaId, message: Message) {
        let from_sequencer = from == Certification::SEQUENCER;
        let to_sequencer = self.me == Certification::SEQUENCER;
        match message {
            Message::Ordered { .. }
            | Message::Stable(..)
            | Message::EndsAt(..)
            | Message::Recover(..)
                if !from_sequencer =>
            {
                // ignored: nobody else makes the order.
            }
            Message::Submit(_)
            | Message::Held(..)
            | Message::Missing(..)
            | Message::End(_)
            | Message::Recovered { .. }
                if !to_sequencer =>
            {
                // ignored: the order is not made here.
            }
            Message::Submit(transaction) => self.on_submit(transaction),
            Message::Ordered { epoch, position, transaction } => {
                self.on_ordered(epoch, position, transaction);
            }
            Message::Held(epoch, position) => self.on_held(from, epoch, position),
            Message::Stable(epoch, position) => self.on_stable(epoch, position),
            Message::Missing(epoch, position) => self.on_missing(from, epoch, position),
            Message::End(author) => self.on_end(from, author),
            Message::EndsAt(author, position) => self.on_ends_at(author, position),
            Message::Recover(epoch, after) => self.on_recover(epoch, after),
            Message::Recovered { epoch, after, transactions } => {
                self.on_recovered(from, epoch, after, transactions);
            }
        }
    }

    /// Keeps what it remembers. What a step has to keep safely it keeps safely, whatever else it keeps.
    pub(super) fn persist(&mut self, sync: SyncPolicy) {
        let sync = match &self.effects.persist {
            Some(Persist { sync: SyncPolicy::BeforeRelease, .. }) => SyncPolicy::BeforeRelease,
            Some(Persist { sync: SyncPolicy::Lazy, .. }) | None => sync,
        };
        self.effects.persist = Some(Persist { durable: self.replica.durable.clone(), sync });
    }

    pub(super) fn send(&mut self, to: ReplicaId, message: Message) {
        if to == self.me {
            self.own.push_back(message);
        } else {
            self.effects.send.push((to, message));
        }
    }

    pub(super) fn send_to_others(&mut self, message: &Message) {
        for replica in self.policy.others(self.me) {
            self.send(replica, message.clone());
        }
    }

    pub(super) fn reply(&mut self, to: ClientId, request: RequestId, outcome: Outcome) {
        let token = Token(self.replica.durable.applied);
        self.effects.reply.push((to, Reply { request, outcome, token, context: None }));
    }
}
