//! A configuration of regions with homes, as flags.

use clap::Args;
use holdfast_models::cluster::Session;
use holdfast_models::multi_leader::home_region::spelling::{DISASTERS, HOMINGS, READ_RULES};
use holdfast_models::multi_leader::home_region::{
    Disaster, HomeRegion, Homing, ReadRule, Safeguard, Safeguards,
};

use crate::ask::World;
use crate::family::{Setting, Settings, safeguards};
use crate::spelling::one_of;

/// The rules, one flag each. Without any: homes stay, readers see copies, and nobody takes over.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Rules")]
pub(super) struct Flags {
    /// How many regions there are.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=7))]
    replicas: u8,
    /// Whether a home moves to where its writers are.
    #[arg(long, value_name = "RULE", default_value = "fixed", value_parser = one_of(HOMINGS))]
    homing: Homing,
    /// What becomes of a key whose home is silent.
    #[arg(long, value_name = "RULE", default_value = "wait", value_parser = one_of(DISASTERS))]
    disaster: Disaster,
    /// What readers are shown.
    #[arg(long, value_name = "WHAT", default_value = "copy", value_parser = one_of(READ_RULES))]
    read: ReadRule,
    /// Clients hand in what they have seen, and hand it on.
    #[arg(long)]
    tokens: bool,
    /// How many entries one message carries at most.
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..))]
    batch: u16,
    /// A mechanism to switch off. May be repeated.
    #[arg(long, value_name = "SAFEGUARD", value_parser = one_of(safeguards::<HomeRegion>()))]
    without: Vec<Safeguard>,
    #[command(flatten)]
    pub(super) world: World,
}

impl Flags {
    /// The configuration.
    pub(super) fn protocol(&self) -> HomeRegion {
        HomeRegion {
            replicas: self.replicas,
            homing: self.homing,
            disaster: self.disaster,
            read: self.read,
            batch: self.batch,
            safeguards: self.without.iter().fold(Safeguards::ALL, |on, off| on.without(*off)),
        }
    }

    /// Whether clients hand in what they have seen.
    pub(super) const fn session(&self) -> Session {
        if self.tokens { Session::WithToken } else { Session::Plain }
    }
}

/// How `rules` differ from what the flags give by default. How many regions is always told.
pub(super) fn settings(rules: &HomeRegion) -> Vec<Setting> {
    let usual = HomeRegion::fixed(rules.replicas);
    let mut settings = Settings::replicas(rules.replicas);
    settings.choice("homing", HOMINGS, [&rules.homing, &usual.homing]);
    settings.choice("disaster", DISASTERS, [&rules.disaster, &usual.disaster]);
    settings.choice("read", READ_RULES, [&rules.read, &usual.read]);
    settings.tell(rules.batch != usual.batch, "batch", rules.batch.to_string());
    settings.without(rules)
}
