//! Replicas that converge, on the command line.

mod flags;

use clap::{ArgMatches, Args};
use holdfast_models::cluster::{Property, Section, Session};
use holdfast_models::multi_leader::convergent::properties::*;
use holdfast_models::multi_leader::convergent::witnesses::{
    A_READ_FINDS_A_VALUE, ALL_AGREE_AT_REST, AN_UPDATE_IS_ACKNOWLEDGED,
};
use holdfast_models::multi_leader::convergent::{Convergent, Safeguard, Safeguards, scenarios};
use holdfast_models::vocabulary::ReplicaSet;

use crate::ask::{Data, Question, Witnesses, Workload, workloads};
use crate::error::Failure;
use crate::family::{CRASH_DURING_A_STEP, EVERYBODY_WRITES, ONLY_FAULTS, Protocols, Setting, read};
use flags::Flags;

/// What must stay true of replicas, whatever clients are told.
const INVARIANTS: &[Property<Convergent>] = &[
    EQUAL_UPDATES_MEAN_EQUAL_STORES,
    CAUSES_COME_FIRST,
    NAMES_ARE_UNIQUE,
    DISKS_HOLD_WHAT_IS_APPLIED,
    PARTS_FIT_TOGETHER,
    NOTHING_APPLIED_IS_FORGOTTEN,
];

const ABOUT_REST: &[Property<Convergent>] = &[QUIET_MEANS_AGREED];

/// What must stay true of one kind of data.
struct OfOneKind {
    /// Of replicas, whatever clients are told.
    invariants: &'static [Property<Convergent>],
    /// Of whatever was acknowledged.
    about_acknowledged: &'static [Property<Convergent>],
    /// At rest.
    about_rest: &'static [Property<Convergent>],
}

const fn of_kind(data: Data) -> OfOneKind {
    match data {
        Data::Register => OfOneKind {
            invariants: &[LATER_WRITES_WIN, NO_RESURRECTION],
            about_acknowledged: &[NO_WRITE_GIVES_WAY_UNSEEN],
            about_rest: &[],
        },
        Data::Counter => OfOneKind {
            invariants: &[COUNTERS_SHOW_NO_MORE_THAN_ASKED],
            about_acknowledged: &[STOCK_IS_NEVER_OVERDRAWN],
            about_rest: &[QUIET_MEANS_COUNTED],
        },
        Data::Set => OfOneKind {
            invariants: &[NO_RESURRECTION],
            about_acknowledged: &[NO_ADDITION_IS_REMOVED_UNSEEN],
            about_rest: &[],
        },
        Data::Text => OfOneKind {
            invariants: &[
                ELEMENTS_STAND_IN_ONE_ORDER,
                INSERTIONS_STAND_WHERE_ASKED,
                NO_INTERLEAVING_FORWARDS,
                NO_INTERLEAVING_BACKWARDS,
            ],
            about_acknowledged: &[],
            about_rest: &[],
        },
    }
}

/// What must come true in the end.
const ABOUT_THE_END: &[Property<Convergent>] =
    &[REPLICAS_AGREE_IN_THE_END, EVERY_REQUEST_IS_ANSWERED];

impl Protocols for Convergent {
    type Safeguard = Safeguard;

    const SAFEGUARDS: &'static [Safeguard] = Safeguard::ALL;
    const NAME: &'static str = "multi-leader";
    const ALIASES: &'static [&'static str] = &["multi_leader", "convergent"];
    const NEVER_VIOLATED: &'static [(&'static str, &'static str)] =
        &[("disks-hold-what-is-applied", ONLY_FAULTS), ("parts-fit-together", ONLY_FAULTS)];
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
        let kinds = [Data::Register, Data::Counter, Data::Set, Data::Text].map(of_kind);
        let about_kinds = kinds
            .iter()
            .flat_map(|kind| [kind.invariants, kind.about_acknowledged, kind.about_rest].concat());
        let mut all = [INVARIANTS, ABOUT_REST, ABOUT_THE_END].concat();
        for property in about_kinds {
            if all.iter().all(|known| known.name != property.name) {
                all.push(property);
            }
        }
        all
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
        let kind = of_kind(flags.world.data);
        let question = Question {
            replicas: protocol.replicas,
            followers_answer: true,
            places: EVERYBODY_WRITES,
            session: Session::Plain,
            spared: ReplicaSet::EMPTY,
            invariants: [INVARIANTS, kind.invariants].concat(),
            about_acknowledged: kind.about_acknowledged.to_vec(),
            about_reads: Vec::new(),
            about_transactions: Vec::new(),
            about_rest: [ABOUT_REST, kind.about_rest].concat(),
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
