//! Reported traces are as short as any, and every state is counted once: an independent search that
//! keeps whole states and knows no tricks comes to the same.

#[path = "support/supervised.rs"]
mod supervised;

use std::collections::{HashMap, VecDeque};

use holdfast_check::explore::{Explorable, Exploration, Sought};
use holdfast_models::cluster::{Cluster, Property, Scenario, State, Tier};
use holdfast_models::protocol::Protocol;
use holdfast_models::single_leader::{SingleLeader, scenarios};
use supervised::supervised;

/// Scenarios with more states than this are left out,
const SMALL: usize = 3_000;
/// except these: large enough for several threads to share them.
const LARGER: [&str; 2] = ["lease-is-not-honoured", "acknowledgement-from-before-a-restart"];
const LARGEST: usize = 20_000;

/// What the naive search found.
struct Found {
    states: usize,
    depth: usize,
    /// For each property, how far the nearest state is that violates or reaches it.
    nearest: Vec<Option<usize>>,
}

/// Visits everything breadth first. `None` if it has more states than `limit`.
fn visit<P: Protocol>(cluster: &Cluster<P>, limit: usize) -> Option<Found> {
    let mut distances: HashMap<State<P>, usize> = HashMap::new();
    let mut nearest = vec![None; cluster.properties.len()];
    let first = cluster.initial_state();
    distances.insert(first.clone(), 0);
    let mut next = VecDeque::from([(first, 0)]);
    let mut depth = 0;
    while let Some((state, distance)) = next.pop_front() {
        depth = distance;
        for (index, property) in cluster.properties.iter().enumerate() {
            if nearest[index].is_none()
                && !property.is_liveness()
                && cluster.judge(index, &state) == property.is_witness()
            {
                nearest[index] = Some(distance);
            }
        }
        let mut actions = Vec::new();
        cluster.actions(&state, &mut actions);
        for after in actions.iter().filter_map(|action| cluster.next_state(&state, action)) {
            if !distances.contains_key(&after) {
                distances.insert(after.clone(), distance + 1);
                next.push_back((after, distance + 1));
            }
        }
        if distances.len() > limit {
            return None;
        }
    }
    Some(Found { states: distances.len(), depth, nearest })
}

fn cluster(scenario: &Scenario<SingleLeader>) -> Cluster<SingleLeader> {
    let mut cluster = Cluster::new(scenario);
    cluster.properties.push(Property::OBSOLETE_MESSAGES_ARE_IGNORED);
    cluster
}

fn explored(cluster: &Cluster<SingleLeader>, threads: usize) -> Exploration {
    supervised(|ticket| cluster.explore(&Sought::Everything, threads, ticket))
}

#[test]
fn a_naive_search_finds_as_many_states_and_no_shorter_trace() {
    let mut compared = 0;
    let mut violations = 0;
    let all = scenarios::SECTIONS.iter().flat_map(|section| section.scenarios);
    for scenario in all.filter(|scenario| scenario.tier == Tier::Quick) {
        let cluster = cluster(scenario);
        let is_larger = LARGER.contains(&scenario.name);
        let limit = if is_larger { LARGEST } else { SMALL };
        let Some(found) = visit(&cluster, limit) else {
            assert!(!is_larger, "{} has grown too large", scenario.name);
            continue;
        };
        for threads in [1, 2] {
            let name = format!("{}, {threads} threads", scenario.name);
            let exploration = explored(&cluster, threads);
            assert_eq!(exploration.states, found.states, "{name}");
            assert!(exploration.depth.is_none_or(|depth| depth == found.depth), "{name}");
            let steps = |trace: &Option<holdfast_check::explore::Trace>| {
                trace.as_ref().map(holdfast_check::explore::Trace::steps)
            };
            let is_judged = |index: usize| !cluster.properties[index].is_liveness();
            let traces = exploration.traces.iter().enumerate();
            let reported: Vec<_> = traces
                .map(|(index, trace)| if is_judged(index) { steps(trace) } else { None })
                .collect();
            assert_eq!(reported, found.nearest, "{name}");
        }
        compared += 1;
        violations += found.nearest.iter().flatten().count();
    }
    assert!(compared >= 30, "only {compared} scenarios are small");
    assert!(violations >= 60, "only {violations} traces were compared");
}
