//! How the rules are written on a command line, and read back.

use holdfast_models::multi_leader::home_region::{Disaster, Homing, ReadRule};

pub(super) const HOMINGS: &[(&str, Homing)] =
    &[("fixed", Homing::Fixed), ("follows-writers", Homing::FollowsWriters)];

pub(super) const DISASTERS: &[(&str, Disaster)] =
    &[("wait", Disaster::Wait), ("take-over", Disaster::TakeOver)];

pub(super) const READ_RULES: &[(&str, ReadRule)] =
    &[("copy", ReadRule::Copy), ("snapshot", ReadRule::Snapshot), ("home", ReadRule::Home)];
