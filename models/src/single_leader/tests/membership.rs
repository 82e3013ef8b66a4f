//! Changing who decides.

use super::bench::{Bench, Effects, log, remembered};
use super::messages::{
    answer, append, appended, asked, at, confirmed, done, found, mark, not_appended, read, refused,
    request_vote, to, vote, write, written,
};
use crate::single_leader::{AckRule, Durable, Eviction, Remembered, Role, SingleLeader, Timer};
use crate::vocabulary::{Operation, Outcome, Refusal, ReplicaId, ReplicaSet};

const MAJORITY: SingleLeader = SingleLeader::majority(3);
const TWO_OF_THREE: SingleLeader = SingleLeader { members: ReplicaSet::first(2), ..MAJORITY };

const fn add(replica: u8) -> Operation {
    Operation::AddReplica(ReplicaId(replica))
}

const fn remove(replica: u8) -> Operation {
    Operation::RemoveReplica(ReplicaId(replica))
}

/// Ongaro, *Consensus*, 2014, §4.1: a configuration is used as soon as it is in the log.
#[test]
fn a_removal_takes_effect_when_it_is_appended() {
    let mut bench = Bench::start(MAJORITY, 0);
    let effects = bench.ask(1, 1, remove(2));
    let entry = asked(1, 1, 1, remove(2));
    let send = vec![to(1, append(1, mark(0, 0), &[entry], 0))];
    assert_eq!(effects, Effects { persist: bench.synced(), send, ..Effects::none() });
    assert_eq!(bench.replica().members, ReplicaSet::of(&[0, 1]));
    assert_eq!(bench.hear(2, appended(1, 1)).reply, []);
    assert_eq!(bench.hear(1, appended(1, 1)).reply, [done(1, 1)]);
}

#[test]
fn an_addition_takes_effect_when_it_is_appended() {
    let mut bench = Bench::leader(TWO_OF_THREE, 1);
    let effects = bench.ask(2, 1, add(2));
    let copy = append(1, mark(1, 1), &[asked(1, 2, 1, add(2))], 0);
    assert_eq!(effects.send[0], to(1, copy));
    assert_eq!(bench.replica().members, ReplicaSet::first(3));
    assert_eq!(bench.hear(2, appended(1, 2)).reply, [done(1, 1), answer(2, 1, Outcome::Done, 2)]);
}

#[test]
fn whoever_joins_gets_the_entries_from_before() {
    let mut bench = Bench::leader(TWO_OF_THREE, 1);
    bench.ask(2, 1, add(2));
    let effects = bench.hear(2, not_appended(1, Some(0)));
    let entries = [written(1, 1), asked(1, 2, 1, add(2))];
    assert_eq!(effects.send, [to(2, append(1, mark(0, 0), &entries, 0))]);
}

#[test]
fn a_follower_decides_by_what_is_in_its_log() {
    let mut bench = Bench::start(TWO_OF_THREE, 1);
    bench.hear(0, append(1, mark(0, 0), &[asked(1, 1, 1, add(2))], 0));
    assert_eq!(bench.positions(), (0, 0));
    assert_eq!(bench.replica().members, ReplicaSet::first(3));
    let question = request_vote(2, mark(1, 1));
    assert_eq!(bench.fire(Timer::Suspect).send, [to(0, question.clone()), to(2, question)]);
}

/// Ongaro, *Consensus*, 2014, §4.1: two changes at once could make two majorities that do not meet.
#[test]
fn one_change_is_under_way_at_a_time() {
    let mut bench = Bench::start(MAJORITY, 0);
    bench.ask(1, 1, remove(2));
    let refusal = Outcome::Refused(Refusal::ChangeUnderWay);
    let reply = vec![answer(2, 1, refusal, 0)];
    assert_eq!(bench.ask(2, 1, remove(1)), Effects { reply, ..Effects::none() });
    bench.write(2);
    assert_eq!(bench.hear(1, appended(1, 2)).reply, [done(2, 2)]);
    assert_eq!(bench.ask(2, 1, remove(1)).reply, [answer(2, 1, Outcome::Done, 3)]);
    assert_eq!(bench.replica().members, ReplicaSet::of(&[0]));
}

