//! What one thread does of a round, and what it keeps from round to round.

use std::ops::Range;

use holdfast_models::protocol::Protocol;

use super::batch::Batch;
use super::cache::Cache;
use super::expand::Expander;
use super::judge::{self, Judges};
use super::parts::Parts;
use super::visited::{Visited, are_same, digest};

/// Expands and judges states.
pub(super) struct Worker<'a, P: Protocol> {
    parts: &'a Parts<P>,
    judges: &'a Judges<'a, P>,
    pub(super) expander: Expander<'a, P>,
    recent: Recent,
    /// What steps break that change the place of one replica: by the places before, which replica,
    /// and its place after.
    broken: Cache<u32>,
    /// What judging states came to: by places, front, and what else is looked at.
    judged: Cache<u32>,
    /// Combinations of places, pair by pair.
    combinations: Cache<u32>,
    /// Batches to be used again: memory that is new to a process has to be cleared first.
    pub(super) spare: Vec<Batch>,
}

/// What judging states came to.
#[derive(Default)]
pub(super) struct Findings {
    /// Properties that are violated or reached, each with the first state that shows it.
    pub(super) found: Vec<(usize, usize)>,
    /// The first state in which something panicked.
    pub(super) panicked: Option<usize>,
    /// The first state that a property panicked on, which, and what it said.
    pub(super) misjudged: Option<(usize, usize, String)>,
    /// How many steps there were.
    pub(super) generated: usize,
}

impl<'a, P: Protocol> Worker<'a, P> {
    pub(super) fn new(parts: &'a Parts<P>, judges: &'a Judges<'a, P>) -> Self {
        let (expander, recent) = (Expander::new(parts), Recent::new(parts.columns()));
        Self {
            parts,
            judges,
            expander,
            recent,
            broken: Cache::new(1 << 13),
            judged: Cache::new(1 << 15),
            combinations: Cache::new(1 << 13),
            spare: Vec::new(),
        }
    }

    /// Expands `states`, and judges the properties in `open` of them, one bit each. Answers the rows
    /// that they lead to and that may be new. Has to be asked for later states each time.
    pub(super) fn expand(
        &mut self,
        visited: &Visited,
        states: Range<usize>,
        open: u32,
    ) -> (Batch, Findings) {
        let mut still_open = open;
        let columns = self.parts.columns();
        let mut batch = self.spare.pop().unwrap_or_else(|| Batch::new(columns));
        batch.clear();
        let mut findings = Findings::default();
        let mut row = vec![0; columns];
        for state in states {
            let Self { parts, judges, expander, recent, broken, combinations, .. } = self;
            visited.read(state, &mut row);
            let combination = judges.combination(&row, combinations);
            let is_quiescent = expander.expand(&row, |next, _| {
                findings.generated += 1;
                judges.judge_step(&row, combination, next, broken, combinations);
                let digest = digest(next);
                if recent.note(digest, next) {
                    batch.push(next, digest);
                }
            });
            batch.end_state();
            // After a panic there is no state to judge, only the panic.
            if parts.fronts.get(row[parts.replicas()]).state.panicked.is_some() {
                findings.panicked.get_or_insert(state);
            } else if still_open != 0 {
                let judged = self.judge(&row, combination, is_quiescent, open, still_open);
                findings.note(state, judged, &mut still_open);
            }
        }
        visited.retain_new(&mut batch);
        (batch, findings)
    }

    /// Judges the properties in `still_open`, and keeps the answer if those are all in `open`. Of what
    /// is not open any more at a state, nobody asks at a later one.
    fn judge(
        &mut self,
        row: &[u32],
        combination: u32,
        is_quiescent: bool,
        open: u32,
        still_open: u32,
    ) -> judge::Findings {
        let front = self.parts.replicas();
        let has_broken = row[front + 1] != 0;
        let question = [combination, row[front], u32::from(is_quiescent)];
        if !has_broken && let Some(found) = self.judged.get(question) {
            return judge::Findings { found: found & still_open, misjudged: None };
        }
        let judged = self.judges.judge(row, combination, is_quiescent, still_open);
        if !has_broken && open == still_open && judged.misjudged.is_none() {
            self.judged.put(question, judged.found);
        }
        judged
    }
}

/// Some of the rows that were reached last. Neighbours lead to the same states, so that most of what
/// is reached again is found here.
struct Recent {
    columns: usize,
    rows: Vec<u32>,
    digests: Vec<u64>,
}

/// How many rows there is room for: what a cache of the processor holds.
const RECENT: usize = 1 << 14;

impl Recent {
    fn new(columns: usize) -> Self {
        Self { columns, rows: vec![0; RECENT * columns], digests: vec![0; RECENT] }
    }

    /// Notes that `row` was reached. Answers false if that is known.
    fn note(&mut self, digest: u64, row: &[u32]) -> bool {
        let place = (digest >> 32) as usize % RECENT;
        let kept = &mut self.rows[place * self.columns..(place + 1) * self.columns];
        // No state is all zeros in a place that nothing was noted in: digests tell.
        if self.digests[place] == digest && digest != 0 && are_same(kept, row) {
            return false;
        }
        kept.copy_from_slice(row);
        self.digests[place] = digest;
        true
    }
}

impl Findings {
    fn note(&mut self, state: usize, judged: judge::Findings, open: &mut u32) {
        let mut found = judged.found;
        if let Some((property, message)) = judged.misjudged {
            *open &= !(1 << property);
            self.misjudged.get_or_insert((state, property, message));
        }
        *open &= !found;
        while found != 0 {
            let property = found.trailing_zeros() as usize;
            self.found.push((property, state));
            found &= found - 1;
        }
    }

    /// Adds what came of later states.
    pub(super) fn append(&mut self, later: Self) {
        for (property, state) in later.found {
            if !self.found.iter().any(|(other, _)| *other == property) {
                self.found.push((property, state));
            }
        }
        self.panicked = self.panicked.or(later.panicked);
        self.misjudged = self.misjudged.take().or(later.misjudged);
        self.generated += later.generated;
    }
}
