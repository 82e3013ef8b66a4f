//! Applying the updates of others, in which order.

use super::collection::note_removal;
use super::set::Memory;
use super::state::{Answered, Durable, Event};
use super::transition::Turn;
use super::{
    Clock, Convergent, CounterRule, Delivery, Message, Propagation, RegisterRule, Replica,
    Safeguard, SetRule, Ties, Told,
};
use crate::vocabulary::{ClientId, Dot, Map, ReplicaId, ReplicaSet};

/// How many updates that came too early are kept. What is dropped is told again.
const MOST_WAITING: usize = 1 << 12;

impl Turn<'_> {
    /// Another replica tells of updates.
    pub(super) fn on_events(&mut self, from: ReplicaId, events: Vec<Event>) {
        let mut applied = Vec::new();
        let may_be_more = events.len() >= usize::from(self.policy.batch);
        for event in events {
            let is_known = self.replica.durable.delivered.contains(event.dot);
            if is_known && self.policy.has(Safeguard::EventsAppliedOnce) {
                continue;
            }
            if self.is_early(&event) {
                if self.replica.waiting.len() < MOST_WAITING {
                    self.replica.waiting.insert(event.dot, event);
                }
                continue;
            }
            self.apply(&event);
            applied.push(event);
            self.apply_what_waited(&mut applied);
        }
        if applied.is_empty() {
            return;
        }
        self.persist();
        // So a replica that was away need not wait for its timer after each message of what it lacks.
        if may_be_more {
            self.send(from, Message::Have(self.replica.durable.delivered.clone()));
        }
        for event in applied {
            let to = self.policy.passes_on(self.me, from, event.dot.replica);
            self.tell_to(to, vec![event]);
        }
    }

    /// Whether something has to be applied before `event`.
    fn is_early(&self, event: &Event) -> bool {
        let delivered = &self.replica.durable.delivered;
        let continues = event.dot.counter <= delivered.next(event.dot.replica).counter;
        match self.policy.delivery {
            Delivery::Any => false,
            Delivery::Fifo => !continues,
            Delivery::Causal => !continues || !event.past.is_subset(delivered),
        }
    }

    /// Applies what waited and need not wait any more.
    fn apply_what_waited(&mut self, applied: &mut Vec<Event>) {
        while let Some(dot) = self.ready() {
            if let Some(event) = self.replica.waiting.remove(&dot) {
                self.apply(&event);
                applied.push(event);
            }
        }
    }

    fn ready(&self) -> Option<Dot> {
        let ready = self.replica.waiting.values().find(|event| !self.is_early(event));
        ready.map(|event| event.dot)
    }

    /// Applies an update, and remembers that.
    pub(super) fn apply(&mut self, event: &Event) {
        self.replica.waiting.remove(&event.dot);
        let keeps = self.policy.propagation == Propagation::Events
            && !self.policy.neighbours(self.me).is_empty();
        let durable = &mut self.replica.durable;
        durable.delivered.insert(event.dot);
        durable.seen.insert(event.dot);
        durable.seen.merge(&event.past);
        let counts =
            event.dot.replica == self.me || self.policy.has(Safeguard::NamesAheadOfAllSeen);
        if self.policy.remembers_time() || event.change.is_insertion() && counts {
            durable.time = durable.time.max(event.stamp.time);
        }
        let mut cell = durable.cells.get(&event.key).cloned().unwrap_or_default();
        cell.apply(self.policy, event, durable.memory());
        durable.cells.insert(event.key.clone(), cell);
        let Event { dot, author, outcome, .. } = event;
        let answered =
            Answered { request: author.request, outcome: outcome.clone(), dot: Some(*dot) };
        note(&mut durable.answered, author.client, &answered);
        if keeps {
            durable.events.insert(event.dot, event.clone());
        }
        self.remember_removals(event);
    }

    /// Another replica tells all that it has.
    pub(super) fn on_state(&mut self, from: ReplicaId, told: &Told) {
        let before = self.replica.durable.clone();
        let durable = &mut self.replica.durable;
        // Who tells all it has leaves no gaps.
        durable.delivered.merge(&told.delivered);
        durable.seen.merge(&told.delivered);
        durable.time = durable.time.max(told.time);
        let theirs = Memory { delivered: &told.delivered, removed: &told.removed };
        for (key, other) in told.cells.iter() {
            let known = before.cells.get(key);
            let mut cell = known.cloned().unwrap_or_default();
            cell.merge(self.policy, before.memory(), other, theirs);
            // What is shared with what was there before is not looked at again.
            if known != Some(&cell) {
                durable.cells.insert(key.clone(), cell);
            }
        }
        for (addition, removal) in told.removed.iter() {
            note_removal(&mut durable.removed, *addition, *removal);
        }
        for (client, last) in told.answered.iter() {
            note(&mut durable.answered, *client, last);
        }
        let has_changed = *durable != before;
        if self.policy.collects_knowingly() {
            self.replica.known.entry(from).or_default().merge(&told.delivered);
        }
        if has_changed {
            self.persist();
            let to = self.policy.passes_on(self.me, from, from);
            self.tell_state(to);
        }
    }

    /// Tells those who hear from this replica of an update that it has made.
    pub(super) fn tell(&mut self, event: Event) {
        let to = self.policy.neighbours(self.me);
        match self.policy.propagation {
            Propagation::Events => self.tell_to(to, vec![event]),
            Propagation::States => self.tell_state(to),
        }
    }

    fn tell_to(&mut self, to: ReplicaSet, events: Vec<Event>) {
        for neighbour in to.iter() {
            self.send(neighbour, Message::Events(events.clone()));
        }
    }

    pub(super) fn tell_state(&mut self, to: ReplicaSet) {
        let state = Message::State(self.replica.durable.told());
        for neighbour in to.iter() {
            self.send(neighbour, state.clone());
        }
    }
}

