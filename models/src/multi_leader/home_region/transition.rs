//! What a region does: starting, and dispatching each input to its section of the protocol.

use super::state::{Durable, Replica};
use super::{Disaster, HomeRegion, Message, Timer};
use crate::protocol::{Effects, Input, Persist, Protocol, Purpose, SyncPolicy};
use crate::vocabulary::{
    ClientId, Epoch, LogPosition, Outcome, ReplicaId, ReplicaSet, Reply, Request, Timestamp, Token,
};

impl Protocol for HomeRegion {
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
            Timer::Silence(_) => Purpose::Suspicion,
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
            known: Default::default(),
            suspected: ReplicaSet::EMPTY,
        };
        let mut turn = Turn { policy: self, me, replica: &mut replica, effects };
        if durable.is_none() {
            // A new disk is made before anything is done.
            turn.persist();
        }
        turn.effects.arm.push(Timer::Gossip);
        if self.disaster == Disaster::TakeOver {
            turn.effects.arm.extend(self.others(me).map(Timer::Silence));
        }
        replica
    }

    fn is_obsolete(&self, message: &Message, from: ReplicaId, receiver: &Replica) -> bool {
        super::replication::is_obsolete(self, message, from, receiver)
    }

    fn step(
        &self,
        me: ReplicaId,
        replica: &mut Replica,
        _now: Timestamp,
        input: Input<Self>,
        effects: &mut Effects<Self>,
    ) {
        Turn { policy: self, me, replica, effects }.step(input);
    }
}

/// One region handling one input.
pub(super) struct Turn<'a> {
    pub(super) policy: &'a HomeRegion,
    pub(super) me: ReplicaId,
    pub(super) replica: &'a mut Replica,
    pub(super) effects: &'a mut Effects<HomeRegion>,
}

/// A request, and how it came here.
pub(super) struct Asked {
    pub(super) client: ClientId,
    pub(super) request: Request,
    /// The region that the client has asked.
    pub(super) by: ReplicaId,
    /// The epoch in which whoever forwarded it took this region to be the home.
    pub(super) epoch: Epoch,
}

impl Turn<'_> {
    fn step(&mut self, input: Input<HomeRegion>) {
        match input {
            Input::Request { from, request } => {
                let asked = Asked { client: from, request, by: self.me, epoch: Epoch::default() };
                self.on_request(asked);
            }
            Input::Message { from, message } => self.on_message(from, message),
            Input::Timeout(Timer::Gossip) => self.on_gossip(),
            Input::Timeout(Timer::Silence(region)) => self.on_silence(region),
        }
    }

    fn on_request(&mut self, asked: Asked) {
        if asked.request.operation.is_update() {
            self.on_update(asked);
        } else {
            self.on_read(asked);
        }
    }

    fn on_message(&mut self, from: ReplicaId, message: Message) {
        if from.0 >= self.policy.replicas || from == self.me {
            // ignored: there is no such other region.
            return;
        }
        self.on_sign_of_life(from);
        match message {
            Message::Entries(entries) => self.on_entries(from, entries),
            Message::Have { applied, made, time } => self.on_have(from, applied, made, time),
            Message::Forward { by, .. } if by.0 >= self.policy.replicas => {
                // ignored: nobody could be told what came of it.
            }
            Message::Forward { client, request, by, epoch } => {
                self.on_request(Asked { client, request, by, epoch });
            }
            Message::Answer { client, reply } => self.effects.reply.push((client, reply)),
        }
    }

    pub(super) fn persist(&mut self) {
        let durable = self.replica.durable.clone();
        self.effects.persist = Some(Persist { durable, sync: SyncPolicy::BeforeRelease });
    }

    pub(super) fn send(&mut self, to: ReplicaId, message: Message) {
        self.effects.send.push((to, message));
    }

    /// Answers a client, through the region that it has asked.
    pub(super) fn answer(&mut self, asked: &Asked, outcome: Outcome, time: u64) {
        let token = Token(LogPosition(time));
        let reply = Reply { request: asked.request.id, outcome, token, context: None };
        if asked.by == self.me {
            self.effects.reply.push((asked.client, reply));
        } else {
            self.send(asked.by, Message::Answer { client: asked.client, reply });
        }
    }
}
