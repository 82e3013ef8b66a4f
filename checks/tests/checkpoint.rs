//! A search that was killed goes on where it was, and finds what it would have found.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

#[path = "support/binary.rs"]
mod binary;

use binary::{check, command};

/// Some hundred thousand states.
const SCENARIO: &str = "majority-on-lazy-disks";
/// Fewer.
const SMALL: &str = "asynchronous-failover";
const OFTEN: [&str; 2] = ["--checkpoint-every", "20ms"];
const LONGEST: Duration = Duration::from_mins(5);

/// The arguments of a run of `scenario` that reports as JSON.
fn run<'a>(scenario: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["run", scenario, "--format", "json"], more].concat()
}

/// What a report says that does not depend on time.
fn found(report: &str) -> Value {
    let mut report: Value = serde_json::from_str(report).expect("reports are JSON");
    let scenario = report["scenarios"][0].as_object_mut().expect("one scenario was run");
    for measured in ["seconds", "bytes_a_state", "bytes_on_disk", "compressed"] {
        scenario.remove(measured).expect("it is measured");
    }
    report
}

/// Runs `check`, and kills it once it has written `heads` checkpoints more in `folder`.
fn kill_after(heads: usize, folder: &Path, arguments: &[&str]) {
    let head = folder.join("head");
    let mut last = fs::read(&head).ok();
    let mut child = command(arguments).stdout(Stdio::null()).spawn().expect("it was built");
    let begun = Instant::now();
    for _ in 0..heads {
        while fs::read(&head).ok() == last {
            let ended = child.try_wait().expect("it is a child");
            assert!(ended.is_none(), "it ended before it was killed: {ended:?}");
            assert!(begun.elapsed() < LONGEST, "no checkpoint was written");
            thread::sleep(Duration::from_millis(1));
        }
        last = fs::read(&head).ok();
    }
    child.kill().expect("it is running");
    child.wait().expect("it was killed");
}

#[test]
fn a_search_that_was_killed_again_and_again_finds_what_one_finds_that_was_not() {
    let folder = tempfile::tempdir().expect("there is a folder for such");
    let path = folder.path().to_str().expect("its name is text");
    kill_after(2, folder.path(), &run(SCENARIO, &[&["--checkpoint", path][..], &OFTEN].concat()));
    let resume = [&["--resume", path, "--threads", "1"][..], &OFTEN].concat();
    kill_after(2, folder.path(), &run(SCENARIO, &resume));
    let resumed = check(&run(SCENARIO, &["--resume", path, "--compressed"]));
    assert_eq!(resumed.code, 0, "{}{}", resumed.out, resumed.err);
    let expected = check(&run(SCENARIO, &["--full"]));
    assert_eq!(found(&resumed.out), found(&expected.out));
}

#[test]
fn a_search_that_ran_out_of_time_goes_on_with_more() {
    let folder = tempfile::tempdir().expect("there is a folder for such");
    let path = folder.path().to_str().expect("its name is text");
    let stopped = check(&run(SCENARIO, &["--checkpoint", path, "--time", "100ms"]));
    assert_eq!(stopped.code, 3, "{}{}", stopped.out, stopped.err);
    let resumed = check(&run(SCENARIO, &["--resume", path]));
    assert_eq!(found(&resumed.out), found(&check(&run(SCENARIO, &["--full"])).out));
}

#[test]
fn two_processes_do_not_write_one_checkpoint() {
    let folder = tempfile::tempdir().expect("there is a folder for such");
    let path = folder.path().to_str().expect("its name is text");
    check(&run(SMALL, &["--checkpoint", path, "--checkpoint-every", "0s"]));
    let other = fs::File::open(folder.path().join("lock")).expect("every checkpoint has one");
    other.lock().expect("nobody has it any more");
    let refused = check(&run(SMALL, &["--resume", path]));
    assert_eq!(refused.code, 3, "{}", refused.out);
    assert!(refused.out.contains("another process writes this checkpoint"), "{}", refused.out);
    drop(other);
    assert_eq!(check(&run(SMALL, &["--resume", path])).code, 0);
}

#[test]
fn what_is_no_checkpoint_of_this_is_refused_by_name() {
    let folder = tempfile::tempdir().expect("there is a folder for such");
    let path = folder.path().to_str().expect("its name is text");
    let refused = |arguments: &[&str], code: i32, words: &[&str]| {
        let ran = check(arguments);
        let said = ran.out.clone() + &ran.err;
        assert_eq!(ran.code, code, "{said}");
        assert!(words.iter().all(|word| said.contains(word)), "{said}");
    };
    refused(&run(SMALL, &["--resume", path]), 2, &[path, "head"]);
    refused(&run("failover", &["--checkpoint", path]), 2, &["scenarios match"]);
    refused(&run(SMALL, &OFTEN), 2, &["--checkpoint DIR"]);
    check(&run(SMALL, &["--checkpoint", path, "--checkpoint-every", "0s"]));
    refused(&run(SMALL, &["--checkpoint", path]), 2, &[path, "--resume"]);
    refused(&run(SCENARIO, &["--resume", path]), 2, &[path, SMALL, SCENARIO]);
    for file in ["states-0", "family-0", "lessons-0"] {
        let file = folder.path().join(file);
        let written = fs::read(&file).expect("checkpoints have it");
        let mut altered = written.clone();
        let last = altered.len() - 1;
        altered[last] ^= 1;
        fs::write(&file, altered).expect("there is room");
        let name = file.to_str().expect("its name is text");
        refused(&run(SMALL, &["--resume", path]), 3, &[name, "byte "]);
        fs::write(&file, &written[..last]).expect("there is room");
        refused(&run(SMALL, &["--resume", path]), 3, &[name, "byte "]);
        fs::write(&file, written).expect("there is room");
    }
    assert_eq!(check(&run(SMALL, &["--resume", path])).code, 0);
}
