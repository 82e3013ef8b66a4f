//! What has to happen somewhere in a scenario, so that nothing holds because nothing happens.

use super::judging::{have_converged, hints, known_homes, registers};
use super::{Leaderless, Stage};
use crate::cluster::{Property, common_properties, properties};
use crate::vocabulary::Outcome;

common_properties! { for Leaderless;
    AN_UPDATE_IS_ACKNOWLEDGED EVERY_UPDATE_IS_ACKNOWLEDGED AN_UPDATE_IS_REFUSED
    AN_UPDATE_IS_INDETERMINATE A_READ_FINDS_A_VALUE A_READ_IS_ANSWERED A_READ_IS_REFUSED
    EVERY_CLIENT_IS_DONE
}

properties! { for Leaderless;

    /// A read finds siblings.
    pub const A_READ_FINDS_SIBLINGS = witness("a-read-finds-siblings", |view| {
        view.history()
            .operations()
            .any(|(_, record)| matches!(record.outcome(), Some(Outcome::Siblings(_))))
    });

    /// An update is stored by some home, and its client waits.
    pub const AN_UPDATE_IS_UNDER_WAY = witness("an-update-is-under-way", |view| {
        view.running().any(|(_, replica)| {
            replica.pending.values().any(|pending| {
                pending.operation.is_update()
                    && matches!(&pending.stage, Stage::Storing { holders, .. } if !holders.is_empty())
            })
        })
    });

    /// Somebody keeps something for a home.
    pub const A_HINT_IS_KEPT = witness("a-hint-is-kept", |view| hints(view).next().is_some());

    /// A home holds a tombstone.
    pub const A_TOMBSTONE_IS_HELD = witness("a-tombstone-is-held", |view| {
        registers(view)
            .any(|(_, _, register)| register.cells.iter().any(|cell| cell.value.is_none()))
    });

    /// Homes change.
    pub const HOMES_CHANGE = witness("homes-change", |view| {
        known_homes(view).any(|homes| homes.changes > 0)
    });

    /// Somebody coordinates a request among homes that are not the latest.
    pub const A_COORDINATOR_IS_OUTDATED = witness("a-coordinator-is-outdated", |view| {
        view.running().any(|(_, replica)| {
            !replica.pending.is_empty()
                && known_homes(view).any(|homes| homes.changes > replica.durable.homes.changes)
        })
    });

    /// Every client is done, only faults could change anything, and all homes hold the same.
    pub const ALL_HOMES_ARE_QUIET = witness("all-homes-are-quiet", |view| {
        view.clients_are_done() && have_converged(view) && view.is_quiescent()
    });
}
