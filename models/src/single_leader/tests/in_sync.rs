//! The in-sync set at the leader: who leaves it, who joins it, and what the registry has to do with
//! it.

use std::collections::BTreeMap;

use super::bench::{Bench, Effects};
use super::messages::{
    append, appended, appended_after, at, done, mark, not_appended, opened, propose, refused, to,
    written,
};
use crate::single_leader::{
    AckRule, Election, Eviction, Message, Registry, RegistryView, Role, SingleLeader, Timer,
};
use crate::vocabulary::{Epoch, Refusal, ReplicaId, ReplicaSet};

/// Three replicas and a controller, replica 3.
const IN_SYNC: SingleLeader = SingleLeader {
    ack: AckRule::InSync { at_least: 1 },
    election: Election::Appointed { unclean: false },
    eviction: Eviction::Registered,
    ..SingleLeader::majority(3)
};

const LOCAL: SingleLeader =
    SingleLeader { ack: AckRule::All, eviction: Eviction::Local, ..SingleLeader::majority(3) };

const fn evict(follower: u8) -> Timer {
    Timer::Evict(ReplicaId(follower))
}

fn registry(epoch: u64, version: u64, leader: u8, in_sync: &[u8]) -> Registry {
    Registry {
        epoch: Epoch(epoch),
        version,
        leader: Some(ReplicaId(leader)),
        in_sync: ReplicaSet::of(in_sync),
        eligible: ReplicaSet::EMPTY,
        incarnations: BTreeMap::new(),
    }
}

fn announce(epoch: u64, version: u64, leader: u8, in_sync: &[u8]) -> Message {
    Message::Announce(registry(epoch, version, leader, in_sync))
}

/// What a leader knows of the registry that has no proposal under way.
const fn known(version: u64, in_sync: &[u8]) -> RegistryView {
    RegistryView { version, in_sync: ReplicaSet::of(in_sync), proposed: None }
}

/// Replica 0, the first leader, with one update that replicas 1 and 2 hold, and with replica 1
/// dropped from the registry.
fn leader_of_two() -> Bench {
    let mut bench = Bench::leader(IN_SYNC, 1);
    bench.hear(1, appended(1, 1));
    bench.hear(2, appended(1, 1));
    bench.fire(evict(1));
    bench.hear(3, announce(1, 1, 0, &[0, 2]));
    assert_eq!(bench.leading().in_sync, ReplicaSet::of(&[0, 2]));
    bench
}

/// Kafka, KIP-497: the leader asks the controller to shrink the set, and waits until it has.
#[test]
fn a_leader_proposes_to_drop_whoever_is_silent_and_waits_for_it_meanwhile() {
    let mut bench = Bench::leader(IN_SYNC, 1);
    bench.hear(2, appended(1, 1));
    let effects = bench.fire(evict(1));
    let send = vec![to(3, propose(0, &[0, 2]))];
    assert_eq!(effects, Effects { send, arm: vec![evict(1)], ..Effects::none() });
    assert_eq!(bench.leading().in_sync, ReplicaSet::first(3));
    assert_eq!(bench.positions(), (0, 0));
}

#[test]
fn what_the_registry_announces_is_what_the_leader_waits_for() {
    let mut bench = Bench::leader(IN_SYNC, 1);
    bench.hear(2, appended(1, 1));
    bench.fire(evict(1));
    let effects = bench.hear(3, announce(1, 1, 0, &[0, 2]));
    assert_eq!(effects, Effects { reply: vec![done(1, 1)], ..Effects::none() });
    assert_eq!(bench.leading().in_sync, ReplicaSet::of(&[0, 2]));
    assert_eq!(bench.leading().registry, known(1, &[0, 2]));
}

#[test]
fn one_proposal_is_under_way_at_a_time() {
    let mut bench = Bench::leader(IN_SYNC, 0);
    bench.fire(evict(1));
    assert_eq!(bench.fire(evict(2)), Effects { arm: vec![evict(2)], ..Effects::none() });
    let proposed = Some(ReplicaSet::of(&[0, 2]));
    let expected = RegistryView { proposed, ..known(0, &[0, 1, 2]) };
    assert_eq!(bench.leading().registry, expected);
}

#[test]
fn whoever_is_out_is_not_dropped_again() {
    let mut bench = leader_of_two();
    assert_eq!(bench.fire(evict(1)), Effects { arm: vec![evict(1)], ..Effects::none() });
}

/// Kafka, KIP-497: the maximal set, with what is proposed, has to hold what is acknowledged.
#[test]
fn whoever_is_proposed_is_waited_for_at_once() {
    let mut bench = leader_of_two();
    let effects = bench.hear(1, appended(1, 1));
    let send = vec![to(3, propose(1, &[0, 1, 2]))];
    assert_eq!(effects, Effects { send, arm: vec![evict(1)], ..Effects::none() });
    assert_eq!(bench.leading().in_sync, ReplicaSet::first(3));
    bench.write(2);
    assert!(bench.hear(2, appended(1, 2)).reply.is_empty());
    assert_eq!(bench.hear(1, appended(1, 2)).reply, [done(2, 2)]);
}

