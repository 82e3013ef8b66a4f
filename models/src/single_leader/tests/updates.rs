//! Updates at the leader: appending, answering, recognising duplicates, refusing.

use super::bench::{Bench, Effects};
use super::messages::{
    answer, append, appended, asked, at, done, mark, read, refused, request_vote, to, value, write,
    written,
};
use crate::single_leader::{AckRule, Eviction, PendingUpdate, Role, SingleLeader, Timer};
use crate::vocabulary::{ClientId, Edit, Key, Operation, Outcome, Refusal, ReplicaId, RequestId};

const MAJORITY: SingleLeader = SingleLeader::majority(3);
const ASYNCHRONOUS: SingleLeader = SingleLeader { ack: AckRule::Asynchronous, ..MAJORITY };

fn add(amount: i64) -> Operation {
    Operation::Add { key: Key::from("n"), amount }
}

/// Raft, §5.3: the leader appends the command to its log, then copies it to the others.
#[test]
fn an_update_is_kept_and_copied_and_its_client_waits() {
    let mut bench = Bench::start(MAJORITY, 0);
    let effects = bench.write(1);
    let copy = append(1, mark(0, 0), &[written(1, 1)], 0);
    let expected = Effects {
        persist: bench.synced(),
        send: vec![to(1, copy.clone()), to(2, copy)],
        ..Effects::none()
    };
    assert_eq!(effects, expected);
    let waits = PendingUpdate { position: at(1), client: ClientId(1), request: RequestId(1) };
    assert_eq!(bench.leading().pending, [waits]);
}

#[test]
fn an_update_is_answered_once_the_rule_is_satisfied() {
    let mut bench = Bench::leader(MAJORITY, 1);
    let effects = bench.hear(2, appended(1, 1));
    assert_eq!(effects, Effects { reply: vec![done(1, 1)], ..Effects::none() });
    assert!(bench.leading().pending.is_empty());
}

#[test]
fn an_update_is_answered_once() {
    let mut bench = Bench::leader(MAJORITY, 1);
    bench.hear(2, appended(1, 1));
    assert_eq!(bench.hear(1, appended(1, 1)), Effects::none());
}

#[test]
fn followers_hear_at_once_of_what_nobody_has_to_acknowledge() {
    let mut bench = Bench::start(ASYNCHRONOUS, 0);
    let effects = bench.write(1);
    let copy = append(1, mark(0, 0), &[written(1, 1)], 1);
    let expected = Effects {
        persist: bench.synced(),
        send: vec![to(1, copy.clone()), to(2, copy)],
        reply: vec![done(1, 1)],
        ..Effects::none()
    };
    assert_eq!(effects, expected);
}

#[test]
fn only_what_is_new_is_copied() {
    let mut bench = Bench::leader(MAJORITY, 1);
    let effects = bench.write(2);
    let copy = append(1, mark(1, 1), &[written(1, 2)], 0);
    assert_eq!(effects.send, [to(1, copy.clone()), to(2, copy)]);
}

#[test]
fn waiting_clients_are_answered_in_the_order_of_the_log() {
    let mut bench = Bench::start(MAJORITY, 0);
    bench.ask(2, 1, write(1));
    bench.ask(1, 1, write(2));
    bench.ask(3, 1, write(3));
    let effects = bench.hear(1, appended(1, 2));
    let replies = [answer(2, 1, Outcome::Done, 1), answer(1, 1, Outcome::Done, 2)];
    assert_eq!(effects.reply, replies);
}

#[test]
fn a_client_that_has_gone_on_is_answered_for_its_latest_update_alone() {
    let mut bench = Bench::leader(MAJORITY, 2);
    assert_eq!(bench.hear(1, appended(1, 2)).reply, [done(2, 2)]);
}

#[test]
fn the_answer_is_what_the_update_came_to_in_the_order_of_the_log() {
    let mut bench = Bench::start(MAJORITY, 0);
    bench.ask(1, 1, add(2));
    bench.ask(2, 1, add(3));
    let effects = bench.hear(1, appended(1, 2));
    let replies = [answer(1, 1, Outcome::Counted(2), 1), answer(2, 1, Outcome::Counted(5), 2)];
    assert_eq!(effects.reply, replies);
}

