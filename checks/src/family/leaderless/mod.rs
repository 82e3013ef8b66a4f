//! Leaderless replication on the command line.

mod flags;

use clap::{ArgMatches, Args};
use holdfast_models::cluster::{Property, Section, Session};
use holdfast_models::leaderless::properties::*;
use holdfast_models::leaderless::witnesses::{
    A_READ_IS_ANSWERED, ALL_HOMES_ARE_QUIET, AN_UPDATE_IS_ACKNOWLEDGED,
};
use holdfast_models::leaderless::{Leaderless, Safeguard, Safeguards, scenarios};
use holdfast_models::vocabulary::ReplicaSet;

use super::{CRASH_DURING_A_STEP, EVERYBODY_WRITES, Protocols, Setting, read};
use crate::ask::{Question, Witnesses, Workload, workloads};
use crate::error::Failure;
use flags::Flags;

/// What must stay true of replicas, whatever clients are told.
const INVARIANTS: &[Property<Leaderless>] = &[
    REGISTERS_ARE_WELL_FORMED,
    DISKS_HOLD_WHAT_WAS_ANSWERED,
    EQUAL_VERSIONS_ARE_EQUAL,
    VERSIONS_NEVER_DECREASE,
    PROMISES_NEVER_DECREASE,
    HINTS_ARE_KEPT_UNTIL_HANDED_OVER,
    CHANGES_LEAD_TO_THE_SAME_HOMES,
    SETTLED_CHANGES_ARE_KNOWN,
    SETTLED_CHANGES_ARE_HANDED_OVER,
];

/// What must stay true of whatever was acknowledged.
const ABOUT_ACKNOWLEDGED: &[Property<Leaderless>] = &[
    READ_QUORUMS_MEET_WRITE_QUORUMS,
    ACKNOWLEDGED_UPDATES_ARE_STORED,
    NO_UPDATE_IS_LOST_UNSEEN,
    TOMBSTONES_OUTLIVE_WHAT_THEY_DELETE,
];

const ABOUT_READS: &[Property<Leaderless>] = &[SIBLINGS_ARE_CONCURRENT];

/// What must come true in the end.
const ABOUT_THE_END: &[Property<Leaderless>] =
    &[HOMES_CONVERGE, HINTS_CAN_BE_HANDED_OVER, EVERY_REQUEST_IS_ANSWERED];

impl Protocols for Leaderless {
    type Safeguard = Safeguard;

    const SAFEGUARDS: &'static [Safeguard] = Safeguard::ALL;
    const NAME: &'static str = "leaderless";
    const ALIASES: &'static [&'static str] = &["no-leader", "quorum", "dynamo"];
    const NEVER_VIOLATED: &'static [(&'static str, &'static str)] = &[
        (
            "registers-are-well-formed",
            "It says how the parts of one replica fit together, in every configuration: only faults \
             in the handlers violate it.",
        ),
        (
            "disks-hold-what-was-answered",
            "Every replica persists before it answers, in every configuration: only faults in the \
             handlers violate it.",
        ),
    ];
    const NEVER_EXERCISED: &'static [(&'static str, &'static str)] = &[
        ("crash of a disk, during a step", CRASH_DURING_A_STEP),
        ("sync", "Whatever a replica writes, it syncs at once."),
    ];
    const LEFT_OUT: &'static [(&'static str, &'static str)] = scenarios::LEFT_OUT;

    fn sections() -> &'static [Section<Self>] {
        scenarios::SECTIONS
    }

    fn properties() -> Vec<Property<Self>> {
        [INVARIANTS, ABOUT_ACKNOWLEDGED, ABOUT_READS, ABOUT_THE_END].concat()
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
        let question = Question {
            replicas: protocol.replicas,
            followers_answer: true,
            places: EVERYBODY_WRITES,
            session: Session::Plain,
            spared: ReplicaSet::EMPTY,
            invariants: INVARIANTS.to_vec(),
            about_acknowledged: ABOUT_ACKNOWLEDGED.to_vec(),
            about_reads: ABOUT_READS.to_vec(),
            about_transactions: Vec::new(),
            about_rest: Vec::new(),
            about_the_end: Vec::new(),
            witnesses: Witnesses {
                acknowledged: AN_UPDATE_IS_ACKNOWLEDGED,
                answered: A_READ_IS_ANSWERED,
                at_rest: ALL_HOMES_ARE_QUIET,
            },
            protocol,
        };
        workloads(&flags.world, question)
    }
}
