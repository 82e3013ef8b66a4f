//! Followers that fell behind or went astray: going back, truncating, snapshots, compaction.

use super::transition::Turn;
use super::update::apply_to;
use super::{Durable, Message, Role, Truncation};
use crate::protocol::SyncPolicy;
use crate::vocabulary::{
    Epoch, Log, LogEntry, LogMark, LogPosition, ReplicaId, Sequence, StateMachine,
};

impl Turn<'_> {
    /// The leader's entries do not continue this log: say from where they could.
    pub(super) fn on_mismatch(&mut self, leader: ReplicaId, previous: LogMark) {
        let last = self.replica.durable.log.last_position();
        let is_gap = previous.position > last;
        let is_compacted = previous.position <= self.replica.durable.log.base().position;
        let resume = match self.policy.truncation {
            Truncation::Snapshot if !is_gap => return self.ask_for_snapshot(leader),
            Truncation::HighWatermark | Truncation::EpochAndPosition if is_compacted => {
                return self.ask_for_snapshot(leader);
            }
            Truncation::HighWatermark if !is_gap => {
                self.truncate_after(self.replica.commit_position);
                self.persist(SyncPolicy::BeforeRelease);
                self.replica.durable.log.last_position()
            }
            Truncation::Never
            | Truncation::Snapshot
            | Truncation::HighWatermark
            | Truncation::EpochAndPosition => self.last_plausible_position(previous),
        };
        self.refuse_entries(leader, Some(resume));
    }

    /// The last position before `previous` whose entry is no newer than the leader's there. Entries
    /// of a newer epoch than `previous` cannot be in the leader's log before it, so a whole epoch is
    /// skipped at once (Kafka, KIP-279).
    fn last_plausible_position(&self, previous: LogMark) -> LogPosition {
        let log = &self.replica.durable.log;
        let mut position = log.last_position().min(previous.position.previous());
        while position > log.base().position
            && log.epoch_at(position).is_some_and(|epoch| epoch > previous.epoch)
        {
            position = position.previous();
        }
        position
    }

    pub(super) fn ask_for_snapshot(&mut self, leader: ReplicaId) {
        self.refuse_entries(leader, None);
    }

    pub(super) fn refuse_entries(&mut self, leader: ReplicaId, resume: Option<LogPosition>) {
        let Durable { epoch, incarnation, .. } = self.replica.durable;
        self.send(leader, Message::NotAppended { epoch, resume, incarnation });
    }

    /// Drops the entries after `position`, and whatever readers saw of them.
    pub(super) fn truncate_after(&mut self, position: LogPosition) {
        let replica = &mut *self.replica;
        let position = position.max(replica.durable.log.base().position);
        replica.durable.log.truncate_after(position);
        replica.members = replica.durable.members();
        replica.commit_position = replica.commit_position.min(position);
        if replica.exposed.applied.position > position {
            replica.exposed = replica.durable.snapshot.clone();
            apply_to(&mut replica.exposed, &replica.durable, position);
        }
        replica.compacts_to.take_if(|store| store.applied.position > position);
    }

    /// After a restart: drop all that was not known to be committed when last persisted.
    pub(super) fn truncate_to_checkpoint(&mut self) {
        self.truncate_after(self.replica.durable.checkpoint);
        self.persist(SyncPolicy::BeforeRelease);
    }

    /// Sends `follower` the snapshot and the whole log after it.
    pub(super) fn send_snapshot(&mut self, follower: ReplicaId) {
        let commit = self.shared_position();
        let durable = &self.replica.durable;
        let message = Message::Snapshot {
            epoch: durable.epoch,
            snapshot: durable.snapshot.clone(),
            entries: durable.log.entries().clone(),
            commit,
        };
        let next = durable.log.last_position().next();
        if let Role::Leader(leader) = &mut self.replica.role
            && let Some(progress) = leader.followers.get_mut(&follower)
        {
            progress.next = next;
        }
        self.send(follower, message);
    }

    /// The leader sends everything it has: take it, unless this log holds it already.
    ///
    /// It may be late, and this log may have grown since under the same leader. Then it is a prefix
    /// of this log and must not undo the rest.
    pub(super) fn on_snapshot(
        &mut self,
        from: ReplicaId,
        epoch: Epoch,
        snapshot: StateMachine,
        entries: Sequence<LogEntry>,
        commit: LogPosition,
    ) {
        if !self.follow(from, epoch) {
            return;
        }
        let log = Log::new(snapshot.applied, entries);
        let position = log.last_position();
        if self.replica.durable.log.agrees_with(log.last_mark()) != Some(true) {
            self.replace_log(snapshot, log);
        }
        let commit = commit.min(position);
        self.replica.commit_position = self.replica.commit_position.max(commit);
        self.expose();
        self.confirm_appended(from, epoch, position);
    }

    /// Drops this replica's log and store for a copy of another's. What a snapshot holds is
    /// acknowledged.
    fn replace_log(&mut self, snapshot: StateMachine, log: Log) {
        let base = log.base().position;
        let replica = &mut *self.replica;
        replica.commit_position = replica.commit_position.clamp(base, log.last_position());
        replica.exposed = snapshot.clone();
        replica.compacts_to = None;
        replica.durable.snapshot = snapshot;
        replica.durable.log = log;
        replica.members = replica.durable.members();
        self.persist(SyncPolicy::BeforeRelease);
    }

    /// Replaces applied entries by a snapshot, once there are enough of them and enough follow. Only
    /// what is acknowledged is compacted: the rest may have to be truncated.
    pub(super) fn compact(&mut self) {
        let Some(limit) = self.policy.compact_after else { return };
        let replica = &mut *self.replica;
        let applied = replica.exposed.applied.position;
        let base = replica.durable.log.base().position;
        let is_enough = applied.0 - base.0 >= limit && applied <= replica.commit_position;
        if replica.compacts_to.is_none() && is_enough {
            replica.compacts_to = Some(replica.exposed.clone());
        }
        let keeping = self.policy.compact_keeping;
        let is_followed =
            |store: &mut StateMachine| applied.0 - store.applied.position.0 >= keeping;
        let Some(store) = replica.compacts_to.take_if(is_followed) else { return };
        replica.durable.log.compact_to(store.applied.position);
        replica.durable.snapshot = store;
        self.persist(SyncPolicy::BeforeRelease);
    }
}
