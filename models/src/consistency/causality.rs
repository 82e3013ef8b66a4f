//! Causal consistency: causal memory (Ahamad et al. 1995), and the same across notifications.
//!
//! One operation causes another if it comes before it in its session, or if it made its register
//! hold what the other found there, or through operations in between. Across notifications, what a
//! session had done and been answered when it told another also causes what the other does next.
//!
//! The guarantee: there is a choice of explanations of what was found, such that nothing causes
//! itself and every session has its own order of all updates and its own operations, which keeps
//! causes before effects and in which the session found what its explanations say. Sessions may
//! disagree about the order of updates neither of which caused the other. An update that nobody
//! answered is in the orders if somebody found it.
//!
//! Given the explanations, a session's order exists unless the constraints form a cycle: what must
//! come before an observation and does not determine its content must also come before the update
//! that replaced it (Bouajjani et al. 2017, hb of CM).

use super::explanation::{Explanation, explanations_exist};
use super::facts::Fact;
use super::history::History;
use super::relation::Relation;
use super::sessions::observations;

/// Whether causes come before effects in every session's order.
pub(super) fn is_causal(facts: &[Fact<'_>]) -> bool {
    session_orders_exist(facts, &Relation::direct_session_order(facts))
}

/// The same, and what one session tells another outside the store is a cause too.
pub(super) fn is_causal_across_notification(facts: &[Fact<'_>], history: &History) -> bool {
    let mut order = Relation::direct_session_order(facts);
    add_notifications(facts, history, &mut order);
    session_orders_exist(facts, &order)
}

/// Only what had returned when the told session went on: the notice cannot vouch for more.
fn add_notifications(facts: &[Fact<'_>], history: &History, order: &mut Relation) {
    for (told_at, record) in history.operations() {
        for news in &record.told {
            let done =
                |fact: &Fact<'_>| fact.id.session == news.session && fact.id.index <= news.index;
            let does_next = |fact: &Fact<'_>| {
                fact.id.session == told_at.session && fact.id.index >= told_at.index
            };
            for (cause, one) in facts.iter().enumerate().filter(|(_, fact)| done(fact)) {
                for (effect, other) in facts.iter().enumerate().filter(|(_, fact)| does_next(fact))
                {
                    if one.precedes(other) {
                        order.add(cause, effect);
                    }
                }
            }
        }
    }
}

fn session_orders_exist(facts: &[Fact<'_>], order: &Relation) -> bool {
    explanations_exist(facts, observations(facts), |chosen| {
        let mut causes = order.clone();
        for explanation in chosen {
            for update in explanation.updates() {
                causes.add(update, explanation.observation);
            }
        }
        causes.close() && every_session_has_an_order(facts, &causes, chosen)
    })
}

fn every_session_has_an_order(
    facts: &[Fact<'_>],
    causes: &Relation,
    chosen: &[Explanation],
) -> bool {
    let session_of = |explanation: &Explanation| facts[explanation.observation].id.session;
    let sessions = chosen.iter().map(|explanation| session_of(explanation) + 1).max().unwrap_or(0);
    (0..sessions).all(|session| {
        let own: Vec<&Explanation> =
            chosen.iter().filter(|explanation| session_of(explanation) == session).collect();
        an_order_exists(facts, causes.clone(), &own)
    })
}

/// Adds to `order` what the observations of one session demand, until nothing is missing.
fn an_order_exists(facts: &[Fact<'_>], mut order: Relation, own: &[&Explanation]) -> bool {
    for explanation in own {
        if let Some(base) = explanation.base {
            for addition in explanation.additions.iter() {
                if !order.add_closed(base, addition) {
                    return false;
                }
            }
        }
    }
    loop {
        let mut is_complete = true;
        for explanation in own {
            let observation = explanation.observation;
            for earlier in order.before(observation).clone().iter() {
                let concerns = facts[earlier].is_update()
                    && facts[earlier].register == facts[observation].register;
                if !concerns || explanation.includes(earlier) {
                    continue;
                }
                let Some(base) = explanation.base else { return false };
                if !order.before(base).contains(earlier) {
                    is_complete = false;
                    if !order.add_closed(earlier, base) {
                        return false;
                    }
                }
            }
        }
        if is_complete {
            return true;
        }
    }
}
