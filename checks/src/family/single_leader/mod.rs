//! Single-leader replication on the command line.

mod flags;

use clap::{ArgMatches, Args};
use holdfast_models::cluster::{Property, Section, Session};
use holdfast_models::single_leader::properties::*;
use holdfast_models::single_leader::witnesses::{
    A_READ_IS_ANSWERED, ALL_IS_QUIET, AN_UPDATE_IS_ACKNOWLEDGED,
};
use holdfast_models::single_leader::{ReadRule, Safeguard, Safeguards, SingleLeader, scenarios};
use holdfast_models::vocabulary::ReplicaSet;

use super::{Protocols, Setting, read};
use crate::ask::{Places, Question, Witnesses, Workload, workloads};
use crate::error::Failure;
use flags::Flags;

/// What must stay true of replicas, whatever clients are told.
const INVARIANTS: &[Property<SingleLeader>] = &[
    ONE_LEADER_PER_EPOCH,
    LOGS_MATCH,
    REQUESTS_ARE_APPENDED_ONCE,
    REPLICAS_ARE_WELL_FORMED,
    DISKS_HOLD_WHAT_WAS_SAID,
    FOLLOWERS_HOLD_WHAT_LEADERS_BELIEVE,
    LEADERS_WAIT_FOR_THE_REGISTERED,
    VERSIONS_DIFFER,
    EPOCHS_NEVER_DECREASE,
];

/// What must stay true of whatever was acknowledged.
const ABOUT_ACKNOWLEDGED: &[Property<SingleLeader>] = &[
    NO_ACKNOWLEDGED_UPDATE_IS_LOST,
    ACKNOWLEDGED_LOGS_AGREE,
    LEADERS_ARE_COMPLETE,
    READERS_SEE_A_PREFIX,
    ACKNOWLEDGED_UPDATES_ARE_ON_DISK,
    SOMEBODY_HOLDS_EVERY_ACKNOWLEDGED_UPDATE,
    WHOEVER_MAY_LEAD_IS_COMPLETE,
    ACKNOWLEDGED_POSITIONS_NEVER_DECREASE,
];

const ABOUT_READS: &[Property<SingleLeader>] = &[NO_READ_IS_UNDONE];

const ABOUT_REST: &[Property<SingleLeader>] =
    &[QUIET_MEANS_CONVERGED, QUIET_MEANS_APPOINTED, QUIET_MEANS_REGISTERED];

/// What must come true in the end.
const ABOUT_THE_END: &[Property<SingleLeader>] =
    &[CONVERGES, EVERY_REQUEST_IS_ANSWERED, CAN_ALWAYS_RECOVER];

/// Where there is no registry, these say nothing.
const ABOUT_THE_REGISTRY: [&str; 2] =
    [LEADERS_WAIT_FOR_THE_REGISTERED.name, WHOEVER_MAY_LEAD_IS_COMPLETE.name];

const CRASH_DURING_A_STEP: &str = "Where a message may stay undelivered it looks like a crash after the step. Only rest is another \
     matter, and there a crash of the process shows what there is to see.";
const REGISTRY_KEEPS_ITS_WORD: &str = "It says what the registry does in every configuration that has one: only faults in the handlers \
     violate it.";

impl Protocols for SingleLeader {
    type Safeguard = Safeguard;

    const SAFEGUARDS: &'static [Safeguard] = Safeguard::ALL;
    const NAME: &'static str = "single-leader";
    const ALIASES: &'static [&'static str] = &["single_leader", "leader"];
    const NEVER_VIOLATED: &'static [(&'static str, &'static str)] = &[
        (
            "replicas-are-well-formed",
            "It says how the parts of one replica fit together, in every configuration: only faults \
             in the handlers violate it.",
        ),
        ("versions-differ", REGISTRY_KEEPS_ITS_WORD),
        ("quiet-means-appointed", REGISTRY_KEEPS_ITS_WORD),
        ("quiet-means-registered", REGISTRY_KEEPS_ITS_WORD),
    ];
    const NEVER_EXERCISED: &'static [(&'static str, &'static str)] = &[
        ("crash of a machine, during a step", CRASH_DURING_A_STEP),
        ("crash of a disk, during a step", CRASH_DURING_A_STEP),
    ];
    const LEFT_OUT: &'static [(&'static str, &'static str)] = scenarios::LEFT_OUT;

    fn sections() -> &'static [Section<Self>] {
        scenarios::SECTIONS
    }

    fn properties() -> Vec<Property<Self>> {
        [INVARIANTS, ABOUT_ACKNOWLEDGED, ABOUT_READS, ABOUT_REST, ABOUT_THE_END].concat()
    }

    fn is_on(&self, safeguard: Safeguard) -> bool {
        self.has(safeguard)
    }

    fn with_all_safeguards(self) -> Self {
        Self { safeguards: Safeguards::ALL, ..self }
    }

    fn settings(&self) -> Vec<Setting> {
        flags::settings(self)
    }

    fn flags(command: clap::Command) -> clap::Command {
        Flags::augment_args(command)
    }

    fn ask(flags: &ArgMatches) -> Result<Vec<Workload>, Failure> {
        let flags: Flags = read(flags)?;
        let protocol = flags.protocol()?;
        let followers_answer = match protocol.read {
            ReadRule::FollowerLocal | ReadRule::FollowerWithToken => true,
            ReadRule::LeaderLocal | ReadRule::Lease { .. } | ReadRule::ReadIndex => false,
        };
        let has_registry = protocol.controller().is_some();
        let applying = |properties: &[Property<Self>]| {
            let is_told = |property: &&Property<Self>| {
                has_registry || !ABOUT_THE_REGISTRY.contains(&property.name)
            };
            properties.iter().filter(is_told).copied().collect()
        };
        let question = Question {
            replicas: protocol.replicas,
            followers_answer,
            places: Places {
                first: "reads-at-the-leader",
                another: if followers_answer {
                    "reads-at-a-follower"
                } else {
                    "reads-at-the-next-leader"
                },
                moving: [1, 2],
                told: "reads-at-a-deposed-leader",
            },
            session: match protocol.read {
                ReadRule::FollowerWithToken => Session::WithToken,
                ReadRule::LeaderLocal
                | ReadRule::Lease { .. }
                | ReadRule::ReadIndex
                | ReadRule::FollowerLocal => Session::Plain,
            },
            // The registry is a store that does not fail: what it is for is asked, not what it does.
            spared: protocol.controller().into_iter().collect::<ReplicaSet>(),
            invariants: applying(INVARIANTS),
            about_acknowledged: applying(ABOUT_ACKNOWLEDGED),
            about_reads: ABOUT_READS.to_vec(),
            about_transactions: Vec::new(),
            about_rest: ABOUT_REST.to_vec(),
            about_the_end: ABOUT_THE_END.to_vec(),
            witnesses: Witnesses {
                acknowledged: AN_UPDATE_IS_ACKNOWLEDGED,
                answered: A_READ_IS_ANSWERED,
                at_rest: ALL_IS_QUIET,
            },
            protocol,
        };
        workloads(&flags.world, question)
    }
}
