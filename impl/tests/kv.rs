//! `kv` as people run it: what it prints, and with which code it ends.

mod support;

use std::process::{Command, Output};

use holdfast_models::single_leader::SingleLeader;
use holdfast_node::client::ClientKey;
use holdfast_node::gateway::Gateway;
use support::cluster::Cluster;

/// Three replicas whose clients have no secret, and their gateways, which are the first to go.
struct Three {
    gateways: Vec<Gateway>,
    cluster: Cluster,
}

impl Three {
    fn start() -> Self {
        let mut cluster = Cluster::start(SingleLeader::majority(3));
        let gateways = (0..3).map(|replica| {
            cluster.gateway(replica, |config| config.key = ClientKey::derive("test", None))
        });
        Self { gateways: gateways.collect(), cluster }
    }

    fn kv(&self, arguments: &str) -> (i32, String, String) {
        let nodes = self.gateways.iter().filter_map(Gateway::client);
        let nodes: Vec<_> = nodes.map(|address| address.to_string()).collect();
        let arguments = format!("--name test --nodes {} {arguments}", nodes.join(","));
        run(&arguments)
    }
}

fn run(arguments: &str) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_kv")).args(arguments.split(' ')).output();
    let Output { status, stdout, stderr } = output.expect("kv runs");
    let text = |bytes| String::from_utf8_lossy(bytes).trim_end().to_owned();
    (status.code().expect("kv ends"), text(&stdout), text(&stderr))
}

fn said(code: i32, stdout: &str, stderr: &str) -> (i32, String, String) {
    (code, stdout.to_owned(), stderr.to_owned())
}

#[test]
fn every_answer_has_its_words_and_its_code() {
    let three = Three::start();
    for (arguments, expected) in [
        ("get x", said(1, "", "kv: nothing")),
        ("put x 1", said(0, "", "")),
        ("get x", said(0, "1", "")),
        ("incr x", said(0, "2", "")),
        ("incr x -5", said(0, "-3", "")),
        ("cas x -3 --to word", said(0, "", "")),
        ("cas x other --to word", said(1, "", "kv: not changed: another value is there")),
        ("cas fresh --absent --to 1", said(0, "", "")),
        ("incr x", said(1, "", "kv: refused, nothing was changed: not a number")),
        ("delete x", said(0, "", "")),
        ("get x", said(1, "", "kv: nothing")),
    ] {
        assert_eq!(three.kv(arguments), expected, "kv {arguments}");
    }
}

#[test]
fn what_nobody_knows_has_a_code_of_its_own() {
    let three = Three::start();
    (1..3).for_each(|replica| three.cluster.silence(replica));
    let (code, _, stderr) = three.kv("--deadline 300 put x 1");
    let open = "kv: indeterminate: the update took effect, or will, or never will";
    assert_eq!((code, stderr.as_str()), (3, open));
    let (code, _, stderr) = three.kv("--deadline 300 get x");
    assert_eq!((code, stderr.as_str()), (1, "kv: not answered until the deadline"));
}

#[test]
fn replicas_are_watched() {
    let three = Three::start();
    three.kv("put x 1");
    let (code, stdout, _) = three.kv("watch-stale x --rounds 1");
    let lines: Vec<_> = stdout.lines().skip(1).collect();
    let expected = [
        "  replica 0: 1 at position 1",
        "  replica 1: refused: ask replica 0, the leader",
        "  replica 2: refused: ask replica 0, the leader",
    ];
    assert_eq!((code, lines.as_slice()), (0, &expected[..]));
}

#[test]
fn a_benchmark_tells_how_long_answers_took() {
    let three = Three::start();
    let (code, stdout, _) = three.kv("bench --clients 4 --seconds 1 --reads 50");
    assert_eq!(code, 0, "{stdout}");
    for expected in ["4 clients, values of 100 bytes", "updates: ", "reads: ", " p99.9 "] {
        assert!(stdout.contains(expected), "{stdout}");
    }
    let (code, _, stderr) = three.kv("bench --seconds 1 --value-size 30001");
    assert_eq!(code, 1);
    assert!(stderr.contains("a value at most 30000"), "{stderr}");
}

#[test]
fn who_is_to_be_asked_has_to_be_said_right() {
    for (arguments, words) in [
        ("get x", "which cluster?"),
        ("--nodes nowhere --name test get x", "nowhere is no HOST:PORT"),
        ("--nodes 127.0.0.1:1,[::1]:1 --name test get x", "all IPv4, or all IPv6"),
        ("--cluster no-such-file get x", "no-such-file: cannot be read"),
        ("--nodes 127.0.0.1:1 get x", "--name"),
    ] {
        let (code, _, stderr) = run(arguments);
        assert_eq!(code, 2, "kv {arguments}: {stderr}");
        assert!(stderr.contains(words), "kv {arguments}: {stderr}");
    }
    let (code, _, stderr) = run("--nodes 127.0.0.1:1 --name test --deadline 200 get x");
    assert_eq!((code, stderr.contains("no node answered")), (1, true), "{stderr}");
}
