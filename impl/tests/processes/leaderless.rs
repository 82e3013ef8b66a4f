//! Registers without a leader: nodes that stop, are cut off and come back, and what clients choose.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use holdfast_models::vocabulary::{Key, Operation, Outcome, Refusal, Terms, Value};
use holdfast_node::client::{Client, Failure};

use crate::cluster::{Processes, ask, node, run};

use crate::relay::{Relay, Trouble};

const PATIENCE: Duration = Duration::from_secs(8);

fn read(client: &mut Client, key: &str) -> Result<Outcome, Failure> {
    let read = Operation::Read { key: Key::from(key) };
    client.perform(read, PATIENCE).map(|heard| heard.outcome)
}

fn write(client: &mut Client, key: &str, value: &str) -> Result<Outcome, Failure> {
    let write = Operation::Write { key: Key::from(key), value: Value::from(value) };
    client.perform(write, PATIENCE).map(|heard| heard.outcome)
}

fn found(value: &str) -> Result<Outcome, Failure> {
    Ok(Outcome::Found(Some(Value::from(value))))
}

const UNAVAILABLE: Failure = Failure::Refused(Refusal::Unavailable);

#[test]
fn with_one_of_three_stopped_all_goes_on_and_with_two_nothing_is_answered_wrongly() {
    let mut processes = Processes::of("leaderless", "quorums", 3, "w = 2\nr = 2");
    processes.start_all();
    processes.wait("all run", |of| (0..3).all(|id| of.state(id).is_some()));
    let mut client = processes.client();
    assert_eq!(write(&mut client, "x", "1"), Ok(Outcome::Done));
    processes.kill(2);
    assert_eq!(read(&mut client, "x"), found("1"));
    assert_eq!(write(&mut client, "x", "2"), Ok(Outcome::Done));
    processes.kill(1);
    // A version is asked for first, so that nothing was stored yet.
    assert_eq!(write(&mut client, "x", "3"), Err(UNAVAILABLE));
    assert_eq!(read(&mut client, "x"), Err(UNAVAILABLE));
    assert_eq!(processes.kv(&["--r", "1", "--w", "1", "get", "x"]), (Some(0), "2\n".to_owned()));
    let resp = processes.cluster.members[0].resp.expect("it has one");
    let refused = ask(resp, &["SET", "x", "4"]).expect("it answers");
    assert!(refused.starts_with("-NOREPLICAS"), "{refused}");
    processes.start(2);
    processes.wait("two run", |of| of.state(2).is_some());
    processes.wait("a read is answered", |_| read(&mut client, "x") == found("2"));
    processes.start(1);
    processes.wait("all run", |of| of.state(1).is_some());
    for id in 0..3 {
        assert!(processes.stop(id), "replica {id} ends with success");
    }
    let traces = std::fs::read_dir(processes.folder.join("traces")).expect("they were written");
    let traces: Vec<_> = traces.map(|entry| entry.expect("it can be read").path()).collect();
    assert_eq!(traces.len(), 5, "one for each start");
    for trace in traces {
        let mut replay = node();
        let replay = replay.args(["replay", "--cluster"]).arg(processes.file()).arg(&trace);
        let replayed = replay.output().expect("the binary was built");
        let said = String::from_utf8_lossy(&replayed.stderr).into_owned();
        assert!(replayed.status.success(), "{said}");
    }
    let inspected = run(&["inspect"], &processes.data(0));
    assert!(String::from_utf8_lossy(&inspected.stdout).contains("replica 0 of cluster"));
    let checked = run(&["check-config"], &processes.file());
    assert!(String::from_utf8_lossy(&checked.stdout).contains("write_quorum: 2"));
}

/// A node that was started again has forgotten whom it answered: it does nothing with numbers from
/// before, and its client is made one anew.
#[test]
fn an_update_numbered_before_a_restart_is_not_coordinated_after_it() {
    let mut processes = Processes::of("leaderless", "stranger", 1, "");
    processes.start(0);
    processes.wait("it runs", |of| of.state(0).is_some());
    let mut client = processes.client();
    assert_eq!(write(&mut client, "x", "1"), Ok(Outcome::Done));
    assert!(processes.stop(0));
    processes.start(0);
    processes.wait("it runs", |of| of.state(0).is_some());
    assert_eq!(write(&mut client, "x", "2"), Err(Failure::Indeterminate));
    assert_eq!(read(&mut client, "x"), found("1"));
    assert_eq!(write(&mut client, "x", "3"), Ok(Outcome::Done));
    assert_eq!(read(&mut client, "x"), found("3"));
}

