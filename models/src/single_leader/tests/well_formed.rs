//! What holds of a replica after any step: the inequalities that `state` states.

use crate::single_leader::{Durable, Leader, Replica, Role};
use crate::vocabulary::{LogPosition, ReplicaId, StateMachine};

/// Panics unless positions, stores and members follow from the log.
pub(super) fn assert_well_formed(me: ReplicaId, replica: &Replica) {
    let Replica { durable, members, commit_position, exposed, compacts_to, role, .. } = replica;
    let (base, last) = (durable.log.base(), durable.log.last_position());
    let shown = exposed.applied.position;
    assert_eq!(durable.snapshot.applied, base, "the snapshot is the base of the log");
    assert!(base.position <= *commit_position, "what was compacted was acknowledged");
    assert!(*commit_position <= last, "what is acknowledged is in the log");
    assert!(base.position <= shown && shown <= last, "what is shown is in the log");
    assert_eq!(*members, durable.members(), "the log says who decides");
    assert_eq!(*exposed, replayed(durable, shown), "what is shown is a prefix of the log");
    if let Some(store) = compacts_to {
        let position = store.applied.position;
        assert!(base.position <= position && position <= shown, "what will be compacted is shown");
        assert_eq!(*store, replayed(durable, position), "what will be compacted is a prefix too");
    }
    match role {
        Role::Follower => {}
        Role::Candidate(candidate) => {
            assert_eq!(durable.vote, Some(me), "a candidate votes for itself");
            assert!(candidate.granted.contains(me), "a candidate agrees with itself");
        }
        Role::Leader(leader) => assert_leader_well_formed(me, durable, leader),
    }
}

fn assert_leader_well_formed(me: ReplicaId, durable: &Durable, leader: &Leader) {
    let last = durable.log.last_position();
    assert_eq!(leader.tip.applied, durable.log.last_mark(), "the tip is the end of the log");
    assert!(!leader.followers.contains_key(&me), "a leader does not follow itself");
    for progress in leader.followers.values() {
        assert!(progress.matched < progress.next, "what is acknowledged is not sent next");
        assert!(progress.next <= last.next(), "what is not there is not sent");
    }
    assert!(
        leader.pending.is_sorted_by_key(|update| update.position),
        "updates wait in the order of the log"
    );
    assert!(
        leader.pending.iter().all(|update| update.position <= last),
        "whoever waits, waits for an entry"
    );
}

fn replayed(durable: &Durable, position: LogPosition) -> StateMachine {
    let mut machine = durable.snapshot.clone();
    let entries = durable.log.iter().filter(|(place, _)| *place <= position);
    entries.for_each(|(_, entry)| machine.apply(entry));
    machine
}
