//! How the rules are written on a command line, and read back.

use holdfast_models::multi_leader::locking::{Conflict, ReadRule};

pub(super) const CONFLICTS: &[(&str, Conflict)] =
    &[("wait", Conflict::Wait), ("wait-die", Conflict::WaitDie), ("die", Conflict::Die)];

pub(super) const READ_RULES: &[(&str, ReadRule)] =
    &[("respectful", ReadRule::Respectful), ("heedless", ReadRule::Heedless)];
