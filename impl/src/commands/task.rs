//! Commands about keys, as rounds of operations.
//!
//! The store has one operation for each simple command. Others read first and then compare and set,
//! again if somebody was faster, so that each key changes at once. Commands of several keys are one
//! operation, or one such loop, for each key.

use holdfast_models::vocabulary::{Context, Key, LogPosition, Operation, Outcome, Refusal};

use super::edit::{Edit, Edited, length};
use super::failure::{failed, partly_failed};
use super::transaction::{Exec, Queued, Watched};
use super::view::View;
use crate::client::{Failure, context_token};
use crate::resp::Response;

/// How often a change is tried while others change the same key.
pub(super) const MOST_TRIES: u8 = 32;

/// How many keys a connection watches at most.
const MOST_WATCHED: usize = 1_024;

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
    Each(Each),
    /// Read, then compare and set.
    Change { edit: Edit, tries: u8, pending: Option<Response> },
    /// Where the order of updates is, for the next transaction.
    Watch { at: LogPosition },
    /// No key is watched any more, and this is the answer.
    Unwatch(Response),
    /// Several commands.
    Exec(Box<Exec>),
}

/// One operation for each key, all at the same time, and again if another one was in its way.
#[derive(Clone, Debug)]
struct Each {
    operations: Vec<Operation>,
    gather: Gather,
    /// What has come of those that are answered for good.
    answers: Vec<Option<Answered>>,
    tries: u8,
}

impl Each {
    /// The operations that have no answer.
    fn missing(&self) -> Step {
        let open = self.operations.iter().zip(&self.answers).filter(|(_, answer)| answer.is_none());
        Step::Ask(open.map(|(operation, _)| operation.clone()).collect())
    }

    /// Takes the answers to those that had none. Whether some are to be asked again: another
    /// transaction was earlier, so that they have had no effect and may have one now.
    fn take(&mut self, answers: Vec<Answered>) -> bool {
        let mut answers = answers.into_iter();
        for open in self.answers.iter_mut().filter(|answer| answer.is_none()) {
            *open = answers.next();
        }
        if self.tries == MOST_TRIES {
            return false;
        }
        self.tries += 1;
        let mut is_again = false;
        for answer in &mut self.answers {
            if *answer == Some(Err(Failure::Refused(Refusal::Conflict))) {
                *answer = None;
                is_again = true;
            }
        }
        is_again
    }
}

