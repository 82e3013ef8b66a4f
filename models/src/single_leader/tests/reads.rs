//! Reads: who answers, and what is checked first.

use super::bench::{Bench, Effects};
use super::messages::{
    answer, append, appended, confirm, confirmed, done, found, mark, opened, read, to, written,
};
use crate::protocol::Input;
use crate::single_leader::{ReadRule, Role, SingleLeader, Timer};
use crate::vocabulary::{
    ClientId, Epoch, LogPosition, Outcome, Refusal, ReplicaId, Reply, Request, RequestId, Terms,
    Token,
};

const READ_INDEX: SingleLeader = SingleLeader::majority(3);

const fn reading(read: ReadRule) -> SingleLeader {
    SingleLeader { read, ..READ_INDEX }
}

/// Replica 0, the first leader, with one update that is acknowledged.
fn leader(policy: SingleLeader) -> Bench {
    let mut bench = Bench::leader(policy, 1);
    (1..policy.replicas).for_each(|follower| {
        bench.hear(follower, appended(1, 1));
    });
    assert_eq!(bench.positions(), (1, 1));
    bench
}

fn replies(reply: (ClientId, Reply)) -> Effects {
    Effects { reply: vec![reply], ..Effects::none() }
}

#[test]
fn where_leaders_answer_others_refer_to_them() {
    let lease = ReadRule::Lease { duration: 1, promise: 1 };
    for rule in [ReadRule::LeaderLocal, lease, ReadRule::ReadIndex] {
        let mut bench = Bench::start(reading(rule), 1);
        let refusal = Outcome::Refused(Refusal::NotLeader { leader: Some(ReplicaId(0)) });
        assert_eq!(bench.ask(2, 1, read()), replies(answer(2, 1, refusal, 0)));
    }
}

#[test]
fn a_leader_that_asks_nobody_answers_at_once() {
    let mut bench = leader(reading(ReadRule::LeaderLocal));
    assert_eq!(bench.ask(2, 1, read()), replies(found(2, 1, Some(1), 1)));
}

#[test]
fn anybody_answers_where_anybody_may() {
    let mut bench = Bench::start(reading(ReadRule::FollowerLocal), 1);
    bench.hear(0, append(1, mark(0, 0), &[written(1, 1)], 1));
    assert_eq!(bench.ask(2, 1, read()), replies(found(2, 1, Some(1), 1)));
    let mut bench = leader(reading(ReadRule::FollowerLocal));
    assert_eq!(bench.ask(2, 1, read()), replies(found(2, 1, Some(1), 1)));
}

#[test]
fn a_session_is_shown_no_less_than_it_has_seen() {
    let mut bench = Bench::start(reading(ReadRule::FollowerWithToken), 1);
    bench.hear(0, append(1, mark(0, 0), &[written(1, 1), written(1, 2), written(1, 3)], 2));
    let mut ask = |token| {
        let (id, token) = (RequestId(1), Token(LogPosition(token)));
        let request = Request { id, token, operation: read(), terms: Terms::default() };
        bench.step(Input::Request { from: ClientId(2), request })
    };
    assert_eq!(ask(0), replies(found(2, 1, Some(2), 2)));
    assert_eq!(ask(2), replies(found(2, 1, Some(2), 2)));
    assert_eq!(ask(3), replies(answer(2, 1, Outcome::Refused(Refusal::Behind), 0)));
}

/// Ongaro, *Consensus*, 2014, §6.4, step 3: it asks every server whether it still leads.
#[test]
fn a_read_asks_every_other_member_whether_the_leader_still_leads() {
    let mut bench = leader(READ_INDEX);
    let question = confirm(1, 1, 0);
    let send = vec![to(1, question.clone()), to(2, question)];
    assert_eq!(bench.ask(2, 1, read()), Effects { send, ..Effects::none() });
}

#[test]
fn a_read_is_answered_once_a_majority_has_confirmed() {
    let confirmations_needed = |replicas| {
        let mut bench = leader(SingleLeader::majority(replicas));
        if !bench.ask(2, 1, read()).reply.is_empty() {
            return Some(0);
        }
        (1..replicas).find(|follower| !bench.hear(*follower, confirmed(1, 1, 0)).reply.is_empty())
    };
    let needed = [1, 2, 3, 4, 5].map(confirmations_needed);
    assert_eq!(needed, [Some(0), Some(1), Some(1), Some(2), Some(2)]);
}

