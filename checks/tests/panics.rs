//! A protocol or a property that panics ends as panicked, with the way there, and never as a success.

mod support {
    pub(crate) mod fragile;
    pub(crate) mod supervised;
}

use std::sync::Arc;

use holdfast_check::catalog::{Entry, families, find};
use holdfast_check::command::Limits;
use holdfast_check::command::run::explore;
use holdfast_check::explore::{End, Explorable, Exploration, Sought, Trace};
use holdfast_check::report::{Format, status, write};
use holdfast_check::verdict::{Finding, Judgement, Statement, Status};
use holdfast_models::cluster::{Cluster, Property, Verdict, View};
use support::fragile::{Fragile, Where, cluster};
use support::supervised::supervised;

const ANSWERED: Property<Fragile> =
    Property::witness("somebody-is-answered", "Somebody is answered.", |view| {
        view.history().acknowledged_updates().next().is_some()
    });

const NONE_COUNTED: Property<Fragile> =
    Property::invariant("nothing-is-counted", "Nothing is counted.", |view| {
        view.running().all(|(_, count)| *count == 0)
    });

const JUDGE_PANICS: Property<Fragile> =
    Property::invariant("judge-breaks", "This cannot be judged after a step.", |view| {
        let counted: u64 = view.running().map(|(_, count)| *count).sum();
        assert!(counted < 2, "the judge breaks at {counted}");
        true
    });

const STEP_JUDGE_PANICS: Property<Fragile> =
    Property::transition("judge-breaks", "This step cannot be judged.", |before, after| {
        let counted = |view: &View<'_, Fragile>| view.running().map(|(_, count)| *count).sum();
        let (earlier, later): (u64, u64) = (counted(before), counted(after));
        assert!(later < 2 || earlier == later, "the judge breaks at {later}");
        true
    });

fn explored(cluster: &Cluster<Fragile>, sought: &Sought, threads: usize) -> Exploration {
    supervised(|ticket| cluster.explore(sought, threads, ticket))
}

fn judged(cluster: &Cluster<Fragile>, exploration: Exploration) -> Judgement {
    let claims = cluster.properties.iter().map(|property| (Statement::of(property), None));
    Judgement::new(exploration, claims)
}

fn panicked(exploration: &Exploration) -> (&str, &Trace) {
    match &exploration.end {
        End::Panicked { message, trace: Some(trace) } => (message, trace),
        other => panic!("nothing panicked, or nobody knows how it came to that: {other:?}"),
    }
}

fn headlines(trace: &Trace) -> Vec<&str> {
    trace.story.moments.iter().map(|moment| moment.headline.as_str()).collect()
}

#[test]
fn without_a_fault_nothing_panics() {
    let cluster = cluster(Where::Nowhere, vec![ANSWERED]);
    let exploration = explored(&cluster, &Sought::Everything, 1);
    assert!(matches!(exploration.end, End::Exhausted), "{:?}", exploration.end);
    assert_eq!(judged(&cluster, exploration).status(), Status::Fine);
}

#[test]
fn a_handler_that_panics_is_reported_with_the_shortest_way_to_it() {
    // A request arrives, and then once more: datagrams may.
    for (place, steps) in [(Where::SecondRequest, 3), (Where::FirstMessage, 3)] {
        for threads in [1, 2] {
            let cluster = cluster(place, vec![ANSWERED]);
            let exploration = explored(&cluster, &Sought::Everything, threads);
            let (message, trace) = panicked(&exploration);
            assert_eq!(message, place.complaint(), "{threads} threads");
            assert_eq!(trace.steps(), steps, "{:?}", headlines(trace));
            assert_eq!(trace.path.len(), steps + 1);
            let status = judged(&cluster, exploration).status();
            assert_eq!((status, status.exit_code()), (Status::Panicked, 4));
        }
    }
}

