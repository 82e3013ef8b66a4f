//! What replicas say to each other, and a coordinator to itself.
//!
//! ```text
//! coordinator --Lock-->     all           I want this key
//! all         --Granted-->  coordinator   it is yours, by this grant
//! coordinator --Prepare-->  all           this is what it will change to
//! all         --Prepared--> coordinator   I will apply it if you say so, and nothing else before
//! all         --Refused-->  coordinator   somebody else has it
//! coordinator --Decided-->  all           apply it; or forget it
//! all         --Applied-->  coordinator   I have applied it, or had before
//! all         --Inquire-->  coordinator   on a timer: what has become of this?
//! ```

use serde::{Deserialize, Serialize};

use super::Transaction;
use super::state::Change;
use crate::vocabulary::Key;

/// A message between replicas.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Message {
    /// Lock this key for me.
    Lock(Transaction, Key),
    /// The key is locked for you.
    Granted {
        /// For which transaction.
        transaction: Transaction,
        /// By which grant.
        grant: u64,
    },
    /// Be prepared for this.
    Prepare {
        /// By which transaction.
        transaction: Transaction,
        /// Where.
        key: Key,
        /// The grant by which you have locked it.
        grant: u64,
        /// What will change.
        change: Change,
    },
    /// I am prepared.
    Prepared(Transaction),
    /// I will not lock the key for you, or it is no longer locked for you.
    Refused(Transaction),
    /// It is decided.
    Decided {
        /// About which transaction.
        transaction: Transaction,
        /// Where.
        key: Key,
        /// Whether it takes effect.
        commit: bool,
    },
    /// I have applied it.
    Applied(Transaction),
    /// What has become of this transaction?
    Inquire(Transaction, Key),
}
