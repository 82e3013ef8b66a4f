//! What has to happen somewhere in a scenario, so that nothing holds because nothing happens.

use super::judging::{have_converged, hints, registers};
use super::{Leaderless, Stage};
use crate::cluster::{Property, properties};
use crate::vocabulary::Outcome;

properties! { for Leaderless;

    /// A client is told that its update is done.
    pub const AN_UPDATE_IS_ACKNOWLEDGED = witness("an-update-is-acknowledged", |view| {
        view.history().acknowledged_updates().next().is_some()
    });

    /// Every client is told that each of its updates is done.
    pub const EVERY_UPDATE_IS_ACKNOWLEDGED = witness("every-update-is-acknowledged", |view| {
        view.clients_are_done()
            && view
                .history()
                .operations()
                .all(|(_, record)| !record.operation.is_update() || record.is_acknowledged())
    });

    /// A read finds a value.
    pub const A_READ_FINDS_A_VALUE = witness("a-read-finds-a-value", |view| {
        view.history()
            .operations()
            .any(|(_, record)| matches!(record.outcome(), Some(Outcome::Found(Some(_)))))
    });

    /// A read finds siblings.
    pub const A_READ_FINDS_SIBLINGS = witness("a-read-finds-siblings", |view| {
        view.history()
            .operations()
            .any(|(_, record)| matches!(record.outcome(), Some(Outcome::Siblings(_))))
    });

    /// A read is answered.
    pub const A_READ_IS_ANSWERED = witness("a-read-is-answered", |view| {
        view.history()
            .operations()
            .any(|(_, record)| !record.operation.is_update() && record.is_acknowledged())
    });

    /// A replica refuses a read.
    pub const A_READ_IS_REFUSED = witness("a-read-is-refused", |view| {
        view.history()
            .operations()
            .any(|(_, record)| !record.operation.is_update() && record.is_refused())
    });

    /// A client is told that its update has failed.
    pub const AN_UPDATE_IS_REFUSED = witness("an-update-is-refused", |view| {
        view.history()
            .operations()
            .any(|(_, record)| record.operation.is_update() && record.is_refused())
    });

    /// Every client has been answered.
    pub const EVERY_CLIENT_IS_DONE = witness("every-client-is-done", |view| {
        view.clients_are_done()
    });

    /// A client goes on without knowing what came of its update.
    pub const AN_UPDATE_IS_INDETERMINATE = witness("an-update-is-indeterminate", |view| {
        view.clients_are_done()
            && view
                .history()
                .operations()
                .any(|(_, record)| record.operation.is_update() && record.returned.is_none())
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

    /// Every client is done, only faults could change anything, and all homes hold the same.
    pub const ALL_HOMES_ARE_QUIET = witness("all-homes-are-quiet", |view| {
        view.clients_are_done() && have_converged(view) && view.is_quiescent()
    });
}
