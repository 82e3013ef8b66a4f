//! A protocol that is a graph: one replica, whose state is a node, with a timer for each kind of edge.

use std::sync::Arc;

use holdfast_models::cluster::{Cluster, Environment, FaultBudget, Narrate, Property};
use holdfast_models::protocol::{Effects, Input, Protocol, Purpose};
use holdfast_models::vocabulary::{ReplicaId, Timestamp};
use proptest::prelude::*;

/// For each node and each label, the node that an edge leads to. One that leads back is none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Graph {
    pub(crate) edges: Vec<Vec<u8>>,
    /// How many labels are due; the others are faults.
    pub(crate) due: u8,
    /// One bit for each good node.
    pub(crate) good: u32,
}

impl Protocol for Graph {
    type Replica = u8;
    type Durable = u8;
    type Message = u8;
    type Timer = u8;

    fn replicas(&self) -> u8 {
        1
    }

    fn purpose(&self, label: u8) -> Purpose {
        if label < self.due { Purpose::Progress } else { Purpose::Suspicion }
    }

    fn start(&self, _: ReplicaId, _: Option<&u8>, _: Timestamp, effects: &mut Effects<Self>) -> u8 {
        effects.arm.extend(0..self.edges[0].len() as u8);
        0
    }

    fn is_obsolete(&self, _: &u8, _: ReplicaId, _: &u8) -> bool {
        false
    }

    fn step(
        &self,
        _: ReplicaId,
        node: &mut u8,
        _: Timestamp,
        input: Input<Self>,
        effects: &mut Effects<Self>,
    ) {
        match input {
            Input::Timeout(label) => {
                *node = self.edges[usize::from(*node)][usize::from(label)];
                effects.arm.push(label);
            }
            Input::Request { .. } | Input::Message { .. } => {}
        }
    }
}

impl Narrate for Graph {
    const MESSAGE_KINDS: &'static [&'static str] = &["message"];
    const TIMER_KINDS: &'static [&'static str] = &["timer"];

    fn message_kind(_: &u8) -> &'static str {
        "message"
    }

    fn timer_kind(_: u8) -> &'static str {
        "timer"
    }

    fn message(message: &u8) -> String {
        message.to_string()
    }

    fn timeout(label: u8) -> String {
        format!("follows {label}")
    }

    fn change(&self, _: Option<&u8>, after: &u8) -> Vec<String> {
        vec![format!("is at {after}")]
    }
}

impl Graph {
    /// The graph as a cluster in which `properties` are judged.
    pub(crate) fn cluster(self, properties: Vec<Property<Self>>) -> Cluster<Self> {
        let unlimited = FaultBudget::UNLIMITED;
        let faults = FaultBudget { repeats: unlimited, suspicions: unlimited, ..FaultBudget::NONE };
        Cluster {
            protocol: self,
            environment: Environment { faults, ..Environment::CALM },
            clients: &[],
            properties,
            stop: Arc::default(),
        }
    }

    fn is_good(&self, node: u8) -> bool {
        self.good & 1 << node != 0
    }
}

/// That the node is, in the end, a good one for good.
pub(crate) const SETTLES: Property<Graph> = Property::eventually("settles", "", |view| {
    view.running().all(|(_, node)| view.protocol().is_good(*node))
});

/// That a good node stays within reach.
pub(crate) const RECOVERS: Property<Graph> = Property::recoverable("recovers", "", |view| {
    view.running().all(|(_, node)| view.protocol().is_good(*node))
});

/// Graphs of few nodes, in which about half of the edges lead elsewhere.
pub(crate) fn graphs() -> impl Strategy<Value = Graph> {
    (1..12_u8, 1..4_usize, 0..2_usize).prop_flat_map(|(nodes, due, faults)| {
        let edge = prop_oneof![Just(None), (0..nodes).prop_map(Some)];
        let edges = prop::collection::vec(edge, due + faults);
        (prop::collection::vec(edges, usize::from(nodes)), any::<u32>(), any::<u32>()).prop_map(
            move |(edges, some, others)| Graph {
                edges: (0..)
                    .zip(edges)
                    .map(|(node, edges)| edges.iter().map(|to| to.unwrap_or(node)).collect())
                    .collect(),
                due: due as u8,
                good: some | others,
            },
        )
    })
}
