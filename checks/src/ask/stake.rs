//! Which guarantees the clients of a workload are able to see broken, if it comes to the worst.

use holdfast_models::cluster::{Ask, Client, Step};
use holdfast_models::consistency::Guarantee;

/// The guarantees that hold whatever clients with these scripts are told, as long as it is some value
/// that was written, or nothing.
pub(super) fn not_at_stake(clients: &[Client]) -> Vec<&'static str> {
    let names = Guarantee::ALL.iter().filter(|guarantee| !is_at_stake(**guarantee, clients));
    names.map(|guarantee| guarantee.name()).collect()
}

fn is_at_stake(guarantee: Guarantee, clients: &[Client]) -> bool {
    match guarantee {
        // Sums show it, and nobody adds.
        Guarantee::ExactlyOnce => false,
        // Nobody sees more than one register at a time, or writes where it reads.
        Guarantee::Serializable
        | Guarantee::SnapshotIsolation
        | Guarantee::ParallelSnapshotIsolation => {
            clients.iter().flat_map(asks).any(|ask| matches!(ask, Ask::Transact(..)))
        }
        // One value of one register is always what some prefix leads to.
        Guarantee::ConsistentPrefix => false,
        Guarantee::MonotonicReads => {
            any(clients, |reads| reads.iter().filter(|is| **is).count() > 1)
        }
        Guarantee::MonotonicWrites => {
            any(clients, |reads| reads.iter().filter(|is| !**is).count() > 1)
        }
        Guarantee::WritesFollowReads => {
            any(clients, |reads| reads.iter().skip_while(|is| !**is).any(|is| !is))
        }
        Guarantee::BoundedStaleness { versions } => {
            let updates = clients.iter().flat_map(reads).filter(|is_read| !is_read).count();
            updates > usize::from(versions)
        }
        Guarantee::Linearizable
        | Guarantee::Sequential
        | Guarantee::CausalAcrossNotification
        | Guarantee::Causal
        | Guarantee::ReadYourWrites
        | Guarantee::Regular
        | Guarantee::Safe => true,
    }
}

/// Whether some client's requests, each a read or not, are as `wanted`.
fn any(clients: &[Client], wanted: impl Fn(&[bool]) -> bool) -> bool {
    clients.iter().any(|client| wanted(&reads(client)))
}

fn reads(client: &Client) -> Vec<bool> {
    asks(client).map(|ask| !ask.operation().is_update()).collect()
}

fn asks(client: &Client) -> impl Iterator<Item = Ask> {
    client.script.iter().filter_map(|step| match step {
        Step::Ask(ask, _) => Some(*ask),
        Step::Tell(_) | Step::HearFrom(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use holdfast_models::cluster::{At, Session};

    const READ: Step = Step::Ask(Ask::Read("x"), At::Any);
    const WRITE: Step = Step::Ask(Ask::Write("x", "1"), At::Any);

    #[test]
    fn a_guarantee_over_a_session_needs_a_session_that_is_long_enough() {
        let cases: [(&'static [Step], &str); 3] = [
            (&[READ, READ], "monotonic-reads"),
            (&[WRITE, WRITE], "monotonic-writes"),
            (&[READ, WRITE], "writes-follow-reads"),
        ];
        for (script, guarantee) in cases {
            let clients = |script| [Client { session: Session::Plain, script }];
            assert!(!not_at_stake(&clients(script)).contains(&guarantee), "{guarantee}");
            assert!(not_at_stake(&clients(&[WRITE, READ])).contains(&guarantee), "{guarantee}");
        }
    }
}
