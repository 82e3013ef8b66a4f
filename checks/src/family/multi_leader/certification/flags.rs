//! A configuration of replicas that certify, as flags.

use clap::Args;
use holdfast_models::cluster::Session;
use holdfast_models::multi_leader::certification::spelling::{
    ACKNOWLEDGEMENTS, CERTIFICATES, FLUSHES, RETENTIONS, SNAPSHOT_RULES,
};
use holdfast_models::multi_leader::certification::{
    Acknowledgement, Certificate, Certification, Flush, Retention, Safeguard, Safeguards,
    SnapshotRule,
};

use crate::ask::World;
use crate::family::{Setting, Settings, safeguards};
use crate::spelling::one_of;

/// The rules, one flag each. Without any: what transactions write is compared, they begin with what is
/// there, and clients hear at once what is on disk.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Rules")]
pub(super) struct Flags {
    /// How many replicas there are.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=7))]
    replicas: u8,
    /// What of a transaction nobody else may have written meanwhile.
    #[arg(long, value_name = "WHAT", default_value = "writes", value_parser = one_of(CERTIFICATES))]
    certificate: Certificate,
    /// What a transaction has seen when it begins: what is there, or all that was in the order.
    #[arg(long, value_name = "RULE", default_value = "local", value_parser = one_of(SNAPSHOT_RULES))]
    snapshot: SnapshotRule,
    /// When a client hears that its transaction is committed.
    #[arg(long, value_name = "WHEN", default_value = "delivered", value_parser = one_of(ACKNOWLEDGEMENTS))]
    acknowledgement: Acknowledgement,
    /// When what is delivered is safe from a crash of the machine.
    #[arg(long, value_name = "WHEN", default_value = "before", value_parser = one_of(FLUSHES))]
    flush: Flush,
    /// How long the order is kept.
    #[arg(long, value_name = "WHEN", default_value = "for-good", value_parser = one_of(RETENTIONS))]
    retention: Retention,
    /// How much is handed in again, or told again, at once.
    #[arg(long, value_name = "N", default_value_t = 1_024, value_parser = clap::value_parser!(u16).range(1..))]
    batch: u16,
    /// Clients hand in what they have seen, and hand it on.
    #[arg(long)]
    tokens: bool,
    /// A mechanism to switch off. May be repeated.
    #[arg(long, value_name = "SAFEGUARD", value_parser = one_of(safeguards::<Certification>()))]
    without: Vec<Safeguard>,
    #[command(flatten)]
    pub(super) world: World,
}

impl Flags {
    /// The configuration.
    pub(super) fn protocol(&self) -> Certification {
        Certification {
            replicas: self.replicas,
            certificate: self.certificate,
            snapshot: self.snapshot,
            acknowledgement: self.acknowledgement,
            flush: self.flush,
            retention: self.retention,
            batch: self.batch,
            safeguards: self.without.iter().fold(Safeguards::ALL, |on, off| on.without(*off)),
        }
    }

    /// Whether clients hand in what they have seen.
    pub(super) const fn session(&self) -> Session {
        if self.tokens { Session::WithToken } else { Session::Plain }
    }
}

/// How `rules` differ from what the flags give by default. How many replicas is always told.
pub(super) fn settings(rules: &Certification) -> Vec<Setting> {
    let usual = Certification::write_sets(rules.replicas);
    let mut settings = Settings::replicas(rules.replicas);
    settings.choice("certificate", CERTIFICATES, [&rules.certificate, &usual.certificate]);
    settings.choice("snapshot", SNAPSHOT_RULES, [&rules.snapshot, &usual.snapshot]);
    let acknowledgement = [&rules.acknowledgement, &usual.acknowledgement];
    settings.choice("acknowledgement", ACKNOWLEDGEMENTS, acknowledgement);
    settings.choice("flush", FLUSHES, [&rules.flush, &usual.flush]);
    settings.choice("retention", RETENTIONS, [&rules.retention, &usual.retention]);
    settings.tell(rules.batch != usual.batch, "batch", rules.batch.to_string());
    settings.without(rules)
}
