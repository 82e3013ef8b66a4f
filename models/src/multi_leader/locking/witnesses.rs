//! What has to happen somewhere in a scenario, so that nothing holds because nothing happens.

use super::Locking;
use super::judging::{has_converged, is_blocked, is_free, promises, replicas};
use crate::cluster::{Property, common_properties, properties};

common_properties! { for Locking;
    AN_UPDATE_IS_ACKNOWLEDGED EVERY_UPDATE_IS_ACKNOWLEDGED AN_UPDATE_IS_REFUSED
    AN_UPDATE_COMES_TOO_LATE A_READ_FINDS_A_VALUE A_READ_IS_ANSWERED A_READ_IS_REFUSED
    EVERY_CLIENT_IS_DONE
}

properties! { for Locking;

    /// Every client is told that each of its updates is refused.
    pub const EVERY_UPDATE_IS_REFUSED = witness("every-update-is-refused", |view| {
        view.clients_are_done()
            && view
                .history()
                .operations()
                .all(|(_, record)| !record.operation.is_update() || record.is_refused())
    });

    /// A replica is prepared, and who could tell it what was decided is down.
    pub const A_PARTICIPANT_IS_BLOCKED = witness("a-participant-is-blocked", |view| {
        replicas(view).any(|(_, replica)| {
            promises(&replica.durable).any(|(_, promise)| is_blocked(view, promise.transaction))
        })
    });

    /// Two transactions wait for each other, each holding what the other one wants.
    pub const TWO_WAIT_FOR_EACH_OTHER = witness("two-wait-for-each-other", |view| {
        let waits_for = |one, other| {
            replicas(view).any(|(_, replica)| {
                replica.locks.iter().any(|(key, lock)| {
                    let waiting = replica.waiting.get(key);
                    lock.holder == other && waiting.is_some_and(|waiting| waiting.contains(&one))
                })
            })
        };
        let holders = || replicas(view).flat_map(|(_, replica)| replica.locks.values());
        holders().any(|one| {
            holders().any(|other| {
                waits_for(one.holder, other.holder) && waits_for(other.holder, one.holder)
            })
        })
    });

    /// Every client is done, nobody holds a key, and all replicas hold the same.
    pub const ALL_IS_FREE_AT_REST = witness("all-is-free-at-rest", |view| {
        view.clients_are_done() && is_free(view) && has_converged(view) && view.is_quiescent()
    });
}
