//! Crashes: what is still in the order afterwards.

use super::*;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::multi_leader::certification::properties::*;
use crate::multi_leader::certification::witnesses::*;

const ONE_WRITER: &[Client] = &[client(&[add("n", 1, 1)])];

const TWO_WRITES: &[Client] = &[client(&[add("n", 1, 1), add("n", 2, 0)])];

/// Two replicas that acknowledge what both have, whether or not a disk has it.
const fn unflushed() -> Certification {
    Certification {
        acknowledgement: Acknowledgement::Everywhere,
        flush: Flush::Later,
        ..Certification::write_sets(2)
    }
}

/// Machines that crash, and so many repetitions.
const fn unclean(unclean_crashes: u8, repeats: u8) -> Environment {
    faults(FaultBudget { unclean_crashes, repeats, ..FaultBudget::NONE })
}

pub(super) const SECTION: Section<Certification> = Section {
    title: "Crashes",
    scenarios: &[
        Scenario {
            name: "sequencer-crashes",
            rows: &[],
            question: "Is anything lost if the process of the sequencer crashes?",
            tier: Tier::Quick,
            protocol: Certification::write_sets(2),
            environment: faults(FaultBudget { crashes: 1, repeats: 2, ..FaultBudget::NONE }),
            clients: ONE_WRITER,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ALL_AGREE_AT_REST, Reached),
                (ACKNOWLEDGED_TRANSACTIONS_ARE_REMEMBERED, Holds),
                (DECISIONS_AGREE, Holds),
                (NOTHING_APPLIED_IS_FORGOTTEN, Holds),
            ],
        },
        Scenario {
            name: "machine-crashes-after-the-order-is-forgotten",
            rows: &[],
            question: "And if a machine crashes, and the order is forgotten once all have it on disk?",
            tier: Tier::Quick,
            protocol: forgetful(),
            environment: faults(FaultBudget {
                unclean_crashes: 1,
                repeats: 2,
                ..FaultBudget::NONE
            }),
            clients: ONE_WRITER,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (SOMETHING_IS_FORGOTTEN, Reached),
                (ALL_AGREE_AT_REST, Reached),
                (ACKNOWLEDGED_TRANSACTIONS_ARE_REMEMBERED, Holds),
                (DECISIONS_AGREE, Holds),
                (NOTHING_APPLIED_IS_FORGOTTEN, Holds),
                (PARTS_FIT_TOGETHER, Holds),
                (QUIET_MEANS_AGREED, Holds),
            ],
        },
        Scenario {
            name: "all-machines-crash-after-the-flush",
            rows: &["B13"],
            question: "And if both machines crash, and what was acknowledged was on disk?",
            tier: Tier::Quick,
            protocol: Certification { flush: Flush::Before, ..unflushed() },
            environment: unclean(2, 1),
            clients: ONE_WRITER,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ACKNOWLEDGED_TRANSACTIONS_ARE_REMEMBERED, Holds),
                (DECISIONS_AGREE, Holds),
                (NOTHING_APPLIED_IS_FORGOTTEN, Holds),
            ],
        },
        Scenario {
            name: "all-machines-crash-before-the-flush",
            rows: &["B13"],
            question: "And if it was in the memory of both?",
            tier: Tier::Quick,
            protocol: unflushed(),
            environment: unclean(2, 1),
            clients: ONE_WRITER,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (ACKNOWLEDGED_TRANSACTIONS_ARE_REMEMBERED, Violated { steps: 9 }),
            ],
        },
        Scenario {
            name: "one-machine-crashes-before-the-flush",
            rows: &["B13"],
            question: "And if one of the two machines crashes, and the sequencer asks what it may have lost?",
            tier: Tier::Quick,
            protocol: unflushed(),
            environment: unclean(1, 1),
            clients: TWO_WRITES,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (THE_SEQUENCER_ASKS, Reached),
                (ACKNOWLEDGED_TRANSACTIONS_ARE_REMEMBERED, Holds),
                (DECISIONS_AGREE, Holds),
                (DISKS_HOLD_WHAT_IS_APPLIED, Violated { steps: 3 }),
                (NOTHING_APPLIED_IS_FORGOTTEN, Violated { steps: 4 }),
            ],
        },
        Scenario {
            name: "what-was-said-before-the-crash-arrives-late",
            rows: &["B13"],
            question: "And if what it said before the crash arrives after it?",
            tier: Tier::Quick,
            protocol: unflushed(),
            environment: unclean(1, 1),
            clients: TWO_COUNT,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (THE_SEQUENCER_ASKS, Reached),
                (ACKNOWLEDGED_TRANSACTIONS_ARE_REMEMBERED, Holds),
                (DECISIONS_AGREE, Holds),
                (PARTS_FIT_TOGETHER, Holds),
            ],
        },
        Scenario {
            name: "two-of-three-machines-crash-before-the-flush",
            rows: &["B13"],
            question: "And if two of three machines crash?",
            tier: Tier::Quick,
            protocol: Certification { replicas: 3, ..unflushed() },
            environment: unclean(2, 1),
            clients: ONE_WRITER,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (THE_SEQUENCER_ASKS, Reached),
                (ACKNOWLEDGED_TRANSACTIONS_ARE_REMEMBERED, Holds),
                (DECISIONS_AGREE, Holds),
            ],
        },
        Scenario {
            name: "sequencer-does-not-ask",
            rows: &["B13"],
            question: "And what becomes of the order if a sequencer goes on with what it has?",
            tier: Tier::Quick,
            protocol: without(Safeguard::SequencerAsks, unflushed()),
            environment: unclean(1, 1),
            clients: TWO_WRITES,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (DECISIONS_AGREE, Violated { steps: 11 }),
            ],
        },
        Scenario {
            name: "disk-of-the-sequencer-is-replaced",
            rows: &[],
            question: "Is there one order if the disk of the sequencer is replaced?",
            tier: Tier::Quick,
            protocol: Certification::write_sets(2),
            environment: faults(FaultBudget { amnesias: 1, ..FaultBudget::NONE }),
            clients: TWO_WRITES,
            verdicts: &[
                (EVERY_UPDATE_IS_ACKNOWLEDGED, Reached),
                (NOTHING_APPLIED_IS_FORGOTTEN, Violated { steps: 4 }),
                (DECISIONS_AGREE, Violated { steps: 9 }),
            ],
        },
    ],
};
