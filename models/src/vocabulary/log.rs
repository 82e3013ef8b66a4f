//! The replicated log: positions, entries, and the three ways it changes (append, truncate, compact).

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{ClientId, Epoch, LogDifference, Operation, ReplicaSet, RequestId, Sequence};

/// The place of an entry. Counts from 1; 0 is "before the first". Raft's index, a binlog position.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct LogPosition(pub u64);

impl LogPosition {
    /// Before the first entry.
    pub const ZERO: Self = Self(0);

    /// The position after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The position before this one; nothing precedes [`Self::ZERO`].
    #[must_use]
    pub const fn previous(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// The position `entries` further on.
    #[must_use]
    pub const fn plus(self, entries: usize) -> Self {
        Self(self.0 + entries as u64)
    }
}

impl fmt::Display for LogPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A position and the epoch of the entry there. Two logs that agree on a mark agree up to it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct LogMark {
    /// Epoch of the entry. First field, so that marks compare by epoch before position.
    pub epoch: Epoch,
    /// Where the entry is.
    pub position: LogPosition,
}

/// What an entry tells the replicas.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Command {
    /// A new leader's first entry: committing it commits everything before it.
    NewEpoch,
    /// An update, asked for by a client.
    Update {
        /// Who asked.
        client: ClientId,
        /// Which of the client's requests.
        request: RequestId,
        /// What to do.
        operation: Operation,
    },
}

impl Command {
    /// Who decides after this command, if `members` decided before it.
    #[must_use]
    pub const fn members_after(&self, members: ReplicaSet) -> ReplicaSet {
        match self {
            Self::Update { operation: Operation::AddReplica(replica), .. } => {
                members.with(*replica)
            }
            Self::Update { operation: Operation::RemoveReplica(replica), .. } => {
                members.without(*replica)
            }
            Self::Update { .. } | Self::NewEpoch => members,
        }
    }

    /// Whether the command is about who decides.
    #[must_use]
    pub const fn changes_members(&self) -> bool {
        matches!(
            self,
            Self::Update { operation: Operation::AddReplica(_) | Operation::RemoveReplica(_), .. }
        )
    }
}

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LogEntry {
    /// The epoch whose leader appended it.
    pub epoch: Epoch,
    /// What it says.
    pub command: Command,
}

/// Entries after a base mark. The base is where the log was last compacted.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Log {
    base: LogMark,
    entries: Sequence<LogEntry>,
}

impl Log {
    /// The log of `entries` after `base`.
    #[must_use]
    pub const fn new(base: LogMark, entries: Sequence<LogEntry>) -> Self {
        Self { base, entries }
    }

    /// The entries after the base.
    #[must_use]
    pub const fn entries(&self) -> &Sequence<LogEntry> {
        &self.entries
    }

    /// The mark after which entries are still held.
    #[must_use]
    pub const fn base(&self) -> LogMark {
        self.base
    }

    /// Position of the last entry, or of the base.
    #[must_use]
    pub fn last_position(&self) -> LogPosition {
        self.base.position.plus(self.entries.len())
    }

    /// Mark of the last entry, or the base.
    #[must_use]
    pub fn last_mark(&self) -> LogMark {
        let position = self.last_position();
        LogMark { epoch: self.epoch_at(position).unwrap_or(self.base.epoch), position }
    }

    /// Epoch of the entry at `position`; `None` if it is compacted away or not yet there.
    #[must_use]
    pub fn epoch_at(&self, position: LogPosition) -> Option<Epoch> {
        if position == self.base.position {
            return Some(self.base.epoch);
        }
        self.get(position).map(|entry| entry.epoch)
    }

    /// The entry at `position`, if it is held.
    #[must_use]
    pub fn get(&self, position: LogPosition) -> Option<&LogEntry> {
        if position <= self.base.position {
            return None;
        }
        self.entries.get((position.0 - self.base.position.0 - 1) as usize)
    }

    /// Whether this log holds, or has compacted away, exactly what another log holds up to `mark`;
    /// `None` if nobody can tell, since the epochs of compacted entries are gone.
    ///
    /// Along a log epochs never decrease, and one leader appends all entries of an epoch. So a mark
    /// of the base's epoch is in the same log, and one of a later epoch in another.
    #[must_use]
    pub fn agrees_with(&self, mark: LogMark) -> Option<bool> {
        if mark.position >= self.base.position {
            return Some(self.epoch_at(mark.position) == Some(mark.epoch));
        }
        match mark.epoch.cmp(&self.base.epoch) {
            _ if mark == LogMark::default() => Some(true),
            Ordering::Less => None,
            Ordering::Equal => Some(true),
            Ordering::Greater => Some(false),
        }
    }

    /// Adds an entry and answers its position.
    pub fn append(&mut self, entry: LogEntry) -> LogPosition {
        self.entries.push(entry);
        self.last_position()
    }

    /// Removes every entry after `position`.
    ///
    /// # Panics
    /// If that would remove compacted entries: they are part of a snapshot.
    pub fn truncate_after(&mut self, position: LogPosition) {
        assert!(position >= self.base.position, "compacted entries cannot be truncated");
        self.entries.truncate((position.0 - self.base.position.0) as usize);
    }

