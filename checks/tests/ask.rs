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
fn where_there_are_many_replicas_the_last_one_is_suspecting_if_nobody_is_named() {
    let suspecting = |replicas| {
        let asked = one_follower_acknowledges(&["--replicas", replicas, "--time", "0s"]);
        let updates = asked.out.lines().nth(1).expect("the first workload's bounds").to_owned();
        updates.contains("only replica 4 suspecting")
    };
    assert_eq!(["4", "5"].map(suspecting), [false, true]);
}

#[test]
fn among_many_replicas_convergence_is_judged_if_that_is_said() {
    let is_judged = |flags: &[&str]| {
        let asked = one_follower_acknowledges(&[flags, &["--time", "0s"]].concat());
        asked.out.contains("quiet-means-converged")
    };
    assert!(is_judged(&["--replicas", "4"]));
    assert!(!is_judged(&["--replicas", "5"]));
    assert!(is_judged(&["--replicas", "5", "--repeats", "unlimited"]));
}

#[test]
fn what_nothing_could_have_broken_is_not_said_to_hold() {
    let asked = check(&["ask", "single-leader", "--replicas", "2", "--down", "1"]);
    assert_eq!((asked.code, asked.err.as_str()), (1, ""), "{}", asked.out);
    for promise in [LOST, "linearizable", "quiet-means-converged"] {
        assert!(answer(&asked, promise).contains("never put to the test"), "{}", asked.out);
    }
    assert!(answer(&asked, "an-update-is-acknowledged").contains("unreachable"), "{}", asked.out);
    // Replicas keep this whether or not anybody is told anything.
    assert!(answer(&asked, "one-leader-per-epoch").contains("holds"), "{}", asked.out);
    let told = asked.out.lines().find(|line| line.contains("nothing is known about"));
    assert!(told.is_some_and(|told| told.contains(LOST)), "{}", asked.out);
}

#[test]
fn a_promise_counts_where_it_was_put_to_the_test() {
    // Whoever does not lead refuses the read, so a client's own update is read after a failover only.
    let asked = check(&["ask", "single-leader", "--replicas", "2", "--suspicions", "0"]);
    assert_eq!(asked.code, 0, "{}", asked.out);
    assert!(asked.out.contains("Not reached in it: a-read-is-answered."), "{}", asked.out);
    let linearizable = answer(&asked, "linearizable");
    assert!(linearizable.ends_with("reads-at-the-leader"), "{}", asked.out);
}

#[test]
fn what_no_client_could_see_broken_is_not_asked() {
    let asked = check(&["ask", "single-leader", "--replicas", "2"]);
    assert_eq!(asked.code, 0, "{}", asked.out);
    for guarantee in ["monotonic-reads", "exactly-once", "bounded-staleness"] {
        assert!(answer(&asked, guarantee).contains("not asked"), "{}", asked.out);
    }
    let asked = check(&["ask", "single-leader", "--replicas", "2", "--writers", "2"]);
    assert!(answer(&asked, "bounded-staleness").contains("holds"), "{}", asked.out);
    let asked = check(&["ask", "single-leader", "--replicas", "3", "--read", "follower"]);
    assert!(answer(&asked, "monotonic-reads").ends_with("moving-reader"), "{}", asked.out);
}

#[test]
fn replicas_have_to_hold_the_same_once_all_is_quiet() {
    let asked = check(&["ask", "single-leader", "--readers", "0"]);
    assert_eq!(asked.code, 0, "{}", asked.out);
    assert!(answer(&asked, "all-is-quiet").contains("reached in"), "{}", asked.out);
    assert!(answer(&asked, "quiet-means-converged").contains("holds"), "{}", asked.out);
    let diverged = ["--ack", "async", "--election", "anyone", "--truncation", "never"];
    let asked = check(&[&["ask", "single-leader", "--readers", "0"], &diverged[..]].concat());
    assert_eq!(asked.code, 1, "{}", asked.out);
    assert!(answer(&asked, "quiet-means-converged").contains("violated"), "{}", asked.out);
}

#[test]
fn what_is_lost_is_made_good_in_the_end_or_it_is_said_that_it_is_not() {
    let in_the_end = ["converges", "every-request-is-answered", "can-always-recover"];
    let verdicts = |flags: &[&str]| {
        let asked = check(&[&["ask", "single-leader", "--readers", "0"], flags].concat());
        let found = in_the_end.map(|property| {
            let answer = answer(&asked, property);
            assert!(answer.ends_with("in-the-end"), "{answer}");
            answer.contains(" holds ")
        });
        (asked.code, found)
    };
    assert_eq!(verdicts(&[]), (0, [true, true, true]));
    assert_eq!(verdicts(&["--crashes", "1"]), (0, [true, true, true]));
    // What was purged cannot be sent again, and a follower that misses it misses it for ever.
    let purged = ["--compact-after", "1", "--without", "snapshot-for-purged"];
    assert_eq!(verdicts(&purged), (1, [false, true, false]));
    // Nobody answers who waits for a majority that is gone, whatever is repeated.
    let asked = check(&["ask", "single-leader", "--readers", "0", "--down", "1,2"]);
    assert!(answer(&asked, "every-request-is-answered").contains("violated"), "{}", asked.out);
}

