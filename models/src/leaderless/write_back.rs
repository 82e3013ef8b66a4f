//! What a read repairs: homes that are behind what it is about to answer.

use super::read::shown;
use super::transition::Turn;
use super::{Message, Register, Wanted, WriteBack};
use crate::vocabulary::{Author, Key, Operation, ReplicaSet};

impl Turn<'_> {
    /// Answers a read that found `found`, once the homes that have to hold it do. Those in `behind`
    /// have answered with something else.
    pub(super) fn answer(
        &mut self,
        author: Author,
        operation: Operation,
        key: &Key,
        found: Register,
        behind: ReplicaSet,
    ) {
        let outcome = shown(&found);
        if self.policy.keeps_siblings() {
            self.show(author, key, &found.seen);
        }
        let quorum = Wanted::Homes(self.write_quorum(author));
        let wanted = match self.policy.write_back {
            WriteBack::Nobody => None,
            WriteBack::Asynchronous => {
                self.repair(key, &found, behind);
                None
            }
            WriteBack::Contacted => (!behind.is_empty()).then_some(Wanted::All(behind)),
            WriteBack::WriteQuorum => (!found.is_empty()).then_some(quorum),
            WriteBack::UnlessUnanimous => (!behind.is_empty()).then_some(quorum),
        };
        match wanted {
            None => self.finish(author, outcome),
            Some(wanted) => self.store(author, operation, found, wanted, outcome),
        }
    }

    /// Writes to homes that are behind, and waits for nobody.
    fn repair(&mut self, key: &Key, register: &Register, behind: ReplicaSet) {
        if behind.contains(self.me) {
            self.hold(key, register);
        }
        for home in behind.without(self.me).iter() {
            self.send(home, Message::Repair { key: key.clone(), register: register.clone() });
        }
    }

    /// Somebody found this home behind.
    pub(super) fn on_repair(&mut self, key: &Key, register: &Register) {
        if self.is_home(key) {
            self.hold(key, register);
        }
    }
}
