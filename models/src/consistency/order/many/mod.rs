//! The search over histories of any length, such as recorded runs.
//!
//! Operations that precede each other form chains, one for each session, so that what is placed is
//! how far each chain has come. The operation that returned first is tried first: where a store
//! keeps its promise, that is nearly always right. The rest keeps wrong turns short:
//!
//! - A content is not replaced while somebody has yet to find it and nothing left can bring it
//!   back.
//! - A write that nobody has yet to find is placed for free before another write.
//! - An operation that nobody answered is placed only if somebody can tell, one of several that
//!   would do the same is enough, and having needed fewer of them is better.

mod plan;

use std::collections::BTreeMap;

use self::plan::{Place, Plan};
use super::Precedence;
use crate::consistency::facts::Fact;
use crate::consistency::history::Phase;
use crate::consistency::register::{Content, Effect, Found};
use crate::consistency::set::OperationSet;

/// Whether a legal order exists: see [`super::legal_order_exists`].
pub(super) fn legal_order_exists(facts: &[Fact<'_>], precedence: Precedence) -> bool {
    let Some(first) = facts.first() else { return true };
    let first_register = first.register;
    let facts: Vec<Fact<'_>> = facts
        .iter()
        .map(|fact| Fact { register: fact.register - first_register, ..*fact })
        .collect();
    let plan = Plan::new(&facts, precedence);
    Search { plan: &plan }.finds_an_order()
}

/// How far each chain has come, and what the registers hold then.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Progress<'h> {
    placed: Box<[u32]>,
    contents: Box<[Content<'h>]>,
}

/// Progress, and which of the operations that nobody answered took effect for it.
#[derive(Clone)]
struct Situation<'h> {
    progress: Progress<'h>,
    taken: OperationSet,
}

/// A situation, and the operations still to be tried next, the best one last.
struct Step<'h> {
    situation: Situation<'h>,
    untried: Vec<usize>,
}

/// The situations met so far. One that needed more unanswered operations than another for the same
/// progress leads nowhere that the other does not.
#[derive(Default)]
struct Met<'h>(BTreeMap<Progress<'h>, Vec<OperationSet>>);

impl<'h> Met<'h> {
    /// Whether `situation` promises anything new.
    fn is_news(&mut self, situation: &Situation<'h>) -> bool {
        let taken = self.0.entry(situation.progress.clone()).or_default();
        let is_news = !taken.iter().any(|fewer| fewer.is_subset(&situation.taken));
        if is_news {
            taken.retain(|more| !situation.taken.is_subset(more));
            taken.push(situation.taken.clone());
        }
        is_news
    }
}

struct Search<'p, 'f, 'h> {
    plan: &'p Plan<'f, 'h>,
}

