//! Questions that no row of a table asks: any configuration, put together from flags.

use std::sync::Arc;

use clap::Args;
use holdfast_models::cluster::{
    Ask, At, Client, Cluster, CrashPoints, Environment, FaultBudget, Links, Narrate, NetworkKind,
    Property, Session, Step,
};
use holdfast_models::consistency::Guarantee;
use holdfast_models::protocol::Protocol;
use holdfast_models::vocabulary::{ReplicaId, ReplicaSet};

use crate::error::Failure;
use crate::explore::Explorable;
use crate::spelling::{links, one_of, replicas};
use crate::verdict::Statement;

/// One exploration that answers part of a question.
pub struct Workload {
    /// What it is called.
    pub name: &'static str,
    /// What surrounds its replicas.
    pub environment: Environment,
    /// Who asks for what.
    pub clients: &'static [Client],
    /// What is judged.
    pub statements: Vec<Statement>,
    /// What is explored.
    pub cluster: Arc<dyn Explorable>,
}

impl std::fmt::Debug for Workload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workload").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Workload {
    fn new<P: Narrate>(name: &'static str, mut cluster: Cluster<P>) -> Self {
        let statements = cluster.properties.iter().map(Statement::of);
        let statements = statements.chain([Statement::foundation::<P>()]).collect();
        cluster.properties.push(Property::OBSOLETE_MESSAGES_ARE_IGNORED);
        Self {
            name,
            environment: cluster.environment,
            clients: cluster.clients,
            statements,
            cluster: Arc::new(cluster),
        }
    }
}

/// What surrounds the replicas, as flags.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Clients, network and faults")]
pub struct World {
    /// How many clients write, each one value to the same register: the first at replica 0, the
    /// next at replica 1, and so on.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=3))]
    writers: u8,
    /// How many clients read that register.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=3))]
    readers: u8,
    /// Lets every client ask any replica. Much to explore.
    #[arg(long)]
    anywhere: bool,
    /// How messages travel: datagram where nobody reads and at-most-once elsewhere, if not said.
    #[arg(long, value_name = "KIND", value_parser = one_of(NETWORKS))]
    network: Option<NetworkKind>,
    /// How often somebody concludes that somebody else is gone, right or wrong.
    #[arg(long, value_name = "N", default_value_t = 1)]
    suspicions: u8,
    /// Who may conclude that, such as 1,2: everybody where nobody reads and the last replica
    /// elsewhere, if not said.
    #[arg(long, value_name = "REPLICAS", value_parser = replicas)]
    suspecting: Option<ReplicaSet>,
    /// How many processes crash.
    #[arg(long, value_name = "N", default_value_t = 0)]
    crashes: u8,
    /// How many machines crash and lose what was not synced.
    #[arg(long, value_name = "N", default_value_t = 0)]
    unclean_crashes: u8,
    /// How many machines crash and lose their disk.
    #[arg(long, value_name = "N", default_value_t = 0)]
    amnesias: u8,
    /// Where a crash may happen: between-effects is between-steps too.
    #[arg(long, value_name = "WHERE", default_value = "between-steps", value_parser = one_of(CRASH_POINTS))]
    crash_points: CrashPoints,
    /// How often a client sends its request again.
    #[arg(long, value_name = "N", default_value_t = 0)]
    retries: u8,
    /// How often a client stops waiting.
    #[arg(long, value_name = "N", default_value_t = 0)]
    give_ups: u8,
    /// How often a timer fires that repeats what may have been lost.
    #[arg(long, value_name = "N|unlimited", default_value = "0", value_parser = repeats)]
    repeats: u8,
    /// How many messages are lost for good. Any may arrive too late to matter without that.
    #[arg(long, value_name = "N", default_value_t = 0)]
    losses: u8,
    /// How often a clock moves on.
    #[arg(long, value_name = "N", default_value_t = 0)]
    ticks: u8,
    /// By how many ticks two clocks may differ.
    #[arg(long, value_name = "N", default_value_t = 0)]
    clock_skew: u64,
    /// Replicas that are down from the beginning, such as 0,2.
    #[arg(long, value_name = "REPLICAS", value_parser = replicas)]
    down: Option<ReplicaSet>,
    /// Links that are cut from the beginning, in both directions, such as 0-1,0-2.
    #[arg(long, value_name = "LINKS", value_parser = read_links)]
    cut: Option<Cut>,
}

