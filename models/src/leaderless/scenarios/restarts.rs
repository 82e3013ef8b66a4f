//! Replicas that restart, with their disk or without it.

use super::*;
use crate::cluster::CrashPoints;
use crate::cluster::Verdict::{Holds, Reached, Violated};
use crate::cluster::{Scenario, Tier};
use crate::leaderless::properties::*;
use crate::leaderless::witnesses::*;

/// One disk is lost, and its replica comes back under its old identity.
const AMNESIA: Environment = faults(FaultBudget { amnesias: 1, ..FaultBudget::NONE });

/// Power fails, once.
const POWER_FAILURE: Environment = faults(FaultBudget { unclean_crashes: 1, ..FaultBudget::NONE });

/// Crashes also in the middle of a step, where every message arrives.
const MIDDLE_OF_A_STEP: Environment = Environment {
    network: NetworkKind::Fifo,
    crash_points: CrashPoints::BetweenEffects,
    faults: FaultBudget { crashes: 1, unclean_crashes: 1, ..FaultBudget::NONE },
    ..ONCE
};

pub(super) const SECTION: Section<Leaderless> = Section {
    title: "Restarts",
    scenarios: &[
        Scenario {
            name: "quorums-with-a-lost-disk",
            rows: &["C27"],
            question: "Does a read by two of three see what two of three have stored, if one comes back without its disk?",
            tier: Tier::Quick,
            protocol: quorums(2, 2, 3),
            environment: AMNESIA,
            clients: WRITE_AND_READ,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (ACKNOWLEDGED_UPDATES_ARE_STORED, Violated { steps: 6 }),
                (READ_QUORUMS_MEET_WRITE_QUORUMS, Violated { steps: 6 }),
                (SAFE, Violated { steps: 12 }),
            ],
        },
        Scenario {
            name: "larger-quorums-with-a-lost-disk",
            rows: &["C27"],
            question: "And if all three have stored?",
            tier: Tier::Quick,
            protocol: quorums(3, 2, 3),
            environment: AMNESIA,
            clients: WRITE_AND_READ,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (READ_QUORUMS_MEET_WRITE_QUORUMS, Holds),
                (REGULAR, Holds),
            ],
        },
        Scenario {
            name: "three-of-four-with-a-lost-disk",
            rows: &["C27"],
            question: "And three of four, if three of four answer?",
            tier: Tier::Quick,
            protocol: quorums(3, 3, 4),
            environment: AMNESIA,
            clients: WRITE_AND_READ,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (READ_QUORUMS_MEET_WRITE_QUORUMS, Holds),
                (REGULAR, Holds),
            ],
        },
        Scenario {
            name: "power-fails",
            rows: &["C02"],
            question: "Does what is acknowledged survive a power failure?",
            tier: Tier::Quick,
            protocol: quorums(2, 2, 3),
            environment: POWER_FAILURE,
            clients: WRITE_AND_READ,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (DISKS_HOLD_WHAT_WAS_ANSWERED, Holds),
                (ACKNOWLEDGED_UPDATES_ARE_STORED, Holds),
                (REGULAR, Holds),
            ],
        },
        Scenario {
            name: "crash-in-the-middle-of-a-step",
            rows: &["C02"],
            question: "And a crash in the middle of what a replica does?",
            tier: Tier::Quick,
            protocol: quorums(2, 2, 3),
            environment: MIDDLE_OF_A_STEP,
            clients: WRITE_AND_READ,
            verdicts: &[
                (EVERY_CLIENT_IS_DONE, Reached),
                (A_READ_FINDS_A_VALUE, Reached),
                (REGISTERS_ARE_WELL_FORMED, Holds),
                (DISKS_HOLD_WHAT_WAS_ANSWERED, Holds),
                (ACKNOWLEDGED_UPDATES_ARE_STORED, Holds),
                (REGULAR, Holds),
            ],
        },
    ],
};
