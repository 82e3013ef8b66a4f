//! Changing who the homes are, one at a time (Lynch & Shvartsman 2002, RAMBO).
//!
//! Coordinators go over to new homes one by one, whenever they hear of them: a majority of some
//! replicas meets every majority of one replica more or less, so that it does no harm if some still
//! work with those before. Two changes further that is not so. Therefore the next change waits until
//! nobody can work with the homes before this one any more, and until a majority of those after it
//! holds what they held. *Deviation:* RAMBO agrees on each change by Paxos; here one replica keeps
//! the list, as Riak's claimant does, and while it is down nothing but the list stands still.

use super::transition::Turn;
use super::{
    Durable, Homes, Leaderless, Membership, Message, Pending, Safeguard, Stage, Tag, Wanted,
};
use crate::vocabulary::{
    Author, Key, Operation, Outcome, Refusal, ReplicaId, ReplicaSet, Request, majority,
};

/// Who keeps the list of homes, home or not: an operator asks it for changes.
pub const KEEPER: ReplicaId = ReplicaId(0);

impl Leaderless {
    /// The homes before any change; nobody where that depends on the key.
    pub(super) const fn first_homes(&self) -> ReplicaSet {
        match self.membership {
            Membership::Configured => ReplicaSet::EMPTY,
            Membership::OneByOne => ReplicaSet::first(self.copies),
        }
    }

    /// How many of `homes` are enough, where `configured` of those that are configured would be.
    pub(super) fn enough(&self, configured: u8, homes: ReplicaSet) -> u8 {
        match self.membership {
            Membership::Configured => configured,
            Membership::OneByOne => {
                u8::try_from(majority(homes.len())).expect("a set holds at most 16 replicas")
            }
        }
    }
}

impl Durable {
    /// Whether `homes` are later than those that it knows of, and can be.
    pub(super) fn is_news(&self, policy: &Leaderless, homes: Homes) -> bool {
        let exist = homes.members.is_subset(ReplicaSet::first(policy.replicas));
        policy.membership == Membership::OneByOne
            && homes.changes > self.homes.changes
            && exist
            && !homes.members.is_empty()
    }
}

impl Turn<'_> {
    /// The homes of `key`, as far as this replica knows.
    pub(super) fn homes(&self, key: &Key) -> ReplicaSet {
        match self.policy.membership {
            Membership::Configured => self.policy.homes(key),
            Membership::OneByOne => self.replica.durable.homes.members,
        }
    }

    /// How many homes are enough, where `configured` of those that are configured would be.
    pub(super) fn enough(&self, configured: u8) -> u8 {
        self.policy.enough(configured, self.replica.durable.homes.members)
    }

    /// An operator asks for a change, or asks again for one that is not settled yet.
    pub(super) fn on_change(&mut self, author: Author, request: &Request) {
        let wanted = match self.wanted_homes(&request.operation) {
            Ok(wanted) => wanted,
            Err(refusal) => {
                self.finish(author, Outcome::Refused(refusal));
                return;
            }
        };
        let Homes { changes, members } = self.replica.durable.homes;
        if wanted != members {
            self.replica.durable.unsettled = Some(members);
            self.adopt(Homes { changes: changes.saturating_add(1), members: wanted });
        }
        if self.replica.durable.unsettled.is_none() {
            self.finish(author, Outcome::Done);
            return;
        }
        self.take_on(author, request);
        self.gather(author, request.operation.clone(), None);
    }

    /// The homes that `operation` asks for.
    fn wanted_homes(&self, operation: &Operation) -> Result<ReplicaSet, Refusal> {
        let Durable { homes: Homes { members, .. }, unsettled, .. } = &self.replica.durable;
        let is_possible = self.policy.membership == Membership::OneByOne;
        let wanted = match operation {
            Operation::AddReplica(added) if added.0 < self.policy.replicas => members.with(*added),
            Operation::RemoveReplica(removed) => members.without(*removed),
            Operation::AddReplica(_)
            | Operation::Read { .. }
            | Operation::Write { .. }
            | Operation::Delete { .. }
            | Operation::Add { .. }
            | Operation::CompareAndSet { .. }
            | Operation::Take { .. }
            | Operation::Clear
            | Operation::Edit { .. }
            | Operation::Transact { .. } => ReplicaSet::EMPTY,
        };
        if !is_possible || wanted.is_empty() {
            return Err(Refusal::ChangeImpossible);
        }
        if self.me != KEEPER {
            return Err(Refusal::NotLeader { leader: Some(KEEPER) });
        }
        let waits = unsettled.is_some() && wanted != *members;
        if waits && self.policy.has(Safeguard::OneChangeAtATime) {
            return Err(Refusal::ChangeUnderWay);
        }
        Ok(wanted)
    }

    /// From now on these are the homes.
    fn adopt(&mut self, homes: Homes) {
        self.replica.durable.homes = homes;
        self.persist();
        for author in self.authors() {
            self.start_again(author);
        }
    }

    /// What is under way goes on among other homes: nothing that was answered before counts.
    fn start_again(&mut self, author: Author) {
        let Some(Pending { operation, stage, .. }) = self.replica.pending.get(&author).cloned()
        else {
            return;
        };
        match (stage, operation.key().cloned()) {
            (Stage::Asking { .. }, Some(key)) => self.ask(author, operation, &key),
            (Stage::Storing { register, outcome, .. }, Some(_)) => {
                let wanted = Wanted::Homes(self.write_quorum(author));
                self.store(author, operation, register, wanted, outcome);
            }
            (Stage::Gathering { .. } | Stage::Settling { .. }, _) => {
                self.gather(author, operation, None);
            }
            // Whoever agrees has homes that do not change.
            (Stage::Preparing { .. } | Stage::Accepting { .. }, _)
            | (Stage::Asking { .. } | Stage::Storing { .. }, None) => {}
        }
    }

    /// Whether `tag` is about the homes that are, as far as this replica knows. A coordinator that
    /// works with others hears of these instead of an answer: an answer might be the last that
    /// it needs.
    pub(super) fn is_current(&mut self, from: ReplicaId, tag: Tag) -> bool {
        let durable = &self.replica.durable;
        let homes = durable.homes;
        if durable.is_news(self.policy, tag.homes) {
            self.adopt(tag.homes);
        } else if tag.homes.changes < homes.changes
            && self.policy.has(Safeguard::OutdatedHomesRefused)
        {
            self.send(from, Message::Outdated { homes });
            return false;
        }
        true
    }

    /// Somebody knows of later homes.
    pub(super) fn on_outdated(&mut self, homes: Homes) {
        if self.replica.durable.is_news(self.policy, homes) {
            self.adopt(homes);
        }
    }
}
