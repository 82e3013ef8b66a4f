//! Runs one replica of a cluster: see `node --help`.

use std::process::ExitCode;

use clap::Parser;
use holdfast_node::subcommand::CommandLine;
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    match CommandLine::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("node: {failure}");
            ExitCode::FAILURE
        }
    }
}