#[test]
fn whoever_lacks_something_acknowledged_is_not_proposed() {
    let mut bench = leader_of_two();
    bench.write(2);
    bench.hear(2, appended(1, 2));
    let effects = bench.hear(1, appended(1, 1));
    assert_eq!(effects, Effects { arm: vec![evict(1)], ..Effects::none() });
    let effects = bench.hear(1, appended(1, 2));
    assert_eq!(effects.send, [to(3, propose(1, &[0, 1, 2]))]);
}

/// Kafka, KIP-320: not before it has reached the start of the leader's epoch.
#[test]
fn whoever_has_not_reached_this_epoch_is_not_proposed() {
    let mut bench = Bench::start(IN_SYNC, 1);
    bench.hear(0, append(1, mark(0, 0), &[written(1, 1)], 1));
    bench.hear(3, announce(2, 1, 1, &[1, 2]));
    assert_eq!(bench.positions(), (1, 1));
    assert_eq!(bench.hear(0, appended(2, 1)).send, []);
    assert_eq!(bench.hear(0, appended(2, 2)).send, [to(3, propose(1, &[0, 1, 2]))]);
}

#[test]
fn a_heartbeat_repeats_the_proposal() {
    let mut bench = Bench::leader(IN_SYNC, 0);
    bench.fire(evict(1));
    let effects = bench.fire(Timer::Heartbeat);
    assert_eq!(effects.send[2..], [to(3, propose(0, &[0, 2]))]);
}

#[test]
fn without_a_proposal_a_heartbeat_says_who_is_in_sync() {
    let mut bench = leader_of_two();
    let effects = bench.fire(Timer::Heartbeat);
    assert_eq!(effects.send[2..], [to(3, propose(1, &[0, 2]))]);
}

#[test]
fn what_the_registry_held_before_is_ignored() {
    let mut bench = leader_of_two();
    let before = bench.participant.clone();
    assert_eq!(bench.hear(3, announce(1, 0, 0, &[0, 1, 2])), Effects::none());
    assert_eq!(bench.hear(3, announce(1, 1, 0, &[0, 1, 2])), Effects::none());
    assert_eq!(bench.participant, before);
}

#[test]
fn whoever_is_appointed_leads_with_the_registered_set() {
    let mut bench = Bench::start(IN_SYNC, 1);
    bench.hear(0, append(1, mark(0, 0), &[written(1, 1)], 0));
    let effects = bench.hear(3, announce(2, 4, 1, &[1, 2]));
    let first = append(2, mark(1, 1), &[opened(2)], 0);
    let expected = Effects {
        persist: bench.synced(),
        send: vec![to(0, first.clone()), to(2, first)],
        arm: vec![Timer::Heartbeat, evict(0), evict(2)],
        ..Effects::none()
    };
    assert_eq!(effects, expected);
    assert_eq!(bench.leading().in_sync, ReplicaSet::of(&[1, 2]));
    assert_eq!(bench.leading().registry, known(4, &[1, 2]));
    assert_eq!(bench.leading().epoch_start, at(2));
}

#[test]
fn whoever_is_appointed_takes_over_once() {
    let mut bench = Bench::start(IN_SYNC, 1);
    bench.hear(3, announce(2, 1, 1, &[1, 2]));
    assert_eq!(bench.hear(3, announce(2, 1, 1, &[1, 2])), Effects::none());
    assert_eq!(bench.epochs(), [2]);
}

#[test]
fn whoever_is_not_appointed_learns_who_is() {
    let mut bench = Bench::start(IN_SYNC, 2);
    let effects = bench.hear(3, announce(2, 1, 1, &[1, 2]));
    assert_eq!(effects, Effects { persist: bench.synced(), ..Effects::none() });
    assert_eq!(bench.replica().leader, Some(ReplicaId(1)));
    assert_eq!(bench.replica().durable.epoch, Epoch(2));
}

#[test]
fn an_appointment_of_another_deposes_the_leader() {
    let mut bench = Bench::leader(IN_SYNC, 1);
    let effects = bench.hear(3, announce(2, 1, 1, &[1, 2]));
    assert_eq!(effects, Effects { persist: bench.synced(), ..Effects::none() });
    assert_eq!(bench.replica().role, Role::Follower);
}

#[test]
fn an_appointment_that_has_been_replaced_is_ignored() {
    let mut bench = Bench::start(IN_SYNC, 1);
    bench.hear(2, append(3, mark(0, 0), &[opened(3)], 0));
    assert_eq!(bench.hear(3, announce(2, 1, 1, &[1, 2])), Effects::none());
}

