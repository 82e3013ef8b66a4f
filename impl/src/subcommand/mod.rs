//! The command line of `node`: its subcommands. What clients may ask is in `commands`.

mod demo;
mod files;
mod serve;

use std::fmt;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::config::Family;

/// Runs one replica of a cluster, or looks after what it needs.
#[derive(Debug, Parser)]
#[command(name = "node", version, args_conflicts_with_subcommands = true)]
pub struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Option<Serve>,
}

/// Runs one replica.
#[derive(Args, Debug)]
struct Serve {
    /// The cluster file.
    #[arg(long, value_name = "FILE")]
    cluster: PathBuf,
    /// Which replica this is.
    #[arg(long, value_name = "N")]
    replica: u8,
    /// The folder for what the replica remembers.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// This replica never ran: make its folder. One that has lost its folder must not come back.
    #[arg(long)]
    new: bool,
    /// The folder for step traces, one for each start.
    #[arg(long, value_name = "DIR")]
    traces: Option<PathBuf>,
    /// Every how many steps a trace has a digest of the whole state.
    #[arg(long, value_name = "N", default_value_t = 256)]
    state_every: u64,
    /// How logs are written.
    #[arg(long, value_name = "FORM", default_value = "text", value_parser = ["text", "json"])]
    log: String,
    /// Stop when standard input is closed, for whoever starts the node as a child.
    #[arg(long)]
    stop_with_input: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Says whether a cluster file can be used, and what it means.
    CheckConfig {
        /// The cluster file.
        file: PathBuf,
    },
    /// Makes a new secret, in a file that nobody but its owner may read.
    Keygen {
        /// The key file; with --pairs, the folder for one key file a replica.
        path: PathBuf,
        /// A secret for each pair of so many replicas, instead of one for the cluster.
        #[arg(long, value_name = "REPLICAS", value_parser = clap::value_parser!(u8).range(2..=15))]
        pairs: Option<u8>,
    },
    /// Says what the folder of a replica holds, while the replica does not run.
    Inspect {
        /// The folder.
        dir: PathBuf,
    },
    /// Lets the machine take every step of a trace again, and compares.
    Replay {
        /// The cluster file.
        #[arg(long, value_name = "FILE")]
        cluster: PathBuf,
        /// The trace.
        trace: PathBuf,
    },
    /// Starts a cluster of processes on this machine, and stops it when interrupted.
    Demo {
        /// How many replicas.
        #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=7))]
        replicas: u8,
        /// Which protocol they run.
        #[arg(long, value_name = "NAME", default_value = "single-leader", value_parser = clap::builder::PossibleValuesParser::new(Family::NAMES))]
        protocol: String,
        /// The folder for everything. Kept; without it, one that is removed in the end.
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
}

/// What went wrong, for whoever ran the command.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    fn of(error: impl fmt::Display) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl CommandLine {
    /// Does what the command line says.
    ///
    /// # Errors
    /// If it cannot be done.
    pub fn run(self) -> Result<(), Failure> {
        match (self.command, self.serve) {
            (Some(Command::CheckConfig { file }), _) => files::check_config(&file),
            (Some(Command::Keygen { path, pairs }), _) => files::keygen(&path, pairs),
            (Some(Command::Inspect { dir }), _) => files::inspect(&dir),
            (Some(Command::Replay { cluster, trace }), _) => files::replay(&cluster, &trace),
            (Some(Command::Demo { replicas, protocol, dir }), _) => {
                demo::demo(replicas, &protocol, dir)
            }
            (None, Some(serve)) => serve::serve(&serve),
            (None, None) => Err(Failure(
                "--cluster FILE --replica N --data DIR, or a command; see --help".into(),
            )),
        }
    }
}
