//! The leader's side of the in-sync set: whom acknowledgements wait for, and how that changes.

use super::transition::Turn;
use super::{Eviction, Leader, Message, Registry, RegistryView, Role, Safeguard, Timer};
use crate::vocabulary::{ReplicaId, ReplicaSet};

impl Turn<'_> {
    /// Starts counting the silence of a follower that may be evicted.
    pub(super) fn watch_follower(&mut self, follower: ReplicaId) {
        match self.policy.eviction {
            Eviction::Never | Eviction::Deposed => {}
            Eviction::Local | Eviction::Registered => {
                self.effects.arm.push(Timer::Evict(follower));
            }
        }
    }

    /// Nothing was heard from `follower` for too long.
    pub(super) fn on_evict(&mut self, follower: ReplicaId) {
        let Role::Leader(leader) = &mut self.replica.role else { return };
        self.effects.arm.push(Timer::Evict(follower));
        if !leader.in_sync.contains(follower) {
            // ignored: it has been evicted already.
            return;
        }
        let remaining = leader.in_sync.without(follower);
        match self.policy.eviction {
            Eviction::Never | Eviction::Deposed => {}
            Eviction::Local => {
                leader.in_sync = remaining;
                self.acknowledge();
            }
            Eviction::Registered => self.propose(remaining),
        }
    }

    /// A follower that has caught up is waited for again.
    ///
    /// Caught up is what holds everything acknowledged. The leader knows its own acknowledged
    /// position, which may be behind that of the leader before it; whatever that one acknowledged
    /// is before the start of this epoch (KIP-320).
    pub(super) fn consider_in_sync(&mut self, follower: ReplicaId) {
        let committed = self.replica.commit_position;
        let Role::Leader(leader) = &mut self.replica.role else { return };
        if leader.in_sync.contains(follower) {
            return;
        }
        let needed = if self.policy.has(Safeguard::CaughtUpBeforeInSync) {
            committed.max(leader.epoch_start)
        } else {
            committed
        };
        if leader.matched(follower) < needed {
            return;
        }
        let joined = leader.in_sync.with(follower);
        match self.policy.eviction {
            Eviction::Never => {}
            Eviction::Deposed | Eviction::Local => leader.in_sync = joined,
            Eviction::Registered => self.propose(joined),
        }
    }

    /// Proposes a new in-sync set. Until it is known whether the registry took it, both the old set
    /// and the new one are waited for, and only the old one counts.
    fn propose(&mut self, in_sync: ReplicaSet) {
        let Role::Leader(leader) = &mut self.replica.role else { return };
        if leader.registry.proposed.is_some() {
            return;
        }
        leader.registry.proposed = Some(in_sync);
        leader.in_sync = leader.in_sync.union(in_sync);
        self.repeat_proposal();
    }

    /// Sends the proposal that has had no answer; without one, the set as it is, to be heard.
    pub(super) fn repeat_proposal(&mut self) {
        let Role::Leader(leader) = &self.replica.role else { return };
        let RegistryView { version, proposed, .. } = leader.registry;
        let in_sync = proposed.unwrap_or(leader.in_sync);
        if let Some(controller) = self.policy.controller() {
            self.send(controller, Message::Propose { version, in_sync });
        }
    }

    /// The registry has changed.
    pub(super) fn on_announce(&mut self, registry: &Registry) {
        if registry.incarnation(self.me) != self.replica.durable.incarnation {
            // It is older than this replica's last restart, and may tell that nobody heard of it.
            return self.register();
        }
        if !self.adopt(registry.epoch) {
            // ignored: it is older than what this replica knows.
            return;
        }
        match &mut self.replica.role {
            Role::Leader(leader) if registry.version > leader.registry.version => {
                leader.learn(registry);
                self.acknowledge();
            }
            // ignored: it is what this leader knew when it last proposed, or older.
            Role::Leader(_) => {}
            Role::Follower | Role::Candidate(_) if registry.leader == Some(self.me) => {
                self.take_over(registry.in_sync);
                if let Role::Leader(leader) = &mut self.replica.role {
                    leader.learn(registry);
                }
            }
            Role::Follower | Role::Candidate(_) => self.replica.leader = registry.leader,
        }
    }

    /// Tells the controller about a restart.
    pub(super) fn register(&mut self) {
        let incarnation = self.replica.durable.incarnation;
        let unclean = self.policy.may_forget();
        if let Some(controller) = self.policy.controller() {
            self.send(controller, Message::Register { incarnation, unclean });
        }
    }
}

impl Leader {
    /// Takes over what the registry says.
    fn learn(&mut self, registry: &Registry) {
        for (id, incarnation) in &registry.incarnations {
            if let Some(progress) = self.followers.get_mut(id) {
                progress.restarted(*incarnation);
            }
        }
        let Registry { version, in_sync, .. } = *registry;
        self.registry = RegistryView { version, in_sync, proposed: None };
        self.in_sync = in_sync;
    }
}
