//! `EXEC`: commands that take effect together, or not at all.
//!
//! What the commands need to know is read first, all at one moment; then they are gone through, and what they come to
//! is written, if nothing that was read or is watched has changed meanwhile. If it has, all begins anew, unless it is
//! watched. Commands that only write need no reading.

use std::collections::{BTreeMap, BTreeSet};

use holdfast_models::vocabulary::{Key, LogPosition, Operation, Outcome, Refusal};

use super::failure::failed;
use super::gather::unexpected;
use super::task::{Answered, MOST_OVERTAKEN, Step, Task};
use super::view::View;
use crate::client::{Failure, MAX_VALUE};
use crate::resp::Response;

/// A command between `MULTI` and `EXEC`.
#[derive(Clone, Debug)]
pub(super) enum Queued {
    /// It is answered already.
    Answer(Response),
    /// It concerns keys.
    Task(Task),
}

impl Queued {
    /// How many keys it concerns.
    pub(super) const fn keys(&self) -> usize {
        match self {
            Self::Answer(_) => 0,
            Self::Task(task) => task.keys(),
        }
    }
}

/// Keys that are not to change, and since which place in the order.
pub type Watched = BTreeMap<Key, LogPosition>;

/// A transaction that is being carried out.
#[derive(Clone, Debug)]
pub(super) struct Exec {
    commands: Vec<Queued>,
    watched: Watched,
    /// What has to be known.
    reads: Vec<Key>,
    /// The place in the order at which it was read.
    read_at: LogPosition,
    /// What the commands are answered, once it is known whether they take effect.
    responses: Option<Vec<Response>>,
    tries: u16,
}

impl Exec {
    pub(super) fn new(commands: Vec<Queued>) -> Self {
        let tasks = commands.iter().filter_map(|command| match command {
            Queued::Task(task) => Some(task),
            Queued::Answer(_) => None,
        });
        let reads: BTreeSet<Key> = tasks.flat_map(Task::reads).cloned().collect();
        Self {
            commands,
            watched: Watched::new(),
            reads: reads.into_iter().collect(),
            read_at: LogPosition::ZERO,
            responses: None,
            tries: 0,
        }
    }

    /// These keys are not to change.
    pub(super) fn watch(&mut self, watched: Watched) {
        self.watched = watched;
    }

    /// The order up to there is seen with what was answered last.
    pub(super) const fn see(&mut self, position: LogPosition) {
        self.read_at = position;
    }

    pub(super) fn begin(&mut self) -> Step {
        if self.reads.is_empty() && self.watched.is_empty() {
            return self.change(View::default());
        }
        Step::Ask(vec![Operation::Transact {
            reads: self.reads.clone(),
            writes: Vec::new(),
            unchanged: self.watched.clone().into_iter().collect(),
        }])
    }

    pub(super) fn resume(&mut self, answer: Option<Answered>) -> Step {
        let conflict = Failure::Refused(Refusal::Conflict);
        match (answer, self.responses.take()) {
            (Some(Ok(Outcome::Transacted(found))), None) => {
                self.change(View::of(self.reads.iter().cloned().zip(found)))
            }
            (Some(Ok(Outcome::Transacted(_))), Some(responses)) => {
                Step::Answer(Response::Array(responses))
            }
            // Nothing but what is watched is asked about.
            (Some(Err(failure)), None) if failure == conflict => Step::Answer(Response::NoArray),
            (Some(Err(failure)), Some(_)) if failure == conflict && self.tries < MOST_OVERTAKEN => {
                self.tries += 1;
                self.begin()
            }
            (Some(Err(Failure::TooLong)), _) => {
                let text = format!("all that a transaction names has at most {MAX_VALUE} bytes");
                Step::Answer(Response::error(text))
            }
            (Some(Err(failure)), _) => Step::Answer(failed(failure)),
            (Some(Ok(_)) | None, _) => Step::Answer(unexpected()),
        }
    }

    /// Goes through the commands, and asks for what they come to.
    fn change(&mut self, mut view: View) -> Step {
        let responses = self.commands.iter().map(|command| match command {
            Queued::Answer(response) => response.clone(),
            Queued::Task(task) => task.on(&mut view),
        });
        let responses: Vec<_> = responses.collect();
        let writes = view.into_written();
        if writes.is_empty() {
            return Step::Answer(Response::Array(responses));
        }
        self.responses = Some(responses);
        let mut unchanged = self.watched.clone();
        for key in &self.reads {
            // What is watched was watched before it was read.
            unchanged.entry(key.clone()).or_insert(self.read_at);
        }
        let unchanged = unchanged.into_iter().collect();
        Step::Ask(vec![Operation::Transact { reads: Vec::new(), writes, unchanged }])
    }
}

#[cfg(test)]
mod tests;