impl Durable {
    /// What it remembers of additions.
    pub(super) const fn memory(&self) -> Memory<'_> {
        Memory { delivered: &self.delivered, removed: &self.removed }
    }

    /// All of it that concerns others.
    pub(super) fn told(&self) -> Told {
        Told {
            delivered: self.delivered.clone(),
            time: self.time,
            cells: self.cells.clone(),
            removed: self.removed.clone(),
            answered: self.answered.clone(),
        }
    }
}

/// Notes the last update of a client.
pub(super) fn note(table: &mut Map<ClientId, Answered>, client: ClientId, answered: &Answered) {
    if table.get(&client).is_none_or(|last| last.request < answered.request) {
        table.insert(client, answered.clone());
    }
}

impl Convergent {
    /// Whether new timestamps have to be later than those that were seen.
    const fn remembers_time(&self) -> bool {
        match self.register {
            RegisterRule::LastWriter { clock: Clock::Lamport | Clock::Hybrid, .. } => true,
            RegisterRule::LastWriter { clock: Clock::Wall, .. }
            | RegisterRule::LastArrived
            | RegisterRule::HighestReplica
            | RegisterRule::KeepWinner
            | RegisterRule::KeepAll => false,
        }
    }

    /// Whether merging what is there already changes nothing.
    const fn merges_once(&self) -> bool {
        let registers = match self.register {
            RegisterRule::LastWriter { ties: Ties::HigherReplica, .. }
            | RegisterRule::HighestReplica
            | RegisterRule::KeepAll => true,
            RegisterRule::LastArrived
            | RegisterRule::LastWriter { ties: Ties::LaterArrival, .. }
            | RegisterRule::KeepWinner => false,
        };
        let counters = match self.counter {
            CounterRule::PerReplica | CounterRule::Additions => true,
            CounterRule::LargerTotal | CounterRule::SumOfTotals => false,
        };
        let sets = match self.set {
            SetRule::Context => true,
            SetRule::Tombstones => self.keeps_tombstones(),
            SetRule::Elements | SetRule::Additions => false,
        };
        registers && counters && sets && self.has(Safeguard::ErasedElementsKept)
    }
}

/// See [`crate::protocol::Protocol::is_obsolete`].
pub(super) fn is_obsolete(policy: &Convergent, message: &Message, receiver: &Replica) -> bool {
    let delivered = &receiver.durable.delivered;
    match (message, policy.propagation) {
        (Message::Events(events), Propagation::Events) => {
            policy.has(Safeguard::EventsAppliedOnce)
                && events.iter().all(|event| delivered.contains(event.dot))
        }
        (Message::State(told), Propagation::States) => {
            policy.merges_once() && told.delivered.is_subset(delivered)
        }
        // What is asked for may be made later.
        (Message::Have(_), Propagation::Events) => false,
        (Message::State(_), Propagation::Events)
        | (Message::Events(_) | Message::Have(_), Propagation::States) => true,
    }
}
