//! Repeating what may have been lost: each replica says now and then what it has, and hears the rest.

use super::transition::Turn;
use super::{Delivery, Durable, Event, Message, Propagation, Timer};
use crate::vocabulary::{Context, Dot, ReplicaId, ReplicaSet};

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
        let known = self.replica.known.entry(from).or_default();
        known.merge(theirs);
        let known = known.clone();
        let lacking = self.lacking(theirs, known);
        self.drop_what_all_have();
        if !lacking.is_empty() {
            self.send(from, Message::Events(lacking));
        }
    }

    /// What somebody lacks who has `theirs` and at some time has said to have `known`: so many updates that it
    /// can apply. Where causes come first, an update without its causes would only be in the way of these.
    fn lacking(&self, theirs: &Context, mut known: Context) -> Vec<Event> {
        let durable = &self.replica.durable;
        let lacks = |event: &&Event| !theirs.contains(event.dot);
        let of = |maker| durable.events_of(maker, theirs.counter(maker)).filter(lacks).peekable();
        let mut makers: Vec<_> = self.policy.ids().map(of).collect();
        let mut lacking: Vec<Event> = Vec::new();
        loop {
            let before = lacking.len();
            for events in &mut makers {
                while lacking.len() < usize::from(self.policy.batch)
                    && let Some(event) = events.next_if(|event| {
                        self.policy.delivery != Delivery::Causal || event.past.is_subset(&known)
                    })
                {
                    known.insert(event.dot);
                    lacking.push(event.clone());
                }
            }
            if lacking.len() == before {
                lacking.sort_unstable_by_key(|event| event.dot);
                return lacking;
            }
        }
    }

    /// Drops updates that everybody who hears from this replica has.
    fn drop_what_all_have(&mut self) {
        let neighbours = self.policy.neighbours(self.me);
        let known = &self.replica.known;
        let has = |to: ReplicaId, dot| known.get(&to).is_some_and(|dots| dots.contains(dot));
        let is_done = |event: &&Event| neighbours.iter().all(|to| has(to, event.dot));
        // Where nobody has gaps, whoever lacks one of a maker's updates lacks all that follow.
        let has_gaps = known.values().any(Context::has_gaps);
        let done = self.policy.ids().flat_map(|maker| {
            let mut events = self.replica.durable.events_of(maker, 0);
            let first: Vec<_> = events.by_ref().take_while(is_done).collect();
            let rest: Vec<_> = if has_gaps { events.filter(is_done).collect() } else { Vec::new() };
            first.into_iter().chain(rest)
        });
        let done: Vec<_> = done.map(|event| event.dot).collect();
        if done.is_empty() {
            return;
        }
        for dot in done {
            self.replica.durable.events.remove(&dot);
        }
        self.persist();
    }
}

impl Durable {
    /// The updates that `maker` made after so many and that somebody may still lack, in their order.
    fn events_of(&self, maker: ReplicaId, reached: u64) -> impl Iterator<Item = &Event> {
        let events = self.events.after(Some(&Dot { replica: maker, counter: reached }));
        events.map(|(_, event)| event).take_while(move |event| event.dot.replica == maker)
    }
}
