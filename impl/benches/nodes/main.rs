//! What nodes are measured by, on one machine:
//! `cargo bench -p holdfast-node --bench nodes -- compare`, or `architectures`, `memory`, `restart`.
//!
//! With `--write` the table is put into the document that tells of it.

mod architectures;
mod compare;
mod grpc;
mod load;
mod memory;
mod report;
mod resp;
mod restart;
mod systems;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Measures nodes of this build.
#[derive(Debug, Parser)]
struct CommandLine {
    #[command(subcommand)]
    measure: Measure,
    /// Put the table into the document that tells of it.
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
}

fn main() -> ExitCode {
    let CommandLine { measure, write, bench: _ } = CommandLine::parse();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let folder = folder.join(format!("measured-{}", std::process::id()));
    let (document, section, table) = match &measure {
        Measure::Compare(compare) => ("running.md", "compare", compare.run(&folder)),
        Measure::Architectures(all) => ("choosing.md", "architectures", all.run(&folder)),
        Measure::Memory(memory) => ("running.md", "memory", memory.run(&folder)),
        Measure::Restart(restart) => ("running.md", "restart", restart.run(&folder)),
    };
    // What is left is in the folder for what is built.
    let _ = std::fs::remove_dir_all(&folder);
    let done = table.and_then(|table| {
        println!("{table}");
        if write { report::write(document, section, &table) } else { Ok(()) }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
