//! Reads-from: which updates made a register hold what an operation found there.
//!
//! Clients see values, not versions. Where every value is written once, what an operation found
//! has one explanation; where values repeat or additions lead to the same sum, it has several, and
//! a guarantee holds if some choice of explanations satisfies it. To find that none does may take
//! time exponential in the number of repetitions: long histories want values that do not repeat.

use std::cmp::Reverse;

use super::facts::Fact;
use super::register::{Content, Effect, Found};
use super::set::OperationSet;
use super::total_order::is_linearizable;

/// The updates that determine a content: the last that replaced it, and the additions since.
#[derive(Clone, Debug)]
pub(super) struct Explanation {
    /// The fact whose outcome is explained.
    pub(super) observation: usize,
    /// The update that replaced whatever was there; `None` is the empty register.
    pub(super) base: Option<usize>,
    /// The additions on top of it.
    pub(super) additions: OperationSet,
}

impl Explanation {
    /// Whether `update` is one of those that determine the content.
    pub(super) fn includes(&self, update: usize) -> bool {
        self.base == Some(update) || self.additions.contains(update)
    }

    /// Those that determine the content.
    pub(super) fn updates(&self) -> impl Iterator<Item = usize> {
        self.base.into_iter().chain(self.additions.iter())
    }
}

/// Every explanation of what one operation found. An operation never explains itself: it found what
/// was there before its own effect.
pub(super) struct Explanations<'f, 'h> {
    facts: &'f [Fact<'h>],
    observation: usize,
    /// The bases still to be tried and what each left behind, the one that is being tried last.
    bases: Vec<(Option<usize>, Content<'h>)>,
    additions: Vec<Addition>,
    /// Of how many additions is decided whether they take part, which do, and what they add up to.
    decided: usize,
    chosen: OperationSet,
    sum: i128,
    /// Whether the choices so far have been answered and the last must be changed.
    is_spent: bool,
}

struct Addition {
    index: usize,
    amount: i128,
    /// The least and the most that this one and all later ones can add up to.
    reach: (i128, i128),
}

impl<'f, 'h> Explanations<'f, 'h> {
    /// The explanations of what the fact at `observation` found.
    pub(super) fn of(facts: &'f [Fact<'h>], observation: usize) -> Self {
        let register = facts[observation].register;
        let first = facts.partition_point(|fact| fact.register < register);
        let end = facts.partition_point(|fact| fact.register <= register);
        let additions = additions(facts, observation, first..end);
        let bases = bases(facts, observation, first..end, !additions.is_empty());
        Self {
            facts,
            observation,
            bases,
            additions,
            decided: 0,
            chosen: OperationSet::empty(facts.len()),
            sum: 0,
            is_spent: false,
        }
    }

    /// Goes on to the next choice of additions to `content` that may lead to what was found.
    /// Whether there is one.
    fn choose_additions(&mut self, content: Content<'h>) -> bool {
        if self.is_spent && !self.change_last() {
            return false;
        }
        loop {
            if !self.can_lead_there(content) {
                if !self.change_last() {
                    return false;
                }
            } else if let Some(addition) = self.additions.get(self.decided) {
                self.chosen.insert(addition.index);
                self.sum += addition.amount;
                self.decided += 1;
            } else {
                self.is_spent = true;
                return true;
            }
        }
    }

    /// Leaves out the last addition that takes part, and decides anew on those after it. Whether
    /// there was one; if not, all is as at the start.
    fn change_last(&mut self) -> bool {
        self.is_spent = false;
        while self.decided > 0 {
            let addition = &self.additions[self.decided - 1];
            if self.chosen.contains(addition.index) {
                self.chosen.remove(addition.index);
                self.sum -= addition.amount;
                return true;
            }
            self.decided -= 1;
        }
        false
    }

    /// Whether the sum that was found, if it is known, is within reach of the open decisions.
    fn can_lead_there(&self, content: Content<'h>) -> bool {
        let Some(goal) = self.facts[self.observation].found.number() else { return true };
        let reach = self.additions.get(self.decided).map_or((0, 0), |addition| addition.reach);
        content.number().is_some_and(|number| {
            let missing = i128::from(goal) - i128::from(number) - self.sum;
            (reach.0..=reach.1).contains(&missing)
        })
    }

    fn explains(&self, content: Content<'h>) -> bool {
        let has_additions = self.chosen.iter().next().is_some();
        let content = if has_additions { content.plus(self.sum) } else { Some(content) };
        content.is_some_and(|content| self.facts[self.observation].found.allows(content))
    }
}

