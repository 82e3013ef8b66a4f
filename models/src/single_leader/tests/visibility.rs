//! What readers see, at the leader and at followers, and what they are told they have seen.

use super::bench::{Bench, Effects};
use super::messages::{append, appended, found, mark, read, to, written};
use crate::single_leader::{AckMeans, AckRule, ReadRule, SingleLeader, Timer, Visibility};

const ALL: [Visibility; 3] =
    [Visibility::Appended, Visibility::Acknowledged, Visibility::Committed];

/// Five replicas and one acknowledgement, so that acknowledged is less than held by a majority.
const fn showing(visibility: Visibility) -> SingleLeader {
    SingleLeader {
        ack: AckRule::Followers(1),
        visibility,
        read: ReadRule::FollowerLocal,
        ..SingleLeader::majority(5)
    }
}

/// MySQL, `rpl_semi_sync_source_wait_point`: after commit, or after the replica has it.
#[test]
fn each_policy_shows_an_update_at_its_own_moment() {
    let shown = |visibility| {
        let mut bench = Bench::leader(showing(visibility), 1);
        let mut shown = vec![bench.positions().1];
        for follower in 1..=2 {
            bench.hear(follower, appended(1, 1));
            shown.push(bench.positions().1);
        }
        shown
    };
    assert_eq!(ALL.map(shown), [[1, 1, 1], [0, 1, 1], [0, 0, 1]]);
}

#[test]
fn followers_are_told_what_the_policy_lets_them_show() {
    let told = |visibility| {
        let mut bench = Bench::leader(showing(visibility), 1);
        bench.hear(1, appended(1, 1));
        bench.fire(Timer::Heartbeat).send[0].clone()
    };
    let heartbeat = |commit| to(1, append(1, mark(1, 1), &[], commit));
    assert_eq!(ALL.map(told), [heartbeat(1), heartbeat(1), heartbeat(0)]);
}

#[test]
fn a_follower_shows_what_the_policy_lets_it_show() {
    let shown = |visibility| {
        let mut bench = Bench::start(showing(visibility), 1);
        bench.hear(0, append(1, mark(0, 0), &[written(1, 1), written(1, 2)], 1));
        bench.positions()
    };
    assert_eq!(ALL.map(shown), [(1, 2), (1, 1), (1, 1)]);
}

/// PostgreSQL, `synchronous_commit = remote_apply`: the standby's readers see it by then.
#[test]
fn a_follower_that_acknowledges_what_is_applied_shows_it_by_then() {
    let shown = |ack_means| {
        let policy = SingleLeader { ack_means, ..showing(Visibility::Acknowledged) };
        let mut bench = Bench::start(policy, 1);
        let effects = bench.hear(0, append(1, mark(0, 0), &[written(1, 1)], 0));
        assert_eq!(effects.send, [to(0, appended(1, 1))]);
        bench.positions()
    };
    assert_eq!(shown(AckMeans::Received), (0, 0));
    assert_eq!(shown(AckMeans::Flushed), (0, 0));
    assert_eq!(shown(AckMeans::Applied), (0, 1));
}

#[test]
fn a_leader_does_not_show_what_only_it_has_applied() {
    let policy = SingleLeader { ack_means: AckMeans::Applied, ..showing(Visibility::Acknowledged) };
    assert_eq!(Bench::leader(policy, 1).positions(), (0, 0));
}

/// Raft, §5.4.2, for what a majority holds whatever the acknowledgement rule.
#[test]
fn committed_needs_an_entry_of_the_leaders_own_epoch() {
    let policy = SingleLeader { ack: AckRule::Asynchronous, ..showing(Visibility::Committed) };
    let mut bench = Bench::elected(policy, &[1, 1]);
    assert_eq!(bench.positions(), (3, 0));
    bench.hear(0, appended(2, 2));
    bench.hear(2, appended(2, 2));
    assert_eq!(bench.positions(), (3, 0));
    bench.hear(0, appended(2, 3));
    bench.hear(2, appended(2, 3));
    assert_eq!(bench.positions(), (3, 3));
}

#[test]
fn a_reader_is_told_how_much_it_has_seen() {
    let mut bench = Bench::start(showing(Visibility::Acknowledged), 1);
    bench.hear(0, append(1, mark(0, 0), &[written(1, 1), written(1, 2), written(1, 3)], 2));
    let reply = vec![found(2, 1, Some(2), 2)];
    assert_eq!(bench.ask(2, 1, read()), Effects { reply, ..Effects::none() });
}

#[test]
fn a_register_that_nobody_wrote_holds_nothing() {
    let mut bench = Bench::leader(showing(Visibility::Acknowledged), 1);
    assert_eq!(bench.ask(2, 1, read()).reply, [found(2, 1, None, 0)]);
}
