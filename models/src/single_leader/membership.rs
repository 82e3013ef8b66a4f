//! Changing who decides: one member at a time, by entries of the log.

use super::transition::Turn;
use super::{Leader, Role, Safeguard};
use crate::vocabulary::{Operation, Refusal, ReplicaSet};

impl Turn<'_> {
    /// Two majorities of sets that differ by one member meet. So the next change waits until the
    /// last one is committed (Ongaro, *Consensus*, 2014, §4.1), and until this leader has committed
    /// anything at all: an earlier leader's change may be on its way (Ongaro, raft-dev, 10 July
    /// 2015).
    pub(super) fn change_refusal(&self, operation: &Operation) -> Option<Refusal> {
        let Role::Leader(leader) = &self.replica.role else { return None };
        if !self.is_possible(operation) {
            return Some(Refusal::ChangeImpossible);
        }
        let committed = self.replica.commit_position;
        let changing = self
            .replica
            .durable
            .log
            .iter()
            .any(|(position, entry)| position > committed && entry.command.changes_members());
        let waits = changing && self.policy.has(Safeguard::OneChangeAtATime)
            || committed < leader.epoch_start && self.policy.has(Safeguard::ChangesAfterOwnCommit);
        waits.then_some(Refusal::ChangeUnderWay)
    }

    /// Whether a change of members leaves a cluster. Where a controller appoints, it is the registry
    /// that says who matters.
    fn is_possible(&self, change: &Operation) -> bool {
        let leaves_nobody = |removed| self.replica.members.without(removed) == ReplicaSet::EMPTY;
        self.policy.controller().is_none()
            && match change {
                Operation::AddReplica(added) => added.0 < self.policy.replicas,
                Operation::RemoveReplica(removed) => !leaves_nobody(*removed),
                Operation::Read { .. }
                | Operation::Write { .. }
                | Operation::Delete { .. }
                | Operation::Add { .. }
                | Operation::CompareAndSet { .. }
                | Operation::Take { .. }
                | Operation::Clear
                | Operation::Edit { .. }
                | Operation::Transact { .. } => true,
            }
    }

    /// A leader that is no member any more has done its last duty once that is acknowledged
    /// (Ongaro, *Consensus*, 2014, §4.2.2): the others have it, and hear that it is.
    pub(super) fn leave_if_removed(&mut self) {
        let exposed = &self.replica.exposed;
        let is_removed = !exposed.members.contains(self.me);
        if is_removed && exposed.applied.position <= self.replica.commit_position {
            self.replicate();
            self.replica.leader = None;
            self.follow_quietly();
        }
    }
}

impl Leader {
    /// After a change of members: whoever has joined since `before` is waited for from now on, and
    /// whoever has left is not.
    pub(super) fn wait_for_members(&mut self, before: ReplicaSet) {
        let after = self.tip.members;
        self.in_sync =
            self.in_sync.union(after.difference(before)).difference(before.difference(after));
    }
}
