//! Who talks to whom.

use super::{Convergent, Topology};
use crate::vocabulary::{ReplicaId, ReplicaSet};

/// The hub of a star.
const HUB: ReplicaId = ReplicaId(0);

impl Convergent {
    /// Whom `me` tells what it has.
    #[must_use]
    pub fn neighbours(&self, me: ReplicaId) -> ReplicaSet {
        let everybody = ReplicaSet::first(self.replicas);
        let told = match self.topology {
            Topology::AllToAll => everybody,
            Topology::Ring => ReplicaSet::EMPTY.with(ReplicaId((me.0 + 1) % self.replicas)),
            Topology::Star if me == HUB => everybody,
            Topology::Star => ReplicaSet::EMPTY.with(HUB),
        };
        told.without(me)
    }

    /// To whom `me` passes on what `maker` made and `from` told.
    #[must_use]
    pub fn passes_on(&self, me: ReplicaId, from: ReplicaId, maker: ReplicaId) -> ReplicaSet {
        match self.topology {
            // Everybody hears it from its maker.
            Topology::AllToAll => ReplicaSet::EMPTY,
            Topology::Ring | Topology::Star => self.neighbours(me).without(from).without(maker),
        }
    }
}
