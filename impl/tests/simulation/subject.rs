//! What is put to the test: a protocol, and when its replicas have converged.

use std::time::Duration;

use holdfast_models::consistency::{Guarantee, History};
use holdfast_models::leaderless::{Leaderless, Register};
use holdfast_models::multi_leader::certification::Certification;
use holdfast_models::multi_leader::convergent::Convergent;
use holdfast_models::multi_leader::home_region::{Durable, HomeRegion};
use holdfast_models::multi_leader::locking::{self, Locking};
use holdfast_models::protocol::Protocol;
use holdfast_models::single_leader::{Participant, SingleLeader};
use holdfast_models::vocabulary::{Key, Map, Operation, ReplicaId, ReplicaSet, Value};
use holdfast_node::hosted::Hosted;
use holdfast_node::random::Random;

use crate::plan::{self, Asked, Plan};
use crate::{convergent, terms};

/// A protocol whose nodes are simulated.
pub(crate) trait Subject: Hosted + Copy {
    /// Whether two replicas show the same, as far as both should.
    fn agree(&self, one: Of<'_, Self>, other: Of<'_, Self>) -> bool;

    /// The `index`-th thing that a client asks.
    fn operation(client: u64, index: u64, random: &mut Random) -> Operation {
        plan::of_registers(client, index, random)
    }

    /// What a client asks, one after another.
    fn script(client: u64, random: &mut Random) -> Vec<Operation> {
        plan::operations::<Self>(client, random)
    }

    /// What a client asks instead of `operation`, or that on terms of its own.
    fn asked(&self, operation: Operation, _: &mut Random) -> Asked {
        Asked::plainly(operation)
    }

    /// Whether each client begins with another replica.
    const ALL_ARE_ASKED: bool = false;

    /// How long a client rests between two operations.
    const REST: Duration = Duration::ZERO;

    /// Whether clients are answered while so many of its replicas are down for good.
    fn outlives(&self, down: usize) -> bool {
        down * 2 < usize::from(self.replicas())
    }

    /// What is to be judged of what clients saw, and by which guarantees.
    fn judged(_: &Plan<Self>, history: &History, promised: &[Guarantee]) -> Vec<Judged> {
        vec![(history.clone(), promised.to_vec())]
    }

    /// What is gone in the end that must not be. The replicas show the same, and so many have refused to
    /// start on a disk that had failed.
    fn forgotten(
        _plan: &Plan<Self>,
        _history: &History,
        _replicas: &[&Self::Replica],
        _refused: usize,
    ) -> Option<String> {
        None
    }
}

/// What somebody saw, and what it has to be.
pub(crate) type Judged = (History, Vec<Guarantee>);

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

    fn asked(&self, operation: Operation, random: &mut Random) -> Asked {
        terms::asked(self, operation, random)
    }

    fn judged(plan: &Plan<Self>, history: &History, promised: &[Guarantee]) -> Vec<Judged> {
        terms::judged(plan, history, promised)
    }

    fn forgotten(
        plan: &Plan<Self>,
        history: &History,
        replicas: &[&Self::Replica],
        refused: usize,
    ) -> Option<String> {
        let keeps_all = plan.policy.keeps_siblings();
        keeps_all.then(|| terms::forgotten(plan, history, replicas, refused)).flatten()
    }
}

impl Subject for Convergent {
    fn agree(&self, (_, one): Of<'_, Self>, (_, other): Of<'_, Self>) -> bool {
        one.durable.delivered == other.durable.delivered && one.durable.cells == other.durable.cells
    }

    fn operation(client: u64, index: u64, random: &mut Random) -> Operation {
        convergent::operation(client, index, random)
    }

    fn forgotten(
        _: &Plan<Self>,
        history: &History,
        replicas: &[&Self::Replica],
        refused: usize,
    ) -> Option<String> {
        let replica = replicas.first().filter(|_| refused == 0)?;
        convergent::missing(history, &replica.durable.cells)
    }
}

impl Subject for Certification {
    fn agree(&self, (_, one): Of<'_, Self>, (_, other): Of<'_, Self>) -> bool {
        let (one, other) = (&one.durable, &other.durable);
        one.applied == other.applied && one.cells == other.cells
    }

    /// Few, since whether there is an order that explains them is found by trying.
    fn script(client: u64, random: &mut Random) -> Vec<Operation> {
        let one = |random: &mut Random| Key::from(["x", "y"][random.below(2) as usize]);
        let operation = |index: u64| {
            let padding = "-".repeat([0, 40, 2_500][random.below(3) as usize]);
            let value = Value::from(format!("{client}.{index}{padding}").as_str());
            let both = vec![Key::from("x"), Key::from("y")];
            let (reads, unchanged) = (both, Vec::new());
            match random.below(8) {
                0..2 => Operation::Transact { reads, writes: Vec::new(), unchanged },
                2..5 => {
                    let writes = vec![(one(random), Some(value))];
                    Operation::Transact { reads, writes, unchanged }
                }
                5 => Operation::Write { key: one(random), value },
                6 => Operation::CompareAndSet { key: one(random), expected: None, value },
                _ => Operation::Add { key: Key::from("n"), amount: 1 << (3 * client + index) },
            }
        };
        (0..4).map(operation).collect()
    }

    const ALL_ARE_ASKED: bool = true;

    /// Whatever fails meanwhile fails between operations, too.
    const REST: Duration = Duration::from_millis(1_500);

    /// While the sequencer is down nobody commits.
    fn outlives(&self, down: usize) -> bool {
        down == 0
    }
}

impl Subject for HomeRegion {
    /// What is shown, and who is the home.
    fn agree(&self, (_, one): Of<'_, Self>, (_, other): Of<'_, Self>) -> bool {
        let (one, other) = (&one.durable, &other.durable);
        let keys = one.records.iter().chain(other.records.iter()).map(|(key, _)| key);
        let shown = |durable: &Durable, key: &Key| {
            let record = durable.record(self, key);
            (record.home, record.epoch, record.value().cloned())
        };
        keys.into_iter().all(|key| shown(one, key) == shown(other, key))
    }

    const ALL_ARE_ASKED: bool = true;

    /// While a home is down its keys take no updates.
    fn outlives(&self, down: usize) -> bool {
        down == 0
    }
}

impl Subject for Locking {
    fn agree(&self, (_, one): Of<'_, Self>, (_, other): Of<'_, Self>) -> bool {
        let shown = |replica: &locking::Replica| {
            let cells = replica.durable.cells.iter();
            let values = cells.filter_map(|(key, cell)| Some((key.clone(), cell.value.clone()?)));
            values.collect::<Vec<_>>()
        };
        shown(one) == shown(other)
    }

    const ALL_ARE_ASKED: bool = true;

    /// Every update needs all.
    fn outlives(&self, down: usize) -> bool {
        down == 0
    }
}
