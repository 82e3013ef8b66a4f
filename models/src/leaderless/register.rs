//! What a replica makes of what it hears: which content wins, and which stay beside each other.

use std::cmp::Ordering;

use super::transition::Turn;
use super::{Agreement, Cell, Deletion, Leaderless, Register, Safeguard, TieBreak};
use crate::vocabulary::{Key, Value, Version};

impl Register {
    /// A register that holds `cell` and knows of nothing else.
    #[must_use]
    pub fn of(cell: Cell) -> Self {
        Self { cells: vec![cell], ..Self::default() }
    }

    /// Whether it was never written, as far as it tells.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The cell of the highest version.
    #[must_use]
    pub fn latest(&self) -> Option<&Cell> {
        self.cells.last()
    }

    /// The versions that it holds, in ascending order.
    #[must_use]
    pub fn versions(&self) -> Vec<Version> {
        self.cells.iter().map(|cell| cell.version).collect()
    }

    /// The values that it holds, in ascending order.
    #[must_use]
    pub fn values(&self) -> Vec<Value> {
        let mut values: Vec<_> = self.cells.iter().filter_map(|cell| cell.value.clone()).collect();
        values.sort();
        values.dedup();
        values
    }

    /// Both together: a cell stays unless the other has seen it and holds it no more (Preguiça et al.
    /// 2010).
    fn union(&self, other: &Self) -> Self {
        let stays = |cell: &&Cell, there: &Self| {
            there.cells.contains(cell) || !there.seen.contains(cell.version.dot())
        };
        let own = self.cells.iter().filter(|cell| stays(cell, other));
        let theirs = other.cells.iter().filter(|cell| stays(cell, self));
        let mut cells: Vec<_> = own.chain(theirs).cloned().collect();
        cells.sort();
        cells.dedup();
        let mut seen = self.seen.clone();
        seen.merge(&other.seen);
        Self { cells, seen }
    }
}

impl Leaderless {
    /// What `held` and `heard` amount to, where `heard` came later.
    #[must_use]
    pub fn merge(&self, held: &Register, heard: &Register) -> Register {
        if self.keeps_siblings() {
            return held.union(heard);
        }
        match (held.latest(), heard.latest()) {
            (_, None) => held.clone(),
            (Some(old), Some(new)) if !self.supersedes(new, old) => held.clone(),
            (Some(_) | None, Some(_)) => heard.clone(),
        }
    }

    /// Whether `new`, which came later, replaces `old`.
    fn supersedes(&self, new: &Cell, old: &Cell) -> bool {
        let (at, was) = (new.version, old.version);
        let by_time = (at.time, at.tick).cmp(&(was.time, was.tick));
        let by_author = (at.author, at.origin).cmp(&(was.author, was.origin));
        let order = match (self.agreement, self.ties) {
            // Versions are ballots, which no two proposers share.
            (Agreement::Conditional | Agreement::Everything, _) => {
                by_time.then(at.origin.cmp(&was.origin)).then(by_author)
            }
            (Agreement::Nothing, TieBreak::Author) => by_time.then(by_author),
            (Agreement::Nothing, TieBreak::Value) => by_time.then(new.value.cmp(&old.value)),
            (Agreement::Nothing, TieBreak::Arrival) if new == old => Ordering::Equal,
            (Agreement::Nothing, TieBreak::Arrival) => by_time.then(Ordering::Greater),
        };
        order == Ordering::Greater
    }
}

impl Turn<'_> {
    /// What this replica holds at `key`, whether for itself or for others.
    pub(super) fn held(&self, key: &Key) -> Register {
        let durable = &self.replica.durable;
        if let Some(register) = durable.registers.get(key) {
            return register.clone();
        }
        let hints = durable.hints.iter().filter(|(hint, _)| hint.key == *key);
        hints.fold(Register::default(), |all, (_, kept)| self.policy.merge(&all, kept))
    }

    /// Makes `register` part of what this home holds.
    pub(super) fn hold(&mut self, key: &Key, register: &Register) {
        let held = self.replica.durable.registers.get(key).cloned().unwrap_or_default();
        let mut next = if self.policy.has(Safeguard::OlderContentsIgnored) {
            self.policy.merge(&held, register)
        } else {
            register.clone()
        };
        self.observe(register);
        if self.policy.deletion == Deletion::Erased {
            next.cells.retain(|cell| cell.value.is_some());
        }
        if next == held {
            return;
        }
        let registers = &mut self.replica.durable.registers;
        if next == Register::default() {
            registers.remove(key);
        } else {
            registers.insert(key.clone(), next);
        }
        self.persist();
        self.arm_for_tombstones();
    }
}
