//! What surrounds the replicas, as flags.

use clap::Args;
use holdfast_models::cluster::{CrashPoints, Environment, FaultBudget, Links, NetworkKind};
use holdfast_models::vocabulary::{ReplicaId, ReplicaSet};

use crate::error::Failure;
use crate::spelling::{links, one_of, replicas};

/// Clients, network and faults.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Clients, network and faults")]
pub struct World {
    /// How many clients write, each once to the same key: the first at replica 0, the next at replica
    /// 1, and so on.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=3))]
    pub(super) writers: u8,
    /// What is there: a register; a counter, to which the first adds 1 and from which the others take
    /// 1; a set, where the second excludes what the others include; or a text, at the beginning of
    /// which each types. Sets and texts are for replicas that converge.
    #[arg(long, value_name = "KIND", default_value = "register", value_parser = one_of(DATA))]
    pub(crate) data: Data,
    /// How many clients read it. Guarantees are about registers and counters: sets and texts are not read.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=3))]
    pub(super) readers: u8,
    /// Lets every client ask any replica. Much to explore.
    #[arg(long)]
    pub(super) anywhere: bool,
    /// How messages travel: datagram where nobody reads and at-most-once elsewhere, if not said.
    /// Convergence is judged for datagrams only.
    #[arg(long, value_name = "KIND", value_parser = one_of(NETWORKS))]
    pub(super) network: Option<NetworkKind>,
    /// How often somebody concludes that somebody else is gone, right or wrong. Never where it is asked
    /// what comes true in the end.
    #[arg(long, value_name = "N", default_value_t = 1)]
    suspicions: u8,
    /// Who may conclude that, such as 1,2: the last replica if not said, and everybody where nobody
    /// reads and there are no more than four replicas.
    #[arg(long, value_name = "REPLICAS", value_parser = replicas)]
    pub(super) suspecting: Option<ReplicaSet>,
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
    /// How often a timer fires that repeats what may have been lost. Convergence is judged with any
    /// number of times, and among more than four replicas only if that is said here.
    #[arg(long, value_name = "N|unlimited", default_value = "0", value_parser = repeats)]
    repeats: u8,
    /// How many messages are lost for good: none if not said, and one where it is asked what comes true
    /// in the end. Elsewhere any may arrive too late to matter without that.
    #[arg(long, value_name = "N")]
    pub(super) losses: Option<u8>,
    /// How often a clock moves on.
    #[arg(long, value_name = "N", default_value_t = 0)]
    ticks: u8,
    /// By how many ticks two clocks may differ.
    #[arg(long, value_name = "N", default_value_t = 0)]
    clock_skew: u64,
    /// Replicas that are down from the beginning, such as 0,2.
    #[arg(long, value_name = "REPLICAS", value_parser = replicas)]
    down: Option<ReplicaSet>,
    /// Links that are cut from the beginning and for good, in both directions, such as 0-1,0-2.
    /// Convergence is not judged then.
    #[arg(long, value_name = "LINKS", value_parser = pairs)]
    cut: Option<Pairs>,
    /// Links that a partition cuts, in both directions, such as 0-1,0-2. It may appear at any time,
    /// and heal at any time.
    #[arg(long, value_name = "LINKS", value_parser = pairs)]
    partition: Option<Pairs>,
    /// How often that partition appears.
    #[arg(long, value_name = "N", default_value_t = 1, requires = "partition")]
    partitions: u8,
}

/// What clients update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Data {
    /// A register.
    Register,
    /// A counter.
    Counter,
    /// A set.
    Set,
    /// A text.
    Text,
}

impl Data {
    /// Whether guarantees say anything of what readers find.
    pub(super) const fn is_judged_by_readers(self) -> bool {
        match self {
            Self::Register | Self::Counter => true,
            Self::Set | Self::Text => false,
        }
    }
}

const DATA: &[(&str, Data)] = &[
    ("register", Data::Register),
    ("counter", Data::Counter),
    ("set", Data::Set),
    ("text", Data::Text),
];

/// Pairs of replicas. Not a plain vector: that would be a flag that may be repeated.
#[derive(Clone, Debug)]
struct Pairs(Vec<(u8, u8)>);

impl Pairs {
    /// The links between them, both ways.
    fn links(&self) -> Links {
        let both_ways: Vec<_> =
            self.0.iter().flat_map(|(one, other)| [(*one, *other), (*other, *one)]).collect();
        // A question is asked once in the life of a process.
        Links::of(Box::leak(both_ways.into_boxed_slice()))
    }
}

fn repeats(text: &str) -> Result<u8, String> {
    match text.parse() {
        _ if text == "unlimited" => Ok(FaultBudget::UNLIMITED),
        Ok(FaultBudget::UNLIMITED) | Err(_) => {
            Err(format!("\"{text}\" is neither a number below 255 nor unlimited"))
        }
        Ok(count) => Ok(count),
    }
}

fn pairs(text: &str) -> Result<Pairs, String> {
    links(text).map(Pairs)
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
    pub(super) const fn repeats_for_ever(&self) -> bool {
        self.repeats == FaultBudget::UNLIMITED
    }

    /// What surrounds `replicas` replicas and those that are `spared`.
    pub(super) fn environment(
        &self,
        replicas: u8,
        spared: ReplicaSet,
    ) -> Result<Environment, Failure> {
        let down = self.down.unwrap_or_default();
        let pairs = [&self.cut, &self.partition].into_iter().flatten().flat_map(|pairs| &pairs.0);
        let ends = pairs.flat_map(|(one, other)| [ReplicaId(*one), ReplicaId(*other)]);
        let named = down.iter().chain(self.suspecting.iter().flat_map(|set| set.iter()));
        if let Some(stranger) = named.chain(ends).find(|id| id.0 >= replicas) {
            let last = replicas.saturating_sub(1);
            let said = format!("there is no {stranger}: replicas are numbered 0 to {last}");
            return Err(Failure::Usage(said));
        }
        let links = |pairs: &Option<Pairs>| pairs.as_ref().map_or(Links::NONE, Pairs::links);
        Ok(Environment {
            faults: FaultBudget {
                crashes: self.crashes,
                unclean_crashes: self.unclean_crashes,
                amnesias: self.amnesias,
                suspicions: self.suspicions,
                repeats: self.repeats,
                ticks: self.ticks,
                losses: self.losses.unwrap_or(0),
                partitions: if self.partition.is_some() { self.partitions } else { 0 },
                retries: self.retries,
                give_ups: self.give_ups,
            },
            crash_points: self.crash_points,
            clock_skew: self.clock_skew,
            spared,
            down,
            cut: links(&self.cut),
            partition: links(&self.partition),
            ..Environment::CALM
        })
    }
}
