//! Elections after `kill -9`, restarts, traces, what operators see, what is refused.

use crate::cluster::{Processes, get, node, run};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn another_replica_leads_after_kill_9_and_the_first_follows_when_it_is_back() {
    let mut processes = Processes::new("failover", 3, "");
    processes.start_all();
    processes.wait("the first leader", |of| of.leader(&[0, 1, 2]) == Some(0));
    processes.kill(0);
    processes.wait("another leader", |of| of.leader(&[1, 2]).is_some());
    processes.start(0);
    processes.wait("all agree", |of| of.leader(&[0, 1, 2]).is_some());
    let applied = |of: &Processes, id: usize| of.state(id).map(|s| s["applied"].as_u64());
    processes.wait("all have the new leader's first entry", |of| {
        (0..3).all(|id| applied(of, id).flatten().is_some_and(|applied| applied > 0))
    });
    assert_eq!(processes.state(0).map(|state| state["boot"].as_u64()), Some(Some(2)));
    for id in 0..3 {
        assert!(processes.stop(id), "replica {id} ends with success");
    }
    let traces: Vec<_> = std::fs::read_dir(processes.folder.join("traces"))
        .expect("traces were written")
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    assert_eq!(traces.len(), 4, "one for each start");
    for trace in traces {
        let replayed = node()
            .args(["replay", "--cluster"])
            .arg(processes.file())
            .arg(&trace)
            .output()
            .expect("the binary was built");
        assert!(replayed.status.success(), "{}", text(&replayed.stderr));
        assert!(text(&replayed.stdout).contains("1 starts and"), "{}", text(&replayed.stdout));
    }
    let inspected = run(&["inspect"], &processes.data(1));
    assert!(inspected.status.success());
    assert!(
        text(&inspected.stdout).contains("replica 1 of cluster"),
        "{}",
        text(&inspected.stdout)
    );
}

#[test]
fn operators_are_told_how_a_replica_is() {
    let mut processes = Processes::new("admin", 3, "");
    processes.start_all();
    processes.wait("a leader", |of| of.leader(&[0, 1, 2]).is_some());
    let admin = processes.cluster.members[0].admin.expect("it has one");
    let page = |path: &str| get(admin, path).expect("it answers");
    assert!(page("/healthz").0.contains("200 OK"));
    let (_, metrics) = page("/metrics");
    for wanted in [
        "holdfast_role{role=\"leader\"} 1",
        "holdfast_dropped_total{reason=\"forged\"} 0",
        "holdfast_gateway_total{what=\"commands\"} 0",
    ] {
        assert!(metrics.contains(wanted), "{metrics}");
    }
    assert!(page("/other").0.contains("404"));
    let mut forged = [0; 200];
    forged[..4].copy_from_slice(b"HFST");
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").expect("there are free ports");
    for datagram in [&forged[..], b"hello", &[0; 60_000]] {
        socket.send_to(datagram, processes.cluster.members[0].peers).expect("it is loopback");
    }
    processes.wait("the drops are counted", |_| {
        let (_, metrics) = page("/metrics");
        metrics.contains("reason=\"too_short\"} 1")
            && metrics.contains("reason=\"too_long\"} 1")
            && metrics.contains("reason=\"other_cluster\"} 1")
    });
}

#[test]
fn what_is_wrong_is_told_before_anything_is_opened() {
    let processes = Processes::new("wrong", 2, "");
    let file = processes.file();
    let refused = |arguments: &[&str]| {
        let output =
            node().arg("--cluster").arg(&file).args(arguments).output().expect("it was built");
        assert_eq!(output.status.code(), Some(1));
        text(&output.stderr)
    };
    let data = processes.data(0);
    let folder = data.to_str().expect("it is UTF-8");
    let said = refused(&["--replica", "5", "--data", folder]);
    assert!(said.contains("there is no replica 5; the cluster file has 2"), "{said}");
    assert!(!data.exists());
    let key = processes.folder.join("cluster.key");
    std::fs::remove_file(&key).expect("it is ours");
    let said = refused(&["--replica", "0", "--data", folder]);
    assert!(said.contains("cluster.key: cannot be read"), "{said}");
    std::fs::write(&file, "name = 1\n").expect("it is ours");
    let checked = run(&["check-config"], &file);
    assert_eq!(checked.status.code(), Some(1));
    assert!(text(&checked.stderr).contains("cluster.toml, line 1"), "{}", text(&checked.stderr));
}

#[test]
fn two_processes_do_not_share_a_disk() {
    let mut processes = Processes::new("shared", 3, "");
    processes.start(0);
    processes.wait("it runs", |of| of.state(0).is_some());
    let second = node()
        .arg("--cluster")
        .arg(processes.file())
        .args(["--replica", "0", "--data"])
        .arg(processes.data(0))
        .output()
        .expect("the binary was built");
    assert_eq!(second.status.code(), Some(1));
    assert!(text(&second.stderr).contains("another process uses this folder"));
}

#[test]
fn a_replica_that_has_lost_its_disk_does_not_start_by_itself() {
    let mut processes = Processes::new("lost", 1, "");
    processes.start(0);
    processes.wait("it runs", |of| of.state(0).is_some());
    assert!(processes.stop(0));
    let start = |more: &[&str]| {
        let mut node = node();
        node.arg("--cluster").arg(processes.file()).args(["--replica", "0", "--data"]);
        let output = node.arg(processes.data(0)).args(more).output().expect("it was built");
        assert_eq!(output.status.code(), Some(1));
        text(&output.stderr)
    };
    let said = start(&["--new"]);
    assert!(said.contains("it is not --new"), "{said}");
    std::fs::remove_dir_all(processes.data(0)).expect("it is ours");
    let said = start(&[]);
    assert!(said.contains("must not come back under its id"), "{said}");
}

#[test]
fn a_replica_whose_log_has_decayed_does_not_start() {
    let mut processes = Processes::new("decayed", 1, "");
    processes.start(0);
    processes.wait("it runs", |of| of.state(0).is_some());
    assert!(processes.stop(0));
    let log = processes.data(0).join("log-0000000000000001");
    let mut bytes = std::fs::read(&log).expect("it was written");
    bytes[90] ^= 1;
    std::fs::write(&log, bytes).expect("it is ours");
    let refused = node()
        .arg("--cluster")
        .arg(processes.file())
        .args(["--replica", "0", "--data"])
        .arg(processes.data(0))
        .output()
        .expect("the binary was built");
    assert_eq!(refused.status.code(), Some(1));
    let said = text(&refused.stderr);
    assert!(said.contains("log-0000000000000001 cannot be read from byte"), "{said}");
}
