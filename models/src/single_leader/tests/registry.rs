//! The controller: proposals, registrations, appointments, and what they leave in the registry.

use super::bench::{Bench, Effects};
use super::messages::{
    answer, append, appended, confirm, confirmed, mark, not_appended, opened, propose, read,
    request_vote, to, vote,
};
use crate::single_leader::{AckRule, Election, Eviction, Message, Registry, SingleLeader, Timer};
use crate::vocabulary::{Epoch, Outcome, Refusal, ReplicaId, ReplicaSet};

const IN_SYNC: SingleLeader = SingleLeader {
    ack: AckRule::InSync { at_least: 2 },
    election: Election::Appointed { unclean: false },
    eviction: Eviction::Registered,
    ..SingleLeader::majority(3)
};

const UNCLEAN: SingleLeader =
    SingleLeader { election: Election::Appointed { unclean: true }, ..IN_SYNC };

const fn appoint(replica: u8) -> Timer {
    Timer::Appoint(ReplicaId(replica))
}

fn controller() -> Bench {
    Bench::start(IN_SYNC, 3)
}

/// The controller once the leader has dropped the others, as given, one after the other.
fn controller_without(dropped: &[&[u8]]) -> Bench {
    let mut bench = controller();
    for (in_sync, version) in dropped.iter().zip(0..) {
        bench.hear(0, propose(version, in_sync));
    }
    bench
}

fn registry(bench: &Bench) -> &Registry {
    &bench.controller().registry
}

/// Who is in sync, and who is eligible without being so.
fn sets(bench: &Bench) -> (ReplicaSet, ReplicaSet) {
    (registry(bench).in_sync, registry(bench).eligible)
}

/// That everybody is told what the registry holds by now, once that is kept.
fn announces(bench: &Bench) -> Effects {
    let message = Message::Announce(registry(bench).clone());
    Effects {
        persist: bench.synced(),
        send: (0..3).map(|replica| to(replica, message.clone())).collect(),
        ..Effects::none()
    }
}

fn all_watched() -> Vec<Timer> {
    (0..3).map(appoint).collect()
}

#[test]
fn a_proposal_of_the_leader_takes_effect_and_is_announced() {
    let mut bench = controller();
    let effects = bench.hear(0, propose(0, &[0, 1]));
    assert_eq!(effects, Effects { arm: all_watched(), ..announces(&bench) });
    assert_eq!(registry(&bench).version, 1);
    assert_eq!(registry(&bench).in_sync, ReplicaSet::of(&[0, 1]));
}

#[test]
fn a_proposal_that_changes_nothing_says_that_the_leader_lives() {
    let mut bench = controller();
    let effects = bench.hear(0, propose(0, &[0, 1, 2]));
    assert_eq!(effects, Effects { arm: all_watched(), ..Effects::none() });
    assert_eq!(registry(&bench).version, 0);
}

/// Kafka, KIP-497: the version must be the latest.
#[test]
fn a_proposal_that_knows_an_older_registry_is_ignored() {
    let mut bench = controller();
    bench.hear(0, propose(0, &[0, 1]));
    let before = bench.participant.clone();
    for version in [0, 2] {
        assert_eq!(bench.hear(0, propose(version, &[0, 2])), Effects::none());
    }
    assert_eq!(bench.participant, before);
}

#[test]
fn a_proposal_of_a_deposed_leader_is_ignored() {
    let mut bench = controller();
    bench.fire(appoint(1));
    assert_eq!(bench.hear(0, propose(0, &[0])), Effects::none());
}

/// Kafka, KIP-966: whoever leaves once too few are left holds all that is acknowledged.
#[test]
fn whoever_leaves_when_nothing_more_can_be_acknowledged_stays_eligible() {
    let of = ReplicaSet::of;
    assert_eq!(sets(&controller_without(&[&[0, 1]])), (of(&[0, 1]), of(&[])));
    assert_eq!(sets(&controller_without(&[&[0, 1], &[0]])), (of(&[0]), of(&[1])));
    assert_eq!(sets(&controller_without(&[&[0]])), (of(&[0]), of(&[1, 2])));
}

/// Kafka, KIP-966: the eligible set is emptied once the in-sync set is large enough.
#[test]
fn nobody_stays_eligible_once_enough_are_in_sync() {
    let bench = controller_without(&[&[0, 1], &[0], &[0, 2]]);
    assert_eq!(sets(&bench), (ReplicaSet::of(&[0, 2]), ReplicaSet::EMPTY));
}

