//! What the README promises: a cluster in one command, a write, `kill -9` of the leader, the value.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use holdfast_node::config::Cluster;

use crate::cluster::{ask, node};

/// Ends the demo, and with it its replicas, whatever becomes of the test.
struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_value_is_read_back_after_kill_9_of_the_leader_of_a_demo() {
    outlives_kill_9("single-leader");
}

#[test]
fn a_value_is_read_back_after_kill_9_of_one_of_a_demo_without_leaders() {
    outlives_kill_9("leaderless");
}

fn outlives_kill_9(protocol: &str) {
    let name = format!("holdfast-readme-{protocol}-{}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    let child = node()
        .args(["demo", "--protocol", protocol, "--dir"])
        .arg(&folder)
        .env("RUST_LOG", "error")
        .stdout(Stdio::piped())
        .spawn();
    let mut demo = Demo(child.expect("the binary was built"));
    let mut told = BufReader::new(demo.0.stdout.take().expect("it is piped"));
    let mut instructions = String::new();
    while !instructions.contains("Ctrl-C") {
        let length = told.read_line(&mut instructions).expect("it is text");
        assert!(length > 0, "the demo has ended");
    }
    let cluster = Cluster::load(&folder.join("cluster.toml")).expect("it was written");
    let resp: Vec<_> = cluster.members.iter().filter_map(|member| member.resp).collect();
    assert_eq!(ask(resp[0], &["SET", "packet", "red"]).expect("it answers"), "+OK");
    // Replica 0 leads at first.
    let of_leader = instructions.split("replica 0   kill -9 ").nth(1).expect("it says how");
    let process = of_leader.split(' ').next().expect("it is a number");
    let killed = Command::new("kill").args(["-9", process]).status();
    assert!(killed.expect("it is there").success());
    let started = Instant::now();
    while ask(resp[1], &["GET", "packet"]).ok().as_deref() != Some("red") {
        assert!(started.elapsed() < Duration::from_secs(30), "the value is gone");
        std::thread::sleep(Duration::from_millis(50));
    }
    let mut rest = String::new();
    while !rest.contains("replica 0 ended with signal: 9") {
        let length = told.read_line(&mut rest).expect("it is text");
        assert!(length > 0, "the demo has ended: {rest}");
    }
    drop(demo);
    // Until the replicas have closed what they inherited: then all of them have ended.
    let _ = told.read_to_string(&mut rest);
    std::fs::remove_dir_all(&folder).expect("it is ours");
}
