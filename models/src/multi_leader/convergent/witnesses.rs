//! What has to happen somewhere in a scenario, so that nothing holds because nothing happens.

use super::elements::{outlives_a_removal, texts};
use super::judging::{has_converged, replicas};
use super::{Convergent, Replica};
use crate::cluster::{Property, common_properties, properties};
use crate::multi_leader::judging::pairs;
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

    /// A removal has arrived before what it removes.
    pub const A_REMOVAL_COMES_FIRST = witness("a-removal-comes-first", |view| {
        replicas(view).any(|(_, replica)| {
            let delivered = &replica.durable.delivered;
            replica.durable.removed.iter().any(|(addition, _)| !delivered.contains(*addition))
        })
    });

    /// A replica shows an element though it has applied a removal of it.
    pub const AN_ADDITION_OUTLIVES_A_REMOVAL = witness("an-addition-outlives-a-removal", |view| {
        replicas(view).any(|(_, replica)| outlives_a_removal(replica))
    });

    /// A replica has dropped a tombstone that another still has.
    pub const A_TOMBSTONE_IS_DROPPED = witness("a-tombstone-is-dropped", |view| {
        let has_dropped = |replica: &Replica, other: &Replica| {
            other.durable.removed.iter().any(|(addition, removal)| {
                replica.durable.delivered.contains(*removal)
                    && replica.durable.removed.get(addition).is_none()
            })
        };
        pairs(view).any(|(left, right)| has_dropped(left, right) || has_dropped(right, left))
    });

    /// Two elements were inserted by different replicas after the same one.
    pub const TWO_INSERTIONS_MEET = witness("two-insertions-meet", |view| {
        texts(view).any(|text| {
            text.elements().any(|one| {
                text.elements().any(|other| {
                    one.name.replica != other.name.replica
                        && one.between.left == other.between.left
                })
            })
        })
    });

    /// An element of a text is erased, and something stands after it.
    pub const AN_ELEMENT_IS_ERASED = witness("an-element-is-erased", |view| {
        texts(view).any(|text| {
            let mut elements = text.elements().skip_while(|element| element.value.is_some());
            elements.next().is_some() && elements.any(|element| element.value.is_some())
        })
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
