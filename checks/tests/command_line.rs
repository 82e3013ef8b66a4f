//! The command as a user meets it: what it says, where it says it, and what it exits with.

#[path = "support/binary.rs"]
mod binary;

use std::process::Stdio;

use binary::{check, command, ran};
use serde_json::Value;

const FAILOVER: &str = "asynchronous-failover";

/// Wrong usage: exit code 2, a word on standard error, nothing on standard output.
fn assert_refused(arguments: &[&str], said: &[&str]) {
    let refused = check(arguments);
    assert_eq!(refused.code, 2, "{arguments:?}: {}{}", refused.out, refused.err);
    assert_eq!(refused.out, "", "{arguments:?}");
    for part in said {
        assert!(refused.err.contains(part), "{arguments:?} does not say {part}: {}", refused.err);
    }
}

#[test]
fn help_shows_examples_and_every_exit_code() {
    let help = check(&["--help"]);
    assert_eq!((help.code, help.err.as_str()), (0, ""));
    assert!(help.out.contains("\nExamples:\n"), "{}", help.out);
    let (_, codes) = help.out.split_once("\nExit codes:\n").expect("exit codes are documented");
    for code in 0..=4 {
        assert!(codes.lines().any(|line| line.starts_with(&format!("  {code}  "))), "{code}");
    }
}

#[test]
fn every_example_of_the_help_is_a_command_line_that_is_understood() {
    use clap::Parser;
    let help = check(&["--help"]).out;
    let (_, examples) = help.split_once("\nExamples:\n").expect("there are examples");
    let (examples, _) = examples.split_once("\n\n").expect("something follows them");
    let mut understood = 0;
    for line in examples.lines().filter(|line| line.starts_with("  check")) {
        // What the example does stands after two spaces.
        let words = line.trim().split("  ").next().expect("a line has a beginning");
        let parsed = holdfast_check::command::CommandLine::try_parse_from(words.split(' '));
        assert!(parsed.is_ok(), "{words}: {}", parsed.expect_err("it is not understood"));
        understood += 1;
    }
    assert!(understood >= 5, "{understood} examples");
}

#[test]
fn an_unknown_scenario_is_refused_with_the_nearest_names() {
    let meant = "did you mean asynchronous-failover";
    assert_refused(&["explain", "asynchronous-failovr"], &["no scenario", meant]);
    assert_refused(&["explore", "asynchronous-failovr"], &["no scenario", meant]);
    assert_refused(&["run", "asynchronous-failovr"], &["asynchronous-failovr", meant]);
    assert_refused(&["list", "asynchronous-failovr"], &["asynchronous-failovr", meant]);
}

#[test]
fn an_unknown_property_is_refused_with_the_nearest_names() {
    let said = ["no property of asynchronous-failover", "did you mean no-acknowledged-update"];
    assert_refused(&["explain", FAILOVER, "no-acknowledged-update-is-gone"], &said);
}

#[test]
fn wrong_flags_are_refused_and_named() {
    assert_refused(&["run", "--fast"], &["--fast", "Usage"]);
    assert_refused(&["run", "--threads", "0"], &["--threads", "1 to 256"]);
    assert_refused(&["run", "--time", "5"], &["--time", "90s"]);
    assert_refused(&["run", "--memory", "lots"], &["--memory", "512M"]);
    assert_refused(&["run", "--tier", "slow"], &["--tier", "quick"]);
    assert_refused(&["run", "--format", "yaml"], &["--format", "junit"]);
    assert_refused(&["ran"], &["ran", "run"]);
}

#[test]
fn a_flag_of_another_command_is_refused_with_that_command() {
    let said = ["--without", "is a flag of: check ask single-leader"];
    assert_refused(&["run", FAILOVER, "--without", "one-vote-an-epoch"], &said);
    assert_refused(&["list", "--port", "80"], &["--port is a flag of: check explore"]);
    assert_refused(&["run", "--nobody-has-this"], &["--nobody-has-this"]);
}

#[test]
fn what_is_like_no_name_is_refused_with_a_way_to_see_all() {
    assert_refused(&["run", "xyzzy"], &["\"xyzzy\"", "check list"]);
    assert_refused(&["explain", FAILOVER, "nosuch"], &["known: an-update-is-acknowledged"]);
    assert_refused(&["run", "leases"], &["did you mean lease-"]);
}

#[test]
fn a_filter_selects_by_name_row_and_property() {
    let all = check(&["list"]);
    for filter in [FAILOVER, "A14", "linearizable"] {
        let listed = check(&["list", filter]);
        assert_eq!((listed.code, listed.err.as_str()), (0, ""), "{filter}");
        let lines = |text: &str| text.lines().filter(|line| line.starts_with("  ")).count();
        assert!((1..lines(&all.out)).contains(&lines(&listed.out)), "{filter}: {}", listed.out);
    }
    let listed = check(&["list", FAILOVER]).out;
    assert!(listed.contains("quick") && listed.contains('?'), "{listed}");
}

