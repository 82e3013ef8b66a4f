//! The number of threads changes nothing that is reported.

#[path = "support/supervised.rs"]
mod supervised;

use holdfast_check::catalog::{Entry, families, find};
use holdfast_check::explore::{Exploration, Sought};
use holdfast_check::verdict::Judgement;
use supervised::supervised;

/// Of several sections, with faults of several kinds, most of them with more states than Stateright
/// hands to one thread at a time, and with long traces.
const SCENARIOS: [&str; 6] = [
    "asynchronous-failover",
    "old-leader-keeps-its-tail",
    "lease-is-not-honoured",
    "acknowledgement-from-before-a-restart",
    "last-replica-loses-its-log",
    "new-leader-reads-too-early",
];
/// How many threads explore, run by run.
const RUNS: [usize; 5] = [2, 1, 2, 3, 2];

fn explored(entry: &Entry, threads: usize) -> Exploration {
    supervised(|ticket| entry.cluster.explore(&Sought::Everything, threads, ticket))
}

#[test]
fn several_threads_report_what_one_reports_in_every_run() {
    let families = families();
    for name in SCENARIOS {
        let entry = find(&families, name).expect("the table has it");
        let one = explored(entry, 1);
        let traces = one.traces.clone();
        let depth = one.depth.expect("one thread knows how deep it went");
        let states = one.states;
        let verdicts = |exploration| {
            let claims = entry.claims.iter().map(|(what, claimed)| (*what, Some(*claimed)));
            let judgement = Judgement::new(exploration, claims);
            let found: Vec<_> = judgement.judged.iter().map(|judged| judged.finding).collect();
            (judgement.status(), found)
        };
        let expected = verdicts(one);
        for threads in RUNS {
            let again = explored(entry, threads);
            assert_eq!(again.states, states, "{name}, {threads} threads");
            assert!(again.depth.is_none_or(|again| again == depth), "{name}, {threads} threads");
            assert_eq!(again.traces, traces, "{name}, {threads} threads");
            assert_eq!(verdicts(again), expected, "{name}, {threads} threads");
        }
    }
}

#[test]
fn the_nearest_is_the_same_whoever_looks_for_it() {
    let families = families();
    for name in SCENARIOS {
        let entry = find(&families, name).expect("the table has it");
        let property = entry.most_telling();
        let everything = explored(entry, 2);
        let sought = Sought::Nearest(vec![property]);
        let nearest = supervised(|ticket| entry.cluster.explore(&sought, 1, ticket));
        assert!(nearest.traces[property].is_some(), "{name}");
        assert_eq!(nearest.traces[property], everything.traces[property], "{name}");
        assert!(nearest.states <= everything.states, "{name}");
    }
}
