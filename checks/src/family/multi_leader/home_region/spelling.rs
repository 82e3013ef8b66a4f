//! How the rules are written on a command line, and read back.

use std::sync::LazyLock;

use holdfast_models::multi_leader::home_region::{Disaster, Homing, ReadRule, Safeguard};

use crate::spelling::kebab_case;

pub(super) const HOMINGS: &[(&str, Homing)] =
    &[("fixed", Homing::Fixed), ("follows-writers", Homing::FollowsWriters)];

pub(super) const DISASTERS: &[(&str, Disaster)] =
    &[("wait", Disaster::Wait), ("take-over", Disaster::TakeOver)];

pub(super) const READ_RULES: &[(&str, ReadRule)] =
    &[("copy", ReadRule::Copy), ("snapshot", ReadRule::Snapshot), ("home", ReadRule::Home)];

pub(super) static SAFEGUARDS: LazyLock<Vec<(&'static str, Safeguard)>> = LazyLock::new(|| {
    let named = |of: &Safeguard| (&*Box::leak(safeguard(*of).into_boxed_str()), *of);
    Safeguard::ALL.iter().map(named).collect()
});

pub(super) fn safeguard(safeguard: Safeguard) -> String {
    kebab_case(&format!("{safeguard:?}"))
}
