//! What a replica does: starting, and dispatching each input to its section of the protocol.

use super::state::{Durable, Replica};
use super::{Convergent, Message, Propagation, Timer};
use crate::protocol::{Effects, Input, Persist, Protocol, Purpose, SyncPolicy};
use crate::vocabulary::{
    ClientId, Context, Outcome, ReplicaId, Reply, RequestId, Timestamp, Token,
};

impl Protocol for Convergent {
    type Replica = Replica;
    type Durable = Durable;
    type Message = Message;
    type Timer = Timer;

    fn replicas(&self) -> u8 {
        self.replicas
    }

    fn purpose(&self, timer: Timer) -> Purpose {
        match timer {
            Timer::Gossip => Purpose::Progress,
        }
    }

    fn start(
        &self,
        me: ReplicaId,
        durable: Option<&Durable>,
        now: Timestamp,
        effects: &mut Effects<Self>,
    ) -> Replica {
        let mut replica = Replica::from_durable(durable.cloned().unwrap_or_default());
        let mut turn = Turn { policy: self, me, now, replica: &mut replica, effects };
        if durable.is_none() {
            // A new disk is made before anything is done.
            turn.persist();
        }
        turn.effects.arm.push(Timer::Gossip);
        replica
    }

    fn is_obsolete(&self, message: &Message, _from: ReplicaId, receiver: &Replica) -> bool {
        super::delivery::is_obsolete(self, message, receiver)
    }

    fn step(
        &self,
        me: ReplicaId,
        replica: &mut Replica,
        now: Timestamp,
        input: Input<Self>,
        effects: &mut Effects<Self>,
    ) {
        Turn { policy: self, me, now, replica, effects }.step(input);
    }
}

/// One replica handling one input.
pub(super) struct Turn<'a> {
    pub(super) policy: &'a Convergent,
    pub(super) me: ReplicaId,
    pub(super) now: Timestamp,
    pub(super) replica: &'a mut Replica,
    pub(super) effects: &'a mut Effects<Convergent>,
}

impl Turn<'_> {
    fn step(&mut self, input: Input<Convergent>) {
        match input {
            Input::Request { from, request } if request.operation.is_update() => {
                self.on_update(from, request);
            }
            Input::Request { from, request } => self.on_read(from, &request),
            Input::Message { from, message } => self.on_message(from, message),
            Input::Timeout(Timer::Gossip) => self.on_gossip(),
        }
    }

    fn on_message(&mut self, from: ReplicaId, message: Message) {
        if from.0 >= self.policy.replicas {
            // ignored: there is no such replica.
            return;
        }
        match (message, self.policy.propagation) {
            (Message::Events(events), Propagation::Events) => self.on_events(from, events),
            (Message::Have(theirs), Propagation::Events) => self.on_have(from, &theirs),
            (Message::State(told), Propagation::States) => self.on_state(from, &told),
            // ignored: nobody says this here.
            (Message::State(_), Propagation::Events)
            | (Message::Events(_) | Message::Have(_), Propagation::States) => {}
        }
    }

    pub(super) fn persist(&mut self) {
        let durable = self.replica.durable.clone();
        self.effects.persist = Some(Persist { durable, sync: SyncPolicy::BeforeRelease });
    }

    pub(super) fn send(&mut self, to: ReplicaId, message: Message) {
        self.effects.send.push((to, message));
    }

    pub(super) fn reply(&mut self, to: ClientId, request: RequestId, outcome: Outcome) {
        self.reply_knowing(to, request, outcome, None);
    }

    /// Answers a client that knows of the updates in `context` then, if it keeps account of that.
    pub(super) fn reply_knowing(
        &mut self,
        to: ClientId,
        request: RequestId,
        outcome: Outcome,
        context: Option<Context>,
    ) {
        let reply = Reply { request, outcome, token: Token::default(), context };
        self.effects.reply.push((to, reply));
    }
}

impl Replica {
    fn from_durable(durable: Durable) -> Self {
        Self { durable, waiting: Default::default(), known: Default::default() }
    }
}
