//! Reading: what the home has, what this region has, or everything as it was at one moment.

use super::ReadRule;
use super::relocation::Role;
use super::transition::{Asked, Turn};
use crate::vocabulary::{Key, Outcome, Refusal};

impl Turn<'_> {
    /// A client wants to read, here or through another region.
    pub(super) fn on_read(&mut self, asked: Asked) {
        let Some(key) = asked.request.operation.key().cloned() else {
            return self.answer(&asked, Outcome::Refused(Refusal::Unsupported), 0);
        };
        match self.policy.read {
            ReadRule::Home => self.read_at_home(&key, asked),
            ReadRule::Copy => self.read_copy(&key, &asked),
            ReadRule::Snapshot => self.read_snapshot(&key, &asked),
        }
    }

    fn read_at_home(&mut self, key: &Key, asked: Asked) {
        match self.role(key, &asked) {
            Role::Home => self.show_latest(key, &asked),
            Role::NotYetHome => {
                self.answer(&asked, Outcome::Refused(Refusal::Unavailable), 0);
            }
            // Also where it is silent: reading makes nobody the home, the next update does.
            Role::Elsewhere(home, epoch) => self.forward(home, epoch, asked),
        }
    }

    /// A session is shown a copy only where everything it has seen has arrived. The home of a key has
    /// all there is of that key.
    fn read_copy(&mut self, key: &Key, asked: &Asked) {
        let is_home = self.replica.durable.record(self.policy, key).home == self.me;
        if is_home || !self.is_behind(asked) {
            self.show_latest(key, asked);
        } else {
            self.answer(asked, Outcome::Refused(Refusal::Behind), 0);
        }
    }

    fn read_snapshot(&mut self, key: &Key, asked: &Asked) {
        if self.is_behind(asked) {
            return self.answer(asked, Outcome::Refused(Refusal::Behind), 0);
        }
        let stable = self.stable();
        let record = self.replica.durable.record(self.policy, key);
        let found = record.at(stable).and_then(|(_, value)| value.clone());
        self.answer(asked, Outcome::Found(found), stable);
    }

    fn show_latest(&mut self, key: &Key, asked: &Asked) {
        let record = self.replica.durable.record(self.policy, key);
        let time = record.latest().map_or(0, |(stamp, _)| stamp.time);
        self.answer(asked, Outcome::Found(record.value().cloned()), time);
    }

    /// Whether the session has seen what may not have arrived here.
    fn is_behind(&self, asked: &Asked) -> bool {
        asked.request.token.0.0 > self.stable()
    }

    pub(super) fn stable(&self) -> u64 {
        self.replica.durable.stable(self.policy, self.me)
    }
}
