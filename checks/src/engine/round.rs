//! One round of a search: some hundred states at a time are expanded and judged by whoever is free,
//! and what they lead to is merged in the order of the states, so that the outcome does not depend on
//! who was.

use std::sync::atomic::{AtomicUsize, Ordering};

use hashbrown::HashTable;
use holdfast_models::protocol::Protocol;

use super::expand::Expander;
use super::judge::Judges;
use super::parts::Parts;
use super::threads::each;
use super::visited::{Visited, digest, fill};
use crate::explore::Ticket;

/// How many states are expanded at a time.
const CHUNK: usize = 256;

/// What a round works with.
pub(super) struct Round<'a, P: Protocol> {
    pub(super) parts: &'a Parts<P>,
    pub(super) judges: &'a Judges<'a, P>,
    pub(super) ticket: &'a Ticket,
    pub(super) threads: usize,
    /// Properties that are still to be judged, one bit each.
    pub(super) open: u32,
}

/// What one chunk of states came to.
#[derive(Default)]
struct Chunk {
    /// Rows that may be new, one after the other, in the order in which they were reached.
    rows: Vec<u32>,
    /// A digest of each.
    digests: Vec<u64>,
    /// For each expanded state, how many of them there are up to its last.
    ends: Vec<usize>,
    findings: Findings,
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

/// A row that nobody reached before: which chunk's, which of its rows, and the digest.
type New = (usize, usize, u64);

impl<P: Protocol> Round<'_, P> {
    /// Expands the states from `first` up to `end`, and adds what is new. `None` if it had to stop.
    pub(super) fn run(&self, visited: &mut Visited, first: usize, end: usize) -> Option<Findings> {
        let threads = if end - first < 4 * CHUNK { 1 } else { self.threads };
        let chunks = self.expand(visited, first, end, threads)?;
        let new = self.merge(visited, &chunks, threads);
        let columns = self.parts.columns();
        let mut entries: Vec<Vec<(u64, u32)>> = new.iter().map(|_| Vec::new()).collect();
        let mut order: Vec<New> = new.concat();
        if new.len() > 1 {
            // A stable sort finds out by itself that these are a few sorted runs.
            order.sort();
        }
        let mut order = order.into_iter().peekable();
        let mut findings = Findings::default();
        for (index, chunk) in chunks.into_iter().enumerate() {
            for end in &chunk.ends {
                let mut children = 0;
                while let Some((_, at, digest)) =
                    order.next_if(|(of, at, _)| *of == index && at < end)
                {
                    let row = &chunk.rows[at * columns..(at + 1) * columns];
                    entries[visited.table(digest)].push((digest, visited.push(row)));
                    children += 1;
                }
                visited.add_family(children);
            }
            findings.append(chunk.findings);
        }
        let (rows, tables) = visited.tables();
        let work = tables.iter_mut().zip(entries);
        each(threads, work, |(table, entries)| fill(rows, table, entries));
        Some(findings)
    }

    fn expand(
        &self,
        visited: &Visited,
        first: usize,
        end: usize,
        threads: usize,
    ) -> Option<Vec<Chunk>> {
        let next = AtomicUsize::new(0);
        let workers = each(threads, 0..threads, |_| {
            let mut expander = Expander::new(self.parts);
            let mut done = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let start = first + index * CHUNK;
                if start >= end || self.ticket.is_stopped() {
                    return done;
                }
                let states = start..end.min(start + CHUNK);
                self.ticket.visit(states.len());
                done.push((index, self.expand_chunk(visited, states, &mut expander)));
            }
        });
        let mut chunks: Vec<_> = workers.into_iter().flatten().collect();
        chunks.sort_by_key(|(index, _)| *index);
        let is_whole = chunks.len() == (end - first).div_ceil(CHUNK);
        is_whole.then(|| chunks.into_iter().map(|(_, chunk)| chunk).collect())
    }

    fn expand_chunk(
        &self,
        visited: &Visited,
        states: std::ops::Range<usize>,
        expander: &mut Expander<'_, P>,
    ) -> Chunk {
        let mut chunk = Chunk::default();
        let mut row = vec![0; self.parts.columns()];
        let broken = row.len() - 1;
        let mut open = self.open;
        for state in states {
            visited.read(state, &mut row);
            let Chunk { rows, digests, findings, .. } = &mut chunk;
            let combination = self.judges.combination(&row);
            let is_quiescent = expander.expand(&row, |next| {
                findings.generated += 1;
                self.judges.judge_step(&row, combination, next);
                let digest = digest(next.iter().copied());
                if !visited.contains(digest, next) {
                    rows.extend_from_slice(next);
                    digests.push(digest);
                }
            });
            chunk.ends.push(chunk.digests.len());
            if self.parts.fronts.get(row[broken - 1]).state.panicked.is_some() {
                chunk.findings.panicked.get_or_insert(state);
            }
            let judged = self.judges.judge(&row, combination, is_quiescent, open);
            chunk.findings.note(state, judged, &mut open);
        }
        chunk
    }

    /// Which rows of the chunks are new: for each table in order, each row once, where it comes first.
    fn merge(&self, visited: &Visited, chunks: &[Chunk], threads: usize) -> Vec<Vec<New>> {
        let columns = self.parts.columns();
        let row = |(chunk, at, _): &New| {
            let (rows, start): (&[u32], _) = (&chunks[*chunk].rows, at * columns);
            &rows[start..start + columns]
        };
        each(threads, 0..self.threads, |table| {
            let mut first: HashTable<New> = HashTable::new();
            let mut new = Vec::new();
            for (index, chunk) in chunks.iter().enumerate() {
                for (at, digest) in chunk.digests.iter().enumerate() {
                    let candidate = (index, at, *digest);
                    if visited.table(*digest) != table {
                        continue;
                    }
                    let is_known =
                        |other: &New| other.2 == *digest && row(other) == row(&candidate);
                    if first.find(*digest, is_known).is_none() {
                        first.insert_unique(*digest, candidate, |(_, _, digest)| *digest);
                        new.push(candidate);
                    }
                }
            }
            new
        })
    }
}

impl Findings {
    fn note(&mut self, state: usize, judged: super::judge::Findings, open: &mut u32) {
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
    fn append(&mut self, later: Self) {
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
