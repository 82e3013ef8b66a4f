//! The small clusters that answer a question between them.
//!
//! Invariants are judged where nobody reads, because reading changes no log and multiplies the
//! states; guarantees in several workloads that differ in who asks whom, where messages do not arrive
//! twice; convergence where whatever is lost is sent again, and what comes true in the end where clients
//! ask again, too.

use std::sync::Arc;

use holdfast_models::cluster::{
    Ask, At, Client, Cluster, Environment, FaultBudget, Narrate, NetworkKind, Property, Step,
};
use holdfast_models::consistency::Guarantee;
use holdfast_models::vocabulary::{ReplicaId, ReplicaSet};

use super::{Data, Promises, Question, Workload, World};
use crate::error::Failure;

/// With more replicas, letting all of them suspect, or come to rest, takes longer than anybody waits.
const FEW: u8 = 4;

const REGISTER: &str = "x";
const OTHER_REGISTER: &str = "y";

/// The workloads that answer `question` in `world`, the smallest first: what they do not need is left
/// to the others.
///
/// # Errors
/// If the flags name a replica that does not exist.
pub fn workloads<P: Narrate>(
    world: &World,
    question: Question<P>,
) -> Result<Vec<Workload>, Failure> {
    let environment = world.environment(question.replicas, question.spared)?;
    let last = question.replicas - 1;
    let plan = Plan { world, question, environment, last };
    let mut workloads = vec![plan.updates()];
    workloads.extend(plan.at_rest());
    workloads.extend(plan.in_the_end());
    if world.readers > 0 && world.data.is_judged_by_readers() {
        workloads.extend(plan.reads());
    }
    workloads.extend(plan.transactions());
    Ok(workloads)
}

struct Plan<'a, P: Narrate> {
    world: &'a World,
    question: Question<P>,
    environment: Environment,
    last: u8,
}

