//! The replicas, the network between them, and time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use holdfast_models::consistency::History;
use holdfast_models::vocabulary::{ClientId, ReplicaId, Reply, Request};
use holdfast_node::moment::Moment;
use holdfast_node::random::Random;
use holdfast_node::submission::Submission;

use crate::client::{Client, Step};
use crate::plan::{Fault, Plan};
use crate::site::Site;
use crate::subject::Subject;

pub(crate) struct World<P: Subject> {
    plan: Plan<P>,
    random: Random,
    now: Moment,
    pub(crate) sites: Vec<Site<P>>,
    /// Replies that have left their replicas.
    mailbox: Arc<Mutex<Vec<(usize, Reply)>>>,
    clients: Vec<Client>,
    events: BinaryHeap<Reverse<Event>>,
    /// Breaks ties, so that events at the same moment keep their order.
    numbered: u64,
    pub(crate) history: History,
    /// Why a replica did not start although it should have.
    pub(crate) refused: Option<String>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Event {
    at: Moment,
    number: u64,
    what: What,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Datagram {
        from: usize,
        to: usize,
        bytes: Vec<u8>,
    },
    /// Numbered by `to` when it had been started so often.
    Request {
        to: usize,
        boot: Option<u64>,
        client: ClientId,
        request: Request,
    },
    Reply {
        client: usize,
        reply: Reply,
    },
    Fault(usize),
    Start(usize),
    Client(usize),
}

/// Arrivals are handled together as a node finds them: those within such a span.
const SPAN: Duration = Duration::from_micros(200);

/// How long it takes until a process that ended at its start is started again.
const RESTARTED_AFTER: Duration = Duration::from_secs(1);

impl<P: Subject> World<P> {
    pub(crate) fn new(plan: &Plan<P>) -> Self {
        let mut random = Random::new(plan.seed);
        let count = plan.policy.replicas();
        let coordination = plan.policy.service().coordination;
        let sites = (0..count).map(|id| Site::new(id, plan, &mut random)).collect();
        let scripts = plan.clients.iter().enumerate();
        let client = |(id, script): (usize, &Vec<_>)| {
            let first = if P::ALL_ARE_ASKED { id as u8 % count } else { 0 };
            let target = (ReplicaId(first), count);
            Client::new(ClientId(id as u64), script.clone(), target, coordination)
        };
        let mut world = Self {
            plan: plan.clone(),
            random,
            now: Moment(1_000_000_000),
            sites,
            mailbox: Arc::default(),
            clients: scripts.map(client).collect(),
            events: BinaryHeap::new(),
            numbered: 0,
            history: History::new(plan.clients.len()),
            refused: None,
        };
        (0..usize::from(count)).for_each(|site| world.start(site));
        for (index, (at, _)) in plan.faults.iter().enumerate() {
            world.after(*at, What::Fault(index));
        }
        (0..plan.clients.len()).for_each(|client| world.after(SPAN, What::Client(client)));
        world
    }

    /// Lets time pass until it is `until`, or every client is done. Answers whether they are.
    pub(crate) fn run(&mut self, until: Duration) -> bool {
        let until = Moment(1_000_000_000) + until;
        while self.now < until && self.refused.is_none() {
            if self.clients.iter_mut().all(|client| matches!(client.step(self.now), Step::Done)) {
                return true;
            }
            self.advance(until);
        }
        false
    }

    /// Lets time pass, whatever clients do.
    pub(crate) fn settle(&mut self, duration: Duration) {
        let until = self.now + duration;
        while self.now < until {
            self.advance(until);
        }
    }

    fn advance(&mut self, until: Moment) {
        let event = self.events.peek().map(|Reverse(event)| event.at);
        let alarms = self.sites.iter().filter_map(|site| site.deadline(self.now));
        let next = alarms.chain(event).min().unwrap_or(until);
        self.now = next.clamp(self.now, until) + SPAN;
        while self.events.peek().is_some_and(|Reverse(event)| event.at <= self.now) {
            if let Some(Reverse(event)) = self.events.pop() {
                self.happen(event.what);
            }
        }
        for site in 0..self.sites.len() {
            self.commit(site);
        }
    }

    fn after(&mut self, duration: Duration, what: What) {
        self.numbered += 1;
        let (at, number) = (self.now + duration, self.numbered);
        self.events.push(Reverse(Event { at, number, what }));
    }

