//! What can happen next.

use super::{
    Action, Address, At, Body, Cluster, Crash, CrashPoints, Envelope, Network, Shared, State, Step,
};
use crate::protocol::{Protocol, Purpose};
use crate::vocabulary::{ClientId, ReplicaId, ReplicaSet, Timestamp};

/// No step has more effects than this where crashes are tried after each of them.
pub(super) const MOST_EFFECTS: u8 = 16;

impl<P: Protocol> Cluster<P> {
    /// Every action that may be possible in `state`, in a fixed order. Some change nothing.
    pub fn actions(&self, state: &State<P>, actions: &mut Vec<Action<P>>) {
        if state.panicked.is_some() {
            return;
        }
        self.client_actions(state, actions);
        self.deliveries(state, actions);
        if state.budget.losses > 0 {
            actions.extend(state.network.iter().cloned().map(Action::Lose));
        }
        self.timeouts(state, actions);
        self.crashes(state, actions);
        for replica in self.replicas() {
            if self.can_restart(state, replica) {
                actions.push(Action::Restart { replica });
            }
            if self.can_flush(state, replica) {
                actions.push(Action::Flush { replica });
            }
        }
        self.ticks(state, actions);
        if state.partitioned {
            actions.push(Action::Heal);
        } else if state.budget.partitions > 0 {
            actions.push(Action::Cut);
        }
    }

    fn client_actions(&self, state: &State<P>, actions: &mut Vec<Action<P>>) {
        for (index, (client, at)) in self.clients.iter().zip(&state.clients).enumerate() {
            let id = ClientId(index as u64);
            match (client.script.get(at.next), at.waiting) {
                (Some(Step::Ask(_, whom)), None) => self.for_each_asked(*whom, |at| {
                    actions.push(Action::Ask { client: id, at });
                }),
                (Some(Step::Ask(_, whom)), Some(_)) => {
                    if state.budget.retries > 0 {
                        self.for_each_asked(*whom, |at| {
                            actions.push(Action::Retry { client: id, at });
                        });
                    }
                    if state.budget.give_ups > 0 {
                        actions.push(Action::GiveUp { client: id });
                    }
                }
                (Some(Step::Tell(_)), _) => actions.push(Action::Tell { client: id }),
                (Some(Step::HearFrom(_)) | None, _) => {}
            }
        }
    }

    fn for_each_asked(&self, whom: At, mut ask: impl FnMut(ReplicaId)) {
        match whom {
            At::Replica(replica) => ask(ReplicaId(replica)),
            At::Any => self
                .replicas()
                .filter(|replica| !self.environment.spared.contains(*replica))
                .for_each(ask),
        }
    }

    fn deliveries(&self, state: &State<P>, actions: &mut Vec<Action<P>>) {
        for envelope in self.deliverable(state, &state.network) {
            actions.push(Action::Deliver(envelope.clone()));
        }
    }

    /// Messages whose link is up and whose receiver runs.
    fn deliverable<'a>(
        &'a self,
        state: &'a State<P>,
        network: &'a Network<P::Message>,
    ) -> impl Iterator<Item = &'a Shared<Envelope<P::Message>>> {
        network.deliverable(self.environment.network).filter(move |envelope| match envelope.to {
            Address::Client(_) => true,
            Address::Replica(to) => {
                state.place(to).process.is_some() && !self.is_cut(state, envelope)
            }
        })
    }

    fn is_cut(&self, state: &State<P>, envelope: &Envelope<P::Message>) -> bool {
        match (envelope.from, envelope.to, &envelope.body) {
            (Address::Replica(from), Address::Replica(to), Body::Message(_)) => {
                self.environment.cut.contain(from, to)
                    || (state.partitioned && self.environment.partition.contain(from, to))
            }
            (_, _, Body::Request(_) | Body::Reply(_) | Body::Message(_)) => false,
        }
    }

    fn timeouts(&self, state: &State<P>, actions: &mut Vec<Action<P>>) {
        for replica in self.replicas() {
            let Some(process) = &state.place(replica).process else { continue };
            for timer in process.timers.iter().copied() {
                let left = match self.protocol.purpose(timer) {
                    Purpose::Progress => state.budget.repeats,
                    Purpose::Suspicion if self.environment.suspecting.contains(replica) => {
                        state.budget.suspicions
                    }
                    Purpose::Suspicion => 0,
                };
                if left > 0 {
                    actions.push(Action::Fire { replica, timer });
                }
            }
        }
    }

    fn crashes(&self, state: &State<P>, actions: &mut Vec<Action<P>>) {
        let mut budget = state.budget;
        for crash in Crash::ALL {
            if *crash.budget(&mut budget) == 0 {
                continue;
            }
            for replica in self.replicas() {
                if self.can_crash(state, replica) {
                    actions.push(Action::Crash { replica, crash });
                }
            }
            if self.environment.crash_points == CrashPoints::BetweenEffects {
                self.crashes_during_steps(state, crash, actions);
            }
        }
    }

    fn crashes_during_steps(&self, state: &State<P>, crash: Crash, actions: &mut Vec<Action<P>>) {
        let mut steps = Vec::new();
        self.deliveries(state, &mut steps);
        self.timeouts(state, &mut steps);
        for step in steps {
            let Some((replica, stimulus)) = step.stimulus() else { continue };
            if self.can_crash(state, replica) {
                actions.extend((1..MOST_EFFECTS).map(|effects| Action::CrashDuring {
                    stimulus: stimulus.clone(),
                    effects,
                    crash,
                }));
            }
        }
    }

    fn can_crash(&self, state: &State<P>, replica: ReplicaId) -> bool {
        state.place(replica).process.is_some() && !self.environment.spared.contains(replica)
    }

    fn can_restart(&self, state: &State<P>, replica: ReplicaId) -> bool {
        state.place(replica).process.is_none() && !self.environment.down.contains(replica)
    }

    /// Whether flushing could matter: only a crash of a machine tells written from synced.
    fn can_flush(&self, state: &State<P>, replica: ReplicaId) -> bool {
        let disk = &state.place(replica).disk;
        state.budget.unclean_crashes > 0 && disk.written != disk.synced
    }

    fn ticks(&self, state: &State<P>, actions: &mut Vec<Action<P>>) {
        if state.budget.ticks > 0 {
            let clocks: Vec<_> = state.places.iter().map(|place| place.clock).collect();
            actions.extend(self.ticking(&clocks).map(|clocks| Action::Tick { clocks }));
        }
    }

    /// Which clocks may move on. Clocks that never differ do so together; others one by one, within
    /// the skew.
    pub fn ticking(&self, clocks: &[Timestamp]) -> impl Iterator<Item = ReplicaSet> {
        let skew = self.environment.clock_skew;
        let together = (skew == 0).then(|| self.replicas().collect());
        let slowest = clocks.iter().min().copied().unwrap_or_default();
        let within = move |clock: &Timestamp| skew > 0 && *clock < slowest.plus(skew);
        let alone = self.replicas().zip(clocks).filter(move |(_, clock)| within(clock));
        together.into_iter().chain(alone.map(|(replica, _)| ReplicaSet::EMPTY.with(replica)))
    }
}
