//! What a protocol family tells the command line about itself. A new family is one module here, and
//! one line in [`crate::catalog::families`].

mod leaderless;
mod multi_leader;
mod single_leader;

use std::fmt::Debug;

use clap::{ArgMatches, FromArgMatches};
use holdfast_models::cluster::{Narrate, Property, Section};

use crate::ask::{Places, Workload};
use crate::error::Failure;
use crate::spelling::{kebab_case, spelt};

/// A family of protocols.
pub trait Protocols: Narrate {
    /// A mechanism that can be switched off.
    type Safeguard: Copy + Debug + Send + Sync + 'static;

    /// All of them.
    const SAFEGUARDS: &'static [Self::Safeguard];
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

    /// Whether `safeguard` is on here.
    fn is_on(&self, safeguard: Self::Safeguard) -> bool;

    /// The same with every safeguard on.
    #[must_use]
    fn with_all_safeguards(self) -> Self;

    /// The mechanisms that can be switched off, by name.
    fn safeguards() -> Vec<String> {
        Self::SAFEGUARDS.iter().map(|known| safeguard(*known)).collect()
    }

    /// Which of them are off here.
    fn without(&self) -> Vec<String> {
        let off = Self::SAFEGUARDS.iter().filter(|known| !self.is_on(**known));
        off.map(|known| safeguard(*known)).collect()
    }

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

/// How a configuration differs from what the flags give by default.
struct Settings(Vec<Setting>);

impl Settings {
    /// Only how many replicas there are: that is always told.
    fn replicas(count: u8) -> Self {
        Self(vec![Setting { flag: "replicas", value: count.to_string() }])
    }

    fn tell(&mut self, differs: bool, flag: &'static str, value: String) {
        if differs {
            self.0.push(Setting { flag, value });
        }
    }

    /// Tells one of `choices`, unless it is the usual one.
    fn choice<T: PartialEq + Debug>(
        &mut self,
        flag: &'static str,
        choices: &[(&str, T)],
        [chosen, usual]: [&T; 2],
    ) {
        self.tell(chosen != usual, flag, spelt(choices, chosen));
    }

    /// All of them, and then which safeguards are off.
    fn without<P: Protocols>(self, protocol: &P) -> Vec<Setting> {
        let off = protocol.without().into_iter().map(|value| Setting { flag: "without", value });
        self.0.into_iter().chain(off).collect()
    }
}

/// How a safeguard is written on a command line. Models alone can switch it off.
fn safeguard(safeguard: impl Debug) -> String {
    kebab_case(&format!("{safeguard:?}"))
}

/// Every safeguard by its name, for a flag.
fn safeguards<P: Protocols>() -> &'static [(&'static str, P::Safeguard)] {
    let named = |known: &P::Safeguard| (&*safeguard(*known).leak(), *known);
    // A command is put together a few times in the life of a process.
    P::SAFEGUARDS.iter().map(named).collect::<Vec<_>>().leak()
}

/// The flags of a family as its own type.
fn read<F: FromArgMatches>(flags: &ArgMatches) -> Result<F, Failure> {
    F::from_arg_matches(flags).map_err(|error| Failure::Usage(error.to_string()))
}

/// Where readers ask, if every replica takes updates.
const EVERYBODY_WRITES: Places = Places {
    first: "reads-at-the-writer",
    another: "reads-elsewhere",
    // The first replica may have stored what it has not told the others.
    moving: [0, 1],
    told: "reads-by-word-of-mouth",
};

const CRASH_DURING_A_STEP: &str =
    "Where a message may stay undelivered it looks like a crash after the step.";
const ONLY_FAULTS: &str =
    "It says what the handlers do in every configuration: only faults in them violate it.";
