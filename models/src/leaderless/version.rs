//! Which version an update gets.

use super::transition::Turn;
use super::{Register, Versions};
use crate::vocabulary::{Author, Key, Version};

impl Turn<'_> {
    /// A version for an update of `key`, whose author knows of `found`.
    pub(super) fn issue(&mut self, author: Author, key: &Key, found: &Register) -> Version {
        let (time, tick) = match self.policy.versions {
            Versions::SingleWriter => (author.request.0, 0),
            Versions::Query => {
                let highest = found.latest().map_or(0, |cell| cell.version.time);
                // A request that is coordinated again after a restart may find something else.
                (highest.saturating_add(1), self.replica.durable.incarnation)
            }
            Versions::WallClock | Versions::CommitWait { .. } => (self.now.0, 0),
            Versions::HybridClock => self.hybrid_time(),
            Versions::Siblings => (self.next_dot(author, key), 0),
        };
        Version { time, tick, author, origin: self.me }
    }

    /// The physical clock, unless something later has been seen; then a little more than that.
    fn hybrid_time(&mut self) -> (u64, u64) {
        let (time, tick) = self.replica.durable.clock;
        let next = if self.now.0 > time { (self.now.0, 0) } else { (time, tick.saturating_add(1)) };
        self.replica.durable.clock = next;
        self.persist();
        next
    }

    /// A hybrid clock does not fall behind what has been seen.
    pub(super) fn observe(&mut self, register: &Register) {
        match self.policy.versions {
            Versions::HybridClock => {
                let seen = register.cells.iter().map(|cell| (cell.version.time, cell.version.tick));
                let clock = self.replica.durable.clock;
                let latest = seen.fold(clock, |latest, time| latest.max(time));
                if latest != clock {
                    self.replica.durable.clock = latest;
                    self.persist();
                }
            }
            Versions::SingleWriter
            | Versions::Query
            | Versions::WallClock
            | Versions::CommitWait { .. }
            | Versions::Siblings => {}
        }
    }

    /// Beyond what this replica has issued, and beyond what anybody claims to have seen of it: an
    /// update that counts as seen would vanish.
    fn next_dot(&mut self, author: Author, key: &Key) -> u64 {
        let seen = self.held(key).seen.latest(self.me).max(self.known(author, key).latest(self.me));
        let durable = &mut self.replica.durable;
        let last = durable.issued.get(key).map_or(seen, |issued| seen.max(*issued));
        let next = last.saturating_add(1);
        durable.issued.insert(key.clone(), next);
        self.persist();
        next
    }
}
