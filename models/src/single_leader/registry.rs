//! The controller: it keeps the record of who leads and who is in sync, and appoints from it
//! (Kafka's controller and ISR, KIP-966).

use std::collections::BTreeMap;

use super::{
    AckRule, Controller, Election, FIRST_EPOCH, FIRST_LEADER, Message, Registry, Remembered,
    Safeguard, SingleLeader, Timer,
};
use crate::protocol::{Effects, Input, Persist, SyncPolicy};
use crate::vocabulary::{Outcome, Refusal, ReplicaId, ReplicaSet, Reply, Token};

impl Registry {
    /// The registry of a new cluster.
    pub(super) fn first(policy: &SingleLeader) -> Self {
        Self {
            epoch: FIRST_EPOCH,
            version: 0,
            leader: Some(FIRST_LEADER),
            in_sync: policy.members,
            eligible: ReplicaSet::EMPTY,
            incarnations: BTreeMap::new(),
        }
    }

    /// How often `replica` has restarted, as far as it has registered.
    pub(super) fn incarnation(&self, replica: ReplicaId) -> u64 {
        self.incarnations.get(&replica).copied().unwrap_or_default()
    }

    /// Replaces the in-sync set. Whoever leaves it still holds everything acknowledged for as long
    /// as nothing more can be, which is while fewer than `at_least` are in sync.
    fn set_in_sync(&mut self, in_sync: ReplicaSet, policy: &SingleLeader) {
        let left = self.in_sync.difference(in_sync);
        let nothing_can_be_acknowledged = match policy.ack {
            AckRule::InSync { at_least } => in_sync.len() < usize::from(at_least),
            AckRule::Asynchronous | AckRule::Followers(_) | AckRule::All | AckRule::Majority => {
                false
            }
        };
        if nothing_can_be_acknowledged {
            self.eligible = self.eligible.union(left);
        } else if policy.has(Safeguard::EligibleCleared) {
            self.eligible = ReplicaSet::EMPTY;
        }
        self.eligible = self.eligible.difference(in_sync);
        self.in_sync = in_sync;
    }
}

impl Controller {
    pub(super) fn start(&self, policy: &SingleLeader, effects: &mut Effects<SingleLeader>) {
        effects.arm.push(Timer::Heartbeat);
        self.watch_leader(policy, effects);
        self.keep(effects);
    }

    /// Starts counting the leader's silence from now.
    fn watch_leader(&self, policy: &SingleLeader, effects: &mut Effects<SingleLeader>) {
        effects.arm.extend(policy.replica_ids().map(Timer::Appoint));
    }

    pub(super) fn step(
        &mut self,
        policy: &SingleLeader,
        input: Input<SingleLeader>,
        effects: &mut Effects<SingleLeader>,
    ) {
        match input {
            Input::Request { from, request } => {
                let outcome = Outcome::Refused(Refusal::NotLeader { leader: self.registry.leader });
                let reply =
                    Reply { request: request.id, outcome, token: Token::default(), context: None };
                effects.reply.push((from, reply));
            }
            Input::Message { from, message } => self.on_message(policy, from, message, effects),
            Input::Timeout(timer) => self.on_timeout(policy, timer, effects),
        }
    }

    fn on_message(
        &mut self,
        policy: &SingleLeader,
        from: ReplicaId,
        message: Message,
        effects: &mut Effects<SingleLeader>,
    ) {
        match message {
            Message::Propose { version, in_sync } => {
                self.on_propose(policy, version, in_sync, effects);
            }
            Message::Register { incarnation, unclean } => {
                self.on_register(policy, from, incarnation, unclean, effects);
            }
            // ignored: the controller holds no log and has no vote.
            Message::Append { .. }
            | Message::Appended { .. }
            | Message::NotAppended { .. }
            | Message::Snapshot { .. }
            | Message::RequestVote { .. }
            | Message::Vote { .. }
            | Message::Confirm { .. }
            | Message::Confirmed { .. }
            | Message::Announce(_) => {}
        }
    }

