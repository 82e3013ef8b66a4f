//! What replicas say to each other.
//!
//! ```text
//! asking        coordinator --Ask-->         home         what do you hold?
//!               home        --Answer-->      coordinator
//! storing       coordinator --Store-->       home         hold this
//!               home        --Stored-->      coordinator
//! repairing     anybody     --Repair-->      home         hold this; nobody waits for it
//! standing in   coordinator --Keep-->        fallback     keep this for a home
//!               fallback    --Kept-->        coordinator
//!               fallback    --HandOver-->    home         this was meant for you
//!               home        --HandedOver-->  fallback     I hold it
//! deleting      coordinator --Reap-->        home         all homes hold this tombstone: drop it
//! anti-entropy  home        --Compare-->     home         these are my digests of ranges of keys
//!               home        --Compare-->     home         one of mine differs: these are those of its parts
//!               home        --Summary-->     home         mine differs: these versions I hold
//!               home        --Fetch-->       home         send me these
//! agreement     coordinator --Prepare-->     home         promise me to ignore lower ballots
//!               home        --Promise-->     coordinator  I do, and have accepted this
//!               coordinator --Propose-->     home         accept this
//!               home        --Accepted-->    coordinator
//!               home        --Preempted-->   coordinator  I have promised a higher ballot
//! changes       keeper      --Gather-->      home         these are the homes now; what do you hold?
//!               home        --Gathered-->    keeper
//!               keeper      --Settle-->      home         hold all this
//!               home        --Settled-->     keeper
//!               anybody     --Outdated-->    coordinator  these are the homes now
//! ```
//!
//! What a coordinator waits for carries a tag, and the answer echoes it.

use serde::{Deserialize, Serialize};

use super::{Homes, Part, Piece, Register, Tag};
use crate::vocabulary::{Key, ReplicaId, Version};

/// A message between replicas.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Message {
    /// Coordinator to home: what do you hold?
    Ask {
        /// The question.
        tag: Tag,
        /// At which key.
        key: Key,
    },
    /// Home to coordinator: this.
    Answer {
        /// The question.
        tag: Tag,
        /// What it holds.
        register: Register,
    },
    /// Coordinator to home: hold this, unless you hold something newer.
    Store {
        /// Which request wants it.
        tag: Tag,
        /// Where.
        key: Key,
        /// What.
        register: Register,
    },
    /// Home to coordinator: I do.
    Stored {
        /// Which request wanted it.
        tag: Tag,
        /// The versions that were to be held.
        versions: Vec<Version>,
    },
    /// To a home that is behind: the same, and nobody waits for it.
    Repair {
        /// Where.
        key: Key,
        /// What.
        register: Register,
    },
    /// Coordinator to somebody who stands in: keep this for a home.
    Keep {
        /// Which request wants it.
        tag: Tag,
        /// For whom.
        owner: ReplicaId,
        /// Where.
        key: Key,
        /// What.
        register: Register,
    },
    /// Whoever stands in to coordinator: I do.
    Kept {
        /// Which request wanted it.
        tag: Tag,
        /// For whom.
        owner: ReplicaId,
        /// The versions that are kept.
        versions: Vec<Version>,
    },
    /// Whoever stands in to home: this was meant for you.
    HandOver {
        /// Where.
        key: Key,
        /// What.
        register: Register,
    },
    /// Home to whoever stood in: I hold it.
    HandedOver {
        /// Where.
        key: Key,
        /// The versions that were handed over.
        versions: Vec<Version>,
    },
    /// Coordinator of a deletion to home: all homes hold this tombstone, so nobody needs it.
    Reap {
        /// Where.
        key: Key,
        /// Which tombstone.
        version: Version,
    },
    /// Home to home: do you hold the same in each of these parts?
    Compare {
        /// Keys after this one; `None` is from the first on.
        after: Option<Key>,
        /// One after the other.
        parts: Vec<Part>,
    },
    /// Home to home: not here; this I hold.
    Summary {
        /// Keys after this one.
        after: Option<Key>,
        /// Up to this one.
        last: Option<Key>,
        /// What it holds in that range.
        versions: Vec<(Key, Vec<Version>)>,
    },
    /// Home to home: send me what you hold at these keys.
    Fetch {
        /// Which.
        keys: Vec<Key>,
    },
    /// Coordinator to home: promise me to ignore lower ballots.
    Prepare {
        /// The question.
        tag: Tag,
        /// For which register.
        key: Key,
        /// The ballot.
        ballot: Version,
    },
    /// Home to coordinator: I do.
    Promise {
        /// The question.
        tag: Tag,
        /// The ballot.
        ballot: Version,
        /// What it has accepted.
        register: Register,
    },
    /// Coordinator to home: accept this, unless you have promised a higher ballot.
    Propose {
        /// The question.
        tag: Tag,
        /// For which register.
        key: Key,
        /// One cell, whose version is the ballot.
        register: Register,
    },
    /// Home to coordinator: I have.
    Accepted {
        /// The question.
        tag: Tag,
        /// The ballot.
        ballot: Version,
    },
    /// Home to coordinator: I have promised a higher ballot.
    Preempted {
        /// The question.
        tag: Tag,
        /// The coordinator's ballot.
        ballot: Version,
    },
    /// Keeper of the list of homes to homes before and after a change: the tag says which are the homes
    /// now; what do you hold?
    Gather {
        /// The question.
        tag: Tag,
        /// At keys after this one; `None` is from the first on.
        after: Option<Key>,
    },
    /// Home to keeper: this.
    Gathered {
        /// The question.
        tag: Tag,
        /// At keys after this one.
        after: Option<Key>,
        /// What it holds.
        piece: Piece,
    },
    /// Keeper to homes after a change: hold what those before it held.
    Settle {
        /// Which change wants it.
        tag: Tag,
        /// What they held.
        piece: Piece,
    },
    /// Home to keeper: I do.
    Settled {
        /// Which change wanted it.
        tag: Tag,
        /// Up to this key; `None` is to the end.
        last: Option<Key>,
    },
    /// To a coordinator that asks homes from before a change: these are the homes now.
    Outdated {
        /// The homes.
        homes: Homes,
    },
}
