//! Commands about keys, as rounds of operations.
//!
//! The store has one operation for each simple command. Others read first and then compare and set,
//! again if somebody was faster, so that each key changes at once. Commands of several keys are one
//! operation, or one such loop, for each key.

use holdfast_models::vocabulary::{Context, Key, Operation, Outcome};

use super::edit::{Edit, Edited, length};
use super::failure::{failed, partly_failed};
use crate::client::{Failure, context_token};
use crate::resp::Response;

/// How often a change is tried while others change the same key.
const MOST_TRIES: u8 = 32;

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
    Each(Vec<Operation>, Gather),
    /// Read, then compare and set.
    Change { edit: Edit, tries: u8, pending: Option<Response> },
}

/// What the outcomes of [`Form::Each`] are answered with.
#[derive(Clone, Debug)]
pub(super) enum Gather {
    /// The one value.
    Value,
    /// All values.
    Values,
    /// All values at one key.
    Siblings,
    /// At how many keys something is, or was.
    Present,
    /// The length of the one value.
    Length,
    /// What type the one value has.
    Type,
    /// That it is done.
    Done,
    /// The one number.
    Number,
    /// Whether the value was set: the first if so, the second if not.
    Swapped(Response, Response),
}

impl Task {
    pub(super) fn each(operations: Vec<Operation>, gather: Gather) -> Self {
        let keys = operations.iter().filter_map(Operation::key).cloned().collect();
        let is_update = operations.iter().any(Operation::is_update);
        Self {
            keys,
            is_update,
            form: Form::Each(operations, gather),
            known: None,
            shown: Context::default(),
        }
    }

    pub(super) fn change(key: Key, edit: Edit) -> Self {
        let form = Form::Change { edit, tries: 0, pending: None };
        Self { keys: vec![key], is_update: true, form, known: None, shown: Context::default() }
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
        self.is_update == earlier.is_update
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
            Form::Each(operations, _) => Step::Ask(std::mem::take(operations)),
            Form::Change { .. } => self.read(),
        }
    }

    fn read(&self) -> Step {
        Step::Ask(self.keys.iter().map(|key| Operation::Read { key: key.clone() }).collect())
    }

    /// The next round, given the answers to the last.
    #[must_use]
    pub fn resume(&mut self, answers: Vec<Answered>) -> Step {
        let outcomes = match all(answers, self.is_update) {
            Ok(outcomes) => outcomes,
            Err(response) => return Step::Answer(response),
        };
        match &mut self.form {
            Form::Each(_, Gather::Siblings) => Step::Answer(self.siblings(outcomes)),
            Form::Each(_, gather) => Step::Answer(gather.answer(outcomes)),
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

    /// The token that tells of all values, and the values.
    fn siblings(&self, outcomes: Vec<Outcome>) -> Response {
        let Some(key) = self.keys.first() else { return unexpected() };
        let values = match outcomes.into_iter().next() {
            Some(Outcome::Found(found)) => found.into_iter().collect(),
            Some(Outcome::Siblings(values)) => values,
            Some(
                Outcome::Done
                | Outcome::Counted(_)
                | Outcome::Swapped(_)
                | Outcome::Indeterminate
                | Outcome::Refused(_)
                | Outcome::Elements(_)
                | Outcome::Transacted(_),
            )
            | None => return unexpected(),
        };
        let token = context_token(key, &self.shown);
        let values = values.iter().map(|value| Response::bulk(value.as_bytes()));
        Response::Array([Response::bulk(&token)].into_iter().chain(values).collect())
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

/// The outcomes, if there is one of each. Otherwise what is worst: an update of which it is open
/// whether it took effect.
fn all(answers: Vec<Answered>, is_update: bool) -> Result<Vec<Outcome>, Response> {
    let keys = answers.len();
    let mut outcomes = Vec::with_capacity(keys);
    let mut failure = None;
    for answer in answers {
        match answer {
            Ok(outcome) => outcomes.push(outcome),
            Err(Failure::Indeterminate) => failure = Some(Failure::Indeterminate),
            Err(other) => failure = failure.or(Some(other)),
        }
    }
    let has_changed = |outcome: &&Outcome| **outcome == Outcome::Done || is_there(outcome);
    let changed = outcomes.iter().filter(has_changed).count();
    match failure {
        None => Ok(outcomes),
        Some(failure) if is_update => Err(partly_failed(changed, keys, failure)),
        Some(failure) => Err(failed(failure)),
    }
}

impl Gather {
    fn answer(&self, outcomes: Vec<Outcome>) -> Response {
        match self {
            Self::Present => {
                Response::Integer(length(outcomes.iter().filter(|o| is_there(o)).count()))
            }
            Self::Values => Response::Array(outcomes.into_iter().map(value).collect()),
            Self::Done => Response::OK,
            Self::Siblings
            | Self::Value
            | Self::Length
            | Self::Type
            | Self::Number
            | Self::Swapped(..) => {
                outcomes.into_iter().next().map_or_else(unexpected, |outcome| self.one(outcome))
            }
        }
    }

    fn one(&self, outcome: Outcome) -> Response {
        match (self, outcome) {
            (Self::Length, Outcome::Found(found)) => {
                Response::Integer(length(found.map_or(0, |value| value.as_bytes().len())))
            }
            (Self::Type, Outcome::Found(found)) => {
                Response::Simple(if found.is_some() { "string" } else { "none" })
            }
            (Self::Number, Outcome::Counted(number)) => Response::Integer(number),
            (Self::Swapped(yes, no), Outcome::Swapped(swapped)) => {
                if swapped {
                    yes.clone()
                } else {
                    no.clone()
                }
            }
            (_, outcome) => value(outcome),
        }
    }
}

const fn is_there(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Found(Some(_)) | Outcome::Siblings(_))
}

fn value(outcome: Outcome) -> Response {
    match outcome {
        Outcome::Found(Some(value)) => Response::bulk(value.as_bytes()),
        Outcome::Found(None) => Response::Nil,
        Outcome::Siblings(values) => Response::Error(format!(
            "SIBLINGS {} values are at the key, whose writers did not know of each other",
            values.len()
        )),
        Outcome::Done
        | Outcome::Counted(_)
        | Outcome::Swapped(_)
        | Outcome::Indeterminate
        | Outcome::Refused(_)
        | Outcome::Elements(_)
        | Outcome::Transacted(_) => unexpected(),
    }
}

/// The store answered another question. It never does, but it may be another node's.
fn unexpected() -> Response {
    Response::error("the store gave an answer that does not fit its question")
}
