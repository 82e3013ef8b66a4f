//! What a participant does: starting, and dispatching each input to its section of the protocol.

use super::state::{Controller, Durable, Replica, Role};
use super::{
    Election, Message, Participant, Persistence, Registry, Remembered, SingleLeader, Timer,
    Truncation,
};
use crate::protocol::{Effects, Input, Persist, Protocol, Purpose, SyncPolicy};
#[cfg(feature = "model-checking")]
use crate::renaming::Renamer;
use crate::vocabulary::{
    ClientId, Epoch, Outcome, ReplicaId, ReplicaSet, Reply, RequestId, Timestamp, Token,
};

impl Protocol for SingleLeader {
    type Replica = Participant;
    type Durable = Remembered;
    type Message = Message;
    type Timer = Timer;

    #[cfg(feature = "model-checking")]
    const RENAMER: Option<Renamer<Self>> = Some(Renamer::of_each());

    fn replicas(&self) -> u8 {
        self.replicas + self.controller().is_some() as u8
    }

    fn purpose(&self, timer: Timer) -> Purpose {
        match timer {
            Timer::Heartbeat => Purpose::Progress,
            Timer::Suspect
            | Timer::Decide
            | Timer::AckTimeout
            | Timer::Evict(_)
            | Timer::Appoint(_) => Purpose::Suspicion,
        }
    }

    fn start(
        &self,
        me: ReplicaId,
        remembered: Option<&Remembered>,
        now: Timestamp,
        effects: &mut Effects<Self>,
    ) -> Participant {
        if self.controller() == Some(me) {
            let registry = match remembered {
                Some(Remembered::Controller(registry)) => registry.clone(),
                Some(Remembered::Replica(_)) | None => Registry::first(self),
            };
            let controller = Controller { registry };
            controller.start(self, effects);
            return Participant::Controller(controller);
        }
        let durable = match remembered {
            Some(Remembered::Replica(durable)) => durable.clone(),
            Some(Remembered::Controller(_)) | None => Durable::first(self),
        };
        let mut replica = Replica::from_durable(durable, now);
        let mut turn = Turn { policy: self, me, now, replica: &mut replica, effects };
        match remembered {
            None => turn.start_first(),
            Some(_) => turn.start_again(),
        }
        Participant::Replica(Box::new(replica))
    }

    fn is_obsolete(&self, message: &Message, from: ReplicaId, receiver: &Participant) -> bool {
        super::obsolete::is_obsolete(self, message, from, receiver)
    }

    fn step(
        &self,
        me: ReplicaId,
        participant: &mut Participant,
        now: Timestamp,
        input: Input<Self>,
        effects: &mut Effects<Self>,
    ) {
        match participant {
            Participant::Controller(controller) => controller.step(self, input, effects),
            Participant::Replica(replica) => {
                Turn { policy: self, me, now, replica, effects }.step(input);
            }
        }
    }
}

/// One replica handling one input.
pub(super) struct Turn<'a> {
    pub(super) policy: &'a SingleLeader,
    pub(super) me: ReplicaId,
    pub(super) now: Timestamp,
    pub(super) replica: &'a mut Replica,
    pub(super) effects: &'a mut Effects<SingleLeader>,
}

