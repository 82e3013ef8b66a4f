//! Copying the log: what the leader sends, how a follower continues its log with it.

use std::collections::BTreeMap;

use super::transition::Turn;
use super::update::apply_to;
use super::{
    AckMeans, Leader, Message, Progress, RegistryView, Role, Safeguard, Timer, Truncation,
};
use crate::protocol::SyncPolicy;
use crate::vocabulary::{Epoch, LogEntry, LogMark, LogPosition, ReplicaId, ReplicaSet, Timestamp};

impl Turn<'_> {
    /// Leads from here on, with the first entry of its own epoch at `epoch_start`.
    ///
    /// It knows nothing yet of what followers hold, and tries to continue where its log ends.
    pub(super) fn lead(&mut self, epoch_start: LogPosition, in_sync: ReplicaSet) {
        let last = self.replica.durable.log.last_position();
        let mut tip = self.replica.exposed.clone();
        apply_to(&mut tip, &self.replica.durable, last);
        if !self.policy.has(Safeguard::ClientTableInherited) {
            tip = tip.without_clients();
        }
        let progress = Progress::unknown(last);
        self.replica.role = Role::Leader(Box::new(Leader {
            epoch_start,
            tip,
            followers: self.others().iter().map(|follower| (follower, progress)).collect(),
            in_sync,
            pending: Vec::new(),
            degraded: false,
            reads: Vec::new(),
            served: BTreeMap::new(),
            round: 0,
            registry: RegistryView { version: 0, in_sync, proposed: None },
        }));
        self.effects.arm.push(Timer::Heartbeat);
        self.others().iter().for_each(|follower| self.watch_follower(follower));
    }

    /// Sends every follower what it has not been sent.
    pub(super) fn replicate(&mut self) {
        for follower in self.others().iter() {
            self.send_entries(follower);
        }
    }

    /// Sends `follower` the next entries, as many as one message carries; none is a heartbeat.
    fn send_entries(&mut self, follower: ReplicaId) {
        let commit = self.shared_position();
        let Role::Leader(leader) = &mut self.replica.role else { return };
        let log = &self.replica.durable.log;
        let unknown = Progress::unknown(log.last_position());
        let progress = leader.followers.entry(follower).or_insert(unknown);
        let mut position = progress.next.previous();
        if position < log.base().position {
            if self.policy.has(Safeguard::SnapshotForPurged) {
                return self.send_snapshot(follower);
            }
            position = log.base().position;
        }
        let epoch = log.epoch_at(position).expect("a leader continues after what it holds");
        let previous = LogMark { epoch, position };
        let entries = log.after(position, usize::from(self.policy.batch));
        progress.next = position.plus(entries.len()).next();
        let epoch = self.replica.durable.epoch;
        self.send(follower, Message::Append { epoch, previous, entries, commit });
    }

    /// It is time to repeat what followers have not acknowledged, and to be heard.
    pub(super) fn on_heartbeat(&mut self) {
        let Role::Leader(leader) = &mut self.replica.role else { return };
        for progress in leader.followers.values_mut() {
            progress.next = progress.matched.next();
        }
        self.effects.arm.push(Timer::Heartbeat);
        self.replicate();
        self.repeat_proposal();
        self.repeat_confirmation();
    }

    /// The leader sends entries: continue the log with them, if they continue it.
    pub(super) fn on_append(
        &mut self,
        from: ReplicaId,
        epoch: Epoch,
        previous: LogMark,
        entries: Vec<LogEntry>,
        commit: LogPosition,
    ) {
        if epoch < self.replica.durable.epoch {
            if self.policy.has(Safeguard::StaleEpochsRejected)
                || !matches!(self.replica.role, Role::Follower)
            {
                // ignored: it leads no more, and hears so from whoever does.
                return;
            }
        } else if !self.follow(from, epoch) {
            return;
        }
        match self.agrees_with_compacted(epoch, previous, &entries) {
            Some(true) => {}
            Some(false) => return self.ask_for_snapshot(from),
            None => {
                let base = self.replica.durable.log.base().position;
                return self.refuse_entries(from, Some(base));
            }
        }
        let Some(previous) = self.continued(previous) else {
            return self.on_mismatch(from, previous);
        };
        let Some(position) = self.take(previous, entries) else {
            return self.ask_for_snapshot(from);
        };
        // The leader may have committed more than this message proves to be in this log.
        let commit = commit.min(position);
        self.replica.commit_position = self.replica.commit_position.max(commit);
        self.expose();
        self.confirm_appended(from, epoch, position);
    }

    /// Tells the leader up to where this log agrees with its own.
    pub(super) fn confirm_appended(&mut self, to: ReplicaId, epoch: Epoch, position: LogPosition) {
        let incarnation = self.replica.durable.incarnation;
        self.send(to, Message::Appended { epoch, position, incarnation });
    }

    /// Whether `entries` that end before the base of this log are what was compacted here; `None` if
    /// nobody can tell. What reaches the base is compared there.
    fn agrees_with_compacted(
        &self,
        epoch: Epoch,
        previous: LogMark,
        entries: &[LogEntry],
    ) -> Option<bool> {
        let log = &self.replica.durable.log;
        let is_compared = self.policy.truncation != Truncation::Never
            && self.policy.has(Safeguard::PrefixChecked);
        // A base of the leader's own epoch makes all of this log the leader's.
        if !is_compared || previous.position >= log.base().position || log.base().epoch == epoch {
            return Some(true);
        }
        let position = previous.position.plus(entries.len());
        let epoch = entries.last().map_or(previous.epoch, |entry| entry.epoch);
        let reaches_base = position >= log.base().position;
        if reaches_base { Some(true) } else { log.agrees_with(LogMark { epoch, position }) }
    }

    /// Where entries after `previous` go in this log, if they continue it as far as one can tell.
    fn continued(&self, previous: LogMark) -> Option<LogPosition> {
        let log = &self.replica.durable.log;
        if !self.policy.has(Safeguard::PrefixChecked) {
            return Some(previous.position.min(log.last_position()));
        }
        let keeps_all = self.policy.truncation == Truncation::Never;
        let continues = log.agrees_with(previous) != Some(false)
            || keeps_all && previous.position <= log.last_position();
        continues.then_some(previous.position)
    }

    /// Takes what is new of `entries`, which follow `previous`. Answers up to where the log now
    /// agrees with the leader's, or nothing if only a copy of the leader's log can make it agree.
    ///
    /// Entries that are there already stay, whatever follows them: a late, shorter message of the
    /// same epoch must not undo what was acknowledged since (Raft, §5.3).
    fn take(&mut self, previous: LogPosition, entries: Vec<LogEntry>) -> Option<LogPosition> {
        let mut position = previous;
        let mut changed = false;
        for entry in entries {
            position = position.next();
            let log = &self.replica.durable.log;
            if position > log.last_position() {
                self.append_entry(entry);
                changed = true;
            } else if log.epoch_at(position).is_some_and(|epoch| epoch != entry.epoch) {
                let is_compacted = position == log.base().position;
                match self.policy.truncation {
                    Truncation::Never => continue,
                    Truncation::Snapshot => return None,
                    Truncation::HighWatermark | Truncation::EpochAndPosition if is_compacted => {
                        return None;
                    }
                    Truncation::HighWatermark | Truncation::EpochAndPosition => {
                        self.truncate_after(position.previous());
                        self.append_entry(entry);
                        changed = true;
                    }
                }
            }
        }
        if changed {
            self.persist(match self.policy.ack_means {
                AckMeans::Received => SyncPolicy::Lazy,
                AckMeans::Flushed | AckMeans::Applied => SyncPolicy::BeforeRelease,
            });
        }
        Some(position)
    }

    /// A follower's log agrees with ours up to `position`.
    pub(super) fn on_appended(
        &mut self,
        from: ReplicaId,
        epoch: Epoch,
        position: LogPosition,
        incarnation: u64,
    ) {
        let last = self.replica.durable.log.last_position();
        let Some(progress) = self.heard_from(from, epoch, incarnation) else { return };
        let is_news = position.min(last) > progress.matched;
        progress.matched = progress.matched.max(position.min(last));
        progress.next = progress.next.max(progress.matched.next());
        if is_news && progress.next <= last {
            self.send_entries(from);
        }
        self.watch_follower(from);
        self.recover_from_degradation();
        self.consider_in_sync(from);
        self.acknowledge();
    }

    /// A follower cannot continue where we tried.
    pub(super) fn on_not_appended(
        &mut self,
        from: ReplicaId,
        epoch: Epoch,
        resume: Option<LogPosition>,
        incarnation: u64,
    ) {
        let last = self.replica.durable.log.last_position();
        let Some(progress) = self.heard_from(from, epoch, incarnation) else { return };
        match resume {
            None => self.send_snapshot(from),
            // ignored: it has continued there since.
            Some(position) if position < progress.matched => {}
            Some(position) => {
                progress.next = position.min(last).next();
                self.send_entries(from);
            }
        }
    }

    /// The progress of a follower that answers, if this replica leads `epoch` and the answer is not
    /// from before the follower's last restart: what it held then may be gone (Kafka, KIP-903).
    fn heard_from(
        &mut self,
        follower: ReplicaId,
        epoch: Epoch,
        incarnation: u64,
    ) -> Option<&mut Progress> {
        if !self.adopt(epoch) {
            return None;
        }
        let checked = self.policy.has(Safeguard::StaleAcksRejected);
        let Role::Leader(leader) = &mut self.replica.role else { return None };
        let progress = leader.followers.get_mut(&follower)?;
        if checked {
            progress.restarted(incarnation);
        }
        (!checked || incarnation == progress.incarnation).then_some(progress)
    }
}

impl Progress {
    /// Nothing is known of the follower: try to continue where the leader's log ends.
    const fn unknown(last: LogPosition) -> Self {
        let asked_at = Timestamp(0);
        let matched = LogPosition::ZERO;
        Self { matched, next: last.next(), incarnation: 0, round: 0, asked_at }
    }

    /// The follower has restarted this often. If that is news, nothing is known of what it holds.
    pub(super) const fn restarted(&mut self, incarnation: u64) {
        if incarnation > self.incarnation {
            self.incarnation = incarnation;
            self.matched = LogPosition::ZERO;
        }
    }
}
