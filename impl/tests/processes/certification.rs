//! Transactions of several keys: what one connection keeps for `EXEC`, what others change meanwhile, and nodes that are
//! killed and come back.

use std::time::{Duration, Instant};

use crate::cluster::{Processes, node};
use crate::leaderless::Connection;

const PROTOCOL: &str = "multi-leader/certification";

/// Whoever reads sees all that was in the order before.
const BARRIER: &str = "certificate = \"reads-and-writes\"\nsnapshot = \"barrier\"";

fn started(name: &str, policies: &str) -> Processes {
    let mut processes = Processes::of(PROTOCOL, name, 3, policies);
    processes.start_all();
    processes.wait("all run", |of| (0..3).all(|id| of.ask(id, &["PING"]).is_ok()));
    processes
}

fn said(connection: &mut Connection, commands: &[(&str, &str)]) {
    for (command, expected) in commands {
        assert_eq!(connection.ask(command, 1), [*expected], "{command}");
    }
}

#[test]
fn commands_between_multi_and_exec_take_effect_together() {
    let processes = started("multi", BARRIER);
    let (mut one, mut other) = (Connection::to(&processes, 0), Connection::to(&processes, 1));
    said(&mut one, &[("MULTI", "+OK"), ("SET x 1", "+QUEUED"), ("INCR n", "+QUEUED")]);
    said(&mut one, &[("APPEND x 0", "+QUEUED"), ("GET x", "+QUEUED"), ("PING", "+QUEUED")]);
    said(&mut other, &[("GET x", "$-1")]);
    let expected = ["*5", "+OK", ":1", ":2", "$2", "10", "+PONG"];
    assert_eq!(one.ask("EXEC", 7), expected);
    assert_eq!(other.ask("GET x", 2), ["$2", "10"]);
    said(&mut one, &[("SET t text", "+OK"), ("MULTI", "+OK")]);
    said(&mut one, &[("INCR t", "+QUEUED"), ("INCR n", "+QUEUED")]);
    let heard = one.ask("EXEC", 3);
    assert_eq!(heard, ["*2", "-ERR value is not an integer or out of range", ":2"], "as in Redis");
    said(&mut one, &[("MULTI", "+OK"), ("SET x 9", "+QUEUED"), ("DISCARD", "+OK")]);
    assert_eq!(one.ask("GET x", 2), ["$2", "10"]);
    said(&mut one, &[("MULTI", "+OK"), ("SET x 9", "+QUEUED")]);
    assert!(one.ask("BOGUS", 1)[0].starts_with("-ERR unknown command"));
    assert!(one.ask("EXEC", 1)[0].starts_with("-EXECABORT"));
    said(&mut one, &[("MULTI", "+OK"), ("MULTI", "-ERR MULTI calls can not be nested")]);
    said(&mut one, &[("FLUSHALL", "-ERR Command not allowed inside a transaction")]);
    assert!(one.ask("EXEC", 1)[0].starts_with("-EXECABORT"));
    assert_eq!(other.ask("GET x", 2), ["$2", "10"], "nothing of it was done");
    said(&mut one, &[("EXEC", "-ERR EXEC without MULTI")]);
    said(&mut one, &[("DISCARD", "-ERR DISCARD without MULTI")]);
    said(&mut one, &[("MULTI", "+OK"), ("EXEC", "*0")]);
}

#[test]
fn nothing_is_done_if_a_watched_key_has_changed() {
    let processes = started("watch", BARRIER);
    let (mut one, mut other) = (Connection::to(&processes, 0), Connection::to(&processes, 2));
    let transaction = [("MULTI", "+OK"), ("SET y 1", "+QUEUED")];
    said(&mut one, &[("SET x 1", "+OK"), ("WATCH x", "+OK")]);
    said(&mut other, &[("SET x 2", "+OK"), ("SET x 1", "+OK")]);
    said(&mut one, &transaction);
    said(&mut one, &[("WATCH z", "-ERR WATCH inside MULTI is not allowed")]);
    // The value is the same again, and yet somebody has changed it.
    said(&mut one, &[("EXEC", "*-1"), ("GET y", "$-1")]);
    said(&mut one, &transaction);
    assert_eq!(one.ask("EXEC", 2), ["*1", "+OK"], "nothing is watched any more");
    said(&mut one, &[("WATCH x z", "+OK")]);
    said(&mut other, &[("SET y 3", "+OK")]);
    said(&mut one, &transaction);
    assert_eq!(one.ask("EXEC", 2), ["*1", "+OK"], "that key was not watched");
    said(&mut one, &[("WATCH z", "+OK")]);
    said(&mut other, &[("SET z 1", "+OK")]);
    said(&mut one, &[("UNWATCH", "+OK")]);
    said(&mut one, &transaction);
    assert_eq!(one.ask("EXEC", 2), ["*1", "+OK"]);
    said(&mut one, &[("WATCH z", "+OK")]);
    said(&mut other, &[("DEL z", ":1")]);
    said(&mut one, &[("MULTI", "+OK"), ("GET y", "+QUEUED"), ("EXEC", "*-1")]);
}

