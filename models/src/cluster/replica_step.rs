//! What replicas do: starting, taking a step, letting its effects happen, going down.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::client_step::is_awaited;
use super::enabled::MOST_EFFECTS;
use super::transition::spend;
use super::{
    Address, Body, Cluster, Crash, CrashPoints, Disk, Envelope, NetworkKind, Place, Process,
    Shared, State,
};
use crate::protocol::{Effects, Input, Persist, Protocol, Purpose, SyncPolicy};
use crate::vocabulary::{ReplicaId, Timestamp};

/// How much of a step happens.
#[derive(Clone, Copy)]
pub(super) enum Extent {
    Whole,
    /// This many effects, and then a crash.
    First(u8, Crash),
}

impl<P: Protocol> Cluster<P> {
    pub(super) fn start(&self, state: &mut State<P>, replica: ReplicaId) {
        let place = state.place(replica);
        let (durable, now) = (place.disk.written.clone(), place.clock);
        let mut effects = Effects::none();
        let started = without_unwinding(|| {
            self.protocol.start(replica, durable.as_deref(), now, &mut effects)
        });
        match started {
            Err(message) => state.panicked = Some(message),
            Ok(process) => {
                let process = Process { replica: Shared::new(process), timers: Vec::new() };
                state.place_mut(replica).process = Some(process);
                self.release(state, replica, effects, u8::MAX);
            }
        }
    }

    pub(super) fn deliver(
        &self,
        state: &mut State<P>,
        envelope: &Shared<Envelope<P::Message>>,
        extent: Extent,
    ) -> bool {
        let kind = self.environment.network;
        state.network.deliver(kind, envelope);
        let input = match (envelope.from, envelope.to, &envelope.body) {
            (_, Address::Client(client), Body::Reply(reply)) => {
                self.hear(state, client, reply);
                return true;
            }
            (Address::Client(from), Address::Replica(to), Body::Request(request)) => {
                (to, Input::Request { from, request: request.clone() })
            }
            (Address::Replica(from), Address::Replica(to), Body::Message(message)) => {
                (to, Input::Message { from, message: message.clone() })
            }
            (_, _, Body::Request(_) | Body::Reply(_) | Body::Message(_)) => {
                unreachable!("requests go to replicas, replies to clients, messages to replicas")
            }
        };
        let (to, input) = input;
        let stepped = self.step(state, to, input, extent);
        // A message that is ignored has still arrived, where it arrives once.
        stepped || matches!(extent, Extent::Whole)
    }

    pub(super) fn fire(
        &self,
        state: &mut State<P>,
        replica: ReplicaId,
        timer: P::Timer,
        extent: Extent,
    ) -> bool {
        match self.protocol.purpose(timer) {
            Purpose::Progress => spend(&mut state.budget.repeats),
            Purpose::Suspicion => spend(&mut state.budget.suspicions),
        }
        let Some(process) = &mut state.place_mut(replica).process else { return false };
        process.timers.retain(|armed| *armed != timer);
        let stepped = self.step(state, replica, Input::Timeout(timer), extent);
        // A timer that is ignored has still fired, and is armed no longer.
        stepped || matches!(extent, Extent::Whole)
    }

    /// Whether a replica would do anything with `message`. Arming what is armed is nothing.
    pub(super) fn acts_on(
        &self,
        place: &Place<P>,
        me: ReplicaId,
        from: ReplicaId,
        message: &P::Message,
    ) -> bool {
        let Some(process) = &place.process else { return false };
        let mut replica = P::Replica::clone(&process.replica);
        let mut effects = Effects::none();
        let input = Input::Message { from, message: message.clone() };
        let stepped = without_unwinding(|| {
            self.protocol.step(me, &mut replica, place.clock, input, &mut effects);
        });
        stepped.is_err()
            || replica != *process.replica
            || effects.outward_count() > 0
            || effects.arm.iter().any(|timer| !process.timers.contains(timer))
    }

