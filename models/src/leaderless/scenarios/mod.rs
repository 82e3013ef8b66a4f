//! The table that `check` runs and that `spec-docs/leaderless.md` prints: configuration × faults ×
//! property × verdict.
//!
//! Each scenario differs from a named configuration in what its question is about, and runs in the
//! smallest world that shows the answer. Messages arrive at most once, or never, where it is not said
//! otherwise: what datagrams add is that they arrive again.

mod availability;
mod clocks;
mod conditional;
mod convergence;
mod deletions;
mod fallbacks;
mod membership;
mod partial_writes;
mod quorums;
mod restarts;
mod siblings;
mod write_back;
mod writers;

use super::{Leaderless, Safeguard, Versions, WriteBack};
use crate::cluster::script::{add, client, read, write};
use crate::cluster::{
    Ask, At, Client, Environment, FaultBudget, NetworkKind, Property, Section, Step,
};
use crate::consistency::Guarantee;
use crate::vocabulary::ReplicaSet;

/// Every scenario, by subject.
pub const SECTIONS: &[Section<Leaderless>] = &[
    quorums::SECTION,
    write_back::SECTION,
    writers::SECTION,
    clocks::SECTION,
    partial_writes::SECTION,
    fallbacks::SECTION,
    convergence::SECTION,
    deletions::SECTION,
    restarts::SECTION,
    siblings::SECTION,
    conditional::SECTION,
    membership::SECTION,
    availability::SECTION,
];

/// Known facts about leaderless replication that no scenario decides, and why.
pub const LEFT_OUT: &[(&str, &str)] = &[(
    "C43",
    "A row is one request for several registers. Coordinators take requests for one register alone and \
     refuse others, so that no row is written whose parts could part.",
)];

const LINEARIZABLE: Property<Leaderless> = Property::guarantee(Guarantee::Linearizable);
const REGULAR: Property<Leaderless> = Property::guarantee(Guarantee::Regular);
const SAFE: Property<Leaderless> = Property::guarantee(Guarantee::Safe);
const READ_YOUR_WRITES: Property<Leaderless> = Property::guarantee(Guarantee::ReadYourWrites);
const MONOTONIC_READS: Property<Leaderless> = Property::guarantee(Guarantee::MonotonicReads);
const EXACTLY_ONCE: Property<Leaderless> = Property::guarantee(Guarantee::ExactlyOnce);

/// One writer, and reads that repair nothing: w of n and r of n and nothing else.
const fn quorums(write_quorum: u8, read_quorum: u8, copies: u8) -> Leaderless {
    Leaderless {
        write_quorum,
        read_quorum,
        versions: Versions::SingleWriter,
        write_back: WriteBack::Nobody,
        ..Leaderless::majority(copies)
    }
}

/// The same without a safeguard.
const fn without(safeguard: Safeguard, protocol: Leaderless) -> Leaderless {
    Leaderless { safeguards: protocol.safeguards.without(safeguard), ..protocol }
}

/// Messages arrive once, in any order, late or never. No fault beside that.
const ONCE: Environment =
    Environment { network: NetworkKind::AtMostOnce, forgets: true, ..Environment::CALM };

/// The same with these faults.
const fn faults(faults: FaultBudget) -> Environment {
    Environment { faults, ..ONCE }
}

/// The same with as many crashes of processes.
const fn crashes(crashes: u8) -> Environment {
    faults(FaultBudget { crashes, ..FaultBudget::NONE })
}

/// The same where coordinators stop waiting so often, right or wrong.
const fn suspicions(suspicions: u8, by: &[u8]) -> Environment {
    Environment {
        suspecting: ReplicaSet::of(by),
        ..faults(FaultBudget { suspicions, ..FaultBudget::NONE })
    }
}

const fn delete(key: &'static str, replica: u8) -> Step {
    Step::Ask(Ask::Delete(key), At::Replica(replica))
}

const fn compare_and_set(
    key: &'static str,
    expected: Option<&'static str>,
    value: &'static str,
    replica: u8,
) -> Step {
    Step::Ask(Ask::CompareAndSet(key, expected, value), At::Replica(replica))
}

/// A writer at the first replica, and a reader at the second.
const WRITE_AND_READ: &[Client] = &[client(&[write("x", "1", 0)]), client(&[read("x", 1)])];

/// A writer at the first replica, and a reader who moves on after the first answer.
const WRITE_AND_READ_TWICE: &[Client] =
    &[client(&[write("x", "1", 0)]), client(&[read("x", 0), read("x", 1)])];
