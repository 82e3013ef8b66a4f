//! What the search over long histories knows before it starts: chains of operations, and who needs
//! what from whom.

use std::collections::BTreeMap;

use super::super::Precedence;
use crate::consistency::facts::Fact;
use crate::consistency::register::{Content, Found};

/// Where an operation waits to be placed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// Behind those before it in a chain.
    InChain {
        /// Which chain.
        chain: usize,
        /// Which of its operations.
        position: u32,
    },
    /// On its own: nobody answered it, and it may never be placed.
    Alone {
        /// Its number among those.
        number: usize,
    },
}

/// Who finds a content, and who leaves it behind.
#[derive(Default)]
pub(super) struct Uses {
    pub(super) finders: Vec<usize>,
    pub(super) sources: Vec<usize>,
}

/// The operations to place, by their numbers among the facts.
pub(super) struct Plan<'f, 'h> {
    pub(super) facts: &'f [Fact<'h>],
    /// Settled operations each of which precedes the next.
    pub(super) chains: Vec<Vec<usize>>,
    /// Operations that nobody answered, in the order of their invocations.
    pub(super) alone: Vec<usize>,
    pub(super) places: Vec<Place>,
    /// Only operations in the same scope precede each other.
    pub(super) scope_of: Vec<usize>,
    pub(super) scopes: usize,
    pub(super) registers: usize,
    uses: BTreeMap<(usize, Content<'h>), Uses>,
    /// For each register: whether a content can also come from an addition of which nobody was
    /// told the sum.
    has_untold_sums: Vec<bool>,
    /// For each register: whether every operation that depends on the content names it.
    is_plain: Vec<bool>,
}

impl<'f, 'h> Plan<'f, 'h> {
    pub(super) fn new(facts: &'f [Fact<'h>], precedence: Precedence) -> Self {
        let registers = facts.last().map_or(0, |fact| fact.register + 1);
        let mut plan = Self {
            facts,
            chains: Vec::new(),
            alone: Vec::new(),
            places: vec![Place::Alone { number: 0 }; facts.len()],
            scope_of: Vec::new(),
            scopes: 0,
            registers,
            uses: BTreeMap::new(),
            has_untold_sums: vec![false; registers],
            is_plain: vec![true; registers],
        };
        plan.divide_scopes(precedence);
        plan.link_chains();
        plan.index_uses();
        plan
    }

    fn divide_scopes(&mut self, precedence: Precedence) {
        self.scopes = self.facts.iter().map(|fact| fact.id.session + 1).max().unwrap_or(0);
        for fact in self.facts {
            self.scope_of.push(match precedence {
                Precedence::RealTime => 0,
                Precedence::UpdatesOfSessions if !fact.is_update() => {
                    self.scopes += 1;
                    self.scopes - 1
                }
                Precedence::Sessions | Precedence::UpdatesOfSessions => fact.id.session,
            });
        }
    }

    fn link_chains(&mut self) {
        let mut by_invocation: Vec<usize> = (0..self.facts.len()).collect();
        by_invocation.sort_by_key(|index| self.facts[*index].invoked);
        let mut latest: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for index in by_invocation {
            let fact = &self.facts[index];
            if !fact.is_settled() {
                self.places[index] = Place::Alone { number: self.alone.len() };
                self.alone.push(index);
                continue;
            }
            let line = (self.scope_of[index], fact.id.session);
            let continued = latest.get(&line).copied().filter(|chain| {
                let last = self.chains[*chain].last();
                last.is_some_and(|last| self.facts[*last].precedes(fact))
            });
            let chain = continued.unwrap_or(self.chains.len());
            if continued.is_none() {
                self.chains.push(Vec::new());
                latest.insert(line, chain);
            }
            let position = self.chains[chain].len() as u32;
            self.places[index] = Place::InChain { chain, position };
            self.chains[chain].push(index);
        }
    }

    fn index_uses(&mut self) {
        for (index, fact) in self.facts.iter().enumerate() {
            match fact.found {
                Found::Untold => {}
                Found::Exactly(content) => {
                    self.uses.entry((fact.register, content)).or_default().finders.push(index);
                }
                Found::Other(_) | Found::Counted(_) => self.is_plain[fact.register] = false,
            }
            if let Some(content) = fact.result() {
                self.uses.entry((fact.register, content)).or_default().sources.push(index);
            } else if fact.is_update() {
                self.has_untold_sums[fact.register] = true;
                self.is_plain[fact.register] = false;
            }
        }
    }

    /// Who finds and who leaves `content` in `register`, if nobody can leave it unnoticed.
    pub(super) fn uses(&self, register: usize, content: Content<'h>) -> Option<&Uses> {
        if self.has_untold_sums[register] {
            return None;
        }
        self.uses.get(&(register, content))
    }

    /// Who can find what `fact` leaves behind; `None` if that cannot be told.
    pub(super) fn finders_of(&self, fact: &Fact<'h>) -> Option<&[usize]> {
        let content = fact.result().filter(|_| self.is_plain[fact.register])?;
        Some(self.uses.get(&(fact.register, content)).map_or(&[], |uses| &uses.finders))
    }
}