/// Ongaro, raft-dev, 10 July 2015: not before the leader has committed an entry of its own term.
#[test]
fn a_new_leader_changes_members_once_an_entry_of_its_own_is_acknowledged() {
    let mut bench = Bench::elected(MAJORITY, &[1]);
    let refusal = Outcome::Refused(Refusal::ChangeUnderWay);
    assert_eq!(bench.ask(2, 1, remove(0)).reply, [answer(2, 1, refusal, 0)]);
    bench.hear(0, appended(2, 2));
    assert!(bench.ask(2, 1, remove(0)).reply.is_empty());
}

#[test]
fn a_change_that_an_earlier_leader_began_is_waited_for() {
    let mut entries = log(&[1]);
    entries.append(asked(1, 3, 1, remove(2)));
    let durable = Durable { log: entries, ..remembered(&MAJORITY, &[1]) };
    let mut bench = Bench::boot(MAJORITY, 1, Some(Remembered::Replica(durable)), 0).0;
    bench.fire(Timer::Suspect);
    bench.hear(0, vote(2, true));
    let refusal = Outcome::Refused(Refusal::ChangeUnderWay);
    assert_eq!(bench.ask(2, 1, add(2)).reply, [answer(2, 1, refusal, 0)]);
    bench.hear(0, appended(2, 3));
    assert!(bench.ask(2, 1, add(2)).reply.is_empty());
}

/// Ongaro, *Consensus*, 2014, §4.2.2: it does not count itself, and steps down once it is committed.
#[test]
fn a_leader_that_is_removed_leads_until_that_is_acknowledged() {
    let mut bench = Bench::start(MAJORITY, 0);
    let effects = bench.ask(1, 1, remove(0));
    assert_eq!(effects.send.len(), 2);
    assert_eq!(bench.hear(1, appended(1, 1)), Effects::none());
    let effects = bench.hear(2, appended(1, 1));
    assert_eq!(effects.reply, [done(1, 1)]);
    let news = append(1, mark(1, 1), &[], 1);
    assert_eq!(effects.send, [to(1, news.clone()), to(2, news)]);
    assert_eq!(effects.arm, [Timer::Suspect]);
    assert_eq!(bench.replica().role, Role::Follower);
    assert_eq!(bench.fire(Timer::Suspect), Effects::none());
}

#[test]
fn a_leader_that_is_removed_does_not_wait_for_what_was_asked_since() {
    let mut bench = Bench::start(MAJORITY, 0);
    bench.ask(1, 1, remove(0));
    let effects = bench.ask(2, 1, write(1));
    let copy = append(1, mark(1, 1), &[asked(1, 2, 1, write(1))], 0);
    assert_eq!(effects.send, [to(1, copy.clone()), to(2, copy)]);
    bench.hear(1, appended(1, 2));
    assert_eq!(bench.hear(2, appended(1, 1)).reply, [done(1, 1)]);
    assert_eq!(bench.replica().role, Role::Follower);
}

#[test]
fn a_leader_that_is_removed_is_confirmed_by_the_others_alone() {
    let mut bench = Bench::start(MAJORITY, 0);
    bench.ask(1, 1, remove(0));
    bench.ask(2, 1, read());
    assert_eq!(bench.hear(1, confirmed(1, 1, 0)), Effects::none());
    assert_eq!(bench.hear(2, confirmed(1, 1, 0)).reply, [found(2, 1, None, 0)]);
}

/// Ongaro, *Consensus*, 2014, §4.2.2: it may have to lead in order to see its own removal through,
/// and its own vote does not count.
#[test]
fn whoever_is_removed_may_stand_until_that_is_acknowledged() {
    let removed = |commit| {
        let mut bench = Bench::start(MAJORITY, 1);
        bench.hear(0, append(1, mark(0, 0), &[asked(1, 1, 1, remove(1))], commit));
        bench
    };
    let mut bench = removed(0);
    let question = request_vote(2, mark(1, 1));
    assert_eq!(bench.fire(Timer::Suspect).send, [to(0, question.clone()), to(2, question)]);
    bench.hear(0, vote(2, true));
    assert!(matches!(bench.replica().role, Role::Candidate(_)));
    bench.hear(2, vote(2, true));
    assert!(matches!(bench.replica().role, Role::Leader(_)));
    assert_eq!(removed(1).fire(Timer::Suspect), Effects::none());
}

