//! One replica, its disk and its clock: up, down, paused or cut off.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use holdfast_models::vocabulary::ReplicaId;
use holdfast_node::config::{Keys, Limits, Secret, Timers};
use holdfast_node::disk::{
    CrashDamage, DiskError, DiskIdentity, FaultyDisk, Injected, Store, Writing,
};
use holdfast_node::driver::{Driver, Settings};
use holdfast_node::moment::Moment;
use holdfast_node::random::Random;
use holdfast_node::steps::Tracer;
use holdfast_node::submission::Submission;
use holdfast_node::wire::{Boot, Identity, Wire};

use crate::plan::Plan;
use crate::subject::Subject;

type Node<P> = Driver<P, FaultyDisk>;

pub(crate) struct Site<P: Subject> {
    pub(crate) me: ReplicaId,
    policy: P,
    node: Option<Node<P>>,
    disk: FaultyDisk,
    /// Its clock shows so much more than the others'.
    ahead: Duration,
    pub(crate) paused_until: Moment,
    pub(crate) isolated_until: Moment,
    pub(crate) cut_to: Vec<Moment>,
    /// What becomes of its disk, and how long it is down, when the disk fails.
    after_failure: (CrashDamage, Duration),
    /// Whether its disk has failed, so that it may refuse to start.
    may_refuse: bool,
    pub(crate) has_refused: bool,
    is_traced: bool,
    /// The step traces of its starts.
    pub(crate) traces: Vec<Trace>,
    /// What arrived while it stood still.
    held: Vec<Vec<u8>>,
}

/// A step trace in memory.
#[derive(Clone, Default)]
pub(crate) struct Trace(pub(crate) Arc<Mutex<Vec<u8>>>);

impl Write for Trace {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("there is one thread").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Stands for what the cluster file says.
pub(crate) const CONFIGURATION: u64 = 2;

impl<P: Subject> Site<P> {
    pub(crate) fn new(id: u8, plan: &Plan<P>, random: &mut Random) -> Self {
        let policy = plan.policy;
        Self {
            me: ReplicaId(id),
            policy,
            node: None,
            disk: FaultyDisk::default(),
            ahead: Duration::from_millis(random.below(60_000)),
            paused_until: Moment(0),
            isolated_until: Moment(0),
            cut_to: vec![Moment(0); usize::from(policy.replicas())],
            after_failure: (CrashDamage::Lost, Duration::from_secs(1)),
            may_refuse: false,
            has_refused: false,
            // Digesting every state takes longer than all the rest.
            is_traced: plan.seed.is_multiple_of(16),
            traces: Vec::new(),
            held: Vec::new(),
        }
    }

    /// Starts it from what its disk still holds. Answers whether it has to be tried again, because
    /// its disk failed meanwhile.
    pub(crate) fn start(&mut self, now: Moment, salt: u64) -> Result<bool, DiskError> {
        match self.try_start(now, salt) {
            Ok(node) => self.node = Some(node),
            Err(DiskError::Failed { .. }) => return Ok(true),
            Err(_) if self.may_refuse => self.has_refused = true,
            Err(refusal) => return Err(refusal),
        }
        Ok(false)
    }

    fn try_start(&mut self, now: Moment, salt: u64) -> Result<Node<P>, DiskError> {
        let identity = DiskIdentity { cluster: 1, replica: self.me.0 };
        // Short, so that snapshots are written now and then.
        let store = Store::open(self.disk.clone(), identity, 20_000, Writing::AtOnce)?;
        let boot = Boot { count: store.boot(), salt };
        let wire = Identity {
            me: self.me,
            replicas: self.policy.replicas(),
            cluster: 1,
            configuration: CONFIGURATION,
            boot,
        };
        let wire = Wire::new(wire, &Keys::Cluster(Secret([7; 32])), 1_200, 1 << 24);
        let settings = Settings {
            me: self.me,
            timers: Timers::default(),
            limits: Limits::default(),
            seed: salt,
        };
        let tracer = self.is_traced.then(|| {
            let trace = Trace::default();
            self.traces.push(trace.clone());
            Tracer::new(Box::new(trace), CONFIGURATION, 8)
        });
        Ok(Driver::start(self.policy, settings, store, wire, tracer, now + self.ahead))
    }

