//! The table that `check` runs and that `spec-docs/multi-leader-locking.md` prints: configuration ×
//! faults × property × verdict.
//!
//! Each scenario differs from a named configuration in what its question is about, and runs in the
//! smallest world that shows the answer.

mod crashes;
mod locks;
mod reads;

use super::{Conflict, LockLife, Locking, ReadRule, Safeguard};
use crate::cluster::script::{add, client, read, write};
use crate::cluster::{
    Ask, At, Client, Environment, FaultBudget, Links, NetworkKind, Property, Section, Step,
};
use crate::consistency::Guarantee;

/// Every scenario, by subject.
pub const SECTIONS: &[Section<Locking>] = &[locks::SECTION, crashes::SECTION, reads::SECTION];

/// Known facts about locks that no scenario decides, and why.
pub const LEFT_OUT: &[(&str, &str)] = &[(
    "B04",
    "Nothing is written here under a lease alone: a promise is a lock at every replica, and no clock ends it, \
     so that a lock which expires costs one attempt and no update.",
)];

const LINEARIZABLE: Property<Locking> = Property::guarantee(Guarantee::Linearizable);

/// Two replicas that decide a conflict by `conflict`.
const fn deciding(conflict: Conflict) -> Locking {
    Locking { conflict, ..Locking::wait_die(2) }
}

/// The same without a safeguard.
const fn without(safeguard: Safeguard, protocol: Locking) -> Locking {
    Locking { safeguards: protocol.safeguards.without(safeguard), ..protocol }
}

/// No faults but these, where a message arrives at most once.
const fn faults(faults: FaultBudget) -> Environment {
    Environment { faults, network: NetworkKind::AtMostOnce, ..Environment::CALM }
}

/// Messages arrive at most once, and nothing else goes wrong.
const QUIET: Environment = faults(FaultBudget::NONE);

/// One addition at each of two replicas.
const TWO_COUNT: &[Client] = &[client(&[add("n", 1, 0)]), client(&[add("n", 2, 1)])];
