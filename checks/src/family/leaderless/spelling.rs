//! How safeguards are written on a command line: models alone can switch them off.

use std::sync::LazyLock;

use holdfast_models::leaderless::Safeguard;

use crate::spelling::kebab_case;

pub(super) static SAFEGUARDS: LazyLock<Vec<(&'static str, Safeguard)>> = LazyLock::new(|| {
    let named = |of: &Safeguard| (&*Box::leak(safeguard(*of).into_boxed_str()), *of);
    Safeguard::ALL.iter().map(named).collect()
});

pub(super) fn safeguard(safeguard: Safeguard) -> String {
    kebab_case(&format!("{safeguard:?}"))
}
