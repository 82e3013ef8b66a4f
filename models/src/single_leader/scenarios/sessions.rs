//! What sessions see, and what one client can expect of what another has told it: the red packet.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Unreachable, Violated};
use crate::cluster::{Scenario, Tier};
use crate::single_leader::AckMeans;
use crate::single_leader::properties::*;
use crate::single_leader::witnesses::*;

const CAUSAL_ACROSS_NOTIFICATION: Property<SingleLeader> =
    Property::guarantee(Guarantee::CausalAcrossNotification);
const MONOTONIC_WRITES: Property<SingleLeader> = Property::guarantee(Guarantee::MonotonicWrites);
const WRITES_FOLLOW_READS: Property<SingleLeader> =
    Property::guarantee(Guarantee::WritesFollowReads);
const AT_MOST_ONE_BEHIND: Property<SingleLeader> =
    Property::guarantee(Guarantee::BoundedStaleness { versions: 1 });
const CAUSAL: Property<SingleLeader> = Property::guarantee(Guarantee::Causal);

/// Any replica answers reads, and the leader never changes.
const FOLLOWER_READS: SingleLeader =
    SingleLeader { election: Election::Never, read: ReadRule::FollowerLocal, ..ASYNCHRONOUS };

/// Somebody puts a packet into the store and tells a friend, who looks for it at another replica.
const RED_PACKET: &[Client] = &[
    client(&[write("packet", "100", 0), Step::Tell(1)]),
    client(&[Step::HearFrom(0), read("packet", 1)]),
];

/// The same, and the friend is told where to look from.
const RED_PACKET_WITH_TOKEN: &[Client] = &[
    client_with_token(&[write("packet", "100", 0), Step::Tell(1)]),
    client_with_token(&[Step::HearFrom(0), read("packet", 1)]),
];

/// The same, and both ask the leader.
const RED_PACKET_AT_THE_LEADER: &[Client] = &[
    client(&[write("packet", "100", 0), Step::Tell(1)]),
    client(&[Step::HearFrom(0), read("packet", 0)]),
];

/// Three updates of one register, and a reader at the follower.
const THREE_WRITES: &[Client] = &[
    client(&[write("x", "1", 0), write("x", "2", 0), write("x", "3", 0)]),
    client(&[read("x", 1)]),
];

pub(super) const SECTION: Section<SingleLeader> = Section {
    title: "Sessions",
    scenarios: &[
        Scenario {
            name: "red-packet",
            rows: &["D01", "D02"],
            question: "Does a friend see the packet that somebody says to have sent?",
            tier: Tier::Quick,
            protocol: FOLLOWER_READS,
            environment: Environment::CALM,
            clients: RED_PACKET,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (READ_YOUR_WRITES, Holds),
                (MONOTONIC_READS, Holds),
                (CAUSAL, Holds),
                (LINEARIZABLE, Violated { steps: 7 }),
                (CAUSAL_ACROSS_NOTIFICATION, Violated { steps: 7 }),
            ],
        },
        Scenario {
            name: "red-packet-with-token",
            rows: &["D03"],
            question: "And if the friend is also told what the sender has seen?",
            tier: Tier::Quick,
            protocol: SingleLeader { read: ReadRule::FollowerWithToken, ..FOLLOWER_READS },
            environment: Environment::CALM,
            clients: RED_PACKET_WITH_TOKEN,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (A_READ_IS_REFUSED, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (CAUSAL_ACROSS_NOTIFICATION, Holds),
            ],
        },
        Scenario {
            name: "red-packet-applied-everywhere",
            rows: &["D03"],
            question: "And if the sender hears back only when every replica shows the packet?",
            tier: Tier::Quick,
            protocol: SingleLeader {
                ack: AckRule::All,
                ack_means: AckMeans::Applied,
                ..FOLLOWER_READS
            },
            environment: Environment::CALM,
            clients: RED_PACKET,
            verdicts: RED_PACKET_HOLDS,
        },
        Scenario {
            name: "red-packet-at-the-leader",
            rows: &["D03"],
            question: "And if both ask the leader, which asks a majority?",
            tier: Tier::Quick,
            protocol: SingleLeader::majority(3),
            environment: Environment::CALM.alike(&[1, 2]),
            clients: RED_PACKET_AT_THE_LEADER,
            verdicts: RED_PACKET_HOLDS,
        },
        Scenario {
            name: "updates-across-a-failover",
            rows: &["D06"],
            question: "Can a later update of a session show without an earlier one?",
            tier: Tier::Quick,
            protocol: SingleLeader { read: ReadRule::FollowerLocal, ..ASYNCHRONOUS },
            environment: suspicions(1).at_most_once(),
            clients: &[
                client(&[write("x", "1", 0), write("y", "1", 1)]),
                client(&[read("y", 1), read("x", 1)]),
            ],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (MONOTONIC_WRITES, Violated { steps: 12 }),
            ],
        },
        Scenario {
            name: "replies-across-a-failover",
            rows: &["D07"],
            question: "Can an update show without what its author had read before?",
            tier: Tier::Quick,
            protocol: SingleLeader { read: ReadRule::FollowerLocal, ..ASYNCHRONOUS },
            environment: suspicions(1).at_most_once(),
            clients: &[
                client(&[write("x", "1", 0)]),
                client(&[read("x", 0), write("y", "1", 1)]),
                client(&[read("y", 1), read("x", 1)]),
            ],
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (WRITES_FOLLOW_READS, Violated { steps: 14 }),
            ],
        },
        Scenario {
            name: "follower-lags",
            rows: &["D08"],
            question: "How many updates can a read at a follower miss?",
            tier: Tier::Quick,
            protocol: FOLLOWER_READS,
            environment: Environment::CALM,
            clients: THREE_WRITES,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (AT_MOST_ONE_BEHIND, Violated { steps: 9 }),
            ],
        },
        Scenario {
            name: "lag-is-limited",
            rows: &["D08"],
            question: "And if the leader refuses updates while a follower lacks one?",
            tier: Tier::Quick,
            protocol: SingleLeader { lag_limit: Some(1), ..FOLLOWER_READS },
            environment: Environment::CALM,
            clients: THREE_WRITES,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REPLICAS_ARE_WELL_FORMED, Holds),
                (AT_MOST_ONE_BEHIND, Holds),
            ],
        },
        Scenario {
            name: "lag-is-limited-and-the-follower-down",
            rows: &["D08"],
            question: "Do updates complete then, if the follower is down?",
            tier: Tier::Quick,
            protocol: SingleLeader { lag_limit: Some(1), ..FOLLOWER_READS },
            environment: Environment { down: ReplicaSet::of(&[1]), ..Environment::CALM },
            clients: &[client(&[write("x", "1", 0), write("x", "2", 0)])],
            verdicts: &[
                (AN_UPDATE_IS_ACKNOWLEDGED, Reached),
                (EVERY_CLIENT_IS_DONE, Reached),
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Unreachable),
                (REPLICAS_ARE_WELL_FORMED, Holds),
            ],
        },
    ],
};

const RED_PACKET_HOLDS: &[(Property<SingleLeader>, Verdict)] = &[
    (EVERY_CLIENT_IS_DONE, Reached),
    (A_READ_FINDS_A_VALUE, Reached),
    (REPLICAS_ARE_WELL_FORMED, Holds),
    (CAUSAL_ACROSS_NOTIFICATION, Holds),
    (LINEARIZABLE, Holds),
];
