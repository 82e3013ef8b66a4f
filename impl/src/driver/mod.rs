//! The loop around `step`. It contains no protocol rule.
//!
//! Inputs are handled as they arrive. What they lead to is kept until [`Driver::commit`], which
//! writes what the machine wants kept, syncs once if any of it has to be safe, and only then lets
//! messages and replies go, in the order of the steps that made them. So nothing leaves before what
//! it depends on is durable, and one sync serves all that has arrived meanwhile. What steps said
//! before any of them wanted something kept depends on nothing that is not safe already, and leaves
//! first.
//!
//! The driver opens no socket and reads no clock: [`run`] does that on a node, and a simulation does
//! it in tests, with the same driver.

mod clock;
mod lingering;
mod messages;
mod outbox;
mod run;
mod waiting;

use std::collections::BTreeMap;

use holdfast_models::protocol::{Effects, Input};
use holdfast_models::vocabulary::{Outcome, ReplicaId, Reply, Request, Timestamp};

pub use clock::Clock;
pub use messages::Messages;
pub use run::{NodeError, Sockets, run};

use crate::config::{Limits, Timers};
use crate::disk::{Disk, DiskError, Store};
use crate::hosted::{Hosted, Observation};
use crate::moment::Moment;
use crate::random::Random;
use crate::steps::Tracer;
use crate::submission::{Inspection, Submission};
use crate::wire::{Counters, Delivery, Dropped, Wire};
use lingering::Lingering;
use outbox::{Outbox, Said};
use waiting::Waiting;

/// How a replica is driven, apart from its protocol.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Which replica.
    pub me: ReplicaId,
    /// How long it waits for what.
    pub timers: Timers,
    /// How much it takes.
    pub limits: Limits,
    /// What the durations that are drawn come from.
    pub seed: u64,
}

/// What a driver has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Inputs that the machine handled.
    pub steps: u64,
    /// Commits that had something to write.
    pub writes: u64,
    /// Commits that had to sync.
    pub syncs: u64,
    /// Requests that were answered.
    pub answers: u64,
    /// Requests whose clients were not waiting any more when the answer came.
    pub late_answers: u64,
}

/// One replica, its disk and its links.
pub struct Driver<P: Hosted, D> {
    protocol: P,
    settings: Settings,
    replica: P::Replica,
    store: Store<D, P::Durable>,
    wire: Wire,
    alarms: BTreeMap<P::Timer, Moment>,
    random: Random,
    waiting: Waiting,
    outbox: Outbox<P>,
    lingering: Lingering<P>,
    tracer: Option<Tracer<P>>,
    lazy_sync_at: Option<Moment>,
    observer: P::Observer,
    messages: Messages,
    work: Work,
}

impl<P: Hosted, D: Disk> Driver<P, D> {
    /// Starts the machine from what the disk holds. What that leads to waits for the first commit.
    pub fn start(
        protocol: P,
        settings: Settings,
        store: Store<D, P::Durable>,
        wire: Wire,
        tracer: Option<Tracer<P>>,
        now: Moment,
    ) -> Self {
        let protocol = protocol.paced(&settings.timers);
        let mut effects = Effects::none();
        let time = timestamp(now, &settings.timers);
        let replica = protocol.start(settings.me, store.durable(), time, &mut effects);
        let tracer = tracer.map(|mut tracer| {
            tracer.started(settings.me, store.durable(), time, &replica, &effects);
            tracer
        });
        let mut driver = Self {
            protocol,
            settings,
            replica,
            store,
            wire,
            alarms: BTreeMap::new(),
            random: Random::new(settings.seed),
            waiting: Waiting::default(),
            outbox: Outbox::default(),
            lingering: Lingering::default(),
            tracer,
            lazy_sync_at: None,
            observer: P::Observer::default(),
            messages: Messages::of(P::KINDS),
            work: Work::default(),
        };
        driver.collect(effects, now);
        driver
    }

    /// A datagram has arrived, from wherever.
    pub fn datagram(&mut self, datagram: &mut [u8], now: Moment) {
        let mut delivered = Vec::new();
        // A reason is counted where it is found, and there is nobody to tell.
        let _ = self.wire.open(datagram, now, &mut delivered);
        for delivery in delivered {
            self.deliver(delivery, now);
        }
    }

    fn deliver(&mut self, (from, bytes): Delivery, now: Moment) {
        let Ok(message) = postcard::from_bytes::<P::Message>(&bytes) else {
            return self.wire.reject(Dropped::Malformed);
        };
        if !self.protocol.is_plausible(&message) {
            return self.wire.reject(Dropped::Implausible);
        }
        self.messages.count_received(P::kind(&message));
        self.step(Input::Message { from, message }, now);
    }

    /// A client asks.
    pub fn submit(&mut self, submission: Submission, now: Moment) {
        let Submission { client, request, answer } = submission;
        if let Err(refusal) = self.protocol.admits(&request) {
            self.work.answers += 1;
            let outcome = Outcome::Refused(refusal);
            let Request { id, token, terms, .. } = request;
            return answer(Reply { request: id, outcome, token, context: terms.context });
        }
        self.waiting.add(client, request.id, answer, now);
        self.step(Input::Request { from: client, request }, now);
    }

    /// Somebody wants to look at the store.
    pub fn inspect(&self, inspection: Inspection) {
        inspection(P::contents(&self.replica));
    }

    /// Lets the timers fire that are due.
    pub fn fire(&mut self, now: Moment) {
        let due: Vec<_> =
            self.alarms.iter().filter(|(_, at)| **at <= now).map(|(timer, _)| *timer).collect();
        for timer in due {
            // An earlier one may have armed it again.
            if self.alarms.get(&timer).is_some_and(|at| *at <= now) {
                self.alarms.remove(&timer);
                self.step(Input::Timeout(timer), now);
            }
        }
        self.waiting.forget(now);
    }