#[test]
fn after_a_partition_all_hold_the_same_within_two_passes_of_anti_entropy() {
    const KEYS: u64 = 20;
    const BATCH: u64 = 1;
    let policies = format!("write-back = \"nobody\"\nanti-entropy = \"ranges\"\nbatch = {BATCH}\n");
    let mut processes = Processes::of("leaderless", "partition", 3, &policies);
    let relay = Relay::start(&processes.peers(), Trouble::NONE, 1);
    processes.reach_through(&relay.addresses);
    processes.start_all();
    processes.wait("all run", |of| (0..3).all(|id| of.state(id).is_some()));
    relay.isolate(2);
    let mut client = processes.client();
    for key in 0..KEYS {
        assert_eq!(write(&mut client, &key.to_string(), "1"), Ok(Outcome::Done));
    }
    let state = |of: &Processes, id: usize, what: &str| {
        of.state(id).map(|state| state[what].clone()).unwrap_or_default()
    };
    processes.wait("two hold everything", |of| {
        (0..2).all(|id| state(of, id, "registers") == KEYS)
            && state(of, 0, "digest") == state(of, 1, "digest")
    });
    assert_eq!(state(&processes, 2, "registers"), 0, "it is cut off");
    let at_once = state(&processes, 0, "compared_at_once").as_u64().expect("it says so");
    // One message of each round goes to each of the two others, and what differs takes one of its own
    // for each part.
    let rounds =
        |of: &Processes| of.counted(0, "holdfast_messages_sent_total{kind=\"compare\"}") / 2;
    let before = rounds(&processes);
    relay.heal();
    processes.wait("all hold the same", |of| {
        (0..3).all(|id| state(of, id, "registers") == KEYS)
            && (1..3).all(|id| state(of, id, "digest") == state(of, 0, "digest"))
    });
    let took = rounds(&processes) - before;
    let pass = KEYS.div_ceil(at_once);
    println!("{took} rounds, where a pass has {pass}");
    // Between the last round and the moment at which it is seen, another may begin.
    assert!(took <= 2 * pass + 2, "{took} rounds");
    let repaired = "holdfast_messages_received_total{kind=\"repair\"}";
    assert!(processes.counted(2, repaired) >= KEYS);
}

#[test]
fn what_a_stopped_home_missed_is_kept_for_it_and_handed_over() {
    let policies = "n = 3\nw = 2\nr = 2\nfallback = \"keeps-hints\"\n";
    let mut processes = Processes::of("leaderless", "hints", 4, policies);
    processes.start_all();
    processes.wait("all run", |of| (0..4).all(|id| of.state(id).is_some()));
    let mut client = processes.client();
    processes.kill(3);
    // Three homes have to store it, so that whoever stands in has time to.
    for key in 0..12 {
        let key = key.to_string();
        let (code, said) = processes.kv(&["--w", "3", "put", &key, "1"]);
        // Its homes may be the three that run; otherwise it is stored by two, and kept by another.
        assert!(matches!(code, Some(0 | 3)), "{said}");
    }
    let sum = |of: &Processes, what: &str| -> u64 {
        (0..3).map(|id| of.state(id).and_then(|state| state[what].as_u64()).unwrap_or(0)).sum()
    };
    processes.wait("hints are kept", |of| sum(of, "hints") > 0);
    let kept = sum(&processes, "hints");
    processes.start(3);
    processes.wait("hints are handed over", |of| of.state(3).is_some() && sum(of, "hints") == 0);
    let handed = "holdfast_messages_received_total{kind=\"hand_over\"}";
    assert!(processes.counted(3, handed) >= kept);
    assert_eq!(read(&mut client, "0"), found("1"));
}

#[test]
fn siblings_are_shown_with_a_token_and_replaced_with_it() {
    let mut processes = Processes::of("leaderless", "siblings", 3, "versions = \"siblings\"");
    processes.start_all();
    processes.wait("all run", |of| (0..3).all(|id| of.state(id).is_some()));
    let done = (Some(0), String::new());
    assert_eq!(processes.kv(&["put", "x", "1"]), done);
    assert_eq!(processes.kv(&["put", "x", "2"]), done);
    let (code, printed) = processes.kv(&["get", "x"]);
    assert_eq!(code, Some(1));
    assert!(printed.starts_with("1\n2\n") && printed.contains("--siblings"), "{printed}");
    let (code, printed) = processes.kv(&["get", "--siblings", "x"]);
    let lines: Vec<_> = printed.lines().collect();
    let ["1", "2", token] = lines[..] else { panic!("{printed}") };
    assert_eq!(code, Some(0));
    assert_eq!(processes.kv(&["put", "x", "3", "--context", token]), done);
    assert_eq!(processes.kv(&["get", "x"]), (Some(0), "3\n".to_owned()));
    let (code, refused) = processes.kv(&["put", "y", "3", "--context", token]);
    assert_eq!(code, Some(2), "{refused}");
    assert!(refused.contains("no context token of this key"), "{refused}");
    let (code, refused) = processes.kv(&["incr", "n"]);
    assert_eq!(code, Some(1), "{refused}");
    assert!(refused.contains("this cluster's policies cannot do that"), "{refused}");
}