impl Turn<'_> {
    fn step(&mut self, input: Input<SingleLeader>) {
        match input {
            Input::Request { from, request } if request.operation.is_update() => {
                self.on_update(from, request);
            }
            Input::Request { from, request } => self.on_read(from, request),
            Input::Message { from, message } => self.on_message(from, message),
            Input::Timeout(timer) => self.on_timeout(timer),
        }
    }

    fn on_message(&mut self, from: ReplicaId, message: Message) {
        if from.0 >= self.policy.replicas() {
            // ignored: there is no such participant.
            return;
        }
        match message {
            Message::Append { epoch, previous, entries, commit } => {
                self.on_append(from, epoch, previous, entries, commit);
            }
            Message::Appended { epoch, position, incarnation } => {
                self.on_appended(from, epoch, position, incarnation);
            }
            Message::NotAppended { epoch, resume, incarnation } => {
                self.on_not_appended(from, epoch, resume, incarnation);
            }
            Message::Snapshot { epoch, snapshot, entries, commit } => {
                self.on_snapshot(from, epoch, snapshot, entries, commit);
            }
            Message::RequestVote { epoch, last } => self.on_request_vote(from, epoch, last),
            Message::Vote { epoch, granted } => self.on_vote(from, epoch, granted),
            Message::Confirm { epoch, round, asked_at } => {
                self.on_confirm(from, epoch, round, asked_at);
            }
            Message::Confirmed { epoch, round, asked_at } => {
                self.on_confirmed(from, epoch, round, asked_at);
            }
            Message::Announce(registry) => self.on_announce(&registry),
            // ignored: only the controller keeps the registry.
            Message::Propose { .. } | Message::Register { .. } => {}
        }
    }

    fn on_timeout(&mut self, timer: Timer) {
        match timer {
            Timer::Heartbeat => self.on_heartbeat(),
            Timer::Suspect => self.on_suspect(),
            Timer::Decide => self.on_decide(),
            Timer::AckTimeout => self.on_ack_timeout(),
            Timer::Evict(follower) => self.on_evict(follower),
            // ignored: only the controller appoints.
            Timer::Appoint(_) => {}
        }
    }

    /// Follows whoever leads, or will.
    pub(super) fn follow_quietly(&mut self) {
        self.replica.role = Role::Follower;
        self.watch_leader();
    }

    /// Starts counting the leader's silence from now.
    fn watch_leader(&mut self) {
        match self.policy.election {
            Election::Never | Election::Appointed { .. } => {}
            Election::Anyone | Election::BestReachable | Election::Fenced | Election::Majority => {
                self.effects.arm.push(Timer::Suspect);
            }
        }
    }

    /// Takes part in `epoch` from now on, and in no older one. Answers whether that is possible.
    ///
    /// A newer epoch is persisted before anything is said in it.
    pub(super) fn adopt(&mut self, epoch: Epoch) -> bool {
        if epoch > self.replica.durable.epoch {
            self.replica.durable.epoch = epoch;
            self.replica.durable.vote = None;
            self.replica.leader = self.replica.leader.filter(|leader| *leader != self.me);
            self.follow_quietly();
            self.persist(SyncPolicy::BeforeRelease);
        }
        epoch == self.replica.durable.epoch
    }

    /// Recognises `leader` as the leader of `epoch`. Answers whether that is possible.
    pub(super) fn follow(&mut self, leader: ReplicaId, epoch: Epoch) -> bool {
        if !self.adopt(epoch) {
            return false;
        }
        match self.replica.role {
            // Two leaders of one epoch: possible where nobody is asked for a promise.
            Role::Leader(_) => return false,
            Role::Candidate(_) => {
                // Its candidacy is over, also after a restart.
                self.replica.durable.vote = Some(leader);
                self.follow_quietly();
                self.persist(SyncPolicy::BeforeRelease);
            }
            Role::Follower => self.watch_leader(),
        }
        self.replica.leader = Some(leader);
        true
    }

    /// Keeps what the policy keeps, as safely as `sync` unless the policy is lazier.
    pub(super) fn persist(&mut self, sync: SyncPolicy) {
        match (self.policy.persistence, &self.effects.persist) {
            // One step persists once, as safely as its most demanding part needs.
            (_, Some(Persist { sync: SyncPolicy::BeforeRelease, .. })) => {
                self.keep(SyncPolicy::BeforeRelease);
            }
            (Persistence::Lazy, _) => self.keep(SyncPolicy::Lazy),
            (
                Persistence::BeforeAck
                | Persistence::EpochOnly
                | Persistence::LogOnly
                | Persistence::Nothing,
                _,
            ) => self.keep(sync),
        }
    }

    /// Keeps what the policy keeps, exactly as safely as `sync`.
    pub(super) fn keep(&mut self, sync: SyncPolicy) {
        if self.policy.truncation == Truncation::HighWatermark {
            self.replica.durable.checkpoint = self.replica.commit_position;
        }
        let durable = &self.replica.durable;
        let first = Durable::first(self.policy);
        let kept = match self.policy.persistence {
            Persistence::BeforeAck | Persistence::Lazy => durable.clone(),
            Persistence::EpochOnly => {
                let Durable { epoch, vote, incarnation, .. } = *durable;
                Durable { epoch, vote, incarnation, ..first }
            }
            Persistence::LogOnly => {
                Durable { epoch: first.epoch, vote: first.vote, ..durable.clone() }
            }
            Persistence::Nothing => return,
        };
        self.effects.persist = Some(Persist { durable: Remembered::Replica(kept), sync });
    }

    pub(super) fn send(&mut self, to: ReplicaId, message: Message) {
        self.effects.send.push((to, message));
    }

    pub(super) fn reply(
        &mut self,
        to: ClientId,
        request: RequestId,
        outcome: Outcome,
        token: Token,
    ) {
        self.effects.reply.push((to, Reply { request, outcome, token, context: None }));
    }

    /// The members other than this replica.
    pub(super) fn others(&self) -> ReplicaSet {
        self.replica.members.without(self.me)
    }
}
