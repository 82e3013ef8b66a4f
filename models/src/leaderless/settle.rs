//! Settling a change of homes: those after it come to hold what those before it held, range of keys by
//! range of keys, in messages of bounded size.

use std::collections::BTreeMap;

use super::transition::Turn;
use super::{Durable, Membership, Message, Pending, Piece, Register, Safeguard, Stage, Tag};
use crate::vocabulary::{Author, Key, Operation, Outcome, ReplicaId, ReplicaSet, is_majority};

impl Durable {
    /// Those from whom a change hands over.
    fn before(&self) -> ReplicaSet {
        self.unsettled.unwrap_or(self.homes.members)
    }
}

impl Piece {
    /// The same up to and including `last`.
    fn up_to(&self, last: Option<&Key>) -> Self {
        let registers = self.registers.iter();
        let registers = registers.filter(|(key, _)| last.is_none_or(|last| key <= last));
        Self { registers: registers.cloned().collect(), last: last.cloned() }
    }
}

impl Turn<'_> {
    /// Asks homes before and after a change what they hold after a key. Whoever answers knows of the
    /// change, and so no majority of those before it answers anybody who does not.
    pub(super) fn gather(&mut self, author: Author, operation: Operation, after: Option<Key>) {
        let asked = self.replica.durable.before().union(self.replica.durable.homes.members);
        let mut pieces = BTreeMap::new();
        if asked.contains(self.me) {
            pieces.insert(self.me, self.piece(after.as_ref()));
        }
        let tag = self.tag(author);
        for home in asked.without(self.me).iter() {
            self.send(home, Message::Gather { tag, after: after.clone() });
        }
        self.wait(author, operation, Stage::Gathering { after, pieces });
        self.spread_if_gathered(author);
    }

    /// What this replica holds after `after`, as much as one message covers.
    fn piece(&self, after: Option<&Key>) -> Piece {
        let range = (after.cloned(), self.last_of(usize::from(self.policy.batch), after));
        let within = self.within(&range);
        let registers = within.map(|(key, register)| (key.clone(), register.clone())).collect();
        Piece { registers, last: range.1 }
    }

    /// Whether a change of homes is about those that are.
    fn is_about_changes(&mut self, from: ReplicaId, tag: Tag) -> bool {
        match self.policy.membership {
            // ignored: the sender has another configuration.
            Membership::Configured => false,
            Membership::OneByOne => self.is_current(from, tag),
        }
    }

    /// The keeper asks what this replica holds.
    pub(super) fn on_gather(&mut self, from: ReplicaId, tag: Tag, after: Option<Key>) {
        if self.is_about_changes(from, tag) {
            let piece = self.piece(after.as_ref());
            self.send(from, Message::Gathered { tag, after, piece });
        }
    }

    /// Somebody says what it holds.
    pub(super) fn on_gathered(
        &mut self,
        from: ReplicaId,
        tag: Tag,
        asked: &Option<Key>,
        piece: Piece,
    ) {
        match self.pending_for(tag).map(|pending| &mut pending.stage) {
            Some(Stage::Gathering { after, pieces }) if after == asked => {
                pieces.entry(from).or_insert(piece);
                self.spread_if_gathered(tag.author);
            }
            // ignored: enough others were faster.
            Some(
                Stage::Gathering { .. }
                | Stage::Settling { .. }
                | Stage::Asking { .. }
                | Stage::Storing { .. }
                | Stage::Preparing { .. }
                | Stage::Accepting { .. },
            )
            | None => {}
        }
    }

    /// Sends what a majority of the homes before a change hold to the homes after it that lack some.
    fn spread_if_gathered(&mut self, author: Author) {
        let Some(Pending { operation, stage: Stage::Gathering { pieces, .. }, .. }) =
            self.replica.pending.get(&author)
        else {
            return;
        };
        let answered = pieces.keys().copied().collect();
        if !is_majority(answered, self.replica.durable.before()) {
            return;
        }
        if !self.policy.has(Safeguard::ChangesHandOver) {
            self.settle(author);
            return;
        }
        let (operation, piece) = (operation.clone(), self.together(pieces));
        let members = self.replica.durable.homes.members;
        let holds = |held: &Piece| held.up_to(piece.last.as_ref()) == piece;
        let holding = pieces.iter().filter(|(_, held)| holds(held)).map(|(id, _)| *id);
        let mut holders: ReplicaSet = holding.filter(|id| members.contains(*id)).collect();
        if members.contains(self.me) {
            self.hold_all(&piece);
            holders = holders.with(self.me);
        }
        let tag = self.tag(author);
        for home in members.difference(holders).iter() {
            self.send(home, Message::Settle { tag, piece: piece.clone() });
        }
        self.wait(author, operation, Stage::Settling { piece, holders });
        self.go_on_if_spread(author);
    }

    /// What several replicas hold together, as far as all of them have told.
    fn together(&self, pieces: &BTreeMap<ReplicaId, Piece>) -> Piece {
        let last = pieces.values().filter_map(|piece| piece.last.clone()).min();
        let told = pieces.values().flat_map(|piece| piece.up_to(last.as_ref()).registers);
        let mut registers: BTreeMap<Key, Register> = BTreeMap::new();
        for (key, register) in told {
            let known = registers.entry(key).or_default();
            *known = self.policy.merge(known, &register);
        }
        Piece { registers: registers.into_iter().collect(), last }
    }

    fn hold_all(&mut self, piece: &Piece) {
        for (key, register) in &piece.registers {
            self.hold(key, register);
        }
    }

    /// The keeper wants this home to hold what those before a change held.
    pub(super) fn on_settle(&mut self, from: ReplicaId, tag: Tag, piece: Piece) {
        if self.is_about_changes(from, tag) {
            self.hold_all(&piece);
            self.send(from, Message::Settled { tag, last: piece.last });
        }
    }

    /// A home holds it.
    pub(super) fn on_settled(&mut self, from: ReplicaId, tag: Tag, until: &Option<Key>) {
        match self.pending_for(tag).map(|pending| &mut pending.stage) {
            Some(Stage::Settling { piece, holders }) if piece.last == *until => {
                *holders = holders.with(from);
                self.go_on_if_spread(tag.author);
            }
            // ignored: enough others were faster.
            Some(
                Stage::Settling { .. }
                | Stage::Gathering { .. }
                | Stage::Asking { .. }
                | Stage::Storing { .. }
                | Stage::Preparing { .. }
                | Stage::Accepting { .. },
            )
            | None => {}
        }
    }

    /// Goes on with the next range of keys once enough homes hold this one.
    fn go_on_if_spread(&mut self, author: Author) {
        let Some(Pending { operation, stage: Stage::Settling { piece, holders }, .. }) =
            self.replica.pending.get(&author)
        else {
            return;
        };
        if !is_majority(*holders, self.replica.durable.homes.members) {
            return;
        }
        match piece.last.clone() {
            Some(last) => {
                let operation = operation.clone();
                self.gather(author, operation, Some(last));
            }
            None => self.settle(author),
        }
    }

    /// The homes may change again.
    fn settle(&mut self, author: Author) {
        self.replica.durable.unsettled = None;
        self.persist();
        self.finish(author, Outcome::Done);
    }

    /// Asks again whoever has not answered about a change.
    pub(super) fn change_again(&mut self, author: Author, stage: &Stage) {
        let durable = &self.replica.durable;
        let members = durable.homes.members;
        let (silent, message) = match stage {
            Stage::Gathering { after, pieces } => {
                let told: ReplicaSet = pieces.keys().copied().collect();
                let asked = durable.before().union(members);
                let (tag, after) = (self.tag(author), after.clone());
                (asked.difference(told), Message::Gather { tag, after })
            }
            Stage::Settling { piece, holders } => {
                let (tag, piece) = (self.tag(author), piece.clone());
                (members.difference(*holders), Message::Settle { tag, piece })
            }
            // Those are about one key.
            Stage::Asking { .. }
            | Stage::Storing { .. }
            | Stage::Preparing { .. }
            | Stage::Accepting { .. } => return,
        };
        for home in silent.without(self.me).iter() {
            self.send(home, message.clone());
        }
    }
}
