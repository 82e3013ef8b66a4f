//! The commands of one connection: started as early as nobody can notice, answered in their order.
//!
//! A command about keys starts while earlier ones are under way if they are all of its kind, reading
//! or changing, and have no key in common with it. Any other command starts when all before it have
//! been answered.

use std::collections::VecDeque;
use std::time::Instant;

use holdfast_models::vocabulary::{Context, LogPosition, Operation};

use crate::commands::{Answered, Command, Ending, Meaning, Plan, Step, Task, Wait, Watched};
use crate::resp::{Arguments, Response};

/// How many commands of a connection are taken in before the first of them is answered.
pub(super) const MOST_COMMANDS: usize = 128;

/// How many keys those commands concern together. One command may concern more: it is alone then.
const MOST_KEYS: usize = 2048;

/// Which of the commands of a connection, counted from its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place(u64);

/// The commands that are not yet answered.
#[derive(Default)]
pub(super) struct Pipeline {
    entries: VecDeque<Entry>,
    /// The place of the first of them.
    first: u64,
    /// How many keys they concern.
    keys: usize,
    /// The keys that are not to change before the next transaction, and since which place in the order.
    watched: Watched,
}

struct Entry {
    keys: usize,
    stage: Stage,
}

enum Stage {
    /// Not yet started.
    Task(Task),
    Connection(&'static Command, Arguments),
    CountKeys,
    Wait(Wait),
    /// Under way.
    Running(Running),
    Counting,
    Waiting(Wait, Option<Instant>),
    /// To be answered.
    Answered(Response, Ending),
}

/// A command whose operations are under way.
struct Running {
    task: Task,
    answers: Vec<Option<Answered>>,
    missing: usize,
}

/// Something to be done for a command that may start.
pub(super) enum Start {
    /// These operations are to be asked.
    Ask(Place, Vec<Operation>),
    /// The connection or the node is to answer.
    Connection(Place, &'static Command, Arguments),
    /// The store is to be looked at.
    CountKeys(Place),
    /// Nothing: it is answered already.
    Answered,
}

impl Pipeline {
    pub(super) fn is_full(&self) -> bool {
        self.entries.len() >= MOST_COMMANDS || self.keys >= MOST_KEYS
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Takes in the next command.
    pub(super) fn push(&mut self, plan: Plan) {
        let (keys, stage) = match plan {
            Plan::Answer(response) => (0, Stage::Answered(response, Ending::Open)),
            Plan::Task(task) => (task.keys(), Stage::Task(task)),
            Plan::Connection(command, arguments) => (0, Stage::Connection(command, arguments)),
            Plan::CountKeys => (0, Stage::CountKeys),
            Plan::Wait(wait) => (0, Stage::Wait(wait)),
        };
        self.keys += keys;
        self.entries.push_back(Entry { keys, stage });
    }

    /// Says one last thing after all that is under way.
    pub(super) fn push_last(&mut self, response: Response) {
        let stage = Stage::Answered(response, Ending::Close);
        self.entries.push_back(Entry { keys: 0, stage });
    }

    /// The first answer, if it is there.
    pub(super) fn pop(&mut self) -> Option<(Response, Ending)> {
        let entry = self.entries.pop_front()?;
        let Stage::Answered(response, ending) = entry.stage else {
            self.entries.push_front(entry);
            return None;
        };
        self.first += 1;
        self.keys -= entry.keys;
        Some((response, ending))
    }

    /// Starts the next command that may start.
    pub(super) fn start(&mut self, now: Instant) -> Option<Start> {
        let at = self.next_start()?;
        let place = Place(self.first + at as u64);
        let stage = &mut self.entries[at].stage;
        let (next, start) = match std::mem::replace(stage, Stage::Counting) {
            Stage::Task(mut task) => {
                task.take_watched(&mut self.watched);
                match task.begin() {
                    Step::Ask(operations) => {
                        let running = Running::new(task, operations.len());
                        (Stage::Running(running), Some(Start::Ask(place, operations)))
                    }
                    Step::Answer(response) => {
                        let answered = Stage::Answered(response, Ending::Open);
                        (answered, Some(Start::Answered))
                    }
                }
            }
            Stage::Connection(command, arguments) => {
                if command.meaning == Meaning::Reset {
                    self.watched.clear();
                }
                (Stage::Counting, Some(Start::Connection(place, command, arguments)))
            }
            Stage::CountKeys => (Stage::Counting, Some(Start::CountKeys(place))),
            Stage::Wait(wait) => {
                (Stage::Waiting(wait, wait.patience.map(|patience| now + patience)), None)
            }
            other @ (Stage::Running(_)
            | Stage::Counting
            | Stage::Waiting(..)
            | Stage::Answered(..)) => (other, None),
        };
        *stage = next;
        start
    }

    fn next_start(&self) -> Option<usize> {
        let is_new = |entry: &Entry| match entry.stage {
            Stage::Task(_) | Stage::Connection(..) | Stage::CountKeys | Stage::Wait(_) => true,
            Stage::Running(_) | Stage::Counting | Stage::Waiting(..) | Stage::Answered(..) => false,
        };
        let at = self.entries.iter().position(is_new)?;
        let may_start = self.entries.iter().take(at).all(|earlier| {
            match (&earlier.stage, &self.entries[at].stage) {
                (Stage::Answered(_, ending), Stage::Task(_)) => *ending == Ending::Open,
                (Stage::Running(earlier), Stage::Task(task)) => task.may_overlap(&earlier.task),
                (_, _) => false,
            }
        });
        may_start.then_some(at)
    }

    /// One of the operations of a command was answered. What it asks next, if anything.
    pub(super) fn answer(
        &mut self,
        place: Place,
        index: usize,
        answered: Answered,
    ) -> Option<Vec<Operation>> {
        let at = self.index(place)?;
        let stage = &mut self.entries.get_mut(at)?.stage;
        let Stage::Running(running) = stage else { return None };
        let answer = running.answers.get_mut(index)?;
        if answer.replace(answered).is_none() {
            running.missing -= 1;
        }
        if running.missing > 0 {
            return None;
        }
        let answers = std::mem::take(&mut running.answers).into_iter().flatten().collect();
        match running.task.resume(answers) {
            Step::Ask(operations) => {
                running.missing = operations.len();
                running.answers = vec![None; operations.len()];
                Some(operations)
            }
            Step::Answer(response) => {
                // What cannot be watched from now on is watched from the beginning: nothing passes
                // that it was to guard.
                let response = if running.task.put_watched(&mut self.watched) {
                    response
                } else {
                    self.watched.clear();
                    Response::error("so many keys cannot be watched; now none is")
                };
                *stage = Stage::Answered(response, Ending::Open);
                None
            }
        }
    }

    /// What the client of a command said it knows of its key.
    pub(super) fn known(&mut self, place: Place) -> Option<&Context> {
        match self.stage(place)? {
            Stage::Running(running) => running.task.known(),
            Stage::Task(_)
            | Stage::Connection(..)
            | Stage::CountKeys
            | Stage::Wait(_)
            | Stage::Counting
            | Stage::Waiting(..)
            | Stage::Answered(..) => None,
        }
    }

    /// The client of a command is about to know of these updates of its key.
    pub(super) fn show(&mut self, place: Place, context: &Context) {
        if let Some(Stage::Running(running)) = self.stage(place) {
            running.task.show(context);
        }
    }

    /// The client of a command is about to have seen the order up to there.
    pub(super) fn see(&mut self, place: Place, position: LogPosition) {
        if let Some(Stage::Running(running)) = self.stage(place) {
            running.task.see(position);
        }
    }

    /// The response to a command that asks nothing of the store.
    pub(super) fn respond(&mut self, place: Place, response: Response, ending: Ending) {
        if let Some(stage) = self.stage(place) {
            *stage = Stage::Answered(response, ending);
        }
    }

    /// The command that waits for followers, and until when. There is at most one, the first.
    pub(super) fn waiting(&self) -> Option<(Place, Wait, Option<Instant>)> {
        match self.entries.front().map(|entry| &entry.stage) {
            Some(Stage::Waiting(wait, until)) => Some((Place(self.first), *wait, *until)),
            Some(
                Stage::Task(_)
                | Stage::Connection(..)
                | Stage::CountKeys
                | Stage::Wait(_)
                | Stage::Running(_)
                | Stage::Counting
                | Stage::Answered(..),
            )
            | None => None,
        }
    }

    /// Whether nothing but followers is waited for, and without limit.
    pub(super) fn waits_for_ever(&self) -> bool {
        matches!(self.waiting(), Some((_, _, None)))
    }

    /// Answers whatever has not started, and whatever only waits, with `response`.
    pub(super) fn refuse(&mut self, response: &Response) {
        for entry in &mut self.entries {
            match entry.stage {
                Stage::Task(_)
                | Stage::Connection(..)
                | Stage::CountKeys
                | Stage::Wait(_)
                | Stage::Counting
                | Stage::Waiting(..) => {
                    entry.stage = Stage::Answered(response.clone(), Ending::Open);
                }
                Stage::Running(_) | Stage::Answered(..) => {}
            }
        }
    }

    fn stage(&mut self, place: Place) -> Option<&mut Stage> {
        let at = self.index(place)?;
        self.entries.get_mut(at).map(|entry| &mut entry.stage)
    }

    fn index(&self, place: Place) -> Option<usize> {
        usize::try_from(place.0.checked_sub(self.first)?).ok()
    }
}

impl Running {
    fn new(task: Task, operations: usize) -> Self {
        Self { task, answers: vec![None; operations], missing: operations }
    }
}

#[cfg(test)]
mod tests;
