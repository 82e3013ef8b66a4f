//! What clients asked, what they heard, and which of it came before which.

use crate::vocabulary::{ClientId, Operation, Outcome, RequestId};

/// A moment between operations. An operation that returned in an earlier phase than another was
/// invoked in precedes it; two operations of which neither precedes the other are concurrent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phase(pub u32);

/// One operation of one session, counted from 0 in the order the session invoked them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationId {
    /// Which session. A session is one client's sequence of operations.
    pub session: usize,
    /// Which of its operations.
    pub index: usize,
}

impl OperationId {
    /// The client whose session this is, when sessions are numbered like clients.
    #[must_use]
    pub const fn client(self) -> ClientId {
        ClientId(self.session as u64)
    }

    /// The id of the request that carries the operation, when every operation is one request.
    #[must_use]
    pub const fn request(self) -> RequestId {
        RequestId(self.index as u64 + 1)
    }

    /// The operation that a client's request carries: the inverse of the two above.
    #[must_use]
    pub const fn of(client: ClientId, request: RequestId) -> Self {
        Self { session: client.0 as usize, index: request.0 as usize - 1 }
    }
}

/// One operation as its client saw it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Record {
    /// What was asked.
    pub operation: Operation,
    /// When.
    pub invoked: Phase,
    /// What was heard, and when. `None` if nothing was heard, or only that the outcome is
    /// indeterminate: the operation may have taken effect, may yet, or may never.
    pub returned: Option<Returned>,
    /// The last operations of other sessions of which this session had been told, outside the
    /// store, before it invoked this one.
    pub told: Vec<OperationId>,
}

/// The end of an operation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Returned {
    /// When.
    pub at: Phase,
    /// With what. Never [`Outcome::Indeterminate`].
    pub outcome: Outcome,
}

impl Record {
    /// The outcome, if one was heard.
    #[must_use]
    pub fn outcome(&self) -> Option<&Outcome> {
        self.returned.as_ref().map(|returned| &returned.outcome)
    }

    /// Whether the client was told that the operation took effect.
    #[must_use]
    pub fn is_acknowledged(&self) -> bool {
        match self.outcome() {
            None | Some(Outcome::Refused(_) | Outcome::Indeterminate) => false,
            Some(
                Outcome::Done
                | Outcome::Found(_)
                | Outcome::Siblings(_)
                | Outcome::Counted(_)
                | Outcome::Swapped(_)
                | Outcome::Elements(_)
                | Outcome::Transacted(_),
            ) => true,
        }
    }

    /// Whether the client was told of an update that it changed nothing: a compare-and-set that found
    /// another value, or nothing to take.
    #[must_use]
    pub fn changed_nothing(&self) -> bool {
        match self.outcome() {
            Some(Outcome::Swapped(false)) => true,
            Some(Outcome::Found(None)) => self.operation.is_update(),
            Some(
                Outcome::Done
                | Outcome::Found(Some(_))
                | Outcome::Siblings(_)
                | Outcome::Elements(_)
                | Outcome::Counted(_)
                | Outcome::Swapped(true)
                | Outcome::Indeterminate
                | Outcome::Refused(_)
                | Outcome::Transacted(_),
            )
            | None => false,
        }
    }

    /// Whether the client was told that the operation did not and will not take effect.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self.outcome(), Some(Outcome::Refused(_)))
    }

    /// Whether this operation returned before `other` was invoked.
    #[must_use]
    pub fn precedes(&self, other: &Self) -> bool {
        self.returned.as_ref().is_some_and(|returned| returned.at < other.invoked)
    }
}

/// What the clients of one store asked and heard.
///
/// Time is kept as phases, and only as far as it can be told apart: swapping two neighbouring
/// invocations, or two neighbouring returns, gives the same history. Equal histories are judged
/// equally by every guarantee, so the order of what is not ordered costs no states.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct History {
    sessions: Vec<Vec<Record>>,
    told: Vec<Vec<OperationId>>,
    phase: Phase,
    /// Whether an operation has returned in this phase, so that the next invocation starts another.
    returned_in_phase: bool,
}

impl History {
    /// No operations yet, by `sessions` sessions.
    #[must_use]
    pub fn new(sessions: usize) -> Self {
        Self {
            sessions: vec![Vec::new(); sessions],
            told: vec![Vec::new(); sessions],
            ..Self::default()
        }
    }

    /// Session `session` asks for `operation`.
    ///
    /// # Panics
    /// If there is no such session.
    pub fn invoke(&mut self, session: usize, operation: Operation) -> OperationId {
        if self.returned_in_phase {
            self.phase.0 += 1;
            self.returned_in_phase = false;
        }
        let told = std::mem::take(&mut self.told[session]);
        let records = &mut self.sessions[session];
        records.push(Record { operation, invoked: self.phase, returned: None, told });
        OperationId { session, index: records.len() - 1 }
    }

