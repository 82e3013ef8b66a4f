//! Who exists and what they remember.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::vocabulary::{
    ClientId, Epoch, Key, Log, LogPosition, ReplicaId, ReplicaSet, Reply, RequestId, StateMachine,
    Timestamp,
};

/// The epoch of the first leader, replica 0. Nobody has to elect it.
pub const FIRST_EPOCH: Epoch = Epoch(1);

/// The first leader.
pub const FIRST_LEADER: ReplicaId = ReplicaId(0);

/// What one participant knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Participant {
    /// A replica of the log.
    Replica(Box<Replica>),
    /// The keeper of the registry.
    Controller(Controller),
}

/// What one participant remembers through a crash.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Remembered {
    /// A replica of the log.
    Replica(Durable),
    /// The keeper of the registry.
    Controller(Registry),
}

/// What a replica remembers through a crash.
///
/// `snapshot.applied` is the base of `log`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Durable {
    /// The highest epoch it has taken part in. Only grows.
    pub epoch: Epoch,
    /// Whom it voted for in that epoch.
    pub vote: Option<ReplicaId>,
    /// The store at the base of the log.
    pub snapshot: StateMachine,
    /// The log after the base.
    pub log: Log,
    /// What it knew to be committed when it last persisted. Kept for
    /// [`super::Truncation::HighWatermark`] alone.
    pub checkpoint: LogPosition,
    /// How often it has restarted, counted where that matters: where leaders are appointed, or where
    /// a restart may lose what was acknowledged.
    pub incarnation: u64,
}

impl Durable {
    /// Who decides, as of the last entry of the log.
    #[must_use]
    pub fn members(&self) -> ReplicaSet {
        let commands = self.log.iter().map(|(_, entry)| &entry.command);
        commands.fold(self.snapshot.members, |members, command| command.members_after(members))
    }
}

/// What a replica knows.
///
/// `log base <= compacts_to.applied <= exposed.applied <= last position` and `commit_position <= last position`. It looks
/// as if `exposed.applied <= commit_position`, but whoever shows what is merely appended
/// ([`super::Visibility::Appended`]) runs ahead of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Replica {
    /// What it remembers.
    pub durable: Durable,
    /// Who decides, as of the last entry of the log.
    pub members: ReplicaSet,
    /// Up to where it knows the log to be acknowledged.
    pub commit_position: LogPosition,
    /// The store as reads see it.
    pub exposed: StateMachine,
    /// The store that the log is compacted to once enough entries follow it.
    pub compacts_to: Option<StateMachine>,
    /// Whom it last recognised as the leader. It may have been replaced since.
    pub leader: Option<ReplicaId>,
    /// When it last promised the leader to elect nobody else. Kept for leases alone.
    pub promised_at: Timestamp,
    /// What it is doing.
    pub role: Role,
}

/// What a replica is doing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// It copies the leader's log.
    Follower,
    /// It asks to lead.
    Candidate(Candidate),
    /// It orders updates.
    Leader(Box<Leader>),
}

/// Who has answered a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Candidate {
    /// Who must agree, the candidate included.
    pub electorate: ReplicaSet,
    /// Who has agreed, the candidate included.
    pub granted: ReplicaSet,
}

/// What a leader keeps beside its log.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Leader {
    /// Position of its first entry, after which all entries are of its own epoch.
    pub epoch_start: LogPosition,
    /// The store after the last entry: what updates come to, known before they are acknowledged.
    pub tip: StateMachine,
    /// How far it has come with each follower.
    pub followers: BTreeMap<ReplicaId, Progress>,
    /// Whom [`super::AckRule::All`] and [`super::AckRule::InSync`] wait for, itself included. While a
    /// proposal is under way, the registered set and the proposed one.
    pub in_sync: ReplicaSet,
    /// Updates whose clients wait, in the order of the log.
    pub pending: Vec<PendingUpdate>,
    /// Whether it has stopped waiting for acknowledgements.
    pub degraded: bool,
    /// Reads that wait for a confirmation.
    pub reads: Vec<PendingRead>,
    /// The last read of each client that it has answered after a confirmation, and how: a client
    /// that lost the answer may ask once more.
    pub served: BTreeMap<ClientId, Reply>,
    /// The last confirmation it has asked for.
    pub round: u64,
    /// The registry's version, and the in-sync set it has proposed to replace it.
    pub registry: RegistryView,
}

impl Leader {
    /// How much of the log `follower` has acknowledged.
    #[must_use]
    pub fn matched(&self, follower: ReplicaId) -> LogPosition {
        self.followers.get(&follower).map_or(LogPosition::ZERO, |of| of.matched)
    }

    /// Who is in sync for certain. A replica that is only proposed is waited for and not counted: the
    /// registry may never take it, and appoint another meanwhile (Kafka, KIP-966).
    #[must_use]
    pub const fn surely_in_sync(&self) -> ReplicaSet {
        match self.registry.proposed {
            Some(_) => self.registry.in_sync,
            None => self.in_sync,
        }
    }
}

/// What a leader knows of the registry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RegistryView {
    /// The version it knows.
    pub version: u64,
    /// The in-sync set of that version.
    pub in_sync: ReplicaSet,
    /// What it has proposed against that version and has had no answer to.
    pub proposed: Option<ReplicaSet>,
}

/// How far a leader has come with one follower.
///
/// `matched < next <= last position + 1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Progress {
    /// The follower has acknowledged the log up to here.
    pub matched: LogPosition,
    /// The first position not yet sent.
    pub next: LogPosition,
    /// How often the follower has restarted, as far as the leader knows.
    pub incarnation: u64,
    /// The last confirmation it has given.
    pub round: u64,
    /// When that was asked for, by the leader's clock.
    pub asked_at: Timestamp,
}

/// An update whose client waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PendingUpdate {
    /// Where the update is in the log.
    pub position: LogPosition,
    /// Who waits.
    pub client: ClientId,
    /// For what.
    pub request: RequestId,
}

/// A read that waits for the leader to be confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PendingRead {
    /// Who waits.
    pub client: ClientId,
    /// For what.
    pub request: RequestId,
    /// What is read.
    pub key: Key,
    /// The confirmation that it waits for.
    pub round: u64,
}

/// Keeps the registry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Controller {
    /// All it knows, and all of it durable.
    pub registry: Registry,
}

/// Who leads and who may: one replicated record, as in a coordination service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Registry {
    /// The epoch of the latest appointment.
    pub epoch: Epoch,
    /// Counts every change.
    pub version: u64,
    /// Who leads, if anybody does.
    pub leader: Option<ReplicaId>,
    /// Who holds everything that is acknowledged, and must hold whatever will be.
    pub in_sync: ReplicaSet,
    /// Who holds everything that is acknowledged because nothing could be since it left the in-sync
    /// set (KIP-966's eligible leader replicas).
    pub eligible: ReplicaSet,
    /// How often each replica has restarted, as far as it has registered.
    pub incarnations: BTreeMap<ReplicaId, u64>,
}

/// Names of timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Timer {
    /// A leader repeats what followers have not acknowledged, the controller what it announced.
    Heartbeat,
    /// A follower has heard nothing from its leader, a candidate nothing from its electorate.
    Suspect,
    /// A candidate has waited long enough for answers.
    Decide,
    /// A leader has waited long enough for acknowledgements.
    AckTimeout,
    /// A leader has heard nothing from this follower.
    Evict(ReplicaId),
    /// The controller has heard nothing from the leader, and this replica is its choice.
    Appoint(ReplicaId),
}
