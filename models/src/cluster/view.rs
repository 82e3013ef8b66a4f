//! One moment, as properties see it.

use std::cell::Cell;

use super::{Cluster, Disk, State};
use crate::consistency::History;
use crate::protocol::Protocol;
use crate::vocabulary::ReplicaId;

/// One moment, as properties see it.
#[derive(Debug)]
pub struct View<'a, P: Protocol> {
    pub(super) cluster: &'a Cluster<P>,
    pub(super) state: &'a State<P>,
    watch: Option<&'a Watch>,
}

/// Notes what a property looks at. Judging is deterministic and sees nothing else, so a moment that
/// is equal in what was looked at is judged equally.
#[derive(Debug, Default)]
pub struct Watch {
    /// What was looked at so far.
    pub seen: Cell<Seen>,
    /// Whether the moment is quiescent: known to whoever watches, since a state that is put together
    /// only to be judged need not have everything in it that decides that.
    pub quiescent: bool,
}

/// Which parts of a moment were looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Seen {
    /// Replicas and disks.
    pub places: bool,
    /// What clients asked and heard.
    pub history: bool,
    /// Where clients stand.
    pub clients: bool,
    /// Whether anything is due.
    pub quiescence: bool,
    /// What the last step broke.
    pub broken: bool,
}

impl<'a, P: Protocol> View<'a, P> {
    /// A view of `state`.
    #[must_use]
    pub const fn new(cluster: &'a Cluster<P>, state: &'a State<P>) -> Self {
        Self { cluster, state, watch: None }
    }

    /// A view of `state` that notes what is looked at.
    #[must_use]
    pub const fn watched(cluster: &'a Cluster<P>, state: &'a State<P>, watch: &'a Watch) -> Self {
        Self { cluster, state, watch: Some(watch) }
    }

    /// What the last step broke.
    pub(super) fn broken(&self) -> u32 {
        self.look(|seen| seen.broken = true);
        self.state.broken
    }

    fn look(&self, at: impl FnOnce(&mut Seen)) {
        if let Some(watch) = self.watch {
            let mut seen = watch.seen.get();
            at(&mut seen);
            watch.seen.set(seen);
        }
    }

    /// The replicas' configuration.
    #[must_use]
    pub const fn protocol(&self) -> &'a P {
        &self.cluster.protocol
    }

    /// What clients asked and heard.
    #[must_use]
    pub fn history(&self) -> &'a History {
        self.look(|seen| seen.history = true);
        &self.state.history
    }

    /// The ids of all replicas, running or not.
    pub fn ids(&self) -> impl Iterator<Item = ReplicaId> + use<P> {
        self.cluster.replicas()
    }

    /// What `replica` knows, if it runs.
    #[must_use]
    pub fn replica(&self, replica: ReplicaId) -> Option<&'a P::Replica> {
        self.look(|seen| seen.places = true);
        self.state.place(replica).process.as_ref().map(|process| &*process.replica)
    }

    /// The replicas that run.
    pub fn running(&self) -> impl Iterator<Item = (ReplicaId, &'a P::Replica)> {
        self.ids().filter_map(|id| Some((id, self.replica(id)?)))
    }

    /// What `replica` has persisted.
    #[must_use]
    pub fn disk(&self, replica: ReplicaId) -> &'a Disk<P::Durable> {
        self.look(|seen| seen.places = true);
        &self.state.place(replica).disk
    }

    /// Whether only faults could change anything.
    #[must_use]
    pub fn is_quiescent(&self) -> bool {
        self.look(|seen| seen.quiescence = true);
        match self.watch {
            Some(watch) => watch.quiescent,
            None => self.cluster.is_quiescent(self.state),
        }
    }

    /// Whether no client has anything left to ask or to hear.
    #[must_use]
    pub fn clients_are_done(&self) -> bool {
        self.look(|seen| seen.clients = true);
        self.cluster
            .clients
            .iter()
            .zip(&self.state.clients)
            .all(|(client, at)| at.next == client.script.len())
    }
}
