//! What has to come true in the end: graphs whose answer is known, and random ones against a checker
//! that compares everything with everything.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use holdfast_models::cluster::{Action, Cluster, Judge, Property, State};
use holdfast_models::protocol::Protocol;
use proptest::prelude::*;

use super::graph::{Graph, RECOVERS, SETTLES, graphs};
use super::random::clusters;
use super::supervised::supervised;
use super::table::Table;
use holdfast_check::explore::{Cause, End, Explorable, Exploration, Sought, Then, Trace, silently};
use holdfast_check::report::steps;
use holdfast_check::verdict::{Finding, Kind};

fn explored(cluster: &dyn Explorable, threads: usize) -> Exploration {
    supervised(|ticket| cluster.explore(&Sought::Everything, threads, ticket))
}

/// What becomes of a graph whose labels are all due: how long the stem is, and what then happens.
fn found(property: Property<Graph>, good: &[u8], edges: &[&[u8]]) -> Option<(usize, Then)> {
    found_with_faults(property, good, edges, 0)
}

/// The same, where the last `faults` labels are faults.
fn found_with_faults(
    property: Property<Graph>,
    good: &[u8],
    edges: &[&[u8]],
    faults: usize,
) -> Option<(usize, Then)> {
    let graph = Graph {
        due: (edges[0].len() - faults) as u8,
        edges: edges.iter().map(|edges| edges.to_vec()).collect(),
        good: good.iter().fold(0, |good, node| good | 1 << node),
    };
    let exploration = explored(&graph.cluster(vec![property]), 1);
    assert!(matches!(exploration.end, End::Exhausted), "{:?}", exploration.end);
    exploration.traces[0].as_ref().map(|trace| (trace.steps(), trace.then))
}

#[test]
fn a_loop_that_comes_by_a_bad_node_again_and_again_violates() {
    assert_eq!(found(SETTLES, &[1], &[&[1], &[0]]), Some((0, Then::Again(2))));
    assert_eq!(found(SETTLES, &[0, 2], &[&[1], &[2], &[3], &[1]]), Some((1, Then::Again(3))));
    assert_eq!(found(SETTLES, &[1, 2], &[&[1], &[2], &[1]]), None);
}

#[test]
fn nobody_stays_in_a_loop_that_one_action_always_leads_out_of() {
    let leave_from_both: [&[u8]; 3] = [&[1, 2], &[0, 2], &[2, 2]];
    assert_eq!(found(SETTLES, &[2], &leave_from_both), None);
    // From node 1 the second action leads nowhere: whoever is quick never has to take it.
    let leave_from_one: [&[u8]; 3] = [&[1, 2], &[0, 1], &[2, 2]];
    assert_eq!(found(SETTLES, &[2], &leave_from_one), Some((0, Then::Again(2))));
    // It is possible everywhere, but need not lead out.
    let stay_by_it: [&[u8]; 3] = [&[1, 2], &[0, 0], &[2, 2]];
    assert_eq!(found(SETTLES, &[2], &stay_by_it), Some((0, Then::Again(2))));
}

#[test]
fn a_bad_dead_end_violates() {
    assert_eq!(found(SETTLES, &[0], &[&[1], &[1]]), Some((1, Then::Nothing)));
    assert_eq!(found(RECOVERS, &[0], &[&[1], &[1]]), Some((1, Then::NoWay)));
    assert_eq!(found(SETTLES, &[1], &[&[1], &[1]]), None);
}

#[test]
fn what_is_left_and_reached_again_is_within_reach_but_does_not_last() {
    let around: [&[u8]; 3] = [&[1], &[2], &[0]];
    assert_eq!(found(RECOVERS, &[1], &around), None);
    assert_eq!(found(SETTLES, &[1], &around), Some((0, Then::Again(3))));
}

#[test]
fn faults_lead_astray_and_never_help() {
    // Only a fault leads to the good node.
    let needs_a_fault: [&[u8]; 2] = [&[0, 1], &[1, 1]];
    assert_eq!(found_with_faults(SETTLES, &[1], &needs_a_fault, 1), Some((0, Then::Nothing)));
    assert_eq!(found_with_faults(RECOVERS, &[1], &needs_a_fault, 1), Some((0, Then::NoWay)));
    // Only a fault leads away from it.
    let strays: [&[u8]; 2] = [&[0, 1], &[1, 1]];
    assert_eq!(found_with_faults(SETTLES, &[0], &strays, 1), Some((1, Then::Nothing)));
    // A loop that needs faults again and again comes to an end.
    let needs_many: [&[u8]; 2] = [&[0, 1], &[0, 1]];
    assert_eq!(found_with_faults(SETTLES, &[0], &needs_many, 1), None);
}

