//! The search over histories of which a model checker judges millions: a set of operations is one
//! word, and nothing is allocated before the search has failed somewhere with much left to place.

use std::collections::BTreeSet;

use super::Precedence;
use crate::consistency::facts::Fact;
use crate::consistency::register::Content;

/// Operations, by their numbers.
type Set = u8;

/// The largest number of operations.
pub(super) const CAPACITY: usize = Set::BITS as usize;

/// With fewer operations left than this, searching again is cheaper than remembering.
const WORTH_REMEMBERING: u32 = 4;

/// Whether a legal order exists: see [`super::legal_order_exists`].
pub(super) fn legal_order_exists(facts: &[Fact<'_>], precedence: Precedence) -> bool {
    let (Some(first), Some(last)) = (facts.first(), facts.last()) else { return true };
    let mut search = Search {
        facts,
        first_register: first.register,
        registers: last.register - first.register + 1,
        before: [0; CAPACITY],
        settled: 0,
        effectless: 0,
        contents: [Content::Nothing; CAPACITY],
        failed: BTreeSet::new(),
    };
    for (index, fact) in facts.iter().enumerate() {
        search.settled |= Set::from(fact.is_settled()) << index;
        search.effectless |= Set::from(!fact.is_update()) << index;
        for (other, earlier) in facts.iter().enumerate() {
            search.before[index] |= Set::from(precedence.puts(earlier, fact)) << other;
        }
    }
    search.can_complete(0)
}

struct Search<'f, 'h> {
    facts: &'f [Fact<'h>],
    first_register: usize,
    registers: usize,
    /// For each operation, those that must be placed before it.
    before: [Set; CAPACITY],
    settled: Set,
    effectless: Set,
    /// What each register holds after the operations placed so far.
    contents: [Content<'h>; CAPACITY],
    /// Situations from which no order can be completed.
    failed: BTreeSet<(Set, Vec<Content<'h>>)>,
}

impl<'h> Search<'_, 'h> {
    fn can_complete(&mut self, placed: Set) -> bool {
        let placed = self.place_effectless(placed);
        if self.settled & !placed == 0 {
            return true;
        }
        let left = self.all() & !placed & !self.effectless;
        let remembers = left.count_ones() >= WORTH_REMEMBERING;
        if remembers && self.failed.contains(&self.situation(placed)) {
            return false;
        }
        // Settled operations first: most that nobody answered never took effect.
        for candidates in [left & self.settled, left & !self.settled] {
            for next in members(candidates) {
                if self.before[next] & !placed != 0 {
                    continue;
                }
                let register = self.facts[next].register - self.first_register;
                let held = self.contents[register];
                if let Some(content) = self.facts[next].on(held) {
                    self.contents[register] = content;
                    if self.can_complete(placed | 1 << next) {
                        return true;
                    }
                    self.contents[register] = held;
                }
            }
        }
        if remembers {
            self.failed.insert(self.situation(placed));
        }
        false
    }

    fn place_effectless(&self, mut placed: Set) -> Set {
        loop {
            let fitting = members(self.effectless & !placed)
                .filter(|index| {
                    let fact = &self.facts[*index];
                    self.before[*index] & !placed == 0
                        && fact.found.allows(self.contents[fact.register - self.first_register])
                })
                .fold(0, |fitting, index| fitting | 1 << index);
            if fitting == 0 {
                return placed;
            }
            placed |= fitting;
        }
    }

    const fn all(&self) -> Set {
        Set::MAX >> (CAPACITY - self.facts.len())
    }

    fn situation(&self, placed: Set) -> (Set, Vec<Content<'h>>) {
        (placed, self.contents[..self.registers].to_vec())
    }
}

fn members(mut set: Set) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let member = (set != 0).then_some(set.trailing_zeros() as usize)?;
        set &= set - 1;
        Some(member)
    })
}