#[test]
fn scenarios_of_another_tier_are_not_run_in_silence() {
    let listed = check(&["list"]).out;
    let thorough = listed.lines().find(|line| line.contains("  thorough  "));
    let name = thorough.and_then(|line| line.split_whitespace().next());
    let name = name.expect("something is thorough");
    assert_refused(&["run", name], &["--tier all"]);
}

#[test]
fn a_table_tells_each_claim_and_its_finding() {
    let run = check(&["run", FAILOVER]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    for part in ["expected", "found", FAILOVER, "violated in 4 steps", "1 scenario as expected"] {
        assert!(run.out.contains(part), "{part} is not in\n{}", run.out);
    }
}

#[test]
fn a_report_in_json_has_every_property_with_a_path_to_its_violation() {
    let run = check(&["run", FAILOVER, "--format", "json"]);
    let report: Value = serde_json::from_str(&run.out).expect("the report is JSON");
    assert_eq!((run.code, &report["status"]), (0, &"as-expected".into()));
    let scenario = &report["scenarios"][0];
    assert_eq!(scenario["scenario"], FAILOVER);
    assert!(scenario["states"].as_u64().expect("a count") > 0);
    let properties = scenario["properties"].as_array().expect("a list");
    let lost = properties.iter().find(|one| one["found"]["verdict"] == "violated");
    let lost = lost.expect("something is violated");
    assert_eq!(lost["found"]["steps"], 4);
    // The first index is that of the first state.
    assert_eq!(lost["path"].as_array().map(Vec::len), Some(5));
}

#[test]
fn a_report_for_build_servers_is_read_back_with_one_case_for_each_property() {
    let properties = |format| check(&["run", FAILOVER, "--format", format]).out;
    let json: Value = serde_json::from_str(&properties("json")).expect("the report is JSON");
    let report = quick_junit::Report::deserialize_from_str(&properties("junit"))
        .expect("the report is JUnit's XML");
    let expected = json["scenarios"][0]["properties"].as_array().map(Vec::len);
    assert_eq!(Some(report.tests), expected);
    assert_eq!((report.failures, report.errors), (0, 0));
}

#[test]
fn a_report_in_markdown_has_rows_of_equal_length() {
    let run = check(&["run", FAILOVER, "--format", "markdown"]);
    let rows: Vec<_> = run.out.lines().filter(|line| line.starts_with('|')).collect();
    assert!(rows.len() > 2, "{}", run.out);
    for row in &rows {
        assert_eq!(row.matches('|').count(), rows[0].matches('|').count(), "{row}");
    }
}

#[test]
fn a_search_without_time_or_memory_is_truncated_and_never_passes() {
    for (limit, why) in [(["--time", "0s"], "out of time"), (["--memory", "1M"], "out of memory")] {
        let run = |format| {
            let truncated = check(&["run", FAILOVER, limit[0], limit[1], "--format", format]);
            assert_eq!(truncated.code, 3, "{limit:?}: {}", truncated.out);
            assert!(truncated.out.contains(why), "{limit:?}: {}", truncated.out);
            truncated.out
        };
        assert!(run("table").contains("0 of 1 scenario as expected, 1 truncated"));
        let json: Value = serde_json::from_str(&run("json")).expect("the report is JSON");
        assert_eq!(json["status"], "truncated");
        let junit = quick_junit::Report::deserialize_from_str(&run("junit"));
        let junit = junit.expect("the report is JUnit's XML");
        assert_eq!((junit.errors, junit.failures), (junit.tests, 0));
        run("markdown");
        assert_eq!(check(&["explain", FAILOVER, limit[0], limit[1]]).code, 3, "{limit:?}");
    }
}

#[test]
fn colours_are_for_terminals_and_for_those_who_ask() {
    let escape = '\u{1b}';
    let listed = |name, value| ran(command(&["list", FAILOVER]).env(name, value)).out;
    assert!(!check(&["list", FAILOVER]).out.contains(escape), "there is no terminal");
    assert!(listed("CLICOLOR_FORCE", "1").contains(escape), "colours were asked for");
    let mut refused = command(&["list", FAILOVER]);
    let refused = ran(refused.env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1"));
    assert!(!refused.out.contains(escape), "NO_COLOR was set");
}

#[test]
fn a_reader_who_leaves_early_is_no_error() {
    for arguments in [&["list"][..], &["explain", FAILOVER], &["run", FAILOVER], &["--help"]] {
        let (reader, writer) = std::io::pipe().expect("pipes exist");
        drop(reader);
        let ran = ran(command(arguments).stdout(Stdio::from(writer)));
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{arguments:?}");
    }
}

#[test]
fn every_shell_gets_completions_for_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let completions = check(&["completions", shell]);
        assert_eq!((completions.code, completions.err.as_str()), (0, ""), "{shell}");
        for word in
            ["list", "run", "explain", "explore", "ask", "bench", "document", "single-leader"]
        {
            assert!(completions.out.contains(word), "{shell}: {word}");
        }
    }
    assert_refused(&["completions", "tcsh"], &["tcsh", "bash"]);
}