#[test]
fn a_path_that_is_followed_again_shows_a_violation_only_if_its_loop_is_fair() {
    let followed = |edges: Vec<Vec<u8>>, path: &[usize]| {
        let cluster = Graph { edges, due: 2, good: 0b100 }.cluster(vec![SETTLES]);
        cluster.retrace(path, 0).map(|trace| trace.then)
    };
    let leave_from_one = vec![vec![1, 2], vec![0, 1], vec![2, 2]];
    assert_eq!(followed(leave_from_one.clone(), &[0, 0, 0]), Some(Then::Again(2)));
    assert_eq!(followed(leave_from_one, &[0, 0]), None);
    let leave_from_both = vec![vec![1, 2], vec![0, 2], vec![2, 2]];
    assert_eq!(followed(leave_from_both, &[0, 0, 0]), None);
}

#[test]
fn what_is_repeated_is_told_apart_from_the_way_there() {
    let told = |edges: Vec<Vec<u8>>, good| {
        let cluster = Graph { edges, due: 1, good }.cluster(vec![SETTLES]);
        let exploration = explored(&cluster, 1);
        let trace = exploration.traces[0].as_ref().expect("it is violated");
        (steps(trace), trace.story.mermaid(None))
    };
    let (around, drawn) = told(vec![vec![1], vec![2], vec![1]], 0b011);
    let lines: Vec<_> = around.lines().filter(|line| !line.contains("is at")).collect();
    assert_eq!(
        lines,
        [
            "  1. Replica 0 follows 0.",
            "  and then for ever:",
            "  2. Replica 0 follows 0.",
            "  3. Replica 0 follows 0.",
        ]
    );
    let (before, repeated) = drawn.split_once("    loop for ever\n").expect("a loop is drawn");
    assert_eq!((before.matches("follows").count(), repeated.matches("follows").count()), (1, 2));
    assert!(repeated.ends_with("    end\n"), "{drawn}");
    let (stopped, drawn) = told(vec![vec![1], vec![1]], 0b001);
    assert!(stopped.ends_with("  and then nothing more happens\n"), "{stopped}");
    assert!(!drawn.contains("loop"), "{drawn}");
}

#[test]
fn a_search_that_was_stopped_decides_nothing() {
    let graph = Graph { edges: vec![vec![1], vec![0]], due: 1, good: 0 };
    let cluster = graph.cluster(vec![SETTLES, RECOVERS]);
    let exploration = supervised(|ticket| {
        ticket.stop(Cause::Interrupted);
        cluster.explore(&Sought::Everything, 1, ticket)
    });
    assert!(matches!(exploration.end, End::Truncated(Cause::Interrupted)));
    for trace in &exploration.traces {
        let finding = Finding::new(Kind::Liveness, trace.as_ref(), &exploration.end);
        assert_eq!(finding, Finding::Undecided);
    }
}

/// The whole states of a cluster.
struct Explicit<P: Protocol> {
    states: Vec<State<P>>,
    /// How far each is.
    depths: Vec<usize>,
    /// What is due in each, and where it leads.
    due: Vec<Vec<(Action<P>, usize)>>,
    /// Which state leads to which, though nothing goes wrong.
    reaches: Vec<Vec<bool>>,
}

impl<P: Protocol> Explicit<P> {
    /// `None` if there are more states than `limit`.
    fn new(cluster: &Cluster<P>, limit: usize) -> Option<Self> {
        let first = cluster.initial_state();
        let mut numbers = HashMap::from([(first.clone(), 0)]);
        let (mut states, mut depths, mut due) = (vec![first], vec![0], Vec::new());
        while due.len() < states.len() {
            let (at, state) = (due.len(), states[due.len()].clone());
            let mut actions = Vec::new();
            cluster.actions(&state, &mut actions);
            let mut steps = Vec::new();
            for action in actions {
                let Some(next) = cluster.next_state(&state, &action) else { continue };
                let number = *numbers.entry(next.clone()).or_insert_with(|| {
                    states.push(next);
                    depths.push(depths[at] + 1);
                    states.len() - 1
                });
                if !action.is_fault(cluster) {
                    steps.push((action, number));
                }
            }
            due.push(steps);
            if states.len() > limit {
                return None;
            }
        }
        let mut reaches = vec![vec![false; states.len()]; states.len()];
        for (first, reached) in reaches.iter_mut().enumerate() {
            let mut open = vec![first];
            while let Some(state) = open.pop() {
                if !std::mem::replace(&mut reached[state], true) {
                    open.extend(due[state].iter().map(|(_, next)| *next));
                }
            }
        }
        Some(Self { states, depths, due, reaches })
    }

    /// How far the nearest state is from where `property` need not come true.
    fn violated(&self, cluster: &Cluster<P>, property: usize) -> Option<usize> {
        let is_good = |state: usize| {
            self.states[state].panicked.is_some() || cluster.judge(property, &self.states[state])
        };
        let all = 0..self.states.len();
        let together =
            |one: usize, other: usize| self.reaches[one][other] && self.reaches[other][one];
        let is_bad = |state: usize| match cluster.properties[property].judge {
            Judge::Recoverable(_) => {
                all.clone().all(|other| !self.reaches[state][other] || !is_good(other))
            }
            Judge::Eventually(_) => {
                let members: Vec<_> = all.clone().filter(|other| together(state, *other)).collect();
                members.iter().any(|member| !is_good(*member)) && self.is_fair(&members)
            }
            Judge::Guarantee(_)
            | Judge::Invariant(_)
            | Judge::Transition(_)
            | Judge::Witness(_) => {
                unreachable!("only what has to come true is asked about")
            }
        };
        all.clone().filter(|state| is_bad(*state)).map(|state| self.depths[state]).min()
    }

