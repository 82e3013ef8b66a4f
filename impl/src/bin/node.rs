//! Runs one replica of a cluster: see `node --help`.

use std::process::ExitCode;

use clap::Parser;
use holdfast_node::subcommand::CommandLine;

fn main() -> ExitCode {
    match CommandLine::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("node: {failure}");
            ExitCode::FAILURE
        }
    }
}
