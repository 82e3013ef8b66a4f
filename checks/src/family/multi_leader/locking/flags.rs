//! A configuration of replicas that lock, as flags.

use clap::Args;
use holdfast_models::multi_leader::locking::spelling::{CONFLICTS, READ_RULES};
use holdfast_models::multi_leader::locking::{
    Conflict, LockLife, Locking, ReadRule, Safeguard, Safeguards,
};

use crate::ask::World;
use crate::family::{Setting, Settings, safeguards};
use crate::spelling::one_of;

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
    #[arg(long, value_name = "SAFEGUARD", value_parser = one_of(safeguards::<Locking>()))]
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
    let mut settings = Settings::replicas(rules.replicas);
    settings.choice("conflict", CONFLICTS, [&rules.conflict, &usual.conflict]);
    if let LockLife::Ticks(ticks) = rules.life {
        settings.tell(true, "lock-life", ticks.to_string());
    }
    settings.choice("read", READ_RULES, [&rules.read, &usual.read]);
    settings.without(rules)
}
