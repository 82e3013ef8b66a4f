//! Random protocols in random worlds, against a search as simple as can be.

use std::collections::{HashSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use holdfast_models::cluster::{
    Ask, At, Client, Cluster, CrashPoints, Environment, FaultBudget, Links, NetworkKind, Property,
    Session, Step,
};
use holdfast_models::consistency::Guarantee;
use holdfast_models::vocabulary::{ReplicaId, ReplicaSet};
use proptest::prelude::*;

use super::supervised::supervised;
use super::table::{Table, rules};
use holdfast_check::explore::{End, Explorable, Exploration, Sought, silently};

/// Properties that look at little, at much, at one part or the other depending on a third.
fn properties() -> Vec<Property<Table>> {
    vec![
        Property::invariant("not-everybody-at-two", "", |view| {
            view.running().any(|(_, replica)| *replica != 2)
        }),
        Property::invariant("rest-is-at-one", "", |view| {
            !view.clients_are_done()
                || !view.is_quiescent()
                || view.replica(ReplicaId(0)) == Some(&1)
        }),
        Property::invariant("what-is-acknowledged-is-on-disk", "", |view| {
            view.history().acknowledged_updates().next().is_none()
                || view.ids().any(|id| view.disk(id).synced.is_some())
        }),
        Property::witness("somebody-at-three", "", |view| {
            view.running().any(|(_, replica)| *replica == 3)
        }),
        Property::witness("all-is-quiet", "", |view| view.is_quiescent()),
        Property::transition("nobody-goes-from-three-to-one", "", |before, after| {
            before.ids().all(|id| before.replica(id) != Some(&3) || after.replica(id) != Some(&1))
        }),
        Property::transition("nothing-is-acknowledged-at-one", "", |before, after| {
            let acknowledged = after.history().acknowledged_updates().count();
            before.replica(ReplicaId(0)) != Some(&1)
                || before.history().acknowledged_updates().count() == acknowledged
        }),
        Property::guarantee(Guarantee::Linearizable),
        Property::OBSOLETE_MESSAGES_ARE_IGNORED,
    ]
}

/// Those that name no replica.
pub(crate) fn symmetric_properties() -> Vec<Property<Table>> {
    let names_one = ["rest-is-at-one", "nothing-is-acknowledged-at-one"];
    properties().into_iter().filter(|property| !names_one.contains(&property.name)).collect()
}

pub(crate) const SCRIPTS: [&[Client]; 4] = [
    &[Client { session: Session::Plain, script: &[Step::Ask(Ask::Write("x", "1"), At::Any)] }],
    &[
        Client {
            session: Session::WithToken,
            script: &[Step::Ask(Ask::Write("x", "1"), At::Replica(0)), Step::Tell(1)],
        },
        Client {
            session: Session::WithToken,
            script: &[Step::HearFrom(0), Step::Ask(Ask::Write("x", "2"), At::Replica(1))],
        },
    ],
    &[
        Client { session: Session::Plain, script: &[Step::Ask(Ask::Write("x", "1"), At::Any)] },
        Client { session: Session::Plain, script: &[Step::Ask(Ask::Add("y", 1), At::Replica(1))] },
    ],
    &[
        Client { session: Session::Plain, script: &[Step::Ask(Ask::Write("x", "1"), At::Any)] },
        Client { session: Session::Plain, script: &[Step::Ask(Ask::Write("x", "2"), At::Any)] },
    ],
];

pub(crate) fn faults() -> impl Strategy<Value = FaultBudget> {
    // Few at a time, so that most worlds stay small.
    prop::collection::vec((0..10_usize, 1..3_u8), 0..3).prop_map(|faults| {
        let mut budget = FaultBudget::NONE;
        for (kind, count) in faults {
            let of_kind = [
                &mut budget.crashes,
                &mut budget.unclean_crashes,
                &mut budget.amnesias,
                &mut budget.suspicions,
                &mut budget.repeats,
                &mut budget.ticks,
                &mut budget.losses,
                &mut budget.partitions,
                &mut budget.retries,
                &mut budget.give_ups,
            ];
            // Without end only what is due: repetitions, and retries.
            let unlimited = (kind == 4 || kind == 8) && count == 2;
            *of_kind.into_iter().nth(kind).expect("one of ten") =
                if unlimited { FaultBudget::UNLIMITED } else { count };
        }
        budget
    })
}

fn worlds() -> impl Strategy<Value = Environment> {
    let network = prop_oneof![
        Just(NetworkKind::Datagram),
        Just(NetworkKind::AtMostOnce),
        Just(NetworkKind::Fifo)
    ];
    let crash_points =
        prop_oneof![Just(CrashPoints::BetweenSteps), Just(CrashPoints::BetweenEffects)];
    let links = || prop_oneof![Just(Links::NONE), Just(Links::of(&[(0, 1)]))];
    let few = || prop_oneof![3 => Just(ReplicaSet::EMPTY), 1 => Just(ReplicaSet::of(&[1]))];
    (network, faults(), crash_points, any::<bool>(), 0..2_u64, links(), few(), few()).prop_map(
        |(network, faults, crash_points, forgets, clock_skew, cut, down, spared)| Environment {
            network,
            faults,
            crash_points,
            forgets,
            clock_skew,
            cut,
            down,
            spared,
            partition: Links::of(&[(0, 1), (1, 0)]),
            ..Environment::CALM
        },
    )
}

pub(crate) fn clusters() -> impl Strategy<Value = Cluster<Table>> {
    let table = (2..4_u8, prop::collection::vec(rules(), 1..12), any::<u16>(), any::<u16>());
    (table, worlds(), 0..SCRIPTS.len()).prop_map(
        |((replicas, rules, some, others), environment, script)| Cluster {
            protocol: Table { replicas, rules, obsolete: some & others, nameless: false },
            environment,
            clients: SCRIPTS[script],
            properties: properties(),
            stop: Arc::default(),
        },
    )
}

/// What exploring comes to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Explored {
    states: usize,
    depth: usize,
    generated: usize,
    /// For each property, how far away it is violated or reached.
    found: Vec<Option<usize>>,
    /// How far away something panics.
    panicked: Option<usize>,
}

