//! How the numbers of one run are told to another.
//!
//! Which number a part has depends on who met it first, and parts are not written down. But a state is
//! followed by the same states in the same order wherever one model is explored. So a *lesson* is the
//! row of a state and the rows of all that follow it, in the teller's numbers. Who knows the numbers of
//! the first works out what follows it, and learns those of the rest by putting the two lists side by
//! side. Both know the initial state, and every number appears first in what follows a state whose
//! numbers are known: so all can be told. Lists that do not agree are of different models.

use std::collections::HashMap;
use std::fmt;

use holdfast_models::protocol::Protocol;
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

use super::cache::Cache;
use super::expand::{Expander, Taken};
use super::judge::Judges;
use super::parts::Parts;

/// A state and all that follows it, in the teller's numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lesson {
    /// The row of the state.
    pub(super) of: Vec<u32>,
    /// The rows that follow it, in the order of the expander, one after the other.
    pub(super) successors: Vec<u32>,
}

/// Works out what follows states, each with what its step breaks.
pub(super) struct Successors<'a, P: Protocol> {
    judges: &'a Judges<'a, P>,
    pub(super) expander: Expander<'a, P>,
    broken: Cache<u32>,
    combinations: Cache<u32>,
}

impl<'a, P: Protocol> Successors<'a, P> {
    pub(super) fn new(parts: &'a Parts<P>, judges: &'a Judges<'a, P>) -> Self {
        let (broken, combinations) = (Cache::new(1 << 13), Cache::new(1 << 13));
        Self { judges, expander: Expander::new(parts), broken, combinations }
    }

    /// Hands every state that follows `row` to `found`, in order, with what led there. Answers whether
    /// only faults lead anywhere.
    pub(super) fn of(&mut self, row: &[u32], mut found: impl FnMut(&[u32], Taken)) -> bool {
        let Self { judges, expander, broken, combinations } = self;
        let combination = judges.combination(expander.places(row), combinations);
        expander.expand(row, |next, taken| {
            judges.judge_step(row, combination, next, taken.moved, broken, combinations);
            found(next.row(), taken);
        })
    }
}

/// Remembers what another run was told.
pub(super) struct Teller {
    /// The numbers in each column that need not be told any more.
    told: Box<[Bits]>,
}

impl Teller {
    /// Both know the initial state.
    pub(super) fn new(initial: &[u32]) -> Self {
        let columns = initial.len() - 1;
        let mut teller = Self { told: (0..columns).map(|_| Bits::default()).collect() };
        teller.note(initial);
        teller
    }

    /// Whether the other knows what `row` means.
    pub(super) fn has_told(&self, row: &[u32]) -> bool {
        self.untold(row).is_none()
    }

    /// The first number in `row` that the other does not know, and in which column it is.
    pub(super) fn untold(&self, row: &[u32]) -> Option<(usize, u32)> {
        let mut columns = self.told.iter().zip(row).enumerate();
        let is_untold = |(told, id): (&Bits, &u32)| !told.contains(*id);
        columns.find(|(_, of)| is_untold(*of)).map(|(column, (_, id))| (column, *id))
    }

    /// The lesson that makes the other understand `row`, which follows `parent`, if it needs one. The
    /// other has to know what `parent` means.
    pub(super) fn lesson_for<P: Protocol>(
        &mut self,
        row: &[u32],
        parent: &[u32],
        successors: &mut Successors<'_, P>,
    ) -> Option<Lesson> {
        (!self.has_told(row)).then(|| self.tell(parent, successors))
    }

    /// The lesson of what follows `row`. The other has to know what `row` means.
    pub(super) fn tell<P: Protocol>(
        &mut self,
        row: &[u32],
        successors: &mut Successors<'_, P>,
    ) -> Lesson {
        debug_assert!(self.has_told(row), "who is told what follows a state knows the state");
        let mut lesson = Lesson { of: row.to_vec(), successors: Vec::new() };
        successors.of(row, |next, _| {
            self.note(next);
            lesson.successors.extend_from_slice(next);
        });
        lesson
    }

    fn note(&mut self, row: &[u32]) {
        for (told, id) in self.told.iter_mut().zip(row) {
            told.insert(*id);
        }
    }
}

#[derive(Default)]
struct Bits(Vec<u64>);

impl Bits {
    fn contains(&self, id: u32) -> bool {
        self.0.get(id as usize / 64).is_some_and(|word| word & (1 << (id % 64)) != 0)
    }

    fn insert(&mut self, id: u32) {
        let word = id as usize / 64;
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (id % 64);
    }
}

/// Understands the rows of another run.
pub(super) struct Learner {
    /// For each column but the last, which is no number of a part.
    columns: Box<[Column]>,
}

