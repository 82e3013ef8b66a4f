//! Waiting for a set that a registry keeps, and appointing from it.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::single_leader::properties::*;
use crate::single_leader::witnesses::*;
use crate::single_leader::{Eviction, Persistence};
use crate::vocabulary::{ReplicaId, ReplicaSet};

/// Everybody in sync acknowledges; the registry says who is, and who leads.
pub(super) const fn in_sync(replicas: u8, at_least: u8) -> SingleLeader {
    SingleLeader {
        ack: AckRule::InSync { at_least },
        election: Election::Appointed { unclean: false },
        eviction: Eviction::Registered,
        read: ReadRule::LeaderLocal,
        ..SingleLeader::majority(replicas)
    }
}

/// As above, on disks that are synced later.
pub(super) const fn lazy(replicas: u8, at_least: u8) -> SingleLeader {
    SingleLeader { persistence: Persistence::Lazy, ..in_sync(replicas, at_least) }
}

/// A controller that never fails, beside replicas that do.
pub(super) const fn controlled(replicas: u8, faults: FaultBudget) -> Environment {
    Environment { faults, spared: ReplicaSet::EMPTY.with(ReplicaId(replicas)), ..Environment::CALM }
}

/// The leader evicts somebody, and restarts. Links keep their order, so that there is less to explore.
const REJOINING: Environment = Environment {
    network: NetworkKind::Fifo,
    spared: ReplicaSet::of(&[1, 2, 3]),
    ..failures(1, 1).suspected_by(&[0])
};

const WRITE_TWICE: &[Client] = &[client(&[write("x", "1", 0), write("x", "2", 0)])];

