//! Processes of `check` that explore one scenario together, on this machine.

#[path = "support/binary.rs"]
mod binary;

use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use binary::{Ran, check, command};

/// So long a process may take that has nothing left to wait for.
const SOON: Duration = Duration::from_secs(30);

/// A file of hosts, gone with the test.
struct Hosts(PathBuf);

impl Hosts {
    fn write(text: &str) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("holdfast-hosts-{}-{number}", std::process::id());
        let file = std::env::temp_dir().join(name);
        fs::write(&file, text).expect("there is room for a small file");
        Self(file)
    }

    /// So many addresses that nobody listens at.
    fn free(count: usize) -> Self {
        let listeners: Vec<_> = (0..count)
            .map(|_| TcpListener::bind("127.0.0.1:0").expect("some port is free"))
            .collect();
        let address = |listener: &TcpListener| listener.local_addr().expect("it is bound");
        let lines = listeners.iter().map(|listener| format!("{}\n", address(listener)));
        Self::write(&lines.collect::<String>())
    }

    fn file(&self) -> &str {
        self.0.to_str().expect("the name is ASCII")
    }
}

impl Drop for Hosts {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// A running process, gone with the test.
struct Running(Child);

impl Running {
    fn start(scenario: &str, hosts: &Hosts, process: usize, more: &[&str]) -> Self {
        let number = process.to_string();
        let mut arguments = vec!["run", scenario, "--format", "json", "--memory", "2G"];
        arguments.extend(["--hosts", hosts.file(), "--process", &number]);
        arguments.extend(more);
        let mut command = command(&arguments);
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command.spawn().expect("the command was built"))
    }

    /// What it came to, and how long that took.
    fn end(mut self) -> (Ran, Duration) {
        let begun = Instant::now();
        while self.0.try_wait().expect("it is a child").is_none() {
            assert!(begun.elapsed() < SOON, "it does not end");
            thread::sleep(Duration::from_millis(10));
        }
        let status = self.0.wait().expect("it is a child");
        let read = |from: Option<&mut dyn Read>| {
            let mut text = String::new();
            from.expect("it is piped").read_to_string(&mut text).expect("reports are UTF-8");
            text
        };
        let out = read(self.0.stdout.as_mut().map(|out| out as &mut dyn Read));
        let err = read(self.0.stderr.as_mut().map(|err| err as &mut dyn Read));
        (Ran { code: status.code().unwrap_or(-1), out, err }, begun.elapsed())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What so many processes find, as process 0 reports it, and what the others tell.
fn together(scenario: &str, processes: usize) -> (Ran, Vec<Ran>) {
    let hosts = Hosts::free(processes);
    let start = |process| Running::start(scenario, &hosts, process, &[]);
    let running: Vec<_> = (0..processes).map(start).collect();
    let mut ended = running.into_iter().map(|process| process.end().0);
    (ended.next().expect("process 0 is one"), ended.collect())
}

/// The one scenario in a report, without what differs from run to run.
fn scenario(ran: &Ran, name: &str) -> Value {
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|why| {
        panic!("{why}: {}{}", ran.out, ran.err);
    });
    let scenarios = report["scenarios"].as_array().expect("a report lists scenarios");
    let found = scenarios.iter().find(|scenario| scenario["scenario"] == name);
    let mut found = found.expect("it was explored").clone();
    for measured in ["seconds", "bytes_a_state"] {
        found.as_object_mut().expect("a scenario has fields").remove(measured);
    }
    found
}

/// `majority-elects` holds in some ten thousand states, `old-leader-keeps-its-tail` is violated.
#[test]
fn any_number_of_processes_reports_what_one_reports() {
    for (name, counts) in
        [("majority-elects", &[1, 2, 4][..]), ("old-leader-keeps-its-tail", &[3][..])]
    {
        let expected = scenario(&check(&["run", name, "--full", "--format", "json"]), name);
        for processes in counts {
            let (first, others) = together(name, *processes);
            assert_eq!(scenario(&first, name), expected, "{name} by {processes} processes");
            assert_eq!((first.code, &*first.err), (0, ""), "{name}");
            for (other, number) in others.iter().zip(1..) {
                let told = format!("process {number} of {processes}: ");
                assert!(other.out.starts_with(&told), "{}{}", other.out, other.err);
                assert_eq!((other.code, &*other.err), (0, ""), "{name}");
                assert!(!other.out.contains(" 0 lessons"), "{}", other.out);
            }
        }
    }
}

#[test]
fn a_lost_process_ends_the_others_in_seconds() {
    let hosts = Hosts::free(3);
    // Ten million states: it takes longer than the test.
    let start = |process| {
        let more = ["--tier", "all", "--patience", "5s"];
        Running::start("promise-outlives-its-lease-at-length", &hosts, process, &more)
    };
    let mut running: Vec<_> = (0..3).map(start).collect();
    thread::sleep(Duration::from_secs(2));
    let mut lost = running.remove(2);
    lost.0.kill().expect("it runs");
    for (process, (ran, time)) in running.into_iter().map(Running::end).enumerate() {
        assert_eq!(ran.code, 3, "process {process}: {}{}", ran.out, ran.err);
        assert!(time < Duration::from_secs(15), "it took {time:?}");
        assert!(ran.err.contains("process 2"), "{}", ran.err);
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
        assert!(ran.out.contains("process 2 "), "{}", ran.out);
    }
}

#[test]
fn who_does_not_come_is_told() {
    for process in 0..2 {
        let hosts = Hosts::free(2);
        let (ran, _) =
            Running::start("red-packet", &hosts, process, &["--patience", "300ms"]).end();
        assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
        let told = format!("process {}", 1 - process);
        assert!(ran.err.contains(&told), "{}", ran.err);
        assert!(ran.out.contains(&format!("{told} did not come")), "{}", ran.out);
    }
}

#[test]
fn processes_that_explore_something_else_are_refused_on_both_sides() {
    let hosts = Hosts::free(2);
    let scenarios = ["asynchronous-failover", "every-follower-acknowledges"];
    let running = [0, 1].map(|process| Running::start(scenarios[process], &hosts, process, &[]));
    for (ran, _) in running.map(Running::end) {
        assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
        assert!(ran.err.contains("the scenario is"), "{}", ran.err);
        assert!(scenarios.iter().all(|scenario| ran.err.contains(scenario)), "{}", ran.err);
    }
}

#[test]
fn a_time_that_is_up_truncates_everywhere() {
    let hosts = Hosts::free(2);
    let start = |process, time| {
        let more = ["--tier", "all", "--time", time];
        Running::start("promise-outlives-its-lease-at-length", &hosts, process, &more)
    };
    let running = [start(0, "1m"), start(1, "2500ms")];
    for (ran, _) in running.map(Running::end) {
        assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
        assert!(ran.out.contains("out of time"), "{}{}", ran.out, ran.err);
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    let hosts = Hosts::write("127.0.0.1:4000\n127.0.0.1\n");
    let two = Hosts::free(2);
    for (filter, hosts, process, told) in [
        ("red-packet-with-token", hosts.file(), "0", "line 2: \"127.0.0.1\" is no host and port"),
        ("red-packet-with-token", two.file(), "2", "there is no process 2"),
        ("red-packet-with-token", "/nowhere/hosts", "0", "/nowhere/hosts"),
        ("failover", two.file(), "0", "--hosts is for one scenario"),
    ] {
        let ran = check(&["run", filter, "--hosts", hosts, "--process", process]);
        assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
        assert!(ran.err.contains(told), "{told}: {}", ran.err);
    }
    assert_eq!(check(&["run", "red-packet", "--process", "0"]).code, 2);
}
