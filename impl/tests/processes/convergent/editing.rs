//! What clients see of data of each type, and an editor of a shared text, also while its node is gone.

use std::io::Write;
use std::process::{Child, Command, Stdio};

use super::{NO_TROUBLE, behind_a_relay, have_converged};
use crate::cluster::{Processes, get};

fn three(name: &str) -> Processes {
    let mut processes = Processes::of("multi-leader/convergent", name, 3, "");
    processes.start_all();
    processes.wait("all run", |of| (0..3).all(|id| of.state(id).is_some()));
    processes
}

fn ask(processes: &Processes, replica: usize, command: &str) -> String {
    let words: Vec<_> = command.split(' ').collect();
    processes.ask(replica, &words).expect("it answers")
}

#[test]
fn clients_of_redis_see_sets_counters_and_kinds() {
    let processes = three("kinds");
    for (command, expected) in [
        ("SADD s a b a", ":2"),
        ("SADD s b c", ":1"),
        ("SISMEMBER s c", ":1"),
        ("SREM s a x", ":1"),
        ("SCARD s", ":2"),
        ("TYPE s", "+set"),
        ("EXISTS s", ":1"),
        ("INCRBY n 5", ":5"),
        ("DECR n", ":4"),
        ("GET n", "4"),
        ("TYPE n", "+string"),
        ("SET k v", "+OK"),
        ("GET k", "v"),
        ("TYPE nothing", "+none"),
    ] {
        assert_eq!(ask(&processes, 0, command), expected, "{command}");
    }
    for (command, expected) in [
        ("GET s", "-WRONGTYPE"),
        ("SET s v", "-WRONGTYPE"),
        ("DEL s", "-WRONGTYPE"),
        ("INCR k", "-WRONGTYPE"),
        ("SADD k a", "-WRONGTYPE"),
        ("SMEMBERS n", "-WRONGTYPE"),
        ("SETNX new v", "-NOTSUPPORTED"),
        ("SET new v NX", "-NOTSUPPORTED"),
        ("APPEND k v", "-NOTSUPPORTED"),
        ("FLUSHALL", "-NOTSUPPORTED"),
    ] {
        let said = ask(&processes, 0, command);
        assert!(said.starts_with(expected), "{command}: {said}");
    }
    processes.wait("all hold the same", have_converged);
    for replica in 1..3 {
        assert_eq!(ask(&processes, replica, "SCARD s"), ":2");
        assert_eq!(ask(&processes, replica, "INCR n"), format!(":{}", 4 + replica));
        processes.wait("all hold the same", have_converged);
    }
    assert_eq!(ask(&processes, 0, "DBSIZE"), ":3");
    let admin = processes.cluster.members[0].admin.expect("it has one");
    let (_, state) = get(admin, "/state").expect("it answers");
    for name in ["waiting", "early", "untold", "digest"] {
        assert_eq!(state.matches(&format!("\"{name}\"")).count(), 1, "{name}: {state}");
    }
    assert_eq!(ask(&processes, 0, "SREM s b c"), ":2");
    assert_eq!(ask(&processes, 0, "EXISTS s k"), ":1");
    assert_eq!(ask(&processes, 0, "DEL k nothing"), ":1");
    assert_eq!(ask(&processes, 0, "SADD k a"), ":1", "what was deleted may become a set");
}

