//! What clients of real processes are answered: over IPv6, where leaders are appointed, while a node
//! stops, and when the store is cleared.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv6Addr, TcpStream};
use std::time::Duration;

use crate::cluster::{Processes, encode, get};

fn answered(processes: &Processes, replica: usize, words: &[&str], expected: &str) {
    let answer = processes.ask(replica, words).expect("it answers");
    assert_eq!(answer, expected, "{words:?} at replica {replica}");
}

#[test]
fn a_cluster_on_ipv6_serves() {
    let mut processes = Processes::at(Ipv6Addr::LOCALHOST.into(), "ipv6", 3, "");
    processes.start_all();
    processes.wait("a leader", |of| of.leader(&[0, 1, 2]) == Some(0));
    // Replica 1 asks the leader for it, as a native client.
    answered(&processes, 1, &["SET", "x", "1"], "+OK");
    processes.kill(0);
    processes.wait("another leader", |of| of.leader(&[1, 2]).is_some());
    answered(&processes, 2, &["GET", "x"], "1");
}

#[test]
fn an_appointed_leader_that_is_killed_is_replaced_by_the_controller() {
    let policies = "election = \"appointed\"\nack = \"in-sync=2\"\neviction = \"registered\"";
    let mut processes = Processes::new("appointed", 4, policies);
    processes.start_all();
    processes.wait("the first leader", |of| of.leader(&[0, 1, 2]) == Some(0));
    processes.wait("the controller", |of| {
        of.state(3).is_some_and(|controller| controller["role"] == "controller")
    });
    answered(&processes, 1, &["SET", "x", "1"], "+OK");
    processes.kill(0);
    processes.wait("another leader", |of| of.leader(&[1, 2]).is_some());
    processes.wait("the write is there and others are taken", |of| {
        of.ask(1, &["INCR", "x"]).is_ok_and(|answer| answer == ":2")
    });
    processes.start(0);
    processes.wait("the first leader follows", |of| of.leader(&[0, 1, 2]).is_some());
    answered(&processes, 0, &["GET", "x"], "2");
    for replica in 0..4 {
        assert!(processes.stop(replica), "replica {replica} ends with success");
    }
}

#[test]
fn what_is_under_way_when_a_node_is_terminated_is_answered() {
    const COMMANDS: usize = 50;
    let mut processes = Processes::new("drains", 3, "");
    processes.start_all();
    processes.wait("a leader", |of| of.leader(&[0, 1, 2]) == Some(0));
    // Nobody acknowledges, so that updates stay under way.
    processes.signal(1, "STOP");
    processes.signal(2, "STOP");
    let address = processes.cluster.members[0].resp.expect("it has one");
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    for index in 0..COMMANDS {
        let command = encode(&["SET", &format!("k{index}"), "1"]);
        stream.write_all(command.as_bytes()).expect("it reads");
    }
    processes.wait("all are under way", |of| {
        of.state(0).is_some_and(|state| state["waiting"].as_u64() == Some(COMMANDS as u64))
    });
    processes.signal(0, "TERM");
    let admin = processes.cluster.members[0].admin.expect("it has one");
    processes.wait("it drains", |_| {
        get(admin, "/healthz").is_ok_and(|(_, body)| body.contains("stopping"))
    });
    processes.signal(1, "CONT");
    processes.signal(2, "CONT");
    let mut answers = BufReader::new(stream).lines().map_while(Result::ok);
    for index in 0..COMMANDS {
        assert_eq!(answers.next().as_deref(), Some("+OK"), "command {index}");
    }
    assert_eq!(answers.next(), None, "then it closes the connection");
    assert!(processes.ended_well(0));
    processes.wait("another leader", |of| of.leader(&[1, 2]).is_some());
    for index in 0..COMMANDS {
        answered(&processes, 1, &["GET", &format!("k{index}")], "1");
    }
}

#[test]
fn a_store_that_is_cleared_is_empty_at_every_node_and_after_a_restart() {
    let mut processes = Processes::new("cleared", 3, "compact-after = 20");
    processes.start_all();
    processes.wait("a leader", |of| of.leader(&[0, 1, 2]) == Some(0));
    // More than is kept in the log.
    for index in 0..60 {
        answered(&processes, 0, &["SET", &format!("k{index}"), "1"], "+OK");
    }
    answered(&processes, 2, &["GETDEL", "k0"], "1");
    answered(&processes, 0, &["DEL", "k0", "k1"], ":1");
    answered(&processes, 1, &["FLUSHALL"], "+OK");
    answered(&processes, 0, &["DBSIZE"], ":0");
    answered(&processes, 2, &["SET", "after", "2"], "+OK");
    for replica in 0..3 {
        assert!(processes.stop(replica), "replica {replica} ends with success");
    }
    processes.start_all();
    processes.wait("a leader", |of| of.leader(&[0, 1, 2]).is_some());
    for replica in 0..3 {
        answered(&processes, replica, &["GET", "k7"], "$-1");
        answered(&processes, replica, &["GET", "after"], "2");
    }
    answered(&processes, 0, &["EXISTS", "k1", "k59", "after"], ":1");
}
