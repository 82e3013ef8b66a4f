//! Taking updates: each replica decides by what it has, and answers at once.
//!
//! A client may keep account of what it knows, and say so. Then it is shown all versions of a register and
//! writes over those that it knows of, and an edit of a text means the text as its client has seen it.
//! Otherwise a client knows what the replica does that it asks.

use std::collections::BTreeSet;

use super::delivery::note;
use super::state::{Answered, Change, Event, Stamp};
use super::transition::Turn;
use super::{Cell, Clock, CounterRule, Kind, Limit, RegisterRule, Safeguard};
use crate::vocabulary::{
    Author, ClientId, Context, Dot, Edit, Key, Operation, Outcome, Refusal, Request, Value,
};

/// Where an update changes something, where and what, and what its client hears; else only that.
pub(super) type Decision = Result<(Key, Change, Outcome), Outcome>;

impl Turn<'_> {
    /// A client wants to read: it sees what this replica has applied.
    pub(super) fn on_read(&mut self, client: ClientId, request: &Request) {
        let Some(key) = request.operation.key() else {
            return self.reply(client, request.id, Outcome::Refused(Refusal::Unsupported));
        };
        let cell = self.cell(key);
        if request.terms.context.is_none() {
            return self.reply(client, request.id, cell.shown());
        }
        let (outcome, known) = cell.shown_whole(self.policy, &self.replica.durable.delivered);
        self.reply_knowing(client, request.id, outcome, Some(known));
    }

    /// A client wants an update: apply it, keep it, answer, and tell the others.
    pub(super) fn on_update(&mut self, client: ClientId, request: Request) {
        if self.policy.has(Safeguard::RequestsRecognised)
            && let Some(last) = self.replica.durable.answered.get(&client)
            && last.request >= request.id
        {
            if last.request == request.id {
                let (outcome, dot) = (last.outcome.clone(), last.dot);
                let known = self.known_after(&request, dot);
                self.reply_knowing(client, request.id, outcome, known);
            }
            // ignored otherwise: the client has gone on since, so it has its answer.
            return;
        }
        match self.decide(&request.operation, request.terms.context.as_ref()) {
            Ok((key, change, outcome)) => {
                let author = Author { client, request: request.id };
                let event = self.event(author, key, change, outcome.clone());
                self.apply(&event);
                self.persist();
                let known = self.known_after(&request, Some(event.dot));
                self.tell(event);
                self.reply_knowing(client, request.id, outcome, known);
            }
            Err(outcome) => self.on_nothing_to_change(client, request, outcome),
        }
    }

    /// An update changes nothing, or is refused. A client that keeps account of what it knows takes that as
    /// settled, so it is, however often the request arrives. Any other asks again, or leaves it open.
    fn on_nothing_to_change(&mut self, client: ClientId, request: Request, outcome: Outcome) {
        let Request { id, terms, .. } = request;
        if terms.context.is_some() && self.policy.has(Safeguard::RequestsRecognised) {
            let answered = Answered { request: id, outcome: outcome.clone(), dot: None };
            note(&mut self.replica.durable.answered, client, &answered);
            self.persist();
        }
        self.reply_knowing(client, id, outcome, terms.context);
    }

    /// What a client knows of that keeps account of it, once `dot`, or nothing, was made of its request: all
    /// that is here, if nothing is at the key that it does not know of.
    fn known_after(&self, request: &Request, dot: Option<Dot>) -> Option<Context> {
        let mut known = request.terms.context.clone()?;
        match (&request.operation, dot) {
            (
                Operation::Edit { key, edit: Edit::Insert { .. } | Edit::Erase { .. } },
                Some(dot),
            ) => {
                known.insert(dot);
                if self.cell(key).text.is_known_to(&known) {
                    return Some(self.replica.durable.delivered.clone());
                }
            }
            (
                Operation::Write { key, .. } | Operation::Delete { key } | Operation::Take { key },
                Some(dot),
            ) if self.policy.register == RegisterRule::KeepAll => {
                known.insert(dot);
                let cell = self.cell(key);
                if cell.register.unknown_to(&known).is_empty() {
                    return Some(self.replica.durable.delivered.clone());
                }
                // Whatever those have written over is gone wherever they are known.
                let kept = cell.register.versions().iter().map(|version| version.dot);
                return Some(kept.filter(|dot| known.contains(*dot)).collect());
            }
            (
                Operation::Edit { .. }
                | Operation::Write { .. }
                | Operation::Delete { .. }
                | Operation::Take { .. }
                | Operation::Read { .. }
                | Operation::Add { .. }
                | Operation::CompareAndSet { .. }
                | Operation::AddReplica(_)
                | Operation::RemoveReplica(_)
                | Operation::Clear
                | Operation::Transact { .. },
                _,
            ) => {}
        }
        Some(known)
    }

    /// What `operation` comes to here, for a client that knows of the updates in `known`, if it says; or
    /// what to answer where it changes nothing.
    fn decide(&self, operation: &Operation, known: Option<&Context>) -> Decision {
        if known.is_some_and(|known| !known.is_subset(&self.replica.durable.seen)) {
            return Err(Outcome::Refused(Refusal::Behind));
        }
        match operation {
            Operation::Write { key, value } => {
                self.decide_write(key, Some(value.clone()), Outcome::Done, known)
            }
            Operation::Delete { key } => self.decide_write(key, None, Outcome::Done, known),
            Operation::CompareAndSet { key, expected, value } => {
                if self.cell(key).value() != *expected {
                    return Err(Outcome::Swapped(false));
                }
                self.decide_write(key, Some(value.clone()), Outcome::Swapped(true), None)
            }
            Operation::Add { key, amount } => self.decide_addition(key, *amount),
            Operation::AddReplica(_) | Operation::RemoveReplica(_) => {
                Err(Outcome::Refused(Refusal::ChangeImpossible))
            }
            Operation::Read { key } => Err(self.cell(key).shown()),
            Operation::Edit { key, edit } => self.decide_edit(key, edit, known),
            Operation::Take { key } => self.decide_taking(key, known),
            // Another replica may hold keys that this one has not heard of.
            Operation::Clear => Err(Outcome::Refused(Refusal::Unsupported)),
            // The others would be told of each key by itself.
            Operation::Transact { .. } => Err(Outcome::Refused(Refusal::Unsupported)),
        }
    }

    fn decide_write(
        &self,
        key: &Key,
        value: Option<Value>,
        outcome: Outcome,
        known: Option<&Context>,
    ) -> Decision {
        if let Some(refusal) = self.refusal(key, Kind::Register) {
            return Err(Outcome::Refused(refusal));
        }
        let beside = match known {
            Some(known) if self.policy.register == RegisterRule::KeepAll => {
                self.cell(key).register.unknown_to(known)
            }
            Some(_) | None => BTreeSet::new(),
        };
        let change = if beside.is_empty() {
            Change::Write(value)
        } else {
            Change::Replace { value, beside }
        };
        Ok((key.clone(), change, outcome))
    }

    /// Whoever takes what is there is told of it, and so knows of it.
    fn decide_taking(&self, key: &Key, known: Option<&Context>) -> Decision {
        let cell = self.cell(key);
        let Some(known) = known else {
            return self.decide_write(key, None, Outcome::Found(cell.value()), None);
        };
        let (found, told) = cell.shown_whole(self.policy, &self.replica.durable.delivered);
        if found == Outcome::Found(None) {
            // Nothing is there to take, and nobody has to hear of that.
            return Err(found);
        }
        let mut known = known.clone();
        known.merge(&told);
        self.decide_write(key, None, found, Some(&known))
    }

    /// Why data of `kind` cannot be at `key`, if it cannot.
    pub(super) fn refusal(&self, key: &Key, kind: Kind) -> Option<Refusal> {
        match (self.cell(key).kind(), kind) {
            (None, _) => None,
            (Some(found), wanted) if found == wanted => None,
            (Some(Kind::Register | Kind::Counter | Kind::Set | Kind::Text), _) => {
                Some(Refusal::AnotherKind)
            }
        }
    }

    fn decide_addition(&self, key: &Key, amount: i64) -> Decision {
        let cell = self.cell(key);
        let total = cell.counter.total() + i128::from(amount);
        let Ok(value) = i64::try_from(total) else {
            return Err(Outcome::Refused(Refusal::OutOfRange));
        };
        if let Some(refusal) = self.refusal(key, Kind::Counter) {
            return Err(Outcome::Refused(refusal));
        }
        let own = cell.counter.of(self.me).with(amount);
        let is_short = match self.policy.limit {
            Limit::None => false,
            Limit::Checked => total < 0,
            Limit::Escrow => own.total() < 0,
        };
        if amount < 0 && is_short {
            return Err(Outcome::Refused(Refusal::Unavailable));
        }
        let change = match self.policy.counter {
            CounterRule::PerReplica => Change::Bring(own),
            CounterRule::Additions | CounterRule::LargerTotal | CounterRule::SumOfTotals => {
                Change::Add(amount)
            }
        };
        Ok((key.clone(), change, Outcome::Counted(value)))
    }

    fn event(&mut self, author: Author, key: Key, change: Change, outcome: Outcome) -> Event {
        let stamp = Stamp { time: self.time(&change), replica: self.me };
        let durable = &mut self.replica.durable;
        durable.taken += 1;
        let dot = Dot { replica: self.me, counter: durable.taken };
        let past = durable.seen.clone();
        Event { dot, past, stamp, author, outcome, key, change }
    }

    /// The time of an update that is made now.
    fn time(&self, change: &Change) -> u64 {
        let after_all = self.replica.durable.time.saturating_add(1);
        if change.is_insertion() {
            return after_all;
        }
        let RegisterRule::LastWriter { clock, .. } = self.policy.register else { return 0 };
        match clock {
            Clock::Wall => self.now.0,
            Clock::Lamport => after_all,
            Clock::Hybrid => after_all.max(self.now.0),
        }
    }

    pub(super) fn cell(&self, key: &Key) -> Cell {
        self.replica.durable.cells.get(key).cloned().unwrap_or_default()
    }
}
