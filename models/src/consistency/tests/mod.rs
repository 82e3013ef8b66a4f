//! Laws of the guarantees: histories they permit and forbid, the lattice, and what may not matter.

mod enumeration;
pub(super) mod order_oracle;
pub(super) mod random;
pub(super) mod recording;
pub(super) mod script;
mod view_oracle;
mod views;

mod agreement;
mod edits;
mod lattice;
mod laws;
mod orders;
mod registers;
mod sessions;
mod survival;
mod taking;
mod transaction_oracle;
mod transactions;

use super::Guarantee;
use script::history;

/// Panics unless the history that `script` tells satisfies `guarantee`.
fn permits(guarantee: Guarantee, script: &str) {
    assert!(guarantee.holds(&history(script)), "{guarantee} forbids:{script}");
}

/// Panics if the history that `script` tells satisfies `guarantee`.
fn forbids(guarantee: Guarantee, script: &str) {
    assert!(!guarantee.holds(&history(script)), "{guarantee} permits:{script}");
}
