//! The parts that states are made of, each kept once.
//!
//! A state falls apart into *nodes*, one for each replica, and a *front*. A node is a machine with the
//! messages on their way to it. The front is all that belongs to no replica: clients, the replies on
//! their way to them, their history, the budget, the partition. A step changes one node or the front,
//! and reaches the others only through what it sends and what it costs; so it is worked out on a state
//! that holds nothing but the part it happens in, once for each part, by the cluster itself.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use holdfast_models::cluster::{
    Action, Address, Cluster, Envelope, FaultBudget, Kind, Narrate, Network, Place, Shared, State,
};
use holdfast_models::consistency::History;
use holdfast_models::protocol::Protocol;
use holdfast_models::vocabulary::ReplicaId;

use super::action::Conditions;
use super::intern::{Interner, Memo};
use super::kinds::{Charge, Front, Node, Reaction};
use super::step::Step;
use crate::explore::message;

/// Messages to one receiver, or replies to all clients, in the order in which they were sent.
pub(super) type Parcel<P> = Vec<Shared<Envelope<<P as Protocol>::Message>>>;

/// All parts of the states of one cluster, and what is known of them.
pub(super) struct Parts<P: Protocol> {
    /// The cluster, with nothing to judge.
    pub(super) cluster: Cluster<P>,
    /// Of which kind actions are, for coverage, and all kinds.
    pub(super) kind_of: fn(&Action<P>) -> Kind,
    pub(super) kinds: Vec<Kind>,
    /// A state without anything in it.
    blank: State<P>,
    pub(super) places: Interner<Place<P>>,
    pub(super) inboxes: Interner<Network<P::Message>>,
    pub(super) parcels: Interner<Parcel<P>>,
    pub(super) nodes: Vec<Interner<Node>>,
    pub(super) fronts: Interner<Front<P>>,
    pub(super) histories: Interner<Shared<History>>,
    pub(super) actions: Interner<Action<P>>,
    pub(super) charges: Interner<Charge<P>>,
    pub(super) reactions: boxcar::Vec<Reaction>,
    /// What nodes can do, in order.
    pub(super) steps: boxcar::Vec<Box<[Step]>>,
    pub(super) reaction_of: Memo<(u32, u32, bool), Option<u32>>,
    pub(super) taken: Memo<(u32, u32), u32>,
    pub(super) settled: Memo<(u32, u32), (u32, u32)>,
    pub(super) arrived: Memo<(u8, u32, u32), (u32, u32)>,
    pub(super) ticked: Memo<(u8, u32), (u32, u32)>,
    pub(super) out_of_danger: Memo<(u8, u32), (u32, u32)>,
    pub(super) charged: Memo<(u32, u32), u32>,
    /// How many steps of nodes were worked out.
    pub(super) steps_worked_out: AtomicUsize,
}

impl<P: Protocol> Parts<P> {
    /// The charge of what costs nothing and says nothing.
    pub(super) const NO_CHARGE: u32 = 0;
    /// The charge of a tick of a clock.
    pub(super) const ONE_TICK: u32 = 1;

    pub(super) fn new(cluster: &Cluster<P>) -> Self
    where
        P: Narrate,
    {
        let replicas = cluster.replicas().count();
        let blank = State {
            places: vec![Place::blank(); replicas],
            network: Network::empty(),
            clients: Vec::new(),
            history: Shared::new(History::new(0)),
            budget: FaultBudget::NONE,
            partitioned: false,
            broken: 0,
            panicked: None,
        };
        let charges = Interner::new();
        for price in [FaultBudget::NONE, FaultBudget { ticks: 1, ..FaultBudget::NONE }] {
            charges.intern(Charge::price(price));
        }
        Self {
            cluster: Cluster { properties: Vec::new(), ..cluster.clone() },
            kind_of: Kind::of,
            kinds: Kind::all::<P>(),
            blank,
            places: Interner::new(),
            inboxes: Interner::new(),
            parcels: Interner::new(),
            nodes: (0..replicas).map(|_| Interner::new()).collect(),
            fronts: Interner::new(),
            histories: Interner::new(),
            actions: Interner::new(),
            charges,
            reactions: boxcar::Vec::new(),
            steps: boxcar::Vec::new(),
            reaction_of: Memo::new(),
            taken: Memo::new(),
            settled: Memo::new(),
            arrived: Memo::new(),
            ticked: Memo::new(),
            out_of_danger: Memo::new(),
            charged: Memo::new(),
            steps_worked_out: AtomicUsize::new(0),
        }
    }

    /// What an action counts as: where its kind is among all kinds.
    pub(super) fn counts_as(&self, action: &Action<P>) -> u8 {
        let kind = (self.kind_of)(action);
        let place = self.kinds.iter().position(|other| *other == kind);
        place.and_then(|place| u8::try_from(place).ok()).expect("kinds are listed, and few")
    }

    /// How many replicas there are.
    pub(super) fn replicas(&self) -> usize {
        self.nodes.len()
    }

    /// How many numbers a state is.
    pub(super) fn columns(&self) -> usize {
        columns(&self.cluster)
    }

    /// A state in which there is nothing but one machine and what is on its way to it. There is always
    /// a fault left of every kind that the environment has; of crashes of machines two, so that one of
    /// them is not the last.
    pub(super) fn alone(
        &self,
        me: usize,
        place: u32,
        inbox: Network<P::Message>,
        out_of_danger: bool,
    ) -> State<P> {
        let mut state = self.blank.clone();
        state.places[me] = self.places.get(place).clone();
        state.network = inbox;
        let faults = self.cluster.environment.faults;
        state.budget = faults.at_most(2);
        let left = if out_of_danger || faults.unclean_crashes == 0 { 0 } else { 2 };
        state.budget.unclean_crashes = left;
        state
    }