#[test]
fn an_update_that_the_log_refuses_is_answered_like_any_other() {
    let mut bench = Bench::start(MAJORITY, 0);
    bench.ask(1, 1, Operation::Write { key: Key::from("n"), value: "many".into() });
    bench.ask(2, 1, add(1));
    let effects = bench.hear(1, appended(1, 2));
    let refusal = Outcome::Refused(Refusal::NotANumber);
    assert_eq!(effects.reply, [done(1, 1), answer(2, 1, refusal, 2)]);
}

#[test]
fn a_compare_and_set_is_judged_where_it_is_in_the_log() {
    let mut bench = Bench::leader(MAJORITY, 1);
    let change = |expected| Operation::CompareAndSet {
        key: Key::from("x"),
        expected: Some(value(expected)),
        value: value(7),
    };
    bench.ask(2, 1, change(1));
    bench.ask(3, 1, change(1));
    let effects = bench.hear(1, appended(1, 3));
    let swapped =
        |client, swapped, position| answer(client, 1, Outcome::Swapped(swapped), position);
    assert_eq!(effects.reply, [done(1, 1), swapped(2, true, 2), swapped(3, false, 3)]);
}

#[test]
fn what_was_taken_is_told_again_to_who_asks_again() {
    let mut bench = Bench::leader(MAJORITY, 1);
    let take = || Operation::Take { key: Key::from("x") };
    bench.ask(2, 1, take());
    bench.ask(3, 1, take());
    let effects = bench.hear(1, appended(1, 3));
    let taken = |client, found, position| answer(client, 1, Outcome::Found(found), position);
    let first = taken(2, Some(value(1)), 2);
    assert_eq!(effects.reply, [done(1, 1), first.clone(), taken(3, None, 3)]);
    assert_eq!(bench.ask(2, 1, take()).reply, [first]);
}

#[test]
fn sets_and_texts_are_refused_and_not_logged() {
    let mut bench = Bench::leader(MAJORITY, 1);
    let include = Operation::Edit { key: Key::from("x"), edit: Edit::Include(value(1)) };
    let effects = bench.ask(1, 2, include);
    assert_eq!(effects.reply, [refused(2, Refusal::Unsupported)]);
    assert!(effects.send.is_empty() && effects.persist.is_none());
}

/// Viewstamped Replication Revisited, §4.1: a request that is under way is not started again.
#[test]
fn a_duplicate_of_a_waiting_update_changes_nothing() {
    let mut bench = Bench::leader(MAJORITY, 1);
    assert_eq!(bench.write(1), Effects::none());
    assert_eq!(bench.hear(1, appended(1, 1)).reply, [done(1, 1)]);
}

/// Viewstamped Replication Revisited, §4.1: the answer to the latest request is sent again.
#[test]
fn a_duplicate_of_an_acknowledged_update_is_answered_from_the_client_table() {
    let mut bench = Bench::start(MAJORITY, 0);
    bench.ask(1, 1, add(2));
    bench.ask(2, 1, add(3));
    bench.hear(1, appended(1, 2));
    let reply = vec![answer(1, 1, Outcome::Counted(2), 1)];
    assert_eq!(bench.ask(1, 1, add(2)), Effects { reply, ..Effects::none() });
}

/// Viewstamped Replication Revisited, §4.1: an older request than the latest is dropped.
#[test]
fn a_duplicate_of_an_update_before_the_latest_is_ignored() {
    let mut bench = Bench::leader(MAJORITY, 2);
    bench.hear(1, appended(1, 2));
    assert_eq!(bench.write(1), Effects::none());
}

/// Raft, §8: the response is found in the state machine, whoever leads.
#[test]
fn a_later_leader_answers_a_duplicate_once_it_knows_that_the_update_is_acknowledged() {
    let mut bench = Bench::elected(MAJORITY, &[1]);
    assert_eq!(bench.write(1), Effects::none());
    let effects = bench.hear(0, appended(2, 2));
    assert_eq!(effects.reply, [done(1, 1)]);
    assert_eq!(bench.epochs(), [1, 2]);
}

#[test]
fn a_duplicate_waits_in_the_order_of_the_log() {
    let mut bench = Bench::elected(MAJORITY, &[1]);
    bench.ask(2, 1, write(2));
    bench.write(1);
    let waiting: Vec<u64> = bench.leading().pending.iter().map(|of| of.position.0).collect();
    assert_eq!(waiting, [1, 3]);
    let effects = bench.hear(0, appended(2, 3));
    assert_eq!(effects.reply, [done(1, 1), answer(2, 1, Outcome::Done, 3)]);
}

