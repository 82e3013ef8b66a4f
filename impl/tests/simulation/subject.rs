//! What is put to the test: a protocol, and when its replicas have converged.

use holdfast_models::consistency::History;
use holdfast_models::leaderless::{Leaderless, Register};
use holdfast_models::multi_leader::convergent::Convergent;
use holdfast_models::protocol::Protocol;
use holdfast_models::single_leader::{Participant, SingleLeader};
use holdfast_models::vocabulary::{Key, Map, Operation, ReplicaId, ReplicaSet};
use holdfast_node::hosted::Hosted;
use holdfast_node::random::Random;

use crate::{convergent, plan};

/// A protocol whose nodes are simulated.
pub(crate) trait Subject: Hosted + Copy {
    /// Whether two replicas show the same, as far as both should.
    fn agree(&self, one: Of<'_, Self>, other: Of<'_, Self>) -> bool;

    /// The `index`-th thing that a client asks.
    fn operation(client: u64, index: u64, random: &mut Random) -> Operation {
        plan::of_registers(client, index, random)
    }

    /// What was acknowledged and should be there in the end, and is not, if anything is missing.
    fn missing(&self, _history: &History, _replica: &Self::Replica) -> Option<String> {
        None
    }
}

/// A replica and its id.
pub(crate) type Of<'a, P> = (ReplicaId, &'a <P as Protocol>::Replica);

impl Subject for SingleLeader {
    fn agree(&self, (_, one): Of<'_, Self>, (_, other): Of<'_, Self>) -> bool {
        match (one, other) {
            (Participant::Replica(one), Participant::Replica(other)) => {
                one.exposed == other.exposed
            }
            // It keeps no log.
            (Participant::Controller(_), _) | (_, Participant::Controller(_)) => true,
        }
    }
}

impl Subject for Leaderless {
    fn agree(&self, (me, one): Of<'_, Self>, (you, other): Of<'_, Self>) -> bool {
        let (one, other) = (&one.durable.registers, &other.durable.registers);
        let keys = one.iter().chain(other.iter()).map(|(key, _)| key);
        let are_shared = |homes: ReplicaSet| homes.contains(me) && homes.contains(you);
        // What is shown, and not how it came about.
        let cells =
            |of: &Map<Key, Register>, key: &Key| of.get(key).map(|register| register.cells.clone());
        keys.filter(|key| are_shared(self.homes(key)))
            .all(|key| cells(one, key) == cells(other, key))
    }
}

impl Subject for Convergent {
    fn agree(&self, (_, one): Of<'_, Self>, (_, other): Of<'_, Self>) -> bool {
        one.durable.delivered == other.durable.delivered && one.durable.cells == other.durable.cells
    }

    fn operation(client: u64, index: u64, random: &mut Random) -> Operation {
        convergent::operation(client, index, random)
    }

    fn missing(&self, history: &History, replica: &Self::Replica) -> Option<String> {
        convergent::missing(history, &replica.durable.cells)
    }
}
