use std::path::Path;

use holdfast_models::leaderless::{AntiEntropy, Versions};
use holdfast_models::single_leader::{AckRule, Election, ReadRule, Safeguard};

use super::*;

mod multi_leader;

const QUORUMS: &str = r#"
name = "shop"
protocol = "leaderless"
key = "shop.key"
[policies]
n = 3
w = 2
versions = "hybrid-clock"
write-back = "asynchronous"
anti-entropy = "ranges"
[timers]
compare = "250ms"
[[replicas]]
id = 0
peers = "127.0.0.1:7000"
[[replicas]]
id = 1
peers = "127.0.0.1:7001"
[[replicas]]
id = 2
peers = "127.0.0.1:7002"
"#;

#[test]
fn a_file_of_registers_is_read_whole() {
    let cluster = parse(QUORUMS).expect("it is right");
    let Family::Leaderless(policy) = cluster.family else { panic!("{:?}", cluster.family) };
    assert_eq!((policy.copies, policy.write_quorum, policy.read_quorum), (3, 2, 2));
    assert_eq!(policy.versions, Versions::HybridClock);
    assert_eq!(policy.anti_entropy, AntiEntropy::Ranges);
    assert_eq!(cluster.timers.compare.as_millis(), 250);
}

#[test]
fn what_is_wrong_with_registers_is_told_with_line_and_field() {
    let table = [
        ("w = 2", "w = 4", "line 7, policies.w: \"4\" does not fit: a key has 3 homes"),
        ("w = 2", "w = 0", "line 7, policies.w: 1 at least"),
        ("n = 3", "n = 4", "line 6, policies.n: \"4\" does not fit: there are 3 replicas"),
        (
            "w = 2",
            "fallback = \"keeps-hints\"",
            "line 7, policies.fallback: \"keeps-hints\" does not",
        ),
        ("hybrid-clock", "single-writer", "line 8, policies.versions: \"single-writer\" is not"),
        ("hybrid-clock", "newest", "line 8, policies.versions: \"newest\" is not possible: one of"),
        ("w = 2", "ack = \"all\"", "line 7: unknown field `ack`"),
        ("\"250ms\"", "\"0s\"", "line 12, timers.compare: \"0s\": nothing can be waited"),
        ("compare = \"250ms\"", "deadline = \"60ms\"", "timers.deadline: less than two heartbeats"),
    ];
    for (from, to, expected) in table {
        let said = parse(&QUORUMS.replace(from, to)).expect_err(to).to_string();
        assert!(said.contains(expected), "{from} -> {to}: {said}");
    }
}

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
    let Family::SingleLeader(policy) = cluster.family else { panic!("{:?}", cluster.family) };
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
        (
            "\"k=1\"",
            "\"k=2\"",
            "line 7, policies.ack: among 2 members there is 1 follower, so no update",
        ),
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
    let family = parse(&text).expect("it is right").family;
    let Family::SingleLeader(policy) = family else { panic!("{family:?}") };
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

/// A folder of this process, removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("holdfast-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("it can be made");
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn key_files_are_for_their_owner_alone_and_are_never_replaced() {
    let folder = Folder::new("keys");
    let file = folder.0.join("cluster.key");
    Keys::generate(&file).expect("it is not there");
    assert!(Keys::generate(&file).is_err());
    assert!(matches!(Keys::load(&file, ReplicaId(0), 3), Ok(Keys::Cluster(_))));
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(&file, open).expect("it is ours");
    let refused = Keys::load(&file, ReplicaId(0), 3).expect_err("anybody may read it");
    assert!(refused.to_string().contains("mode 644"), "{refused}");
}

#[test]
fn both_replicas_of_a_pair_have_its_secret_and_no_other_has() {
    let folder = Folder::new("pairs");
    Keys::generate_pairs(&folder.0, 3).expect("the folder is empty");
    let secrets = |id: u8| {
        let file = folder.0.join(format!("replica-{id}.key"));
        match Keys::load(&file, ReplicaId(id), 3).expect("it was just made") {
            Keys::Pairs(secrets) => secrets,
            Keys::Cluster(_) => panic!("it is for pairs"),
        }
    };
    let (zero, one, two) = (secrets(0), secrets(1), secrets(2));
    assert_eq!(zero[&ReplicaId(1)], one[&ReplicaId(0)]);
    assert_eq!(zero[&ReplicaId(2)], two[&ReplicaId(0)]);
    assert_ne!(zero[&ReplicaId(1)], zero[&ReplicaId(2)]);
    let file = folder.0.join("replica-0.key");
    let refused = Keys::load(&file, ReplicaId(0), 4).expect_err("there is no fourth");
    assert!(refused.to_string().contains("no secret for replica 3"), "{refused}");
}

#[test]
fn a_key_that_is_none_is_told_with_its_line() {
    let folder = Folder::new("nokey");
    let file = folder.0.join("cluster.key");
    Keys::generate(&file).expect("it is not there");
    std::fs::write(&file, "\ncluster = \"12\"\n").expect("it is ours");
    let refused = Keys::load(&file, ReplicaId(0), 3).expect_err("it is too short");
    assert!(refused.to_string().contains("line 2, cluster: 64 hexadecimal"), "{refused}");
}
