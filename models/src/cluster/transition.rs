//! What an action does.

use super::client_step::skip_what_was_heard;
use super::replica_step::Extent;
use super::{
    Action, Address, Body, ClientState, Cluster, FaultBudget, Judge, Network, Place, Shared, State,
    Stimulus, View,
};
use crate::consistency::History;
use crate::protocol::Protocol;
use crate::vocabulary::ReplicaSet;

impl<P: Protocol> Cluster<P> {
    /// The first moment: every replica started, nothing asked.
    #[must_use]
    pub fn initial_state(&self) -> State<P> {
        let mut state = State {
            places: vec![Place::blank(); usize::from(self.protocol.replicas())],
            network: Network::empty(),
            clients: vec![ClientState::default(); self.clients.len()],
            history: Shared::new(History::new(self.clients.len())),
            budget: self.environment.faults,
            partitioned: false,
            broken: 0,
            panicked: None,
        };
        for replica in self.replicas() {
            self.start(&mut state, replica);
            if self.environment.down.contains(replica) {
                state.place_mut(replica).process = None;
            }
        }
        for (client, at) in self.clients.iter().zip(&mut state.clients) {
            skip_what_was_heard(client, at);
        }
        state.broken = self.settle(&mut state);
        state
    }

    /// What `action` makes of `before`; `None` if it changes nothing.
    #[must_use]
    pub fn next_state(&self, before: &State<P>, action: &Action<P>) -> Option<State<P>> {
        let mut state = before.clone();
        let happened = match action {
            Action::Ask { client, at } => self.ask(&mut state, *client, *at),
            Action::Tell { client } => self.tell(&mut state, *client),
            Action::Retry { client, at } => self.retry(&mut state, *client, *at),
            Action::GiveUp { client } => self.give_up(&mut state, *client),
            Action::Deliver(envelope) => self.deliver(&mut state, envelope, Extent::Whole),
            Action::Lose(envelope) => {
                spend(&mut state.budget.losses);
                state.network.forget(|other| *other == **envelope);
                true
            }
            Action::Fire { replica, timer } => {
                self.fire(&mut state, *replica, *timer, Extent::Whole)
            }
            Action::CrashDuring { stimulus, effects, crash } => {
                spend(crash.budget(&mut state.budget));
                let extent = Extent::First(*effects, *crash);
                match stimulus {
                    Stimulus::Deliver(envelope) => self.deliver(&mut state, envelope, extent),
                    Stimulus::Fire { replica, timer } => {
                        self.fire(&mut state, *replica, *timer, extent)
                    }
                }
            }
            Action::Crash { replica, crash } => {
                spend(crash.budget(&mut state.budget));
                self.go_down(&mut state, *replica, *crash);
                true
            }
            Action::Restart { replica } => {
                self.start(&mut state, *replica);
                true
            }
            Action::Flush { replica } => {
                let disk = &mut state.place_mut(*replica).disk;
                disk.synced = disk.written.clone();
                true
            }
            Action::Tick { clocks } => {
                spend(&mut state.budget.ticks);
                tick(&mut state, *clocks);
                true
            }
            Action::Cut => {
                spend(&mut state.budget.partitions);
                state.partitioned = true;
                true
            }
            Action::Heal => {
                state.partitioned = false;
                true
            }
        };
        let acted_on = self.settle(&mut state);
        if !happened || state == *before {
            return None;
        }
        // Of a step that panicked nothing is said but that.
        let is_judged = state.panicked.is_none();
        state.broken = if is_judged { self.broken_by(before, &state) | acted_on } else { 0 };
        Some(state)
    }

    /// Whether nothing that is due would change anything: only faults could.
    #[must_use]
    pub fn is_quiescent(&self, state: &State<P>) -> bool {
        let mut actions = Vec::new();
        self.actions(state, &mut actions);
        actions
            .iter()
            .filter(|action| !action.is_fault(self))
            .all(|action| self.next_state(state, action).is_none())
    }

    /// Leaves out what nothing to come can tell apart: the end of every step. Answers what that broke.
    pub fn settle(&self, state: &mut State<P>) -> u32 {
        self.forget_what_no_crash_can_tell_apart(state);
        self.forget_obsolete_messages(state)
    }

    /// Without machine crashes to come, nothing tells what is synced from what is written.
    fn forget_what_no_crash_can_tell_apart(&self, state: &mut State<P>) {
        if state.budget.unclean_crashes == 0 && self.environment.faults.unclean_crashes > 0 {
            for place in &mut state.places {
                place.disk.synced = place.disk.written.clone();
            }
        }
    }

    /// Drops messages that their receiver says it will never act on, if the environment says so. A
    /// replica that loses its disk knows nothing of what it had come to ignore, so with amnesia ahead
    /// everything stays.
    ///
    /// The receiver is not believed: it is shown every message once more before it is dropped. If it
    /// acts, a built-in property is broken, and the bit for that is the answer.
    fn forget_obsolete_messages(&self, state: &mut State<P>) -> u32 {
        if !self.environment.forgets || self.environment.faults.amnesias > 0 {
            return 0;
        }
        let mut acted_on = 0;
        let State { network, places, .. } = state;
        network.forget(|envelope| match (envelope.from, envelope.to, &envelope.body) {
            (Address::Replica(from), Address::Replica(to), Body::Message(message)) => {
                let place = &places[usize::from(to.0)];
                let Some(process) = &place.process else { return false };
                let is_obsolete = self.protocol.is_obsolete(message, from, &process.replica);
                if is_obsolete && self.acts_on(place, to, from, message) {
                    acted_on = ACTED_ON_OBSOLETE;
                }
                is_obsolete
            }
            (_, _, Body::Request(_) | Body::Reply(_) | Body::Message(_)) => false,
        });
        acted_on
    }

    /// The transition invariants that the step from `before` to `after` breaks, one bit each.
    fn broken_by(&self, before: &State<P>, after: &State<P>) -> u32 {
        self.broken_between(&View::new(self, before), &View::new(self, after))
    }

    /// The same, of two views.
    #[must_use]
    pub fn broken_between(&self, before: &View<'_, P>, after: &View<'_, P>) -> u32 {
        let mut broken = 0;
        for (index, property) in self.properties.iter().enumerate() {
            if let Judge::Transition(keeps) = property.judge
                && !keeps(before, after)
            {
                broken |= 1 << index;
            }
        }
        broken
    }
}

/// The bit of [`State::broken`] for [`super::Property::OBSOLETE_MESSAGES_ARE_IGNORED`]. Scenarios
/// judge fewer properties than there are bits.
pub(super) const ACTED_ON_OBSOLETE: u32 = 1 << 31;

fn tick<P: Protocol>(state: &mut State<P>, clocks: ReplicaSet) {
    for replica in clocks.iter() {
        let place = state.place_mut(replica);
        place.clock = place.clock.plus(1);
    }
}

pub(super) fn spend(budget: &mut u8) {
    if *budget != FaultBudget::UNLIMITED {
        *budget = budget.checked_sub(1).expect("an action is offered only within its budget");
    }
}
