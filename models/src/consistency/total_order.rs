//! Guarantees that one order of all operations explains everything: linearizability, sequential
//! consistency and consistent prefixes.
//!
//! They share one rule: every settled operation is in the order once, an operation that nobody
//! answered is in it once or not at all, and each outcome is the one that its place in the order
//! leads to. They differ in what the order must keep.

use super::facts::{Fact, registers};
use super::order::{Precedence, legal_order_exists};

/// The order keeps real time (Herlihy & Wing 1990).
///
/// Each register is judged alone: linearizability is local (their theorem 1).
pub(super) fn is_linearizable(facts: &[Fact<'_>]) -> bool {
    registers(facts).all(|register| legal_order_exists(register, Precedence::RealTime))
}

/// The order keeps the order of each session (Lamport 1979). Not local: registers are judged
/// together.
pub(super) fn is_sequential(facts: &[Fact<'_>]) -> bool {
    legal_order_exists(facts, Precedence::Sessions)
}

/// The order keeps the updates of each session in their order; each read, alone, finds what some
/// prefix leads to. An addition finds what its own place leads to, and so does a compare-and-set
/// that changed the value.
///
/// Not local either: compare-and-sets can demand orders of two registers that no order of both
/// keeps.
pub(super) fn has_consistent_prefixes(facts: &[Fact<'_>]) -> bool {
    legal_order_exists(facts, Precedence::UpdatesOfSessions)
}
