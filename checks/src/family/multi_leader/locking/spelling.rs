//! How the rules are written on a command line, and read back.

use std::sync::LazyLock;

use holdfast_models::multi_leader::locking::{Conflict, ReadRule, Safeguard};

use crate::spelling::kebab_case;

pub(super) const CONFLICTS: &[(&str, Conflict)] =
    &[("wait", Conflict::Wait), ("wait-die", Conflict::WaitDie), ("die", Conflict::Die)];

pub(super) const READ_RULES: &[(&str, ReadRule)] =
    &[("respectful", ReadRule::Respectful), ("heedless", ReadRule::Heedless)];

pub(super) static SAFEGUARDS: LazyLock<Vec<(&'static str, Safeguard)>> = LazyLock::new(|| {
    let named = |of: &Safeguard| (&*Box::leak(safeguard(*of).into_boxed_str()), *of);
    Safeguard::ALL.iter().map(named).collect()
});

pub(super) fn safeguard(safeguard: Safeguard) -> String {
    kebab_case(&format!("{safeguard:?}"))
}
