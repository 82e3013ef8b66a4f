//! `kv`: asks a cluster by the native protocol.

mod bench;
mod cluster;
mod edit;
mod watch;

use std::fmt;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use holdfast_models::vocabulary::{Context, Edit, Key, Operation, Outcome, Terms, Value};
use holdfast_node::client::{Client, Failure, context_token, known_by};

/// Reads and changes the registers of a cluster.
///
/// Exit codes: 0 it is done, 1 it is not and nothing was changed, 2 the command line or a file is
/// wrong, 3 nobody knows whether it is done.
#[derive(Parser, Debug)]
#[command(name = "kv", version, max_term_width = 100)]
struct Arguments {
    #[command(flatten)]
    cluster: cluster::Whom,
    /// How long to ask before giving up, in milliseconds.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 5000, global = true)]
    deadline: u64,
    /// How many homes have to store an update, instead of what is configured.
    #[arg(long, value_name = "N", global = true, value_parser = clap::value_parser!(u8).range(1..))]
    w: Option<u8>,
    /// How many homes have to answer a read, instead of what is configured.
    #[arg(long, value_name = "N", global = true, value_parser = clap::value_parser!(u8).range(1..))]
    r: Option<u8>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Prints what is at a key. Exits with 1 if nothing is.
    Get {
        /// Which register.
        key: String,
        /// Print all values whose writers did not know of each other, and in the last line a token
        /// for --context.
        #[arg(long)]
        siblings: bool,
    },
    /// Puts a value at a key.
    Put {
        /// Which register.
        key: String,
        /// Its new content.
        #[arg(allow_negative_numbers = true)]
        value: String,
        /// Put it over the values that this token tells of, where values stay beside those that
        /// their writers did not know of.
        #[arg(long, value_name = "TOKEN")]
        context: Option<String>,
    },
    /// Leaves nothing at a key.
    Delete {
        /// Which register.
        key: String,
        /// Delete the values that this token tells of.
        #[arg(long, value_name = "TOKEN")]
        context: Option<String>,
    },
    /// Adds to the number at a key and prints the sum.
    Incr {
        /// Which register.
        key: String,
        /// What to add.
        #[arg(default_value_t = 1, allow_negative_numbers = true)]
        amount: i64,
    },
    /// Puts a value at a key if the expected one is there. Exits with 1 if another is.
    Cas {
        /// Which register.
        key: String,
        /// What has to be there.
        #[arg(required_unless_present = "absent", allow_negative_numbers = true)]
        expected: Option<String>,
        /// Its new content.
        #[arg(long, value_name = "VALUE", allow_negative_numbers = true)]
        to: String,
        /// Nothing has to be there.
        #[arg(long, conflicts_with = "expected")]
        absent: bool,
    },
    /// Includes a member in a set.
    Add {
        /// Which set.
        key: String,
        /// What.
        #[arg(allow_negative_numbers = true)]
        member: String,
    },
    /// Excludes a member from a set. Exits with 1 if it was not there.
    Remove {
        /// Which set.
        key: String,
        /// What.
        #[arg(allow_negative_numbers = true)]
        member: String,
    },
    /// Prints the members of a set, one a line. Exits with 1 if there are none.
    Members {
        /// Which set.
        key: String,
    },
    /// Opens a text that others may edit at the same time, at this node or another.
    Edit(edit::Edit),
    /// Asks every replica for a key, again and again, and prints who is behind.
    WatchStale(watch::Watch),
    /// Asks with many clients at once and prints how long answers take.
    Bench(bench::Bench),
}

/// Why it is not done.
#[derive(Debug)]
enum Problem {
    /// There is no cluster to ask.
    Usage(String),
    /// There is an answer, and it is no.
    No(String),
    /// There is no answer.
    Failed(Failure),
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        Self::No(format!("cannot be printed: {error}"))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) | Self::No(text) => f.write_str(text),
            Self::Failed(failure) => failure.fmt(f),
        }
    }
}

impl Problem {
    const fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Failed(Failure::Indeterminate) => 3,
            Self::No(_) | Self::Failed(_) => 1,
        }
    }
}

fn main() -> ExitCode {
    match execute(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("kv: {problem}");
            ExitCode::from(problem.exit_code())
        }
    }
}

