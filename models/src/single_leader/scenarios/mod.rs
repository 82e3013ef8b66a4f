//! The table that `check` runs and that `spec-docs/single-leader.md` prints: configuration × faults
//! × property × verdict.
//!
//! Each scenario differs from a named configuration in what its question is about, and runs in the
//! smallest world that shows the answer.

mod asynchronous;
mod availability;
mod compaction;
mod divergence;
mod exactly_once;
mod in_sync;
mod liveness;
mod majority;
mod majority_at_length;
mod membership;
mod reads;
mod registry;
mod restarts;
mod semi_synchronous;
mod sessions;
mod synchronous;
mod taking;

use super::{AckRule, Election, ReadRule, Safeguard, SingleLeader};
use crate::cluster::script::{add, client, read, write, write_anywhere};
use crate::cluster::{
    Ask, At, Client, Environment, FaultBudget, Links, NetworkKind, Property, Section, Session,
    Step, Symmetry, Verdict,
};
use crate::consistency::Guarantee;
use crate::vocabulary::ReplicaSet;

/// Every scenario, by subject.
pub const SECTIONS: &[Section<SingleLeader>] = &[
    asynchronous::SECTION,
    semi_synchronous::SECTION,
    synchronous::SECTION,
    in_sync::SECTION,
    registry::SECTION,
    majority::SECTION,
    majority_at_length::SECTION,
    divergence::SECTION,
    compaction::SECTION,
    restarts::SECTION,
    reads::SECTION,
    exactly_once::SECTION,
    taking::SECTION,
    membership::SECTION,
    availability::SECTION,
    liveness::SECTION,
    sessions::SECTION,
];

/// Known facts about single-leader replication that no scenario decides, and why.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("A43", "Recovery without disks is another protocol: replicas here remember, or are new."),
    (
        "A44",
        "State transfer by views is another protocol; its fault, truncating what is acknowledged, is seeded by hand.",
    ),
    (
        "A49",
        "Truncation by one lookup of an epoch's end is another protocol; here every entry is matched.",
    ),
    ("A58", "Needs transactions whose order of visibility differs from the order of the log."),
    ("A65", "Chain replication passes updates along, and has no acknowledgement rule to compare."),
    ("A66", "Chain replication, as A65."),
    ("D10", "Needs two logs that no order connects; here there is one."),
];

/// Two replicas, updates acknowledged at once, anybody may take over.
const ASYNCHRONOUS: SingleLeader = SingleLeader {
    ack: AckRule::Asynchronous,
    election: Election::Anyone,
    read: ReadRule::LeaderLocal,
    ..SingleLeader::majority(2)
};

const MEMBERS_3: ReplicaSet = ReplicaSet::first(3);

const LINEARIZABLE: Property<SingleLeader> = Property::guarantee(Guarantee::Linearizable);
const CONSISTENT_PREFIX: Property<SingleLeader> = Property::guarantee(Guarantee::ConsistentPrefix);
const READ_YOUR_WRITES: Property<SingleLeader> = Property::guarantee(Guarantee::ReadYourWrites);
const MONOTONIC_READS: Property<SingleLeader> = Property::guarantee(Guarantee::MonotonicReads);

/// The same without a safeguard.
const fn without(safeguard: Safeguard, protocol: SingleLeader) -> SingleLeader {
    SingleLeader { safeguards: protocol.safeguards.without(safeguard), ..protocol }
}

/// No faults but suspicion, this often: right or wrong, it makes no difference to what follows.
const fn suspicions(suspicions: u8) -> Environment {
    Environment { faults: FaultBudget { suspicions, ..FaultBudget::NONE }, ..Environment::CALM }
}

/// As many crashes of processes, and as many suspicions.
const fn failures(crashes: u8, suspicions: u8) -> Environment {
    Environment {
        faults: FaultBudget { crashes, suspicions, ..FaultBudget::NONE },
        ..Environment::CALM
    }
}

impl Environment {
    /// The same, where a message arrives at most once.
    const fn at_most_once(self) -> Self {
        Self { network: NetworkKind::AtMostOnce, forgets: true, ..self }
    }

    /// The same, where clients ask again until they are answered.
    const fn retrying(self) -> Self {
        let faults = FaultBudget { retries: FaultBudget::UNLIMITED, ..self.faults };
        Self { faults, ..self }
    }

    /// The same, where only these suspect anybody.
    const fn suspected_by(self, replicas: &[u8]) -> Self {
        Self { suspecting: ReplicaSet::of(replicas), ..self }
    }

    /// The same, and it makes no difference which of these replicas is which.
    const fn alike(self, replicas: &[u8]) -> Self {
        let replicas = ReplicaSet::of(replicas);
        Self { symmetry: Symmetry { replicas, ..self.symmetry }, ..self }
    }

    /// The same, and it makes no difference which client is which.
    const fn with_clients_alike(self) -> Self {
        Self { symmetry: Symmetry { clients: true, ..self.symmetry }, ..self }
    }
}

/// A client that hands back what it has seen.
const fn client_with_token(script: &'static [Step]) -> Client {
    Client { session: Session::WithToken, script }
}

const fn read_anywhere(key: &'static str) -> Step {
    Step::Ask(Ask::Read(key), At::Any)
}

/// One client, one update at the first leader.
const ONE_WRITE: &[Client] = &[client(&[write("x", "1", 0)])];

/// One update at the first leader, one at any replica.
const TWO_WRITES: &[Client] = &[client(&[write("x", "1", 0)]), client(&[write_anywhere("x", "2")])];
