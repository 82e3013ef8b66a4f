//! What has to happen somewhere in a scenario, so that nothing holds because nothing happens.

use super::HomeRegion;
use super::judging::{has_converged, homes, regions};
use crate::cluster::{Property, common_properties, properties};
use crate::multi_leader::judging::keys;
use crate::vocabulary::{Epoch, Outcome, Refusal};

common_properties! { for HomeRegion;
    AN_UPDATE_IS_ACKNOWLEDGED EVERY_UPDATE_IS_ACKNOWLEDGED AN_UPDATE_COMES_TOO_LATE
    A_READ_FINDS_A_VALUE EVERY_CLIENT_IS_DONE
}

properties! { for HomeRegion;

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
}