fn execute(arguments: Arguments) -> Result<(), Problem> {
    let cluster = arguments.cluster.resolve().map_err(Problem::Usage)?;
    let patience = Duration::from_millis(arguments.deadline);
    let connect = || cluster.client().map_err(|error| Problem::Usage(error.to_string()));
    let (write_quorum, read_quorum) = (arguments.w, arguments.r);
    let mut terms = Terms { write_quorum, read_quorum, ..Terms::knowing(Context::default()) };
    let mut with_siblings = false;
    let operation = match arguments.command {
        Command::Get { key, siblings } => {
            with_siblings = siblings;
            Operation::Read { key: Key::from(key.as_str()) }
        }
        Command::Put { key, value, context } => {
            terms.context = Some(known(&key, context.as_deref())?);
            Operation::Write { key: Key::from(key.as_str()), value: Value::from(value.as_str()) }
        }
        Command::Delete { key, context } => {
            terms.context = Some(known(&key, context.as_deref())?);
            Operation::Delete { key: Key::from(key.as_str()) }
        }
        Command::Incr { key, amount } => Operation::Add { key: Key::from(key.as_str()), amount },
        Command::Cas { key, expected, to, absent: _ } => Operation::CompareAndSet {
            key: Key::from(key.as_str()),
            expected: expected.map(|expected| Value::from(expected.as_str())),
            value: Value::from(to.as_str()),
        },
        Command::Add { key, member } => edited(&key, Edit::Include(Value::from(member.as_str()))),
        Command::Remove { key, member } => {
            edited(&key, Edit::Exclude(Value::from(member.as_str())))
        }
        Command::Members { key } => Operation::Read { key: Key::from(key.as_str()) },
        Command::Edit(edit) => return edit.execute(connect()?, patience),
        Command::WatchStale(watch) => return watch.execute(&mut connect()?),
        Command::Bench(bench) => return bench.execute(&cluster, patience),
    };
    let mut client = connect()?;
    if with_siblings {
        read_siblings(&mut client, terms, operation, patience)
    } else {
        perform(&mut client, terms, operation, patience)
    }
}

fn edited(key: &str, edit: Edit) -> Operation {
    Operation::Edit { key: Key::from(key), edit }
}

/// What a token tells of `key`.
fn known(key: &str, token: Option<&str>) -> Result<Context, Problem> {
    let known = |token| known_by(&Key::from(key), token);
    token.map_or(Ok(Context::default()), known).map_err(|wrong| {
        Problem::Usage(format!("--context: {wrong}; kv get --siblings {key} prints one"))
    })
}

/// Prints all values at a key, one a line, and then the token that tells of them.
fn read_siblings(
    client: &mut Client,
    terms: Terms,
    operation: Operation,
    patience: Duration,
) -> Result<(), Problem> {
    let key = operation.key().cloned();
    let heard = client.perform_on(terms, operation, patience)?;
    let values = match heard.outcome {
        Outcome::Found(found) => found.into_iter().collect(),
        Outcome::Siblings(values) => values,
        other @ (Outcome::Done
        | Outcome::Counted(_)
        | Outcome::Swapped(_)
        | Outcome::Indeterminate
        | Outcome::Refused(_)
        | Outcome::Elements(_)
        | Outcome::Transacted(_)) => return Err(Problem::No(other.to_string())),
    };
    let mut out = std::io::stdout().lock();
    for value in values {
        out.write_all(value.as_bytes())?;
        out.write_all(b"\n")?;
    }
    let token = key.map(|key| context_token(&key, &heard.context)).unwrap_or_default();
    writeln!(out, "{token}")?;
    Ok(())
}

/// Asks once, and prints what was asked for.
fn perform(
    client: &mut Client,
    terms: Terms,
    operation: Operation,
    patience: Duration,
) -> Result<(), Problem> {
    let mut out = std::io::stdout().lock();
    let heard = client.perform_on(terms, operation, patience)?;
    // Whoever reads a text is told what it has seen then; of a set there is nothing to know.
    let after_each: &[u8] = if heard.context.is_empty() { b"\n" } else { b"" };
    match heard.outcome {
        Outcome::Done | Outcome::Swapped(true) => {}
        Outcome::Found(Some(value)) => {
            out.write_all(value.as_bytes())?;
            out.write_all(b"\n")?;
        }
        Outcome::Siblings(values) => {
            for value in values {
                out.write_all(value.as_bytes())?;
                out.write_all(b"\n")?;
            }
            let problem = "several values, whose writers did not know of each other: get --siblings has \
                           a token to put another over them";
            return Err(Problem::No(problem.to_owned()));
        }
        Outcome::Counted(number) => writeln!(out, "{number}")?,
        Outcome::Elements(values) => {
            for value in values {
                out.write_all(value.as_bytes())?;
                out.write_all(after_each)?;
            }
            out.write_all(if after_each.is_empty() { b"\n" } else { b"" })?;
        }
        other @ (Outcome::Found(None)
        | Outcome::Swapped(false)
        | Outcome::Indeterminate
        | Outcome::Refused(_)
        | Outcome::Transacted(_)) => return Err(Problem::No(other.to_string())),
    }
    Ok(())
}
