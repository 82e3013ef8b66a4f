//! One state for all that differ by who is who, against looking at every state.

use std::cell::Cell;
use std::sync::Arc;

use holdfast_check::catalog::{Entry, Family, entries, families};
use holdfast_check::explore::{End, Explorable, Exploration, Sought, silently};
use holdfast_check::verdict::{Kind, Statement};
use holdfast_models::cluster::{
    Cluster, CrashPoints, Environment, FaultBudget, NetworkKind, Property, Symmetry, Tier,
};
use holdfast_models::single_leader::SingleLeader;
use holdfast_models::single_leader::scenarios::SECTIONS;
use holdfast_models::vocabulary::{ClientId, ReplicaId, ReplicaSet};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::random::{self, explored, naive, symmetric_properties};
use super::supervised::supervised;
use super::table::{Table, rules};

/// From so many states on, looking at every one takes seconds.
const LARGE: usize = 80_000;
/// So many, nobody looks at every one.
const TOO_MANY: usize = 12_000_000;

fn reduced(entry: &Entry, threads: usize) -> Exploration {
    supervised(|ticket| entry.cluster.explore(&Sought::Everything, threads, ticket))
}

fn whole(entry: &Entry) -> Exploration {
    supervised(|ticket| entry.cluster.explore_whole(&Sought::Everything, 1, ticket))
}

fn lengths(exploration: &Exploration) -> Vec<Option<usize>> {
    let traces = exploration.traces.iter();
    traces.map(|trace| trace.as_ref().map(|trace| trace.steps())).collect()
}

/// Scenarios of one tier that declare a symmetry.
fn declaring(tier: Tier, families: &[Family]) -> Vec<&Entry> {
    let declares = |entry: &&Entry| {
        let is_liveness = |(what, _): &(Statement, _)| what.kind == Kind::Liveness;
        entry.tier == tier
            && entry.environment.symmetry != Symmetry::NONE
            && !entry.claims.iter().any(is_liveness)
    };
    entries(families).filter(declares).collect()
}

/// Wants the same of both, and prints by how much they differ in what was looked at.
fn compare(entry: &Entry, reduced: &Exploration) {
    let whole = whole(entry);
    assert!(matches!(reduced.end, End::Exhausted), "{}: {:?}", entry.name, reduced.end);
    assert!(matches!(whole.end, End::Exhausted), "{}: {:?}", entry.name, whole.end);
    let orbits = reduced.orbits.expect("one state stands for many");
    // As many states as the orbits have together, and as many steps lead from them.
    assert_eq!(reduced.states, whole.states, "states of {}", entry.name);
    assert_eq!(reduced.generated, whole.generated, "steps of {}", entry.name);
    assert_eq!(reduced.coverage, whole.coverage, "coverage of {}", entry.name);
    assert_eq!(reduced.depth, whole.depth, "depth of {}", entry.name);
    assert_eq!(lengths(reduced), lengths(&whole), "traces of {}", entry.name);
    let traces = reduced.traces.iter().enumerate();
    for (property, trace) in
        traces.filter_map(|(property, trace)| Some((property, trace.as_ref()?)))
    {
        let retraced = entry.cluster.retrace(&trace.path, property);
        assert_eq!(retraced.as_ref(), Some(trace), "{} can be retraced", entry.name);
    }
    let shrinks = whole.states as f64 / orbits as f64;
    println!(
        "{:<50} {:>10} states {:>10} orbits {shrinks:>5.2} {:>8.2} s {:>8.2} s",
        entry.name,
        whole.states,
        orbits,
        whole.time.as_secs_f64(),
        reduced.time.as_secs_f64(),
    );
}

#[test]
fn looking_at_one_of_each_orbit_changes_no_verdict_and_no_count() {
    let families = families();
    let declaring = declaring(Tier::Quick, &families);
    let reduced = declaring.iter().map(|entry| (entry, reduced(entry, 1)));
    let small = reduced.filter(|(_, reduced)| reduced.states < LARGE);
    let compared = small.map(|(entry, reduced)| compare(entry, &reduced)).count();
    assert!(compared > 30, "only {compared} small scenarios declare a symmetry");
}