    /// Runs a handler and lets its effects happen. Answers whether it did anything.
    fn step(&self, state: &mut State<P>, me: ReplicaId, input: Input<P>, extent: Extent) -> bool {
        let place = state.place(me);
        let Some(process) = &place.process else { return false };
        let mut replica = P::Replica::clone(&process.replica);
        let mut effects = Effects::none();
        let stepped = without_unwinding(|| {
            self.protocol.step(me, &mut replica, place.clock, input, &mut effects);
        });
        if let Err(message) = stepped {
            state.panicked = Some(message);
            return true;
        }
        assert!(
            self.environment.crash_points == CrashPoints::BetweenSteps
                || effects.outward_count() <= usize::from(MOST_EFFECTS),
            "no step has more effects than crashes are tried after"
        );
        let changed = replica != *process.replica;
        if !changed && effects.is_empty() {
            return false;
        }
        if changed && let Some(process) = &mut state.place_mut(me).process {
            process.replica = Shared::new(replica);
        }
        match extent {
            Extent::Whole => {
                self.release(state, me, effects, u8::MAX);
                true
            }
            Extent::First(count, crash) => {
                let interrupted = usize::from(count) < effects.outward_count();
                self.release(state, me, effects, count);
                self.go_down(state, me, crash);
                interrupted
            }
        }
    }

    pub(super) fn go_down(&self, state: &mut State<P>, replica: ReplicaId, crash: Crash) {
        state.place_mut(replica).crash(crash);
        match self.environment.network {
            NetworkKind::Fifo => {
                state.network.forget(|envelope| envelope.to == Address::Replica(replica));
            }
            NetworkKind::Datagram | NetworkKind::AtMostOnce => {}
        }
    }

    /// Lets the first `count` effects happen, in the order that [`Effects`] declares.
    fn release(&self, state: &mut State<P>, me: ReplicaId, effects: Effects<P>, count: u8) {
        let mut left = usize::from(count);
        if let Some(persist) = effects.persist.filter(|_| left > 0) {
            left -= 1;
            state.place_mut(me).disk.keep(persist);
        }
        let messages = effects.send.into_iter().map(|(to, message)| {
            assert_ne!(to, me, "a replica does not write to itself");
            (Address::Replica(to), Body::Message(message))
        });
        let replies =
            effects.reply.into_iter().map(|(to, reply)| (Address::Client(to), Body::Reply(reply)));
        let sent = messages
            .chain(replies)
            .take(left)
            .map(|(to, body)| Shared::new(Envelope { from: Address::Replica(me), to, body }));
        self.send(state, sent);
        if let Some(process) = &mut state.place_mut(me).process {
            process.timers.extend(effects.arm);
            process.timers.sort_unstable();
            process.timers.dedup();
        }
    }
}

impl<P: Protocol> Cluster<P> {
    /// Puts in flight what somebody waits for.
    pub fn send(
        &self,
        state: &mut State<P>,
        envelopes: impl IntoIterator<Item = Shared<Envelope<P::Message>>>,
    ) {
        let clients = &state.clients;
        let sent = envelopes
            .into_iter()
            .filter(|envelope| is_awaited(clients, envelope.to, &envelope.body))
            .collect();
        state.network.send(self.environment.network, sent);
    }
}

impl<P: Protocol> Place<P> {
    /// A machine on which nothing has ever run.
    #[must_use]
    pub fn blank() -> Self {
        let disk = Disk { written: None, synced: None };
        Self { disk, clock: Timestamp::default(), process: None }
    }

    fn crash(&mut self, crash: Crash) {
        self.process = None;
        match crash {
            Crash::Clean => {}
            Crash::Unclean => self.disk.written = self.disk.synced.clone(),
            Crash::Amnesia => self.disk = Disk { written: None, synced: None },
        }
    }
}

impl<D: std::hash::Hash> Disk<D> {
    fn keep(&mut self, persist: Persist<D>) {
        let durable = Shared::new(persist.durable);
        if persist.sync == SyncPolicy::BeforeRelease {
            self.synced = Some(durable.clone());
        }
        self.written = Some(durable);
    }
}

/// What `handler` answers, or the message it panicked with.
fn without_unwinding<T>(handler: impl FnOnce() -> T) -> Result<T, Arc<str>> {
    catch_unwind(AssertUnwindSafe(handler)).map_err(|payload| {
        let text = payload
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| payload.downcast_ref::<&str>().copied());
        text.unwrap_or("a panic without a message").into()
    })
}
