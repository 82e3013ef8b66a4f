//! The configuration: which rule decides each question. Rules are values, so that comparing two of
//! them compares one thing.

use super::{Safeguard, Safeguards};
use crate::vocabulary::ReplicaId;

/// Regions, each of which is the home of some keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HomeRegion {
    /// How many regions there are.
    pub replicas: u8,
    /// Whether a home moves to where its writers are.
    pub homing: Homing,
    /// What becomes of a key whose home is silent.
    pub disaster: Disaster,
    /// What readers are shown.
    pub read: ReadRule,
    /// How many entries one message carries at most.
    pub batch: u16,
    /// The mechanisms that are on. A node has all of them.
    pub safeguards: Safeguards,
}

impl HomeRegion {
    /// Homes stay where they are, readers see the copy of the region that they ask, and nobody takes
    /// over. Scenarios say how they differ.
    #[must_use]
    pub const fn fixed(replicas: u8) -> Self {
        Self {
            replicas,
            homing: Homing::Fixed,
            disaster: Disaster::Wait,
            read: ReadRule::Copy,
            batch: 64,
            safeguards: Safeguards::ALL,
        }
    }

    /// The ids of all regions.
    pub fn ids(&self) -> impl Iterator<Item = ReplicaId> + use<> {
        (0..self.replicas).map(ReplicaId)
    }

    /// The ids of all regions but `me`.
    pub fn others(&self, me: ReplicaId) -> impl Iterator<Item = ReplicaId> + use<> {
        self.ids().filter(move |id| *id != me)
    }

    /// Whether `safeguard` is on.
    #[must_use]
    pub const fn has(&self, safeguard: Safeguard) -> bool {
        self.safeguards.contain(safeguard)
    }
}

/// Whether a home moves to where its writers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Homing {
    /// It does not.
    Fixed,
    /// It moves to a region that forwards an update, once it has taken that update.
    FollowsWriters,
}

/// What becomes of a key whose home is silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Disaster {
    /// Its updates wait until the home is back.
    Wait,
    /// A region that takes the home to be gone, and is asked for an update, makes itself the home.
    TakeOver,
}

/// What readers are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReadRule {
    /// The latest that the region they ask has of a key.
    Copy,
    /// Every key as it was at one moment, up to which the region has everything.
    Snapshot,
    /// What the home of the key has.
    Home,
}