    fn step(&mut self, input: Input<P>, now: Moment) {
        let time = timestamp(now, &self.settings.timers);
        let traced = self.tracer.as_ref().map(|_| input.clone());
        let mut effects = Effects::none();
        self.protocol.step(self.settings.me, &mut self.replica, time, input, &mut effects);
        if let (Some(tracer), Some(input)) = (&mut self.tracer, traced) {
            tracer.stepped(time, &input, &self.replica, &effects);
        }
        self.work.steps += 1;
        self.collect(effects, now);
    }

    fn collect(&mut self, effects: Effects<P>, now: Moment) {
        for timer in &effects.arm {
            if !self.protocol.is_put_off(*timer) && self.alarms.contains_key(timer) {
                continue;
            }
            let patience = self.protocol.patience(*timer, &self.settings.timers);
            self.alarms.insert(*timer, now + self.random.within(patience));
        }
        self.outbox.add(&self.protocol, effects, self.wire.room());
    }

    /// Makes durable what has to be, then lets go what depends on it: datagrams to `transmit`,
    /// replies to whoever waits for them.
    ///
    /// # Errors
    /// If the disk fails. Then nothing has left that depends on it, and the driver must not be used
    /// any more.
    pub fn commit(
        &mut self,
        now: Moment,
        mut transmit: impl FnMut(ReplicaId, &[u8]),
    ) -> Result<(), DiskError> {
        let Outbox { ready, persist, must_be_safe, held } = std::mem::take(&mut self.outbox);
        if let Some(tracer) = &mut self.tracer {
            tracer.flush();
        }
        self.release(ready, now, &mut transmit);
        if let Some(durable) = persist {
            self.store.write(&durable)?;
            self.work.writes += 1;
            if must_be_safe {
                self.store.sync()?;
                self.work.syncs += 1;
            }
            self.release(held, now, &mut transmit);
        }
        self.housekeep(now)
    }

    fn release(&mut self, said: Said<P>, now: Moment, transmit: &mut impl FnMut(ReplicaId, &[u8])) {
        let patience = (now, self.settings.timers.linger);
        self.lingering.add(&self.protocol, said.send, self.wire.room(), patience);
        for (to, message) in self.lingering.due(now) {
            self.messages.count_sent(P::kind(&message));
            let is_bulky = P::is_bulky(&message);
            if is_bulky && self.wire.is_bulk_under_way(to) {
                self.wire.reject(Dropped::NotSent);
                continue;
            }
            let bytes = postcard::to_stdvec(&message)
                .expect("a message is plain data, and memory is all that writing it needs");
            self.wire.send(to, bytes, is_bulky, now);
        }
        self.wire.flush(now, transmit);
        for (client, reply) in said.reply {
            match self.waiting.take(client, reply.request) {
                Some(answer) => {
                    self.work.answers += 1;
                    answer(reply);
                }
                None => self.work.late_answers += 1,
            }
        }
    }

    /// Syncs what may be synced later, and begins snapshots.
    fn housekeep(&mut self, now: Moment) -> Result<(), DiskError> {
        if !self.store.is_dirty() {
            self.lazy_sync_at = None;
        } else if self.lazy_sync_at.is_some_and(|due| due <= now) {
            self.store.sync()?;
            self.lazy_sync_at = None;
        } else if self.lazy_sync_at.is_none() {
            self.lazy_sync_at = Some(now + self.settings.timers.lazy_sync);
        }
        self.store.maintain()
    }

    /// There is nothing to do for a while.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn idle(&mut self) -> Result<(), DiskError> {
        self.store.mark()
    }

    /// When there is something to do, if nothing arrives before.
    #[must_use]
    pub fn deadline(&self) -> Option<Moment> {
        let alarm = self.alarms.values().min().copied();
        let others = [self.wire.deadline(), self.lazy_sync_at, self.lingering.deadline()];
        others.into_iter().chain([alarm]).flatten().min()
    }

    /// Whether clients wait for answers, or messages linger.
    #[must_use]
    pub fn has_more_to_say(&self) -> bool {
        self.waiting.count() > 0 || self.lingering.deadline().is_some()
    }

    /// How many clients wait for answers.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.count()
    }

    /// What the replica says of itself.
    #[must_use]
    pub fn observe(&mut self) -> Observation {
        self.protocol.observe(&self.replica, &mut self.observer)
    }

    /// How many messages of each kind have come and gone.
    #[must_use]
    pub fn messages(&self) -> Messages {
        self.messages.clone()
    }

    /// What the driver has done.
    #[must_use]
    pub const fn work(&self) -> Work {
        self.work
    }

    /// What came and went on the wire.
    #[must_use]
    pub const fn counters(&self) -> &Counters {
        self.wire.counters()
    }

    /// How often the replica has been started on its disk.
    #[must_use]
    pub const fn boot(&self) -> u64 {
        self.store.boot()
    }

    /// The machine.
    #[must_use]
    pub const fn replica(&self) -> &P::Replica {
        &self.replica
    }

    /// Syncs everything and lets go of the disk.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn close(self) -> Result<(), DiskError> {
        self.store.close()
    }
}

/// What the machine reads off its clock.
fn timestamp(now: Moment, timers: &Timers) -> Timestamp {
    let tick = u64::try_from(timers.tick.as_nanos()).unwrap_or(u64::MAX);
    Timestamp(now.0 / tick.max(1))
}
