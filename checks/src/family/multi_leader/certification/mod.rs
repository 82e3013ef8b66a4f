//! Replicas that certify, on the command line.

mod flags;

use clap::{ArgMatches, Args};
use holdfast_models::cluster::{Property, Section};
use holdfast_models::consistency::Guarantee;
use holdfast_models::multi_leader::certification::properties::*;
use holdfast_models::multi_leader::certification::witnesses::{
    A_READ_FINDS_A_VALUE, ALL_AGREE_AT_REST, AN_UPDATE_IS_ACKNOWLEDGED,
};
use holdfast_models::multi_leader::certification::{
    Certification, Safeguard, Safeguards, scenarios,
};
use holdfast_models::vocabulary::ReplicaSet;

use crate::ask::{Question, Witnesses, Workload, workloads};
use crate::error::Failure;
use crate::family::{CRASH_DURING_A_STEP, EVERYBODY_WRITES, ONLY_FAULTS, Protocols, Setting, read};
use flags::Flags;

/// What must stay true of replicas, whatever clients are told.
const INVARIANTS: &[Property<Certification>] = &[
    DECISIONS_AGREE,
    FIRST_COMMITTER_WINS,
    WATCHED_REGISTERS_ARE_UNCHANGED,
    COUNTERS_SHOW_NO_MORE_THAN_ASKED,
    EQUAL_UPDATES_MEAN_EQUAL_STORES,
    DISKS_HOLD_WHAT_IS_APPLIED,
    PARTS_FIT_TOGETHER,
    NOTHING_APPLIED_IS_FORGOTTEN,
];

/// What must stay true of whatever was acknowledged.
const ABOUT_ACKNOWLEDGED: &[Property<Certification>] = &[ACKNOWLEDGED_TRANSACTIONS_ARE_REMEMBERED];

/// What transactions must not show that read and write several registers.
const ABOUT_TRANSACTIONS: &[Property<Certification>] =
    &[NO_WRITE_SKEW, NO_READ_ONLY_ANOMALY, NO_LONG_FORK];

const ABOUT_REST: &[Property<Certification>] = &[QUIET_MEANS_AGREED, QUIET_MEANS_COUNTED];

/// What must come true in the end.
const ABOUT_THE_END: &[Property<Certification>] =
    &[REPLICAS_AGREE_IN_THE_END, EVERY_REQUEST_IS_ANSWERED];

impl Protocols for Certification {
    type Safeguard = Safeguard;

    const SAFEGUARDS: &'static [Safeguard] = Safeguard::ALL;
    const NAME: &'static str = "multi-leader-certification";
    const ALIASES: &'static [&'static str] = &["certification"];
    const NEVER_VIOLATED: &'static [(&'static str, &'static str)] =
        &[("parts-fit-together", ONLY_FAULTS)];
    const NEVER_EXERCISED: &'static [(&'static str, &'static str)] = &[
        ("clock ticks", "Transactions are ordered by one replica, and nobody reads a clock."),
        ("crash of a process, during a step", CRASH_DURING_A_STEP),
        ("crash of a machine, during a step", CRASH_DURING_A_STEP),
        ("crash of a disk, during a step", CRASH_DURING_A_STEP),
    ];
    const LEFT_OUT: &'static [(&'static str, &'static str)] = scenarios::LEFT_OUT;

    fn sections() -> &'static [Section<Self>] {
        scenarios::SECTIONS
    }

    fn properties() -> Vec<Property<Self>> {
        [INVARIANTS, ABOUT_ACKNOWLEDGED, ABOUT_TRANSACTIONS, ABOUT_REST, ABOUT_THE_END].concat()
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
        let guarantees = Guarantee::OF_TRANSACTIONS.iter().copied().map(Property::guarantee);
        let question = Question {
            replicas: protocol.replicas,
            followers_answer: true,
            places: EVERYBODY_WRITES,
            session: flags.session(),
            spared: ReplicaSet::EMPTY,
            invariants: INVARIANTS.to_vec(),
            about_acknowledged: ABOUT_ACKNOWLEDGED.to_vec(),
            about_reads: Vec::new(),
            about_transactions: guarantees.chain(ABOUT_TRANSACTIONS.iter().copied()).collect(),
            about_rest: ABOUT_REST.to_vec(),
            about_the_end: ABOUT_THE_END.to_vec(),
            witnesses: Witnesses {
                acknowledged: AN_UPDATE_IS_ACKNOWLEDGED,
                answered: A_READ_FINDS_A_VALUE,
                at_rest: ALL_AGREE_AT_REST,
            },
            protocol,
        };
        workloads(&flags.world, question)
    }
}
