//! Comparing replicas, range of keys by range of keys, in messages of bounded size (Demers et al.
//! 1987). A range has a digest; of one that differs, so have its parts, and so on down to keys and
//! versions: a hash tree (Merkle 1987; DeCandia et al. 2007, §4.7). *Deviation:* Dynamo keeps its trees,
//! and here nobody does. Whoever holds more of a range divides it by the keys that it holds, and works
//! digests out as they are asked for (as in range-based set reconciliation, Meyer 2023).

use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};

use super::placement::Fingerprint;
use super::transition::Turn;
use super::{AntiEntropy, Leaderless, Message, Register, Timer};
use crate::vocabulary::{Key, ReplicaId, ReplicaSet, Version};

/// A range of keys: after the first, up to and including the second.
pub(super) type Range = (Option<Key>, Option<Key>);

/// A part of a range of keys, and what whoever compares holds in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Part {
    /// Its last key; `None` is to the end. It begins where the part before it ends.
    pub last: Option<Key>,
    /// How many keys that both are homes of.
    pub keys: u64,
    /// A digest of those, and of their versions.
    pub digest: u64,
}

/// A range that differs is divided into so many parts at most: a digest for each of them, with the key
/// that it ends with, fits a datagram.
const PARTS: usize = 16;

impl Leaderless {
    /// How many keys are compared at a time: so many that, if all of them differ, nobody has more to
    /// repair than it can send.
    #[must_use]
    pub fn compared_at_once(&self) -> usize {
        PARTS * usize::from(self.batch)
    }
}

impl Turn<'_> {
    /// Compares the next range with everybody who is a home of some of its keys.
    pub(super) fn on_compare_timer(&mut self) {
        if self.policy.anti_entropy == AntiEntropy::Off {
            return;
        }
        self.effects.arm.push(Timer::Compare);
        let after = self.replica.compared.take();
        let last = self.last_of(self.policy.compared_at_once(), after.as_ref());
        let range = (after, last);
        for peer in ReplicaSet::first(self.policy.replicas).without(self.me).iter() {
            let parts = self.parts(peer, &range);
            self.send(peer, Message::Compare { after: range.0.clone(), parts });
        }
        self.replica.compared = range.1;
    }

    /// The last of so many keys after `after`; nothing if that is to the end.
    pub(super) fn last_of(&self, keys: usize, after: Option<&Key>) -> Option<Key> {
        let mut following = self.replica.durable.registers.after(after).map(|(key, _)| key);
        let last = following.by_ref().take(keys).last().cloned();
        last.filter(|_| following.next().is_some())
    }

    /// What this replica holds in a range.
    pub(super) fn within(&self, (after, last): &Range) -> impl Iterator<Item = (&Key, &Register)> {
        let following = self.replica.durable.registers.after(after.as_ref());
        following.take_while(move |(key, _)| last.as_ref().is_none_or(|last| *key <= last))
    }

    /// What this replica holds in `range` at keys that `peer` is a home of too.
    fn summary(&self, peer: ReplicaId, range: &Range) -> Vec<(Key, Vec<Version>)> {
        let shared = self.within(range).filter(|(key, _)| self.homes(key).contains(peer));
        shared.map(|(key, register)| (key.clone(), register.versions())).collect()
    }

    /// The parts of `range`, as equal as they can be, none of fewer keys than one message covers.
    fn parts(&self, peer: ReplicaId, range: &Range) -> Vec<Part> {
        let held = self.summary(peer, range);
        let size = held.len().div_ceil(PARTS).max(usize::from(self.policy.batch));
        let mut parts: Vec<_> = held.chunks(size).map(part_of).collect();
        match parts.last_mut() {
            Some(part) => part.last = range.1.clone(),
            None => parts.push(Part { last: range.1.clone(), ..part_of(&[]) }),
        }
        parts
    }

    /// Another home compares. What differs is divided by whoever holds more of it, until one message
    /// covers it.
    pub(super) fn on_compare(&mut self, from: ReplicaId, mut after: Option<Key>, parts: Vec<Part>) {
        let most = u64::from(self.policy.batch);
        for theirs in parts {
            let range = (after, theirs.last.clone());
            let versions = self.summary(from, &range);
            let own = Part { last: range.1.clone(), ..part_of(&versions) };
            if own.digest != theirs.digest {
                let after = range.0.clone();
                let message = if own.keys.max(theirs.keys) <= most {
                    Message::Summary { after, last: own.last, versions }
                } else if own.keys >= theirs.keys {
                    Message::Compare { after, parts: self.parts(from, &range) }
                } else {
                    Message::Compare { after, parts: vec![own] }
                };
                self.send(from, message);
            }
            after = theirs.last;
        }
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
            if let Some(register) = register.filter(|_| self.homes(key).contains(from)) {
                self.send(from, Message::Repair { key: key.clone(), register });
            }
        }
    }
}

/// The part that these are all keys of.
fn part_of(versions: &[(Key, Vec<Version>)]) -> Part {
    let mut fingerprint = Fingerprint::default();
    versions.hash(&mut fingerprint);
    let last = versions.last().map(|(key, _)| key.clone());
    Part { last, keys: versions.len() as u64, digest: fingerprint.finish() }
}
