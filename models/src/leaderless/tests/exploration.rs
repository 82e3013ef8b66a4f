//! What exploring leaves out changes no verdict: every small scenario is explored in full as well.

use crate::cluster::tests::explore;
use crate::cluster::{Cluster, CrashPoints, NetworkKind, Scenario};
use crate::leaderless::Leaderless;
use crate::leaderless::scenarios::SECTIONS;

/// Larger ones would take minutes in full.
const SMALL: usize = 2_000;

fn scenarios() -> impl Iterator<Item = &'static Scenario<Leaderless>> {
    SECTIONS.iter().flat_map(|section| section.scenarios)
}

/// What was found of each property: violated, or reached. Nothing if there are too many states.
fn findings(cluster: &Cluster<Leaderless>, limit: usize) -> Option<(usize, Vec<bool>)> {
    let states = explore(cluster, limit)?;
    let found = |(index, property): (usize, &crate::cluster::Property<Leaderless>)| {
        !property.is_liveness()
            && states.iter().any(|(state, _)| cluster.judge(index, state) == property.is_witness())
    };
    Some((states.len(), cluster.properties.iter().enumerate().map(found).collect()))
}

#[test]
fn forgetting_what_nobody_will_act_on_changes_no_verdict() {
    let mut compared = 0;
    let mut saved = 0;
    for scenario in scenarios() {
        let mut cluster = Cluster::new(scenario);
        cluster.environment.forgets = true;
        let Some((states, found)) = findings(&cluster, SMALL) else { continue };
        cluster.environment.forgets = false;
        let Some((all_states, all_found)) = findings(&cluster, 8 * SMALL) else { continue };
        assert_eq!(found, all_found, "{}", scenario.name);
        compared += 1;
        saved += all_states - states;
    }
    assert!(compared > 30, "only {compared} scenarios are small enough to compare");
    assert!(saved > 0, "nothing was ever forgotten");
}

#[test]
fn crashes_inside_a_step_change_no_verdict_where_messages_may_be_lost() {
    let mut compared = 0;
    for scenario in scenarios() {
        let mut cluster = Cluster::new(scenario);
        let faults = cluster.environment.faults;
        let crashes = faults.crashes + faults.unclean_crashes + faults.amnesias;
        if crashes == 0 || cluster.environment.network == NetworkKind::Fifo {
            continue;
        }
        let Some((_, found)) = findings(&cluster, 5 * SMALL) else { continue };
        cluster.environment.crash_points = CrashPoints::BetweenEffects;
        let Some((_, found_between)) = findings(&cluster, 40 * SMALL) else { continue };
        assert_eq!(found, found_between, "{}", scenario.name);
        compared += 1;
    }
    assert!(compared > 2, "only {compared} scenarios with crashes are small enough to compare");
}
