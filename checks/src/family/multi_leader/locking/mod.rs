//! Replicas that lock, on the command line.

mod flags;

use clap::{ArgMatches, Args};
use holdfast_models::cluster::{Property, Section, Session};
use holdfast_models::multi_leader::locking::properties::*;
use holdfast_models::multi_leader::locking::witnesses::{
    A_READ_FINDS_A_VALUE, ALL_IS_FREE_AT_REST, AN_UPDATE_IS_ACKNOWLEDGED,
};
use holdfast_models::multi_leader::locking::{Locking, Safeguard, Safeguards, scenarios};
use holdfast_models::vocabulary::ReplicaSet;

use crate::ask::{Question, Witnesses, Workload, workloads};
use crate::error::Failure;
use crate::family::{CRASH_DURING_A_STEP, EVERYBODY_WRITES, ONLY_FAULTS, Protocols, Setting, read};
use flags::Flags;

/// What must stay true of replicas, whatever clients are told.
const INVARIANTS: &[Property<Locking>] = &[
    ONE_PROMISE_A_KEY,
    COUNTERS_SHOW_NO_MORE_THAN_ASKED,
    DISKS_HOLD_WHAT_IS_APPLIED,
    PARTS_FIT_TOGETHER,
    GRANTS_ONLY_GROW,
];

/// What must stay true of whatever was acknowledged.
const ABOUT_ACKNOWLEDGED: &[Property<Locking>] = &[EVERYBODY_HAS_WHAT_WAS_ACKNOWLEDGED];

const ABOUT_REST: &[Property<Locking>] = &[QUIET_MEANS_AGREED];

/// What must come true in the end.
const ABOUT_THE_END: &[Property<Locking>] =
    &[REPLICAS_AGREE_IN_THE_END, EVERY_KEY_IS_FREE_IN_THE_END, EVERY_REQUEST_IS_ANSWERED];

impl Protocols for Locking {
    type Safeguard = Safeguard;

    const SAFEGUARDS: &'static [Safeguard] = Safeguard::ALL;
    const NAME: &'static str = "multi-leader-locking";
    const ALIASES: &'static [&'static str] = &["locking"];
    const NEVER_VIOLATED: &'static [(&'static str, &'static str)] =
        &[("parts-fit-together", ONLY_FAULTS), ("replicas-agree-in-the-end", ONLY_FAULTS)];
    const NEVER_EXERCISED: &'static [(&'static str, &'static str)] = &[
        ("sync", "A replica here syncs whatever it writes."),
        ("crash of a process, during a step", CRASH_DURING_A_STEP),
        ("crash of a machine, during a step", CRASH_DURING_A_STEP),
        ("crash of a disk, during a step", CRASH_DURING_A_STEP),
    ];
    const LEFT_OUT: &'static [(&'static str, &'static str)] = scenarios::LEFT_OUT;

    fn sections() -> &'static [Section<Self>] {
        scenarios::SECTIONS
    }

    fn properties() -> Vec<Property<Self>> {
        [INVARIANTS, ABOUT_ACKNOWLEDGED, ABOUT_REST, ABOUT_THE_END].concat()
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
        let protocol = flags.protocol();
        let question = Question {
            replicas: protocol.replicas,
            followers_answer: true,
            places: EVERYBODY_WRITES,
            session: Session::Plain,
            spared: ReplicaSet::EMPTY,
            invariants: INVARIANTS.to_vec(),
            about_acknowledged: ABOUT_ACKNOWLEDGED.to_vec(),
            about_reads: Vec::new(),
            about_transactions: Vec::new(),
            about_rest: ABOUT_REST.to_vec(),
            about_the_end: ABOUT_THE_END.to_vec(),
            witnesses: Witnesses {
                acknowledged: AN_UPDATE_IS_ACKNOWLEDGED,
                answered: A_READ_FINDS_A_VALUE,
                at_rest: ALL_IS_FREE_AT_REST,
            },
            protocol,
        };
        workloads(&flags.world, question)
    }
}
