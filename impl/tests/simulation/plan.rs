//! What happens to a cluster from outside: what clients ask, and what fails when.

use std::time::Duration;

use holdfast_models::vocabulary::{Key, Operation, ReplicaId, Value};
use holdfast_node::disk::{CrashDamage, Injected};
use holdfast_node::random::Random;

use crate::subject::Subject;

/// A run, complete: the same plan is the same run.
#[derive(Clone)]
pub(crate) struct Plan<P> {
    /// For everything that the plan does not say.
    pub(crate) seed: u64,
    pub(crate) policy: P,
    /// Of a thousand datagrams.
    pub(crate) lost: u64,
    pub(crate) duplicated: u64,
    /// Datagrams take up to this long.
    pub(crate) slow: Duration,
    /// What each client asks, one after another.
    pub(crate) clients: Vec<Vec<Asked>>,
    /// What fails, and when.
    pub(crate) faults: Vec<(Duration, Fault)>,
}

/// What a client asks, and on which terms.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) operation: Operation,
    /// How many homes have to store it, and to answer it, if the client says so.
    pub(crate) write_quorum: Option<u8>,
    pub(crate) read_quorum: Option<u8>,
    /// Whether the client hands in what it has been shown of the register.
    pub(crate) is_knowing: bool,
}

impl Asked {
    /// On the terms of the configuration.
    pub(crate) const fn plainly(operation: Operation) -> Self {
        Self { operation, write_quorum: None, read_quorum: None, is_knowing: false }
    }

    fn told(&self) -> String {
        let short: String = self.operation.to_string().chars().take(24).collect();
        let quorum = |name, quorum: Option<u8>| {
            quorum.map_or_else(String::new, |quorum| format!(" {name}={quorum}"))
        };
        let knowing = if self.is_knowing { " knowing" } else { "" };
        short + &quorum("w", self.write_quorum) + &quorum("r", self.read_quorum) + knowing
    }
}

/// Something that fails.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// The process, or the machine if something not synced gets lost; it starts again after a while.
    Crash { replica: ReplicaId, damage: CrashDamage, down: Duration },
    /// An operation of its disk, so many operations from now, and so the process.
    Disk {
        replica: ReplicaId,
        operation: u64,
        fault: Injected,
        damage: CrashDamage,
        down: Duration,
    },
    /// The links from one replica to the other, or both ways.
    Cut { from: ReplicaId, to: ReplicaId, both_ways: bool, lasts: Duration },
    /// All links of a replica.
    Isolate { replica: ReplicaId, lasts: Duration },
    /// A replica stands still, and then goes on as if nothing had been.
    Pause { replica: ReplicaId, lasts: Duration },
}

/// Faults happen within this time; after it, everything is well.
pub(crate) const TROUBLE: Duration = Duration::from_secs(8);

impl<P: Subject> Plan<P> {
    pub(crate) fn random(seed: u64, policy: P) -> Self {
        let mut random = Random::new(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 1);
        let clients = (0..3).map(|client| {
            let operations = P::script(client, &mut random);
            operations.into_iter().map(|operation| policy.asked(operation, &mut random)).collect()
        });
        let clients = clients.collect();
        let faults = (0..2 + random.below(9)).map(|_| fault(policy.replicas(), &mut random));
        let mut faults: Vec<_> = faults.collect();
        faults.sort_by_key(|(at, _)| *at);
        Self {
            seed,
            policy,
            lost: [0, 20, 200][random.below(3) as usize],
            duplicated: [0, 100][random.below(2) as usize],
            slow: Duration::from_millis([1, 5, 60][random.below(3) as usize]),
            clients,
            faults,
        }
    }

    /// The plan in few lines.
    pub(crate) fn told(&self) -> String {
        let Self { lost, duplicated, slow, .. } = self;
        let mut text = format!(
            "{:?}\nof a thousand datagrams {lost} are lost, {duplicated} sent twice, slowest {slow:?}\n",
            self.policy
        );
        for (id, asked) in self.clients.iter().enumerate() {
            let asked: Vec<_> = asked.iter().map(Asked::told).collect();
            text += &format!("client {id}: {}\n", asked.join("; "));
        }
        for (at, fault) in &self.faults {
            text += &format!("{at:?}: {fault:?}\n");
        }
        text
    }

    /// How much there is to be made smaller.
    pub(crate) fn size(&self) -> usize {
        self.faults.len() + self.clients.iter().map(Vec::len).sum::<usize>()
    }
}

/// What a client asks, one after another.
pub(crate) fn operations<P: Subject>(client: u64, random: &mut Random) -> Vec<Operation> {
    let count = 8 + random.below(10);
    (0..count).map(|index| P::operation(client, index, random)).collect()
}

/// A client reads, writes, compares or counts.
pub(crate) fn of_registers(client: u64, index: u64, random: &mut Random) -> Operation {
    let key = Key::from(["x", "y"][random.below(2) as usize]);
    // Each value is written once, so that a reader tells whose it is; some need several datagrams.
    let padding = "-".repeat([0, 40, 2_500][random.below(3) as usize]);
    let value = Value::from(format!("{client}.{index}{padding}").as_str());
    match random.below(10) {
        0..4 => Operation::Read { key },
        4..8 => Operation::Write { key, value },
        8 => Operation::CompareAndSet { key, expected: None, value },
        _ => Operation::Add { key: Key::from("n"), amount: 1_i64 << (index % 20) },
    }
}

fn fault(replicas: u8, random: &mut Random) -> (Duration, Fault) {
    let at = Duration::from_millis(random.below(TROUBLE.as_millis() as u64));
    let mut any = || ReplicaId(random.below(u64::from(replicas)) as u8);
    let (replica, other) = (any(), any());
    let lasts = Duration::from_millis(50 + random.below(2_500));
    let damage = CrashDamage::ALL[random.below(CrashDamage::ALL.len() as u64) as usize];
    let fault = match random.below(10) {
        0..4 => Fault::Crash { replica, damage, down: lasts },
        4 => {
            let fault = if random.per_mille(500) { Injected::Failed } else { Injected::Full };
            let operation = 1 + random.below(20);
            Fault::Disk { replica, operation, fault, damage, down: lasts }
        }
        5..7 => Fault::Cut { from: replica, to: other, both_ways: random.per_mille(500), lasts },
        7..9 => Fault::Isolate { replica, lasts },
        _ => Fault::Pause { replica, lasts },
    };
    (at, fault)
}
