//! The commands: what each is asked for, and what it does.

pub mod ask;
pub mod atlas;
pub mod bench;
pub mod completions;
pub mod explain;
pub mod explore;
pub mod list;
pub mod run;
pub mod together;

use std::ffi::OsString;
use std::io::Write;
use std::time::Duration;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use holdfast_models::cluster::Tier;

use crate::document;
use crate::error::Failure;
use crate::explore::Storage;
use crate::schedule::Resources;
use crate::units::{duration, size};
use crate::verdict::Status;

const ABOUT: &str = "Explores replication protocols: which guarantee holds under which faults

Every scenario is a question about one configuration, with the answer that is claimed. Exploring it
visits every state that its bounded cluster can reach. A claim that is wrong fails, and so does a
violation that disappears or takes another number of steps; the shortest trace is printed.";

const EXAMPLES: &str = "Examples:
  check                                        explore everything quick, compare, print the table
  check list A14                               which scenario decides row A14?
  check run failover --tier all --threads 2    everything about failover, also what takes minutes
  check explain asynchronous-failover          the shortest counterexample, in words and drawn
  check explore asynchronous-failover          the same in the browser, to step around in
  check ask single-leader --replicas 4 --ack k=1
                                               what holds in a configuration of your own
  check atlas leaderless --n 2                 what holds in every configuration of n, w and r
  check bench                                  how fast is it, and how large are its states?
  check run majority-elects --hosts hosts.txt --process 0
                                               one of several processes that explore it together
  check document --write                       bring the generated parts of the documents up to date

Exit codes:
  0  everything is as expected (for `ask`: everything holds)
  1  something is not as expected (`ask`: violated, or never put to the test; `bench`: two searches
     disagree; `document`: out of date)
  2  wrong usage, or something could not be read or written
  3  a search ended early, for want of time or memory or by Ctrl-C: nothing is known to be wrong
  4  something panicked";

/// The command line.
#[derive(Debug, Parser)]
#[command(
    name = "check",
    version,
    about = ABOUT,
    after_help = EXAMPLES,
    max_term_width = 100,
    infer_long_args = false
)]
pub struct CommandLine {
    /// What to do. Without one: `check run`.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What can be asked for.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Lists the scenarios: name, rows, tier, question.
    List(list::List),
    /// Explores scenarios and compares what is found with what is claimed.
    Run(run::Run),
    /// Tells and draws the shortest trace to where a property is violated or reached.
    Explain(explain::Explain),
    /// Opens a trace in Stateright's Explorer, to step around in.
    Explore(explore::Explore),
    /// Explores a configuration put together from flags: what holds in it?
    Ask(ask::Ask),
    /// Asks about every configuration of a family: which gets which guarantee?
    Atlas(atlas::Atlas),
    /// Measures the engine against Stateright's searches, and against what is asked of it.
    Bench(bench::Bench),
    /// Compares the generated parts of the documents with what is found, or rewrites them.
    Document(document::Document),
    /// Prints completions for a shell.
    Completions(completions::Completions),
}

impl CommandLine {
    /// Reads the command line. A flag of another command is told as that.
    ///
    /// # Errors
    /// If it is not understood, or asks for help.
    pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        Self::try_parse_from(words).map_err(|mut error| {
            if let Some(ContextValue::String(flag)) = error.get(ContextKind::InvalidArg)
                && error.kind() == ErrorKind::UnknownArgument
                && error.get(ContextKind::SuggestedArg).is_none()
            {
                let name = flag.trim_start_matches('-');
                let owners = commands_with(&mut Self::command(), name);
                if !owners.is_empty() {
                    let tip = format!("{flag} is a flag of: {}", owners.join(", "));
                    error
                        .insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
                }
            }
            error
        })
    }

    /// Does what was asked for, and writes the answer to `out`.
    ///
    /// # Errors
    /// If it cannot be done.
    pub fn execute(self, out: &mut dyn Write) -> Result<Status, Failure> {
        match self.command.unwrap_or_else(|| Command::Run(run::Run::default())) {
            Command::List(list) => list.execute(out),
            Command::Run(run) => run.execute(out),
            Command::Explain(explain) => explain.execute(out),
            Command::Explore(explore) => explore.execute(out),
            Command::Ask(ask) => ask.execute(out),
            Command::Atlas(atlas) => atlas.execute(out),
            Command::Bench(bench) => bench.execute(out),
            Command::Document(document) => document.execute(out),
            Command::Completions(completions) => completions.execute(out),
        }
    }
}

/// The commands that have a flag called `name`.
fn commands_with(command: &mut clap::Command, name: &str) -> Vec<String> {
    command.build();
    let has_it = command.get_arguments().any(|argument| argument.get_long() == Some(name));
    let own = has_it.then(|| command.get_bin_name().unwrap_or_default().to_owned());
    let below = command.get_subcommands_mut().flat_map(|below| commands_with(below, name));
    own.into_iter().chain(below).collect()
}

/// Which scenarios, by how long they take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Tiers {
    /// Those that take seconds.
    #[default]
    Quick,
    /// Those that take minutes.
    Thorough,
    /// All.
    All,
}

impl Tiers {
    /// Whether scenarios of `tier` are among them.
    #[must_use]
    pub fn include(self, tier: Tier) -> bool {
        match (self, tier) {
            (Self::All, _) | (Self::Quick, Tier::Quick) | (Self::Thorough, Tier::Thorough) => true,
            (Self::Quick, Tier::Thorough) | (Self::Thorough, Tier::Quick) => false,
        }
    }
}

/// How much may be spent.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct Limits {
    /// How many threads explore: one scenario each, or all of them the only one [default: as many
    /// as there are cores].
    #[arg(long, value_name = "N", value_parser = threads)]
    pub(crate) threads: Option<usize>,
    /// How much memory the process may use: states go to disk before it is exceeded [default: 6G; 16G
    /// where anything is thorough].
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) memory: Option<u64>,
    /// How long each scenario may take [default: 2m; 1h where it is thorough].
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) time: Option<Duration>,
    /// Looks at every state, also where a scenario declares who is interchangeable, so that one state
    /// stands for many.
    #[arg(long)]
    pub(crate) full: bool,
}

impl Limits {
    /// What may be spent on scenarios of `tiers`.
    #[must_use]
    pub fn resources(&self, mut tiers: impl Iterator<Item = Tier>, fail_fast: bool) -> Resources {
        let usual = if tiers.any(|tier| tier == Tier::Thorough) { 16 << 30 } else { 6 << 30 };
        let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Resources {
            threads: self.threads.unwrap_or_else(cores),
            memory: self.memory.unwrap_or(usual),
            whole: self.full,
            fail_fast,
            storage: Storage::PLAIN,
        }
    }

    /// How long one scenario of `tier` may take.
    #[must_use]
    pub fn time(&self, tier: Tier) -> Duration {
        self.time.unwrap_or(match tier {
            Tier::Quick => Duration::from_mins(2),
            Tier::Thorough => Duration::from_hours(1),
        })
    }
}

fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count @ 1..=256) => Ok(count),
        Ok(_) | Err(_) => Err(format!("\"{text}\" is not a number from 1 to 256")),
    }
}
