//! Asynchronous replication: the leader waits for nobody.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::single_leader::Persistence;
use crate::single_leader::properties::*;
use crate::single_leader::witnesses::*;

/// The leader never changes, and anybody answers reads.
const FOLLOWER_READS: SingleLeader =
    SingleLeader { election: Election::Never, read: ReadRule::FollowerLocal, ..ASYNCHRONOUS };

pub(super) const SECTION: Section<SingleLeader> = Section {
    title: "Asynchronous",
    scenarios: &[
        Scenario {
            name: "asynchronous-failover",
            rows: &["A01"],
            question: "Does an acknowledged update survive a failover?",
            tier: Tier::Quick,
            protocol: ASYNCHRONOUS,
            environment: suspicions(1),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Violated { steps: 4 }),
            ],
        },
        Scenario {
            name: "asynchronous-split-brain",
            rows: &["A59"],
            question: "Can two leaders acknowledge different updates at the same position?",
            tier: Tier::Quick,
            protocol: ASYNCHRONOUS,
            environment: suspicions(1),
            clients: &[client(&[write("x", "1", 0)]), client(&[write("x", "2", 1)])],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (TWO_REPLICAS_LEAD_AT_ONCE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (ONE_LEADER_PER_EPOCH, Holds),
                (LEADERS_ARE_COMPLETE, Violated { steps: 3 }),
                (ACKNOWLEDGED_POSITIONS_NEVER_DECREASE, Violated { steps: 4 }),
                (ACKNOWLEDGED_LOGS_AGREE, Violated { steps: 3 }),
            ],
        },
        Scenario {
            name: "asynchronous-leader-restarts",
            rows: &["A02"],
            question: "Does an acknowledged update survive a restart of the leader, if nobody takes over?",
            tier: Tier::Quick,
            protocol: SingleLeader { election: Election::Never, ..ASYNCHRONOUS },
            environment: failures(2, 0),
            clients: &[client(&[write("x", "1", 0), read("x", 0)])],
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
                (DISKS_HOLD_WHAT_WAS_SAID, Holds),
                (ACKNOWLEDGED_UPDATES_ARE_ON_DISK, Holds),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LINEARIZABLE, Holds),
            ],
        },
        Scenario {
            name: "asynchronous-lazy-disk",
            rows: &["A03"],
            question: "Does it survive a power failure of the leader, if the disk is synced later?",
            tier: Tier::Quick,
            protocol: SingleLeader {
                election: Election::Never,
                persistence: Persistence::Lazy,
                ..ASYNCHRONOUS
            },
            environment: Environment {
                faults: FaultBudget { unclean_crashes: 1, ..FaultBudget::NONE },
                ..Environment::CALM
            },
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (ACKNOWLEDGED_UPDATES_ARE_ON_DISK, Violated { steps: 3 }),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Violated { steps: 5 }),
            ],
        },
        Scenario {
            name: "follower-reads",
            rows: &["A04", "A06"],
            question: "What does a client see that writes at the leader and always reads at one follower?",
            tier: Tier::Quick,
            protocol: FOLLOWER_READS,
            environment: Environment::CALM,
            clients: &[
                client(&[write("x", "1", 0), read("x", 1), read("x", 1)]),
                client(&[write("x", "2", 0)]),
            ],
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (READERS_SEE_A_PREFIX, Holds),
                (MONOTONIC_READS, Holds),
                (READ_YOUR_WRITES, Violated { steps: 6 }),
            ],
        },
        Scenario {
            name: "reads-hop-between-replicas",
            rows: &["A05"],
            question: "What does a client see that reads now here, now there?",
            tier: Tier::Quick,
            protocol: FOLLOWER_READS,
            environment: Environment::CALM,
            clients: &[
                client(&[write("x", "1", 0)]),
                client(&[read_anywhere("x"), read_anywhere("x")]),
            ],
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (MONOTONIC_READS, Violated { steps: 8 }),
            ],
        },
        Scenario {
            name: "reads-carry-a-token",
            rows: &["A07"],
            question: "And if its reads carry what it has seen, and a replica behind that refuses?",
            tier: Tier::Quick,
            protocol: SingleLeader { read: ReadRule::FollowerWithToken, ..FOLLOWER_READS },
            environment: Environment::CALM,
            clients: &[
                client_with_token(&[write("x", "1", 0), read_anywhere("x"), read_anywhere("x")]),
                client(&[write("x", "2", 0)]),
            ],
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (A_READ_IS_REFUSED, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (READ_YOUR_WRITES, Holds),
                (MONOTONIC_READS, Holds),
            ],
        },
        Scenario {
            name: "reading-session-carries-a-token",
            rows: &["A07"],
            question: "Does a token serve a session that only reads?",
            tier: Tier::Quick,
            protocol: SingleLeader { read: ReadRule::FollowerWithToken, ..FOLLOWER_READS },
            environment: Environment::CALM,
            clients: &[
                client(&[write("x", "1", 0)]),
                client_with_token(&[read_anywhere("x"), read_anywhere("x")]),
            ],
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (A_READ_IS_REFUSED, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (MONOTONIC_READS, Holds),
            ],
        },
        Scenario {
            name: "token-across-a-failover",
            rows: &["A07"],
            question: "Does the token help when a failover loses what it stands for?",
            tier: Tier::Quick,
            protocol: SingleLeader { read: ReadRule::FollowerWithToken, ..ASYNCHRONOUS },
            environment: suspicions(1),
            clients: &[client_with_token(&[write("x", "1", 0), read("x", 1)])],
            verdicts: &[
                (A_READ_FINDS_A_VALUE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (READ_YOUR_WRITES, Violated { steps: 7 }),
            ],
        },
        Scenario {
            name: "updates-arrive-out-of-order",
            rows: &["A08"],
            question: "Can a follower show a later update without an earlier one?",
            tier: Tier::Quick,
            protocol: FOLLOWER_READS,
            environment: Environment::CALM,
            clients: &[client(&[add("n", 1, 0), add("n", 10, 0)]), client(&[read("n", 1)])],
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LOGS_MATCH, Holds),
                (READERS_SEE_A_PREFIX, Holds),
                (CONSISTENT_PREFIX, Holds),
            ],
        },
        Scenario {
            name: "updates-are-applied-as-they-arrive",
            rows: &["A08"],
            question: "Can it, if it does not check what an update follows?",
            tier: Tier::Quick,
            protocol: without(Safeguard::PrefixChecked, FOLLOWER_READS),
            environment: Environment::CALM,
            clients: &[client(&[add("n", 1, 0), add("n", 10, 0)]), client(&[read("n", 1)])],
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LOGS_MATCH, Violated { steps: 6 }),
                (CONSISTENT_PREFIX, Violated { steps: 9 }),
            ],
        },
    ],
};
