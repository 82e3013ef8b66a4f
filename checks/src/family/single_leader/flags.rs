//! A configuration of single-leader replication, as flags.

use clap::Args;
use holdfast_models::single_leader::spelling::{
    ACK_MEANS, ACK_TIMEOUTS, ELECTIONS, EVICTIONS, PERSISTENCES, TRUNCATIONS, VISIBILITIES,
    ack_rule, ack_rule_spelt, read_rule, read_rule_spelt,
};
use holdfast_models::single_leader::{
    AckMeans, AckRule, AckTimeout, Election, Eviction, Persistence, ReadRule, Safeguard,
    Safeguards, SingleLeader, Truncation, Visibility,
};
use holdfast_models::vocabulary::{ReplicaId, ReplicaSet};

use crate::ask::World;
use crate::error::Failure;
use crate::family::{Setting, Settings, safeguards};
use crate::spelling::{listed, one_of, replicas};

/// The policies, one flag each. Without any: majority replication with confirmed reads.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Policies")]
pub(super) struct Flags {
    /// How many replicas there are.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=7))]
    replicas: u8,
    /// Who decides at first, such as 0,1,2: all replicas if not said.
    #[arg(long, value_name = "REPLICAS", value_parser = replicas)]
    members: Option<ReplicaSet>,
    /// Whose acknowledgement an update waits for: async, k=N followers, all, in-sync=N or majority.
    #[arg(long, value_name = "RULE", default_value = "majority", value_parser = ack_rule)]
    ack: AckRule,
    /// What a follower has done when it acknowledges.
    #[arg(long, value_name = "WHAT", default_value = "flushed", value_parser = one_of(ACK_MEANS))]
    ack_means: AckMeans,
    /// What the leader does when acknowledgements do not come.
    #[arg(long, value_name = "WHAT", default_value = "block", value_parser = one_of(ACK_TIMEOUTS))]
    ack_timeout: AckTimeout,
    /// Which updates a read may see.
    #[arg(long, value_name = "WHICH", default_value = "acknowledged", value_parser = one_of(VISIBILITIES))]
    visibility: Visibility,
    /// Who may answer a read: leader, lease=DURATION/PROMISE in ticks, read-index, follower or
    /// token.
    #[arg(long, value_name = "RULE", default_value = "read-index", value_parser = read_rule)]
    read: ReadRule,
    /// How a new leader comes about.
    #[arg(long, value_name = "HOW", default_value = "majority", value_parser = one_of(ELECTIONS))]
    election: Election,
    /// How a follower leaves the set that acknowledgements wait for.
    #[arg(long, value_name = "HOW", default_value = "never", value_parser = one_of(EVICTIONS))]
    eviction: Eviction,
    /// What a follower does with entries that the leader does not have.
    #[arg(long, value_name = "HOW", default_value = "epoch", value_parser = one_of(TRUNCATIONS))]
    truncation: Truncation,
    /// What is kept for a restart, and how safely.
    #[arg(long, value_name = "WHAT", default_value = "before-ack", value_parser = one_of(PERSISTENCES))]
    persistence: Persistence,
    /// How many entries a follower may lag before updates are refused: any number if not said.
    #[arg(long, value_name = "N")]
    lag_limit: Option<u64>,
    /// How many entries one message carries at most.
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..))]
    batch: u16,
    /// After how many applied entries the log is compacted: never if not said.
    #[arg(long, value_name = "N", value_parser = entries)]
    compact_after: Option<u64>,
    /// How many applied entries the log keeps all the same.
    #[arg(long, value_name = "N", default_value_t = 0)]
    compact_keeping: u64,
    /// A mechanism to switch off. May be repeated.
    #[arg(long, value_name = "SAFEGUARD", value_parser = one_of(safeguards::<SingleLeader>()))]
    without: Vec<Safeguard>,
    #[command(flatten)]
    pub(super) world: World,
}

impl Flags {
    /// The configuration.
    pub(super) fn protocol(&self) -> Result<SingleLeader, Failure> {
        let all = ReplicaSet::first(self.replicas);
        let members = self.members.unwrap_or(all);
        if members.is_empty() || !members.is_subset(all) || !members.contains(ReplicaId(0)) {
            let said = format!(
                "--members {}: some of 0 to {}, and 0 is one of them, for it leads at first",
                listed(members),
                self.replicas - 1
            );
            return Err(Failure::Usage(said));
        }
        let policy = SingleLeader {
            replicas: self.replicas,
            members,
            ack: self.ack,
            ack_means: self.ack_means,
            ack_timeout: self.ack_timeout,
            visibility: self.visibility,
            read: self.read,
            election: self.election,
            eviction: self.eviction,
            truncation: self.truncation,
            persistence: self.persistence,
            lag_limit: self.lag_limit,
            batch: self.batch,
            compact_after: self.compact_after,
            compact_keeping: self.compact_keeping,
            safeguards: self.without.iter().fold(Safeguards::ALL, |on, off| on.without(*off)),
        };
        policy.validate().map_err(|problem| {
            Failure::Usage(format!("--ack {}: {problem}", ack_rule_spelt(self.ack)))
        })?;
        Ok(policy)
    }
}

fn entries(text: &str) -> Result<u64, String> {
    match text.parse() {
        Ok(0) => Err("a log without entries is as compact as can be: 1 at least".to_owned()),
        Ok(count) => Ok(count),
        Err(error) => Err(format!("\"{text}\" is no number that fits: {error}")),
    }
}

/// How `policy` differs from what the flags give by default. How many replicas is always told.
pub(super) fn settings(policy: &SingleLeader) -> Vec<Setting> {
    let usual = SingleLeader::majority(policy.replicas);
    let mut settings = Settings::replicas(policy.replicas);
    settings.tell(policy.members != usual.members, "members", listed(policy.members));
    settings.tell(policy.ack != usual.ack, "ack", ack_rule_spelt(policy.ack));
    settings.choice("ack-means", ACK_MEANS, [&policy.ack_means, &usual.ack_means]);
    settings.choice("ack-timeout", ACK_TIMEOUTS, [&policy.ack_timeout, &usual.ack_timeout]);
    settings.choice("visibility", VISIBILITIES, [&policy.visibility, &usual.visibility]);
    settings.tell(policy.read != usual.read, "read", read_rule_spelt(policy.read));
    settings.choice("election", ELECTIONS, [&policy.election, &usual.election]);
    settings.choice("eviction", EVICTIONS, [&policy.eviction, &usual.eviction]);
    settings.choice("truncation", TRUNCATIONS, [&policy.truncation, &usual.truncation]);
    settings.choice("persistence", PERSISTENCES, [&policy.persistence, &usual.persistence]);
    if let Some(limit) = policy.lag_limit {
        settings.tell(true, "lag-limit", limit.to_string());
    }
    settings.tell(policy.batch != usual.batch, "batch", policy.batch.to_string());
    if let Some(entries) = policy.compact_after {
        settings.tell(true, "compact-after", entries.to_string());
    }
    settings.tell(
        policy.compact_keeping != 0,
        "compact-keeping",
        policy.compact_keeping.to_string(),
    );
    settings.without(policy)
}