/// The bases that may have been found, those that were the latest at the time last: they are the
/// most likely. Those invoked only afterwards come first.
fn bases<'h>(
    facts: &[Fact<'h>],
    observation: usize,
    register: std::ops::Range<usize>,
    has_additions: bool,
) -> Vec<(Option<usize>, Content<'h>)> {
    let Fact { found, returned, .. } = facts[observation];
    let is_possible = |content| has_additions || found.allows(content);
    let mut bases = Vec::new();
    if is_possible(Content::Nothing) {
        bases.push((None, Content::Nothing));
    }
    for index in register.filter(|index| *index != observation) {
        match facts[index].effect {
            Effect::None | Effect::Add(_) => {}
            Effect::Put(content) if is_possible(content) => bases.push((Some(index), content)),
            Effect::Put(_) => {}
        }
    }
    bases.sort_by_key(|(base, _)| {
        let invoked = base.map(|base| facts[base].invoked);
        (returned >= invoked, invoked)
    });
    bases
}

/// The additions that may take part, large ones first: what they leave missing decides early. Among
/// equals, those that counted less than was found are likely to have been seen, in that order; then
/// those that nobody answered.
fn additions(
    facts: &[Fact<'_>],
    observation: usize,
    register: std::ops::Range<usize>,
) -> Vec<Addition> {
    let mut additions = Vec::new();
    if matches!(facts[observation].found, Found::Exactly(Content::Nothing | Content::Text(_))) {
        return additions;
    }
    for index in register.filter(|index| *index != observation) {
        match facts[index].effect {
            Effect::None | Effect::Put(_) => {}
            Effect::Add(amount) => {
                additions.push(Addition { index, amount: i128::from(amount), reach: (0, 0) });
            }
        }
    }
    let goal = facts[observation].found.number();
    additions.sort_by_key(|addition| {
        let fact = &facts[addition.index];
        let (rank, counted) = match (fact.found.number(), goal) {
            (Some(counted), Some(goal)) if counted >= goal => (2, counted),
            (Some(counted), _) => (0, counted),
            (None, _) => (1, 0),
        };
        (Reverse(addition.amount.unsigned_abs()), rank, counted, fact.invoked)
    });
    let mut reach = (0, 0);
    for addition in additions.iter_mut().rev() {
        reach = (reach.0 + addition.amount.min(0), reach.1 + addition.amount.max(0));
        addition.reach = reach;
    }
    additions
}

impl Iterator for Explanations<'_, '_> {
    type Item = Explanation;

    fn next(&mut self) -> Option<Explanation> {
        loop {
            let (base, content) = *self.bases.last()?;
            if !self.choose_additions(content) {
                self.bases.pop();
            } else if self.explains(content) {
                let (observation, additions) = (self.observation, self.chosen.clone());
                return Some(Explanation { observation, base, additions });
            }
        }
    }
}

/// With more ambiguous observations than this, an order that explains all at once is tried first.
const MANY_AMBIGUOUS: usize = 8;

/// Whether every one of `observations` has an explanation such that `accepts` accepts them
/// together.
///
/// It is asked about ever more of them: what it rejects, more of them must not mend. What one order
/// of all operations in real time explains, it must accept.
pub(super) fn explanations_exist(
    facts: &[Fact<'_>],
    observations: impl Iterator<Item = usize>,
    accepts: impl Fn(&[Explanation]) -> bool,
) -> bool {
    let mut chosen = Vec::new();
    let mut ambiguous = Vec::new();
    for observation in observations {
        let mut explanations = Explanations::of(facts, observation);
        match (explanations.next(), explanations.next()) {
            (None, _) => return false,
            (Some(only), None) => chosen.push(only),
            (Some(_), Some(_)) => ambiguous.push(observation),
        }
    }
    if !accepts(&chosen) {
        return false;
    }
    if ambiguous.len() > MANY_AMBIGUOUS && is_linearizable(facts) {
        return true;
    }
    // What contradicts each other is rarely far apart in time.
    ambiguous.sort_by_key(|observation| facts[*observation].invoked);
    let certain = chosen.len();
    let mut untried: Vec<Explanations<'_, '_>> = Vec::new();
    while let Some(observation) = ambiguous.get(untried.len()) {
        untried.push(Explanations::of(facts, *observation));
        loop {
            let depth = untried.len();
            let Some(explanations) = untried.last_mut() else { return false };
            chosen.truncate(certain + depth - 1);
            if let Some(explanation) = explanations.next() {
                chosen.push(explanation);
                if accepts(&chosen) {
                    break;
                }
            } else {
                untried.pop();
            }
        }
    }
    true
}
