//! The lattice: what implies what, and nothing else does.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::enumeration::{
    Bounds, Letter, counter, each_history, mixed, register, two_locks, two_registers,
};
use super::random::{cases, execution, steps};
use super::{Guarantee, history};
use crate::consistency::History;

const FOUR: Bounds = Bounds { operations: 4, notification: false };
const THREE: Bounds = Bounds { operations: 3, notification: false };
const THREE_AND_A_NOTICE: Bounds = Bounds { operations: 3, notification: true };

/// The guarantees of the lattice, with the staleness that equals regularity and the one after.
fn guarantees() -> Vec<Guarantee> {
    let staleness = [0, 2].map(|versions| Guarantee::BoundedStaleness { versions });
    [Guarantee::ALL, &staleness].concat()
}

/// Bit `i` is whether guarantee `i` holds.
fn verdicts(guarantees: &[Guarantee], history: &History) -> u32 {
    guarantees
        .iter()
        .enumerate()
        .fold(0, |verdicts, (bit, guarantee)| verdicts | u32::from(guarantee.holds(history)) << bit)
}

/// Panics if something holds although something weaker does not.
fn assert_agrees(guarantees: &[Guarantee], history: &History) {
    let verdicts = verdicts(guarantees, history);
    for (bit, guarantee) in guarantees.iter().enumerate() {
        for weaker in guarantee.weaker() {
            let weaker_bit = guarantees.iter().position(|other| other == weaker);
            let Some(weaker_bit) = weaker_bit else { continue };
            let agrees = verdicts & (1 << bit) == 0 || verdicts & (1 << weaker_bit) != 0;
            assert!(agrees, "{guarantee} holds and {weaker} does not: {history:#?}");
        }
    }
}

fn every_small_history_agrees(letters: &[Letter], bounds: Bounds) {
    let guarantees = guarantees();
    let mut judged = 0;
    each_history(letters, bounds, &mut |history| {
        judged += 1;
        assert_agrees(&guarantees, history);
    });
    assert!(judged > 10_000, "only {judged} histories");
}

#[test]
fn what_is_stronger_holds_nowhere_alone_over_one_register() {
    every_small_history_agrees(&register(), FOUR);
}

#[test]
fn what_is_stronger_holds_nowhere_alone_over_two_registers() {
    every_small_history_agrees(&two_registers(), FOUR);
}

#[test]
fn what_is_stronger_holds_nowhere_alone_over_a_counter() {
    every_small_history_agrees(&counter(), FOUR);
}

#[test]
fn what_is_stronger_holds_nowhere_alone_over_every_kind_of_operation() {
    every_small_history_agrees(&mixed(), THREE);
}

#[test]
fn what_is_stronger_holds_nowhere_alone_where_sessions_notify_each_other() {
    every_small_history_agrees(&two_registers(), THREE_AND_A_NOTICE);
    every_small_history_agrees(&counter(), THREE_AND_A_NOTICE);
}

/// Regular, and explained by nothing. Over the counter above it takes four operations to get there.
const EACH_COUNTS_ON_THE_OTHER: &str = "
    A: n + 1
    B: n + -1
    A: -> 3
    B: -> 2
";

#[test]
fn whatever_the_lattice_does_not_promise_fails_somewhere() {
    let guarantees = guarantees();
    let mut seen = BTreeSet::from([verdicts(&guarantees, &history(EACH_COUNTS_ON_THE_OTHER))]);
    for (letters, bounds) in [
        (register(), THREE_AND_A_NOTICE),
        (two_registers(), THREE),
        (counter(), THREE),
        (mixed(), THREE),
        (two_locks(), THREE),
    ] {
        each_history(&letters, bounds, &mut |history| {
            seen.insert(verdicts(&guarantees, history));
        });
    }
    for (bit, guarantee) in guarantees.iter().enumerate() {
        for (other_bit, other) in guarantees.iter().enumerate() {
            let is_separated = seen
                .iter()
                .any(|verdicts| verdicts & (1 << bit) != 0 && verdicts & (1 << other_bit) == 0);
            let is_same = *guarantee == Guarantee::BoundedStaleness { versions: 0 }
                && Guarantee::Regular.implies(*other);
            let is_promised = guarantee.implies(*other) || is_same;
            assert_eq!(!is_separated, is_promised, "{guarantee} and {other}");
        }
    }
}

#[test]
fn staleness_of_no_versions_is_regularity() {
    for letters in [register(), counter(), mixed()] {
        each_history(&letters, THREE, &mut |history| {
            let stale = Guarantee::BoundedStaleness { versions: 0 };
            assert_eq!(stale.holds(history), Guarantee::Regular.holds(history), "{history:#?}");
        });
    }
}

#[test]
fn nothing_comes_before_what_implies_it() {
    for (place, guarantee) in Guarantee::ALL.iter().enumerate() {
        let earlier = &Guarantee::ALL[..place];
        assert!(!earlier.iter().any(|earlier| guarantee.implies(*earlier)), "{guarantee}");
    }
}

#[test]
fn more_versions_behind_is_weaker_up_to_the_last() {
    let behind = |versions| Guarantee::BoundedStaleness { versions };
    assert_eq!(behind(0).weaker(), [behind(1)]);
    assert_eq!(behind(254).weaker(), [behind(255)]);
    assert_eq!(behind(255).weaker(), []);
    assert!(Guarantee::Linearizable.implies(behind(255)));
}

#[test]
fn a_guarantee_is_found_by_its_name() {
    for guarantee in guarantees() {
        assert_eq!(guarantee.to_string().parse(), Ok(guarantee));
    }
    let unknown = "bounded-staleness".parse::<Guarantee>().expect_err("it lacks its number");
    assert!(unknown.to_string().starts_with("no guarantee is called `bounded-staleness`; there"));
}

proptest! {
    #![proptest_config(cases(10_000))]

    #[test]
    fn what_is_stronger_holds_nowhere_alone_in_random_executions(steps in steps(3, 20)) {
        assert_agrees(&guarantees(), &execution(3, &steps));
    }
}
