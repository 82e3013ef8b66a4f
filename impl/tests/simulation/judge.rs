//! Whether a run kept what its configuration promises.

use std::time::Duration;

use holdfast_models::consistency::{Guarantee, History};
use holdfast_node::config::Timers;
use holdfast_node::steps::replay;

use crate::plan::{Plan, TROUBLE};
use crate::site::{CONFIGURATION, Site};
use crate::subject::Subject;
use crate::world::World;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Kept,
    Broken(String),
}

/// After the trouble, so long may it take until everybody has been answered.
const RECOVERY: Duration = Duration::from_secs(40);

/// So long may it take until all replicas show the same. A candidate whose log is behind is refused,
/// and yet begins an epoch and puts off the others: several elections may come to nothing.
const CONVERGENCE: Duration = Duration::from_secs(15);

/// What clients saw.
pub(crate) fn history<P: Subject>(plan: &Plan<P>) -> History {
    let mut world = World::new(plan);
    world.run(TROUBLE + RECOVERY);
    world.history
}

/// Whether what clients saw is as `promised`. Nothing else is asked.
pub(crate) fn judged<P: Subject>(plan: &Plan<P>, promised: &[Guarantee]) -> Verdict {
    match broken(plan, &history(plan), promised) {
        None => Verdict::Kept,
        Some(reason) => Verdict::Broken(reason),
    }
}

fn broken<P: Subject>(plan: &Plan<P>, history: &History, promised: &[Guarantee]) -> Option<String> {
    P::judged(plan, history, promised).into_iter().find_map(|(history, promised)| {
        let guarantee = promised.iter().find(|guarantee| !guarantee.holds(&history))?;
        Some(told(*guarantee, &history))
    })
}

/// Whether everything was as promised: every replica started whose disk had not failed, every client
/// was done once the trouble was over, all replicas show the same in the end, what clients saw is as
/// `promised`, and every trace replays.
pub(crate) fn run<P: Subject>(plan: &Plan<P>, promised: &[Guarantee]) -> Verdict {
    let fails = |reason: String| Verdict::Broken(reason);
    let mut world = World::new(plan);
    let all_answered = world.run(TROUBLE + RECOVERY);
    if let Some(refused) = &world.refused {
        return fails(refused.clone());
    }
    if let Some(reason) = broken(plan, &world.history, promised) {
        return fails(reason);
    }
    let down = world.sites.iter().filter(|site| site.has_refused).count();
    if plan.policy.outlives(down) {
        if !all_answered {
            return fails("a client has had no answer, long after the last fault".to_owned());
        }
        world.settle(TROUBLE + CONVERGENCE);
        if let Some(reason) = differing(&world.sites) {
            return fails(reason);
        }
        let replicas: Vec<_> = world.sites.iter().filter_map(Site::replica).collect();
        if let Some(reason) = P::forgotten(plan, &world.history, &replicas, down) {
            return fails(reason);
        }
    }
    for site in &world.sites {
        for trace in &site.traces {
            let bytes = trace.0.lock().expect("there is one thread");
            if let Err(divergence) =
                replay(&plan.policy.paced(&Timers::default()), CONFIGURATION, &bytes)
            {
                return fails(format!("the trace of a replica: {divergence}"));
            }
        }
    }
    Verdict::Kept
}

fn differing<P: Subject>(sites: &[Site<P>]) -> Option<String> {
    let pairs = sites.iter().flat_map(|one| sites.iter().map(move |other| (one, other)));
    let (one, other) = pairs.into_iter().find(|(one, other)| !one.agrees(other))?;
    let (first, other) = (one.me, other.me);
    let told: Vec<_> = sites.iter().map(Site::<P>::told).collect();
    let told = told.join("\n");
    Some(format!("in the end {first} and {other} show different things:\n{told}"))
}

fn told(guarantee: Guarantee, history: &History) -> String {
    let mut text = format!("not {}:", guarantee.name());
    for (id, record) in history.operations() {
        let outcome = record.outcome().map_or("no answer".to_owned(), ToString::to_string);
        let short = |text: String| text.chars().take(40).collect::<String>();
        let (from, operation) = (record.invoked.0, short(record.operation.to_string()));
        let to = record.returned.as_ref().map_or("…".to_owned(), |end| end.at.0.to_string());
        text +=
            &format!("\n  client {} [{from}, {to}] {operation}: {}", id.session, short(outcome));
    }
    text
}
