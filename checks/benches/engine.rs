//! The engine against Stateright's search, built as for a release: `cargo bench -p holdfast-check`, or
//! with one of `speed`, `memory`, `quick` and `start` for a part of it.
//!
//! `check bench` measures the same as it is built, with more to choose from.

use std::io::stdout;
use std::path::PathBuf;
use std::process::ExitCode;

use holdfast_check::bench::{Plan, Processes, table};

fn main() -> ExitCode {
    let mut arguments: Vec<_> = std::env::args().skip(1).collect();
    // `cargo test --benches` only wants to know whether it starts.
    let Some(place) = arguments.iter().position(|argument| argument == "--bench") else {
        return ExitCode::SUCCESS;
    };
    arguments.remove(place);
    let processes = Processes::of(PathBuf::from(env!("CARGO_BIN_EXE_check")));
    for plan in plans(&arguments) {
        let report = plan.run(&processes, |task| eprintln!("{task}"));
        let written = report.map_err(|failure| failure.to_string()).and_then(|report| {
            table(&report, &mut stdout().lock()).map_err(|error| error.to_string())
        });
        if let Err(failure) = written {
            eprintln!("{failure}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// What the parts that are named measure; all of them, if none is.
fn plans(parts: &[String]) -> Vec<Plan> {
    let usual = Plan::usual();
    let (in_speed, in_memory) =
        usual.comparisons.clone().into_iter().partition(|comparison| comparison.floor);
    let nothing = Plan { comparisons: Vec::new(), quick_tier: false, start: false, ..usual };
    let plans = [
        ("speed", Plan { comparisons: in_speed, ..nothing.clone() }),
        ("memory", Plan { comparisons: in_memory, repetitions: 1, ..nothing.clone() }),
        ("quick", Plan { quick_tier: true, repetitions: 1, ..nothing.clone() }),
        ("start", Plan { start: true, repetitions: 10, ..nothing }),
    ];
    let is_wanted = |name: &str| parts.is_empty() || parts.iter().any(|part| part == name);
    plans.into_iter().filter(|(name, _)| is_wanted(name)).map(|(_, plan)| plan).collect()
}