#[test]
fn a_native_client_that_hands_nothing_in_is_taken_to_know_nothing() {
    let mut processes = Processes::of("leaderless", "unknowing", 3, "versions = \"siblings\"");
    processes.start_all();
    processes.wait("all run", |of| (0..3).all(|id| of.state(id).is_some()));
    let mut client = processes.client();
    for value in ["1", "2"] {
        let write = Operation::Write { key: Key::from("x"), value: Value::from(value) };
        let heard = client.perform_on(Terms::default(), write, PATIENCE).expect("it is stored");
        assert_eq!(heard.outcome, Outcome::Done);
        assert!(!heard.context.is_empty(), "it is told what it knows now");
    }
    let both = Outcome::Siblings(["1", "2"].map(Value::from).to_vec());
    assert_eq!(read(&mut client, "x"), Ok(both));
}

/// A connection of the Redis protocol.
pub(crate) struct Connection(BufReader<TcpStream>);

impl Connection {
    pub(crate) fn to(processes: &Processes, replica: usize) -> Self {
        let address = processes.cluster.members[replica].resp.expect("it has one");
        let stream = TcpStream::connect(address).expect("it accepts");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        Self(BufReader::new(stream))
    }

    /// Says a command and hears so many lines.
    pub(crate) fn ask(&mut self, command: &str, lines: usize) -> Vec<String> {
        self.0.get_mut().write_all(format!("{command}\r\n").as_bytes()).expect("it takes that");
        let mut line = || {
            let mut line = String::new();
            self.0.read_line(&mut line).expect("it answers");
            line.trim_end().to_owned()
        };
        (0..lines).map(|_| line()).collect()
    }
}

#[test]
fn a_connection_chooses_its_quorums_and_sees_siblings_as_an_array() {
    let mut processes = Processes::of("leaderless", "quorum-resp", 3, "versions = \"siblings\"");
    processes.start_all();
    processes.wait("all run", |of| (0..3).all(|id| of.state(id).is_some()));
    let (mut one, mut other) = (Connection::to(&processes, 0), Connection::to(&processes, 1));
    assert_eq!(one.ask("SET y a", 1), ["+OK"]);
    assert_eq!(one.ask("SET y b", 1), ["+OK"], "it knows what it has written itself");
    assert_eq!(one.ask("GET y", 2), ["$1", "b"]);
    assert_eq!(other.ask("SET y c", 1), ["+OK"]);
    assert!(one.ask("GET y", 1)[0].starts_with("-SIBLINGS 2"));
    let heard = Connection::to(&processes, 2).ask("SIBLINGS y", 7);
    assert_eq!((&*heard[0], &*heard[4], &*heard[6]), ("*3", "b", "c"));
    let resolve = format!("RESOLVE y d {}", heard[2]);
    assert_eq!(Connection::to(&processes, 1).ask(&resolve, 1), ["+OK"]);
    assert_eq!(one.ask("GET y", 2), ["$1", "d"]);
    assert!(one.ask("RESOLVE y d 00", 1)[0].starts_with("-ERR no context token"));
    assert!(one.ask("INCR n", 1)[0].starts_with("-NOTSUPPORTED"));
    assert_eq!(one.ask("QUORUM 4 1", 1), ["+OK"]);
    assert!(one.ask("SET y e", 1)[0].starts_with("-NOTSUPPORTED"), "there are three homes");
    assert_eq!(one.ask("QUORUM 1 1", 1), ["+OK"]);
    assert_eq!(one.ask("QUORUM", 3), ["*2", ":1", ":1"]);
    processes.kill(1);
    processes.kill(2);
    assert_eq!(one.ask("SET y e", 1), ["+OK"]);
    assert_eq!(one.ask("GET y", 2), ["$1", "e"]);
    assert_eq!(one.ask("QUORUM 0 0", 1), ["+OK"]);
    assert!(one.ask("GET y", 1)[0].starts_with("-NOREPLICAS"));
    // One home has stored it, and nobody knows whether that will be seen.
    assert!(one.ask("SET y f", 1)[0].starts_with("-INDETERMINATE"));
}
