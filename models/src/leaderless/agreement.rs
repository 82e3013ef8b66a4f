//! Compare-and-set: homes agree on each content of a register by Paxos (Lamport 1998; Rystsov 2018,
//! CASPaxos). What is agreed on is the content and not a log, so that every change is one round.

use std::collections::BTreeMap;

use super::read::Change;
use super::transition::Turn;
use super::{Cell, Message, Pending, Register, Safeguard, Stage, Tag};
use crate::vocabulary::{Author, Key, Operation, Outcome, Refusal, ReplicaId, ReplicaSet, Version};

/// How ballots compare. Whose update a content is has no part in it: a proposer that finds one goes on
/// with it, under its own ballot.
pub(super) const fn rank(ballot: Version) -> (u64, u64, ReplicaId) {
    (ballot.time, ballot.tick, ballot.origin)
}

impl Turn<'_> {
    /// Asks homes to ignore lower ballots than a new one.
    pub(super) fn prepare(&mut self, author: Author, operation: Operation, key: &Key) {
        let ballot = self.next_ballot(author, key);
        let mut promises = BTreeMap::new();
        if self.is_home(key) {
            promises.insert(self.me, self.held(key));
            self.promise(key, ballot);
        }
        let tag = self.tag(author);
        for home in self.other_homes(key).iter() {
            self.send(home, Message::Prepare { tag, key: key.clone(), ballot });
        }
        self.wait(author, operation, Stage::Preparing { ballot, promises });
        self.propose_if_promised(author);
    }

    /// A ballot above all that this replica knows of. It uses none twice, not even after a restart.
    fn next_ballot(&mut self, author: Author, key: &Key) -> Version {
        let durable = &self.replica.durable;
        let promised = durable.promised.get(key).map_or(0, |ballot| ballot.time);
        let held = self.held(key).latest().map_or(0, |cell| cell.version.time);
        let time = durable.clock.0.max(promised).max(held).saturating_add(1);
        self.replica.durable.clock.0 = time;
        self.persist();
        Version { time, tick: self.replica.durable.incarnation, author, origin: self.me }
    }

    fn promise(&mut self, key: &Key, ballot: Version) {
        self.replica.durable.promised.insert(key.clone(), ballot);
        self.persist();
    }

    /// Whether a higher ballot has been promised.
    fn is_preempted(&self, key: &Key, ballot: Version) -> bool {
        let promised = self.replica.durable.promised.get(key);
        self.policy.has(Safeguard::PromisesKept)
            && promised.is_some_and(|promised| rank(*promised) > rank(ballot))
    }

    /// A proposer asks.
    pub(super) fn on_prepare(&mut self, from: ReplicaId, tag: Tag, key: &Key, ballot: Version) {
        if !self.is_home(key) {
            // ignored: the sender has another configuration.
            return;
        }
        if self.is_preempted(key, ballot) {
            self.send(from, Message::Preempted { tag, ballot });
            return;
        }
        self.promise(key, ballot);
        let register = self.held(key);
        self.send(from, Message::Promise { tag, ballot, register });
    }

    /// A home has promised.
    pub(super) fn on_promise(
        &mut self,
        from: ReplicaId,
        tag: Tag,
        promised: Version,
        register: Register,
    ) {
        match self.pending_for(tag).map(|pending| &mut pending.stage) {
            Some(Stage::Preparing { ballot, promises }) if *ballot == promised => {
                promises.entry(from).or_insert(register);
                self.propose_if_promised(tag.author);
            }
            // ignored: enough others were faster.
            Some(
                Stage::Preparing { .. }
                | Stage::Asking { .. }
                | Stage::Storing { .. }
                | Stage::Accepting { .. }
                | Stage::Gathering { .. }
                | Stage::Settling { .. },
            )
            | None => {}
        }
    }

    /// Proposes what the operation makes of the latest content that somebody has accepted, once
    /// enough homes have promised: any content that is agreed on is among theirs.
    fn propose_if_promised(&mut self, author: Author) {
        let Some(Pending { operation, stage: Stage::Preparing { ballot, promises }, .. }) =
            self.replica.pending.get(&author)
        else {
            return;
        };
        if promises.len() < usize::from(self.policy.read_quorum) {
            return;
        }
        let (operation, ballot) = (operation.clone(), *ballot);
        let found = self.merged(promises);
        let change = match self.done_before(author, &operation, &found) {
            Some(outcome) => Change::Keep(outcome),
            None => self.change(&operation, &found),
        };
        let (cell, outcome) = match change {
            Change::Put(value, outcome) => (Cell { version: ballot, value }, outcome),
            Change::Keep(outcome) if self.policy.has(Safeguard::SerialReadsPropose) => {
                // What is found may be accepted by a few. Nobody may find something else later.
                let before = found.latest();
                let author = before.map_or(author, |cell| cell.version.author);
                let value = before.and_then(|cell| cell.value.clone());
                (Cell { version: Version { author, ..ballot }, value }, outcome)
            }
            Change::Keep(outcome) => {
                self.finish(author, outcome);
                return;
            }
        };
        self.propose(author, operation, Register::of(cell), ballot, outcome);
    }

    fn propose(
        &mut self,
        author: Author,
        operation: Operation,
        register: Register,
        ballot: Version,
        outcome: Outcome,
    ) {
        let Some(key) = operation.key().cloned() else { return };
        let tag = self.tag(author);
        let mut accepted = ReplicaSet::EMPTY;
        if self.is_home(&key) && !self.is_preempted(&key, ballot) {
            self.hold(&key, &register);
            accepted = accepted.with(self.me);
        }
        for home in self.other_homes(&key).iter() {
            let (key, register) = (key.clone(), register.clone());
            self.send(home, Message::Propose { tag, key, register });
        }
        self.wait(author, operation, Stage::Accepting { register, accepted, outcome });
        self.finish_if_accepted(author);
    }

    /// A proposer wants its proposal accepted.
    pub(super) fn on_propose(&mut self, from: ReplicaId, tag: Tag, key: &Key, register: &Register) {
        let Some(ballot) = register.latest().map(|cell| cell.version) else {
            // ignored: nothing is proposed.
            return;
        };
        if !self.is_home(key) {
            // ignored: the sender has another configuration.
            return;
        }
        if self.is_preempted(key, ballot) {
            self.send(from, Message::Preempted { tag, ballot });
            return;
        }
        self.promise(key, ballot);
        self.hold(key, register);
        self.send(from, Message::Accepted { tag, ballot });
    }

    /// A home has accepted.
    pub(super) fn on_accepted(&mut self, from: ReplicaId, tag: Tag, ballot: Version) {
        match self.pending_for(tag).map(|pending| &mut pending.stage) {
            Some(Stage::Accepting { register, accepted, .. })
                if register.versions() == [ballot] =>
            {
                *accepted = accepted.with(from);
                self.finish_if_accepted(tag.author);
            }
            // ignored: enough others were faster.
            Some(
                Stage::Accepting { .. }
                | Stage::Asking { .. }
                | Stage::Storing { .. }
                | Stage::Preparing { .. }
                | Stage::Gathering { .. }
                | Stage::Settling { .. },
            )
            | None => {}
        }
    }

    fn finish_if_accepted(&mut self, author: Author) {
        let Some(Pending { stage: Stage::Accepting { accepted, outcome, .. }, .. }) =
            self.replica.pending.get(&author)
        else {
            return;
        };
        if accepted.len() >= usize::from(self.policy.write_quorum) {
            let outcome = outcome.clone();
            self.finish(author, outcome);
        }
    }

    /// A home has promised a higher ballot: another proposer is at work. Whoever has proposed nothing
    /// has changed nothing; what was proposed may still be accepted, by others or by a later ballot.
    pub(super) fn on_preempted(&mut self, tag: Tag, refused: Version) {
        let Some(Pending { operation, stage, .. }) = self.pending_for(tag) else {
            // ignored: enough others agreed.
            return;
        };
        let unavailable = Outcome::Refused(Refusal::Unavailable);
        let outcome = match stage {
            Stage::Preparing { ballot, .. } if *ballot == refused => unavailable,
            Stage::Accepting { register, .. } if register.versions() == [refused] => {
                if operation.is_update() { Outcome::Indeterminate } else { unavailable }
            }
            // ignored: it is about another ballot.
            Stage::Preparing { .. }
            | Stage::Accepting { .. }
            | Stage::Asking { .. }
            | Stage::Storing { .. }
            | Stage::Gathering { .. }
            | Stage::Settling { .. } => return,
        };
        self.finish(tag.author, outcome);
    }
}
