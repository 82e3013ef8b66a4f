//! Commands about keys, as rounds of operations.
//!
//! The store has one operation for each simple command. Others read first and then compare and set,
//! again if somebody was faster, so that each key changes at once. Commands of several keys are one
//! operation, or one such loop, for each key.

mod transactional;

use std::collections::BTreeSet;

use holdfast_models::vocabulary::{
    self, Context, Key, LogPosition, Operation, Outcome, Refusal, Value,
};

use super::each::Each;
use super::edit::{Edit, Edited, length};
use super::gather::{Gather, all, members, unexpected, value};
use super::transaction::Exec;
use crate::client::Failure;
use crate::resp::Response;

/// How often a change is tried while others change the same key.
const MOST_TRIES: u8 = 32;

/// How often a transaction is tried while others are earlier. Of those that meet one is the first each time, so that
/// all have their turn if they are fewer.
pub(super) const MOST_OVERTAKEN: u16 = 1_000;

/// What came of one operation.
pub type Answered = Result<Outcome, Failure>;

/// What a task wants next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The answers to these, in their order. They may be asked at the same time.
    Ask(Vec<Operation>),
    /// This is the response to the command.
    Answer(Response),
}

/// A command about keys that is being carried out.
#[derive(Clone, Debug)]
pub struct Task {
    keys: Vec<Key>,
    is_update: bool,
    form: Form,
    /// Which updates of its key its client has said that it knows of.
    known: Option<Context>,
    /// Which it is about to know of.
    shown: Context,
}

#[derive(Clone, Debug)]
enum Form {
    /// One operation for each key, all at the same time.
    Each(Box<Each>),
    /// Read, then include what is not there. After that, how many those are.
    Include { members: BTreeSet<Value>, included: Option<i64> },
    /// Read, then compare and set.
    Change { edit: Edit, tries: u8, pending: Option<Response> },
    /// Where the order of updates is, for the next transaction.
    Watch { at: LogPosition },
    /// No key is watched any more, and this is the answer.
    Unwatch(Response),
    /// Several commands.
    Exec(Box<Exec>),
}

impl Task {
    pub(super) fn each(operations: Vec<Operation>, gather: Gather) -> Self {
        let keys = operations.iter().filter_map(Operation::key).cloned().collect();
        let is_update = operations.iter().any(Operation::is_update);
        Self { keys, is_update, ..Self::of(Form::Each(Box::new(Each::new(operations, gather)))) }
    }

    pub(super) fn change(key: Key, edit: Edit) -> Self {
        let form = Form::Change { edit, tries: 0, pending: None };
        Self { keys: vec![key], is_update: true, ..Self::of(form) }
    }

    /// Includes members in a set.
    pub(super) fn include(key: Key, members: BTreeSet<Value>) -> Self {
        let form = Form::Include { members, included: None };
        Self { keys: vec![key], is_update: true, ..Self::of(form) }
    }

    fn of(form: Form) -> Self {
        Self { keys: Vec::new(), is_update: false, form, known: None, shown: Context::default() }
    }

    /// The same, for a client that says which updates of the key it knows of.
    pub(super) fn knowing(self, known: Context) -> Self {
        Self { known: Some(known), ..self }
    }

    /// Which updates of its key its client has said that it knows of.
    #[must_use]
    pub const fn known(&self) -> Option<&Context> {
        self.known.as_ref()
    }

    /// Its client is about to know of these.
    pub fn show(&mut self, context: &Context) {
        self.shown.clone_from(context);
    }

    /// Whether it may follow `earlier` while that is being carried out: both read or both change,
    /// and they have no key in common. Without a key, a task concerns all.
    #[must_use]
    pub fn may_overlap(&self, earlier: &Self) -> bool {
        let is_watch = |task: &Self| matches!(task.form, Form::Watch { .. });
        self.is_update == earlier.is_update
            && !is_watch(self)
            && !is_watch(earlier)
            && !self.keys.is_empty()
            && !earlier.keys.is_empty()
            && !self.keys.iter().any(|key| earlier.keys.contains(key))
    }

    /// How many keys it concerns.
    #[must_use]
    pub const fn keys(&self) -> usize {
        self.keys.len()
    }

