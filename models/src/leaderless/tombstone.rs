//! Forgetting deletions: when a tombstone is no longer needed.

use super::transition::Turn;
use super::{Deletion, Message, Reaping, Register, Timer};
use crate::vocabulary::{Key, ReplicaId, ReplicaSet, Version};

impl Turn<'_> {
    /// A deletion is acknowledged: whoever coordinated it finds out when all homes have stored it.
    pub(super) fn begin_reaping(&mut self, key: Key, register: &Register, holders: ReplicaSet) {
        let Some(cell) = register.latest() else { return };
        match self.policy.deletion {
            Deletion::ReapedEverywhere => {
                let reaping = Reaping { version: cell.version, holders };
                self.replica.reaping.insert(key.clone(), reaping);
                self.reap_if_everywhere(&key);
            }
            Deletion::Tombstone | Deletion::ReapedAfterAWhile | Deletion::Erased => {}
        }
    }

    /// Another home has stored a tombstone whose client has been answered.
    pub(super) fn note_tombstone(&mut self, from: ReplicaId, versions: &[Version]) {
        let [version] = versions else { return };
        let found = self.replica.reaping.iter_mut().find(|(_, of)| of.version == *version);
        let Some((key, reaping)) = found else {
            // ignored: enough others were faster.
            return;
        };
        reaping.holders = reaping.holders.with(from);
        let key = key.clone();
        self.reap_if_everywhere(&key);
    }

    fn reap_if_everywhere(&mut self, key: &Key) {
        let Some(Reaping { version, holders }) = self.replica.reaping.get(key).copied() else {
            return;
        };
        if !self.homes(key).is_subset(holders) {
            return;
        }
        self.replica.reaping.remove(key);
        for home in self.other_homes(key).iter() {
            self.send(home, Message::Reap { key: key.clone(), version });
        }
        self.on_reap(key, version);
    }

    /// Sends the tombstone again to homes that have not stored it.
    pub(super) fn reap_again(&mut self) {
        for (key, Reaping { version, holders }) in self.replica.reaping.clone() {
            let register = Register::of(super::Cell { version, value: None });
            let tag = self.tag(version.author);
            for home in self.other_homes(&key).difference(holders).iter() {
                let (key, register) = (key.clone(), register.clone());
                self.send(home, Message::Store { tag, key, register });
            }
        }
    }

    /// All homes hold this tombstone.
    pub(super) fn on_reap(&mut self, key: &Key, version: Version) {
        let held = self.replica.durable.registers.get(key).and_then(Register::latest);
        let is_it = held.is_some_and(|cell| cell.version == version && cell.value.is_none());
        if is_it {
            self.replica.durable.registers.remove(key);
            self.persist();
        }
    }

    pub(super) fn arm_for_tombstones(&mut self) {
        match self.policy.deletion {
            Deletion::ReapedAfterAWhile if self.tombstones().next().is_some() => {
                self.effects.arm.push(Timer::Reap);
            }
            Deletion::ReapedAfterAWhile
            | Deletion::Tombstone
            | Deletion::ReapedEverywhere
            | Deletion::Erased => {}
        }
    }

    fn tombstones(&self) -> impl Iterator<Item = &Key> {
        let registers = self.replica.durable.registers.iter();
        let is_dead = |register: &Register| register.cells.iter().all(|cell| cell.value.is_none());
        registers.filter(move |(_, register)| is_dead(register)).map(|(key, _)| key)
    }

    /// Tombstones have been kept long enough, whoever holds them.
    pub(super) fn on_reap_timer(&mut self) {
        if self.policy.deletion != Deletion::ReapedAfterAWhile {
            return;
        }
        let keys: Vec<_> = self.tombstones().cloned().collect();
        for key in &keys {
            self.replica.durable.registers.remove(key);
        }
        if !keys.is_empty() {
            self.persist();
        }
    }
}
