//! Whether a run kept what its configuration promises.

use std::time::Duration;

use holdfast_models::consistency::{Guarantee, History};
use holdfast_models::single_leader::Participant;
use holdfast_node::steps::replay;

use crate::plan::{Plan, TROUBLE};
use crate::site::{CONFIGURATION, Site};
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
pub(crate) fn history(plan: &Plan) -> History {
    let mut world = World::new(plan);
    world.run(TROUBLE + RECOVERY);
    world.history
}

/// Whether what clients saw is linearizable. Nothing else is asked.
pub(crate) fn judged(plan: &Plan) -> Verdict {
    let history = history(plan);
    if Guarantee::Linearizable.holds(&history) {
        Verdict::Kept
    } else {
        Verdict::Broken(told(&history))
    }
}

/// Whether everything was as a majority promises: every replica started whose disk had not failed,
/// every client was answered once the trouble was over, all replicas show the same in the end, what
/// clients saw is linearizable, and every trace replays.
pub(crate) fn run(plan: &Plan) -> Verdict {
    let broken = |reason: String| Verdict::Broken(reason);
    let mut world = World::new(plan);
    let all_answered = world.run(TROUBLE + RECOVERY);
    if let Some(refused) = &world.refused {
        return broken(refused.clone());
    }
    if !Guarantee::Linearizable.holds(&world.history) {
        return broken(told(&world.history));
    }
    let down = world.sites.iter().filter(|site| site.has_refused).count();
    if down * 2 < world.sites.len() {
        if !all_answered {
            return broken("a client has had no answer, long after the last fault".to_owned());
        }
        world.settle(TROUBLE + CONVERGENCE);
        if let Some(reason) = differing(&world.sites) {
            return broken(reason);
        }
    }
    for site in &world.sites {
        for trace in &site.traces {
            let bytes = trace.0.lock().expect("there is one thread");
            if let Err(divergence) = replay(&plan.policy, CONFIGURATION, &bytes) {
                return broken(format!("the trace of a replica: {divergence}"));
            }
        }
    }
    Verdict::Kept
}

fn differing(sites: &[Site]) -> Option<String> {
    let mut stores = sites.iter().enumerate().filter_map(|(id, site)| match site.replica()? {
        Participant::Replica(replica) => Some((id, &replica.exposed)),
        Participant::Controller(_) => None,
    });
    let (first, shown) = stores.next()?;
    let (other, _) = stores.find(|(_, store)| *store != shown)?;
    let told: Vec<_> = sites.iter().map(Site::told).collect();
    let told = told.join("\n");
    Some(format!("in the end replicas {first} and {other} show different things:\n{told}"))
}

fn told(history: &History) -> String {
    let mut text = "not linearizable:".to_owned();
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
