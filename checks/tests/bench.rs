//! `check bench`: what it measures is what it says it measures. Nothing here asks how fast anything is.

#[path = "support/binary.rs"]
mod binary;

use std::fs;
use std::path::PathBuf;

use binary::{Ran, check};
use holdfast_check::bench::{Comparison, Measurement, Plan, Request, Search, Task};
use holdfast_check::catalog::{families, find};
use serde_json::Value;

const SMALL: &str = "asynchronous-failover";

fn benched(flags: &[&str]) -> Ran {
    check(&[&["bench", SMALL, "--repetitions", "2"], flags].concat())
}

fn measured(task: Task) -> Measurement {
    let time = std::time::Duration::from_mins(1);
    let asked = Request { task, memory: 4 << 30, time };
    let asked = serde_json::to_string(&asked).expect("requests are JSON");
    let ran = check(&["bench", "--measure", &asked]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{asked}");
    serde_json::from_str(&ran.out).expect("it answers with a measurement")
}

#[test]
fn a_table_has_a_line_for_each_search_and_for_the_floor_and_tells_the_noise() {
    let table = benched(&[]);
    assert_eq!((table.code, table.err.as_str()), (0, ""), "{}", table.out);
    for search in Search::IN_SPEED {
        assert_eq!(table.out.matches(&format!("\n {search} ")).count(), 1, "{}", table.out);
    }
    for part in ["\n floor: rows of 4 numbers", "40 states of 4 numbers, 66 steps, depth 8"] {
        assert_eq!(table.out.matches(part).count(), 1, "{part}: {}", table.out);
    }
    for part in ["million steps a second", "Everything 2 times", "The ends of a rate"] {
        assert!(table.out.contains(part), "{part} is not in\n{}", table.out);
    }
    // So few states say nothing about speed; how long it takes to start, they do.
    assert!(table.out.contains("50 ms") && !table.out.contains("24.0 bytes"), "{}", table.out);
}

#[test]
fn a_report_in_json_has_medians_between_their_ends_and_the_bars() {
    let ran = benched(&["--json"]);
    let json: Value = serde_json::from_str(&ran.out).expect("the report is JSON");
    let report = &json["report"];
    assert_eq!(report["repetitions"], 2);
    let compared = &report["compared"][0];
    assert_eq!((&compared["scenario"], &compared["states"]), (&SMALL.into(), &40.into()));
    assert_eq!(compared["agree"], true);
    let rows = compared["rows"].as_array().expect("a list");
    assert_eq!(rows.len(), Search::IN_SPEED.len() + 1);
    for row in rows {
        let number = |of: &Value, what: &str| of[what].as_f64().expect("a number");
        for sample in [&row["rate"], &row["seconds"]] {
            let median = number(sample, "median");
            assert!(0.0 < median && number(sample, "min") <= median, "{row}");
            assert!(median <= number(sample, "max"), "{row}");
        }
    }
    let bars = json["bars"].as_array().expect("a list");
    assert_eq!(bars.len(), 1, "a small scenario says how long it takes to start, no more");
    assert_eq!((&bars[0]["unit"], &bars[0]["bar"]), (&"s".into(), &0.05.into()));
}

#[test]
fn every_way_to_explore_comes_to_the_same() {
    let middle = "lease-is-not-honoured";
    let searches = Search::IN_SPEED.into_iter().chain(Search::IN_MEMORY);
    let all = searches.map(|search| {
        let task = Task::Explore { scenario: middle.to_owned(), search };
        let Measurement { states, steps, truncated, wall, .. } = measured(task);
        assert!(truncated.is_none() && wall > 0.0, "{search}");
        (states, steps)
    });
    let all: Vec<_> = all.collect();
    assert!(all[0].0 > 5_000, "{middle} has {} states", all[0].0);
    assert!(all.iter().all(|one| *one == all[0]), "{all:?}");
}

#[test]
fn a_floor_has_as_many_rows_as_it_is_told() {
    let floor = measured(Task::Floor { columns: 5, states: 1_000, steps: 100_000 });
    assert_eq!((floor.states, floor.steps), (1_000, 100_000));
}

#[test]
fn a_search_without_time_is_truncated() {
    let ran = benched(&["--time", "0s"]);
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("truncated: out of time"), "{}", ran.out);
}

#[test]
fn what_was_measured_is_recorded_and_told_between_markers() {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench");
    let _ = fs::remove_dir_all(&root);
    for folder in ["spec-docs", "checks"] {
        fs::create_dir_all(root.join(folder)).expect("the build folder can be written");
    }
    let page = root.join("spec-docs/engine.md");
    let empty = "Before.\n<!-- generated: measured -->\nold\n<!-- end generated -->\nAfter.\n";
    fs::write(&page, empty).expect("the build folder can be written");
    let root = root.to_str().expect("the build folder has a name in UTF-8");
    let read = || fs::read_to_string(&page).expect("the page is there");

    assert_eq!(check(&["document", "--root", root, "--write"]).code, 0);
    assert!(read().contains("Nothing was measured"), "{}", read());
    let ran = benched(&["--write", "--root", root]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("checks/measured.json: rewritten"), "{}", ran.err);
    let text = read();
    assert!(text.starts_with("Before.\n<!-- generated: measured -->\n"), "{text}");
    assert!(text.ends_with("\n<!-- end generated -->\nAfter.\n"), "{text}");
    for part in ["| engine |", "| floor: rows of 4 numbers into a set |", "debug assertions"] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    // Whoever compares documents finds it as it is, and what somebody typed is noticed.
    assert_eq!(check(&["document", "--root", root]).code, 0);
    fs::write(&page, text.replace("| engine |", "| engine! |")).expect("the page can be written");
    let compared = check(&["document", "--root", root]);
    assert_eq!(compared.code, 1);
    assert!(compared.out.contains("measured is out of date"), "{}", compared.out);
}

#[test]
fn what_is_measured_usually_is_large_middle_and_small() {
    let families = families();
    let plan = Plan::usual();
    assert_eq!(plan.comparisons.len(), 4);
    for Comparison { scenario, .. } in plan.comparisons {
        assert!(find(&families, &scenario).is_ok(), "{scenario}");
    }
}

#[test]
fn what_cannot_be_measured_is_refused() {
    let refused = |arguments: &[&str], said: &str| {
        let ran = check(&[&["bench"], arguments].concat());
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}");
        assert!(ran.err.contains(said), "{arguments:?} does not say {said}: {}", ran.err);
    };
    refused(&["asynchronous-failovr"], "did you mean asynchronous-failover");
    refused(&["--repetitions", "0"], "--repetitions");
    refused(&["--root", "."], "--write");
    refused(&["--measure", "nothing"], "--measure");
}