/// The registry does not know yet that this replica has restarted, and appoints what is gone.
#[test]
fn an_appointment_from_before_a_restart_is_ignored() {
    let (mut bench, _) = Bench::start(IN_SYNC, 1).restart();
    bench.hear(3, announce(2, 1, 1, &[1, 2]));
    assert_eq!(bench.replica().role, Role::Follower);
    let mut known = registry(2, 2, 1, &[1, 2]);
    known.incarnations.insert(ReplicaId(1), 1);
    bench.hear(3, Message::Announce(known));
    assert!(matches!(bench.replica().role, Role::Leader(_)));
}

/// Kafka, KIP-903: what a broker held before its restart proves nothing after it.
#[test]
fn an_acknowledgement_from_before_a_restart_counts_for_nothing() {
    let mut bench = leader_of_two();
    let mut known = registry(1, 2, 0, &[0, 2]);
    known.incarnations.insert(ReplicaId(2), 1);
    bench.hear(3, Message::Announce(known));
    assert_eq!(bench.leading().matched(ReplicaId(2)), at(0));
    bench.write(2);
    assert_eq!(bench.hear(2, appended(1, 2)), Effects::none());
    assert_eq!(bench.hear(2, not_appended(1, None)), Effects::none());
    assert_eq!(bench.hear(2, appended_after(1, 2, 1)).reply, [done(2, 2)]);
}

#[test]
fn a_follower_that_says_that_it_has_restarted_is_believed() {
    let mut bench = Bench::leader(IN_SYNC, 2);
    bench.hear(1, appended(1, 2));
    bench.hear(1, appended_after(1, 1, 1));
    assert_eq!(bench.leading().matched(ReplicaId(1)), at(1));
    bench.hear(1, appended(1, 2));
    assert_eq!(bench.leading().matched(ReplicaId(1)), at(1));
}

#[test]
fn a_leader_that_drops_on_its_own_proposes_nothing() {
    let mut bench = Bench::leader(LOCAL, 1);
    let effects = bench.fire(evict(1));
    assert_eq!(effects, Effects { arm: vec![evict(1)], ..Effects::none() });
    assert_eq!(bench.leading().in_sync, ReplicaSet::of(&[0, 2]));
}

#[test]
fn whoever_is_heard_is_watched_anew() {
    let mut bench = Bench::leader(LOCAL, 1);
    assert_eq!(bench.hear(1, appended(1, 0)).arm, [evict(1)]);
}

#[test]
fn whoever_is_dropped_is_still_sent_what_is_new() {
    let mut bench = Bench::leader(LOCAL, 0);
    bench.fire(evict(1));
    let copy = append(1, mark(0, 0), &[written(1, 1)], 0);
    assert_eq!(bench.write(1).send[0], to(1, copy));
}

#[test]
fn whoever_is_not_registered_yet_registers_again() {
    let (mut bench, _) = Bench::start(IN_SYNC, 1).restart();
    let registration = Message::Register { incarnation: 1, unclean: false };
    assert_eq!(bench.hear(3, announce(2, 1, 1, &[1, 2])).send, [to(3, registration)]);
}

/// Kafka, KIP-966: what is required is counted in the set that the controller has registered.
///
/// Replica 2 is eligible because nothing can be acknowledged without it. The leader proposes to take
/// in replica 1. If the proposal is lost, the controller may appoint replica 2.
#[test]
fn whoever_is_proposed_does_not_count_towards_the_number_that_is_required() {
    let ack = AckRule::InSync { at_least: 2 };
    let mut bench = Bench::start(SingleLeader { ack, ..IN_SYNC }, 0);
    let alone = Registry { eligible: ReplicaSet::of(&[2]), ..registry(1, 2, 0, &[0]) };
    bench.hear(3, Message::Announce(alone));
    assert_eq!(bench.hear(1, appended(1, 0)).send, [to(3, propose(2, &[0, 1]))]);
    assert_eq!(bench.write(1).reply, [refused(1, Refusal::Unavailable)]);
    bench.hear(3, announce(1, 3, 0, &[0, 1]));
    assert!(bench.write(1).reply.is_empty());
    assert_eq!(bench.hear(1, appended(1, 1)).reply, [done(1, 1)]);
}

#[test]
fn nothing_is_acknowledged_on_the_strength_of_a_proposal() {
    let ack = AckRule::InSync { at_least: 2 };
    let mut bench = Bench::leader(SingleLeader { ack, ..IN_SYNC }, 1);
    let alone = Registry { eligible: ReplicaSet::of(&[2]), ..registry(1, 2, 0, &[0]) };
    bench.hear(3, Message::Announce(alone));
    assert_eq!(bench.hear(1, appended(1, 1)).send, [to(3, propose(2, &[0, 1]))]);
    assert_eq!(bench.positions(), (0, 0));
    assert_eq!(bench.hear(3, announce(1, 3, 0, &[0, 1])).reply, [done(1, 1)]);
}
