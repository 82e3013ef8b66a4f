//! A configuration of leaderless replication, as flags.

use clap::Args;
use holdfast_models::leaderless::spelling::{
    AGREEMENTS, ANTI_ENTROPIES, DELETIONS, FALLBACKS, HINTS, MEMBERSHIPS, PARTIAL_WRITES, TIES,
    WRITE_BACKS, versions, versions_spelt,
};
use holdfast_models::leaderless::{
    Agreement, AntiEntropy, Deletion, Fallback, HintExpiry, Leaderless, Membership, PartialWrite,
    Safeguard, Safeguards, Senseless, TieBreak, Versions, WriteBack,
};

use crate::ask::World;
use crate::error::Failure;
use crate::family::{Setting, Settings, safeguards};
use crate::spelling::one_of;

/// The policies, one flag each. Without any: majorities, versions from a query, reads that write
/// back.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Policies")]
pub(super) struct Flags {
    /// How many replicas are homes of each key.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=7))]
    n: u8,
    /// How many homes have to store an update: a majority if not said.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=7))]
    w: Option<u8>,
    /// How many homes have to answer a read: a majority if not said.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=7))]
    r: Option<u8>,
    /// How many replicas there are: n if not said.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=7))]
    replicas: Option<u8>,
    /// Which version an update gets: single-writer, query, wall-clock, commit-wait=TICKS,
    /// hybrid-clock or siblings.
    #[arg(long, value_name = "RULE", default_value = "query", value_parser = versions)]
    versions: Versions,
    /// Which of two contents wins whose versions are equal but for their authors.
    #[arg(long, value_name = "RULE", default_value = "author", value_parser = one_of(TIES))]
    ties: TieBreak,
    /// What a read does with homes that are behind.
    #[arg(long, value_name = "WHAT", default_value = "write-quorum", value_parser = one_of(WRITE_BACKS))]
    write_back: WriteBack,
    /// Who stands in for a home that does not answer.
    #[arg(long, value_name = "WHO", default_value = "nobody", value_parser = one_of(FALLBACKS))]
    fallback: Fallback,
    /// Whether hints are kept until their owner has them.
    #[arg(long, value_name = "WHEN", default_value = "never-expire", value_parser = one_of(HINTS))]
    hints: HintExpiry,
    /// Whether replicas compare what they hold.
    #[arg(long, value_name = "HOW", default_value = "off", value_parser = one_of(ANTI_ENTROPIES))]
    anti_entropy: AntiEntropy,
    /// What an update is told that too few homes have stored in time.
    #[arg(long, value_name = "WHAT", default_value = "indeterminate", value_parser = one_of(PARTIAL_WRITES))]
    partial: PartialWrite,
    /// How a deletion is kept.
    #[arg(long, value_name = "HOW", default_value = "tombstone", value_parser = one_of(DELETIONS))]
    deletion: Deletion,
    /// Which operations replicas agree on.
    #[arg(long, value_name = "WHICH", default_value = "nothing", value_parser = one_of(AGREEMENTS))]
    agreement: Agreement,
    /// Whether an operator may change the homes. Nobody does here.
    #[arg(long, value_name = "HOW", default_value = "configured", value_parser = one_of(MEMBERSHIPS))]
    membership: Membership,
    /// How many keys one message of anti-entropy, or of a change of homes, covers at most.
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..))]
    batch: u16,
    /// A mechanism to switch off. May be repeated.
    #[arg(long, value_name = "SAFEGUARD", value_parser = one_of(safeguards::<Leaderless>()))]
    without: Vec<Safeguard>,
    #[command(flatten)]
    pub(super) world: World,
}

impl Flags {
    /// The configuration.
    pub(super) fn protocol(&self) -> Result<Leaderless, Failure> {
        let replicas = self.replicas.unwrap_or(self.n);
        let usual = Leaderless::majority(self.n);
        let protocol = Leaderless {
            replicas,
            copies: self.n,
            write_quorum: self.w.unwrap_or(usual.write_quorum),
            read_quorum: self.r.unwrap_or(usual.read_quorum),
            versions: self.versions,
            ties: self.ties,
            write_back: self.write_back,
            fallback: self.fallback,
            hints: self.hints,
            anti_entropy: self.anti_entropy,
            partial: self.partial,
            deletion: self.deletion,
            agreement: self.agreement,
            membership: self.membership,
            batch: self.batch,
            patience: None,
            safeguards: self.without.iter().fold(Safeguards::ALL, |on, off| on.without(*off)),
        };
        match protocol.validate() {
            Err(Senseless { setting, value, problem }) => {
                Err(Failure::Usage(format!("--{setting} {value}: {problem}")))
            }
            Ok(()) => Ok(protocol),
        }
    }
}

/// How `policy` differs from what the flags give by default. n, w and r are always told.
pub(super) fn settings(policy: &Leaderless) -> Vec<Setting> {
    let usual = Leaderless::majority(policy.copies);
    let mut settings = Settings(vec![
        Setting { flag: "n", value: policy.copies.to_string() },
        Setting { flag: "w", value: policy.write_quorum.to_string() },
        Setting { flag: "r", value: policy.read_quorum.to_string() },
    ]);
    settings.tell(policy.replicas != policy.copies, "replicas", policy.replicas.to_string());
    settings.tell(policy.versions != usual.versions, "versions", versions_spelt(policy.versions));
    settings.choice("ties", TIES, [&policy.ties, &usual.ties]);
    settings.choice("write-back", WRITE_BACKS, [&policy.write_back, &usual.write_back]);
    settings.choice("fallback", FALLBACKS, [&policy.fallback, &usual.fallback]);
    settings.choice("hints", HINTS, [&policy.hints, &usual.hints]);
    settings.choice("anti-entropy", ANTI_ENTROPIES, [&policy.anti_entropy, &usual.anti_entropy]);
    settings.choice("partial", PARTIAL_WRITES, [&policy.partial, &usual.partial]);
    settings.choice("deletion", DELETIONS, [&policy.deletion, &usual.deletion]);
    settings.choice("agreement", AGREEMENTS, [&policy.agreement, &usual.agreement]);
    settings.choice("membership", MEMBERSHIPS, [&policy.membership, &usual.membership]);
    settings.tell(policy.batch != usual.batch, "batch", policy.batch.to_string());
    settings.without(policy)
}
