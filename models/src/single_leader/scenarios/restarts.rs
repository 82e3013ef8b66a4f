//! What a replica does after a restart with what it remembers.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Unreachable, Violated};
use crate::cluster::{CrashPoints, Scenario, Tier};
use crate::single_leader::Persistence;
use crate::single_leader::properties::*;
use crate::single_leader::witnesses::*;

/// One leader, known from the start.
const LED: SingleLeader = SingleLeader { election: Election::Never, ..ASYNCHRONOUS };

pub(super) const SECTION: Section<SingleLeader> = Section {
    title: "Restarts",
    scenarios: &[
        Scenario {
            name: "candidate-that-asked-in-vain-restarts",
            rows: &["A11"],
            question: "Does a candidate lead after a restart that nobody agreed to?",
            tier: Tier::Quick,
            protocol: SingleLeader {
                replicas: 3,
                members: MEMBERS_3,
                ack: AckRule::Followers(1),
                election: Election::BestReachable,
                ..ASYNCHRONOUS
            },
            environment: Environment {
                cut: Links::of(&[(2, 1)]),
                spared: ReplicaSet::of(&[0, 2]),
                ..failures(1, 1).suspected_by(&[1])
            },
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_REPLICA_STANDS, Reached),
                (ANOTHER_REPLICA_LEADS, Unreachable),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
            ],
        },
        Scenario {
            name: "candidate-that-followed-restarts",
            rows: &["A11"],
            question: "And one that has come to follow another?",
            tier: Tier::Quick,
            protocol: SingleLeader {
                replicas: 3,
                members: MEMBERS_3,
                election: Election::BestReachable,
                ..ASYNCHRONOUS
            },
            environment: Environment {
                cut: Links::of(&[(1, 2)]),
                spared: ReplicaSet::of(&[0, 2]),
                ..failures(1, 3).suspected_by(&[1, 2])
            }
            .at_most_once(),
            clients: &[],
            verdicts: &[
                (A_REPLICA_STANDS, Reached),
                (ANOTHER_REPLICA_LEADS, Reached),
                (A_DEPOSED_LEADER_FOLLOWS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (ONE_LEADER_PER_EPOCH, Holds),
            ],
        },
        Scenario {
            name: "follower-forgets-what-it-acknowledged",
            rows: &["A42"],
            question: "Does a follower catch up that lost what its leader knows it to hold?",
            tier: Tier::Quick,
            protocol: SingleLeader { persistence: Persistence::Lazy, ..LED },
            environment: Environment {
                faults: FaultBudget { unclean_crashes: 1, losses: 1, ..FaultBudget::NONE },
                spared: ReplicaSet::of(&[0]),
                ..Environment::CALM
            }
            .repeating(),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ALL_IS_QUIET, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (FOLLOWERS_HOLD_WHAT_LEADERS_BELIEVE, Violated { steps: 6 }),
                (QUIET_MEANS_CONVERGED, Holds),
            ],
        },
        Scenario {
            name: "leader-goes-down-between-two-messages",
            rows: &["A45"],
            question: "Do followers become equal of whom the leader told one, before it went down?",
            tier: Tier::Quick,
            protocol: SingleLeader { replicas: 3, members: MEMBERS_3, ..LED },
            environment: Environment {
                crash_points: CrashPoints::BetweenEffects,
                ..failures(1, 0)
            }
            .repeating(),
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ALL_IS_QUIET, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (DISKS_HOLD_WHAT_WAS_SAID, Holds),
                (QUIET_MEANS_CONVERGED, Holds),
                (NO_ACKNOWLEDGED_UPDATE_IS_LOST, Holds),
            ],
        },
    ],
};