impl<P: Narrate> Plan<'_, P> {
    fn updates(&self) -> Workload {
        let Question { replicas, invariants, about_acknowledged, witnesses, .. } = &self.question;
        let suspecting =
            if *replicas <= FEW { Environment::CALM.suspecting } else { self.last_one() };
        let environment = Environment {
            network: self.world.network.unwrap_or(NetworkKind::Datagram),
            suspecting,
            ..self.environment
        };
        let promises = vec![
            Promises {
                properties: about_acknowledged.clone(),
                witnesses: vec![witnesses.acknowledged],
            },
            Promises { properties: invariants.clone(), witnesses: Vec::new() },
        ];
        self.workload("updates", environment, self.writers(), promises)
    }

    /// Where all that is lost is sent again. Where a link stays cut, nobody can be expected to have
    /// the same as the others; and where messages pile up, rest never comes.
    fn at_rest(&self) -> Option<Workload> {
        let network = self.world.network.unwrap_or(NetworkKind::Datagram);
        let is_small = self.question.replicas <= FEW || self.world.repeats_for_ever();
        let is_asked = !self.question.about_rest.is_empty();
        if !is_asked
            || !is_small
            || network != NetworkKind::Datagram
            || !self.environment.cut.is_empty()
        {
            return None;
        }
        let faults = FaultBudget { repeats: FaultBudget::UNLIMITED, ..self.environment.faults };
        let environment =
            Environment { network, faults, suspecting: self.last_one(), ..self.environment };
        let promises = Promises {
            properties: self.question.about_rest.clone(),
            witnesses: vec![self.question.witnesses.at_rest],
        };
        Some(self.workload("at-rest", environment, self.writers(), vec![promises]))
    }

    /// Where what is lost is sent again, and clients ask until they are answered. The first leader stays:
    /// to replace it somebody has to suspect it, and if that fails, to suspect it once more; and what
    /// nobody can count on is a fault.
    fn in_the_end(&self) -> Option<Workload> {
        let network = self.world.network.unwrap_or(NetworkKind::Datagram);
        let is_small = self.question.replicas < FEW;
        let Question { about_the_end, witnesses, spared, .. } = &self.question;
        let is_asked = !about_the_end.is_empty() && self.environment.cut.is_empty();
        if !is_small || network != NetworkKind::Datagram || !is_asked {
            return None;
        }
        let faults = FaultBudget {
            repeats: FaultBudget::UNLIMITED,
            retries: FaultBudget::UNLIMITED,
            losses: self.world.losses.unwrap_or(1),
            suspicions: 0,
            ..self.environment.faults
        };
        let spared = spared.with(ReplicaId(0));
        let environment = Environment { network, faults, spared, ..self.environment };
        let script = Box::leak(Box::new([Step::Ask(self.update(0), At::Replica(0))]));
        let writer = Client { session: self.question.session, script };
        let promises =
            Promises { properties: about_the_end.clone(), witnesses: vec![witnesses.acknowledged] };
        Some(self.workload("in-the-end", environment, vec![writer], vec![promises]))
    }

    /// Where transactions of two registers may miss each other: two that read what the other writes; two of which one does, and
    /// a look at both registers; and two that write where nobody else does, and a look at both at each of two replicas.
    fn transactions(&self) -> Vec<Workload> {
        const BOTH: &[&str] = &[REGISTER, OTHER_REGISTER];
        const LOOK: Ask = Ask::Transact(BOTH, &[]);
        const WRITE_ONE: Ask = Ask::Transact(BOTH, &[(REGISTER, "1")]);
        const WRITE_OTHER: Ask = Ask::Transact(BOTH, &[(OTHER_REGISTER, "2")]);
        const KEEP_TO_OTHER: Ask = Ask::Transact(&[OTHER_REGISTER], &[(OTHER_REGISTER, "2")]);
        if self.question.about_transactions.is_empty() {
            return Vec::new();
        }
        let away = 1.min(self.last);
        let apart = [Ask::Write(REGISTER, "1"), Ask::Write(OTHER_REGISTER, "2"), LOOK, LOOK];
        vec![
            self.transacting("transactions-that-meet", &[(WRITE_OTHER, 0), (WRITE_ONE, away)]),
            self.transacting(
                "transactions-looked-at",
                &[(KEEP_TO_OTHER, 0), (WRITE_ONE, away), (LOOK, 0)],
            ),
            self.transacting(
                "transactions-apart",
                &apart.into_iter().zip([0, 0, 0, away]).collect::<Vec<_>>(),
            ),
        ]
    }

    /// A workload that judges transactions, each by a client of its own.
    fn transacting(&self, name: &'static str, asks: &[(Ask, u8)]) -> Workload {
        let Question { about_transactions, witnesses, .. } = &self.question;
        let clients = asks.iter().map(|ask| self.client([*ask])).collect();
        let environment = Environment {
            network: self.world.network.unwrap_or(NetworkKind::AtMostOnce),
            suspecting: self.last_one(),
            ..self.environment
        };
        let promises = Promises {
            properties: about_transactions.clone(),
            witnesses: vec![witnesses.acknowledged],
        };
        self.workload(name, environment, clients, vec![promises])
    }

    fn reads(&self) -> Vec<Workload> {
        let Question { followers_answer, places: named, .. } = self.question;
        // Whoever does not lead refuses most reads, but the last replica may come to lead.
        let away = if followers_answer { 1.min(self.last) } else { self.last };
        let own = [self.update(0), Ask::Read(REGISTER)];
        let own = self.client(own.into_iter().zip([0, away]));
        let mut workloads = vec![self.reading("own-update", vec![own])];
        let [here, there] = named.moving;
        if followers_answer && self.last >= there {
            let reader = self.client([(Ask::Read(REGISTER), here), (Ask::Read(REGISTER), there)]);
            workloads.push(self.reading("moving-reader", [self.writers(), vec![reader]].concat()));
        }
        let mut places = vec![(named.another, away), (named.first, 0)];
        if self.world.anywhere {
            // Where everybody may be asked, one workload is all of them.
            places = vec![("reads", 0)];
        } else if self.last == 0 {
            places.remove(0);
        }
        for (name, place) in places {
            let readers = (0..self.world.readers)
                .map(|_| self.client([(Ask::Read(REGISTER), place)]))
                .collect();
            workloads.push(self.reading(name, [self.writers(), readers].concat()));
        }
        if self.last > 0 && !self.world.anywhere {
            workloads.push(self.reading(named.told, self.told()));
        }
        workloads
    }

    /// A workload that judges what readers see.
    fn reading(&self, name: &'static str, clients: Vec<Client>) -> Workload {
        let Question { about_reads, witnesses, .. } = &self.question;
        let guarantees = Guarantee::ALL.iter().copied().map(Property::guarantee);
        let environment = Environment {
            network: self.world.network.unwrap_or(NetworkKind::AtMostOnce),
            suspecting: self.last_one(),
            ..self.environment
        };
        let promises = Promises {
            properties: guarantees.chain(about_reads.iter().copied()).collect(),
            witnesses: vec![witnesses.acknowledged, witnesses.answered],
        };
        self.workload(name, environment, clients, vec![promises])
    }

    fn workload(
        &self,
        name: &'static str,
        environment: Environment,
        clients: Vec<Client>,
        promises: Vec<Promises<P>>,
    ) -> Workload {
        let repeats_for_ever = environment.faults.repeats == FaultBudget::UNLIMITED;
        let cluster = Cluster {
            protocol: self.question.protocol.clone(),
            environment: Environment {
                suspecting: self.world.suspecting.unwrap_or(environment.suspecting),
                // There messages pile up that nobody will act on.
                forgets: repeats_for_ever || environment.network == NetworkKind::AtMostOnce,
                ..environment
            },
            // A question is asked once in the life of a process.
            clients: Box::leak(clients.into_boxed_slice()),
            properties: Vec::new(),
            stop: Arc::default(),
        };
        Workload::new(name, cluster, promises)
    }

    fn last_one(&self) -> ReplicaSet {
        ReplicaSet::of(&[self.last])
    }

    /// The writers, each at the replica after the one before.
    fn writers(&self) -> Vec<Client> {
        let writers = 0..self.world.writers;
        writers
            .map(|writer| self.client([(self.update(writer), writer % (self.last + 1))]))
            .collect()
    }

    /// What a writer asks for.
    fn update(&self, writer: u8) -> Ask {
        let value = match writer {
            0 => "1",
            1 => "2",
            _ => "3",
        };
        match self.world.data {
            Data::Register => Ask::Write(REGISTER, value),
            Data::Counter => Ask::Add(REGISTER, if writer == 0 { 1 } else { -1 }),
            Data::Set if writer == 1 => Ask::Exclude(REGISTER, "1"),
            Data::Set => Ask::Include(REGISTER, "1"),
            Data::Text => Ask::Insert(REGISTER, 0, value),
        }
    }

    /// A writer at the replica that may take over, and a reader at the first leader who hears from
    /// the writer before it asks.
    fn told(&self) -> Vec<Client> {
        let session = self.question.session;
        let script = |steps: [Step; 2]| Client { session, script: Box::leak(Box::new(steps)) };
        let write = Step::Ask(self.update(0), At::Replica(self.last));
        let read = Step::Ask(Ask::Read(REGISTER), At::Replica(0));
        vec![script([write, Step::Tell(1)]), script([Step::HearFrom(0), read])]
    }

    fn client(&self, asks: impl IntoIterator<Item = (Ask, u8)>) -> Client {
        let whom = |at| if self.world.anywhere { At::Any } else { At::Replica(at) };
        let script: Vec<_> = asks.into_iter().map(|(ask, at)| Step::Ask(ask, whom(at))).collect();
        let script = Box::leak(script.into_boxed_slice());
        Client { session: self.question.session, script }
    }
}