impl<'f, 'h> Search<'_, 'f, 'h> {
    fn finds_an_order(&self) -> bool {
        let mut met = Met::default();
        let mut steps: Vec<Step<'h>> = Vec::new();
        let mut next = Some(Situation {
            progress: Progress {
                placed: vec![0; self.plan.chains.len()].into_boxed_slice(),
                contents: vec![Content::Nothing; self.plan.registers].into_boxed_slice(),
            },
            taken: OperationSet::empty(self.plan.alone.len()),
        });
        loop {
            if let Some(mut situation) = next.take() {
                let horizons = self.place_effectless(&mut situation);
                if (0..self.plan.chains.len()).all(|chain| self.next(&situation, chain).is_none()) {
                    return true;
                }
                if met.is_news(&situation) {
                    let untried = self.candidates(&situation, &horizons);
                    steps.push(Step { situation, untried });
                }
            }
            let Some(step) = steps.last_mut() else { return false };
            match step.untried.pop() {
                Some(index) => next = Some(self.place(&step.situation, index)),
                None => {
                    steps.pop();
                }
            }
        }
    }

    /// The next operation of `chain`.
    fn next(&self, situation: &Situation<'h>, chain: usize) -> Option<usize> {
        self.plan.chains[chain].get(situation.progress.placed[chain] as usize).copied()
    }

    fn is_left(&self, situation: &Situation<'h>, index: usize) -> bool {
        match self.plan.places[index] {
            Place::InChain { chain, position } => position >= situation.progress.placed[chain],
            Place::Alone { number } => !situation.taken.contains(number),
        }
    }

    /// For each scope, when the first of the operations left to place returned. What was invoked
    /// later cannot be placed yet.
    fn horizons(&self, situation: &Situation<'h>) -> Vec<Phase> {
        let mut horizons = vec![Phase(u32::MAX); self.plan.scopes];
        for index in (0..self.plan.chains.len()).filter_map(|chain| self.next(situation, chain)) {
            let horizon = &mut horizons[self.plan.scope_of[index]];
            if let Some(returned) = self.plan.facts[index].returned {
                *horizon = returned.min(*horizon);
            }
        }
        horizons
    }

    fn place_effectless(&self, situation: &mut Situation<'h>) -> Vec<Phase> {
        loop {
            let horizons = self.horizons(situation);
            let mut is_done = true;
            for chain in 0..self.plan.chains.len() {
                while let Some(index) = self.next(situation, chain)
                    && self.plan.facts[index].invoked <= horizons[self.plan.scope_of[index]]
                    && !self.plan.facts[index].is_update()
                    && self.fits(situation, index)
                {
                    situation.progress.placed[chain] += 1;
                    is_done = false;
                }
            }
            if is_done {
                return horizons;
            }
        }
    }

    fn fits(&self, situation: &Situation<'h>, index: usize) -> bool {
        let fact = &self.plan.facts[index];
        fact.on(situation.progress.contents[fact.register]).is_some()
    }

    /// The updates worth placing next, the one that returned first last, those that nobody answered
    /// before all others.
    fn candidates(&self, situation: &Situation<'h>, horizons: &[Phase]) -> Vec<usize> {
        let facts = self.plan.facts;
        let is_open = |index: &usize| {
            let fact = &facts[*index];
            fact.is_update()
                && fact.invoked <= horizons[self.plan.scope_of[*index]]
                && self.fits(situation, *index)
                && !self.replaces_what_is_needed(situation, *index)
        };
        let chains = 0..self.plan.chains.len();
        let mut settled: Vec<usize> =
            chains.filter_map(|chain| self.next(situation, chain)).filter(is_open).collect();
        settled.sort_by_key(|index| std::cmp::Reverse(facts[*index].returned));
        let mut candidates: Vec<usize> = Vec::new();
        for index in self.plan.alone.iter().copied() {
            let fact = &facts[index];
            let does_the_same = |other: &usize| {
                let other = &facts[*other];
                (other.register, other.found, other.effect)
                    == (fact.register, fact.found, fact.effect)
            };
            if self.is_left(situation, index)
                && !self.is_unneeded(situation, index)
                && !candidates.iter().any(does_the_same)
                && is_open(&index)
            {
                candidates.push(index);
            }
        }
        candidates.extend(settled);
        candidates
    }

    /// Whether placing the operation at `index` replaces a content that a settled operation has yet
    /// to find and that nothing left to place leaves behind.
    fn replaces_what_is_needed(&self, situation: &Situation<'h>, index: usize) -> bool {
        let fact = &self.plan.facts[index];
        let content = situation.progress.contents[fact.register];
        if fact.on(content) == Some(content) {
            return false;
        }
        let Some(uses) = self.plan.uses(fact.register, content) else { return false };
        let is_left = |other: &usize| *other != index && self.is_left(situation, *other);
        let must_be_placed = |other: &usize| self.plan.facts[*other].is_settled();
        uses.finders.iter().filter(|other| must_be_placed(other)).any(is_left)
            && !uses.sources.iter().any(is_left)
    }

    /// Whether nobody has yet to find what the operation at `index` leaves behind.
    fn is_unneeded(&self, situation: &Situation<'h>, index: usize) -> bool {
        let finders = self.plan.finders_of(&self.plan.facts[index]);
        finders.is_some_and(|finders| {
            !finders.iter().any(|other| *other != index && self.is_left(situation, *other))
        })
    }

    fn place(&self, situation: &Situation<'h>, index: usize) -> Situation<'h> {
        let fact = &self.plan.facts[index];
        let mut next = situation.clone();
        if is_write(fact) {
            self.place_unneeded_before(&mut next, index);
        }
        let content = fact.on(next.progress.contents[fact.register]);
        next.progress.contents[fact.register] = content.expect("a candidate can take effect");
        match self.plan.places[index] {
            Place::InChain { chain, .. } => next.progress.placed[chain] += 1,
            Place::Alone { number } => next.taken.insert(number),
        }
        next
    }

    /// Places the writes that the one at `index` replaces before anybody could find them.
    fn place_unneeded_before(&self, situation: &mut Situation<'h>, index: usize) {
        let horizons = self.horizons(situation);
        for chain in 0..self.plan.chains.len() {
            if let Some(other) = self.next(situation, chain)
                && other != index
                && is_write(&self.plan.facts[other])
                && self.plan.facts[other].register == self.plan.facts[index].register
                && self.plan.facts[other].invoked <= horizons[self.plan.scope_of[other]]
                && self.is_unneeded(situation, other)
            {
                situation.progress.placed[chain] += 1;
            }
        }
    }
}

/// Whether it replaces whatever is there.
fn is_write(fact: &Fact<'_>) -> bool {
    match (fact.found, fact.effect) {
        (Found::Untold, Effect::Put(_)) => true,
        (
            Found::Untold | Found::Exactly(_) | Found::Other(_) | Found::Counted(_),
            Effect::None | Effect::Put(_) | Effect::Add(_),
        ) => false,
    }
}
