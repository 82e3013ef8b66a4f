//! What comes true in the end, once nothing goes wrong any more and whatever is due is done.

use super::in_sync::{controlled, in_sync};
use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::single_leader::Truncation;
use crate::single_leader::properties::*;
use crate::single_leader::witnesses::*;

/// A leader that waits for nobody, and compacts its log after every applied entry.
const COMPACTING: SingleLeader =
    SingleLeader { election: Election::Never, compact_after: Some(1), ..ASYNCHRONOUS };

/// So many messages are lost for good, and whatever may have been lost is repeated without end.
const fn losing(losses: u8) -> Environment {
    Environment { faults: FaultBudget { losses, ..FaultBudget::NONE }, ..Environment::CALM }
        .repeating()
}

const ADD_TWICE: &[Client] = &[client(&[add("n", 1, 0), add("n", 10, 0)])];

/// One update, at whichever replica answers.
const WRITE_ANYWHERE: &[Client] = &[client(&[write_anywhere("x", "1")])];

pub(super) const SECTION: Section<SingleLeader> = Section {
    title: "Liveness",
    scenarios: &[
        Scenario {
            name: "purged-entries-arrive-as-a-snapshot",
            rows: &["A64"],
            question: "Do all replicas come to hold the same, and stay so, if a message is lost and its entries are compacted?",
            tier: Tier::Quick,
            protocol: COMPACTING,
            environment: losing(1).retrying(),
            clients: ADD_TWICE,
            verdicts: &[
                (A_FOLLOWER_HAS_A_SNAPSHOT, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (CONVERGES, Holds),
                (CAN_ALWAYS_RECOVER, Holds),
            ],
        },
        Scenario {
            name: "purged-entries-never-arrive",
            rows: &["A64"],
            question: "And if the leader sends no snapshot?",
            tier: Tier::Quick,
            protocol: without(Safeguard::SnapshotForPurged, COMPACTING),
            environment: losing(1).retrying(),
            clients: ADD_TWICE,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (CONVERGES, Violated { steps: 7 }),
            ],
        },
        Scenario {
            name: "client-asks-until-it-is-answered",
            rows: &[],
            question: "Is a client answered in the end that asks again whatever may have been lost?",
            tier: Tier::Quick,
            protocol: SingleLeader::majority(3),
            environment: losing(1).retrying(),
            clients: ADD_TWICE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (EVERY_REQUEST_IS_ANSWERED, Holds),
                (CONVERGES, Holds),
            ],
        },
        Scenario {
            name: "client-asks-once",
            rows: &[],
            question: "And one that asks once?",
            tier: Tier::Quick,
            protocol: SingleLeader::majority(3),
            environment: losing(1),
            clients: ADD_TWICE,
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (EVERY_REQUEST_IS_ANSWERED, Violated { steps: 3 }),
                (CONVERGES, Holds),
            ],
        },
        Scenario {
            name: "deaf-leader-is-asked-again",
            rows: &["A68"],
            question: "And one that asks a leader that is heard, but hears nobody?",
            tier: Tier::Quick,
            protocol: SingleLeader::majority(3),
            environment: Environment { cut: Links::of(&[(1, 0), (2, 0)]), ..losing(0).retrying() },
            clients: ONE_WRITE,
            verdicts: &[
                (AN_UPDATE_IS_APPENDED, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (EVERY_REQUEST_IS_ANSWERED, Violated { steps: 4 }),
            ],
        },
        Scenario {
            name: "old-leader-comes-round",
            rows: &["A47"],
            question: "Can a cluster always recover from a failover that leaves two logs?",
            tier: Tier::Quick,
            protocol: SingleLeader { ack: AckRule::Followers(1), ..ASYNCHRONOUS },
            environment: suspicions(1).repeating().retrying(),
            clients: WRITE_ANYWHERE,
            verdicts: &[
                (A_DEPOSED_LEADER_FOLLOWS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (CONVERGES, Holds),
                (CAN_ALWAYS_RECOVER, Holds),
            ],
        },
        Scenario {
            name: "old-leader-never-comes-round",
            rows: &["A20"],
            question: "And if the old leader keeps what conflicts?",
            tier: Tier::Quick,
            protocol: SingleLeader {
                ack: AckRule::Followers(1),
                truncation: Truncation::Never,
                ..ASYNCHRONOUS
            },
            environment: suspicions(1).repeating().retrying(),
            clients: WRITE_ANYWHERE,
            verdicts: &[
                (A_DEPOSED_LEADER_FOLLOWS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (CONVERGES, Violated { steps: 10 }),
                (CAN_ALWAYS_RECOVER, Violated { steps: 6 }),
            ],
        },
        Scenario {
            name: "replaced-leader-is-ignored",
            rows: &["A45"],
            question: "Do logs become equal, and stay so, if what a replaced leader sent arrives again and again?",
            tier: Tier::Quick,
            protocol: SingleLeader::majority(3),
            environment: suspicions(1).suspected_by(&[1]).repeating(),
            clients: ONE_WRITE,
            verdicts: &[
                (A_DEPOSED_LEADER_FOLLOWS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (CONVERGES, Holds),
            ],
        },
        Scenario {
            name: "replaced-leader-is-believed",
            rows: &["A45"],
            question: "And if a follower does not look at the epoch of what arrives?",
            tier: Tier::Quick,
            protocol: without(Safeguard::StaleEpochsRejected, SingleLeader::majority(3)),
            environment: suspicions(1).suspected_by(&[1]).repeating(),
            clients: ONE_WRITE,
            verdicts: &[
                (A_DEPOSED_LEADER_FOLLOWS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (CONVERGES, Violated { steps: 15 }),
            ],
        },
        Scenario {
            name: "appointed-leader-leads",
            rows: &["A28"],
            question: "And from an appointment of which a message is lost?",
            tier: Tier::Quick,
            protocol: in_sync(2, 1),
            environment: controlled(
                2,
                FaultBudget { losses: 1, suspicions: 1, ..FaultBudget::NONE },
            )
            .repeating()
            .retrying(),
            clients: WRITE_ANYWHERE,
            verdicts: &[
                (ANOTHER_REPLICA_LEADS, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (EVERY_REQUEST_IS_ANSWERED, Holds),
                (CONVERGES, Holds),
                (CAN_ALWAYS_RECOVER, Holds),
            ],
        },
        Scenario {
            name: "candidate-cannot-win",
            rows: &["A67"],
            question: "And if the leader steps down for a candidate that cannot win, and nobody suspects anybody again?",
            tier: Tier::Quick,
            protocol: SingleLeader::majority(2),
            environment: suspicions(1).suspected_by(&[1]).repeating().retrying(),
            clients: WRITE_ANYWHERE,
            verdicts: &[
                (A_LATER_LEADER_ACKNOWLEDGES, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (EVERY_REQUEST_IS_ANSWERED, Violated { steps: 8 }),
                (CONVERGES, Holds),
                (CAN_ALWAYS_RECOVER, Violated { steps: 3 }),
            ],
        },
    ],
};