    /// The same, of a node.
    pub(super) fn node_alone(&self, me: usize, node: &Node) -> State<P> {
        self.alone(me, node.place, self.inboxes.get(node.inbox).clone(), node.out_of_danger)
    }

    /// The number of the node that is alone in `state`.
    pub(super) fn node_of(&self, me: usize, state: &State<P>, out_of_danger: bool) -> u32 {
        let place = self.places.intern(state.places[me].clone());
        let inbox = self.inboxes.intern(self.to_replica(state, me));
        self.node(me, place, inbox, out_of_danger)
    }

    pub(super) fn node(&self, me: usize, place: u32, inbox: u32, out_of_danger: bool) -> u32 {
        self.nodes[me].intern(Node { place, inbox, out_of_danger, steps: OnceLock::new() })
    }

    /// The number of the front of `state`.
    pub(super) fn front_of(&self, state: &State<P>) -> u32 {
        let mut network = state.network.clone();
        network.forget(|envelope| matches!(envelope.to, Address::Replica(_)));
        let front = State {
            places: self.blank.places.clone(),
            network,
            clients: state.clients.clone(),
            history: state.history.clone(),
            budget: state.budget,
            partitioned: state.partitioned,
            broken: 0,
            panicked: state.panicked.clone(),
        };
        let history = self.histories.intern(front.history.clone());
        let conditions = Conditions::met(front.budget, front.partitioned);
        self.fronts.intern(Front { state: front, history, conditions, steps: OnceLock::new() })
    }

    /// What is on its way to a replica.
    pub(super) fn to_replica(&self, state: &State<P>, to: usize) -> Network<P::Message> {
        let mut network = state.network.clone();
        network.forget(|envelope| envelope.to != address(to));
        network
    }

    pub(super) fn panicked_front(&self, front: &Front<P>, message: Arc<str>) -> u32 {
        self.front_of(&State { panicked: Some(message), ..front.state.clone() })
    }

    /// Makes `row` the state that something has panicked in: nothing else of it changes, and nothing
    /// is judged but that.
    pub(super) fn panic(&self, row: &mut [u32], message: Arc<str>) {
        let replicas = self.replicas();
        row[replicas] = self.panicked_front(self.fronts.get(row[replicas]), message);
        row[replicas + 1] = 0;
    }

    /// The numbers of the parts of `state`.
    pub(super) fn split(&self, state: &State<P>) -> Vec<u32> {
        let out_of_danger = state.budget.unclean_crashes == 0;
        let nodes = (0..self.replicas()).map(|me| self.node_of(me, state, out_of_danger));
        nodes.chain([self.front_of(state), state.broken]).collect()
    }

    /// The state that is made of these parts.
    pub(super) fn join(&self, row: &[u32]) -> State<P> {
        let mut state = self.join_without_messages(row);
        for (me, nodes) in self.nodes.iter().enumerate() {
            let inbox = self.inboxes.get(nodes.get(row[me]).inbox);
            state.network.send(self.cluster.environment.network, inbox.iter().cloned().collect());
        }
        state
    }

    /// The same without the messages to replicas.
    pub(super) fn join_without_messages(&self, row: &[u32]) -> State<P> {
        let replicas = self.replicas();
        let mut state = self.fronts.get(row[replicas]).state.clone();
        for (me, nodes) in self.nodes.iter().enumerate() {
            state.places[me] = self.places.get(nodes.get(row[me]).place).clone();
        }
        state.broken = row[replicas + 1];
        state
    }

    /// Bytes of the tables, without what parts point to.
    pub(super) fn bytes(&self) -> usize {
        self.nodes.iter().map(Interner::bytes).sum::<usize>()
            + self.places.bytes()
            + self.inboxes.bytes()
            + self.parcels.bytes()
            + self.fronts.bytes()
            + self.histories.bytes()
            + self.reaction_of.bytes()
            + self.taken.bytes()
            + self.settled.bytes()
            + self.arrived.bytes()
            + self.charged.bytes()
            + self.steps_worked_out.load(Ordering::Relaxed) * size_of::<Step>()
    }
}

/// How many numbers a state of `cluster` is: one for each node, the front, what the last step broke.
pub(crate) fn columns<P: Protocol>(cluster: &Cluster<P>) -> usize {
    cluster.replicas().count() + 2
}

/// What an action makes of a state.
pub(super) enum Next<P: Protocol> {
    Changed(Box<State<P>>),
    Unchanged,
    Panicked(Arc<str>),
}

/// What `action` makes of `state`. If the cluster itself panics, that is what becomes of it.
pub(super) fn next_state<P: Protocol>(
    cluster: &Cluster<P>,
    state: &State<P>,
    action: &Action<P>,
) -> Next<P> {
    match catch_unwind(AssertUnwindSafe(|| cluster.next_state(state, action))) {
        Ok(Some(next)) => Next::Changed(Box::new(next)),
        Ok(None) => Next::Unchanged,
        Err(payload) => Next::Panicked(message(&*payload).into()),
    }
}

pub(super) const fn address(replica: usize) -> Address {
    Address::Replica(ReplicaId(replica as u8))
}
