//! What properties ask of replicas and their logs.

use super::update::apply_to;
use super::{
    AckRule, Durable, Leader, Participant, Registry, Remembered, Replica, Role, SingleLeader,
};
use crate::cluster::View;
use crate::consistency::OperationId;
use crate::vocabulary::{Command, Epoch, LogMark, LogPosition, ReplicaId, StateMachine, majority};

type Moment<'a> = View<'a, SingleLeader>;

pub(super) fn replicas<'a>(view: &'a Moment<'_>) -> impl Iterator<Item = (ReplicaId, &'a Replica)> {
    view.running().filter_map(|(id, participant)| match participant {
        Participant::Replica(replica) => Some((id, &**replica)),
        Participant::Controller(_) => None,
    })
}

pub(super) fn leaders<'a>(
    view: &'a Moment<'_>,
) -> impl Iterator<Item = (ReplicaId, &'a Replica, &'a Leader)> {
    replicas(view).filter_map(|(id, replica)| match &replica.role {
        Role::Leader(leader) => Some((id, replica, &**leader)),
        Role::Follower | Role::Candidate(_) => None,
    })
}

pub(super) fn replica_of<'a>(view: &'a Moment<'_>, id: ReplicaId) -> Option<&'a Replica> {
    match view.replica(id)? {
        Participant::Replica(replica) => Some(replica),
        Participant::Controller(_) => None,
    }
}

pub(super) fn registry<'a>(view: &'a Moment<'_>) -> Option<&'a Registry> {
    match view.replica(view.protocol().controller()?)? {
        Participant::Controller(controller) => Some(&controller.registry),
        Participant::Replica(_) => None,
    }
}

/// The registry and whom it says leads, if that replica runs.
pub(super) fn appointed<'a>(view: &'a Moment<'_>) -> Option<(&'a Registry, &'a Replica)> {
    let registry = registry(view)?;
    Some((registry, replica_of(view, registry.leader?)?))
}

pub(super) fn pairs<'a>(view: &'a Moment<'_>) -> impl Iterator<Item = (&'a Replica, &'a Replica)> {
    replicas(view).flat_map(move |(id, left)| {
        replicas(view).filter(move |(other, _)| *other > id).map(move |(_, right)| (left, right))
    })
}

/// The leaders of the latest epoch that anybody knows of. While somebody knows of a later one,
/// nobody speaks for the cluster.
pub(super) fn authorities<'a>(view: &'a Moment<'_>) -> impl Iterator<Item = &'a Replica> {
    let latest = view.ids().map(|id| epoch_of(view, id)).max();
    leaders(view)
        .filter(move |(_, replica, _)| Some(replica.durable.epoch) == latest)
        .map(|(_, replica, _)| replica)
}

/// The epoch a participant takes part in; for one that is down, the one it will remember.
pub(super) fn epoch_of(view: &Moment<'_>, id: ReplicaId) -> Epoch {
    match (view.replica(id), view.disk(id).written.as_deref()) {
        (Some(Participant::Replica(replica)), _) => replica.durable.epoch,
        (Some(Participant::Controller(controller)), _) => controller.registry.epoch,
        (None, Some(Remembered::Replica(durable))) => durable.epoch,
        (None, Some(Remembered::Controller(registry))) => registry.epoch,
        (None, None) => Epoch::default(),
    }
}

/// Whether a replica's log holds the update. Compacted updates are known by the client table: a
/// client's later update stands for its earlier ones.
pub(super) fn holds(replica: &Replica, id: OperationId) -> bool {
    log_holds(&replica.durable, id)
}

fn log_holds(durable: &Durable, id: OperationId) -> bool {
    let (asked_by, asked) = (id.client(), id.request());
    let is_it = |command: &Command| match command {
        Command::NewEpoch => false,
        Command::Update { client, request, .. } => *client == asked_by && *request == asked,
    };
    durable.log.iter().any(|(_, entry)| is_it(&entry.command))
        || durable.snapshot.answered(asked_by).is_some_and(|last| last.request >= asked)
}

pub(super) fn is_on_disk(view: &Moment<'_>, replica: ReplicaId, id: OperationId) -> bool {
    match view.disk(replica).synced.as_deref() {
        Some(Remembered::Replica(durable)) => log_holds(durable, id),
        Some(Remembered::Controller(_)) | None => false,
    }
}

