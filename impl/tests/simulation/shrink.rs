//! Making a plan that fails smaller.

use std::time::Duration;

use holdfast_models::consistency::Guarantee;

use crate::judge::{Verdict, judged, run};
use crate::plan::Plan;
use crate::subject::Subject;

/// A smaller plan that fails too, and how.
pub(crate) fn shrunk<P: Subject>(
    plan: Plan<P>,
    promised: &[Guarantee],
    reason: String,
) -> (Plan<P>, String) {
    // What fails without asking for more is looked for without asking for more: that is faster.
    let judge: fn(&Plan<P>, &[Guarantee]) -> Verdict =
        if matches!(judged(&plan, promised), Verdict::Broken(_)) { judged } else { run };
    let (mut plan, mut reason) = (plan, reason);
    loop {
        let smaller =
            candidates(&plan).into_iter().find_map(|candidate| match judge(&candidate, promised) {
                Verdict::Broken(reason) => Some((candidate, reason)),
                Verdict::Kept => None,
            });
        let Some(found) = smaller else { return (plan, reason) };
        (plan, reason) = found;
    }
}

/// Plans with something less, the boldest first.
fn candidates<P: Subject>(plan: &Plan<P>) -> Vec<Plan<P>> {
    let mut candidates = Vec::new();
    let mut with = |change: &dyn Fn(&mut Plan<P>)| {
        let mut candidate = plan.clone();
        change(&mut candidate);
        candidates.push(candidate);
    };
    if plan.lost > 0 || plan.duplicated > 0 {
        with(&|plan| (plan.lost, plan.duplicated) = (0, 0));
    }
    if plan.slow > Duration::from_millis(1) {
        with(&|plan| plan.slow = Duration::from_millis(1));
    }
    for client in 0..plan.clients.len() {
        let length = plan.clients[client].len();
        if length > 1 {
            with(&|plan| plan.clients[client].truncate(length / 2));
            with(&|plan| drop(plan.clients[client].drain(..length / 2)));
        }
    }
    for fault in 0..plan.faults.len() {
        with(&|plan| {
            plan.faults.remove(fault);
        });
    }
    for client in 0..plan.clients.len() {
        for operation in 0..plan.clients[client].len() {
            with(&|plan| drop(plan.clients[client].remove(operation)));
        }
    }
    candidates
}
