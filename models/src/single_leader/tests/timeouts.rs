//! What a leader does when acknowledgements do not come.

use super::bench::{Bench, Effects};
use super::messages::{answer, append, appended, done, mark, to, write, written};
use crate::single_leader::{AckRule, AckTimeout, SingleLeader, Timer};
use crate::vocabulary::Outcome;

/// Two replicas, and the leader waits for the other one.
const fn waiting(ack_timeout: AckTimeout) -> SingleLeader {
    SingleLeader { ack: AckRule::Followers(1), ack_timeout, ..SingleLeader::majority(2) }
}

const GIVING_UP: [AckTimeout; 3] =
    [AckTimeout::Degrade, AckTimeout::Indeterminate, AckTimeout::Expose];

#[test]
fn whoever_gives_up_counts_from_the_first_update_that_waits() {
    for ack_timeout in GIVING_UP {
        let mut bench = Bench::start(waiting(ack_timeout), 0);
        assert_eq!(bench.write(1).arm, [Timer::AckTimeout]);
        assert_eq!(bench.write(2).arm, []);
        bench.hear(1, appended(1, 2));
        assert_eq!(bench.write(3).arm, [Timer::AckTimeout]);
    }
}

#[test]
fn whoever_blocks_counts_nothing() {
    let mut bench = Bench::start(waiting(AckTimeout::Block), 0);
    assert_eq!(bench.write(1).arm, []);
    assert_eq!(bench.fire(Timer::AckTimeout), Effects::none());
}

#[test]
fn a_timeout_after_the_acknowledgements_is_ignored() {
    for ack_timeout in GIVING_UP {
        let mut bench = Bench::leader(waiting(ack_timeout), 1);
        bench.hear(1, appended(1, 1));
        assert_eq!(bench.fire(Timer::AckTimeout), Effects::none());
        assert!(!bench.leading().degraded);
    }
}

#[test]
fn a_timeout_at_a_follower_is_ignored() {
    for ack_timeout in GIVING_UP {
        let mut bench = Bench::start(waiting(ack_timeout), 1);
        assert_eq!(bench.fire(Timer::AckTimeout), Effects::none());
    }
}

/// MySQL, `rpl_semi_sync_source_timeout`: replication reverts to asynchronous.
#[test]
fn a_leader_that_degrades_answers_whoever_waits() {
    let mut bench = Bench::leader(waiting(AckTimeout::Degrade), 1);
    bench.ask(2, 1, write(2));
    let effects = bench.fire(Timer::AckTimeout);
    let reply = vec![done(1, 1), answer(2, 1, Outcome::Done, 2)];
    assert_eq!(effects, Effects { reply, ..Effects::none() });
    assert_eq!(bench.positions(), (2, 2));
}

#[test]
fn a_degraded_leader_waits_for_nobody() {
    let mut bench = Bench::leader(waiting(AckTimeout::Degrade), 1);
    bench.fire(Timer::AckTimeout);
    let effects = bench.write(2);
    let expected = Effects {
        persist: bench.synced(),
        send: vec![to(1, append(1, mark(1, 1), &[written(1, 2)], 2))],
        reply: vec![done(2, 2)],
        arm: vec![Timer::AckTimeout],
    };
    assert_eq!(effects, expected);
}

/// MySQL: it returns to semisynchronous once a replica has caught up.
#[test]
fn a_degraded_leader_waits_again_once_its_follower_has_caught_up() {
    let mut bench = Bench::leader(waiting(AckTimeout::Degrade), 2);
    bench.fire(Timer::AckTimeout);
    bench.hear(1, appended(1, 1));
    assert!(bench.leading().degraded);
    bench.hear(1, appended(1, 2));
    assert!(!bench.leading().degraded);
    assert!(bench.write(3).reply.is_empty());
}

#[test]
fn a_degraded_leader_needs_as_many_followers_as_its_rule_to_recover() {
    let (ack, ack_timeout) = (AckRule::Followers(2), AckTimeout::Degrade);
    let policy = SingleLeader { ack, ack_timeout, ..SingleLeader::majority(3) };
    let mut bench = Bench::leader(policy, 1);
    bench.fire(Timer::AckTimeout);
    bench.hear(1, appended(1, 1));
    assert!(bench.leading().degraded);
    bench.hear(2, appended(1, 1));
    assert!(!bench.leading().degraded);
}

#[test]
fn an_indeterminate_update_is_shown_to_nobody_yet() {
    let mut bench = Bench::leader(waiting(AckTimeout::Indeterminate), 1);
    let effects = bench.fire(Timer::AckTimeout);
    let reply = vec![answer(1, 1, Outcome::Indeterminate, 0)];
    assert_eq!(effects, Effects { reply, ..Effects::none() });
    assert_eq!(bench.positions(), (0, 0));
    assert!(bench.leading().pending.is_empty());
}

#[test]
fn an_exposed_update_is_shown_and_not_acknowledged() {
    let mut bench = Bench::leader(waiting(AckTimeout::Expose), 2);
    let effects = bench.fire(Timer::AckTimeout);
    let gone = Outcome::Indeterminate;
    let reply = vec![answer(1, 1, gone.clone(), 0), answer(1, 2, gone, 0)];
    assert_eq!(effects, Effects { reply, ..Effects::none() });
    assert_eq!(bench.positions(), (0, 2));
}

#[test]
fn an_indeterminate_update_is_acknowledged_later_without_an_answer() {
    for ack_timeout in [AckTimeout::Indeterminate, AckTimeout::Expose] {
        let mut bench = Bench::leader(waiting(ack_timeout), 1);
        bench.fire(Timer::AckTimeout);
        assert_eq!(bench.hear(1, appended(1, 1)), Effects::none());
        assert_eq!(bench.positions(), (1, 1));
    }
}

#[test]
fn an_indeterminate_update_that_is_sent_again_waits_again() {
    for ack_timeout in [AckTimeout::Indeterminate, AckTimeout::Expose] {
        let mut bench = Bench::leader(waiting(ack_timeout), 1);
        bench.fire(Timer::AckTimeout);
        let effects = bench.write(1);
        assert_eq!(effects, Effects { arm: vec![Timer::AckTimeout], ..Effects::none() });
        assert_eq!(bench.hear(1, appended(1, 1)).reply, [done(1, 1)]);
    }
}
