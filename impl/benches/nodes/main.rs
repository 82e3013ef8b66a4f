//! What nodes are measured by, on one machine:
//! `cargo bench -p holdfast-node --bench nodes -- compare`, or `architectures`, `memory`, `restart`,
//! `staleness`.
//!
//! With `--write` the table is put into the document that tells of it; how stale reads are, into
//! `checks/staleness.json`.

mod architectures;
mod compare;
mod grpc;
mod load;
mod memory;
mod report;
mod resp;
mod restart;
mod staleness;
mod systems;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Measures nodes of this build.
#[derive(Debug, Parser)]
struct CommandLine {
    #[command(subcommand)]
    measure: Measure,
    /// Put the table into the document that tells of it, or what was counted into
    /// checks/staleness.json.
    #[arg(long, global = true)]
    write: bool,
    /// Said by cargo.
    #[arg(long, global = true, hide = true)]
    bench: bool,
}

#[derive(Debug, Subcommand)]
enum Measure {
    /// Writes a second, beside etcd and Redis: the same load for each, in turn.
    Compare(compare::Compare),
    /// Writes and reads a second of each architecture, asked at all of its nodes.
    Architectures(architectures::Architectures),
    /// Resident memory during a long load.
    Memory(memory::Memory),
    /// From killing all replicas until the cluster answers again.
    Restart(restart::Restart),
    /// How often reads are stale where quorums need not meet: simulated, the same on every machine.
    Staleness(staleness::Staleness),
}

fn main() -> ExitCode {
    let CommandLine { measure, write, bench: _ } = CommandLine::parse();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let folder = folder.join(format!("measured-{}", std::process::id()));
    let told = |document, section, table: Result<String, String>| {
        let table = table?;
        println!("{table}");
        if write { report::write(document, section, &table) } else { Ok(()) }
    };
    let done = match &measure {
        Measure::Compare(compare) => told("running.md", "compare", compare.run(&folder)),
        Measure::Architectures(all) => told("choosing.md", "architectures", all.run(&folder)),
        Measure::Memory(memory) => told("running.md", "memory", memory.run(&folder)),
        Measure::Restart(restart) => told("running.md", "restart", restart.run(&folder)),
        Measure::Staleness(staleness) => staleness.run().and_then(|counts| {
            print!("{counts}");
            if write { counts.write() } else { Ok(()) }
        }),
    };
    // What is left is in the folder for what is built.
    let _ = std::fs::remove_dir_all(&folder);
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
