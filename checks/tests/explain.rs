//! `check explain`: the shortest trace, in words, drawn, and as files.

#[path = "support/binary.rs"]
mod binary;

use std::fs;
use std::path::PathBuf;

use binary::check;

const FAILOVER: &str = "asynchronous-failover";

/// A folder of this test alone, empty.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("explain").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the build folder can be written");
    folder
}

/// The numbers that lines of a story begin with.
fn numbers(text: &str) -> Vec<usize> {
    let number = |line: &str| {
        let (number, rest) = line.trim_start().split_once(". ")?;
        let is_step = line.starts_with("  ") && !rest.contains('│');
        if is_step { number.parse().ok() } else { None }
    };
    text.lines().filter_map(number).collect()
}

#[test]
fn the_shortest_counterexample_is_told_in_numbered_steps_and_drawn() {
    let explained = check(&["explain", FAILOVER]);
    assert_eq!((explained.code, explained.err.as_str()), (0, ""));
    assert_eq!(numbers(&explained.out), [1, 2, 3, 4], "{}", explained.out);
    for part in ["expected: violated in 4 steps; found: violated in 4 steps", "│", "✗", "Replica 1"]
    {
        assert!(explained.out.contains(part), "{part} is not in\n{}", explained.out);
    }
}

#[test]
fn of_what_never_comes_true_the_way_there_is_told_and_what_then_happens() {
    let explained = check(&["explain", "deaf-leader-is-asked-again", "every-request-is-answered"]);
    assert_eq!((explained.code, explained.err.as_str()), (0, ""));
    assert_eq!(numbers(&explained.out), [1, 2, 3, 4], "{}", explained.out);
    assert!(explained.out.contains("and then nothing more happens"), "{}", explained.out);
    let explained = check(&["explain", "replaced-leader-is-believed", "converges"]);
    assert_eq!((explained.code, explained.err.as_str()), (0, ""));
    let (before, repeated) =
        explained.out.split_once("and then for ever:\n").expect("it goes round for ever");
    assert_eq!(numbers(before).last(), Some(&15), "{}", explained.out);
    assert_eq!(numbers(repeated).first(), Some(&16), "{}", explained.out);
    assert!(repeated.contains("for ever:"), "it is drawn as well: {}", explained.out);
}

#[test]
fn no_line_of_a_drawing_is_wider_than_it_may_be() {
    let explained = check(&["explain", FAILOVER]).out;
    for line in explained.lines().filter(|line| line.contains('│')) {
        assert!(line.chars().count() <= 100, "{line}");
    }
}

#[test]
fn the_property_is_the_one_that_was_asked_for() {
    let explained = check(&["explain", FAILOVER, "an-update-is-acknowledged"]);
    assert_eq!(explained.code, 0, "{}", explained.err);
    assert!(explained.out.contains("expected: reached; found: reached in"), "{}", explained.out);
}

#[test]
fn a_property_that_holds_has_no_trace_to_tell() {
    let explained = check(&["explain", FAILOVER, "obsolete-messages-are-ignored"]);
    assert_eq!(explained.code, 0, "{}", explained.err);
    assert!(explained.out.contains("found: holds"), "{}", explained.out);
    assert!(explained.out.contains("there is no trace to tell"), "{}", explained.out);
    assert!(numbers(&explained.out).is_empty(), "{}", explained.out);
}

#[test]
fn a_diagram_for_mermaid_is_printed_alone() {
    let drawn = check(&["explain", FAILOVER, "--mermaid"]);
    assert_eq!((drawn.code, drawn.err.as_str()), (0, ""));
    assert!(drawn.out.starts_with("sequenceDiagram\n"), "{}", drawn.out);
    assert!(!drawn.out.contains("expected:"), "{}", drawn.out);
    let declared = drawn.out.lines().filter(|line| line.trim_start().starts_with("participant"));
    assert!(declared.count() >= 3, "a client and two replicas: {}", drawn.out);
}

#[test]
fn a_diagram_is_written_as_svg() {
    let file = folder("written").join("failover.svg");
    let name = file.to_str().expect("the build folder has a name in UTF-8");
    let drawn = check(&["explain", FAILOVER, "--svg", name]);
    assert_eq!((drawn.code, drawn.err.as_str()), (0, ""));
    let svg = fs::read_to_string(&file).expect("it was written");
    assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{svg}");
    assert!(svg.contains("Replica 1"), "{svg}");
}

#[test]
fn a_diagram_that_cannot_be_written_is_named() {
    let file = folder("unwritable").join("no-such-folder").join("failover.svg");
    let name = file.to_str().expect("the build folder has a name in UTF-8");
    let refused = check(&["explain", FAILOVER, "--svg", name]);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""));
    assert!(refused.err.contains(name), "{}", refused.err);
}
