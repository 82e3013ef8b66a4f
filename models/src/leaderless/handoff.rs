//! Standing in for a home: keeping what it should hold, and handing it over (DeCandia et al. 2007,
//! §4.6).

use super::transition::Turn;
use super::{
    Fallback, Hint, HintExpiry, Message, Pending, Register, Safeguard, Stage, Tag, Timer, Wanted,
};
use crate::vocabulary::{Author, Key, ReplicaId, ReplicaSet, Version};

impl Turn<'_> {
    /// Homes do not answer: the coordinator turns to those that stand in for them.
    pub(super) fn on_fallback(&mut self) {
        for author in self.authors_since(|patience| patience.fallback) {
            let Some(Pending { operation, stage, .. }) = self.replica.pending.get(&author) else {
                continue;
            };
            let Some(key) = operation.key().cloned() else { continue };
            match stage {
                Stage::Storing { register, holders, hinted, wanted: Wanted::Homes(_), .. } => {
                    let missing = self.homes(&key).difference(holders.union(*hinted));
                    let register = register.clone();
                    self.turn_to_fallbacks(author, &key, &register, missing);
                }
                Stage::Asking { .. } if self.policy.fallback == Fallback::CountsForReads => {
                    self.ask_fallbacks(author, &key);
                }
                // Those repair what homes hold, or need homes to agree.
                Stage::Storing { .. }
                | Stage::Asking { .. }
                | Stage::Preparing { .. }
                | Stage::Accepting { .. }
                | Stage::Gathering { .. }
                | Stage::Settling { .. } => {}
            }
        }
        if !self.replica.pending.is_empty() {
            self.effects.arm.push(Timer::Fallback);
        }
    }

    fn turn_to_fallbacks(
        &mut self,
        author: Author,
        key: &Key,
        register: &Register,
        missing: ReplicaSet,
    ) {
        let tag = self.tag(author);
        let fallbacks: Vec<_> = self.policy.fallbacks(key).collect();
        for (owner, stand_in) in missing.iter().zip(fallbacks) {
            if stand_in == self.me {
                self.keep(owner, key, register);
                self.count_as_kept(tag, owner, &register.versions());
            } else {
                let (key, register) = (key.clone(), register.clone());
                self.send(stand_in, Message::Keep { tag, owner, key, register });
            }
        }
    }

    fn ask_fallbacks(&mut self, author: Author, key: &Key) {
        let tag = self.tag(author);
        let fallbacks: Vec<_> = self.policy.fallbacks(key).collect();
        for stand_in in fallbacks {
            if stand_in == self.me {
                let register = self.held(key);
                self.on_answer(self.me, tag, register);
            } else {
                self.send(stand_in, Message::Ask { tag, key: key.clone() });
            }
        }
    }

    fn keep(&mut self, owner: ReplicaId, key: &Key, register: &Register) {
        let hint = Hint { owner, key: key.clone() };
        let kept = self.replica.durable.hints.get(&hint).cloned().unwrap_or_default();
        let next = self.policy.merge(&kept, register);
        self.observe(register);
        if next != kept {
            self.replica.durable.hints.insert(hint, next);
            self.persist();
        }
        self.arm_for_hints();
    }

    /// A coordinator wants something kept for a home.
    pub(super) fn on_keep(
        &mut self,
        from: ReplicaId,
        tag: Tag,
        owner: ReplicaId,
        key: &Key,
        register: &Register,
    ) {
        let homes = self.homes(key);
        if homes.contains(self.me) || !homes.contains(owner) {
            // ignored: the sender has another configuration.
            return;
        }
        self.keep(owner, key, register);
        self.send(from, Message::Kept { tag, owner, versions: register.versions() });
    }

    /// Somebody keeps it for `owner`.
    pub(super) fn on_kept(&mut self, tag: Tag, owner: ReplicaId, versions: &[Version]) {
        self.count_as_kept(tag, owner, versions);
    }

    fn count_as_kept(&mut self, tag: Tag, owner: ReplicaId, versions: &[Version]) {
        let Some(Pending { stage: Stage::Storing { register, hinted, .. }, .. }) =
            self.pending_for(tag)
        else {
            // ignored: enough homes have stored it.
            return;
        };
        if register.versions() == versions && owner.0 < ReplicaSet::CAPACITY {
            *hinted = hinted.with(owner);
            self.conclude(tag.author);
        }
    }

    pub(super) fn arm_for_hints(&mut self) {
        if self.replica.durable.hints.is_empty() {
            return;
        }
        self.effects.arm.push(Timer::Handoff);
        match self.policy.hints {
            HintExpiry::Never => {}
            HintExpiry::AfterAWhile => self.effects.arm.push(Timer::ExpireHints),
        }
    }

    /// Offers every hint to its owner.
    pub(super) fn on_handoff(&mut self) {
        for (hint, register) in self.hints() {
            let receiver = self.receiver(&hint);
            let key = hint.key.clone();
            if receiver != self.me {
                self.send(receiver, Message::HandOver { key, register });
            }
            if !self.policy.has(Safeguard::HintsKeptUntilStored) {
                self.drop_hint(&hint);
            }
        }
        if !self.replica.durable.hints.is_empty() {
            self.effects.arm.push(Timer::Handoff);
        }
    }

    fn hints(&self) -> Vec<(Hint, Register)> {
        let hints = self.replica.durable.hints.iter();
        hints.map(|(hint, register)| (hint.clone(), register.clone())).collect()
    }

    /// Whom a hint is handed to.
    fn receiver(&self, hint: &Hint) -> ReplicaId {
        if self.policy.has(Safeguard::HintsGoToTheirOwner) {
            return hint.owner;
        }
        let homes = self.homes(&hint.key).without(hint.owner);
        homes.iter().next().unwrap_or(hint.owner)
    }

    fn drop_hint(&mut self, hint: &Hint) {
        self.replica.durable.hints.remove(hint);
        self.persist();
    }

    /// Somebody stood in for this home.
    pub(super) fn on_hand_over(&mut self, from: ReplicaId, key: &Key, register: &Register) {
        if self.is_home(key) {
            self.hold(key, register);
            let versions = register.versions();
            self.send(from, Message::HandedOver { key: key.clone(), versions });
        }
    }

    /// A home holds what was kept for it.
    pub(super) fn on_handed_over(&mut self, from: ReplicaId, key: &Key, versions: &[Version]) {
        for (hint, register) in self.hints() {
            let is_meant = hint.key == *key && self.receiver(&hint) == from;
            // What was kept since then is still to be handed over.
            if is_meant && register.versions() == versions {
                self.drop_hint(&hint);
            }
        }
    }

    /// Hints have been kept long enough.
    pub(super) fn on_expire_hints(&mut self) {
        if self.policy.hints == HintExpiry::Never {
            return;
        }
        for (hint, _) in self.hints() {
            self.drop_hint(&hint);
        }
    }
}