    /// The client hears what came of operation `id`. An indeterminate outcome leaves it open.
    ///
    /// # Panics
    /// If the operation was not invoked or has returned already.
    pub fn complete(&mut self, id: OperationId, outcome: Outcome) {
        if outcome == Outcome::Indeterminate {
            return;
        }
        let record = &mut self.sessions[id.session][id.index];
        assert!(record.returned.is_none(), "an operation returns once");
        record.returned = Some(Returned { at: self.phase, outcome });
        self.returned_in_phase = true;
    }

    /// Session `from` tells session `to`, outside the store, what it has done so far.
    ///
    /// # Panics
    /// If there is no such session.
    pub fn notify(&mut self, from: usize, to: usize) {
        if let Some(index) = self.sessions[from].len().checked_sub(1) {
            self.told[to].push(OperationId { session: from, index });
        }
    }

    /// The sessions, each the records of its operations in the order it invoked them.
    #[must_use]
    pub fn sessions(&self) -> &[Vec<Record>] {
        &self.sessions
    }

    /// Every operation with its id, session by session.
    pub fn operations(&self) -> impl Iterator<Item = (OperationId, &Record)> {
        self.sessions.iter().enumerate().flat_map(|(session, records)| {
            records
                .iter()
                .enumerate()
                .map(move |(index, record)| (OperationId { session, index }, record))
        })
    }

    /// The record of operation `id`, if it was invoked.
    #[must_use]
    pub fn get(&self, id: OperationId) -> Option<&Record> {
        self.sessions.get(id.session)?.get(id.index)
    }

    /// Updates that their clients were told took effect.
    pub fn acknowledged_updates(&self) -> impl Iterator<Item = (OperationId, &Record)> {
        self.operations()
            .filter(|(_, record)| record.operation.is_update() && record.is_acknowledged())
    }
}

#[cfg(feature = "model-checking")]
mod renaming;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::{Key, Value};

    fn read() -> Operation {
        Operation::Read { key: Key::from("x") }
    }

    fn write(value: &str) -> Operation {
        Operation::Write { key: Key::from("x"), value: Value::from(value) }
    }

    fn record(history: &History, id: OperationId) -> &Record {
        history.get(id).expect("the operation was invoked")
    }

    #[test]
    fn an_operation_precedes_what_is_invoked_after_it_returned() {
        let mut history = History::new(2);
        let first = history.invoke(0, write("1"));
        history.complete(first, Outcome::Done);
        let second = history.invoke(1, read());
        assert!(record(&history, first).precedes(record(&history, second)));
        assert!(!record(&history, second).precedes(record(&history, first)));
    }

    #[test]
    fn overlapping_operations_are_concurrent() {
        let mut history = History::new(2);
        let first = history.invoke(0, write("1"));
        let second = history.invoke(1, read());
        history.complete(first, Outcome::Done);
        history.complete(second, Outcome::Found(None));
        assert!(!record(&history, first).precedes(record(&history, second)));
        assert!(!record(&history, second).precedes(record(&history, first)));
    }

    #[test]
    fn neighbouring_invocations_commute_and_so_do_neighbouring_returns() {
        let run = |order: [usize; 2]| {
            let mut history = History::new(3);
            let ids = order.map(|session| history.invoke(session, read()));
            for id in ids {
                history.complete(id, Outcome::Found(None));
            }
            history.invoke(2, read());
            history
        };
        assert_eq!(run([0, 1]), run([1, 0]));
    }

    #[test]
    fn a_return_and_the_next_invocation_do_not_commute() {
        let mut sequential = History::new(2);
        let first = sequential.invoke(0, read());
        sequential.complete(first, Outcome::Found(None));
        sequential.invoke(1, read());
        let mut concurrent = History::new(2);
        let first = concurrent.invoke(0, read());
        concurrent.invoke(1, read());
        concurrent.complete(first, Outcome::Found(None));
        assert_ne!(sequential, concurrent);
    }

    #[test]
    fn an_indeterminate_outcome_leaves_the_operation_open() {
        let mut history = History::new(1);
        let id = history.invoke(0, write("1"));
        history.complete(id, Outcome::Indeterminate);
        assert_eq!(record(&history, id).returned, None);
        assert_eq!(history.acknowledged_updates().count(), 0);
    }

    #[test]
    fn a_notice_reaches_the_next_operation_of_the_told_session_only() {
        let mut history = History::new(2);
        let sent = history.invoke(0, write("1"));
        history.complete(sent, Outcome::Done);
        history.notify(0, 1);
        let next = history.invoke(1, read());
        let later = history.invoke(1, read());
        assert_eq!(record(&history, next).told, vec![sent]);
        assert_eq!(record(&history, later).told, vec![]);
    }

    #[test]
    fn requests_and_operations_name_each_other() {
        let id = OperationId { session: 2, index: 3 };
        assert_eq!(OperationId::of(id.client(), id.request()), id);
    }
}
