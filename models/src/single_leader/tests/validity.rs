//! Acknowledgement rules that there are too few replicas for.

use crate::single_leader::{AckRule, SingleLeader};
use crate::vocabulary::ReplicaSet;

fn problem(ack: AckRule, members: u8) -> Option<String> {
    let members = ReplicaSet::first(members);
    let policy = SingleLeader { ack, members, ..SingleLeader::majority(3) };
    policy.validate().err().map(|problem| problem.to_string())
}

#[test]
fn a_rule_that_waits_for_more_than_there_are_is_refused() {
    let never = "so no update would ever be acknowledged";
    for (ack, members, said) in [
        (AckRule::Followers(3), 3, "among 3 members there are 2 followers"),
        (AckRule::Followers(2), 2, "among 2 members there is 1 follower"),
        (AckRule::Followers(1), 1, "among 1 member there are 0 followers"),
        (AckRule::InSync { at_least: 3 }, 2, "there are 2 members, the leader included"),
        (AckRule::InSync { at_least: 2 }, 1, "there is 1 member, the leader included"),
    ] {
        assert_eq!(problem(ack, members), Some(format!("{said}, {never}")));
    }
}

#[test]
fn a_rule_that_waits_for_no_more_than_there_are_is_fine() {
    for ack in [
        AckRule::Asynchronous,
        AckRule::Followers(0),
        AckRule::Followers(2),
        AckRule::All,
        AckRule::InSync { at_least: 3 },
        AckRule::Majority,
    ] {
        assert_eq!(problem(ack, 3), None, "{ack:?}");
    }
}
