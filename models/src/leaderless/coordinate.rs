//! A request: taken on, repeated, given up, answered.

use std::collections::BTreeMap;

use super::transition::Turn;
use super::{
    Agreement, Durable, Fallback, Message, PartialWrite, Patience, Pending, Safeguard, Stage, Tag,
    Timer, Versions, Wanted,
};
use crate::vocabulary::{
    Author, ClientId, Context, Key, Operation, Outcome, Refusal, ReplicaSet, Reply, Request, Terms,
    Token,
};

impl Turn<'_> {
    /// A client asks this replica, which coordinates from now on.
    pub(super) fn on_request(&mut self, client: ClientId, request: Request) {
        let author = Author { client, request: request.id };
        if self.is_duplicate(author) {
            return;
        }
        let is_agreed = match (self.policy.agreement, &request.operation) {
            (Agreement::Nothing, _) => false,
            (Agreement::Everything, _) => true,
            (Agreement::Conditional, Operation::Write { .. } | Operation::Delete { .. }) => false,
            (
                Agreement::Conditional,
                Operation::Read { .. }
                | Operation::Add { .. }
                | Operation::CompareAndSet { .. }
                | Operation::AddReplica(_)
                | Operation::RemoveReplica(_)
                | Operation::Take { .. }
                | Operation::Clear
                | Operation::Edit { .. }
                | Operation::Transact { .. },
            ) => true,
        };
        let Some(key) = request.operation.register().cloned() else {
            if request.operation.concerns_data() {
                // Every key has homes of its own, and nobody knows all keys; and sets and texts are
                // for replicas that converge.
                self.finish(author, Outcome::Refused(Refusal::Unsupported));
            } else {
                self.on_change(author, &request);
            }
            return;
        };
        self.take_on(author, &request);
        match &request.operation {
            _ if is_agreed => self.prepare(author, request.operation, &key),
            Operation::Write { value, .. } if self.policy.versions != Versions::Query => {
                let value = Some(value.clone());
                self.write(author, request.operation, &key, value);
            }
            Operation::Delete { .. } if self.policy.versions != Versions::Query => {
                self.write(author, request.operation, &key, None);
            }
            Operation::Read { .. }
            | Operation::Write { .. }
            | Operation::Delete { .. }
            | Operation::Add { .. }
            | Operation::CompareAndSet { .. }
            | Operation::AddReplica(_)
            | Operation::RemoveReplica(_)
            | Operation::Take { .. }
            | Operation::Clear
            | Operation::Edit { .. }
            | Operation::Transact { .. } => self.ask(author, request.operation, &key),
        }
    }

    /// Whether the request is under way or answered. What was answered last is answered again.
    fn is_duplicate(&mut self, author: Author) -> bool {
        if self.replica.pending.contains_key(&author) {
            return true;
        }
        let last = self.replica.answered.get(&author.client);
        let Some(last) = last.filter(|last| last.request >= author.request) else { return false };
        if !self.policy.has(Safeguard::DuplicatesRecognised) {
            return false;
        }
        if last.request == author.request {
            let last = last.clone();
            self.effects.reply.push((author.client, last));
        }
        true
    }

    /// From now on it is under way, on its own terms.
    pub(super) fn take_on(&mut self, author: Author, request: &Request) {
        let (operation, terms) = (request.operation.clone(), request.terms.clone());
        let since = self.policy.patience.map(|_| self.now);
        let stage = Stage::Asking { answers: BTreeMap::new() };
        self.replica.pending.insert(author, Pending { operation, terms, since, stage });
    }

    /// How many homes have to store what `author` wants stored.
    pub(super) fn write_quorum(&self, author: Author) -> u8 {
        let said = self.replica.pending.get(&author).and_then(|of| of.terms.write_quorum);
        said.unwrap_or_else(|| self.enough(self.policy.write_quorum))
    }

    /// How many homes have to answer what `author` asks.
    pub(super) fn read_quorum(&self, author: Author) -> u8 {
        let said = self.replica.pending.get(&author).and_then(|of| of.terms.read_quorum);
        said.unwrap_or_else(|| self.enough(self.policy.read_quorum))
    }

    /// Which updates of `key` the client of `author` knows of.
    pub(super) fn known(&self, author: Author, key: &Key) -> Context {
        let said = self.replica.pending.get(&author).and_then(|of| of.terms.context.as_ref());
        let shown = || self.replica.shown.get(&(author.client, key.clone()));
        said.or_else(shown).cloned().unwrap_or_default()
    }

    /// The client is about to know of the updates in `seen`: whoever keeps account of that notes it.
    pub(super) fn show(&mut self, author: Author, key: &Key, seen: &Context) {
        let pending = self.replica.pending.get_mut(&author);
        match pending.and_then(|pending| pending.terms.context.as_mut()) {
            Some(context) => context.clone_from(seen),
            None => {
                self.replica.shown.insert((author.client, key.clone()), seen.clone());
            }
        }
    }

    /// Starts to wait, and to count how long.
    pub(super) fn wait(&mut self, author: Author, operation: Operation, stage: Stage) {
        let (terms, since) = match self.replica.pending.remove(&author) {
            Some(Pending { terms, since, .. }) => (terms, since),
            None => (Terms::default(), None),
        };
        self.replica.pending.insert(author, Pending { operation, terms, since, stage });
        self.effects.arm.extend([Timer::Resend, Timer::Deadline]);
        match self.policy.fallback {
            Fallback::Nobody => {}
            Fallback::KeepsHints | Fallback::CountsForWrites | Fallback::CountsForReads => {
                self.effects.arm.push(Timer::Fallback);
            }
        }
    }

    /// Answers the client.
    pub(super) fn finish(&mut self, author: Author, outcome: Outcome) {
        let Author { client, request } = author;
        let context = self.replica.pending.remove(&author).and_then(|of| of.terms.context);
        let reply = Reply { request, outcome, token: Token::default(), context };
        // A client may have gone on to another request meanwhile: what it asks again is that one.
        let answered = self.replica.answered.entry(client).or_insert_with(|| reply.clone());
        if answered.request < request {
            answered.clone_from(&reply);
        }
        self.effects.reply.push((client, reply));
    }

    pub(super) const fn tag(&self, author: Author) -> Tag {
        let Durable { incarnation, homes, .. } = self.replica.durable;
        Tag { author, incarnation, homes }
    }

    /// The request that `tag` belongs to, if it is still under way.
    pub(super) fn pending_for(&mut self, tag: Tag) -> Option<&mut Pending> {
        let is_asked = tag == self.tag(tag.author);
        self.replica.pending.get_mut(&tag.author).filter(|_| is_asked)
    }

    /// Asks again whoever has not answered.
    pub(super) fn on_resend(&mut self) {
        for author in self.authors() {
            let Some(Pending { operation, stage, .. }) = self.replica.pending.get(&author) else {
                continue;
            };
            let (key, stage) = (operation.key().cloned(), stage.clone());
            match key {
                Some(key) => self.ask_again(author, key, &stage),
                None => self.change_again(author, &stage),
            }
        }
        self.reap_again();
        if !self.replica.pending.is_empty() || !self.replica.reaping.is_empty() {
            self.effects.arm.push(Timer::Resend);
        }
    }

    fn ask_again(&mut self, author: Author, key: Key, stage: &Stage) {
        let tag = self.tag(author);
        let homes = self.other_homes(&key);
        let (silent, message) = match stage {
            Stage::Asking { answers } => {
                let answered: ReplicaSet = answers.keys().copied().collect();
                (homes.difference(answered), Message::Ask { tag, key })
            }
            Stage::Storing { register, holders, wanted, .. } => {
                let wanted = match wanted {
                    Wanted::Homes(_) => homes,
                    Wanted::All(homes) => homes.without(self.me),
                };
                let register = register.clone();
                (wanted.difference(*holders), Message::Store { tag, key, register })
            }
            Stage::Preparing { ballot, promises } => {
                let promised: ReplicaSet = promises.keys().copied().collect();
                (homes.difference(promised), Message::Prepare { tag, key, ballot: *ballot })
            }
            Stage::Accepting { register, accepted, .. } => {
                let register = register.clone();
                (homes.difference(*accepted), Message::Propose { tag, key, register })
            }
            // Those are about all keys.
            Stage::Gathering { .. } | Stage::Settling { .. } => return,
        };
        for home in silent.iter() {
            self.send(home, message.clone());
        }
    }

    /// Too few have answered in time. Whatever some of them have stored stays there.
    pub(super) fn on_deadline(&mut self) {
        for author in self.authors_since(|patience| patience.deadline) {
            let Some(Pending { operation, stage, .. }) = self.replica.pending.get(&author) else {
                continue;
            };
            let unavailable = Outcome::Refused(Refusal::Unavailable);
            let outcome = match (stage, self.policy.partial) {
                (Stage::Asking { .. } | Stage::Preparing { .. }, _) => unavailable,
                (Stage::Gathering { .. } | Stage::Settling { .. }, _) => Outcome::Indeterminate,
                (Stage::Storing { .. } | Stage::Accepting { .. }, _) if !operation.is_update() => {
                    unavailable
                }
                (Stage::Storing { .. } | Stage::Accepting { .. }, PartialWrite::Failed) => {
                    unavailable
                }
                (Stage::Storing { .. } | Stage::Accepting { .. }, PartialWrite::Indeterminate) => {
                    Outcome::Indeterminate
                }
            };
            self.finish(author, outcome);
        }
        if !self.replica.pending.is_empty() {
            self.effects.arm.push(Timer::Deadline);
        }
    }

    /// The authors of requests that have been given long enough.
    pub(super) fn authors_since(&self, patience: impl Fn(&Patience) -> u64) -> Vec<Author> {
        let given = self.policy.patience.as_ref().map_or(0, patience);
        let is_due = |pending: &Pending| match pending.since {
            Some(since) => since.0.saturating_add(given) <= self.now.0,
            None => true,
        };
        let due = self.replica.pending.iter().filter(|(_, pending)| is_due(pending));
        due.map(|(author, _)| *author).collect()
    }
}
