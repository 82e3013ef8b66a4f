//! Repeating what may have been lost: each replica says now and then what it has, and hears the rest.

use super::transition::Turn;
use super::{Message, Propagation, Timer};
use crate::vocabulary::{Context, ReplicaId, ReplicaSet};

impl Turn<'_> {
    pub(super) fn on_gossip(&mut self) {
        if self.drop_tombstones() {
            self.persist();
        }
        match self.policy.propagation {
            Propagation::Events => {
                let have = Message::Have(self.replica.durable.delivered.clone());
                for source in self.sources().iter() {
                    self.send(source, have.clone());
                }
            }
            Propagation::States => {
                let neighbours = self.policy.neighbours(self.me);
                self.tell_state(neighbours);
            }
        }
        self.effects.arm.push(Timer::Gossip);
    }

    /// Those who tell this replica what they have.
    fn sources(&self) -> ReplicaSet {
        let me = self.me;
        let tells_me = |other: &ReplicaId| self.policy.neighbours(*other).contains(me);
        self.policy.ids().filter(tells_me).collect()
    }

    /// Another replica says what it has: it gets what it lacks, oldest first.
    pub(super) fn on_have(&mut self, from: ReplicaId, theirs: &Context) {
        if !self.policy.neighbours(self.me).contains(from) {
            // ignored: it hears from somebody else.
            return;
        }
        let events = self.replica.durable.events.iter().map(|(_, event)| event);
        let lacking: Vec<_> = events
            .filter(|event| !theirs.contains(event.dot))
            .take(usize::from(self.policy.batch))
            .cloned()
            .collect();
        self.replica.known.entry(from).or_default().merge(theirs);
        self.drop_what_all_have();
        if !lacking.is_empty() {
            self.send(from, Message::Events(lacking));
        }
    }

    /// Drops updates that everybody who hears from this replica has.
    fn drop_what_all_have(&mut self) {
        let neighbours = self.policy.neighbours(self.me);
        let known = &self.replica.known;
        let has = |to: ReplicaId, dot| known.get(&to).is_some_and(|dots| dots.contains(dot));
        let dots = self.replica.durable.events.iter().map(|(dot, _)| *dot);
        let done: Vec<_> = dots.filter(|dot| neighbours.iter().all(|to| has(to, *dot))).collect();
        if done.is_empty() {
            return;
        }
        for dot in done {
            self.replica.durable.events.remove(&dot);
        }
        self.persist();
    }
}