    /// Takes it down. Answers whether it was up.
    pub(crate) fn crash(&mut self, damage: CrashDamage, random: &mut Random) -> bool {
        let was_up = self.node.take().is_some();
        if was_up || damage != CrashDamage::Kept {
            self.disk.crash(damage, random);
        }
        self.held.clear();
        was_up
    }

    /// Lets an operation of its disk fail, so many from now.
    pub(crate) fn spoil(
        &mut self,
        operation: u64,
        fault: Injected,
        damage: CrashDamage,
        down: Duration,
    ) {
        self.disk.inject(self.disk.operations() + operation, fault);
        self.after_failure = (damage, down);
        // A device that drops what it should have synced may have dropped what others relied on.
        self.may_refuse |= fault == Injected::Failed;
    }

    pub(crate) const fn failed(&self) -> Option<(CrashDamage, Duration)> {
        if self.has_refused { None } else { Some(self.after_failure) }
    }

    pub(crate) fn reaches(&self, to: usize, now: Moment) -> bool {
        now >= self.isolated_until && now >= self.cut_to[to]
    }

    pub(crate) fn is_reached(&self, now: Moment) -> bool {
        now >= self.isolated_until
    }

    fn own(&self, now: Moment) -> Moment {
        now + self.ahead
    }

    pub(crate) fn datagram(&mut self, bytes: &mut [u8], now: Moment) {
        let own = self.own(now);
        if now < self.paused_until {
            self.held.push(bytes.to_vec());
        } else if let Some(node) = &mut self.node {
            node.datagram(bytes, own);
        }
    }

    pub(crate) fn submit(&mut self, submission: Submission, now: Moment) {
        let own = self.own(now);
        if let Some(node) = self.node.as_mut().filter(|_| now >= self.paused_until) {
            node.submit(submission, own);
        }
    }

    /// When it has something to do.
    pub(crate) fn deadline(&self, now: Moment) -> Option<Moment> {
        let own = self.node.as_ref()?.deadline()?;
        let wait = own - self.own(now);
        Some((now + wait).max(self.paused_until))
    }

    /// Lets its timers fire and commits. Answers whether it is still up.
    pub(crate) fn commit(&mut self, now: Moment, transmit: impl FnMut(ReplicaId, &[u8])) -> bool {
        let own = self.own(now);
        if now < self.paused_until {
            return true;
        }
        let Some(node) = &mut self.node else { return true };
        for mut bytes in self.held.drain(..) {
            node.datagram(&mut bytes, own);
        }
        node.fire(own);
        let result = node.commit(own, transmit).and_then(|()| node.idle());
        if result.is_err() {
            self.node = None;
        }
        result.is_ok()
    }

    /// How often it has been started on its disk, if it is up.
    pub(crate) fn boot(&self) -> Option<u64> {
        self.node.as_ref().map(Driver::boot)
    }

    /// Whether it shows the same as another, as far as both are up and should.
    pub(crate) fn agrees(&self, other: &Self) -> bool {
        match (self.replica(), other.replica()) {
            (Some(one), Some(two)) => self.policy.agree((self.me, one), (other.me, two)),
            (None, _) | (_, None) => true,
        }
    }

    /// What it knows, if it is up.
    pub(crate) fn replica(&self) -> Option<&P::Replica> {
        self.node.as_ref().map(Driver::replica)
    }

    pub(crate) fn told(&self) -> String {
        let observe = |replica| self.policy.observe(replica, &mut P::Observer::default());
        self.replica().map_or("down".to_owned(), |replica| format!("{:?}", observe(replica)))
    }
}