    /// Forgets every entry up to `position`, which becomes the base.
    ///
    /// # Panics
    /// If `position` is not held: what it stood for would be lost.
    pub fn compact_to(&mut self, position: LogPosition) {
        let epoch = self.epoch_at(position).expect("a log is compacted to a position it holds");
        self.entries.drop_first((position.0 - self.base.position.0) as usize);
        self.base = LogMark { epoch, position };
    }

    /// Up to `limit` entries after `position`, in order. None if `position` is not held.
    #[must_use]
    pub fn after(&self, position: LogPosition, limit: usize) -> Vec<LogEntry> {
        let mut entries = Vec::new();
        let mut next = position.next();
        while entries.len() < limit
            && let Some(entry) = self.get(next)
        {
            entries.push(entry.clone());
            next = next.next();
        }
        entries
    }

    /// How this log becomes `later`.
    #[must_use]
    pub fn difference(&self, later: &Self) -> LogDifference {
        let compacted = later.base.position.0.saturating_sub(self.base.position.0);
        let dropped = self.entries.len().min(compacted as usize);
        let kept = self.entries.common_prefix(dropped, &later.entries);
        let appended = later.entries.iter_from(kept).cloned().collect();
        LogDifference { dropped: dropped as u64, kept: kept as u64, appended, base: later.base }
    }

    /// The log that `difference` leads to.
    #[must_use]
    pub fn after_difference(mut self, difference: LogDifference) -> Self {
        let LogDifference { dropped, kept, appended, base } = difference;
        self.entries.drop_first(dropped as usize);
        self.entries.truncate(kept as usize);
        appended.into_iter().for_each(|entry| self.entries.push(entry));
        Self { base, ..self }
    }

    /// Positions and entries after the base, in order.
    pub fn iter(&self) -> impl Iterator<Item = (LogPosition, &LogEntry)> {
        let first = self.base.position.next();
        self.entries.iter().enumerate().map(move |(index, entry)| (first.plus(index), entry))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log_of(epochs: &[u64]) -> Log {
        let mut log = Log::default();
        for epoch in epochs {
            log.append(LogEntry { epoch: Epoch(*epoch), command: Command::NewEpoch });
        }
        log
    }

    fn mark(epoch: u64, position: u64) -> LogMark {
        LogMark { epoch: Epoch(epoch), position: LogPosition(position) }
    }

    #[test]
    fn the_first_entry_is_at_position_one() {
        let log = log_of(&[1]);
        assert_eq!(log.last_position(), LogPosition(1));
        assert_eq!(log.get(LogPosition::ZERO), None);
        assert_eq!(log.epoch_at(LogPosition(1)), Some(Epoch(1)));
    }

    #[test]
    fn compaction_moves_the_base_and_changes_no_remaining_entry() {
        let mut log = log_of(&[1, 1, 2, 3]);
        log.compact_to(LogPosition(3));
        assert_eq!(log.base(), mark(2, 3));
        assert_eq!(log.last_mark(), mark(3, 4));
        assert_eq!(log.get(LogPosition(3)), None);
        assert_eq!(log.epoch_at(LogPosition(3)), Some(Epoch(2)));
        assert_eq!(log.epoch_at(LogPosition(4)), Some(Epoch(3)));
    }

    #[test]
    fn truncation_keeps_the_entry_it_names() {
        let mut log = log_of(&[1, 2, 3]);
        log.truncate_after(LogPosition(2));
        assert_eq!(log.last_mark(), mark(2, 2));
    }

    #[test]
    fn logs_agree_on_a_mark_they_hold() {
        let log = log_of(&[1, 2, 2]);
        assert_eq!(log.agrees_with(mark(0, 0)), Some(true));
        assert_eq!(log.agrees_with(mark(2, 3)), Some(true));
        assert_eq!(log.agrees_with(mark(1, 3)), Some(false));
        assert_eq!(log.agrees_with(mark(2, 4)), Some(false));
    }

    #[test]
    fn of_what_was_compacted_only_the_epoch_of_the_base_is_known() {
        let mut log = log_of(&[1, 2, 2, 2]);
        log.compact_to(LogPosition(3));
        assert_eq!(log.agrees_with(mark(0, 0)), Some(true));
        assert_eq!(log.agrees_with(mark(2, 2)), Some(true));
        assert_eq!(log.agrees_with(mark(1, 2)), None);
        assert_eq!(log.agrees_with(mark(3, 2)), Some(false));
        assert_eq!(log.agrees_with(mark(2, 3)), Some(true));
        assert_eq!(log.agrees_with(mark(1, 3)), Some(false));
    }

    #[test]
    fn marks_compare_by_epoch_before_length() {
        assert!(mark(2, 1) > mark(1, 9));
        assert!(mark(2, 2) > mark(2, 1));
    }

    #[test]
    fn entries_after_a_position_stop_at_the_limit_and_at_the_end() {
        let log = log_of(&[1, 2, 3]);
        assert_eq!(log.after(LogPosition(1), 1).len(), 1);
        assert_eq!(log.after(LogPosition(1), 9).len(), 2);
        assert!(log.after(LogPosition(3), 9).is_empty());
    }

    #[test]
    #[should_panic(expected = "compacted entries cannot be truncated")]
    fn a_snapshot_cannot_be_truncated() {
        let mut log = log_of(&[1, 2]);
        log.compact_to(LogPosition(2));
        log.truncate_after(LogPosition(1));
    }
}