    /// The first round.
    #[must_use]
    pub fn begin(&mut self) -> Step {
        match &mut self.form {
            Form::Each(each) => each.missing(),
            Form::Include { .. } | Form::Change { .. } => self.read(),
            Form::Watch { .. } => Step::Ask(vec![self.look()]),
            Form::Unwatch(response) => Step::Answer(response.clone()),
            Form::Exec(exec) => exec.begin(),
        }
    }

    fn read(&self) -> Step {
        Step::Ask(self.keys.iter().map(|key| Operation::Read { key: key.clone() }).collect())
    }

    /// The next round, given the answers to the last.
    #[must_use]
    pub fn resume(&mut self, answers: Vec<Answered>) -> Step {
        let is_refused = answers == [Err(Failure::Refused(Refusal::Conflict))];
        let answers = match &mut self.form {
            Form::Each(each) => match each.take(answers) {
                Some(answers) => answers,
                None => return each.missing(),
            },
            Form::Exec(exec) => return exec.resume(answers.into_iter().next()),
            // Somebody else has changed the value meanwhile.
            Form::Change { pending: Some(_), .. } if is_refused => {
                vec![Ok(Outcome::Swapped(false))]
            }
            Form::Include { .. } | Form::Change { .. } | Form::Watch { .. } | Form::Unwatch(_) => {
                answers
            }
        };
        let outcomes = match all(answers, self.is_update) {
            Ok(outcomes) => outcomes,
            Err(response) => return Step::Answer(response),
        };
        match &mut self.form {
            Form::Each(each) => {
                Step::Answer(each.gather.answer(self.keys.first(), outcomes, &self.shown))
            }
            Form::Include { included: Some(count), .. } => Step::Answer(Response::Integer(*count)),
            Form::Include { .. } => self.include_others(outcomes),
            Form::Watch { .. } => Step::Answer(Response::OK),
            Form::Unwatch(_) | Form::Exec(_) => Step::Answer(unexpected()),
            Form::Change { pending: Some(response), .. }
                if outcomes.first() == Some(&Outcome::Swapped(true)) =>
            {
                Step::Answer(response.clone())
            }
            Form::Change { pending: pending @ Some(_), .. } => {
                *pending = None;
                self.read()
            }
            Form::Change { .. } => self.compare_and_set(outcomes.into_iter().next()),
        }
    }

    /// Includes what the set does not have.
    fn include_others(&mut self, outcomes: Vec<Outcome>) -> Step {
        let (Form::Include { members: wanted, included }, Some(key)) =
            (&mut self.form, self.keys.first())
        else {
            return Step::Answer(unexpected());
        };
        match members(outcomes, &self.shown) {
            // They are in ascending order.
            Ok(found) => wanted.retain(|member| found.binary_search(member).is_err()),
            Err(wrong) => return Step::Answer(wrong),
        }
        *included = Some(length(wanted.len()));
        if wanted.is_empty() {
            return Step::Answer(Response::Integer(0));
        }
        let include = |element| Operation::Edit {
            key: key.clone(),
            edit: vocabulary::Edit::Include(element),
        };
        Step::Ask(std::mem::take(wanted).into_iter().map(include).collect())
    }

    fn compare_and_set(&mut self, read: Option<Outcome>) -> Step {
        let (Form::Change { edit, tries, pending }, Some(key)) =
            (&mut self.form, self.keys.first())
        else {
            return Step::Answer(unexpected());
        };
        let expected = match read {
            Some(Outcome::Found(expected)) => expected,
            Some(other) => return Step::Answer(value(other)),
            None => return Step::Answer(unexpected()),
        };
        match edit.apply(expected.as_ref()) {
            Edited::Leave(response) => Step::Answer(response),
            Edited::Put(..) if *tries == MOST_TRIES => Step::Answer(Response::Error(format!(
                "TRYAGAIN others changed the key {MOST_TRIES} times meanwhile, nothing was changed"
            ))),
            Edited::Put(value, response) => {
                *tries += 1;
                *pending = Some(response);
                Step::Ask(vec![Operation::CompareAndSet { key: key.clone(), expected, value }])
            }
        }
    }
}
