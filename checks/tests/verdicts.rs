//! Every quick scenario of every family, explored once: what is found is what is claimed.

use std::fmt::Write as _;
use std::sync::LazyLock;

use holdfast_check::catalog::{Family, entries, families};
use holdfast_check::command::Limits;
use holdfast_check::command::run::explore;
use holdfast_check::explore::{End, Then};
use holdfast_check::report::{Covered, Outcome, covered, status, steps};
use holdfast_check::verdict::{Finding, Judged, Status, words};
use holdfast_models::cluster::{Tier, Verdict};

static FAMILIES: LazyLock<Vec<Family>> = LazyLock::new(families);

/// All tests look at one pass over the scenarios.
static OUTCOMES: LazyLock<Vec<Outcome<'static>>> = LazyLock::new(|| {
    let quick = entries(&FAMILIES).filter(|entry| entry.tier == Tier::Quick).collect();
    explore(quick, &Limits::default(), false)
});

/// Each judged property, with the number it has in its scenario.
fn judged() -> impl Iterator<Item = (&'static Outcome<'static>, usize, &'static Judged)> {
    OUTCOMES.iter().flat_map(|outcome| {
        let judged = outcome.judgement.judged.iter().enumerate();
        judged.map(move |(index, judged)| (outcome, index, judged))
    })
}

/// Scenario, property, claim, finding, and the shortest way to it.
fn told(outcome: &Outcome<'_>, judged: &Judged) -> String {
    let expected = judged.claimed.map_or_else(|| "nothing".to_owned(), words);
    let mut text = format!(
        "{}: {}: expected: {expected}; found: {}\n",
        outcome.entry.name, judged.statement.name, judged.finding
    );
    if let Some(trace) = &judged.trace {
        text.push_str(&steps(trace));
    }
    text
}

#[test]
fn every_quick_scenario_is_visited_to_its_end_without_a_panic() {
    let mut early = String::new();
    for Outcome { entry, judgement } in OUTCOMES.iter() {
        match &judgement.exploration.end {
            End::Exhausted => {}
            End::Satisfied => early.push_str(&format!("{}: not everything visited\n", entry.name)),
            End::Truncated(cause) => early.push_str(&format!("{}: {cause}\n", entry.name)),
            End::Panicked { message, trace } => {
                let path = trace.as_ref().map(steps).unwrap_or_default();
                writeln!(early, "{}: panicked: {message}\n{path}", entry.name)
                    .expect("writing to a string cannot fail");
            }
        }
    }
    assert!(early.is_empty(), "\n{early}");
}

#[test]
fn every_claim_of_every_quick_scenario_is_what_is_found() {
    let wrong = judged().filter(|(_, _, judged)| !judged.is_fine());
    let wrong: String = wrong.map(|(outcome, _, judged)| told(outcome, judged)).collect();
    assert!(wrong.is_empty(), "\n{wrong}");
    assert_eq!(status(&OUTCOMES), Status::Fine);
}

#[test]
fn no_claim_but_the_one_that_is_made_would_have_passed() {
    for (outcome, _, judged) in judged() {
        for other in others_than(judged.finding) {
            let wrong = Judged { claimed: Some(other), ..judged.clone() };
            assert!(!wrong.is_fine(), "{}", told(outcome, &wrong));
        }
    }
}

/// The claims that come nearest to what was found, and are wrong.
fn others_than(finding: Finding) -> Vec<Verdict> {
    match finding {
        Finding::Decided(Verdict::Violated { steps }) => {
            let nearest = [steps.checked_sub(1), steps.checked_add(1)];
            let nearest = nearest.into_iter().flatten().map(violated);
            nearest.chain([Verdict::Holds]).collect()
        }
        Finding::Decided(Verdict::Unreachable) => vec![Verdict::Reached],
        Finding::ReachedIn(_) => vec![Verdict::Unreachable],
        Finding::Decided(Verdict::Holds | Verdict::Reached) => vec![violated(0), violated(1)],
        Finding::Undecided => Vec::new(),
    }
}

#[test]
fn what_is_violated_from_the_beginning_has_one_neighbour() {
    let from_the_beginning = Finding::Decided(violated(0));
    assert_eq!(others_than(from_the_beginning), [violated(1), Verdict::Holds]);
    assert!(from_the_beginning.is_as_claimed(violated(0)));
    for other in others_than(from_the_beginning) {
        assert!(!from_the_beginning.is_as_claimed(other), "{}", words(other));
    }
    let after_all = Finding::Decided(violated(u16::MAX));
    assert_eq!(others_than(after_all), [violated(u16::MAX - 1), Verdict::Holds]);
}

#[test]
fn a_claim_that_is_wrong_is_told_with_its_trace() {
    let (outcome, _, judged) = judged()
        .find(|(_, _, judged)| matches!(judged.finding, Finding::Decided(violated) if violated != Verdict::Holds))
        .expect("something is violated somewhere");
    let said = told(outcome, &Judged { claimed: Some(Verdict::Holds), ..judged.clone() });
    let found = judged.finding.to_string();
    for part in [outcome.entry.name, judged.statement.name, "expected: holds", &found, "\n  1. "] {
        assert!(said.contains(part), "{part} is not told in:\n{said}");
    }
}

#[test]
fn every_trace_leads_where_it_says_when_it_is_followed_again() {
    for (outcome, index, judged) in judged() {
        let Some(trace) = &judged.trace else { continue };
        let again = outcome.entry.cluster.retrace(&trace.path, index);
        assert_eq!(again.as_ref(), Some(trace), "{}", told(outcome, judged));
        let cut_short = &trace.path[..trace.path.len() - 1];
        // Whether a good moment is still within reach, no path can tell, and in a loop there may be
        // a smaller one.
        let is_told_by_its_end = match trace.then {
            Then::Found | Then::Nothing => true,
            Then::Again(_) | Then::NoWay => false,
        };
        if !cut_short.is_empty() && is_told_by_its_end {
            let shorter = outcome.entry.cluster.retrace(cut_short, index);
            assert_eq!(shorter, None, "one step less is enough: {}", told(outcome, judged));
        }
    }
}

#[test]
fn whatever_is_violated_or_reached_has_a_trace_and_nothing_else_has_one() {
    for (outcome, _, judged) in judged() {
        let steps = judged.trace.as_ref().map(holdfast_check::explore::Trace::steps);
        let said = match judged.finding {
            Finding::Decided(Verdict::Violated { steps }) | Finding::ReachedIn(steps) => {
                Some(usize::from(steps))
            }
            Finding::Decided(_) | Finding::Undecided => None,
        };
        assert_eq!(steps, said, "{}", told(outcome, judged));
    }
}

/// An arm that no scenario reaches is an arm that nothing is known of.
#[test]
fn every_message_timer_and_fault_is_exercised_somewhere_or_excused() {
    for family in FAMILIES.iter() {
        let outcomes = OUTCOMES.iter().filter(|outcome| outcome.entry.family == family.name);
        let covered = covered(outcomes);
        assert!(covered.len() > 20, "{}: coverage is counted", family.name);
        for Covered { kind, steps, .. } in covered {
            let kind = kind.to_string();
            let excused = family.never_exercised.iter().any(|(other, _)| *other == kind);
            assert_eq!(steps == 0, excused, "{}: {kind}: {steps} steps", family.name);
        }
    }
}

const fn violated(steps: u16) -> Verdict {
    Verdict::Violated { steps }
}
