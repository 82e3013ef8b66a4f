use std::path::Path;

use holdfast_models::single_leader::{AckRule, Election, ReadRule, Safeguard};

use super::*;

const USUAL: &str = r#"
name = "shop"
protocol = "single-leader"
key = "shop.key"

[policies]
ack = "k=1"
read = "lease=100/200"

[timers]
heartbeat = "20ms"

[limits]
datagram = 1400

[[replicas]]
id = 1
peers = "[::1]:7001"

[[replicas]]
id = 0
peers = "127.0.0.1:7000"
resp = "127.0.0.1:6379"
"#;

fn parse(text: &str) -> Result<Cluster, ConfigError> {
    Cluster::parse(Path::new("conf/cluster.toml"), text)
}

fn refusal(from: &str, to: &str) -> String {
    assert_eq!(USUAL.matches(from).count(), 1, "{from}");
    parse(&USUAL.replace(from, to)).expect_err("it should be refused").to_string()
}

#[test]
fn a_file_is_read_whole() {
    let cluster = parse(USUAL).expect("it is right");
    let Family::SingleLeader(policy) = cluster.family;
    assert_eq!(policy.ack, AckRule::Followers(1));
    assert_eq!(policy.read, ReadRule::Lease { duration: 100, promise: 200 });
    assert_eq!(policy.election, Election::Majority);
    assert!(Safeguard::ALL.iter().all(|safeguard| policy.has(*safeguard)));
    assert_eq!(cluster.key_file, Path::new("conf/shop.key"));
    assert_eq!(cluster.limits.datagram, 1_400);
    assert_eq!(cluster.timers.heartbeat.as_millis(), 20);
    assert_eq!(cluster.members[0].resp.map(|address| address.port()), Some(6_379));
    assert!(cluster.members[1].peers.is_ipv6());
}

#[test]
fn what_is_wrong_is_told_with_file_line_and_field() {
    let table = [
        ("name = \"shop\"", "name = \"a b\"", "line 2, name: 1 to 64 letters"),
        ("single-leader", "paxos", "line 3, protocol: there is no protocol \"paxos\""),
        ("\"k=1\"", "\"k=2\"", "line 7, policies.ack: there are 1 followers, so no update"),
        ("\"k=1\"", "\"most\"", "line 7, policies.ack: \"most\" is not possible: one of async"),
        ("ack =", "acks =", "line 7: unknown field `acks`, expected one of"),
        ("read =", "without = 1\nread =", "line 8: unknown field `without`"),
        ("\"20ms\"", "\"20\"", "line 11, timers.heartbeat: \"20\" is no duration"),
        ("\"20ms\"", "\"0s\"", "line 11, timers.heartbeat: \"0s\": nothing can be waited"),
        ("\"20ms\"", "\"400ms\"", "timers.suspect: less than two heartbeats"),
        ("1400", "99", "line 14, limits.datagram: 99 is not within 256 and 65000"),
        ("1400", "\"big\"", "line 14: invalid type: string \"big\", expected usize"),
        ("id = 1", "id = 2", "line 17, replicas[2].id: with 2 replicas, ids are 0 to 1"),
        ("id = 1", "id = 0", "line 21, replicas[0].id: replica 0 is there twice"),
        ("[::1]:7001", "localhost:7001", "line 18, replicas[1].peers: \"localhost:7001\" is no"),
        (
            "[::1]:7001",
            "127.0.0.1:7000",
            "line 22, replicas[0].peers: 127.0.0.1:7000 is also that of",
        ),
    ];
    for (from, to, expected) in table {
        let said = refusal(from, to);
        assert!(said.starts_with("conf/cluster.toml"), "{said}");
        assert!(said.contains(expected), "{from} -> {to}: {said}");
    }
}

#[test]
fn where_leaders_are_appointed_the_last_replica_is_the_controller() {
    let text = USUAL.replace("\"k=1\"", "\"in-sync=1\"\nelection = \"appointed\"");
    let Family::SingleLeader(policy) = parse(&text).expect("it is right").family;
    assert_eq!(policy.replicas, 1);
    assert_eq!(policy.controller(), Some(ReplicaId(1)));
}

#[test]
fn another_policy_is_another_configuration_and_another_name_another_cluster() {
    let usual = parse(USUAL).expect("it is right");
    let asynchronous = parse(&USUAL.replace("k=1", "async")).expect("it is right");
    let renamed = parse(&USUAL.replace("\"shop\"", "\"shop2\"")).expect("it is right");
    assert_ne!(usual.configuration(), asynchronous.configuration());
    assert_eq!(usual.id(), asynchronous.id());
    assert_ne!(usual.id(), renamed.id());
}
