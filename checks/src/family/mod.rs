//! What a protocol family tells the command line about itself. A new family is one module here, and
//! one line in [`crate::catalog::families`].

mod leaderless;
mod multi_leader;
mod single_leader;

use clap::ArgMatches;
use holdfast_models::cluster::{Narrate, Property, Section};

use crate::ask::Workload;
use crate::error::Failure;

/// A family of protocols.
pub trait Protocols: Narrate {
    /// What it is called.
    const NAME: &'static str;
    /// What else it may be called.
    const ALIASES: &'static [&'static str];
    /// Properties that no scenario violates, each with the reason.
    const NEVER_VIOLATED: &'static [(&'static str, &'static str)];
    /// Kinds of steps that no quick scenario has, each with the reason.
    const NEVER_EXERCISED: &'static [(&'static str, &'static str)];
    /// Known facts that no scenario decides, each with the reason.
    const LEFT_OUT: &'static [(&'static str, &'static str)];

    /// Its table.
    fn sections() -> &'static [Section<Self>];

    /// Everything that must stay true, apart from what clients see.
    fn properties() -> Vec<Property<Self>>;

    /// The mechanisms that can be switched off, by name.
    fn safeguards() -> Vec<String>;

    /// Which of them are off here.
    fn without(&self) -> Vec<String>;

    /// How this configuration differs from what the flags give by default.
    fn settings(&self) -> Vec<Setting>;

    /// Adds the flags that put a configuration together.
    fn flags(command: clap::Command) -> clap::Command;

    /// What to explore for a configuration put together from flags.
    ///
    /// # Errors
    /// If the flags contradict each other.
    fn ask(flags: &ArgMatches) -> Result<Vec<Workload>, Failure>;
}

/// One choice of a configuration, as a flag says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The name of the flag, without dashes.
    pub flag: &'static str,
    /// Its value.
    pub value: String,
}
