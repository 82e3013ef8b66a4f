//! When a request is asked again, of whom, and what is said in the end.

use super::*;

const ZERO: ReplicaId = ReplicaId(0);
const ONE: ReplicaId = ReplicaId(1);
const TWO: ReplicaId = ReplicaId(2);
const SECOND: Duration = Duration::from_secs(1);

fn attempts(is_update: bool) -> (Attempts, Instant) {
    let now = Instant::now();
    (Attempts::new(is_update, Coordination::Leader, ZERO, now, now + SECOND), now)
}

/// Of a coordinator that asks for itself.
fn coordinated(is_update: bool) -> (Attempts, Instant) {
    let now = Instant::now();
    (Attempts::new(is_update, Coordination::Anyone, ZERO, now, now + SECOND), now)
}

#[test]
fn what_a_coordinator_refuses_is_refused_however_often_it_was_asked() {
    let (mut asked, now) = coordinated(true);
    asked.on_asked(Way::Network, now);
    asked.on_asked(Way::Network, now);
    let next = asked.on_answer(ZERO, Outcome::Refused(Refusal::Unavailable), now);
    assert_eq!(next, Next::Finish(Err(Failure::Refused(Refusal::Unavailable))));
}

#[test]
fn a_coordinator_that_does_not_answer_leaves_an_update_open() {
    let (mut asked, now) = coordinated(true);
    asked.on_asked(Way::Network, now);
    assert_eq!(given_up(&asked, now), Failure::Indeterminate);
    assert!(!asked.may_move());
    assert!(coordinated(false).0.may_move());
}

const fn not_leader(leader: Option<ReplicaId>) -> Outcome {
    Outcome::Refused(Refusal::NotLeader { leader })
}

fn given_up(attempts: &Attempts, now: Instant) -> Failure {
    match attempts.on_time(now + SECOND) {
        Next::Finish(Err(failure)) => failure,
        other => panic!("not given up: {other:?}"),
    }
}

#[test]
fn silence_is_waited_for_longer_each_time() {
    let (mut attempts, mut now) = attempts(false);
    let mut waits = Vec::new();
    for _ in 0..3 {
        assert_eq!(attempts.on_time(now), Next::Ask);
        attempts.on_asked(Way::Network, now);
        assert_eq!(attempts.on_time(now), Next::Wait);
        waits.push((attempts.due() - now).as_millis());
        now = attempts.due();
    }
    assert_eq!(waits, [100, 200, 400]);
}

#[test]
fn a_redirection_is_followed_at_once_until_it_goes_in_circles() {
    let (mut attempts, now) = attempts(true);
    for (whom, to) in [(ZERO, ONE), (ONE, TWO), (TWO, ONE)] {
        attempts.on_asked(Way::Network, now);
        assert_eq!(attempts.on_answer(whom, not_leader(Some(to)), now), Next::Ask);
        assert_eq!(attempts.whom(), to);
    }
    attempts.on_asked(Way::Network, now);
    assert_eq!(attempts.on_answer(ONE, not_leader(Some(TWO)), now), Next::Wait);
    assert!(attempts.due() > now);
}

#[test]
fn an_update_refused_wherever_it_arrived_had_no_effect() {
    let (mut attempts, now) = attempts(true);
    attempts.on_asked(Way::Within, now);
    assert_eq!(given_up(&attempts, now), Failure::Indeterminate);
    assert_eq!(attempts.on_answer(ZERO, not_leader(None), now), Next::Wait);
    assert_eq!(given_up(&attempts, now), Failure::NoLeader);
}

#[test]
fn an_update_that_the_network_may_repeat_stays_open() {
    let (mut attempts, now) = attempts(true);
    attempts.on_asked(Way::Network, now);
    assert_eq!(attempts.on_answer(ZERO, not_leader(None), now), Next::Wait);
    assert_eq!(given_up(&attempts, now), Failure::Indeterminate);
    let unavailable = Outcome::Refused(Refusal::Unavailable);
    let next = attempts.on_answer(ZERO, unavailable, now);
    assert_eq!(next, Next::Finish(Err(Failure::Indeterminate)));
}

#[test]
fn a_second_copy_within_the_process_stays_open_though_one_is_refused() {
    let (mut attempts, now) = attempts(true);
    attempts.on_asked(Way::Within, now);
    attempts.on_asked(Way::Within, now);
    assert_eq!(attempts.on_answer(ZERO, not_leader(None), now), Next::Wait);
    assert_eq!(given_up(&attempts, now), Failure::Indeterminate);
}

#[test]
fn a_read_that_is_given_up_changed_nothing() {
    let (mut attempts, now) = attempts(false);
    attempts.on_asked(Way::Network, now);
    assert_eq!(given_up(&attempts, now), Failure::Unanswered);
}

#[test]
fn a_node_that_is_busy_at_first_did_nothing() {
    let (mut attempts, now) = attempts(true);
    assert_eq!(attempts.on_busy(now), Next::Finish(Err(Failure::Busy)));
    attempts.on_asked(Way::Within, now);
    assert_eq!(attempts.on_busy(now), Next::Wait);
    assert_eq!(given_up(&attempts, now), Failure::Indeterminate);
}

#[test]
fn a_refusal_by_somebody_asked_before_is_old_news() {
    let (mut attempts, now) = attempts(true);
    attempts.on_asked(Way::Network, now);
    attempts.turn_to(ONE);
    attempts.on_asked(Way::Network, now);
    assert_eq!(attempts.on_answer(ZERO, not_leader(Some(TWO)), now), Next::Wait);
    assert_eq!(attempts.whom(), ONE);
    let next = attempts.on_answer(ZERO, Outcome::Done, now);
    assert_eq!(next, Next::Finish(Ok(Outcome::Done)), "an answer is an answer");
}

#[test]
fn what_the_log_refused_is_refused_for_good() {
    let (mut attempts, now) = attempts(true);
    attempts.on_asked(Way::Network, now);
    let next = attempts.on_answer(ZERO, Outcome::Refused(Refusal::NotANumber), now);
    assert_eq!(next, Next::Finish(Err(Failure::Refused(Refusal::NotANumber))));
}
