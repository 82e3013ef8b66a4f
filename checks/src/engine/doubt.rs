//! Whether a declared symmetry is one: asked of some of the states, again and again.
//!
//! Of a state and of what a renaming makes of it, the same has to follow, renamed, and the same has to
//! be judged. If that is so for all states and for renamings that all others come of, then leaving out
//! what a renaming makes of something left in changes no verdict and no number of steps. Whoever
//! declares a symmetry that is none is told so here, or where the scenario is explored whole and
//! compared.

use std::collections::BTreeSet;

use holdfast_models::protocol::Protocol;

use super::cache::Cache;
use super::expand::Expander;
use super::judge::Judges;
use super::orbit::Representatives;
use super::parts::Parts;
use super::symmetry::Symmetry;

/// How every complaint begins.
pub(super) const WRONG: &str = "the declared symmetry is none";

/// All states up to here are asked about,
const FIRST: usize = 1 << 9;
/// and then one of so many.
const SAMPLE: usize = 1 << 7;

/// Asks. Each thread has its own.
pub(super) struct Doubt<'a, P: Protocol> {
    parts: &'a Parts<P>,
    judges: &'a Judges<'a, P>,
    symmetry: &'a Symmetry<'a, P>,
    generators: Vec<usize>,
    expander: Expander<'a, P>,
    broken: Cache<u32>,
    combinations: Cache<u32>,
}

/// What is asked of a state.
struct Answers {
    follow: BTreeSet<Box<[u32]>>,
    /// How many states follow in which something panicked: what it says has names in it.
    panics: usize,
    is_quiescent: bool,
    found: u32,
}

impl<'a, P: Protocol> Doubt<'a, P> {
    pub(super) fn new(
        parts: &'a Parts<P>,
        judges: &'a Judges<'a, P>,
        symmetry: &'a Symmetry<'a, P>,
    ) -> Self {
        let (broken, combinations) = (Cache::new(1 << 10), Cache::new(1 << 10));
        let expander = Expander::new(parts);
        let generators = symmetry.generators();
        Self { parts, judges, symmetry, generators, expander, broken, combinations }
    }

    /// What tells state `index` from what renamings make of it, if anything does, and if it is one of
    /// those that are asked about.
    pub(super) fn find(
        &mut self,
        index: usize,
        row: &[u32],
        representatives: &mut Representatives<'_, P>,
    ) -> Option<String> {
        if index >= FIRST && !index.is_multiple_of(SAMPLE) {
            return None;
        }
        let here = self.ask(row);
        for by in self.generators.clone() {
            let mut renamed = row.to_vec();
            representatives.renamed(&mut renamed, by);
            let there = self.ask(&renamed);
            let follow = here.follow.iter().map(|next| {
                let mut next = next.clone();
                representatives.renamed(&mut next, by);
                next
            });
            let follow: BTreeSet<_> = follow.collect();
            let differs = here.found ^ there.found;
            let what = if follow != there.follow || here.panics != there.panics {
                "the steps that are possible in a state change".to_owned()
            } else if differs != 0 {
                format!("{} is judged differently", self.judges.name(differs.trailing_zeros()))
            } else if here.is_quiescent != there.is_quiescent {
                "whether a state is at rest changes".to_owned()
            } else {
                continue;
            };
            let renaming = self.symmetry.renaming(by);
            return Some(format!("{WRONG}: under {renaming:?} {what}"));
        }
        None
    }

    fn ask(&mut self, row: &[u32]) -> Answers {
        let Self { parts, judges, expander, broken, combinations, .. } = self;
        let front = parts.replicas();
        let has_panicked = |row: &[u32]| parts.fronts.get(row[front]).state.panicked.is_some();
        let combination = judges.combination(expander.places(row), combinations);
        let mut answers =
            Answers { follow: BTreeSet::new(), panics: 0, is_quiescent: false, found: 0 };
        answers.is_quiescent = expander.expand(row, |next, taken| {
            judges.judge_step(row, combination, next, taken.moved, broken, combinations);
            if has_panicked(next.row()) {
                answers.panics += 1;
            } else {
                answers.follow.insert(next.row().into());
            }
        });
        if !has_panicked(row) {
            answers.found =
                judges.judge(row, combination, answers.is_quiescent, judges.all()).found;
        }
        answers
    }
}