pub(super) fn is_written(view: &Moment<'_>, replica: ReplicaId, id: OperationId) -> bool {
    match view.disk(replica).written.as_deref() {
        Some(Remembered::Replica(durable)) => log_holds(durable, id),
        Some(Remembered::Controller(_)) | None => false,
    }
}

pub(super) fn promised_disks(policy: &SingleLeader) -> usize {
    match policy.ack {
        AckRule::Asynchronous => 1,
        AckRule::Followers(count) => usize::from(count) + 1,
        AckRule::All => policy.members.len(),
        AckRule::InSync { at_least } => usize::from(at_least),
        AckRule::Majority => majority(policy.members.len()),
    }
}

/// What the entries up to `position` come to, or all if there are fewer.
fn state_at(durable: &Durable, position: LogPosition) -> StateMachine {
    let mut state = durable.snapshot.clone();
    apply_to(&mut state, durable, position.min(durable.log.last_position()));
    state
}

/// Whether two logs hold the same entries up to `position`. What either has compacted up to there
/// stands in its snapshot, and has to be what the other's entries come to.
pub(super) fn agree_up_to(left: &Replica, right: &Replica, position: LogPosition) -> bool {
    let base = left.durable.log.base().position.max(right.durable.log.base().position);
    let is_compacted = base > LogPosition::ZERO && base <= position;
    if is_compacted && state_at(&left.durable, base) != state_at(&right.durable, base) {
        return false;
    }
    let (left, right) = (&left.durable.log, &right.durable.log);
    let mut next = base.next();
    while next <= position {
        if left.get(next) != right.get(next) || left.get(next).is_none() {
            return false;
        }
        next = next.next();
    }
    left.last_position() >= position && right.last_position() >= position
}

/// Whether what readers see at `replica` is what some prefix of `leader`'s log leads to. A prefix
/// that the leader has compacted cannot be told.
pub(super) fn shows_a_prefix(replica: &Replica, leader: &Replica) -> bool {
    let seen = replica.exposed.applied.position;
    let log = &leader.durable.log;
    seen <= log.last_position()
        && (seen < log.base().position || replay(&leader.durable, seen) == replica.exposed)
}

pub(super) fn logs_match(left: &Replica, right: &Replica) -> bool {
    let (a, b) = (&left.durable.log, &right.durable.log);
    let mut last = a.last_position().min(b.last_position());
    let first = a.base().position.max(b.base().position);
    while last > first && a.epoch_at(last) != b.epoch_at(last) {
        last = last.previous();
    }
    last <= first || agree_up_to(left, right, last)
}

pub(super) fn requests_are_unique(replica: &Replica) -> bool {
    let requests = || {
        replica.durable.log.iter().filter_map(|(position, entry)| match &entry.command {
            Command::NewEpoch => None,
            Command::Update { client, request, .. } => Some((position, *client, *request)),
        })
    };
    requests().all(|(position, client, request)| {
        requests().all(|(other, asked_by, asked)| {
            other <= position || (asked_by, asked) != (client, request)
        })
    })
}

pub(super) fn is_well_formed(id: ReplicaId, replica: &Replica) -> bool {
    let Replica { durable, members, commit_position, exposed, role, .. } = replica;
    let last = durable.log.last_position();
    let positions_agree = durable.snapshot.applied == durable.log.base()
        && durable.log.base().position <= *commit_position
        && *commit_position <= last
        && exposed.applied.position >= durable.log.base().position
        && exposed.applied.position <= last;
    let role_agrees = match role {
        Role::Follower => true,
        Role::Candidate(candidate) => durable.vote == Some(id) && candidate.granted.contains(id),
        Role::Leader(leader) => {
            leader.tip.applied == durable.log.last_mark()
                && leader.followers.values().all(|of| of.matched < of.next && of.matched <= last)
                && !leader.followers.contains_key(&id)
        }
    };
    positions_agree
        && role_agrees
        && *members == durable.members()
        && *exposed == replay(durable, exposed.applied.position)
}

fn replay(durable: &Durable, position: LogPosition) -> StateMachine {
    let mut machine = durable.snapshot.clone();
    apply_to(&mut machine, durable, position);
    machine
}

pub(super) fn has_converged(view: &Moment<'_>) -> bool {
    let mut seen: Option<(LogMark, &StateMachine)> = None;
    replicas(view).filter(|(id, replica)| replica.members.contains(*id)).all(|(_, replica)| {
        let own = (replica.durable.log.last_mark(), &replica.exposed);
        *seen.get_or_insert(own) == own
    })
}
