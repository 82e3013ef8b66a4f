//! Single-leader replication on the command line.

mod flags;
mod spelling;

use clap::{ArgMatches, Args, FromArgMatches};
use holdfast_models::cluster::{Property, Section, Session};
use holdfast_models::single_leader::properties::*;
use holdfast_models::single_leader::{ReadRule, Safeguard, SingleLeader, scenarios};
use holdfast_models::vocabulary::ReplicaSet;

use super::{Protocols, Setting};
use crate::ask::{Question, Workload};
use crate::error::Failure;
use flags::Flags;

impl Protocols for SingleLeader {
    const NAME: &'static str = "single-leader";
    const ALIASES: &'static [&'static str] = &["single_leader", "leader"];
    const NEVER_VIOLATED: &'static [(&'static str, &'static str)] = &[(
        "replicas-are-well-formed",
        "It says how the parts of one replica fit together, in every configuration: only faults in \
         the handlers violate it.",
    )];
    const LEFT_OUT: &'static [(&'static str, &'static str)] = scenarios::LEFT_OUT;

    fn sections() -> &'static [Section<Self>] {
        scenarios::SECTIONS
    }

    fn properties() -> Vec<Property<Self>> {
        vec![
            NO_ACKNOWLEDGED_UPDATE_IS_LOST,
            NO_READ_IS_UNDONE,
            ONE_LEADER_PER_EPOCH,
            LOGS_MATCH,
            ACKNOWLEDGED_LOGS_AGREE,
            LEADERS_ARE_COMPLETE,
            READERS_SEE_A_PREFIX,
            REQUESTS_ARE_APPENDED_ONCE,
            REPLICAS_ARE_WELL_FORMED,
            DISKS_HOLD_WHAT_WAS_SAID,
            ACKNOWLEDGED_UPDATES_ARE_ON_DISK,
            SOMEBODY_HOLDS_EVERY_ACKNOWLEDGED_UPDATE,
            FOLLOWERS_HOLD_WHAT_LEADERS_BELIEVE,
            LEADERS_WAIT_FOR_THE_REGISTERED,
            WHOEVER_MAY_LEAD_IS_COMPLETE,
            QUIET_MEANS_CONVERGED,
            EPOCHS_NEVER_DECREASE,
            ACKNOWLEDGED_POSITIONS_NEVER_DECREASE,
        ]
    }

    fn safeguards() -> Vec<String> {
        Safeguard::ALL.iter().map(|safeguard| spelling::safeguard(*safeguard)).collect()
    }

    fn without(&self) -> Vec<String> {
        let off = Safeguard::ALL.iter().filter(|safeguard| !self.has(**safeguard));
        off.map(|safeguard| spelling::safeguard(*safeguard)).collect()
    }

    fn settings(&self) -> Vec<Setting> {
        flags::settings(self)
    }

    fn flags(command: clap::Command) -> clap::Command {
        Flags::augment_args(command)
    }

    fn ask(flags: &ArgMatches) -> Result<Vec<Workload>, Failure> {
        let usage = |error: clap::Error| Failure::Usage(error.to_string());
        let flags = Flags::from_arg_matches(flags).map_err(usage)?;
        let protocol = flags.protocol()?;
        let followers_answer = match protocol.read {
            ReadRule::FollowerLocal | ReadRule::FollowerWithToken => true,
            ReadRule::LeaderLocal | ReadRule::Lease { .. } | ReadRule::ReadIndex => false,
        };
        let is_about_reads = |property: &Property<Self>| property.name == NO_READ_IS_UNDONE.name;
        let (about_reads, mut invariants): (Vec<_>, Vec<_>) =
            Self::properties().into_iter().partition(is_about_reads);
        if !flags.world.repeats_for_ever() {
            // What was lost and is never sent again, nobody can be expected to have.
            invariants.retain(|property| property.name != QUIET_MEANS_CONVERGED.name);
        }
        flags.world.workloads(Question {
            replicas: protocol.replicas,
            followers_answer,
            session: match protocol.read {
                ReadRule::FollowerWithToken => Session::WithToken,
                ReadRule::LeaderLocal
                | ReadRule::Lease { .. }
                | ReadRule::ReadIndex
                | ReadRule::FollowerLocal => Session::Plain,
            },
            // The registry is a store that does not fail: what it is for is asked, not what it does.
            spared: protocol.controller().into_iter().collect::<ReplicaSet>(),
            protocol,
            invariants,
            about_reads,
        })
    }
}
