//! The configuration: which rule decides each question. Rules are values, so that comparing two of
//! them compares one thing.

use super::{Safeguard, Safeguards};
use crate::vocabulary::ReplicaId;

/// Replicas that all take updates, and lock all others first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Locking {
    /// How many replicas there are.
    pub replicas: u8,
    /// What becomes of a transaction that wants a key which another one holds.
    pub conflict: Conflict,
    /// How long a lock lasts.
    pub life: LockLife,
    /// What readers are shown.
    pub read: ReadRule,
    /// The mechanisms that are on. A node has all of them.
    pub safeguards: Safeguards,
}

impl Locking {
    /// The younger of two transactions dies, locks last until they are released, and readers keep away
    /// from keys that are about to change. Scenarios say how they differ.
    #[must_use]
    pub const fn wait_die(replicas: u8) -> Self {
        Self {
            replicas,
            conflict: Conflict::WaitDie,
            life: LockLife::UntilReleased,
            read: ReadRule::Respectful,
            safeguards: Safeguards::ALL,
        }
    }

    /// The ids of all replicas.
    pub fn ids(&self) -> impl Iterator<Item = ReplicaId> + use<> {
        (0..self.replicas).map(ReplicaId)
    }

    /// The ids of all replicas but `me`.
    pub fn others(&self, me: ReplicaId) -> impl Iterator<Item = ReplicaId> + use<> {
        self.ids().filter(move |id| *id != me)
    }

    /// Whether `safeguard` is on.
    #[must_use]
    pub const fn has(&self, safeguard: Safeguard) -> bool {
        self.safeguards.contain(safeguard)
    }
}

/// What becomes of a transaction that wants a key which another one holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Conflict {
    /// It waits. Two may wait for each other.
    Wait,
    /// It waits if it is the older, and dies otherwise (Rosenkrantz, Stearns & Lewis 1978).
    WaitDie,
    /// It dies.
    Die,
}

/// How long a lock lasts whose holder is not prepared yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LockLife {
    /// Until its holder releases it, or is taken to be gone.
    UntilReleased,
    /// So many ticks of the clock of the replica that has granted it, if another one wants it.
    Ticks(u64),
}

/// What readers are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReadRule {
    /// What the replica that they ask has; nothing of a key that is prepared to change.
    Respectful,
    /// What the replica that they ask has.
    Heedless,
}