#[test]
fn where_no_number_is_required_nobody_is_eligible() {
    let policy = SingleLeader { ack: AckRule::All, ..IN_SYNC };
    let mut bench = Bench::start(policy, 3);
    bench.hear(0, propose(0, &[0]));
    assert_eq!(sets(&bench), (ReplicaSet::of(&[0]), ReplicaSet::EMPTY));
}

#[test]
fn a_replica_in_sync_is_appointed_in_a_new_epoch_and_the_silent_leader_dropped() {
    let mut bench = controller();
    let effects = bench.fire(appoint(1));
    assert_eq!(effects, Effects { arm: vec![appoint(1)], ..announces(&bench) });
    let Registry { epoch, version, leader, .. } = registry(&bench);
    assert_eq!((*epoch, *version, *leader), (Epoch(2), 1, Some(ReplicaId(1))));
    assert_eq!(sets(&bench), (ReplicaSet::of(&[1, 2]), ReplicaSet::EMPTY));
}

#[test]
fn a_deposed_leader_stays_eligible_if_nothing_can_be_acknowledged_without_it() {
    let mut bench = controller_without(&[&[0, 1]]);
    bench.fire(appoint(1));
    assert_eq!(sets(&bench), (ReplicaSet::of(&[1]), ReplicaSet::of(&[0])));
}

#[test]
fn an_eligible_replica_may_be_appointed() {
    let mut bench = controller_without(&[&[0, 1], &[0]]);
    bench.fire(appoint(1));
    assert_eq!(registry(&bench).leader, Some(ReplicaId(1)));
    assert_eq!(sets(&bench), (ReplicaSet::of(&[1]), ReplicaSet::of(&[0])));
}

#[test]
fn nobody_else_may_be_appointed() {
    let mut bench = controller_without(&[&[0, 1], &[0]]);
    let effects = bench.fire(appoint(2));
    assert_eq!(effects, Effects { arm: vec![appoint(2)], ..Effects::none() });
    assert_eq!(registry(&bench).leader, Some(ReplicaId(0)));
}

#[test]
fn a_leader_is_not_appointed_in_its_own_place() {
    for policy in [IN_SYNC, UNCLEAN] {
        let mut bench = Bench::start(policy, 3);
        let effects = bench.fire(appoint(0));
        assert_eq!(effects, Effects { arm: vec![appoint(0)], ..Effects::none() });
    }
}

/// Kafka, `unclean.leader.election.enable`.
#[test]
fn an_unclean_appointment_makes_its_log_the_truth() {
    let mut bench = Bench::start(UNCLEAN, 3);
    bench.hear(0, propose(0, &[0]));
    assert_eq!(sets(&bench), (ReplicaSet::of(&[0]), ReplicaSet::of(&[1, 2])));
    bench.hear(1, Message::Register { incarnation: 1, unclean: true });
    let effects = bench.fire(appoint(1));
    assert_eq!(effects, Effects { arm: vec![appoint(1)], ..announces(&bench) });
    assert_eq!(registry(&bench).leader, Some(ReplicaId(1)));
    assert_eq!(sets(&bench), (ReplicaSet::of(&[1]), ReplicaSet::EMPTY));
}

#[test]
fn a_clean_appointment_is_preferred_to_no_rule_at_all() {
    let mut bench = Bench::start(UNCLEAN, 3);
    bench.fire(appoint(1));
    assert_eq!(sets(&bench), (ReplicaSet::of(&[1, 2]), ReplicaSet::EMPTY));
}

#[test]
fn a_restart_is_registered_and_announced() {
    let mut bench = controller();
    let effects = bench.hear(1, Message::Register { incarnation: 1, unclean: false });
    assert_eq!(effects, announces(&bench));
    assert_eq!(registry(&bench).incarnations.get(&ReplicaId(1)), Some(&1));
    assert_eq!((registry(&bench).epoch, registry(&bench).version), (Epoch(1), 1));
    assert_eq!(sets(&bench), (ReplicaSet::first(3), ReplicaSet::EMPTY));
}

#[test]
fn a_restart_is_registered_once() {
    let mut bench = controller();
    bench.hear(1, Message::Register { incarnation: 2, unclean: true });
    for incarnation in 0..=2 {
        let late = Message::Register { incarnation, unclean: true };
        assert_eq!(bench.hear(1, late), Effects::none());
    }
}

