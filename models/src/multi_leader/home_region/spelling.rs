//! How the rules are written on command lines and in cluster files, and read back.

use super::{Disaster, Homing, ReadRule};

/// Whether a home moves to where its writers are.
pub const HOMINGS: &[(&str, Homing)] =
    &[("fixed", Homing::Fixed), ("follows-writers", Homing::FollowsWriters)];

/// What becomes of a key whose home is silent.
pub const DISASTERS: &[(&str, Disaster)] =
    &[("wait", Disaster::Wait), ("take-over", Disaster::TakeOver)];

/// What readers are shown.
pub const READ_RULES: &[(&str, ReadRule)] =
    &[("copy", ReadRule::Copy), ("snapshot", ReadRule::Snapshot), ("home", ReadRule::Home)];
