//! Moving a home. The old home fences itself off by an entry of its own log; the new home starts once
//! it has applied that entry, and so everything that the old one had decided before it.

use super::state::{Change, Entry};
use super::transition::{Asked, Turn};
use super::{Disaster, Message, Record, Safeguard, Timer};
use crate::vocabulary::{Epoch, Key, ReplicaId};

/// What this region is to a key.
pub(super) enum Role {
    /// It takes the key's updates.
    Home,
    /// It will be the home, and does not have everything yet.
    NotYetHome,
    /// Another region takes them, since this epoch.
    Elsewhere(ReplicaId, Epoch),
}

impl Turn<'_> {
    /// What this region is to `key`, for a request that somebody took it to be the home for.
    pub(super) fn role(&self, key: &Key, asked: &Asked) -> Role {
        let record = self.replica.durable.record(self.policy, key);
        if record.home == self.me {
            Role::Home
        } else if asked.epoch > record.epoch {
            Role::NotYetHome
        } else {
            Role::Elsewhere(record.home, record.epoch)
        }
    }

    /// Passes a request on to the home. On its way from one home to the next the epoch grows, so that it
    /// arrives, or somebody is not yet the home.
    pub(super) fn forward(&mut self, home: ReplicaId, epoch: Epoch, asked: Asked) {
        let Asked { client, request, by, .. } = asked;
        self.send(home, Message::Forward { client, request, by, epoch });
    }

    /// The home of a key gives it to another region.
    pub(super) fn hand_over(&mut self, key: &Key, to: ReplicaId) -> Entry {
        let record = self.replica.durable.record(self.policy, key);
        let entry = self.make(key.clone(), record.epoch.next(), self.move_to(&record, to), 0);
        if !self.policy.has(Safeguard::OldHomeFenced) {
            self.replica.durable.records.insert(key.clone(), record);
        }
        entry
    }

    /// Whether this region may take the place of `home`.
    pub(super) fn is_gone(&self, home: ReplicaId) -> bool {
        self.policy.disaster == Disaster::TakeOver && self.replica.suspected.contains(home)
    }

    /// Makes this region the home. What the old home has decided and not told is given up.
    pub(super) fn take_over(&mut self, key: &Key) -> Entry {
        let record = self.replica.durable.record(self.policy, key);
        self.make(key.clone(), record.epoch.next(), self.move_to(&record, self.me), 0)
    }

    fn move_to(&self, record: &Record, to: ReplicaId) -> Change {
        let moves_along = self.policy.has(Safeguard::ValueMovesAlong);
        let latest = record.latest().filter(|_| moves_along);
        let latest = latest.map(|(stamp, value)| (*stamp, value.clone()));
        Change::Move { to, latest, answered: self.replica.durable.answered.clone() }
    }

    /// An entry has arrived, and others before it have not.
    pub(super) fn on_early_entry(&mut self, entry: &Entry) {
        if let Change::Move { to, latest: _, answered } = &entry.change
            && *to == self.me
            && !self.policy.has(Safeguard::NewHomeDrained)
        {
            let mut record = self.replica.durable.record(self.policy, &entry.key);
            record.move_to(entry.epoch, *to);
            self.replica.durable.records.insert(entry.key.clone(), record);
            self.replica.durable.note_all(answered);
            self.persist();
        }
        // ignored otherwise: it is told again, with those before it.
    }

    /// Nothing was heard of `region` for too long.
    pub(super) fn on_silence(&mut self, region: ReplicaId) {
        if region.0 < self.policy.replicas && region != self.me {
            self.replica.suspected = self.replica.suspected.with(region);
        }
    }

    pub(super) fn on_sign_of_life(&mut self, region: ReplicaId) {
        if self.policy.disaster == Disaster::TakeOver {
            self.replica.suspected = self.replica.suspected.without(region);
            self.effects.arm.push(Timer::Silence(region));
        }
    }
}
