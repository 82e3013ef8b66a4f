//! How the rules are written on a command line, and read back.

use holdfast_models::multi_leader::certification::{
    Acknowledgement, Certificate, Flush, SnapshotRule,
};

pub(super) const CERTIFICATES: &[(&str, Certificate)] =
    &[("writes", Certificate::Writes), ("reads-and-writes", Certificate::ReadsAndWrites)];

pub(super) const SNAPSHOT_RULES: &[(&str, SnapshotRule)] =
    &[("local", SnapshotRule::Local), ("barrier", SnapshotRule::Barrier)];

pub(super) const ACKNOWLEDGEMENTS: &[(&str, Acknowledgement)] =
    &[("delivered", Acknowledgement::Delivered), ("everywhere", Acknowledgement::Everywhere)];

pub(super) const FLUSHES: &[(&str, Flush)] = &[("before", Flush::Before), ("later", Flush::Later)];