pub(super) const SECTION: Section<SingleLeader> = Section {
    title: "In-sync set",
    scenarios: &[
        Scenario {
            name: "leader-is-appointed-from-the-in-sync-set",
            rows: &["A28"],
            question: "Does an acknowledged update survive if followers leave the set through the registry?",
            tier: Tier::Quick,
            protocol: in_sync(2, 1),
            environment: controlled(
                2,
                FaultBudget { crashes: 1, suspicions: 2, ..FaultBudget::NONE },
            ),
            clients: ONE_WRITE,
            verdicts: IN_SYNC_HOLDS,
        },
        Scenario {
            name: "follower-is-dropped-without-the-registry",
            rows: &["A27", "A28"],
            question: "And if the leader drops them on its own?",
            tier: Tier::Quick,
            protocol: SingleLeader { eviction: Eviction::Local, ..in_sync(2, 1) },
            environment: controlled(2, FaultBudget { suspicions: 2, ..FaultBudget::NONE }),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LEADERS_WAIT_FOR_THE_REGISTERED, Violated { steps: 1 }),
                (WHOEVER_MAY_LEAD_IS_COMPLETE, Violated { steps: 4 }),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Violated { steps: 6 }),
            ],
        },
        Scenario {
            name: "proposals-are-fenced",
            rows: &["A28"],
            question: "Can a leader that was replaced still change who is in sync?",
            tier: Tier::Quick,
            protocol: in_sync(2, 1),
            environment: controlled(2, FaultBudget { suspicions: 2, ..FaultBudget::NONE })
                .at_most_once(),
            clients: &[client(&[write("x", "1", 1)])],
            verdicts: IN_SYNC_HOLDS,
        },
        Scenario {
            name: "proposals-are-not-fenced",
            rows: &["A28"],
            question: "And if the registry takes proposals from a leader it has replaced?",
            tier: Tier::Quick,
            protocol: without(Safeguard::ProposalsFenced, in_sync(2, 1)),
            environment: controlled(2, FaultBudget { suspicions: 2, ..FaultBudget::NONE })
                .at_most_once(),
            clients: &[client(&[write("x", "1", 1)])],
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LEADERS_WAIT_FOR_THE_REGISTERED, Violated { steps: 4 }),
                (WHOEVER_MAY_LEAD_IS_COMPLETE, Violated { steps: 7 }),
            ],
        },
        Scenario {
            name: "anybody-may-be-appointed",
            rows: &["A29"],
            question: "And if the controller may appoint a replica that is not in sync?",
            tier: Tier::Quick,
            protocol: SingleLeader {
                election: Election::Appointed { unclean: true },
                ..in_sync(2, 1)
            },
            environment: controlled(2, FaultBudget { suspicions: 2, ..FaultBudget::NONE }),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_FOLLOWER_IS_EVICTED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Violated { steps: 8 }),
            ],
        },
        Scenario {
            name: "last-replica-loses-its-log",
            rows: &["A30"],
            question: "What if the last replica in sync loses what it had not synced, and leads on?",
            tier: Tier::Quick,
            protocol: without(Safeguard::UncleanLeavesInSync, lazy(2, 1)),
            environment: controlled(
                2,
                FaultBudget { unclean_crashes: 1, suspicions: 1, ..FaultBudget::NONE },
            ),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_FOLLOWER_IS_EVICTED, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Violated { steps: 9 }),
            ],
        },
        Scenario {
            name: "unclean-restart-leaves-the-in-sync-set",
            rows: &["A31"],
            question: "Do two in-sync replicas make up for a disk that is synced later?",
            tier: Tier::Quick,
            protocol: lazy(2, 2),
            environment: controlled(
                2,
                FaultBudget { unclean_crashes: 1, suspicions: 1, ..FaultBudget::NONE },
            )
            .at_most_once(),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LEADERS_WAIT_FOR_THE_REGISTERED, Holds),
                (SOMEBODY_HOLDS_EVERY_ACKNOWLEDGED_UPDATE, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
            ],
        },
        Scenario {
            name: "acknowledgement-from-before-a-restart",
            rows: &["A31"],
            question: "And if an acknowledgement from before the restart still counts?",
            tier: Tier::Quick,
            protocol: without(Safeguard::StaleAcksRejected, lazy(2, 2)),
            environment: controlled(
                2,
                FaultBudget { unclean_crashes: 1, suspicions: 1, ..FaultBudget::NONE },
            )
            .at_most_once(),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Violated { steps: 13 }),
            ],
        },
        Scenario {
            name: "two-unclean-restarts",
            rows: &["A32"],
            question: "And if both lose what they had not synced?",
            tier: Tier::Quick,
            protocol: lazy(2, 2),
            environment: controlled(2, FaultBudget { unclean_crashes: 2, ..FaultBudget::NONE })
                .at_most_once(),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (SOMEBODY_HOLDS_EVERY_ACKNOWLEDGED_UPDATE, Violated { steps: 7 }),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
            ],
        },
        Scenario {
            name: "eligible-while-nothing-is-acknowledged",
            rows: &["A33"],
            question: "May a replica lead that left the in-sync set when too few were left in it?",
            tier: Tier::Quick,
            protocol: in_sync(3, 2),
            environment: controlled(3, FaultBudget { suspicions: 2, ..FaultBudget::NONE })
                .suspected_by(&[0])
                .at_most_once()
                .alike(&[1, 2]),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_FOLLOWER_IS_EVICTED, Reached),
                (A_FOLLOWER_IS_ELIGIBLE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LEADERS_WAIT_FOR_THE_REGISTERED, Holds),
                (WHOEVER_MAY_LEAD_IS_COMPLETE, Holds),
            ],
        },
        Scenario {
            name: "eligible-for-too-long",
            rows: &["A33"],
            question: "What if a replica stays eligible after others could acknowledge without it?",
            tier: Tier::Quick,
            protocol: without(Safeguard::EligibleCleared, in_sync(3, 2)),
            environment: controlled(3, FaultBudget { suspicions: 2, ..FaultBudget::NONE })
                .suspected_by(&[0])
                .at_most_once()
                .alike(&[1, 2]),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (WHOEVER_MAY_LEAD_IS_COMPLETE, Violated { steps: 13 }),
            ],
        },
        Scenario {
            name: "follower-joins-when-it-has-caught-up",
            rows: &["A63"],
            question: "Is a follower complete that the leader takes back into the in-sync set?",
            tier: Tier::Quick,
            protocol: SingleLeader { batch: 1, ..in_sync(3, 1) },
            environment: REJOINING.alike(&[1, 2]),
            clients: WRITE_TWICE,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_FOLLOWER_IS_EVICTED, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LEADERS_WAIT_FOR_THE_REGISTERED, Holds),
                (WHOEVER_MAY_LEAD_IS_COMPLETE, Holds),
            ],
        },
        Scenario {
            name: "follower-joins-before-it-has-caught-up",
            rows: &["A63"],
            question: "What if a follower is in sync again as soon as it holds what this leader knows to be acknowledged?",
            tier: Tier::Quick,
            protocol: SingleLeader {
                batch: 1,
                ..without(Safeguard::CaughtUpBeforeInSync, in_sync(3, 1))
            },
            environment: REJOINING.alike(&[1, 2]),
            clients: WRITE_TWICE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (WHOEVER_MAY_LEAD_IS_COMPLETE, Violated { steps: 26 }),
            ],
        },
        Scenario {
            name: "in-sync-set-at-length",
            rows: &["A28"],
            question: "Does an update survive a crash, and three appointments or evictions, of two replicas?",
            tier: Tier::Thorough,
            protocol: in_sync(2, 1),
            environment: controlled(
                2,
                FaultBudget { crashes: 1, suspicions: 3, ..FaultBudget::NONE },
            )
            .at_most_once(),
            clients: ONE_WRITE,
            verdicts: IN_SYNC_HOLDS,
        },
        Scenario {
            name: "unclean-restart-at-length",
            rows: &["A31"],
            question: "Do two of three in-sync replicas make up for a disk that is synced later?",
            tier: Tier::Thorough,
            protocol: lazy(3, 2),
            environment: controlled(
                3,
                FaultBudget { unclean_crashes: 1, suspicions: 1, ..FaultBudget::NONE },
            )
            .at_most_once()
            .alike(&[1, 2]),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (LEADERS_WAIT_FOR_THE_REGISTERED, Holds),
                (SOMEBODY_HOLDS_EVERY_ACKNOWLEDGED_UPDATE, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
            ],
        },
    ],
};

const IN_SYNC_HOLDS: &[(Property<SingleLeader>, Verdict)] = &[
    (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
    (A_FOLLOWER_IS_EVICTED, Reached),
    (ANOTHER_REPLICA_LEADS, Reached),
    (A_LATER_LEADER_ACKNOWLEDGES, Reached),
    (REPLICAS_ARE_WELL_FORMED, Holds),
    (DISKS_HOLD_WHAT_WAS_SAID, Holds),
    (ONE_LEADER_PER_EPOCH, Holds),
    (LEADERS_ARE_COMPLETE, Holds),
    (LEADERS_WAIT_FOR_THE_REGISTERED, Holds),
    (WHOEVER_MAY_LEAD_IS_COMPLETE, Holds),
    (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
];
