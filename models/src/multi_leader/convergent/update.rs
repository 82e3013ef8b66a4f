//! Taking updates: each replica decides by what it has, and answers at once.

use super::state::{Change, Event, Stamp};
use super::transition::Turn;
use super::{Cell, Clock, CounterRule, Kind, Limit, RegisterRule, Safeguard};
use crate::vocabulary::{Author, ClientId, Dot, Key, Operation, Outcome, Refusal, Request, Value};

/// Where an update changes something, where and what, and what its client hears; else only that.
pub(super) type Decision = Result<(Key, Change, Outcome), Outcome>;

impl Turn<'_> {
    /// A client wants to read: it sees what this replica has applied.
    pub(super) fn on_read(&mut self, client: ClientId, request: &Request) {
        let Some(key) = request.operation.key() else {
            return self.reply(client, request.id, Outcome::Refused(Refusal::Unsupported));
        };
        let found = self.cell(key).shown();
        self.reply(client, request.id, found);
    }

    /// A client wants an update: apply it, keep it, answer, and tell the others.
    pub(super) fn on_update(&mut self, client: ClientId, request: Request) {
        if self.policy.has(Safeguard::RequestsRecognised)
            && let Some(last) = self.replica.durable.answered.get(&client)
            && last.request >= request.id
        {
            if last.request == request.id {
                let outcome = last.outcome.clone();
                self.reply(client, request.id, outcome);
            }
            // ignored otherwise: the client has gone on since, so it has its answer.
            return;
        }
        match self.decide(&request.operation) {
            Ok((key, change, outcome)) => {
                let author = Author { client, request: request.id };
                let event = self.event(author, key, change, outcome.clone());
                self.apply(&event);
                self.persist();
                self.tell(event);
                self.reply(client, request.id, outcome);
            }
            Err(outcome) => self.reply(client, request.id, outcome),
        }
    }

    /// What `operation` comes to here; or what to answer where it changes nothing.
    fn decide(&self, operation: &Operation) -> Decision {
        match operation {
            Operation::Write { key, value } => {
                self.decide_write(key, Some(value.clone()), Outcome::Done)
            }
            Operation::Delete { key } => self.decide_write(key, None, Outcome::Done),
            Operation::CompareAndSet { key, expected, value } => {
                if self.cell(key).value() != *expected {
                    return Err(Outcome::Swapped(false));
                }
                self.decide_write(key, Some(value.clone()), Outcome::Swapped(true))
            }
            Operation::Add { key, amount } => self.decide_addition(key, *amount),
            Operation::AddReplica(_) | Operation::RemoveReplica(_) => {
                Err(Outcome::Refused(Refusal::ChangeImpossible))
            }
            Operation::Read { key } => Err(self.cell(key).shown()),
            Operation::Edit { key, edit } => self.decide_edit(key, edit),
            Operation::Take { key } => {
                self.decide_write(key, None, Outcome::Found(self.cell(key).value()))
            }
            // Another replica may hold keys that this one has not heard of.
            Operation::Clear => Err(Outcome::Refused(Refusal::Unsupported)),
            // The others would be told of each key by itself.
            Operation::Transact { .. } => Err(Outcome::Refused(Refusal::Unsupported)),
        }
    }

    fn decide_write(&self, key: &Key, value: Option<Value>, outcome: Outcome) -> Decision {
        match self.refusal(key, Kind::Register) {
            Some(refusal) => Err(Outcome::Refused(refusal)),
            None => Ok((key.clone(), Change::Write(value), outcome)),
        }
    }

    /// Why data of `kind` cannot be at `key`, if it cannot.
    pub(super) fn refusal(&self, key: &Key, kind: Kind) -> Option<Refusal> {
        match (self.cell(key).kind(), kind) {
            (None, _) => None,
            (Some(found), wanted) if found == wanted => None,
            (Some(Kind::Register), Kind::Counter) | (Some(Kind::Counter), Kind::Register) => {
                Some(Refusal::NotANumber)
            }
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
