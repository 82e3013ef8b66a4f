//! Homes of registers, each with the nodes' own driver and a disk in memory, on a network of one's own.
//! No timer fires, so that nothing is asked again or repaired.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use holdfast_models::leaderless::Leaderless;
use holdfast_models::vocabulary::{
    ClientId, Operation, Outcome, ReplicaId, ReplicaSet, Reply, Request, RequestId, Terms, Token,
};
use holdfast_node::config::{Keys, Limits, Secret, Timers};
use holdfast_node::disk::{DiskError, DiskIdentity, FaultyDisk, Store, Writing};
use holdfast_node::driver::{Driver, Settings};
use holdfast_node::moment::Moment;
use holdfast_node::random::Random;
use holdfast_node::submission::Submission;
use holdfast_node::wire::{Boot, Identity, Wire};

/// Whom a datagram reaches, and when.
#[derive(Clone, Copy, Debug)]
pub(super) enum Network {
    /// These replicas, at once.
    Only(ReplicaSet),
    /// Everybody, after a time from an exponential distribution with this mean.
    Delays(Duration),
}

pub(super) struct Homes {
    random: Random,
    now: Moment,
    homes: Vec<Driver<Leaderless, FaultyDisk>>,
    network: Network,
    under_way: BinaryHeap<Reverse<Event>>,
    /// Breaks ties, so that events at the same moment keep their order.
    numbered: u64,
    requests: u64,
    heard: Arc<Mutex<Vec<Heard>>>,
}

/// What a client was told.
pub(super) type Heard = (ClientId, Outcome);

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Event {
    at: Moment,
    number: u64,
    what: What,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Datagram { to: ReplicaId, bytes: Vec<u8> },
    Request { to: ReplicaId, client: ClientId, request: Request },
}

impl Homes {
    pub(super) fn start(
        policy: Leaderless,
        network: Network,
        seed: u64,
    ) -> Result<Self, DiskError> {
        let homes = (0..policy.replicas).map(|id| home(policy, ReplicaId(id), seed));
        Ok(Self {
            random: Random::new(seed),
            now: Moment(1_000_000_000),
            homes: homes.collect::<Result<_, _>>()?,
            network,
            under_way: BinaryHeap::new(),
            numbered: 0,
            requests: 0,
            heard: Arc::default(),
        })
    }

    /// So many homes, any of them, and one of those that coordinates.
    pub(super) fn any(&mut self, count: u8) -> (ReplicaId, ReplicaSet) {
        let mut left: Vec<_> = (0..).map(ReplicaId).take(self.homes.len()).collect();
        let mut draw = || left.swap_remove(self.random.below(left.len() as u64) as usize);
        let coordinator = draw();
        let others: ReplicaSet = (1..count).map(|_| draw()).collect();
        (coordinator, others.with(coordinator))
    }

    pub(super) const fn set_network(&mut self, network: Network) {
        self.network = network;
    }

    /// A client asks `to` after a while.
    pub(super) fn ask(
        &mut self,
        to: ReplicaId,
        client: ClientId,
        operation: Operation,
        after: Duration,
    ) {
        self.requests += 1;
        let (id, token, terms) = (RequestId(self.requests), Token::default(), Terms::default());
        let request = Request { id, token, operation, terms };
        self.after(after, What::Request { to, client, request });
    }

    /// Lets time pass until somebody has been answered, or nothing is under way any more.
    pub(super) fn run_until_heard(&mut self) -> Result<Option<Heard>, DiskError> {
        loop {
            if let Some(heard) = self.heard.lock().unwrap_or_else(PoisonError::into_inner).pop() {
                return Ok(Some(heard));
            }
            let Some(Reverse(Event { at, what, .. })) = self.under_way.pop() else {
                return Ok(None);
            };
            self.now = at;
            let to = match what {
                What::Datagram { to, mut bytes } => {
                    self.homes[usize::from(to.0)].datagram(&mut bytes, self.now);
                    to
                }
                What::Request { to, client, request } => {
                    self.submit(to, client, request);
                    to
                }
            };
            self.commit(to)?;
        }
    }

    fn submit(&mut self, to: ReplicaId, client: ClientId, request: Request) {
        let heard = Arc::clone(&self.heard);
        let answer = Box::new(move |reply: Reply| {
            heard.lock().unwrap_or_else(PoisonError::into_inner).push((client, reply.outcome));
        });
        let submission = Submission { client, request, answer };
        self.homes[usize::from(to.0)].submit(submission, self.now);
    }

    fn commit(&mut self, site: ReplicaId) -> Result<(), DiskError> {
        let mut sent = Vec::new();
        let home = &mut self.homes[usize::from(site.0)];
        home.commit(self.now, |to, bytes| sent.push((to, bytes.to_vec())))?;
        for (to, bytes) in sent {
            match self.network {
                Network::Only(reached) if !reached.contains(to) => {}
                Network::Only(_) => self.after(Duration::ZERO, What::Datagram { to, bytes }),
                Network::Delays(mean) => {
                    let delay = mean.mul_f64(exponential(&mut self.random));
                    self.after(delay, What::Datagram { to, bytes });
                }
            }
        }
        Ok(())
    }

    fn after(&mut self, duration: Duration, what: What) {
        self.numbered += 1;
        let (at, number) = (self.now + duration, self.numbered);
        self.under_way.push(Reverse(Event { at, number, what }));
    }
}

/// A number from the exponential distribution with mean 1.
fn exponential(random: &mut Random) -> f64 {
    const BITS: u32 = 53;
    let below_one = (random.next() >> (u64::BITS - BITS)) as f64 / (1_u64 << BITS) as f64;
    -(1.0 - below_one).ln()
}

fn home(
    policy: Leaderless,
    me: ReplicaId,
    seed: u64,
) -> Result<Driver<Leaderless, FaultyDisk>, DiskError> {
    let identity = DiskIdentity { cluster: 1, replica: me.0 };
    let store = Store::open(FaultyDisk::default(), identity, 1 << 20, Writing::AtOnce)?;
    let identity = Identity {
        me,
        replicas: policy.replicas,
        cluster: 1,
        configuration: 1,
        boot: Boot { count: store.boot(), salt: seed },
    };
    let wire = Wire::new(identity, &Keys::Cluster(Secret([7; 32])), 1_200, 1 << 24);
    let (timers, limits) = (Timers::default(), Limits::default());
    let settings = Settings { me, timers, limits, seed };
    Ok(Driver::start(policy, settings, store, wire, None, Moment(1_000_000_000)))
}
