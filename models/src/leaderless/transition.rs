//! What a replica does: starting, and dispatching each input to its section of the protocol.

use std::collections::BTreeMap;

use super::{AntiEntropy, Durable, Leaderless, Message, Replica, Timer};
use crate::protocol::{Effects, Input, Persist, Protocol, Purpose, SyncPolicy};
use crate::vocabulary::{Author, Key, ReplicaId, ReplicaSet, Timestamp};

impl Protocol for Leaderless {
    type Replica = Replica;
    type Durable = Durable;
    type Message = Message;
    type Timer = Timer;

    fn replicas(&self) -> u8 {
        self.replicas
    }

    fn purpose(&self, timer: Timer) -> Purpose {
        match timer {
            Timer::Resend | Timer::CommitWait | Timer::Handoff | Timer::Compare => {
                Purpose::Progress
            }
            Timer::Fallback | Timer::Deadline | Timer::ExpireHints | Timer::Reap => {
                Purpose::Suspicion
            }
        }
    }

    fn start(
        &self,
        me: ReplicaId,
        durable: Option<&Durable>,
        now: Timestamp,
        effects: &mut Effects<Self>,
    ) -> Replica {
        let mut remembered = durable.cloned().unwrap_or_default();
        remembered.incarnation += u64::from(durable.is_some());
        if remembered.homes.changes == 0 {
            remembered.homes.members = self.first_homes();
        }
        let mut replica = Replica {
            durable: remembered,
            pending: BTreeMap::new(),
            answered: BTreeMap::new(),
            shown: BTreeMap::new(),
            reaping: BTreeMap::new(),
            compared: None,
        };
        let mut turn = Turn { policy: self, me, now, replica: &mut replica, effects };
        turn.persist();
        if self.anti_entropy == AntiEntropy::Ranges {
            turn.effects.arm.push(Timer::Compare);
        }
        turn.arm_for_hints();
        turn.arm_for_tombstones();
        replica
    }

    fn is_obsolete(&self, message: &Message, from: ReplicaId, receiver: &Replica) -> bool {
        super::obsolete::is_obsolete(self, message, from, receiver)
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
    pub(super) policy: &'a Leaderless,
    pub(super) me: ReplicaId,
    pub(super) now: Timestamp,
    pub(super) replica: &'a mut Replica,
    pub(super) effects: &'a mut Effects<Leaderless>,
}

impl Turn<'_> {
    fn step(&mut self, input: Input<Leaderless>) {
        match input {
            Input::Request { from, request } => self.on_request(from, request),
            Input::Message { from, message } => self.on_message(from, message),
            Input::Timeout(timer) => self.on_timeout(timer),
        }
    }

    fn on_message(&mut self, from: ReplicaId, message: Message) {
        if from.0 >= self.policy.replicas || from == self.me {
            // ignored: there is no such replica.
            return;
        }
        match message {
            Message::Ask { tag, key } => self.on_ask(from, tag, &key),
            Message::Answer { tag, register } => self.on_answer(from, tag, register),
            Message::Store { tag, key, register } => self.on_store(from, tag, &key, &register),
            Message::Stored { tag, versions } => self.on_stored(from, tag, &versions),
            Message::Repair { key, register } => self.on_repair(&key, &register),
            Message::Keep { tag, owner, key, register } => {
                self.on_keep(from, tag, owner, &key, &register);
            }
            Message::Kept { tag, owner, versions } => self.on_kept(tag, owner, &versions),
            Message::HandOver { key, register } => self.on_hand_over(from, &key, &register),
            Message::HandedOver { key, versions } => self.on_handed_over(from, &key, &versions),
            Message::Reap { key, version } => self.on_reap(&key, version),
            Message::Compare { after, parts } => self.on_compare(from, after, parts),
            Message::Summary { after, last, versions } => {
                self.on_summary(from, after, last, versions);
            }
            Message::Fetch { keys } => self.on_fetch(from, &keys),
            Message::Prepare { tag, key, ballot } => self.on_prepare(from, tag, &key, ballot),
            Message::Promise { tag, ballot, register } => {
                self.on_promise(from, tag, ballot, register);
            }
            Message::Propose { tag, key, register } => {
                self.on_propose(from, tag, &key, &register);
            }
            Message::Accepted { tag, ballot } => self.on_accepted(from, tag, ballot),
            Message::Preempted { tag, ballot } => self.on_preempted(tag, ballot),
            Message::Gather { tag, after } => self.on_gather(from, tag, after),
            Message::Gathered { tag, after, piece } => self.on_gathered(from, tag, &after, piece),
            Message::Settle { tag, piece } => self.on_settle(from, tag, piece),
            Message::Settled { tag, last } => self.on_settled(from, tag, &last),
            Message::Outdated { homes } => self.on_outdated(homes),
        }
    }

    fn on_timeout(&mut self, timer: Timer) {
        match timer {
            Timer::Resend => self.on_resend(),
            Timer::Fallback => self.on_fallback(),
            Timer::Deadline => self.on_deadline(),
            Timer::CommitWait => self.on_commit_wait(),
            Timer::Handoff => self.on_handoff(),
            Timer::ExpireHints => self.on_expire_hints(),
            Timer::Compare => self.on_compare_timer(),
            Timer::Reap => self.on_reap_timer(),
        }
    }

    /// Keeps what it knows on stable storage before anybody is told.
    pub(super) fn persist(&mut self) {
        let durable = self.replica.durable.clone();
        self.effects.persist = Some(Persist { durable, sync: SyncPolicy::BeforeRelease });
    }

    pub(super) fn send(&mut self, to: ReplicaId, message: Message) {
        self.effects.send.push((to, message));
    }

    /// The homes of `key` other than this replica.
    pub(super) fn other_homes(&self, key: &Key) -> ReplicaSet {
        self.homes(key).without(self.me)
    }

    pub(super) fn is_home(&self, key: &Key) -> bool {
        self.homes(key).contains(self.me)
    }

    /// The authors of the requests that it coordinates.
    pub(super) fn authors(&self) -> Vec<Author> {
        self.replica.pending.keys().copied().collect()
    }
}