/// A search that keeps whole states and compares them. `None` beyond `limit` of them.
pub(crate) fn naive(cluster: &Cluster<Table>, limit: usize) -> Option<Explored> {
    let first = cluster.initial_state();
    let mut seen = HashSet::from([first.clone()]);
    let mut queue = VecDeque::from([(first, 0)]);
    let mut outcome = Explored {
        states: 1,
        depth: 0,
        generated: 0,
        found: vec![None; cluster.properties.len()],
        panicked: None,
    };
    while let Some((state, depth)) = queue.pop_front() {
        outcome.depth = depth;
        if state.panicked.is_some() {
            outcome.panicked.get_or_insert(depth);
            continue;
        }
        for (index, found) in outcome.found.iter_mut().enumerate() {
            if cluster.judge(index, &state) == cluster.properties[index].is_witness() {
                found.get_or_insert(depth);
            }
        }
        let mut actions = Vec::new();
        cluster.actions(&state, &mut actions);
        for next in actions.iter().filter_map(|action| cluster.next_state(&state, action)) {
            outcome.generated += 1;
            if seen.insert(next.clone()) {
                outcome.states += 1;
                queue.push_back((next, depth + 1));
            }
        }
        if outcome.states > limit {
            return None;
        }
    }
    Some(outcome)
}

fn by_engine(cluster: &Cluster<Table>) -> Explored {
    explored(&supervised(|ticket| cluster.explore(&Sought::Everything, 1, ticket)))
}

/// Stateright tells the same, but for the first state, which it counts as a step.
fn by_stateright(cluster: &Cluster<Table>) -> Explored {
    let sought = Sought::Everything;
    let explored =
        explored(&supervised(|ticket| cluster.explore_by_stateright(&sought, 1, ticket)));
    Explored { generated: explored.generated - 1, ..explored }
}

pub(crate) fn explored(explored: &Exploration) -> Explored {
    let panicked = match &explored.end {
        End::Exhausted => None,
        End::Panicked { trace: Some(trace), .. } => Some(trace.steps()),
        end => panic!("the search ends as {end:?}"),
    };
    let traces = explored.traces.iter();
    Explored {
        states: explored.states,
        depth: explored.depth.expect("one thread counts levels"),
        generated: explored.generated.expect("both count steps"),
        found: traces.map(|trace| trace.as_ref().map(|trace| trace.steps())).collect(),
        panicked,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, max_global_rejects: 3_000, ..ProptestConfig::default() })]

    #[test]
    fn random_protocols_are_explored_as_a_naive_search_explores_them(cluster in clusters()) {
        // Handlers panic here, and nobody wants to read it.
        let expected = silently(|| catch_unwind(AssertUnwindSafe(|| naive(&cluster, 3_000))));
        let expected = expected.expect("the cluster turns panics into states");
        prop_assume!(expected.is_some());
        let found = by_engine(&cluster);
        prop_assert_eq!(&by_stateright(&cluster), &found);
        prop_assert_eq!(Some(found), expected);
    }
}