#[test]
fn a_confirmed_read_is_answered_with_what_is_acknowledged_by_then() {
    let mut bench = leader(READ_INDEX);
    bench.ask(2, 1, read());
    bench.write(2);
    bench.hear(1, appended(1, 2));
    assert_eq!(bench.hear(2, confirmed(1, 1, 0)), replies(found(2, 1, Some(2), 2)));
}

/// A confirmation says who led when it was asked for. What was written since, it knows nothing of.
#[test]
fn a_read_needs_a_confirmation_that_was_asked_for_after_it_arrived() {
    let mut bench = leader(READ_INDEX);
    bench.ask(2, 1, read());
    assert_eq!(bench.ask(3, 1, read()), Effects::none());
    let question = confirm(1, 2, 0);
    let expected = Effects {
        send: vec![to(1, question.clone()), to(2, question)],
        ..replies(found(2, 1, Some(1), 1))
    };
    assert_eq!(bench.hear(1, confirmed(1, 1, 0)), expected);
    assert_eq!(bench.hear(2, confirmed(1, 1, 0)), Effects::none());
    assert_eq!(bench.hear(2, confirmed(1, 2, 0)), replies(found(3, 1, Some(1), 1)));
}

/// Ongaro, *Consensus*, 2014, §6.4: one round of heartbeats serves any number of reads.
#[test]
fn reads_that_arrive_meanwhile_share_the_next_confirmation() {
    let mut bench = leader(READ_INDEX);
    bench.ask(2, 1, read());
    bench.ask(3, 1, read());
    bench.ask(4, 1, read());
    bench.hear(1, confirmed(1, 1, 0));
    let effects = bench.hear(2, confirmed(1, 2, 0));
    let reply = vec![found(3, 1, Some(1), 1), found(4, 1, Some(1), 1)];
    assert_eq!(effects, Effects { reply, ..Effects::none() });
}

#[test]
fn one_member_confirms_once() {
    let mut bench = leader(SingleLeader::majority(5));
    bench.ask(2, 1, read());
    assert_eq!(bench.hear(1, confirmed(1, 1, 0)), Effects::none());
    assert_eq!(bench.hear(1, confirmed(1, 1, 0)), Effects::none());
    assert_eq!(bench.hear(7, confirmed(1, 1, 0)), Effects::none());
    assert_eq!(bench.leading().reads.len(), 1);
}

#[test]
fn a_confirmation_of_an_older_epoch_is_ignored() {
    let mut bench = Bench::elected(READ_INDEX, &[]);
    bench.hear(0, appended(2, 1));
    bench.ask(2, 1, read());
    assert_eq!(bench.hear(0, confirmed(1, 1, 0)), Effects::none());
    assert_eq!(bench.leading().reads.len(), 1);
}

#[test]
fn a_confirmation_of_a_newer_epoch_deposes_the_leader_and_drops_its_reads() {
    let mut bench = leader(READ_INDEX);
    bench.ask(2, 1, read());
    let effects = bench.hear(1, confirmed(2, 1, 0));
    let expected =
        Effects { persist: bench.synced(), arm: vec![Timer::Suspect], ..Effects::none() };
    assert_eq!(effects, expected);
    assert_eq!(bench.replica().role, Role::Follower);
}

#[test]
fn a_heartbeat_asks_again_for_reads_that_wait() {
    let mut bench = leader(READ_INDEX);
    bench.ask(2, 1, read());
    let question = confirm(1, 1, 0);
    let effects = bench.fire(Timer::Heartbeat);
    assert_eq!(effects.send[2..], [to(1, question.clone()), to(2, question)]);
    bench.hear(1, confirmed(1, 1, 0));
    assert_eq!(bench.fire(Timer::Heartbeat).send.len(), 2);
}

#[test]
fn a_duplicate_of_a_waiting_read_asks_nobody() {
    let mut bench = leader(READ_INDEX);
    bench.ask(2, 1, read());
    assert_eq!(bench.ask(2, 1, read()), Effects::none());
    assert_eq!(bench.hear(1, confirmed(1, 1, 0)).reply.len(), 1);
}