#[test]
#[ignore = "takes a minute: cargo test --release -p holdfast-check --test engine -- --ignored --nocapture"]
fn looking_at_one_of_each_orbit_changes_nothing_where_there_are_many() {
    let families = families();
    for tier in [Tier::Quick, Tier::Thorough] {
        for entry in declaring(tier, &families) {
            let reduced = reduced(entry, 1);
            if reduced.states < TOO_MANY {
                compare(entry, &reduced);
            }
        }
    }
}

#[test]
fn the_number_of_threads_changes_neither_orbits_nor_traces() {
    let families = families();
    let mut compared = 0;
    for entry in declaring(Tier::Quick, &families) {
        let alone = reduced(entry, 1);
        if !(20_000..100_000).contains(&alone.states) {
            continue;
        }
        let together = reduced(entry, 3);
        assert_eq!(together.states, alone.states, "{}", entry.name);
        assert_eq!(together.orbits, alone.orbits, "{}", entry.name);
        assert_eq!(together.coverage, alone.coverage, "{}", entry.name);
        assert_eq!(together.traces, alone.traces, "{}", entry.name);
        compared += 1;
    }
    assert!(compared > 5, "only {compared} scenarios are of a size to share");
}

fn cluster(name: &str) -> Cluster<SingleLeader> {
    let scenarios = SECTIONS.iter().flat_map(|section| section.scenarios);
    let named = scenarios.into_iter().find(|scenario| scenario.name == name);
    Cluster::new(named.expect("there is such a scenario"))
}

#[test]
fn replicas_and_clients_are_renamed_together_where_scripts_name_replicas() {
    // Client 0 removes replica 1, and client 1 replica 2.
    let symmetries = cluster("one-change-at-a-time").symmetries().expect("it declares a symmetry");
    assert_eq!(symmetries.len(), 2);
    assert_eq!(symmetries[1].replicas, [0, 2, 1].map(ReplicaId));
    assert_eq!(symmetries[1].clients, [1, 0].map(ClientId));
}

#[test]
fn values_are_renamed_where_scripts_differ_by_what_they_write() {
    let symmetries = cluster("shown-entries-are-not-compacted").symmetries().expect("declared");
    assert_eq!(symmetries.len(), 2);
    assert_eq!(symmetries[1].values.len(), 2);
}

#[test]
fn a_symmetry_that_the_scenario_itself_contradicts_is_refused() {
    let declared = |ids: &[u8], clients, environment: Environment| {
        let mut cluster = cluster("majority-elects");
        let symmetry = Symmetry { replicas: ReplicaSet::of(ids), clients };
        cluster.environment = Environment { symmetry, ..environment };
        cluster.symmetries().expect_err("it is none")
    };
    let calm = Environment::CALM;
    let one = ReplicaSet::of(&[1]);
    let cases = [
        (declared(&[0, 1], false, calm), "no renaming of clients makes up for that"),
        (declared(&[1], true, calm), "nobody is interchangeable"),
        (declared(&[1, 3], false, calm), "of 3 replicas"),
        (declared(&[1, 2], false, Environment { suspecting: one, ..calm }), "who suspects"),
        (declared(&[1, 2], false, Environment { down: one, ..calm }), "who is down"),
        (
            declared(
                &[1, 2],
                false,
                Environment { crash_points: CrashPoints::BetweenEffects, ..calm },
            ),
            "a crash within a step",
        ),
    ];
    for (said, expected) in cases {
        assert!(said.contains(expected), "{said}");
    }
    let mut first = cluster("majority-down-read");
    first.environment = Environment {
        symmetry: Symmetry { replicas: ReplicaSet::first(3), clients: false },
        ..calm
    };
    let said = first.symmetries().expect_err("one of them leads");
    assert!(said.contains("they start differently"), "{said}");
}

#[test]
fn a_refused_symmetry_is_a_finding() {
    let mut cluster = cluster("majority-elects");
    cluster.environment.symmetry.replicas = ReplicaSet::first(2);
    let End::Panicked { message, .. } =
        supervised(|ticket| cluster.explore(&Sought::Nearest(vec![0]), 1, ticket)).end
    else {
        panic!("nobody noticed");
    };
    assert!(message.contains("declared interchangeable"), "{message}");
}

