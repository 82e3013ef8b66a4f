//! Locks at every replica: updates need all of them, reads need one, and nobody is overwritten.

use crate::cluster::{Processes, node};

#[test]
fn updates_need_all_replicas_and_reads_need_one() {
    let mut processes = Processes::of("multi-leader/locking", "locks", 3, "");
    processes.start_all();
    processes.wait("all run", |of| (0..3).all(|id| of.ask(id, &["PING"]).is_ok()));
    let answered =
        |of: &Processes, id: usize, words: &[&str]| of.ask(id, words).expect("it answers");
    std::thread::scope(|scope| {
        for replica in 0..3 {
            let processes = &processes;
            scope.spawn(move || {
                for _ in 0..5 {
                    let heard = answered(processes, replica, &["INCR", "n"]);
                    assert!(heard.starts_with(':'), "{heard}");
                }
            });
        }
    });
    for replica in 0..3 {
        assert_eq!(answered(&processes, replica, &["GET", "n"]), "15");
    }
    processes.kill(2);
    assert_eq!(answered(&processes, 0, &["GET", "n"]), "15");
    let refused = answered(&processes, 0, &["INCR", "n"]);
    assert!(refused.starts_with("-INDETERMINATE"), "{refused}");
    let pending = |of: &Processes| of.state(0).and_then(|state| state["pending"].as_u64());
    assert_eq!(pending(&processes), Some(1), "it waits for replica 2");
    processes.start(2);
    processes.wait("nothing waits any more", |of| {
        (0..3).all(|id| {
            of.state(id).is_some_and(|state| {
                ["pending", "locked", "waiting", "prepared", "decided"]
                    .iter()
                    .all(|what| state[*what] == 0)
            })
        })
    });
    // The one before it took effect when all were back, or somebody took its coordinator to be gone.
    let heard = answered(&processes, 1, &["INCR", "n"]);
    assert!(heard == ":16" || heard == ":17", "{heard}");
    for replica in [0, 2] {
        assert_eq!(answered(&processes, replica, &["GET", "n"]), heard[1..]);
    }
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
