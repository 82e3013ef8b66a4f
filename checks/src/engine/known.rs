//! What one thread knows of nodes: found by their numbers alone, without asking what all share.

use holdfast_models::protocol::Protocol;

use super::parts::Parts;
use super::step::Step;

/// The nodes of one cluster that a thread has come across.
pub(super) struct KnownNodes<'a, P: Protocol> {
    parts: &'a Parts<P>,
    /// For each replica, by node.
    nodes: Vec<Vec<Option<KnownNode<'a>>>>,
}

#[derive(Clone, Copy)]
pub(super) struct KnownNode<'a> {
    /// What it can do, in order.
    pub(super) steps: &'a [Step],
    pub(super) place: u32,
}

impl<'a, P: Protocol> KnownNodes<'a, P> {
    pub(super) fn new(parts: &'a Parts<P>) -> Self {
        Self { parts, nodes: vec![Vec::new(); parts.replicas()] }
    }

    #[inline]
    pub(super) fn get(&mut self, me: usize, id: u32) -> KnownNode<'a> {
        match self.nodes[me].get(id as usize) {
            Some(Some(known)) => *known,
            Some(None) | None => self.learn(me, id),
        }
    }

    #[cold]
    fn learn(&mut self, me: usize, id: u32) -> KnownNode<'a> {
        let node = KnownNode {
            steps: self.parts.steps(me, id),
            place: self.parts.nodes[me].get(id).place,
        };
        let (nodes, place) = (&mut self.nodes[me], id as usize);
        if nodes.len() <= place {
            nodes.resize(place + 1, None);
        }
        nodes[place] = Some(node);
        node
    }
}
