//! `check document`: what is out of date is named, and mended on request.

#[path = "support/binary.rs"]
mod binary;

use std::fs;
use std::path::PathBuf;

use binary::{Ran, check};
use holdfast_check::catalog::{entries, families};
use holdfast_check::document::Records;
use holdfast_models::cluster::Tier;
use serde_json::Value;

const MARKER: &str =
    "<!-- generated: counterexample asynchronous-failover no-acknowledged-update-is-lost -->";

/// A folder with one page of its own, and what `check document` says about it.
struct Project {
    root: PathBuf,
}

impl Project {
    fn new(name: &str, page: &str) -> Self {
        let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("document").join(name);
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(&root).expect("the build folder can be written");
        let project = Self { root };
        fs::write(project.page(), page).expect("the build folder can be written");
        project
    }

    fn page(&self) -> PathBuf {
        self.root.join("README.md")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.page()).expect("the page is there")
    }

    fn document(&self, flags: &[&str]) -> Ran {
        let root = self.root.to_str().expect("the build folder has a name in UTF-8");
        check(&[&["document", "--root", root], flags].concat())
    }
}

#[test]
fn what_is_out_of_date_is_named_and_left_alone() {
    let page = format!("Before.\n{MARKER}\nold\n<!-- end generated -->\nAfter.\n");
    let project = Project::new("stale", &page);
    let compared = project.document(&[]);
    assert_eq!((compared.code, compared.err.as_str()), (1, ""));
    let said = "README.md:2: counterexample asynchronous-failover";
    for part in [said, "is out of date", "check document --write"] {
        assert!(compared.out.contains(part), "{part} is not in\n{}", compared.out);
    }
    assert_eq!(project.text(), page);
}

#[test]
fn what_was_rewritten_is_up_to_date_and_the_rest_is_kept() {
    let page = format!("Before.\n{MARKER}\nold\n<!-- end generated -->\nAfter.\n");
    let project = Project::new("rewritten", &page);
    assert_eq!(project.document(&["--write"]).code, 0);
    let text = project.text();
    assert!(text.starts_with(&format!("Before.\n{MARKER}\n")), "{text}");
    assert!(text.ends_with("\n<!-- end generated -->\nAfter.\n"), "{text}");
    assert!(text.contains("violated in 4 steps") && text.contains("```mermaid"), "{text}");
    let compared = project.document(&[]);
    assert_eq!((compared.code, compared.out.as_str()), (0, ""));
    assert_eq!(project.text(), text);
}

#[test]
fn a_marker_that_is_not_understood_is_named_with_its_line() {
    let wrong = [
        ("<!-- generated: verdict -->\n<!-- end generated -->\n", "did you mean verdicts"),
        ("<!-- generated: rows nobody -->\n<!-- end generated -->\n", "no family"),
        ("<!-- generated: commands -->\n", "it has no end"),
    ];
    for (index, (page, said)) in wrong.into_iter().enumerate() {
        let refused = Project::new(&format!("wrong-{index}"), page).document(&[]);
        assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{page}");
        for part in ["README.md:1: ", said] {
            assert!(refused.err.contains(part), "{part} is not in {}", refused.err);
        }
    }
}

#[test]
fn nothing_is_compared_with_a_search_that_was_cut_short() {
    let page = format!("{MARKER}\nold\n<!-- end generated -->\n");
    let project = Project::new("cut-short", &page);
    let cut_short = project.document(&["--write", "--time", "0s"]);
    assert_eq!((cut_short.code, cut_short.err.as_str()), (3, ""));
    assert!(cut_short.out.contains("check run asynchronous-failover"), "{}", cut_short.out);
    assert_eq!(project.text(), page);
}

#[test]
fn a_thorough_scenario_that_was_never_recorded_is_named_with_the_remedy() {
    let families = families();
    let thorough = entries(&families).find(|entry| entry.tier == Tier::Thorough);
    let thorough = thorough.expect("something is thorough");
    let failure = Records::default().outcome(thorough).expect_err("nothing was recorded");
    for part in [thorough.name, "is missing", "check document --write --tier all"] {
        assert!(failure.to_string().contains(part), "{part} is not in {failure}");
    }
}

#[test]
fn what_a_truncated_search_left_open_is_not_told_as_found() {
    let families = families();
    let thorough = entries(&families).find(|entry| entry.tier == Tier::Thorough);
    let name = thorough.expect("something is thorough").name;
    let page = format!("<!-- generated: answers {name} -->\n<!-- end generated -->\n");
    let project = Project::new("truncated", &page);
    let recorded = concat!(env!("CARGO_MANIFEST_DIR"), "/thorough.json");
    let recorded = fs::read_to_string(recorded).expect("thorough scenarios are recorded");
    let mut records: Value = serde_json::from_str(&recorded).expect("records are JSON");
    records[name]["truncated"] = "memory".into();
    let paths = records[name]["paths"].as_object_mut().expect("every property has a path or none");
    paths.values_mut().for_each(|path| *path = Value::Null);
    fs::create_dir_all(project.root.join("checks")).expect("the build folder can be written");
    fs::write(project.root.join("checks/thorough.json"), records.to_string())
        .expect("the build folder can be written");
    let written = project.document(&["--write"]);
    assert_eq!((written.code, written.err.as_str()), (0, ""), "{}", written.out);
    let text = project.text();
    assert!(text.contains(" truncated: out of memory | over "), "{text}");
    assert!(!text.contains("undecided"), "{text}");
}

#[test]
fn a_folder_without_documents_is_refused() {
    for root in ["no-such-folder", "Cargo.toml"] {
        let refused = check(&["document", "--root", root]);
        assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{root}");
        assert!(refused.err.contains(&format!("{root} has neither README.md")), "{}", refused.err);
    }
}