/// Raft, §8: clients are told whom to ask.
#[test]
fn a_follower_refuses_an_update_with_the_leader_it_knows() {
    let mut bench = Bench::start(MAJORITY, 1);
    let refusal = Refusal::NotLeader { leader: Some(ReplicaId(0)) };
    assert_eq!(bench.write(1), Effects { reply: vec![refused(1, refusal)], ..Effects::none() });
}

#[test]
fn a_replica_that_knows_no_leader_refuses_without_a_hint() {
    let mut bench = Bench::follower(MAJORITY, &[1]);
    let refusal = Refusal::NotLeader { leader: None };
    assert_eq!(bench.write(1).reply, [refused(1, refusal)]);
}

#[test]
fn a_candidate_refuses_updates() {
    let mut bench = Bench::follower(MAJORITY, &[1]);
    bench.fire(Timer::Suspect);
    assert_eq!(bench.write(1).reply, [refused(1, Refusal::NotLeader { leader: None })]);
}

#[test]
fn a_deposed_leader_does_not_refer_clients_to_itself() {
    let mut bench = Bench::leader(MAJORITY, 0);
    bench.hear(1, request_vote(2, mark(0, 0)));
    assert_eq!(bench.replica().role, Role::Follower);
    assert_eq!(bench.write(1).reply, [refused(1, Refusal::NotLeader { leader: None })]);
}

/// Kafka, `min.insync.replicas`: below it, `acks=all` is refused.
#[test]
fn an_update_is_refused_while_fewer_than_required_are_in_sync() {
    let ack = AckRule::InSync { at_least: 2 };
    let policy = SingleLeader { ack, eviction: Eviction::Local, ..MAJORITY };
    let mut bench = Bench::start(policy, 0);
    bench.fire(Timer::Evict(ReplicaId(1)));
    assert!(bench.write(1).reply.is_empty());
    bench.fire(Timer::Evict(ReplicaId(2)));
    let reply = vec![refused(2, Refusal::Unavailable)];
    assert_eq!(bench.write(2), Effects { reply, ..Effects::none() });
    assert_eq!(bench.epochs(), [1]);
}

#[test]
fn an_update_is_refused_while_a_follower_lags_by_the_limit() {
    let policy = SingleLeader { lag_limit: Some(2), ..MAJORITY };
    let mut bench = Bench::leader(policy, 2);
    bench.hear(1, appended(1, 2));
    let reply = vec![refused(3, Refusal::Unavailable)];
    assert_eq!(bench.write(3), Effects { reply, ..Effects::none() });
    bench.hear(2, appended(1, 1));
    assert!(bench.write(3).reply.is_empty());
    assert_eq!(bench.epochs(), [1, 1, 1]);
}

#[test]
fn a_refused_update_may_be_accepted_when_it_is_sent_again() {
    let policy = SingleLeader { lag_limit: Some(1), ..MAJORITY };
    let mut bench = Bench::leader(policy, 1);
    assert_eq!(bench.ask(2, 1, write(2)).reply.len(), 1);
    bench.hear(1, appended(1, 1));
    bench.hear(2, appended(1, 1));
    let effects = bench.ask(2, 1, write(2));
    let copy = append(1, mark(1, 1), &[asked(1, 2, 1, write(2))], 1);
    assert_eq!(effects.send, [to(1, copy.clone()), to(2, copy)]);
}

#[test]
fn a_duplicate_is_answered_even_while_updates_are_refused() {
    let policy = SingleLeader { lag_limit: Some(1), ..ASYNCHRONOUS };
    let mut bench = Bench::leader(policy, 1);
    assert_eq!(bench.write(1).reply, [done(1, 1)]);
}

#[test]
fn reads_leave_the_log_and_the_client_table_alone() {
    let mut bench = Bench::leader(MAJORITY, 1);
    assert_eq!(bench.ask(1, 2, read()).persist, None);
    let answered = bench.leading().tip.answered(ClientId(1)).map(|last| last.request);
    assert_eq!(answered, Some(RequestId(1)));
}
