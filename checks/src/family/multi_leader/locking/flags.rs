//! A configuration of replicas that lock, as flags.

use clap::Args;
use holdfast_models::multi_leader::locking::{
    Conflict, LockLife, Locking, ReadRule, Safeguard, Safeguards,
};

use super::spelling::{CONFLICTS, READ_RULES, SAFEGUARDS, safeguard};
use crate::ask::World;
use crate::family::Setting;
use crate::spelling::{one_of, spelt};

/// The rules, one flag each. Without any: the younger of two dies, locks last, and readers keep away from
/// what is prepared to change.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Rules")]
pub(super) struct Flags {
    /// How many replicas there are.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=7))]
    replicas: u8,
    /// What becomes of a transaction that wants a key which another one holds.
    #[arg(long, value_name = "RULE", default_value = "wait-die", value_parser = one_of(CONFLICTS))]
    conflict: Conflict,
    /// After how many ticks somebody else may have a lock. Without it, locks last until they are released.
    #[arg(long, value_name = "TICKS")]
    lock_life: Option<u64>,
    /// What readers are shown.
    #[arg(long, value_name = "RULE", default_value = "respectful", value_parser = one_of(READ_RULES))]
    read: ReadRule,
    /// A mechanism to switch off. May be repeated.
    #[arg(long, value_name = "SAFEGUARD", value_parser = one_of(&SAFEGUARDS))]
    without: Vec<Safeguard>,
    #[command(flatten)]
    pub(super) world: World,
}

impl Flags {
    /// The configuration.
    pub(super) fn protocol(&self) -> Locking {
        Locking {
            replicas: self.replicas,
            conflict: self.conflict,
            life: self.lock_life.map_or(LockLife::UntilReleased, LockLife::Ticks),
            read: self.read,
            safeguards: self.without.iter().fold(Safeguards::ALL, |on, off| on.without(*off)),
        }
    }
}

/// How `rules` differ from what the flags give by default. How many replicas is always told.
pub(super) fn settings(rules: &Locking) -> Vec<Setting> {
    let usual = Locking::wait_die(rules.replicas);
    let mut settings = vec![Setting { flag: "replicas", value: rules.replicas.to_string() }];
    let mut tell = |differs: bool, flag, value: String| {
        if differs {
            settings.push(Setting { flag, value });
        }
    };
    tell(rules.conflict != usual.conflict, "conflict", spelt(CONFLICTS, &rules.conflict));
    if let LockLife::Ticks(ticks) = rules.life {
        tell(true, "lock-life", ticks.to_string());
    }
    tell(rules.read != usual.read, "read", spelt(READ_RULES, &rules.read));
    for off in Safeguard::ALL.iter().filter(|known| !rules.has(**known)) {
        tell(true, "without", safeguard(*off));
    }
    settings
}
