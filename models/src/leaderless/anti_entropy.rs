//! Comparing replicas, range of keys by range of keys, in messages of bounded size (Demers et al.
//! 1987). *Deviation:* Dynamo compares hash trees (DeCandia et al. 2007, §4.7), which find a small
//! difference among many keys in fewer bytes; here one level of digests says which range differs, and
//! versions say what in it.

use std::hash::{Hash, Hasher};

use super::placement::Fingerprint;
use super::transition::Turn;
use super::{AntiEntropy, Message, Timer};
use crate::vocabulary::{Key, ReplicaId, ReplicaSet, Version};

/// A range of keys: after the first, up to and including the second.
type Range = (Option<Key>, Option<Key>);

impl Turn<'_> {
    /// Compares the next range with everybody who is a home of some of its keys.
    pub(super) fn on_compare_timer(&mut self) {
        if self.policy.anti_entropy == AntiEntropy::Off {
            return;
        }
        self.effects.arm.push(Timer::Compare);
        let after = self.replica.compared.take();
        let last = self.last_of_batch(after.as_ref());
        let range = (after, last);
        for peer in ReplicaSet::first(self.policy.replicas).without(self.me).iter() {
            let digest = digest(&self.summary(peer, &range));
            let (after, last) = range.clone();
            self.send(peer, Message::Compare { after, last, digest });
        }
        self.replica.compared = range.1;
    }

    /// The last key of as many as one message covers; nothing if that is to the end.
    fn last_of_batch(&self, after: Option<&Key>) -> Option<Key> {
        let keys = self.replica.durable.registers.iter().map(|(key, _)| key);
        let mut batch = keys
            .filter(|key| after.is_none_or(|after| *key > after))
            .take(usize::from(self.policy.batch) + 1);
        let last = batch.by_ref().take(usize::from(self.policy.batch)).last().cloned();
        last.filter(|_| batch.next().is_some())
    }

    /// What this replica holds in `range` at keys that `peer` is a home of too.
    fn summary(&self, peer: ReplicaId, range: &Range) -> Vec<(Key, Vec<Version>)> {
        let registers = self.replica.durable.registers.iter();
        let shared = registers
            .filter(|(key, _)| is_within(key, range) && self.policy.homes(key).contains(peer));
        shared.map(|(key, register)| (key.clone(), register.versions())).collect()
    }

    /// Another home compares.
    pub(super) fn on_compare(
        &mut self,
        from: ReplicaId,
        after: Option<Key>,
        last: Option<Key>,
        theirs: u64,
    ) {
        let range = (after, last);
        let mut versions = self.summary(from, &range);
        if digest(&versions) == theirs {
            return;
        }
        let (after, mut last) = range;
        if versions.len() > usize::from(self.policy.batch) {
            // The rest of the range is compared another time.
            versions.truncate(usize::from(self.policy.batch));
            last = versions.last().map(|(key, _)| key.clone());
        }
        self.send(from, Message::Summary { after, last, versions });
    }

    /// Another home holds something else in this range: each sends the other what differs.
    pub(super) fn on_summary(
        &mut self,
        from: ReplicaId,
        after: Option<Key>,
        last: Option<Key>,
        theirs: Vec<(Key, Vec<Version>)>,
    ) {
        let own = self.summary(from, &(after, last));
        let differing = own.iter().filter(|entry| !theirs.contains(entry));
        let keys: Vec<_> = differing.map(|(key, _)| key.clone()).collect();
        self.on_fetch(from, &keys);
        let wanted = theirs.into_iter().filter(|entry| !own.contains(entry));
        let keys: Vec<_> = wanted.map(|(key, _)| key).collect();
        if !keys.is_empty() {
            self.send(from, Message::Fetch { keys });
        }
    }

    /// Another home wants what is held at `keys`.
    pub(super) fn on_fetch(&mut self, from: ReplicaId, keys: &[Key]) {
        for key in keys {
            let register = self.replica.durable.registers.get(key).cloned();
            if let Some(register) = register.filter(|_| self.policy.homes(key).contains(from)) {
                self.send(from, Message::Repair { key: key.clone(), register });
            }
        }
    }
}

fn is_within(key: &Key, (after, last): &Range) -> bool {
    after.as_ref().is_none_or(|after| key > after) && last.as_ref().is_none_or(|last| key <= last)
}

fn digest(versions: &[(Key, Vec<Version>)]) -> u64 {
    let mut fingerprint = Fingerprint::default();
    versions.hash(&mut fingerprint);
    fingerprint.finish()
}
