//! What clients may observe: histories, and the guarantees that judge them. Knows no protocol.
//!
//! ```text
//!                           linearizable
//!          ┌──────────────────────┼─────────────────────┐
//!     sequential      causal across notification     regular
//!      │      └───────┐           │               ┌─────┴─────┐
//!  consistent         └── causal ─┘             safe   bounded staleness 0
//!    prefix      ┌───────────┬────┴──────┬──────────┐         │
//!      │     read your   monotonic   monotonic   writes   bounded staleness 1
//!      │      writes       reads      writes   follow reads   ⋮
//!      └─────────┴───────────┴────┬──────┴──────────┘
//!                           exactly once
//! ```
//!
//! A line leads down to a guarantee that the upper one implies. There are no other implications,
//! and none goes both ways, except that bounded staleness 0 is regular. What follows from a
//! sequence of lines follows too; where no line leads, some history has the one without the other.
//!
//! What all of them share:
//!
//! - An operation that nobody answered takes effect at any time after its invocation, or never. It
//!   does not hold back what its session does next. A read that nobody answered tells nothing.
//! - A refused operation has no effect, and the refusal tells nothing of the register.
//! - A register that was never written, or was deleted, holds nothing; nothing counts as 0.
//! - A compare-and-set that changed the value found what it expected; one that did not found
//!   something else, and is a read. An addition found its sum less its amount.
//! - Operations on members of the store concern no register and are ignored.
//! - A transaction of several registers is one operation on each of them, in no order. That they are one is judged by
//!   the guarantees about transactions, beside the others: serializable implies snapshot isolation, which implies
//!   parallel snapshot isolation, which implies exactly once.
//!
//! Read in this order: [`History`] is what is judged and [`Guarantee`] by what. `facts` reduces a
//! history to what its operations say about registers, `register` says what that can be. `order`
//! searches for one order of all operations, for `total_order`; `explanation` for the updates that
//! explain what was found, for `causality`, `sessions` and `freshness`; `transaction` for orders of whole transactions. [`no_dirty_read`] and its
//! neighbours judge with the help of the store what clients alone cannot.

mod causality;
mod explanation;
mod facts;
mod freshness;
mod guarantee;
mod history;
mod order;
mod register;
mod relation;
mod sessions;
mod set;
mod survival;
mod total_order;
mod transaction;

#[cfg(test)]
mod tests;

pub use guarantee::{Guarantee, UnknownGuarantee};
pub use history::{History, OperationId, Phase, Record, Returned};
pub use survival::{is_acknowledged, no_dirty_read, no_lost_acknowledged_write, writers_of};
pub use transaction::Anomaly;
