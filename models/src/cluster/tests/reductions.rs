//! What exploring leaves out changes no verdict: scenarios that are small enough are explored in full
//! as well.

use super::explore;
use crate::cluster::{Cluster, CrashPoints, NetworkKind, Property, Scenario};
use crate::protocol::Protocol;

/// How much more of what is explored there may be in full.
const FULL: usize = 8;

/// What was found of each property: violated, or reached. Nothing if there are too many states.
fn findings<P: Protocol>(cluster: &Cluster<P>, limit: usize) -> Option<(usize, Vec<bool>)> {
    let states = explore(cluster, limit)?;
    let found = |(index, property): (usize, &Property<P>)| {
        !property.is_liveness()
            && states.iter().any(|(state, _)| cluster.judge(index, state) == property.is_witness())
    };
    Some((states.len(), cluster.properties.iter().enumerate().map(found).collect()))
}

/// Compares scenarios of up to `small` states with and without messages that nobody will act on.
/// Answers how many could be compared, and how many states were saved.
pub(crate) fn compare_forgetting<P: Protocol>(
    scenarios: impl Iterator<Item = &'static Scenario<P>>,
    small: usize,
) -> (usize, usize) {
    let (mut compared, mut saved) = (0, 0);
    for scenario in scenarios {
        let mut cluster = Cluster::new(scenario);
        cluster.environment.forgets = true;
        let Some((states, found)) = findings(&cluster, small) else { continue };
        cluster.environment.forgets = false;
        let Some((all_states, all_found)) = findings(&cluster, FULL * small) else { continue };
        assert_eq!(found, all_found, "{}", scenario.name);
        compared += 1;
        saved += all_states - states;
    }
    (compared, saved)
}

/// Compares scenarios of up to `small` states with and without crashes inside a step, where messages may
/// be lost. Answers how many could be compared.
pub(crate) fn compare_crashes_inside_steps<P: Protocol>(
    scenarios: impl Iterator<Item = &'static Scenario<P>>,
    small: usize,
) -> usize {
    let mut compared = 0;
    for scenario in scenarios {
        let mut cluster = Cluster::new(scenario);
        let faults = cluster.environment.faults;
        let crashes = faults.crashes + faults.unclean_crashes + faults.amnesias;
        if crashes == 0 || cluster.environment.network == NetworkKind::Fifo {
            continue;
        }
        let Some((_, found)) = findings(&cluster, small) else { continue };
        cluster.environment.crash_points = CrashPoints::BetweenEffects;
        let Some((_, found_between)) = findings(&cluster, FULL * small) else { continue };
        assert_eq!(found, found_between, "{}", scenario.name);
        compared += 1;
    }
    compared
}
