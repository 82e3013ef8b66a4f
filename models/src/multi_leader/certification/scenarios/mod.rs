//! The table that `check` runs and that `spec-docs/multi-leader-certification.md` prints: configuration ×
//! faults × property × verdict.
//!
//! Each scenario differs from a named configuration in what its question is about, and runs in the
//! smallest world that shows the answer.

mod conflicts;
mod crashes;
mod order;
mod reads;

use super::{
    Acknowledgement, Certificate, Certification, Flush, Retention, Safeguard, SnapshotRule,
};
use crate::cluster::script::{add, client, read, write};
use crate::cluster::{
    Ask, At, Client, Environment, FaultBudget, Links, NetworkKind, Property, Section, Session, Step,
};
use crate::consistency::Guarantee;

/// Every scenario, by subject.
pub const SECTIONS: &[Section<Certification>] =
    &[conflicts::SECTION, order::SECTION, reads::SECTION, crashes::SECTION];

/// Known facts about certification that no scenario decides, and why.
pub const LEFT_OUT: &[(&str, &str)] = &[];

const LINEARIZABLE: Property<Certification> = Property::guarantee(Guarantee::Linearizable);
const SERIALIZABLE: Property<Certification> = Property::guarantee(Guarantee::Serializable);
const SNAPSHOT_ISOLATION: Property<Certification> =
    Property::guarantee(Guarantee::SnapshotIsolation);
const PARALLEL_SNAPSHOT_ISOLATION: Property<Certification> =
    Property::guarantee(Guarantee::ParallelSnapshotIsolation);

/// Two replicas that also compare what was read.
const fn serializable() -> Certification {
    Certification { certificate: Certificate::ReadsAndWrites, ..Certification::write_sets(2) }
}

/// The same without a safeguard.
const fn without(safeguard: Safeguard, protocol: Certification) -> Certification {
    Certification { safeguards: protocol.safeguards.without(safeguard), ..protocol }
}

/// No faults but these, where a message arrives at most once.
const fn faults(faults: FaultBudget) -> Environment {
    Environment { faults, network: NetworkKind::AtMostOnce, ..Environment::CALM }
}

/// Messages arrive at most once, and nothing else goes wrong.
const QUIET: Environment = faults(FaultBudget::NONE);

/// One addition at each of two replicas.
const TWO_COUNT: &[Client] = &[client(&[add("n", 1, 0)]), client(&[add("n", 2, 1)])];

/// Two replicas that forget the order once both have it.
const fn forgetful() -> Certification {
    Certification { retention: Retention::UntilEverywhere, ..Certification::write_sets(2) }
}

/// A transaction that reads and writes, at `replica`.
const fn transact(
    reads: &'static [&'static str],
    writes: &'static [(&'static str, &'static str)],
    replica: u8,
) -> Step {
    Step::Ask(Ask::Transact(reads, writes), At::Replica(replica))
}
