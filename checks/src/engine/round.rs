//! One round of a search: some thousand states are expanded and judged by whoever is free, some
//! hundred at a time, and what they lead to is added in the order of the states, so that the outcome
//! does not depend on who was.

use std::sync::atomic::{AtomicUsize, Ordering};

use holdfast_models::protocol::Protocol;

use super::batch::Batch;
use super::threads::Threads;
use super::visited::Visited;
use super::worker::{Findings, Worker};
use crate::explore::Ticket;

/// How many states are expanded at a time.
const CHUNK: usize = 256;

/// Those who work on a search, and what they are to do.
pub(super) struct Round<'a, P: Protocol> {
    pub(super) workers: Vec<Worker<'a, P>>,
    pub(super) threads: Threads,
    pub(super) ticket: &'a Ticket,
    /// What the states lead to.
    pub(super) batch: Batch,
}

impl<P: Protocol> Round<'_, P> {
    /// Expands the states from `first` up to `end`, judges the properties in `open` of them, one bit
    /// each, and adds what is new. `None` if it had to stop.
    pub(super) fn run(
        &mut self,
        visited: &mut Visited,
        first: usize,
        end: usize,
        open: u32,
    ) -> Option<Findings> {
        if let Err(cause) = visited.open(first..end) {
            self.ticket.stop(cause);
            return None;
        }
        let alone = Threads::new(1);
        let threads = if end - first < 4 * CHUNK { &alone } else { &self.threads };
        let (next, ticket) = (AtomicUsize::new(0), self.ticket);
        let expanded = threads.each(self.workers.iter_mut().take(threads.count()), |worker| {
            let mut done = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let start = first + index * CHUNK;
                if start >= end || ticket.is_stopped() {
                    return done;
                }
                let states = start..end.min(start + CHUNK);
                ticket.visit(states.len());
                done.push((index, worker.expand(visited, states, open)));
            }
        });
        let mut chunks: Vec<_> = expanded.into_iter().flatten().collect();
        if chunks.len() < (end - first).div_ceil(CHUNK) {
            return None;
        }
        chunks.sort_by_key(|(index, _)| *index);
        self.batch.clear();
        let mut findings = Findings::default();
        for (index, (batch, found)) in chunks {
            self.batch.append(&batch);
            self.workers[index % threads.count()].spare.push(batch);
            findings.append(found);
        }
        if let Err(cause) = visited.add(&self.batch, threads) {
            self.ticket.stop(cause);
            return None;
        }
        Some(findings)
    }
}