#[test]
fn siblings_of_both_sides_of_a_partition_are_shown_and_resolved_with_a_token() {
    let (processes, relay) = behind_a_relay("both-sides", "", NO_TROUBLE, 1);
    let at = |replica: usize, arguments: &[&str]| {
        let address = processes.cluster.members[replica].client.expect("it has one").to_string();
        let mut kv = Command::new(env!("CARGO_BIN_EXE_kv"));
        let output = kv.args(["--nodes", &address, "--name", "test"]).args(arguments).output();
        let output = output.expect("the binary was built");
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    };
    let done = (Some(0), String::new());
    relay.isolate(2);
    assert_eq!(at(0, &["put", "x", "1"]), done);
    assert_eq!(at(2, &["put", "x", "2"]), done);
    assert_eq!(at(2, &["add", "s", "a"]), done);
    relay.heal();
    processes.wait("all hold the same", have_converged);
    let (code, printed) = at(1, &["get", "x"]);
    assert_eq!(code, Some(1));
    assert!(printed.starts_with("1\n2\n") && printed.contains("--siblings"), "{printed}");
    let (_, printed) = at(1, &["get", "--siblings", "x"]);
    let lines: Vec<_> = printed.lines().collect();
    let ["1", "2", token] = lines[..] else { panic!("{printed}") };
    assert_eq!(at(0, &["put", "x", "3", "--context", token]), done);
    assert_eq!(at(0, &["get", "x"]), (Some(0), "3\n".to_owned()));
    assert_eq!(at(0, &["members", "s"]), (Some(0), "a\n".to_owned()));
    assert_eq!(at(0, &["remove", "s", "a"]), (Some(0), "a\n".to_owned()));
    assert_eq!(at(0, &["remove", "s", "a"]).0, Some(1));
    assert_eq!(at(0, &["members", "s"]).0, Some(1));
    let (code, said) = at(0, &["cas", "x", "3", "--to", "4"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("this cluster's policies cannot do that"), "{said}");
}

/// An editor of the text `story` at one node.
struct Editor(Child);

impl Editor {
    fn open(processes: &Processes, replica: usize) -> Self {
        let address = processes.cluster.members[replica].client.expect("it has one").to_string();
        let child = Command::new(env!("CARGO_BIN_EXE_kv"))
            .args(["--nodes", &address, "--name", "test", "--deadline", "25000", "edit", "story"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        Self(child.expect("the binary was built"))
    }

    fn say(&mut self, lines: &str) {
        let input = self.0.stdin.as_mut().expect("it was not closed");
        input.write_all(lines.as_bytes()).expect("it takes that");
    }

    /// What it has printed, once everything was taken.
    fn close(mut self) -> Vec<String> {
        drop(self.0.stdin.take());
        let output = self.0.wait_with_output().expect("it is ours");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
    }
}

/// What `GET` has no answer for, `kv get` prints.
fn story(processes: &Processes) -> String {
    let (code, text) = processes.kv(&["get", "story"]);
    assert_eq!(code, Some(0), "{text}");
    text.trim_end().to_owned()
}

#[test]
fn two_editors_at_two_nodes_converge_and_so_does_one_whose_node_was_gone() {
    let mut processes = three("editors");
    let mut one = Editor::open(&processes, 0);
    one.say("append Once upon a time.\nsync\n");
    processes.wait("it is typed", |of| of.kv(&["get", "story"]).0 == Some(0));
    processes.wait("all hold the same", have_converged);
    let mut other = Editor::open(&processes, 2);
    other.say("sync\nshow\n");
    processes.wait("it is open", |of| of.counted(2, "holdfast_answers_total") > 0);
    std::thread::sleep(std::time::Duration::from_millis(500));
    processes.kill(2);
    // Typed while the node is gone, and shown at once.
    other.say("insert 11  there was\nerase 0 4\nshow\n");
    one.say("erase 15\nappend \\nThe end.\nsync\nshow\n");
    std::thread::sleep(std::time::Duration::from_millis(300));
    processes.start(2);
    other.say("sync\n");
    let shown_by_other = other.close();
    one.say("sync\n");
    let shown_by_one = one.close();
    assert_eq!(shown_by_other[0], "Once upon a time.", "{shown_by_other:?}");
    assert_eq!(shown_by_other[1], " upon a there was time.", "{shown_by_other:?}");
    assert_eq!(shown_by_one, ["Once upon a tim.", "The end."]);
    processes.wait("all hold the same", have_converged);
    assert_eq!(story(&processes), " upon a there was tim.\nThe end.");
    assert_eq!(ask(&processes, 1, "TYPE story"), "+text");
}

#[test]
fn a_script_that_is_wrong_is_told_with_its_line_and_what_is_no_text_as_such() {
    let processes = three("scripts");
    let script = processes.folder.join("script");
    let path = script.to_string_lossy().into_owned();
    std::fs::write(&script, "append a\nshout\n").expect("the folder is ours");
    let (code, said) = processes.kv(&["edit", "story", "--script", &path]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("line 2: there is no command \"shout\""), "{said}");
    std::fs::write(&script, "show\n").expect("the folder is ours");
    assert_eq!(processes.kv(&["put", "x", "1"]).0, Some(0));
    let (code, said) = processes.kv(&["edit", "x", "--script", &path]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("no text is there, but 1"), "{said}");
}
