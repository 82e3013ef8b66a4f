//! Session guarantees and causality once more, by trying all that a session may have been shown.

use std::collections::BTreeSet;

use super::views::{Oracle, Order, View, closed, is_kept};
use crate::consistency::{History, OperationId};

/// Whether each session has a view in which it is shown its own updates.
pub(crate) fn read_your_writes(history: &History) -> bool {
    let oracle = Oracle::new(history);
    oracle.each_session_has(|view| oracle.shows_own_updates(view))
}

/// Whether each session has a view in which it is shown ever more.
pub(crate) fn monotonic_reads(history: &History) -> bool {
    let oracle = Oracle::new(history);
    oracle.each_session_has(|view| oracle.shows_ever_more(view))
}

/// Whether each session has a view in which it is shown what came before an update in its session.
pub(crate) fn monotonic_writes(history: &History) -> bool {
    let oracle = Oracle::new(history);
    oracle.each_session_has(|view| oracle.shows_causes(view, &oracle.session_order))
}

/// Whether there are views in which each session is shown what an update's session had read.
pub(crate) fn writes_follow_reads(history: &History) -> bool {
    let oracle = Oracle::new(history);
    let views: Vec<Vec<View>> = oracle.observing_sessions().map(|s| oracle.views(s)).collect();
    some_choice(&views, &mut Vec::new(), &|chosen| {
        let causes = oracle.reads_before_writes(chosen);
        chosen
            .iter()
            .all(|view| is_kept(&causes, &view.order) && oracle.shows_causes(view, &causes))
    })
}

/// Whether each session has an order of all updates and its own operations that keeps causes before
/// effects.
pub(crate) fn causal(history: &History, across_notification: bool) -> bool {
    let oracle = Oracle::new(history);
    let views: Vec<Vec<View>> =
        oracle.observing_sessions().map(|s| oracle.serializations(s)).collect();
    let mut given = oracle.session_order.clone();
    if across_notification {
        given.extend(notifications(history));
    }
    some_choice(&views, &mut Vec::new(), &|chosen| {
        let mut causes = given.clone();
        for (observation, updates) in chosen.iter().flat_map(|view| &view.determined) {
            causes.extend(updates.iter().map(|update| (*update, *observation)));
        }
        let causes = closed(causes);
        let found: BTreeSet<_> =
            chosen.iter().flat_map(|view| view.determined.values().flatten().copied()).collect();
        let is_acyclic = causes.iter().all(|(first, second)| first != second);
        is_acyclic
            && chosen.iter().all(|view| {
                found.iter().all(|id| view.order.contains(id)) && is_kept(&causes, &view.order)
            })
    })
}

fn notifications(history: &History) -> Order {
    let mut order = Order::new();
    for (told_at, record) in history.operations() {
        for news in &record.told {
            for (first, one) in history.operations() {
                for (second, other) in history.operations() {
                    let is_known = first.session == news.session && first.index <= news.index;
                    let knows = second.session == told_at.session && second.index >= told_at.index;
                    if is_known && knows && one.precedes(other) {
                        order.insert((first, second));
                    }
                }
            }
        }
    }
    order
}

fn some_choice(
    views: &[Vec<View>],
    chosen: &mut Vec<View>,
    fits: &dyn Fn(&[View]) -> bool,
) -> bool {
    let Some(next) = views.get(chosen.len()) else { return fits(chosen) };
    next.iter().any(|view| {
        chosen.push(view.clone());
        let exists = some_choice(views, chosen, fits);
        chosen.pop();
        exists
    })
}

impl Oracle<'_> {
    fn shows_own_updates(&self, view: &View) -> bool {
        view.shown.iter().all(|(observation, shown)| {
            let key = self.record(*observation).operation.key();
            self.updates
                .iter()
                .filter(|update| self.record(**update).operation.key() == key)
                .filter(|update| self.session_order.contains(&(**update, *observation)))
                .all(|update| shown.contains(update))
        })
    }

    fn shows_ever_more(&self, view: &View) -> bool {
        view.shown.iter().all(|(later, more)| {
            let key = |id: &OperationId| self.record(*id).operation.key();
            view.shown
                .iter()
                .filter(|(earlier, _)| key(earlier) == key(later))
                .filter(|(earlier, _)| self.session_order.contains(&(**earlier, *later)))
                .all(|(_, shown)| shown.is_subset(more))
        })
    }

    fn shows_causes(&self, view: &View, causes: &Order) -> bool {
        view.shown.iter().all(|(later, shown)| {
            let is_known = |observation: &OperationId| {
                observation == later || self.session_order.contains(&(*observation, *later))
            };
            view.determined.iter().filter(|(observation, _)| is_known(observation)).all(
                |(_, determined)| {
                    causes
                        .iter()
                        .filter(|(cause, effect)| {
                            determined.contains(effect)
                                && self.updates.contains(cause)
                                && self.record(*cause).operation.key()
                                    == self.record(*later).operation.key()
                        })
                        .all(|(cause, _)| shown.contains(cause))
                },
            )
        })
    }

    fn reads_before_writes(&self, chosen: &[View]) -> Order {
        let mut causes = Order::new();
        for (observation, determined) in chosen.iter().flat_map(|view| &view.determined) {
            for update in &self.updates {
                let follows =
                    update == observation || self.session_order.contains(&(*observation, *update));
                if follows {
                    causes.extend(determined.iter().map(|cause| (*cause, *update)));
                }
            }
        }
        closed(causes)
    }

    fn each_session_has(&self, fits: impl Fn(&View) -> bool) -> bool {
        self.observing_sessions().all(|session| self.views(session).iter().any(&fits))
    }
}
