//! One row of a verdict table: a question, how it is put, and the answer that is claimed.

use super::{Client, Environment, Property};
use crate::protocol::Protocol;

/// Scenarios about one subject, in the order in which they are best read.
#[derive(Clone, Copy, Debug)]
pub struct Section<P: Protocol> {
    /// The subject, as a heading.
    pub title: &'static str,
    /// The scenarios.
    pub scenarios: &'static [Scenario<P>],
}

/// One question about one configuration, and what is claimed.
#[derive(Clone, Debug)]
pub struct Scenario<P: Protocol> {
    /// Its name: kebab case, and the situation rather than the answer.
    pub name: &'static str,
    /// The rows of the literature's table of known facts that it decides, such as `A14`.
    pub rows: &'static [&'static str],
    /// What somebody who designs or chooses replication would ask.
    pub question: &'static str,
    /// How long it takes.
    pub tier: Tier,
    /// The configuration.
    pub protocol: P,
    /// Network and faults.
    pub environment: Environment,
    /// Who asks for what.
    pub clients: &'static [Client],
    /// What is claimed of which property.
    pub verdicts: &'static [(Property<P>, Verdict)],
}

/// How long a scenario takes to explore.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Seconds: on every change.
    Quick,
    /// Minutes: larger bounds, when there is time.
    Thorough,
}

/// What is claimed of a property in a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// True in every reachable moment.
    Holds,
    /// False in some reachable moment; the nearest is this many steps away.
    Violated {
        /// Length of the shortest counterexample; for what should come true in the end, of the
        /// shortest way to where it no longer has to.
        steps: u16,
    },
    /// A witness: true in some reachable moment.
    Reached,
    /// A witness that must not be: true in no reachable moment.
    Unreachable,
}
