use holdfast_models::multi_leader::certification::{
    Acknowledgement, Certificate, Retention, SnapshotRule,
};
use holdfast_models::multi_leader::convergent::{
    Clock, Collection, Convergent, RegisterRule, Ties,
};
use holdfast_models::multi_leader::home_region::{Disaster, Homing, ReadRule};
use holdfast_models::multi_leader::locking::{Conflict, LockLife, ReadRule as LockedRead};

use super::{QUORUMS, parse};
use crate::config::Family;

#[test]
fn a_file_of_leaders_is_read_whole() {
    let text = QUORUMS.replace("leaderless", "multi-leader/convergent");
    let text = text.replace(
        "n = 3\nw = 2\nversions = \"hybrid-clock\"\nwrite-back = \"asynchronous\"\nanti-entropy = \"ranges\"",
        "register = \"hybrid-clock\"\nset = \"tombstones\"\ncollection = \"when-all-have-them\"\nbatch = 9",
    );
    let family = parse(&text).expect("it is right").family;
    let Family::Convergent(policy) = family else { panic!("{family:?}") };
    let latest = RegisterRule::LastWriter { clock: Clock::Hybrid, ties: Ties::HigherReplica };
    assert_eq!((policy.register, policy.batch, policy.replicas), (latest, 9, 3));
    assert_eq!(policy.collection, Collection::WhenAllHaveThem);
    assert_eq!(policy.text, Convergent::keeping_all(3).text);
}

#[test]
fn rules_of_leaders_that_cannot_be_followed_are_told_with_the_reason() {
    let file = |rules: &str| {
        let (head, rest) = QUORUMS.split_once("[policies]\n").expect("it has policies");
        let (_, rest) = rest.split_once("[timers]").expect("it has timers");
        let head = head.replace("leaderless", "multi-leader/convergent");
        parse(&format!("{head}[policies]\n{rules}\n[timers]{rest}"))
    };
    let table = [
        (
            "register = \"newest\"",
            "line 6, policies.register: \"newest\" is not possible: one of last-",
        ),
        ("n = 3", "line 6: unknown field `n`"),
        (
            "counter = \"larger-total\"",
            "policies.counter: \"larger-total\" does not fit: it says how",
        ),
        (
            "counter = \"sum-of-totals\"\nlimit = \"escrow\"\npropagation = \"states\"",
            "line 7, policies.limit: \"escrow\" does not fit: where only totals are told",
        ),
        ("collection = \"after-a-while\"", "does not fit: only set=tombstones has tombstones"),
        (
            "set = \"tombstones\"\ncollection = \"when-all-have-them\"\ntopology = \"ring\"",
            "line 7, policies.collection: \"when-all-have-them\" does not fit: who does not hear",
        ),
        (
            "propagation = \"states\"\ndelivery = \"any\"",
            "line 7, policies.delivery: \"any\" does not",
        ),
        (
            "delivery = \"fifo\"",
            "line 6, policies.delivery: \"fifo\" does not fit: under register=",
        ),
        ("batch = 0", "policies.batch: 1 at least"),
        ("batch = 60000", "line 6, policies.batch: 60000 updates may take 3845760000 bytes"),
    ];
    for (rules, expected) in table {
        let said = file(rules).expect_err(rules).to_string();
        assert!(said.contains(expected), "{rules}: {said}");
    }
    for rules in [
        "",
        "counter = \"larger-total\"\npropagation = \"states\"",
        "register = \"hybrid-clock\"\ndelivery = \"fifo\"",
    ] {
        assert!(file(rules).is_ok(), "{rules}");
    }
}

const CERTIFIED: &str = r#"
name = "shop"
protocol = "multi-leader/certification"
key = "shop.key"
[policies]
certificate = "reads-and-writes"
snapshot = "barrier"
acknowledgement = "everywhere"
batch = 7
[[replicas]]
id = 0
peers = "127.0.0.1:7000"
[[replicas]]
id = 1
peers = "127.0.0.1:7001"
"#;