#[test]
fn transactions_that_meet_at_three_nodes_are_all_counted() {
    const EACH: usize = 30;
    let processes = started("meeting", "");
    std::thread::scope(|scope| {
        for replica in 0..3 {
            let processes = &processes;
            scope.spawn(move || {
                let mut connection = Connection::to(processes, replica);
                let mut done = 0;
                let started = Instant::now();
                while done < EACH {
                    assert!(started.elapsed() < Duration::from_secs(60), "{done} of {EACH}");
                    said(&mut connection, &[("MULTI", "+OK"), ("INCR a", "+QUEUED")]);
                    said(&mut connection, &[("DECR b", "+QUEUED")]);
                    let heard = connection.ask("EXEC", 1).remove(0);
                    if heard.starts_with('*') {
                        connection.ask("PING", 3);
                        done += 1;
                    } else {
                        assert!(heard.starts_with("-TRYAGAIN"), "{heard}");
                    }
                    connection.ask("INCR single", 1);
                }
            });
        }
    });
    let total = (3 * EACH).to_string();
    for replica in 0..3 {
        processes.wait("it has all", |of| {
            of.ask(replica, &["GET", "a"]).is_ok_and(|found| found == total)
        });
        let found = processes.ask(replica, &["GET", "b"]).expect("it answers");
        assert_eq!(found, format!("-{total}"), "both or none");
    }
}

#[test]
fn the_order_is_kept_for_whoever_is_away_and_then_forgotten() {
    let mut processes = started("forgotten", "");
    let number =
        |of: &Processes, id: usize, what: &str| of.state(id).and_then(|state| state[what].as_u64());
    let is_forgotten = |of: &Processes| {
        let ends = (0..3).map(|id| number(of, id, "applied"));
        let ends: Vec<_> = ends.collect();
        ends.iter().all(|end| end.is_some() && *end == ends[0])
            && (0..3).all(|id| number(of, id, "kept") == Some(0))
    };
    for index in 0..20 {
        let key = format!("k{index}");
        assert_eq!(processes.ask(0, &["SET", &key, "1"]).expect("it answers"), "+OK");
    }
    processes.wait("the order is forgotten", is_forgotten);
    processes.kill(2);
    for index in 0..20 {
        let key = format!("k{index}");
        assert_eq!(processes.ask(1, &["SET", &key, "2"]).expect("it answers"), "+OK");
    }
    processes.wait("it is kept for replica 2", |of| number(of, 0, "kept") == Some(20));
    processes.start(2);
    processes.wait("it has caught up", is_forgotten);
    assert_eq!(processes.ask(2, &["GET", "k7"]).expect("it answers"), "2");
    // Nobody makes the order, so that what changes something waits, and what only looks does not.
    processes.kill(0);
    assert_eq!(processes.ask(1, &["GET", "k7"]).expect("it answers"), "2");
    let refused = processes.ask(1, &["SET", "k7", "3"]).expect("it answers");
    assert!(refused.starts_with("-INDETERMINATE"), "{refused}");
    processes.start(0);
    processes.wait("all go on", is_forgotten);
    for id in 0..3 {
        assert!(processes.stop(id), "replica {id} ends with success");
    }
    let traces = std::fs::read_dir(processes.folder.join("traces")).expect("they were written");
    for trace in traces {
        let trace = trace.expect("it can be read").path();
        let mut replay = node();
        let replay = replay.args(["replay", "--cluster"]).arg(processes.file()).arg(&trace);
        let replayed = replay.output().expect("the binary was built");
        assert!(replayed.status.success(), "{}", String::from_utf8_lossy(&replayed.stderr));
    }
}