#[test]
fn whoever_is_removed_and_added_again_is_a_member() {
    let mut bench = Bench::start(MAJORITY, 0);
    bench.ask(1, 1, remove(2));
    bench.hear(1, appended(1, 1));
    bench.ask(1, 2, add(2));
    assert_eq!(bench.replica().members, ReplicaSet::first(3));
    assert_eq!(bench.hear(2, appended(1, 2)).reply, [done(2, 2)]);
}

#[test]
fn a_change_that_changes_nothing_is_logged_all_the_same() {
    let mut bench = Bench::start(MAJORITY, 0);
    bench.ask(1, 1, add(2));
    assert_eq!(bench.replica().members, ReplicaSet::first(3));
    assert_eq!(bench.hear(1, appended(1, 1)).reply, [done(1, 1)]);
}

#[test]
fn a_follower_changes_nobody() {
    let mut bench = Bench::start(MAJORITY, 1);
    let refusal = Refusal::NotLeader { leader: Some(ReplicaId(0)) };
    assert_eq!(bench.ask(1, 1, remove(2)).reply, [refused(1, refusal)]);
}

#[test]
fn a_replica_that_no_set_can_hold_is_not_added() {
    let mut bench = Bench::start(MAJORITY, 0);
    bench.ask(1, 1, add(ReplicaSet::CAPACITY));
    assert_eq!(bench.replica().members, MAJORITY.members);
}

#[test]
fn a_replica_that_does_not_exist_is_not_added() {
    let mut bench = Bench::start(MAJORITY, 0);
    let effects = bench.ask(1, 1, add(3));
    assert!(effects.send.iter().all(|(to, _)| to.0 < MAJORITY.replicas));
    assert_eq!(bench.replica().members, MAJORITY.members);
}

#[test]
fn the_last_member_is_not_removed() {
    let mut bench = Bench::start(SingleLeader::majority(1), 0);
    bench.ask(1, 1, remove(0));
    assert_eq!(bench.replica().members, ReplicaSet::first(1));
}

#[test]
fn a_leader_that_waits_for_nobody_tells_the_others_that_it_is_removed() {
    let policy = SingleLeader { ack: AckRule::Asynchronous, ..MAJORITY };
    let mut bench = Bench::start(policy, 0);
    let effects = bench.ask(1, 1, remove(0));
    assert_eq!(effects.send.len(), 2);
}

#[test]
fn whoever_is_removed_is_not_waited_for() {
    let policy = SingleLeader { ack: AckRule::All, ..MAJORITY };
    let mut bench = Bench::start(policy, 0);
    bench.ask(1, 1, remove(2));
    assert_eq!(bench.hear(1, appended(1, 1)).reply, [done(1, 1)]);
}

#[test]
fn whoever_is_added_is_waited_for() {
    let policy = SingleLeader { ack: AckRule::All, eviction: Eviction::Never, ..TWO_OF_THREE };
    let mut bench = Bench::start(policy, 0);
    bench.ask(1, 1, add(2));
    bench.hear(1, appended(1, 1));
    bench.hear(2, appended(1, 1));
    bench.ask(1, 2, write(2));
    assert!(bench.hear(1, appended(1, 2)).reply.is_empty());
}

#[test]
fn whoever_is_removed_does_not_lag() {
    let policy = SingleLeader { lag_limit: Some(2), ..MAJORITY };
    let mut bench = Bench::start(policy, 0);
    bench.ask(1, 1, remove(2));
    bench.hear(1, appended(1, 1));
    bench.ask(1, 2, write(2));
    bench.hear(1, appended(1, 2));
    assert_eq!(bench.leading().matched(ReplicaId(1)), at(2));
    assert!(bench.ask(1, 3, write(3)).reply.is_empty());
}

#[test]
fn a_leader_that_has_left_does_not_refer_clients_to_itself() {
    let mut bench = Bench::start(MAJORITY, 0);
    bench.ask(1, 1, remove(0));
    bench.hear(1, appended(1, 1));
    bench.hear(2, appended(1, 1));
    assert_eq!(bench.write(2).reply, [refused(2, Refusal::NotLeader { leader: None })]);
}
