//! What one thread does of a round, and what it keeps from round to round.

use std::hint::black_box;
use std::mem::take;
use std::ops::Range;

use holdfast_models::protocol::Protocol;

use super::batch::Batch;
use super::cache::Cache;
use super::doubt::Doubt;
use super::expand::Expander;
use super::judge::{self, Judges};
use super::orbit::Representatives;
use super::parts::Parts;
use super::symmetry::Symmetry;
use super::visited::{Visited, are_same, digest};

/// Expands and judges states.
pub(super) struct Worker<'a, P: Protocol> {
    parts: &'a Parts<P>,
    judges: &'a Judges<'a, P>,
    pub(super) expander: Expander<'a, P>,
    recent: Recent,
    /// Memory for the rows that are expanded.
    rows: Vec<u32>,
    /// What steps break that change the place of one replica: by the places before, which replica,
    /// and its place after.
    broken: Cache<u32>,
    /// What judging states came to: by places, history or front, and what else is looked at.
    judged: Cache<u32>,
    /// Combinations of places, pair by pair.
    combinations: Cache<u32>,
    /// What becomes of states of which one stands for many.
    symmetry: Option<(Representatives<'a, P>, Doubt<'a, P>)>,
    /// Batches to be used again: memory that is new to a process has to be cleared first.
    pub(super) spare: Vec<Batch>,
}

/// Stands where a property would be that was misjudged, if it is a declared symmetry that is wrong.
pub(super) const NO_PROPERTY: usize = usize::MAX;

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
    /// How many states were expanded, those included that others stand for.
    pub(super) states: usize,
}

impl<'a, P: Protocol> Worker<'a, P> {
    pub(super) fn new(
        parts: &'a Parts<P>,
        judges: &'a Judges<'a, P>,
        symmetry: Option<&'a Symmetry<'a, P>>,
    ) -> Self {
        let symmetry = symmetry
            .map(|symmetry| (Representatives::new(symmetry), Doubt::new(parts, judges, symmetry)));
        let (expander, recent) = (Expander::new(parts), Recent::new(parts.columns(), RECENT));
        Self {
            parts,
            judges,
            expander,
            recent,
            rows: Vec::new(),
            broken: Cache::new(1 << 13),
            judged: Cache::new(1 << 14),
            combinations: Cache::new(1 << 13),
            symmetry,
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
        let rows = self.fetch(visited, states.clone());
        for (state, row) in states.zip(rows.chunks_exact(columns)) {
            let Self { parts, judges, expander, broken, combinations, symmetry, .. } = self;
            let combination = judges.combination(expander.places(row), combinations);
            let mut weight = 1;
            if let Some((representatives, doubt)) = symmetry {
                weight = representatives.size(row);
                if let Some(wrong) = doubt.find(state, row, representatives) {
                    findings.misjudged.get_or_insert((state, NO_PROPERTY, wrong));
                }
            }
            expander.weight = weight;
            findings.states += weight;
            let is_quiescent = expander.expand(row, |next, taken| {
                findings.generated += weight;
                judges.judge_step(row, combination, next, taken.moved, broken, combinations);
                batch.push(next.row(), next.digest());
            });
            batch.end_state();
            // After a panic there is no state to judge, only the panic.
            if parts.fronts.get(row[parts.replicas()]).state.panicked.is_some() {
                findings.panicked.get_or_insert(state);
            } else if still_open != 0 {
                let judged = self.judge(row, combination, is_quiescent, open, still_open);
                findings.note(state, judged, &mut still_open);
            }
        }
        self.rows = rows;
        self.recent.retain_new(&mut batch);
        if let Some((representatives, _)) = &mut self.symmetry {
            batch.change(|row| {
                representatives.represent(row);
                digest(row)
            });
        }
        (batch, findings)
    }

    /// Reads the rows of `states`, and has what is known of their parts fetched into the processor's
    /// caches. One state after the other would wait for each; here, nothing depends on what is read
    /// before.
    fn fetch(&mut self, visited: &Visited, states: Range<usize>) -> Vec<u32> {
        let mut rows = take(&mut self.rows);
        rows.resize(states.len() * self.parts.columns(), 0);
        for (state, row) in states.zip(rows.chunks_exact_mut(self.parts.columns())) {
            visited.read(state, row);
            self.expander.fetch(row);
        }
        rows
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
        let front = row[self.parts.replicas()];
        if row[self.parts.replicas() + 1] != 0 {
            return self.judges.judge(row, combination, is_quiescent, still_open);
        }
        let history = self.parts.fronts.get(front).history;
        let by_history = [combination, history, u32::from(is_quiescent)];
        let by_front = [combination, front, 2 + u32::from(is_quiescent)];
        if let Some(found) = self.judged.get(by_history).or_else(|| self.judged.get(by_front)) {
            return judge::Findings { found: found & still_open, ..judge::Findings::default() };
        }
        let judged = self.judges.judge(row, combination, is_quiescent, still_open);
        if open == still_open && judged.misjudged.is_none() {
            let question = if judged.rests_on_clients { by_front } else { by_history };
            self.judged.put(question, judged.found);
        }
        judged
    }
}

/// Some of the rows that were reached last. Neighbours lead to the same states, so that most of what
/// is reached again is found here.
pub(super) struct Recent {
    columns: usize,
    rows: Vec<u32>,
    size: usize,
}

/// How many rows there is room for: what a cache of the processor holds.
const RECENT: usize = 1 << 14;

impl Recent {
    /// With room for `size` rows.
    pub(super) fn new(columns: usize, size: usize) -> Self {
        // No number of a part is so large: no row is taken for known where nothing was noted.
        Self { columns, rows: vec![u32::MAX; size * columns], size }
    }

    /// Notes the rows of `batch`, and takes out of it what is known.
    fn retain_new(&mut self, batch: &mut Batch) {
        // First all places and then all rows: what is not in a cache is fetched side by side.
        for digest in batch.digests() {
            black_box(self.rows[self.place(*digest)]);
        }
        batch.retain(|_, digest, row| self.note(digest, row));
    }

    /// Notes that `row` was reached. Answers false if that is known.
    pub(super) fn note(&mut self, digest: u64, row: &[u32]) -> bool {
        let place = self.place(digest);
        let kept = &mut self.rows[place..place + self.columns];
        if are_same(kept, row) {
            return false;
        }
        kept.copy_from_slice(row);
        true
    }

    const fn place(&self, digest: u64) -> usize {
        (digest >> 32) as usize % self.size * self.columns
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
        self.states += later.states;
    }
}
