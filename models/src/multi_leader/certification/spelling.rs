//! How the rules are written on command lines and in cluster files, and read back.

use super::{Acknowledgement, Certificate, Flush, Retention, SnapshotRule};

/// What of a transaction nobody else may have written meanwhile.
pub const CERTIFICATES: &[(&str, Certificate)] =
    &[("writes", Certificate::Writes), ("reads-and-writes", Certificate::ReadsAndWrites)];

/// What a transaction has seen when it begins.
pub const SNAPSHOT_RULES: &[(&str, SnapshotRule)] =
    &[("local", SnapshotRule::Local), ("barrier", SnapshotRule::Barrier)];

/// When a client hears that its transaction is committed.
pub const ACKNOWLEDGEMENTS: &[(&str, Acknowledgement)] =
    &[("delivered", Acknowledgement::Delivered), ("everywhere", Acknowledgement::Everywhere)];

/// When what is delivered is safe from a crash of the machine.
pub const FLUSHES: &[(&str, Flush)] = &[("before", Flush::Before), ("later", Flush::Later)];

/// How long the order is kept.
pub const RETENTIONS: &[(&str, Retention)] =
    &[("for-good", Retention::ForGood), ("until-everywhere", Retention::UntilEverywhere)];
