//! The search for one order of operations that explains what every client heard.
//!
//! Deciding linearizability is NP-complete (Gibbons & Korach 1997), so both searches here try
//! orders, after Wing & Gong (1993), and remember the situations that failed, after Lowe (2017): a
//! situation is which operations are placed and what the registers hold. What makes them fast on
//! the histories that stores produce is that operations without effect are placed as soon as they
//! fit: postponing one never helps, because it changes nothing for the others.

mod few;
mod many;

use super::facts::Fact;

/// Which operations must keep their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Precedence {
    /// One that returned before another was invoked.
    RealTime,
    /// The same, within each session.
    Sessions,
    /// The same, among the updates of each session. Operations without effect go anywhere.
    UpdatesOfSessions,
}

impl Precedence {
    /// Whether `first` must come before `second`.
    fn puts(self, first: &Fact<'_>, second: &Fact<'_>) -> bool {
        let related = match self {
            Self::RealTime => true,
            Self::Sessions => first.id.session == second.id.session,
            Self::UpdatesOfSessions => {
                first.id.session == second.id.session && first.is_update() && second.is_update()
            }
        };
        related && first.precedes(second)
    }
}

/// Whether there is an order of the operations that keeps `precedence`, in which every settled
/// operation, and any of the others, takes effect once, and every outcome is that of its place.
///
/// The facts are in the order of their registers.
pub(super) fn legal_order_exists(facts: &[Fact<'_>], precedence: Precedence) -> bool {
    if facts.len() <= few::CAPACITY {
        few::legal_order_exists(facts, precedence)
    } else {
        many::legal_order_exists(facts, precedence)
    }
}

#[cfg(test)]
mod tests;