/// Pairs of replicas that cannot reach each other. Not a plain vector: that would be a flag that
/// may be repeated.
#[derive(Clone, Debug)]
struct Cut(Vec<(u8, u8)>);

fn repeats(text: &str) -> Result<u8, String> {
    match text.parse() {
        _ if text == "unlimited" => Ok(FaultBudget::UNLIMITED),
        Ok(FaultBudget::UNLIMITED) | Err(_) => {
            Err(format!("\"{text}\" is neither a number below 255 nor unlimited"))
        }
        Ok(count) => Ok(count),
    }
}

fn read_links(text: &str) -> Result<Cut, String> {
    links(text).map(Cut)
}

/// What is asked of which protocol.
pub struct Question<P: Protocol> {
    /// The configuration.
    pub protocol: P,
    /// How many replicas clients may ask.
    pub replicas: u8,
    /// Whether replicas that do not lead answer reads.
    pub followers_answer: bool,
    /// Whether clients hand back what they have seen.
    pub session: Session,
    /// Replicas that no fault touches and no client asks.
    pub spared: ReplicaSet,
    /// What must stay true of replicas, whether or not anybody reads.
    pub invariants: Vec<Property<P>>,
    /// What must stay true and only a reader can notice.
    pub about_reads: Vec<Property<P>>,
}

impl<P: Protocol> std::fmt::Debug for Question<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.protocol.fmt(f)
    }
}

/// How messages travel, by name.
pub const NETWORKS: &[(&str, NetworkKind)] = &[
    ("datagram", NetworkKind::Datagram),
    ("at-most-once", NetworkKind::AtMostOnce),
    ("fifo", NetworkKind::Fifo),
];

const CRASH_POINTS: &[(&str, CrashPoints)] = &[
    ("between-steps", CrashPoints::BetweenSteps),
    ("between-effects", CrashPoints::BetweenEffects),
];

impl World {
    /// Whether timers that repeat what may be lost fire as often as they like.
    #[must_use]
    pub const fn repeats_for_ever(&self) -> bool {
        self.repeats == FaultBudget::UNLIMITED
    }

    /// The workloads that answer `question` and judge every guarantee.
    ///
    /// Invariants are judged where nobody reads, because reading changes no log and multiplies the
    /// states; guarantees in several small workloads, which differ in who asks whom, where messages
    /// do not arrive twice and the last replica is the one that takes over.
    ///
    /// # Errors
    /// If the flags name a replica that does not exist.
    pub fn workloads<P: Narrate>(&self, question: Question<P>) -> Result<Vec<Workload>, Failure> {
        let replicas = question.replicas;
        let environment = self.environment(replicas, question.spared)?;
        let workload = |name, network, suspecting, clients: Vec<Client>, properties| {
            let cluster = Cluster {
                protocol: question.protocol.clone(),
                environment: Environment {
                    network: self.network.unwrap_or(network),
                    suspecting: self.suspecting.unwrap_or(suspecting),
                    ..environment
                },
                // A question is asked once in the life of a process.
                clients: Box::leak(clients.into_boxed_slice()),
                properties,
                stop: Arc::default(),
            };
            Workload::new(name, cluster)
        };
        let session = question.session;
        let guarantees = Guarantee::ALL.iter().copied().map(Property::guarantee);
        let about_reads: Vec<_> = guarantees.chain(question.about_reads).collect();
        let last = replicas - 1;
        let everybody = Environment::CALM.suspecting;
        let reads = |name, clients| {
            let network = NetworkKind::AtMostOnce;
            workload(name, network, ReplicaSet::of(&[last]), clients, about_reads.clone())
        };
        let mut workloads = vec![workload(
            "updates",
            NetworkKind::Datagram,
            everybody,
            self.writers_from(session, 0, last),
            question.invariants,
        )];
        if self.readers == 0 {
            return Ok(workloads);
        }
        // The smallest first: what they do not need is left to the others.
        let own = [Ask::Write("x", "1"), Ask::Read("x")];
        let own = self.client(session, own.into_iter().zip([0, 1.min(last)]));
        workloads.push(reads("own-update", vec![own]));
        if question.followers_answer && last >= 2 {
            let writers = self.writers_from(session, 0, last);
            let reader = self.client(session, [(Ask::Read("x"), 1), (Ask::Read("x"), 2)]);
            workloads.push(reads("moving-reader", [writers, vec![reader]].concat()));
        }
        let places = [("reads-at-a-follower", 1), ("reads-at-the-leader", 0)];
        // Where everybody may be asked, one workload is all of them.
        let places = if self.anywhere { &[("reads", 0)][..] } else { &places };
        for (name, reader) in places.iter().filter(|(_, reader)| *reader <= last) {
            let writers = self.writers_from(session, 0, last);
            workloads.push(reads(name, [writers, self.readers_at(session, *reader)].concat()));
        }
        if last > 0 && !self.anywhere {
            workloads.push(reads("reads-at-a-deposed-leader", self.told(session, last)));
        }
        Ok(workloads)
    }

