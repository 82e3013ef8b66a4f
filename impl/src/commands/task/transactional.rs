//! What tasks have to do with transactions: watching, being a part of one, being one.

use holdfast_models::vocabulary::{Key, LogPosition, Operation};

use super::{Form, Task};
use crate::commands::each::Each;
use crate::commands::edit::Edited;
use crate::commands::gather::{Gather, all, unexpected};
use crate::commands::transaction::{Exec, Queued, Watched};
use crate::commands::view::View;
use crate::resp::Response;

/// How many keys a connection watches at most.
const MOST_WATCHED: usize = 1_024;

impl Task {
    /// Watches keys from now on.
    pub(in crate::commands) fn watch(keys: Vec<Key>) -> Self {
        Self { keys, ..Self::of(Form::Watch { at: LogPosition::ZERO }) }
    }

    /// Watches no key any more, and answers that.
    pub(in crate::commands) fn unwatch(response: Response) -> Self {
        Self::of(Form::Unwatch(response))
    }

    /// Carries out several commands as one transaction.
    pub(in crate::commands) fn exec(commands: Vec<Queued>) -> Self {
        Self { is_update: true, ..Self::of(Form::Exec(Box::new(Exec::new(commands)))) }
    }

    /// Takes what is watched, if that concerns it: after it nothing is.
    pub fn take_watched(&mut self, watched: &mut Watched) {
        match &mut self.form {
            Form::Exec(exec) => exec.watch(std::mem::take(watched)),
            Form::Unwatch(_) => watched.clear(),
            Form::Each(_) | Form::Include { .. } | Form::Change { .. } | Form::Watch { .. } => {}
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
            Form::Each(_) | Form::Include { .. } | Form::Change { .. } | Form::Unwatch(_) => {}
        }
    }

    /// Whether it can be a part of a transaction.
    #[must_use]
    pub(in crate::commands) fn may_be_queued(&self) -> bool {
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
            Form::Each(each) if matches!(each.gather, Gather::Siblings) => false,
            Form::Each(each) => self.known.is_none() && each.operations.iter().all(is_possible),
            Form::Change { .. } => true,
            Form::Include { .. } | Form::Watch { .. } | Form::Unwatch(_) | Form::Exec(_) => false,
        }
    }

    /// Of which keys it has to be known what is there.
    pub(in crate::commands) fn reads(&self) -> &[Key] {
        let is_blind = |operation: &Operation| {
            matches!(operation, Operation::Write { .. } | Operation::Delete { .. })
        };
        match &self.form {
            Form::Each(each) if each.operations.iter().all(is_blind) => &[],
            Form::Each(_) | Form::Include { .. } | Form::Change { .. } => &self.keys,
            Form::Watch { .. } | Form::Unwatch(_) | Form::Exec(_) => &[],
        }
    }

    /// Carries it out on what a transaction finds.
    pub(in crate::commands) fn on(&self, view: &mut View) -> Response {
        match (&self.form, self.keys.first()) {
            (Form::Each(each), _) => {
                let Each { operations, gather, .. } = &**each;
                let answers = operations.iter().map(|operation| view.apply(operation)).collect();
                all(answers, self.is_update).map_or_else(
                    |failure| failure,
                    |outcomes| gather.answer(self.keys.first(), outcomes, &self.shown),
                )
            }
            (Form::Change { edit, .. }, Some(key)) => match edit.apply(view.at(key)) {
                Edited::Leave(response) => response,
                Edited::Put(value, response) => {
                    view.put(key, Some(value));
                    response
                }
            },
            (Form::Change { .. }, None)
            | (Form::Include { .. } | Form::Watch { .. } | Form::Unwatch(_) | Form::Exec(_), _) => {
                unexpected()
            }
        }
    }

    /// Reads what is watched: whoever answers tells how far it is in the order.
    pub(super) fn look(&self) -> Operation {
        Operation::Transact { reads: self.keys.clone(), writes: Vec::new(), unchanged: Vec::new() }
    }
}
