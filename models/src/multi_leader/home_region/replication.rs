//! Copying what other regions have decided: each region's entries in their order, and nothing after a
//! gap before the gap is closed.

use super::record::Stamp;
use super::state::{Change, Entry};
use super::transition::Turn;
use super::{Disaster, HomeRegion, Message, ReadRule, Replica, Safeguard, Timer};
use crate::vocabulary::{Epoch, Key, ReplicaId};

impl Turn<'_> {
    /// This region decides something: the next entry of its log, later than all that it has applied and
    /// than `seen`.
    pub(super) fn make(&mut self, key: Key, epoch: Epoch, change: Change, seen: u64) -> Entry {
        let durable = &self.replica.durable;
        let number = durable.applied(self.me).saturating_add(1);
        let time = durable.time.max(seen).saturating_add(1);
        let entry = Entry { number, time, key, epoch, change };
        self.apply(self.me, &entry);
        if self.policy.replicas > 1 {
            self.replica.durable.entries.insert(number, entry.clone());
        }
        entry
    }

    /// Tells everybody what this region has decided.
    pub(super) fn tell(&mut self, new: &[Entry]) {
        for other in self.policy.others(self.me) {
            self.send(other, Message::Entries(new.to_vec()));
        }
    }

    fn apply(&mut self, maker: ReplicaId, entry: &Entry) {
        let Entry { number, time, key, epoch, change } = entry;
        let mut record = self.replica.durable.record(self.policy, key);
        let durable = &mut self.replica.durable;
        durable.applied.insert(maker, *number);
        durable.time = durable.time.max(*time);
        match change {
            Change::Put { value, settled } => {
                record.put(Stamp { epoch: *epoch, time: *time, home: maker }, value.clone());
                durable.note(settled, *time);
            }
            Change::Keep(settled) => durable.note(settled, *time),
            Change::Move { to, latest, answered } => {
                record.versions.extend(latest.clone());
                record.move_to(*epoch, *to);
                durable.note_all(answered);
            }
        }
        let kept_from = self.kept_from();
        record.forget_before(kept_from);
        self.replica.durable.records.insert(key.clone(), record);
        if maker != self.me {
            self.close(maker, *time);
        }
    }

    /// Everything that `region` makes from now on is later than `time`. Whether that was not known.
    fn close(&mut self, region: ReplicaId, time: u64) -> bool {
        let closed = &mut self.replica.durable.closed;
        let is_new = closed.get(&region).is_none_or(|known| *known < time);
        if is_new {
            closed.insert(region, time);
        }
        is_new
    }

    /// The moment that readers are shown, if they are shown the past.
    fn kept_from(&self) -> Option<u64> {
        match self.policy.read {
            ReadRule::Snapshot => Some(self.stable()),
            ReadRule::Copy | ReadRule::Home => None,
        }
    }

    /// Another region tells what it has decided.
    pub(super) fn on_entries(&mut self, from: ReplicaId, entries: Vec<Entry>) {
        let before = self.replica.durable.applied(from);
        let may_be_more = entries.len() >= usize::from(self.policy.batch);
        for entry in entries {
            let next = self.replica.durable.applied(from).saturating_add(1);
            if entry.number == next {
                self.apply(from, &entry);
            } else if entry.number > next {
                self.on_early_entry(&entry);
            }
            // ignored otherwise: it is known.
        }
        if self.replica.durable.applied(from) > before {
            self.persist();
            // With one message of what it lacks for each time that it gossips, a region that was away
            // might never have all of it while others go on.
            if may_be_more {
                self.say_how_far(from);
            }
        }
    }

    pub(super) fn on_gossip(&mut self) {
        for other in self.policy.others(self.me) {
            self.say_how_far(other);
        }
        self.effects.arm.push(Timer::Gossip);
    }

    fn say_how_far(&mut self, to: ReplicaId) {
        let durable = &self.replica.durable;
        let (made, time) = (durable.applied(self.me), durable.time);
        self.send(to, Message::Have { applied: durable.applied(to), made, time });
    }

    /// Another region says how far it is: it gets what it lacks, oldest first.
    pub(super) fn on_have(&mut self, from: ReplicaId, applied: u64, made: u64, time: u64) {
        let has_all = self.replica.durable.applied(from) >= made;
        let counts = has_all || !self.policy.has(Safeguard::GapsNoticed);
        let is_later = counts && self.close(from, time);
        let known = self.replica.known.entry(from).or_default();
        *known = (*known).max(applied);
        if self.drop_what_all_have() || is_later {
            self.persist();
        }
        let lacking: Vec<_> = self
            .replica
            .durable
            .entries
            .after(Some(&applied))
            .take(usize::from(self.policy.batch))
            .map(|(_, entry)| entry.clone())
            .collect();
        if !lacking.is_empty() {
            self.send(from, Message::Entries(lacking));
        }
    }

    /// Whether there was anything.
    fn drop_what_all_have(&mut self) -> bool {
        let known = |region| self.replica.known.get(&region).copied().unwrap_or_default();
        let everywhere = self.policy.others(self.me).map(known).min().unwrap_or_default();
        let numbers = self.replica.durable.entries.iter().map(|(number, _)| *number);
        let done: Vec<_> = numbers.take_while(|number| *number <= everywhere).collect();
        for number in &done {
            self.replica.durable.entries.remove(number);
        }
        !done.is_empty()
    }
}

/// See [`crate::protocol::Protocol::is_obsolete`].
pub(super) fn is_obsolete(
    policy: &HomeRegion,
    message: &Message,
    from: ReplicaId,
    receiver: &Replica,
) -> bool {
    match message {
        Message::Entries(entries) => {
            let applied = receiver.durable.applied(from);
            let is_sign_of_life = policy.disaster == Disaster::TakeOver;
            !is_sign_of_life && entries.iter().all(|entry| entry.number <= applied)
        }
        // What it asks for may be made later.
        Message::Have { .. } => false,
        // Its client may still wait.
        Message::Forward { .. } | Message::Answer { .. } => false,
    }
}