    fn is_fair(&self, members: &[usize]) -> bool {
        let is_done = |action: &Action<P>| {
            members.iter().any(|member| {
                let mut taken = self.due[*member].iter().filter(|(other, _)| other == action);
                taken.next().is_none_or(|(_, next)| members.contains(next))
            })
        };
        members.iter().flat_map(|member| &self.due[*member]).all(|(action, _)| is_done(action))
    }
}

/// Checks that a trace is what it says: that it can be followed, that what is repeated is a loop of due
/// steps with a bad state, and that no action is possible all the way round and never taken.
fn assert_shows<P: Protocol>(cluster: &Cluster<P>, property: usize, trace: &Trace) {
    let mut state = cluster.initial_state();
    let mut round = vec![state.clone()];
    let mut taken = Vec::new();
    for (step, index) in trace.path[1..].iter().enumerate() {
        let mut actions = Vec::new();
        cluster.actions(&state, &mut actions);
        let action = actions.swap_remove(*index);
        state =
            cluster.next_state(&state, &action).expect("every step of a trace changes something");
        if step < trace.steps() {
            round.clear();
        } else {
            assert!(!action.is_fault(cluster), "{action:?} is no part of a loop");
            taken.push(action);
        }
        round.push(state.clone());
    }
    let is_bad = |state: &State<P>| !cluster.judge(property, state);
    match trace.then {
        Then::Found => panic!("that says nothing about what may follow"),
        Then::NoWay => assert!(is_bad(&state)),
        Then::Nothing => assert!(is_bad(&state) && cluster.is_quiescent(&state)),
        Then::Again(steps) => {
            assert_eq!((round.len(), round.first()), (steps + 1, round.last()));
            assert!(round.iter().any(is_bad));
            let is_possible =
                |state: &State<P>, action: &Action<P>| cluster.next_state(state, action).is_some();
            let mut actions = Vec::new();
            cluster.actions(&round[0], &mut actions);
            actions.retain(|action| !action.is_fault(cluster) && !taken.contains(action));
            for action in actions {
                let possible = |state: &State<P>| {
                    let mut all = Vec::new();
                    cluster.actions(state, &mut all);
                    all.contains(&action) && is_possible(state, &action)
                };
                assert!(!round.iter().all(possible), "{action:?} is put off for ever");
            }
        }
    }
}

/// Compares what the engine finds with what is so. Answers how many properties are violated.
fn compare<P: Protocol>(cluster: &Cluster<P>, explicit: &Explicit<P>) -> usize
where
    Cluster<P>: Explorable,
{
    let exploration = explored(cluster, 1);
    let together = explored(cluster, 3);
    assert_eq!(together.traces, exploration.traces);
    for (property, trace) in exploration.traces.iter().enumerate() {
        let steps = trace.as_ref().map(Trace::steps);
        assert_eq!(
            steps,
            explicit.violated(cluster, property),
            "{}",
            cluster.properties[property].name
        );
        if let Some(trace) = trace {
            assert_shows(cluster, property, trace);
            assert_eq!(cluster.retrace(&trace.path, property).as_ref(), Some(trace));
        }
    }
    exploration.traces.iter().flatten().count()
}

/// Of protocols with messages, clients and faults.
const OF_TABLES: [Property<Table>; 4] = [
    Property::eventually("everybody-is-even", "", |view| {
        view.running().all(|(_, replica)| replica % 2 == 0)
    }),
    Property::eventually("every-client-is-done", "", |view| view.clients_are_done()),
    Property::recoverable("somebody-is-at-two", "", |view| {
        view.running().any(|(_, replica)| *replica == 2)
    }),
    Property::recoverable("all-is-quiet", "", |view| view.is_quiescent()),
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn of_random_graphs_a_naive_checker_says_the_same(graph in graphs()) {
        let cluster = graph.cluster(vec![SETTLES, RECOVERS]);
        let explicit = Explicit::new(&cluster, 100).expect("no more states than nodes");
        compare(&cluster, &explicit);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, max_global_rejects: 10_000, ..ProptestConfig::default() })]

    #[test]
    fn of_random_protocols_a_naive_checker_says_the_same(cluster in clusters()) {
        let cluster = Cluster { properties: OF_TABLES.to_vec(), ..cluster };
        let explicit =
            silently(|| catch_unwind(AssertUnwindSafe(|| Explicit::new(&cluster, 300))));
        let explicit = explicit.expect("the cluster turns panics into states");
        prop_assume!(explicit.is_some());
        compare(&cluster, &explicit.expect("that is assumed"));
    }
}
