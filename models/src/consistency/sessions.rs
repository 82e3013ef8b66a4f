//! The session guarantees (Terry et al. 1994), as far as clients can see them.
//!
//! Each observation was shown a set of updates of its register. The guarantees say which updates
//! that set may not lack; what it contains determines the content, in one order of all updates that
//! keeps the updates of each session in their order, as visibility and arbitration do in Viotti &
//! Vukolić (2016). Each session may see another order: one order for all is a stronger guarantee.
//!
//! Monotonic writes and writes-follow-reads are stated by Terry et al. of servers, which clients do
//! not see. Here they are stated of sessions: whoever has seen the effect is no longer shown a
//! store without its cause. A session that moves to a server that lags behind can violate them
//! although every server applies the updates in a good order.
//!
//! An addition and a compare-and-set observe first and update afterwards: what they found is judged
//! like a read, at whatever place in the order it fits, and their effect like a write.

use super::explanation::{Explanation, explanations_exist};
use super::facts::Fact;
use super::relation::Relation;
use super::set::OperationSet;

/// Whether every session sees its own updates: those it made earlier, and was told of.
pub(super) fn reads_its_writes(facts: &[Fact<'_>]) -> bool {
    each_session_agrees(facts, Rule::ReadYourWrites)
}

/// Whether every session keeps seeing what it has seen.
pub(super) fn reads_monotonically(facts: &[Fact<'_>]) -> bool {
    each_session_agrees(facts, Rule::MonotonicReads)
}

/// Whether every session that has seen an update keeps seeing what the update's session did before.
pub(super) fn writes_monotonically(facts: &[Fact<'_>]) -> bool {
    each_session_agrees(facts, Rule::MonotonicWrites)
}

/// Whether every session that has seen an update keeps seeing what the update's session had seen
/// before, and so on from update to update.
pub(super) fn writes_follow_reads(facts: &[Fact<'_>]) -> bool {
    let judge = Judge::new(facts, Rule::WritesFollowReads);
    // Which updates another one follows depends on what other sessions read: all are judged at
    // once.
    explanations_exist(facts, observations(facts), |chosen| {
        let mut causes = Relation::empty(facts.len());
        for explanation in chosen {
            for follower in judge.followers(explanation.observation) {
                for update in explanation.updates() {
                    causes.add(update, follower);
                }
            }
        }
        causes.close()
            && judge.sessions().all(|session| {
                let own: Vec<&Explanation> = judge.of_session(chosen, session).collect();
                judge.an_order_exists(&own, &causes)
            })
    })
}

fn each_session_agrees(facts: &[Fact<'_>], rule: Rule) -> bool {
    let judge = Judge::new(facts, rule);
    judge.sessions().all(|session| {
        let own = observations(facts).filter(|index| facts[*index].id.session == session);
        explanations_exist(facts, own, |chosen| {
            let own: Vec<&Explanation> = chosen.iter().collect();
            judge.an_order_exists(&own, &judge.earlier)
        })
    })
}

/// The facts that tell what their register held, unless their session did not wait for the answer.
pub(super) fn observations(facts: &[Fact<'_>]) -> impl Iterator<Item = usize> {
    (0..facts.len()).filter(|index| facts[*index].is_observation() && !facts[*index].abandoned)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    ReadYourWrites,
    MonotonicReads,
    MonotonicWrites,
    WritesFollowReads,
}

struct Judge<'f, 'h> {
    facts: &'f [Fact<'h>],
    rule: Rule,
    /// All that each session did before, and the last of it.
    earlier: Relation,
    previous: Relation,
}

impl<'f, 'h> Judge<'f, 'h> {
    fn new(facts: &'f [Fact<'h>], rule: Rule) -> Self {
        Self {
            facts,
            rule,
            earlier: Relation::session_order(facts),
            previous: Relation::direct_session_order(facts),
        }
    }

    fn sessions(&self) -> impl Iterator<Item = usize> {
        0..self.facts.iter().map(|fact| fact.id.session + 1).max().unwrap_or(0)
    }

    fn of_session<'e>(
        &self,
        explanations: &'e [Explanation],
        session: usize,
    ) -> impl Iterator<Item = &'e Explanation> {
        explanations
            .iter()
            .filter(move |explanation| self.facts[explanation.observation].id.session == session)
    }

    /// The updates that a session made knowing what it observed.
    fn followers(&self, observation: usize) -> impl Iterator<Item = usize> {
        (0..self.facts.len()).filter(move |index| {
            self.facts[*index].is_update()
                && (*index == observation || self.earlier.before(*index).contains(observation))
        })
    }

    /// Whether one order of the updates explains a session's observations, of which `own` are the
    /// explanations, although none was shown too little.
    fn an_order_exists(&self, own: &[&Explanation], causes: &Relation) -> bool {
        if own.is_empty() {
            return true;
        }
        let mut order = self.previous.clone();
        if self.rule == Rule::WritesFollowReads {
            order.extend(causes);
        }
        for explanation in own {
            let observation = &self.facts[explanation.observation];
            for required in self.required(explanation, own, causes).iter() {
                let fact = &self.facts[required];
                let concerns = fact.is_update() && fact.register == observation.register;
                if !concerns || explanation.includes(required) {
                    continue;
                }
                // It was shown and does not determine the content: something replaced it. Its own
                // effect was not shown to an observation.
                let Some(base) = explanation.base else { return false };
                if required == explanation.observation {
                    return false;
                }
                order.add(required, base);
            }
            if let Some(base) = explanation.base {
                for addition in explanation.additions.iter() {
                    order.add(base, addition);
                }
            }
        }
        order.close()
    }

    /// What must have been shown to the observation that `explanation` explains, in any register.
    fn required(
        &self,
        explanation: &Explanation,
        own: &[&Explanation],
        causes: &Relation,
    ) -> OperationSet {
        let observation = explanation.observation;
        let earlier = self.earlier.before(observation);
        let mut required = OperationSet::empty(self.facts.len());
        match self.rule {
            Rule::ReadYourWrites => required.extend(earlier),
            Rule::MonotonicReads => {
                for known in own.iter().filter(|known| earlier.contains(known.observation)) {
                    for update in known.updates() {
                        required.insert(update);
                    }
                }
            }
            Rule::MonotonicWrites | Rule::WritesFollowReads => {
                let known = own.iter().filter(|known| {
                    known.observation == observation || earlier.contains(known.observation)
                });
                for update in known.flat_map(|known| known.updates()) {
                    required.extend(causes.before(update));
                }
            }
        }
        required
    }
}