/// Kafka, KIP-966: after an unclean shutdown a broker is neither in sync nor eligible.
#[test]
fn whoever_may_have_lost_something_is_neither_in_sync_nor_eligible() {
    let mut bench = controller_without(&[&[0, 1], &[0]]);
    bench.hear(1, Message::Register { incarnation: 1, unclean: true });
    assert_eq!(sets(&bench), (ReplicaSet::of(&[0]), ReplicaSet::EMPTY));
    let mut bench = controller();
    bench.hear(1, Message::Register { incarnation: 1, unclean: true });
    assert_eq!(sets(&bench), (ReplicaSet::of(&[0, 2]), ReplicaSet::EMPTY));
}

#[test]
fn a_leader_that_restarts_leads_on_in_a_new_epoch() {
    let mut bench = controller();
    let effects = bench.hear(0, Message::Register { incarnation: 1, unclean: false });
    assert_eq!(effects, announces(&bench));
    assert_eq!(registry(&bench).epoch, Epoch(2));
    assert_eq!(registry(&bench).leader, Some(ReplicaId(0)));
}

#[test]
fn a_leader_that_may_have_lost_something_leads_no_more() {
    let mut bench = controller();
    bench.hear(0, Message::Register { incarnation: 1, unclean: true });
    assert_eq!(registry(&bench).epoch, Epoch(2));
    assert_eq!(registry(&bench).leader, None);
    assert_eq!(sets(&bench), (ReplicaSet::of(&[1, 2]), ReplicaSet::EMPTY));
    bench.fire(appoint(1));
    assert_eq!(sets(&bench), (ReplicaSet::of(&[1, 2]), ReplicaSet::EMPTY));
    assert_eq!(registry(&bench).leader, Some(ReplicaId(1)));
}

#[test]
fn the_controller_holds_no_log_and_has_no_vote() {
    let mut bench = controller();
    let messages = [
        append(1, mark(0, 0), &[opened(1)], 0),
        appended(1, 1),
        not_appended(1, None),
        request_vote(2, mark(9, 9)),
        vote(2, true),
        confirm(1, 1, 0),
        confirmed(1, 1, 0),
        Message::Announce(registry(&controller()).clone()),
    ];
    for message in messages {
        assert_eq!(bench.hear(0, message), Effects::none());
    }
    let timers = [Timer::Suspect, Timer::Decide, Timer::AckTimeout];
    for timer in timers.into_iter().chain([Timer::Evict(ReplicaId(0))]) {
        assert_eq!(bench.fire(timer), Effects::none());
    }
    assert_eq!(bench.participant, controller().participant);
}

#[test]
fn the_controller_refers_clients_to_the_leader() {
    let mut bench = controller();
    let refusal = Outcome::Refused(Refusal::NotLeader { leader: Some(ReplicaId(0)) });
    let reply = vec![answer(1, 1, refusal, 0)];
    assert_eq!(bench.ask(1, 1, read()), Effects { reply: reply.clone(), ..Effects::none() });
    assert_eq!(bench.write(1), Effects { reply, ..Effects::none() });
}

#[test]
fn replicas_take_neither_proposals_nor_registrations() {
    let mut bench = Bench::start(IN_SYNC, 1);
    let registration = Message::Register { incarnation: 1, unclean: true };
    assert_eq!(bench.hear(0, propose(0, &[0])), Effects::none());
    assert_eq!(bench.hear(0, registration), Effects::none());
    assert_eq!(bench.fire(appoint(1)), Effects::none());
}

/// Whoever was appointed just before a crash hears of it, like whoever lost what was announced.
#[test]
fn every_heartbeat_announces_what_was_decided_even_before_a_crash() {
    let mut bench = controller();
    bench.fire(appoint(1));
    let message = Message::Announce(registry(&bench).clone());
    let (mut bench, effects) = bench.restart();
    assert!(effects.arm.contains(&Timer::Heartbeat));
    let effects = bench.fire(Timer::Heartbeat);
    assert_eq!(effects.send, (0..3).map(|id| to(id, message.clone())).collect::<Vec<_>>());
    assert_eq!((effects.persist, effects.arm), (None, vec![Timer::Heartbeat]));
}
