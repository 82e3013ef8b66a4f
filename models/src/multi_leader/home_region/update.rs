//! Taking updates: only the home of a key decides about it. Any other region passes them on.

use super::relocation::Role;
use super::state::{Change, Entry, Settled};
use super::transition::{Asked, Turn};
use super::{Homing, Safeguard};
use crate::vocabulary::{Author, Key, Operation, Outcome, Refusal, Value, added};

/// No session has seen what is so far ahead of a region. Times follow what sessions have seen, and would end.
const MOST_AHEAD: u64 = 1 << 32;

impl Turn<'_> {
    /// A client wants an update, here or through another region.
    pub(super) fn on_update(&mut self, asked: Asked) {
        let Some(key) = asked.request.operation.register().cloned() else {
            let (_, refused) = resulting(&asked.request.operation, None);
            return self.answer(&asked, refused, 0);
        };
        if self.policy.has(Safeguard::RequestsRecognised)
            && let Some(last) = self.replica.durable.answered.get(&asked.client)
            && last.request >= asked.request.id
        {
            if last.request == asked.request.id {
                let (outcome, time) = (last.outcome.clone(), last.time);
                self.answer(&asked, outcome, time);
            }
            // ignored otherwise: the client has gone on since, so it has its answer.
            return;
        }
        if asked.request.token.0.0 > self.replica.durable.time.saturating_add(MOST_AHEAD) {
            return self.answer(&asked, Outcome::Refused(Refusal::Behind), 0);
        }
        match self.role(&key, &asked) {
            Role::Home => self.decide(&key, &asked, Vec::new()),
            Role::NotYetHome => {
                self.answer(&asked, Outcome::Refused(Refusal::Unavailable), 0);
            }
            Role::Elsewhere(home, _) if self.is_gone(home) => {
                let taken_over = self.take_over(&key);
                self.decide(&key, &asked, vec![taken_over]);
            }
            Role::Elsewhere(home, epoch) => self.forward(home, epoch, asked),
        }
    }

    /// The home decides about an update: what it comes to is kept, told to all, and answered.
    fn decide(&mut self, key: &Key, asked: &Asked, mut new: Vec<Entry>) {
        let record = self.replica.durable.record(self.policy, key);
        let operation = &asked.request.operation;
        let author = Author { client: asked.client, request: asked.request.id };
        let (value, outcome) = resulting(operation, record.value());
        let settled = Settled { author, outcome: outcome.clone() };
        let change = match value {
            Some(value) => Change::Put { value, settled },
            None => Change::Keep(settled),
        };
        // Whoever is shown this update has to be shown what its client had seen.
        let seen = asked.request.token.0.0;
        new.push(self.make(key.clone(), record.epoch, change, seen));
        let time = self.replica.durable.time;
        if asked.by != self.me && self.policy.homing == Homing::FollowsWriters {
            new.push(self.hand_over(key, asked.by));
        }
        self.persist();
        self.tell(&new);
        self.answer(asked, outcome, time);
    }
}

/// What `operation` puts where `value` is, if it changes anything, and what its client hears.
fn resulting(operation: &Operation, value: Option<&Value>) -> (Option<Option<Value>>, Outcome) {
    match operation {
        Operation::Write { value, .. } => (Some(Some(value.clone())), Outcome::Done),
        Operation::Delete { .. } => (Some(None), Outcome::Done),
        Operation::CompareAndSet { expected, value: new, .. } => {
            let swaps = value == expected.as_ref();
            (swaps.then(|| Some(new.clone())), Outcome::Swapped(swaps))
        }
        Operation::Add { amount, .. } => match added(value, *amount) {
            Ok(sum) => (Some(Some(Value::from(sum))), Outcome::Counted(sum)),
            Err(refusal) => (None, Outcome::Refused(refusal)),
        },
        Operation::Take { .. } => (value.map(|_| None), Outcome::Found(value.cloned())),
        Operation::Read { .. } => (None, Outcome::Found(value.cloned())),
        // Other keys have other homes; and sets and texts are for replicas that converge.
        Operation::Clear | Operation::Edit { .. } | Operation::Transact { .. } => {
            (None, Outcome::Refused(Refusal::Unsupported))
        }
        Operation::AddReplica(_) | Operation::RemoveReplica(_) => {
            (None, Outcome::Refused(Refusal::ChangeImpossible))
        }
    }
}