impl Learner {
    /// Of one that calls the initial state `theirs`, which is `own` here.
    ///
    /// # Errors
    /// If these are not of one model.
    pub(super) fn new(theirs: &[u32], own: &[u32]) -> Result<Self, NotTheSame> {
        let columns = own.len() - 1;
        let mut learner = Self { columns: (0..columns).map(|_| Column::default()).collect() };
        learner.equate(theirs, own)?;
        Ok(learner)
    }

    /// Learns what the numbers in `lesson` mean.
    ///
    /// # Errors
    /// If the teller explores another model. Some of the lesson may have been learned then.
    pub(super) fn learn<P: Protocol>(
        &mut self,
        lesson: &Lesson,
        successors: &mut Successors<'_, P>,
    ) -> Result<(), NotTheSame> {
        self.learn_and_note(lesson, successors, |_, _| {})
    }

    /// The same, and hands the state that the lesson is about to `note` with each that follows it, in
    /// the numbers of this run.
    ///
    /// # Errors
    /// The same.
    pub(super) fn learn_and_note<P: Protocol>(
        &mut self,
        lesson: &Lesson,
        successors: &mut Successors<'_, P>,
        mut note: impl FnMut(&[u32], &[u32]),
    ) -> Result<(), NotTheSame> {
        let mut row = lesson.of.clone();
        self.translate(&mut row)?;
        let width = row.len();
        let mut theirs = lesson.successors.chunks(width);
        let (mut own, mut agreed) = (0, Ok(()));
        successors.of(&row, |next, _| {
            own += 1;
            note(&row, next);
            if let Some(theirs) = theirs.next()
                && agreed.is_ok()
            {
                agreed = self.equate(theirs, next);
            }
        });
        let told = lesson.successors.len().div_ceil(width);
        if told == own { agreed } else { Err(NotTheSame::Successors { told, own }) }
    }

    /// Makes a row of theirs one of this run.
    ///
    /// # Errors
    /// If it is none, or if not all its numbers were told. The row is not to be used then.
    pub(super) fn translate(&self, row: &mut [u32]) -> Result<(), NotTheSame> {
        self.has_as_many(row)?;
        for (column, (known, id)) in self.columns.iter().zip(row).enumerate() {
            *id = *known.own.get(id).ok_or(NotTheSame::NeverTold { column, id: *id })?;
        }
        Ok(())
    }

    /// Learns that the row that they call `theirs` is `own` here.
    fn equate(&mut self, theirs: &[u32], own: &[u32]) -> Result<(), NotTheSame> {
        self.has_as_many(theirs)?;
        let columns = self.columns.len();
        if theirs[columns] != own[columns] {
            return Err(NotTheSame::Broken { told: theirs[columns], own: own[columns] });
        }
        for (column, (theirs, own)) in theirs[..columns].iter().zip(own).enumerate() {
            let known = &mut self.columns[column];
            let is_one = *known.own.entry(*theirs).or_insert(*own) == *own;
            if !is_one || *known.theirs.entry(*own).or_insert(*theirs) != *theirs {
                return Err(NotTheSame::Parts { column });
            }
        }
        Ok(())
    }

    const fn has_as_many(&self, row: &[u32]) -> Result<(), NotTheSame> {
        let (told, own) = (row.len(), self.columns.len() + 1);
        if told == own { Ok(()) } else { Err(NotTheSame::Columns { told, own }) }
    }
}

/// Numbers of one column: to each of theirs one of this run, and back.
#[derive(Default)]
struct Column {
    own: HashMap<u32, u32, FxBuildHasher>,
    theirs: HashMap<u32, u32, FxBuildHasher>,
}

/// Why what was told cannot be about the model that is explored here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotTheSame {
    /// Rows have another number of columns.
    Columns { told: usize, own: usize },
    /// Another number of states follow one.
    Successors { told: usize, own: usize },
    /// What is one part here is two there, or the other way round.
    Parts { column: usize },
    /// Something else is broken by one step.
    Broken { told: u32, own: u32 },
    /// A row was told before what its numbers mean.
    NeverTold { column: usize, id: u32 },
    /// What was told cannot be read.
    Torn,
}

impl fmt::Display for NotTheSame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Columns { told, own } => {
                write!(f, "a state there has {told} parts, and {own} here")
            }
            Self::Successors { told, own } => {
                write!(f, "{told} states follow one there, and {own} here")
            }
            Self::Parts { column } => {
                write!(f, "what is one part in place {column} is not one on the other side")
            }
            Self::Broken { told, own } => {
                write!(f, "a step breaks {told:#b} there, and {own:#b} here")
            }
            Self::NeverTold { column, id } => {
                write!(f, "part {id} in place {column} was never explained")
            }
            Self::Torn => f.write_str("what was told cannot be read"),
        }
    }
}

impl std::error::Error for NotTheSame {}

#[cfg(test)]
mod tests;