#[test]
fn a_file_of_transactions_is_read_whole() {
    let cluster = parse(CERTIFIED).expect("it is right");
    let Family::Certification(policy) = cluster.family else { panic!("{:?}", cluster.family) };
    assert_eq!((policy.replicas, policy.batch), (2, 7));
    assert_eq!(policy.certificate, Certificate::ReadsAndWrites);
    assert_eq!(policy.snapshot, SnapshotRule::Barrier);
    assert_eq!(policy.acknowledgement, Acknowledgement::Everywhere);
    assert_eq!(policy.retention, Retention::UntilEverywhere, "no file says otherwise");
}

#[test]
fn what_is_wrong_with_transactions_is_told_with_line_and_field() {
    let table = [
        (
            "reads-and-writes",
            "reads",
            "line 6, policies.certificate: \"reads\" is not possible: one",
        ),
        ("batch = 7", "batch = 0", "line 9, policies.batch: 1 at least"),
        (
            "batch = 7",
            "flush = \"later\"",
            "line 9, policies.flush: \"later\" does not fit: a node",
        ),
        ("batch = 7", "retention = \"for-good\"", "line 9: unknown field `retention`"),
    ];
    for (from, to, expected) in table {
        let said = parse(&CERTIFIED.replace(from, to)).expect_err(to).to_string();
        assert!(said.contains(expected), "{from} -> {to}: {said}");
    }
}

const AT_HOME: &str = r#"
name = "shop"
protocol = "multi-leader/home-region"
key = "shop.key"
[policies]
homing = "follows-writers"
disaster = "take-over"
read = "snapshot"
batch = 7
[[replicas]]
id = 0
peers = "127.0.0.1:7000"
[[replicas]]
id = 1
peers = "127.0.0.1:7001"
"#;

#[test]
fn a_file_of_homes_is_read_whole() {
    let cluster = parse(AT_HOME).expect("it is right");
    let Family::HomeRegion(policy) = cluster.family else { panic!("{:?}", cluster.family) };
    assert_eq!((policy.replicas, policy.batch), (2, 7));
    assert_eq!(policy.homing, Homing::FollowsWriters);
    assert_eq!(policy.disaster, Disaster::TakeOver);
    assert_eq!(policy.read, ReadRule::Snapshot);
    let table = [
        (
            "follows-writers",
            "follows",
            "line 6, policies.homing: \"follows\" is not possible: one of",
        ),
        ("batch = 7", "batch = 60000", "line 9, policies.batch: 60000 updates may take"),
        ("take-over", "flee", "line 7, policies.disaster: \"flee\" is not possible: one of wait"),
        ("batch = 7", "batch = 0", "line 9, policies.batch: 1 at least"),
    ];
    for (from, to, expected) in table {
        let said = parse(&AT_HOME.replace(from, to)).expect_err(to).to_string();
        assert!(said.contains(expected), "{from} -> {to}: {said}");
    }
}

const LOCKED: &str = r#"
name = "shop"
protocol = "multi-leader/locking"
key = "shop.key"
[policies]
conflict = "wait"
lock-life = 200
read = "heedless"
[[replicas]]
id = 0
peers = "127.0.0.1:7000"
[[replicas]]
id = 1
peers = "127.0.0.1:7001"
"#;

#[test]
fn a_file_of_locks_is_read_whole() {
    let cluster = parse(LOCKED).expect("it is right");
    let Family::Locking(policy) = cluster.family else { panic!("{:?}", cluster.family) };
    assert_eq!((policy.replicas, policy.conflict), (2, Conflict::Wait));
    assert_eq!(policy.life, LockLife::Ticks(200));
    assert_eq!(policy.read, LockedRead::Heedless);
    let table = [
        (
            "\"wait\"",
            "\"fight\"",
            "line 6, policies.conflict: \"fight\" is not possible: one of wait",
        ),
        (
            "lock-life = 200",
            "",
            "line 6, policies.conflict: \"wait\" does not fit: two may wait for each",
        ),
        ("lock-life = 200", "lock-life = 0", "line 7, policies.lock-life: 1 at least"),
        ("heedless", "reckless", "line 8, policies.read: \"reckless\" is not possible: one of"),
    ];
    for (from, to, expected) in table {
        let said = parse(&LOCKED.replace(from, to)).expect_err(to).to_string();
        assert!(said.contains(expected), "{from} -> {to}: {said}");
    }
}