#[test]
fn a_duplicate_of_an_answered_read_gets_the_same_answer_and_asks_nobody() {
    for rule in [ReadRule::LeaderLocal, ReadRule::ReadIndex] {
        let mut bench = leader(reading(rule));
        let mut answers = bench.ask(2, 2, read()).reply;
        answers.extend(bench.hear(1, confirmed(1, 1, 0)).reply);
        assert_eq!(answers.len(), 1);
        bench.write(3);
        bench.hear(1, appended(1, 3));
        assert_eq!(bench.ask(2, 2, read()), Effects { reply: answers, ..Effects::none() });
        assert_eq!(bench.ask(2, 1, read()), Effects::none());
    }
}

/// Ongaro, *Consensus*, 2014, §6.4, step 1: not before an entry of its own epoch is committed.
#[test]
fn a_new_leader_answers_no_read_before_an_entry_of_its_own_is_acknowledged() {
    let mut bench = Bench::elected(READ_INDEX, &[1]);
    bench.ask(2, 1, read());
    assert_eq!(bench.hear(0, confirmed(2, 1, 0)), Effects::none());
    assert_eq!(bench.hear(0, appended(2, 2)).reply, [found(2, 1, Some(1), 2)]);
}

#[test]
fn nor_does_a_new_leader_that_asks_nobody() {
    let mut bench = Bench::elected(reading(ReadRule::LeaderLocal), &[1]);
    assert_eq!(bench.ask(2, 1, read()), Effects::none());
    assert_eq!(bench.hear(0, appended(2, 2)), replies(found(2, 1, Some(1), 2)));
}

#[test]
fn updates_are_answered_before_the_reads_that_see_them() {
    let mut bench = Bench::elected(READ_INDEX, &[]);
    bench.write(1);
    bench.ask(2, 1, read());
    bench.hear(0, confirmed(2, 1, 0));
    let effects = bench.hear(0, appended(2, 2));
    assert_eq!(effects.reply, [done(1, 2), found(2, 1, Some(1), 2)]);
}

#[test]
fn a_follower_confirms_its_leader_and_counts_its_silence_anew() {
    let mut bench = Bench::start(READ_INDEX, 1);
    let effects = bench.hear(0, confirm(1, 3, 5));
    let send = vec![to(0, confirmed(1, 3, 5))];
    assert_eq!(effects, Effects { send, arm: vec![Timer::Suspect], ..Effects::none() });
}

#[test]
fn a_follower_confirms_no_leader_of_an_older_epoch() {
    let mut bench = Bench::follower(READ_INDEX, &[2]);
    assert_eq!(bench.hear(0, confirm(1, 1, 0)), Effects::none());
}

#[test]
fn a_newer_epoch_is_kept_before_its_leader_is_confirmed() {
    let mut bench = Bench::leader(READ_INDEX, 1);
    let effects = bench.hear(2, confirm(2, 1, 0));
    let expected = Effects {
        persist: bench.synced(),
        send: vec![to(2, confirmed(2, 1, 0))],
        arm: vec![Timer::Suspect],
        ..Effects::none()
    };
    assert_eq!(effects, expected);
    assert_eq!(bench.replica().durable.epoch, Epoch(2));
    assert_eq!(bench.replica().leader, Some(ReplicaId(2)));
}

#[test]
fn a_candidate_that_confirms_a_leader_follows_it() {
    let mut bench = Bench::follower(READ_INDEX, &[1]);
    bench.fire(Timer::Suspect);
    assert_eq!(bench.hear(2, confirm(2, 1, 0)).send, [to(2, confirmed(2, 1, 0))]);
    assert_eq!(bench.replica().role, Role::Follower);
}

#[test]
fn a_leader_confirms_nobody_else_in_its_epoch() {
    let mut bench = Bench::leader(READ_INDEX, 1);
    assert_eq!(bench.hear(2, confirm(1, 1, 0)), Effects::none());
}

#[test]
fn a_leader_that_was_deposed_hears_no_confirmation() {
    let mut bench = leader(READ_INDEX);
    bench.ask(2, 1, read());
    bench.hear(2, append(2, mark(1, 1), &[opened(2)], 0));
    assert_eq!(bench.hear(1, confirmed(2, 1, 0)), Effects::none());
}
