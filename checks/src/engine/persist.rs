//! What a search does to outlast a lack of memory, and its process.

use holdfast_models::cluster::Narrate;

use super::checkpoint::{Checkpoints, Head, Lock, Progress};
use super::lessons::Successors;
use super::resume::replay;
use super::round::Round;
use super::search::{KINDS, Search};
use super::spill::Room;
use super::threads::Threads;
use crate::explore::{Cause, Ticket};

impl<P: Narrate> Search<'_, P> {
    /// Sends states to disk if memory is short. If so, finds out what is new once a level `is_through`,
    /// or there is no room for more.
    pub(super) fn keep_within_memory(
        &mut self,
        is_through: bool,
        ticket: &Ticket,
    ) -> Result<(), Cause> {
        if !self.visited.is_on_disk() {
            if !ticket.has_to_spill() {
                return Ok(());
            }
            let held = self.visited.bytes();
            self.visited.spill(&ticket.storage().folder())?;
            self.room = Some(Room::new(ticket.has_spilled(held)));
        }
        let bytes = self.visited.bytes_to_settle();
        let (resident, is_short) = ticket.resident();
        let is_full = |room: &mut Room| room.is_full(bytes, resident, is_short);
        if self.room.as_mut().is_some_and(is_full) || is_through {
            self.visited.settle()?;
        }
        Ok(())
    }

    /// Goes on from a checkpoint, if there is one to resume, and writes others from now on, if any are to
    /// be written. `initial` is the first state.
    pub(super) fn begin(&mut self, initial: &[u32], ticket: &Ticket) -> Result<(), Cause> {
        let Some(plan) = ticket.checkpointing() else { return Ok(()) };
        let lock = Lock::take(plan)?;
        let mut successors = Successors::new(self.parts, self.judges);
        let mut generation = 0;
        if plan.resume {
            let head = replay(plan, initial, &mut successors, |batch| {
                ticket.cause().map_or(Ok(()), Err)?;
                ticket.visit(batch.ends().len());
                self.visited.add(batch, &Threads::new(1))?;
                self.keep_within_memory(false, ticket)
            })?;
            self.visited.settle()?;
            generation = head.generation + 1;
            self.take_up(head, ticket)?;
        }
        self.checkpoints = Some(Checkpoints::new(plan, lock, generation, initial, successors)?);
        Ok(())
    }

    fn take_up(&mut self, head: Head, ticket: &Ticket) -> Result<(), Cause> {
        let Progress { states, shown, panicked, misjudged, .. } = head.progress.clone();
        let fits = shown.len() == self.shown.len() && head.progress.counts.len() == KINDS;
        if self.visited.len() != states || !fits {
            let said = format!(
                "the checkpoint has {states} states, and {} are different",
                self.visited.len()
            );
            return Err(Cause::Disk(said));
        }
        for (property, state) in self.cluster.properties.iter().zip(&shown) {
            if state.is_some() && !property.is_witness() {
                ticket.found_violation();
            }
        }
        (self.shown, self.panicked, self.misjudged) = (shown, panicked, misjudged);
        self.generated = head.progress.generated;
        self.counted_before.clone_from(&head.progress.counts);
        self.progress = head.progress;
        Ok(())
    }

    /// Notes where the search is after a round. Writes a checkpoint if it is time.
    pub(super) fn checkpoint(&mut self, round: &Round<'_, P>) -> Result<(), Cause> {
        let Some(checkpoints) = &self.checkpoints else { return Ok(()) };
        let is_due = checkpoints.is_due();
        for (kind, count) in self.progress.counts.iter_mut().enumerate() {
            let counts = round.workers.iter().map(|worker| worker.expander.counts[kind]);
            *count = self.counted_before[kind] + counts.sum::<usize>();
        }
        if is_due { self.write_checkpoint() } else { Ok(()) }
    }

    /// Writes a checkpoint of what is known after the last whole round.
    pub(super) fn write_checkpoint(&mut self) -> Result<(), Cause> {
        let Some(checkpoints) = &mut self.checkpoints else { return Ok(()) };
        self.visited.settle()?;
        let progress = Progress {
            states: self.visited.len(),
            generated: self.generated,
            shown: self.shown.clone(),
            panicked: self.panicked,
            misjudged: self.misjudged.clone(),
            ..self.progress.clone()
        };
        checkpoints.write(&mut self.visited, progress)
    }
}