    fn on_timeout(
        &mut self,
        policy: &SingleLeader,
        timer: Timer,
        effects: &mut Effects<SingleLeader>,
    ) {
        match timer {
            Timer::Appoint(replica) => self.on_appoint(policy, replica, effects),
            Timer::Heartbeat => {
                effects.arm.push(Timer::Heartbeat);
                self.announce(policy, effects);
            }
            // ignored: those are for replicas of the log.
            Timer::Suspect | Timer::Decide | Timer::AckTimeout | Timer::Evict(_) => {}
        }
    }

    /// A leader proposes who is in sync: a compare-and-set on the registry.
    fn on_propose(
        &mut self,
        policy: &SingleLeader,
        version: u64,
        in_sync: ReplicaSet,
        effects: &mut Effects<SingleLeader>,
    ) {
        let is_current = version == self.registry.version;
        if !is_current && policy.has(Safeguard::ProposalsFenced) {
            // ignored: whoever proposes does not lead any more, or knows an older registry.
            return;
        }
        self.watch_leader(policy, effects);
        if in_sync == self.registry.in_sync {
            return;
        }
        self.registry.set_in_sync(in_sync, policy);
        self.change(policy, effects);
    }

    /// A replica has restarted. If it may have lost what it acknowledged, it is in sync no longer;
    /// whether it may still lead is decided anew.
    fn on_register(
        &mut self,
        policy: &SingleLeader,
        from: ReplicaId,
        incarnation: u64,
        unclean: bool,
        effects: &mut Effects<SingleLeader>,
    ) {
        if incarnation <= self.registry.incarnation(from) {
            return;
        }
        self.registry.incarnations.insert(from, incarnation);
        if unclean && policy.has(Safeguard::UncleanLeavesInSync) {
            self.registry.in_sync = self.registry.in_sync.without(from);
            self.registry.eligible = self.registry.eligible.without(from);
        }
        if self.registry.leader == Some(from) {
            self.registry.epoch = self.registry.epoch.next();
            self.registry.leader =
                Some(from).filter(|leader| self.registry.in_sync.contains(*leader));
        }
        self.change(policy, effects);
    }

    /// The leader is silent, and `replica` is next.
    fn on_appoint(
        &mut self,
        policy: &SingleLeader,
        replica: ReplicaId,
        effects: &mut Effects<SingleLeader>,
    ) {
        if replica.0 >= policy.replicas {
            // ignored: there is no such replica.
            return;
        }
        effects.arm.push(Timer::Appoint(replica));
        let may_lead = self.registry.in_sync.union(self.registry.eligible).contains(replica);
        let unclean = policy.election == Election::Appointed { unclean: true };
        if self.registry.leader == Some(replica) || !(may_lead || unclean) {
            return;
        }
        if may_lead {
            let in_sync = match self.registry.leader {
                Some(deposed) => self.registry.in_sync.without(deposed),
                None => self.registry.in_sync,
            };
            self.registry.set_in_sync(in_sync.with(replica), policy);
        } else {
            // Whatever the others hold, this replica's log is the truth from now on.
            self.registry.in_sync = ReplicaSet::EMPTY.with(replica);
            self.registry.eligible = ReplicaSet::EMPTY;
        }
        self.registry.epoch = self.registry.epoch.next();
        self.registry.leader = Some(replica);
        self.change(policy, effects);
    }

    fn change(&mut self, policy: &SingleLeader, effects: &mut Effects<SingleLeader>) {
        self.registry.version += 1;
        self.keep(effects);
        self.announce(policy, effects);
    }

    /// Tells every replica what the registry holds. With every heartbeat once more: an announcement
    /// may be lost, and so may a registration, which whoever misses itself here repeats.
    fn announce(&self, policy: &SingleLeader, effects: &mut Effects<SingleLeader>) {
        let announcement = Message::Announce(self.registry.clone());
        effects.send.extend(policy.replica_ids().map(|to| (to, announcement.clone())));
    }

    fn keep(&self, effects: &mut Effects<SingleLeader>) {
        let durable = Remembered::Controller(self.registry.clone());
        effects.persist = Some(Persist { durable, sync: SyncPolicy::BeforeRelease });
    }
}