/// Properties that name a replica judge states differently that differ in names alone.
#[test]
fn a_property_that_tells_replicas_apart_is_noticed() {
    let mut cluster = cluster("majority-elects");
    let names_one: Property<SingleLeader> =
        Property::witness("replica-1-is-down", "", |view| view.replica(ReplicaId(1)).is_none());
    cluster.properties = vec![names_one];
    let End::Panicked { message, trace } =
        supervised(|ticket| cluster.explore(&Sought::Everything, 1, ticket)).end
    else {
        panic!("nobody noticed");
    };
    assert!(message.contains("replica-1-is-down is judged differently"), "{message}");
    assert!(trace.is_some_and(|trace| trace.steps() == 1));
}

/// Worlds in which nobody is named.
fn worlds() -> impl Strategy<Value = Environment> {
    let network = prop_oneof![
        Just(NetworkKind::Datagram),
        Just(NetworkKind::AtMostOnce),
        Just(NetworkKind::Fifo)
    ];
    let replicas = prop_oneof![
        Just(ReplicaSet::of(&[1, 2])),
        Just(ReplicaSet::of(&[0, 1])),
        Just(ReplicaSet::first(3)),
        Just(ReplicaSet::EMPTY)
    ];
    (network, random::faults(), any::<bool>(), 0..2_u64, replicas, any::<bool>()).prop_map(
        |(network, faults, forgets, clock_skew, replicas, clients)| Environment {
            network,
            faults: FaultBudget { partitions: 0, ..faults },
            forgets,
            clock_skew,
            symmetry: Symmetry { replicas, clients },
            ..Environment::CALM
        },
    )
}

fn clusters(nameless: bool) -> impl Strategy<Value = Cluster<Table>> {
    let table = (2..4_u8, prop::collection::vec(rules(), 1..12), any::<u16>(), any::<u16>());
    (table, worlds(), 0..random::SCRIPTS.len()).prop_map(
        move |((replicas, rules, some, others), environment, script)| Cluster {
            protocol: Table { replicas, rules, obsolete: some & others, nameless },
            environment,
            clients: random::SCRIPTS[script],
            properties: symmetric_properties(),
            stop: Arc::default(),
        },
    )
}

fn by_engine(cluster: &Cluster<Table>) -> Exploration {
    supervised(|ticket| cluster.explore(&Sought::Everything, 1, ticket))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, max_global_rejects: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn random_symmetric_protocols_are_explored_as_a_naive_search_explores_them(
        cluster in clusters(true)
    ) {
        prop_assume!(cluster.symmetries().is_ok());
        let expected = silently(|| naive(&cluster, 3_000));
        prop_assume!(expected.is_some());
        prop_assert_eq!(Some(explored(&by_engine(&cluster))), expected);
    }
}

/// So few states that all are asked about. Nothing is believed: either somebody complains, or it makes
/// no difference.
#[test]
fn a_symmetry_that_a_protocol_does_not_have_is_noticed_or_does_no_harm() {
    let mut runner = TestRunner::new(ProptestConfig {
        max_global_rejects: 20_000,
        source_file: Some(file!()),
        ..ProptestConfig::with_cases(200)
    });
    let complaints = Cell::new(0);
    let judged = runner.run(&clusters(false), |cluster| {
        prop_assume!(cluster.symmetries().is_ok());
        let expected = silently(|| naive(&cluster, 500));
        prop_assume!(expected.is_some());
        let found = by_engine(&cluster);
        match &found.end {
            End::Panicked { message, .. }
                if message.starts_with("the declared symmetry is none") =>
            {
                complaints.set(complaints.get() + 1);
            }
            _ => prop_assert_eq!(Some(explored(&found)), expected),
        }
        Ok(())
    });
    judged.unwrap_or_else(|failure| panic!("{failure}"));
    assert!(complaints.get() > 5, "only {} symmetries were wrong", complaints.get());
}
