//! Storing: at all homes, until enough of them have.

use super::transition::Turn;
use super::{
    Cell, Fallback, Message, Pending, Register, Safeguard, Stage, Tag, Timer, Versions, Wanted,
};
use crate::vocabulary::{Author, Key, Operation, Outcome, ReplicaId, Value, Version};

impl Turn<'_> {
    /// An update whose version needs no question.
    pub(super) fn write(
        &mut self,
        author: Author,
        operation: Operation,
        key: &Key,
        value: Option<Value>,
    ) {
        let register = self.written(author, key, value, &Register::default());
        let wanted = Wanted::Homes(self.write_quorum(author));
        self.store(author, operation, register, wanted, Outcome::Done);
    }

    /// A register with the update's value, under a new version.
    pub(super) fn written(
        &mut self,
        author: Author,
        key: &Key,
        value: Option<Value>,
        found: &Register,
    ) -> Register {
        let version = self.issue(author, key, found);
        let mut register = Register::of(Cell { version, value });
        if self.policy.keeps_siblings() {
            // It replaces what its client has been shown, and nothing else.
            register.seen = self.known(author, key);
            register.seen.merge(&found.seen);
            if !self.policy.has(Safeguard::DotsTellUpdatesApart) {
                register.seen.merge(&self.held(key).seen);
            }
            register.seen.insert(version.dot());
            self.show(author, key, &register.seen);
        }
        register
    }

    /// Sends `register` to its homes, and tells the client `outcome` once enough have stored it.
    pub(super) fn store(
        &mut self,
        author: Author,
        operation: Operation,
        register: Register,
        wanted: Wanted,
        outcome: Outcome,
    ) {
        let Some(key) = operation.key().cloned() else { return };
        let targets = match wanted {
            Wanted::Homes(_) => self.homes(&key),
            Wanted::All(homes) => homes,
        };
        let holders = if targets.contains(self.me) {
            self.hold(&key, &register);
            [self.me].into_iter().collect()
        } else {
            self.observe(&register);
            Default::default()
        };
        let tag = self.tag(author);
        for home in targets.without(self.me).iter() {
            self.send(home, Message::Store { tag, key: key.clone(), register: register.clone() });
        }
        let hinted = Default::default();
        self.wait(author, operation, Stage::Storing { register, holders, hinted, wanted, outcome });
        self.conclude(author);
    }

    /// A coordinator wants something stored.
    pub(super) fn on_store(&mut self, from: ReplicaId, tag: Tag, key: &Key, register: &Register) {
        if !self.is_current(from, tag) {
            return;
        }
        if !self.is_home(key) {
            // ignored: the sender has another configuration.
            return;
        }
        self.hold(key, register);
        self.send(from, Message::Stored { tag, versions: register.versions() });
    }

    /// A home has stored something.
    pub(super) fn on_stored(&mut self, from: ReplicaId, tag: Tag, versions: &[Version]) {
        match self.pending_for(tag).map(|pending| &mut pending.stage) {
            Some(Stage::Storing { register, holders, .. })
                if register.versions() == versions && !holders.contains(from) =>
            {
                *holders = holders.with(from);
                self.conclude(tag.author);
            }
            Some(
                Stage::Storing { .. }
                | Stage::Asking { .. }
                | Stage::Preparing { .. }
                | Stage::Accepting { .. }
                | Stage::Gathering { .. }
                | Stage::Settling { .. },
            )
            | None => self.note_tombstone(from, versions),
        }
    }

    /// Answers the client if enough homes have stored what it waits for.
    pub(super) fn conclude(&mut self, author: Author) {
        let Some(Pending { operation, stage, .. }) = self.replica.pending.get(&author) else {
            return;
        };
        let Stage::Storing { register, holders, hinted, wanted, outcome } = stage else { return };
        let is_stored = match wanted {
            Wanted::All(homes) => homes.is_subset(*holders),
            Wanted::Homes(count) => {
                let counted = match self.policy.fallback {
                    Fallback::CountsForWrites => holders.union(*hinted),
                    Fallback::Nobody | Fallback::KeepsHints | Fallback::CountsForReads => *holders,
                };
                counted.len() >= usize::from(*count)
            }
        };
        if !is_stored {
            return;
        }
        if self.is_future(register) {
            self.effects.arm.push(Timer::CommitWait);
            return;
        }
        let outcome = outcome.clone();
        if let Operation::Delete { key } | Operation::Take { key } = operation {
            let (key, register, holders) = (key.clone(), register.clone(), *holders);
            self.begin_reaping(key, &register, holders);
        }
        self.finish(author, outcome);
    }

    /// Whether some clock may not have come to the version yet, where that is waited for.
    fn is_future(&self, register: &Register) -> bool {
        match self.policy.versions {
            Versions::CommitWait { uncertainty } => register
                .latest()
                .is_some_and(|cell| self.now.0 <= cell.version.time.saturating_add(uncertainty)),
            Versions::SingleWriter
            | Versions::Query
            | Versions::WallClock
            | Versions::HybridClock
            | Versions::Siblings => false,
        }
    }

    /// Time has passed.
    pub(super) fn on_commit_wait(&mut self) {
        for author in self.authors() {
            self.conclude(author);
        }
    }
}