    fn environment(&self, replicas: u8, spared: ReplicaSet) -> Result<Environment, Failure> {
        let down = self.down.unwrap_or_default();
        let cut = self.cut.as_ref().map_or(&[][..], |Cut(links)| links);
        let ends = cut.iter().flat_map(|(one, other)| [ReplicaId(*one), ReplicaId(*other)]);
        let named = down.iter().chain(self.suspecting.iter().flat_map(|set| set.iter()));
        if let Some(stranger) = named.chain(ends).find(|id| id.0 >= replicas) {
            let last = replicas.saturating_sub(1);
            let said = format!("there is no {stranger}: replicas are numbered 0 to {last}");
            return Err(Failure::Usage(said));
        }
        let both_ways: Vec<_> =
            cut.iter().flat_map(|(one, other)| [(*one, *other), (*other, *one)]).collect();
        Ok(Environment {
            faults: FaultBudget {
                crashes: self.crashes,
                unclean_crashes: self.unclean_crashes,
                amnesias: self.amnesias,
                suspicions: self.suspicions,
                repeats: self.repeats,
                ticks: self.ticks,
                losses: self.losses,
                partitions: 0,
                retries: self.retries,
                give_ups: self.give_ups,
            },
            crash_points: self.crash_points,
            clock_skew: self.clock_skew,
            spared,
            down,
            cut: Links::of(Box::leak(both_ways.into_boxed_slice())),
            ..Environment::CALM
        })
    }

    /// The writers, each at the replica after the one before, from replica `first` on.
    fn writers_from(&self, session: Session, first: u8, last: u8) -> Vec<Client> {
        let values = ["1", "2", "3"].into_iter().zip(first..).take(usize::from(self.writers));
        values
            .map(|(value, at)| self.client(session, [(Ask::Write("x", value), at % (last + 1))]))
            .collect()
    }

    fn readers_at(&self, session: Session, at: u8) -> Vec<Client> {
        (0..self.readers).map(|_| self.client(session, [(Ask::Read("x"), at)])).collect()
    }

    /// A writer at the replica that may take over, and a reader at the first leader who hears from
    /// the writer before it asks.
    fn told(&self, session: Session, next: u8) -> Vec<Client> {
        let script = |steps: [Step; 2]| Client { session, script: Box::leak(Box::new(steps)) };
        let write = Step::Ask(Ask::Write("x", "1"), At::Replica(next));
        let read = Step::Ask(Ask::Read("x"), At::Replica(0));
        vec![script([write, Step::Tell(1)]), script([Step::HearFrom(0), read])]
    }

    fn client(&self, session: Session, asks: impl IntoIterator<Item = (Ask, u8)>) -> Client {
        let step =
            |(ask, at)| Step::Ask(ask, if self.anywhere { At::Any } else { At::Replica(at) });
        let script: Vec<_> = asks.into_iter().map(step).collect();
        Client { session, script: Box::leak(script.into_boxed_slice()) }
    }
}
