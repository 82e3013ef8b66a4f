//! Homes: which updates go on while one is away, and who takes its place.

use holdfast_models::multi_leader::home_region::HomeRegion;
use holdfast_models::vocabulary::{Key, ReplicaId};

use crate::cluster::{Processes, node};

const PROTOCOL: &str = "multi-leader/home-region";

fn started(name: &str, policies: &str) -> Processes {
    let mut processes = Processes::of(PROTOCOL, name, 3, policies);
    processes.start_all();
    processes.wait("all run", |of| (0..3).all(|id| of.state(id).is_some()));
    processes
}

/// A key whose first home is that region.
fn key_at(region: u8) -> String {
    let policy = HomeRegion::fixed(3);
    let mut keys = (0..).map(|number| format!("key{number}"));
    keys.find(|key| policy.first_home(&Key::from(key.as_str())) == ReplicaId(region))
        .expect("each region has some")
}

fn answered(of: &Processes, region: usize, words: &[&str]) -> String {
    of.ask(region, words).expect("it answers")
}

/// Whether all regions have applied the same, and nobody keeps anything for others.
fn is_settled(of: &Processes) -> bool {
    let states: Vec<_> = (0..3).filter_map(|id| of.state(id)).collect();
    states.len() == 3
        && states.iter().all(|state| state["applied"] == states[0]["applied"])
        && states.iter().all(|state| state["kept"] == 0)
}

#[test]
fn whoever_is_asked_passes_an_update_on_to_its_home() {
    let mut processes = started("homes", "read = \"home\"");
    for (home, asked) in [(0, 1), (1, 2), (2, 0)] {
        let key = key_at(home);
        assert_eq!(answered(&processes, asked, &["SET", &key, "1"]), "+OK");
        assert_eq!(answered(&processes, usize::from(home), &["INCR", &key]), ":2");
        assert_eq!(answered(&processes, asked, &["GET", &key]), "2");
    }
    processes.wait("all have everything", is_settled);
    processes.kill(2);
    // Keys that are at home elsewhere go on.
    let (here, away) = (key_at(0), key_at(2));
    assert_eq!(answered(&processes, 1, &["INCR", &here]), ":3");
    let refused = answered(&processes, 1, &["INCR", &away]);
    assert!(refused.starts_with("-INDETERMINATE"), "{refused}");
    let refused = answered(&processes, 1, &["GET", &away]);
    assert!(refused.starts_with("-TIMEOUT"), "{refused}");
    processes.start(2);
    processes.wait("its home is back", |of| {
        of.ask(1, &["GET", &away]).is_ok_and(|found| found == "2" || found == "3")
    });
    processes.wait("all have everything", is_settled);
    for id in 0..3 {
        assert!(processes.stop(id), "region {id} ends with success");
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

#[test]
fn a_region_takes_the_place_of_a_silent_home_only_if_it_may() {
    let mut processes = started("successor", "disaster = \"take-over\"\nread = \"copy\"");
    let key = key_at(0);
    assert_eq!(answered(&processes, 1, &["SET", &key, "1"]), "+OK");
    processes.wait("all have everything", is_settled);
    processes.kill(0);
    processes.wait("the home is taken to be gone", |of| {
        of.state(1).is_some_and(|state| state["suspected"] == serde_json::json!([0]))
    });
    assert_eq!(answered(&processes, 1, &["INCR", &key]), ":2");
    processes.start(0);
    processes.wait("all have everything", is_settled);
    // It has learnt that it is not the home any more, and passes on what it is asked.
    assert_eq!(answered(&processes, 0, &["INCR", &key]), ":3");
    processes.wait("all have everything", is_settled);
    for id in 0..3 {
        assert_eq!(answered(&processes, id, &["GET", &key]), "3");
    }
}
