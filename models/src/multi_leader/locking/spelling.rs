//! How the rules are written on command lines and in cluster files, and read back.

use super::{Conflict, ReadRule};

/// What becomes of a transaction that wants a key which another one holds.
pub const CONFLICTS: &[(&str, Conflict)] =
    &[("wait", Conflict::Wait), ("wait-die", Conflict::WaitDie), ("die", Conflict::Die)];

/// What readers are shown.
pub const READ_RULES: &[(&str, ReadRule)] =
    &[("respectful", ReadRule::Respectful), ("heedless", ReadRule::Heedless)];