/// What the outcomes of [`Each`] are answered with.
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
            form: Form::Each(Each {
                answers: vec![None; operations.len()],
                operations,
                gather,
                tries: 0,
            }),
            known: None,
            shown: Context::default(),
        }
    }

    pub(super) fn change(key: Key, edit: Edit) -> Self {
        let form = Form::Change { edit, tries: 0, pending: None };
        Self { keys: vec![key], is_update: true, form, known: None, shown: Context::default() }
    }

    /// Watches keys from now on.
    pub(super) fn watch(keys: Vec<Key>) -> Self {
        Self { keys, ..Self::of(Form::Watch { at: LogPosition::ZERO }) }
    }

    /// Watches no key any more, and answers that.
    pub(super) fn unwatch(response: Response) -> Self {
        Self::of(Form::Unwatch(response))
    }

    /// Carries out several commands as one transaction.
    pub(super) fn exec(commands: Vec<Queued>) -> Self {
        Self { is_update: true, ..Self::of(Form::Exec(Box::new(Exec::new(commands)))) }
    }

    fn of(form: Form) -> Self {
        Self { keys: Vec::new(), is_update: false, form, known: None, shown: Context::default() }
    }

    /// Takes what is watched, if that concerns it: after it nothing is.
    pub fn take_watched(&mut self, watched: &mut Watched) {
        match &mut self.form {
            Form::Exec(exec) => exec.watch(std::mem::take(watched)),
            Form::Unwatch(_) => watched.clear(),
            Form::Each(_) | Form::Change { .. } | Form::Watch { .. } => {}
        }
    }

    /// Adds what it watches, now that it is answered. A key that is watched already stays so since then.
    /// Whether so many can be watched.
    #[must_use]
    pub fn put_watched(&self, watched: &mut Watched) -> bool {
        if let Form::Watch { at } = &self.form {
            for key in &self.keys {
                watched.entry(key.clone()).or_insert(*at);
            }
        }
        watched.len() <= MOST_WATCHED
    }

    /// Its client has seen the order up to there with the answer that comes next.
    pub fn see(&mut self, position: LogPosition) {
        match &mut self.form {
            Form::Watch { at } => *at = position,
            Form::Exec(exec) => exec.see(position),
            Form::Each(_) | Form::Change { .. } | Form::Unwatch(_) => {}
        }
    }

    /// Whether it can be a part of a transaction.
    #[must_use]
    pub(super) fn may_be_queued(&self) -> bool {
        let is_possible = |operation: &Operation| match operation {
            Operation::Read { .. }
            | Operation::Write { .. }
            | Operation::Delete { .. }
            | Operation::Add { .. }
            | Operation::CompareAndSet { .. }
            | Operation::Take { .. } => true,
            Operation::AddReplica(_)
            | Operation::RemoveReplica(_)
            | Operation::Clear
            | Operation::Edit { .. }
            | Operation::Transact { .. } => false,
        };
        match &self.form {
            Form::Each(Each { gather: Gather::Siblings, .. }) => false,
            Form::Each(each) => self.known.is_none() && each.operations.iter().all(is_possible),
            Form::Change { .. } => true,
            Form::Watch { .. } | Form::Unwatch(_) | Form::Exec(_) => false,
        }
    }

    /// Of which keys it has to be known what is there.
    pub(super) fn reads(&self) -> &[Key] {
        let is_blind = |operation: &Operation| {
            matches!(operation, Operation::Write { .. } | Operation::Delete { .. })
        };
        match &self.form {
            Form::Each(each) if each.operations.iter().all(is_blind) => &[],
            Form::Each(_) | Form::Change { .. } => &self.keys,
            Form::Watch { .. } | Form::Unwatch(_) | Form::Exec(_) => &[],
        }
    }

    /// Carries it out on what a transaction finds.
    pub(super) fn on(&self, view: &mut View) -> Response {
        match (&self.form, self.keys.first()) {
            (Form::Each(Each { operations, gather, .. }), _) => {
                let answers = operations.iter().map(|operation| view.apply(operation)).collect();
                all(answers, self.is_update)
                    .map_or_else(|failure| failure, |outcomes| gather.answer(outcomes))
            }
            (Form::Change { edit, .. }, Some(key)) => match edit.apply(view.at(key)) {
                Edited::Leave(response) => response,
                Edited::Put(value, response) => {
                    view.put(key, Some(value));
                    response
                }
            },
            (Form::Change { .. }, None)
            | (Form::Watch { .. } | Form::Unwatch(_) | Form::Exec(_), _) => unexpected(),
        }
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
            Form::Change { .. } => self.read(),
            Form::Watch { .. } => Step::Ask(vec![self.look()]),
            Form::Unwatch(response) => Step::Answer(response.clone()),
            Form::Exec(exec) => exec.begin(),
        }
    }

    /// Reads what is watched: whoever answers tells how far it is in the order.
    fn look(&self) -> Operation {
        Operation::Transact { reads: self.keys.clone(), writes: Vec::new(), unchanged: Vec::new() }
    }

    fn read(&self) -> Step {
        Step::Ask(self.keys.iter().map(|key| Operation::Read { key: key.clone() }).collect())
    }

    /// The next round, given the answers to the last.
    #[must_use]
    pub fn resume(&mut self, answers: Vec<Answered>) -> Step {
        let is_refused = answers == [Err(Failure::Refused(Refusal::Conflict))];
        let answers = match &mut self.form {
            Form::Each(each) => {
                if each.take(answers) {
                    return each.missing();
                }
                std::mem::take(&mut each.answers).into_iter().flatten().collect()
            }
            Form::Exec(exec) => return exec.resume(answers.into_iter().next()),
            // Somebody else has changed the value meanwhile.
            Form::Change { pending: Some(_), .. } if is_refused => {
                vec![Ok(Outcome::Swapped(false))]
            }
            Form::Change { .. } | Form::Watch { .. } | Form::Unwatch(_) => answers,
        };
        let outcomes = match all(answers, self.is_update) {
            Ok(outcomes) => outcomes,
            Err(response) => return Step::Answer(response),
        };
        match &mut self.form {
            Form::Each(Each { gather: Gather::Siblings, .. }) => {
                Step::Answer(self.siblings(outcomes))
            }
            Form::Each(each) => Step::Answer(each.gather.answer(outcomes)),
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
pub(super) fn unexpected() -> Response {
    Response::error("the store gave an answer that does not fit its question")
}
