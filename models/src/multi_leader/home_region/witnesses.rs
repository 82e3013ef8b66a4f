//! What has to happen somewhere in a scenario, so that nothing holds because nothing happens.

use super::HomeRegion;
use super::judging::{has_converged, homes, keys, regions};
use crate::cluster::{Property, properties};
use crate::vocabulary::{Epoch, Outcome, Refusal};

properties! { for HomeRegion;

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

    /// A comparison finds that another update was earlier.
    pub const AN_UPDATE_COMES_TOO_LATE = witness("an-update-comes-too-late", |view| {
        let late = Outcome::Swapped(false);
        view.history().operations().any(|(_, record)| record.outcome() == Some(&late))
    });

    /// A region does not read for a session that has seen what it may lack.
    pub const A_REGION_IS_BEHIND = witness("a-region-is-behind", |view| {
        let behind = Outcome::Refused(Refusal::Behind);
        view.history().operations().any(|(_, record)| record.outcome() == Some(&behind))
    });

    /// A key is at home elsewhere than at first.
    pub const A_KEY_HAS_MOVED = witness("a-key-has-moved", |view| {
        keys(view).any(|key| homes(view, key).iter().any(|(_, record)| record.epoch > Epoch(1)))
    });

    /// The old home of a key has stopped, and the new one has not started.
    pub const A_KEY_IS_ON_THE_MOVE = witness("a-key-is-on-the-move", |view| {
        keys(view).any(|key| {
            homes(view, key).is_empty()
                && regions(view).any(|(_, replica)| {
                    let record = replica.durable.records.get(key);
                    record.is_some_and(|record| record.epoch > Epoch(1))
                })
        })
    });

    /// A region takes another to be gone.
    pub const A_REGION_IS_SUSPECTED = witness("a-region-is-suspected", |view| {
        regions(view).any(|(_, replica)| !replica.suspected.is_empty())
    });

    /// A replica keeps two versions of one register.
    pub const TWO_VERSIONS_ARE_KEPT = witness("two-versions-are-kept", |view| {
        regions(view).any(|(_, replica)| {
            replica.durable.records.iter().any(|(_, record)| record.versions.len() >= 2)
        })
    });

    /// Every client is done, only faults could change anything, and all replicas hold the same.
    pub const ALL_AGREE_AT_REST = witness("all-agree-at-rest", |view| {
        view.clients_are_done() && has_converged(view) && view.is_quiescent()
    });

    /// Every client has been answered.
    pub const EVERY_CLIENT_IS_DONE = witness("every-client-is-done", |view| {
        view.clients_are_done()
    });
}
