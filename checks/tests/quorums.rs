//! `check ask leaderless`: what w of n and r of n buy, setting by setting, as known from the
//! literature on registers.

#[path = "support/binary.rs"]
mod binary;

use binary::check;

/// The strongest of these that a configuration gets; each implies those after it.
const STRENGTHS: [&str; 3] = ["linearizable", "regular", "safe"];

/// The first guarantee of [`STRENGTHS`] that holds, if one does, and whether reads are monotonic.
fn strength(flags: &[&str]) -> (Option<&'static str>, bool) {
    let usual = ["ask", "leaderless", "--suspicions", "0"];
    let asked = check(&[&usual[..], flags].concat());
    let holds = |guarantee: &str| {
        let line = asked.out.lines().find(|line| line.split_whitespace().next() == Some(guarantee));
        let line =
            line.unwrap_or_else(|| panic!("{flags:?}: nothing of {guarantee}: {}", asked.out));
        assert!(line.contains("holds") || line.contains("violated"), "{flags:?}: {line}");
        line.contains("holds")
    };
    let judged = STRENGTHS.map(holds);
    let strongest = judged.iter().position(|holds| *holds);
    // Whatever holds, the weaker ones hold.
    assert!(judged.is_sorted(), "{flags:?}: {judged:?}");
    (strongest.map(|index| STRENGTHS[index]), holds("monotonic-reads"))
}

fn one_writer(w: &str, r: &str, write_back: &str) -> (Option<&'static str>, bool) {
    let versions = ["--versions", "single-writer", "--write-back", write_back];
    strength(&[&["--n", "3", "--w", w, "--r", r], &versions[..]].concat())
}

#[test]
fn quorums_that_do_not_meet_promise_nothing() {
    for (w, r) in [("1", "1"), ("1", "2"), ("2", "1")] {
        assert_eq!(one_writer(w, r, "nobody").0, None, "w = {w}, r = {r}");
        assert_eq!(one_writer(w, r, "write-quorum").0, None, "w = {w}, r = {r}");
    }
}

#[test]
fn quorums_that_meet_are_regular_and_no_more() {
    for (w, r) in [("2", "2"), ("3", "1"), ("3", "2")] {
        assert_eq!(one_writer(w, r, "nobody"), (Some("regular"), false), "w = {w}, r = {r}");
        assert_eq!(one_writer(w, r, "asynchronous"), (Some("regular"), false), "w = {w}, r = {r}");
    }
}

#[test]
fn reading_from_all_is_linearizable() {
    for w in ["1", "2", "3"] {
        assert_eq!(one_writer(w, "3", "nobody"), (Some("linearizable"), true), "w = {w}");
    }
}

#[test]
fn repairing_those_that_answered_is_linearizable_if_two_reads_meet() {
    assert_eq!(one_writer("2", "2", "contacted"), (Some("linearizable"), true));
    assert_eq!(one_writer("3", "1", "contacted"), (Some("regular"), false));
}

#[test]
fn writing_back_to_w_homes_is_linearizable() {
    for (w, r) in [("2", "2"), ("3", "1"), ("3", "3")] {
        assert_eq!(one_writer(w, r, "write-quorum"), (Some("linearizable"), true), "{w}, {r}");
    }
    assert_eq!(one_writer("2", "2", "unless-unanimous"), (Some("linearizable"), true));
    assert_eq!(one_writer("3", "1", "unless-unanimous"), (Some("regular"), false));
}

#[test]
fn what_can_never_complete_is_refused() {
    for (flags, said) in [
        (["--n", "3", "--w", "4"], "a key has 3 homes, so no update would be acknowledged"),
        (["--n", "3", "--r", "4"], "a key has 3 homes, so no read would be answered"),
        (["--n", "3", "--replicas", "2"], "there are 2 replicas"),
        (["--n", "3", "--fallback", "keeps-hints"], "of 4 replicas one is"),
        (["--versions", "siblings", "--agreement", "everything"], "has no siblings"),
    ] {
        let refused = check(&[&["ask", "leaderless"], &flags[..]].concat());
        assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{flags:?}");
        assert!(refused.err.contains(said), "{flags:?}: {}", refused.err);
    }
}