    fn happen(&mut self, what: What) {
        let now = self.now;
        match what {
            What::Datagram { from, to, mut bytes } => {
                if self.sites[from].reaches(to, now) && self.sites[to].is_reached(now) {
                    self.sites[to].datagram(&mut bytes, now);
                }
            }
            What::Request { to, boot, client, request } => {
                let own_only = self.clients[client.0 as usize].is_coordinated(&request);
                if own_only && self.sites[to].boot() != boot {
                    // What the gateway does with numbers that were given out before a restart.
                    return;
                }
                let (mailbox, index) = (Arc::clone(&self.mailbox), client.0 as usize);
                let answer = Box::new(move |reply| {
                    mailbox.lock().expect("there is one thread").push((index, reply));
                });
                self.sites[to].submit(Submission { client, request, answer }, now);
            }
            What::Reply { client, reply } => {
                if let Some((record, outcome)) = self.clients[client].hear(reply) {
                    self.history.complete(record, outcome);
                    if P::REST.is_zero() {
                        self.go_on(client);
                    } else {
                        self.after(P::REST, What::Client(client));
                    }
                }
            }
            What::Fault(index) => self.fail(self.plan.faults[index].1),
            What::Start(site) => self.start(site),
            What::Client(client) => self.go_on(client),
        }
    }

    /// Lets a client do what it does next.
    fn go_on(&mut self, index: usize) {
        let now = self.now;
        let (target, request) = match self.clients[index].step(now) {
            Step::Invoke(operation) => {
                let record = self.history.invoke(index, operation);
                let (target, request) = self.clients[index].ask(record, now);
                self.clients[index].numbered = self.sites[usize::from(target.0)].boot();
                (target, request)
            }
            Step::Ask(target, request) => (target, request),
            Step::Wait(_) | Step::Done => return,
        };
        let to = usize::from(target.0);
        let client = self.clients[index].id;
        let boot = self.clients[index].numbered;
        for delay in self.delays() {
            self.after(delay, What::Request { to, boot, client, request: request.clone() });
        }
        if let Step::Wait(until) = self.clients[index].step(now) {
            self.after(until - now, What::Client(index));
        }
    }

    /// When a datagram that is sent now arrives: never, once or twice.
    fn delays(&mut self) -> Vec<Duration> {
        let Plan { lost, duplicated, slow, .. } = self.plan;
        let random = &mut self.random;
        if random.per_mille(lost) {
            return Vec::new();
        }
        let copies = 1 + u64::from(random.per_mille(duplicated));
        let delay = |_| {
            // Most are fast; what is slow is overtaken.
            let longest = if random.per_mille(900) { slow / 10 } else { slow };
            Duration::from_nanos(20_000 + random.below(longest.as_nanos() as u64 + 1))
        };
        (0..copies).map(delay).collect()
    }

    fn start(&mut self, site: usize) {
        let (now, salt) = (self.now, self.random.next());
        match self.sites[site].start(now, salt) {
            Ok(false) => {}
            Ok(true) => self.after(RESTARTED_AFTER, What::Start(site)),
            Err(refusal) => {
                self.refused = Some(format!("replica {site} does not start: {refusal}"));
            }
        }
    }

    fn fail(&mut self, fault: Fault) {
        let now = self.now;
        match fault {
            Fault::Crash { replica, damage, down } => {
                let site = usize::from(replica.0);
                if self.sites[site].crash(damage, &mut self.random) {
                    self.after(down, What::Start(site));
                }
            }
            Fault::Disk { replica, operation, fault, damage, down } => {
                self.sites[usize::from(replica.0)].spoil(operation, fault, damage, down);
            }
            Fault::Cut { from, to, both_ways, lasts } => {
                let (from, to) = (usize::from(from.0), usize::from(to.0));
                self.sites[from].cut_to[to] = now + lasts;
                if both_ways {
                    self.sites[to].cut_to[from] = now + lasts;
                }
            }
            Fault::Isolate { replica, lasts } => {
                self.sites[usize::from(replica.0)].isolated_until = now + lasts;
            }
            Fault::Pause { replica, lasts } => {
                self.sites[usize::from(replica.0)].paused_until = now + lasts;
            }
        }
    }

    /// Lets a replica commit, and sends on what it lets go.
    fn commit(&mut self, site: usize) {
        let mut sent = Vec::new();
        let is_up = self.sites[site].commit(self.now, |to, bytes| sent.push((to, bytes.to_vec())));
        if !is_up && let Some((damage, down)) = self.sites[site].failed() {
            self.sites[site].crash(damage, &mut self.random);
            self.after(down, What::Start(site));
        }
        for (to, bytes) in sent {
            let to = usize::from(to.0);
            for delay in self.delays() {
                self.after(delay, What::Datagram { from: site, to, bytes: bytes.clone() });
            }
        }
        let replies = std::mem::take(&mut *self.mailbox.lock().expect("there is one thread"));
        for (client, reply) in replies {
            for delay in self.delays() {
                self.after(delay, What::Reply { client, reply: reply.clone() });
            }
        }
    }
}
