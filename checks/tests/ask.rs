//! `check ask`: configurations that no scenario has.

#[path = "support/binary.rs"]
mod binary;

use binary::{Ran, check};

const LOST: &str = "no-acknowledged-update-is-lost";

/// Asks about majority elections where one follower acknowledges, and nobody reads.
fn one_follower_acknowledges(flags: &[&str]) -> Ran {
    let question = ["ask", "single-leader", "--ack", "k=1", "--election", "majority"];
    check(&[&question[..], &["--readers", "0"], flags].concat())
}

/// The line about a property.
fn answer<'a>(asked: &'a Ran, property: &str) -> &'a str {
    let mut lines = asked.out.lines();
    lines.find(|line| line.starts_with(property)).unwrap_or_else(|| panic!("{}", asked.out))
}

fn assert_refused(arguments: &[&str], said: &[&str]) {
    let refused = check(&[&["ask"], arguments].concat());
    assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{arguments:?}");
    for part in said {
        assert!(refused.err.contains(part), "{arguments:?} does not say {part}: {}", refused.err);
    }
}

#[test]
fn one_follower_of_four_meets_every_majority() {
    let asked = one_follower_acknowledges(&["--replicas", "4"]);
    assert_eq!((asked.code, asked.err.as_str()), (0, ""), "{}", asked.out);
    assert!(answer(&asked, LOST).contains("holds"), "{}", asked.out);
    assert!(!asked.out.contains("violated"), "{}", asked.out);
}

#[test]
fn one_follower_of_five_misses_a_majority_and_an_update_is_lost() {
    // The leader reaches one follower, and who takes over asks the others: small enough to be visited
    // to its end.
    let parted = ["--replicas", "5", "--cut", "0-2,0-3,0-4", "--suspecting", "4"];
    let asked = one_follower_acknowledges(&parted);
    assert_eq!((asked.code, asked.err.as_str()), (1, ""), "{}", asked.out);
    assert!(answer(&asked, LOST).contains("violated in "), "{}", asked.out);
    assert!(asked.out.contains(" 1. Client 0 asks"), "no trace is told: {}", asked.out);
}

#[test]
fn an_answer_says_how_far_it_goes() {
    let asked = check(&["ask", "leader", "--replicas", "1", "--suspicions", "0"]);
    assert_eq!(asked.code, 0, "{}{}", asked.out, asked.err);
    for part in ["that is all", "Faults: none.", "Client 0 asks replica 0"] {
        assert!(asked.out.contains(part), "{part} is not in\n{}", asked.out);
    }
}

#[test]
fn an_answer_without_time_is_no_answer() {
    let asked = check(&["ask", "single-leader", "--time", "0s"]);
    assert_eq!(asked.code, 3, "{}", asked.out);
    assert!(answer(&asked, LOST).contains("undecided"), "{}", asked.out);
}

#[test]
fn flags_that_contradict_each_other_are_refused() {
    let about = |flags: &[&'static str]| [&["single-leader"], flags].concat();
    assert_refused(&about(&["--members", "1,2"]), &["--members 1,2", "0"]);
    assert_refused(&about(&["--replicas", "2", "--members", "0,2"]), &["--members 0,2"]);
    assert_refused(&about(&["--down", "7"]), &["there is no replica 7", "0 to 2"]);
    assert_refused(&about(&["--cut", "0-5"]), &["there is no replica 5"]);
    assert_refused(&about(&["--ack", "most"]), &["--ack", "k=N"]);
    assert_refused(&about(&["--without", "one-vote-an-epok"]), &["one-vote-an-epoch"]);
    assert_refused(&["single-leadr"], &["single-leadr", "single-leader"]);
    assert_refused(&[], &["single-leader"]);
}