#[test]
fn what_comes_true_in_the_end_is_asked_where_it_can_be_exhausted() {
    let is_asked = |flags: &[&str]| {
        let question = ["ask", "single-leader", "--readers", "0", "--time", "0s"];
        check(&[&question[..], flags].concat()).out.contains("every-request-is-answered")
    };
    assert!(is_asked(&["--replicas", "3"]));
    assert!(!is_asked(&["--replicas", "4"]));
    assert!(!is_asked(&["--network", "fifo"]));
    assert!(!is_asked(&["--cut", "0-1"]));
}

#[test]
fn a_partition_may_come_and_go() {
    let flags = ["--replicas", "3", "--readers", "0", "--partition", "0-1,0-2"];
    let asked = check(&[&["ask", "single-leader"], &flags[..]].concat());
    assert_eq!(asked.code, 0, "{}{}", asked.out, asked.err);
    assert!(asked.out.contains("1 partition, a partition cuts 0 and 1, 0 and 2"), "{}", asked.out);
    assert!(answer(&asked, "quiet-means-converged").contains("holds"), "{}", asked.out);
}

#[test]
fn of_sets_and_texts_is_asked_what_is_about_them() {
    let asked = |writers, flags: &[&str]| {
        let small = ["--writers", writers, "--delivery", "any", "--network", "at-most-once"];
        check(&[&["ask", "multi-leader"], &small[..], flags].concat())
    };
    let agreed = "equal-updates-mean-equal-stores";
    for (rule, found) in [("additions", "violated in "), ("context", "holds")] {
        let sets = asked("2", &["--data", "set", "--set", rule]);
        assert!(answer(&sets, agreed).contains(found), "{rule}: {}", sets.out);
        assert!(answer(&sets, "no-resurrection").contains("holds"), "{}", sets.out);
        assert!(!sets.out.contains("linearizable"), "no guarantee is about sets: {}", sets.out);
    }
    let texts = asked("2", &["--data", "text", "--text", "later-first"]);
    assert!(answer(&texts, agreed).contains("holds"), "{}", texts.out);
    assert!(answer(&texts, "insertions-stand-where-asked").contains("holds"), "{}", texts.out);
    let counters = asked("3", &["--data", "counter", "--limit", "checked", "--readers", "0"]);
    let overdrawn = answer(&counters, "stock-is-never-overdrawn");
    assert!(overdrawn.contains("violated in "), "{}", counters.out);
    let logs = check(&["ask", "single-leader", "--data", "set", "--network", "at-most-once"]);
    assert!(answer(&logs, "an-update-is-acknowledged").contains("unreachable"), "{}", logs.out);
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
    assert_refused(&about(&["--partition", "0-5"]), &["there is no replica 5"]);
    assert_refused(&about(&["--partitions", "2"]), &["--partition"]);
    assert_refused(&about(&["--compact-after", "0"]), &["--compact-after", "1 at least"]);
    assert_refused(&about(&["--writers", "0"]), &["--writers", "1..=3"]);
}

#[test]
fn an_acknowledgement_that_can_never_come_is_refused_with_the_reason() {
    let about = |flags: &[&'static str]| [&["single-leader"], flags].concat();
    let never = "no update would ever be acknowledged";
    let said = ["--ack k=3", "among 3 members there are 2 followers", never];
    assert_refused(&about(&["--replicas", "3", "--ack", "k=3"]), &said);
    assert_refused(&about(&["--members", "0,1", "--ack", "k=2"]), &["--ack k=2", "2 members"]);
    assert_refused(&about(&["--ack", "in-sync=4"]), &["--ack in-sync=4", "3 members", never]);
    assert_refused(&about(&["--ack", "k=0"]), &["--ack", "async"]);
    assert_refused(&about(&["--ack", "in-sync=0"]), &["--ack", "in-sync=1"]);
}

#[test]
fn an_unknown_family_or_safeguard_is_refused_with_those_that_there_are() {
    assert_refused(&["single-leadr"], &["no family called \"single-leadr\"", "single-leader"]);
    let said = ["no family called \"multi-leadr\"", "did you mean multi-leader"];
    assert_refused(&["multi-leadr", "--replicas", "3"], &said);
    let said = [
        "no family called \"raft\"",
        "known: leaderless, multi-leader, multi-leader-certification",
    ];
    assert_refused(&["raft"], &said);
    assert_refused(&["single-leader", "--without", "foo"], &["foo", "one-vote-an-epoch"]);
    assert_refused(&[], &["single-leader"]);
}

#[test]
fn help_says_what_is_judged_and_what_is_not() {
    let help = check(&["ask", "single-leader", "--help"]);
    assert_eq!(help.code, 0, "{}", help.err);
    for part in ["Asks about single-leader", "\nJudged: ", "\nNot judged: ", "one-vote-an-epoch"] {
        assert!(help.out.contains(part), "{part} is not in\n{}", help.out);
    }
}

#[test]
fn transactions_that_miss_each_other_are_asked_about_where_there_are_any() {
    for (certificate, said, code) in
        [("writes", "violated in ", 1), ("reads-and-writes", "holds", 0)]
    {
        let asked =
            check(&["ask", "certification", "--certificate", certificate, "--snapshot", "barrier"]);
        assert_eq!((asked.code, asked.err.as_str()), (code, ""), "{}", asked.out);
        for property in ["serializable", "no-write-skew"] {
            assert!(answer(&asked, property).contains(said), "{}", asked.out);
        }
        assert!(answer(&asked, "snapshot-isolation").contains("holds"), "{}", asked.out);
    }
    let asked = check(&["ask", "locking", "--readers", "0"]);
    assert!(!asked.out.contains("serializable"), "{}", asked.out);
}
