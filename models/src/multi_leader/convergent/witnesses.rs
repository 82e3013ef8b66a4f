//! What has to happen somewhere in a scenario, so that nothing holds because nothing happens.

use super::Convergent;
use super::judging::{has_converged, replicas};
use crate::cluster::{Property, common_properties, properties};
use crate::vocabulary::Outcome;

common_properties! { for Convergent;
    AN_UPDATE_IS_ACKNOWLEDGED EVERY_UPDATE_IS_ACKNOWLEDGED A_READ_FINDS_A_VALUE
    EVERY_CLIENT_IS_DONE
}

properties! { for Convergent;

    /// A replica does not take an update.
    pub const A_REPLICA_REFUSES = witness("a-replica-refuses", |view| {
        view.history()
            .operations()
            .any(|(_, record)| matches!(record.outcome(), Some(Outcome::Refused(_))))
    });

    /// Two replicas take updates that do not know of each other.
    pub const TWO_UPDATES_ARE_CONCURRENT = witness("two-updates-are-concurrent", |view| {
        let events = || replicas(view).flat_map(|(_, replica)| replica.durable.events.iter());
        events().any(|(dot, event)| {
            events().any(|(other, rival)| {
                dot.replica != other.replica
                    && !event.past.contains(*other)
                    && !rival.past.contains(*dot)
            })
        })
    });

    /// Replicas have taken updates that others have not applied, in both directions.
    pub const TWO_REPLICAS_DIFFER = witness("two-replicas-differ", |view| {
        replicas(view).any(|(id, replica)| {
            replicas(view).any(|(other, rival)| {
                id < other
                    && !replica.durable.delivered.is_subset(&rival.durable.delivered)
                    && !rival.durable.delivered.is_subset(&replica.durable.delivered)
            })
        })
    });

    /// A replica keeps two versions of one register.
    pub const TWO_VERSIONS_ARE_KEPT = witness("two-versions-are-kept", |view| {
        replicas(view).any(|(_, replica)| {
            let mut cells = replica.durable.cells.iter();
            cells.any(|(_, cell)| cell.register.versions().len() >= 2)
        })
    });

    /// An update has arrived too early.
    pub const AN_UPDATE_WAITS = witness("an-update-waits", |view| {
        replicas(view).any(|(_, replica)| !replica.waiting.is_empty())
    });

    /// Every client is done, and every replica has applied the same updates.
    pub const EVERYBODY_HAS_EVERYTHING = witness("everybody-has-everything", |view| {
        let mut all = replicas(view).map(|(_, replica)| &replica.durable.delivered);
        let first = all.next();
        view.clients_are_done()
            && first.is_some_and(|first| !first.is_empty() && all.all(|other| other == first))
    });

    /// Every client is done, only faults could change anything, and all replicas hold the same.
    pub const ALL_AGREE_AT_REST = witness("all-agree-at-rest", |view| {
        view.clients_are_done() && has_converged(view) && view.is_quiescent()
    });
}