#[test]
fn whatever_panics_is_found_where_stateright_finds_it() {
    let places = [Where::SecondRequest, Where::FirstMessage, Where::Ignoring];
    let broken_handlers = places.map(|place| cluster(place, vec![ANSWERED]));
    let broken_judges = [JUDGE_PANICS, STEP_JUDGE_PANICS]
        .map(|judge| cluster(Where::Nowhere, vec![ANSWERED, judge]));
    for cluster in broken_handlers.into_iter().chain(broken_judges) {
        let sought = Sought::Everything;
        let reference = supervised(|ticket| cluster.explore_by_stateright(&sought, 1, ticket));
        let found = explored(&cluster, &sought, 1);
        assert_eq!(panicked(&found), panicked(&reference));
        assert_eq!(found.states, reference.states);
        assert_eq!(found.depth, reference.depth);
        assert_eq!(found.traces, reference.traces);
    }
}

#[test]
fn a_replica_that_cannot_start_is_reported_before_the_first_step() {
    let cluster = cluster(Where::Start, vec![ANSWERED]);
    let exploration = explored(&cluster, &Sought::Everything, 1);
    let (message, trace) = panicked(&exploration);
    assert_eq!((message, trace.steps()), (Where::Start.complaint(), 0));
}

#[test]
fn what_a_panic_leaves_undone_is_still_decided() {
    let cluster = cluster(Where::SecondRequest, vec![ANSWERED, NONE_COUNTED]);
    let judgement = judged(&cluster, explored(&cluster, &Sought::Everything, 1));
    let findings: Vec<_> = judgement.judged.iter().map(|judged| judged.finding).collect();
    assert!(matches!(findings[0], Finding::ReachedIn(3)), "{findings:?}");
    let violated = Finding::Decided(Verdict::Violated { steps: 2 });
    assert_eq!(findings[1], violated, "{findings:?}");
    assert_eq!(judgement.status(), Status::Panicked);
}

#[test]
fn a_property_that_panics_is_named_with_the_shortest_way_to_it() {
    for threads in [1, 2] {
        let cluster = cluster(Where::Nowhere, vec![ANSWERED, JUDGE_PANICS]);
        let exploration = explored(&cluster, &Sought::Everything, threads);
        let (message, trace) = panicked(&exploration);
        for part in ["judge-breaks", "the judge breaks at 2"] {
            assert!(message.contains(part), "{message}");
        }
        assert_eq!(trace.steps(), 3, "{threads} threads: {:?}", headlines(trace));
        assert_eq!(judged(&cluster, exploration).status(), Status::Panicked);
    }
}

#[test]
fn a_search_for_the_nearest_reports_a_panic_too() {
    let cluster = cluster(Where::Nowhere, vec![JUDGE_PANICS]);
    let exploration = explored(&cluster, &Sought::Nearest(vec![0]), 1);
    assert_eq!(panicked(&exploration).1.steps(), 3);
}

#[test]
fn every_report_of_a_panic_says_so() {
    let families = families();
    let usual = find(&families, "asynchronous-failover").expect("the table has it");
    let cluster = cluster(Where::SecondRequest, vec![ANSWERED]);
    let entry = Entry {
        claims: vec![(Statement::of(&ANSWERED), Verdict::Reached)],
        cluster: Arc::new(cluster),
        ..usual.clone()
    };
    let outcomes = explore(vec![usual, &entry], &Limits::default(), false);
    assert_eq!(outcomes[0].judgement.status(), Status::Fine, "the other is not touched by it");
    assert_eq!(status(&outcomes).exit_code(), 4);
    let words =
        [(Format::Table, "panicked"), (Format::Json, "panicked"), (Format::Junit, "<error")];
    for (format, word) in words {
        let mut report = Vec::new();
        write(&outcomes, format, &mut report).expect("memory can be written");
        let report = String::from_utf8(report).expect("reports are UTF-8");
        for part in [word, Where::SecondRequest.complaint()] {
            assert!(report.contains(part), "{format:?}: {report}");
        }
    }
}
