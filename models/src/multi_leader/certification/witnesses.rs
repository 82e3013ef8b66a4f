//! What has to happen somewhere in a scenario, so that nothing holds because nothing happens.

use super::Certification;
use super::judging::{has_converged, replicas};
use crate::cluster::{Property, common_properties, properties};
use crate::vocabulary::{LogPosition, Outcome, Refusal};

common_properties! { for Certification;
    AN_UPDATE_IS_ACKNOWLEDGED EVERY_UPDATE_IS_ACKNOWLEDGED A_READ_FINDS_A_VALUE A_READ_IS_ANSWERED
    EVERY_CLIENT_IS_DONE
}

properties! { for Certification;

    /// A client is told that another transaction was earlier.
    pub const A_TRANSACTION_IS_ABORTED = witness("a-transaction-is-aborted", |view| {
        let aborted = Outcome::Refused(Refusal::Conflict);
        view.history().operations().any(|(_, record)| record.outcome() == Some(&aborted))
    });

    /// A transaction finds what another one has written.
    pub const A_TRANSACTION_SEES_ANOTHER = witness("a-transaction-sees-another", |view| {
        view.history().operations().any(|(_, record)| match record.outcome() {
            Some(Outcome::Transacted(found)) => found.iter().any(Option::is_some),
            Some(
                Outcome::Done
                | Outcome::Found(_)
                | Outcome::Siblings(_)
                | Outcome::Elements(_)
                | Outcome::Counted(_)
                | Outcome::Swapped(_)
                | Outcome::Indeterminate
                | Outcome::Refused(_),
            )
            | None => false,
        })
    });

    /// Something has arrived before what it follows in the order.
    pub const SOMETHING_IS_EARLY = witness("something-is-early", |view| {
        replicas(view).any(|(_, replica)| {
            let latest = replica.durable.log.iter().last().map(|(position, _)| *position);
            !replica.early.is_empty() || latest > Some(replica.durable.applied)
        })
    });

    /// A replica has forgotten a part of the order.
    pub const SOMETHING_IS_FORGOTTEN = witness("something-is-forgotten", |view| {
        replicas(view).any(|(_, replica)| replica.durable.forgotten > LogPosition::ZERO)
    });

    /// The sequencer asks the others what it may have lost.
    pub const THE_SEQUENCER_ASKS = witness("the-sequencer-asks", |view| {
        replicas(view).any(|(_, replica)| replica.recovering.is_some())
    });

    /// Every client is done, only faults could change anything, and all replicas hold the same.
    pub const ALL_AGREE_AT_REST = witness("all-agree-at-rest", |view| {
        view.clients_are_done() && has_converged(view) && view.is_quiescent()
    });
}
