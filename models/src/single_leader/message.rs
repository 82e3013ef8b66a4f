//! What replicas say to each other.
//!
//! ```text
//! replication   leader    --Append-->        follower   on every update, and again on a timer
//!               follower  --Appended-->      leader     the log agrees up to here
//!               follower  --NotAppended-->   leader     it does not: go back to here, or send it all
//!               leader    --Snapshot-->      follower   it all; answered by Appended
//! election      candidate --RequestVote-->   member     on suspicion
//!               member    --Vote-->          candidate
//! reads         leader    --Confirm-->       member     do I still lead?
//!               member    --Confirmed-->     leader
//! registry      leader    --Propose-->       controller these are in sync
//!               replica   --Register-->      controller I have restarted
//!               controller --Announce-->     replica    who leads, and who is in sync
//! ```
//!
//! Messages between replicas carry their epoch first. One from an older epoch is ignored, without an
//! answer; one from a newer epoch deposes whoever receives it, unless candidates bind nobody by
//! asking, or the receiver has promised to depose nobody yet. *Deviation:* Raft answers stale
//! messages so that their sender steps down sooner (§5.1). Here it hears from the new leader, or is
//! suspected; a silent rule is one that cannot be abused by a message that is a week late.

use serde::{Deserialize, Serialize};

use super::Registry;
use crate::vocabulary::{
    Epoch, LogEntry, LogMark, LogPosition, ReplicaSet, Sequence, StateMachine, Timestamp,
};

/// A message between replicas, or between a replica and the controller.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Message {
    /// Leader to follower: these entries follow that mark. Without entries, a heartbeat.
    Append {
        /// The leader's epoch.
        epoch: Epoch,
        /// What the entries follow.
        previous: LogMark,
        /// What to append.
        entries: Vec<LogEntry>,
        /// Up to where reads may see.
        commit: LogPosition,
    },
    /// Follower to leader: my log agrees with yours up to `position`, as safely as
    /// [`super::AckMeans`] says.
    Appended {
        /// The leader's epoch.
        epoch: Epoch,
        /// Up to where.
        position: LogPosition,
        /// How often the follower has restarted: what it held before may be gone.
        incarnation: u64,
    },
    /// Follower to leader: I cannot continue there.
    NotAppended {
        /// The leader's epoch.
        epoch: Epoch,
        /// Continue after this position; `None` asks for a snapshot.
        resume: Option<LogPosition>,
        /// How often the follower has restarted.
        incarnation: u64,
    },
    /// Leader to follower: everything I have.
    Snapshot {
        /// The leader's epoch.
        epoch: Epoch,
        /// The store at the base of the log.
        snapshot: StateMachine,
        /// The entries after it.
        entries: Sequence<LogEntry>,
        /// Up to where reads may see.
        commit: LogPosition,
    },
    /// Candidate to member: let me lead.
    RequestVote {
        /// The epoch to lead in.
        epoch: Epoch,
        /// Where the candidate's log ends.
        last: LogMark,
    },
    /// Member to candidate. A refusal is sent only where everybody's agreement is needed.
    Vote {
        /// The candidate's epoch.
        epoch: Epoch,
        /// Whether the voter agrees.
        granted: bool,
    },
    /// Leader to member: do I still lead?
    Confirm {
        /// The leader's epoch.
        epoch: Epoch,
        /// Which question this is.
        round: u64,
        /// The leader's clock, echoed by the answer. A lease starts here.
        asked_at: Timestamp,
    },
    /// Member to leader: as far as I know, you do.
    Confirmed {
        /// The leader's epoch.
        epoch: Epoch,
        /// Which question is answered.
        round: u64,
        /// When it was asked, by the leader's clock.
        asked_at: Timestamp,
    },
    /// Leader to controller: let these be in sync.
    Propose {
        /// The version of the registry that this would replace. It grows with every appointment, so
        /// that it tells the leader's epoch too.
        version: u64,
        /// The new set.
        in_sync: ReplicaSet,
    },
    /// Replica to controller: I have restarted.
    Register {
        /// How often it has.
        incarnation: u64,
        /// Whether it may have lost what it had acknowledged.
        unclean: bool,
    },
    /// Controller to replica: what the registry holds now.
    Announce(Registry),
}
