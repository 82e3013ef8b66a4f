//! Everything there is to explore: families of protocols, their sections, their scenarios, with the
//! types of the protocols erased.

use std::sync::Arc;

use clap::ArgMatches;
use holdfast_models::cluster::{Client, Cluster, Environment, Property, Scenario, Tier, Verdict};
use holdfast_models::leaderless::Leaderless;
use holdfast_models::multi_leader::certification::Certification;
use holdfast_models::multi_leader::convergent::Convergent;
use holdfast_models::multi_leader::home_region::HomeRegion;
use holdfast_models::multi_leader::locking::Locking;
use holdfast_models::single_leader::SingleLeader;

use crate::ask::Workload;
use crate::error::Failure;
use crate::explore::Explorable;
use crate::family::{Protocols, Setting};
use crate::suggest::unknown;
use crate::verdict::Statement;

/// Every family, in the order in which they are best read.
#[must_use]
pub fn families() -> Vec<Family> {
    vec![
        Family::of::<SingleLeader>(),
        Family::of::<Convergent>(),
        Family::of::<HomeRegion>(),
        Family::of::<Locking>(),
        Family::of::<Certification>(),
        Family::of::<Leaderless>(),
    ]
}

/// Protocols of one kind, and the questions asked about them.
#[derive(Debug)]
pub struct Family {
    /// What it is called.
    pub name: &'static str,
    /// What else it may be called.
    pub aliases: &'static [&'static str],
    /// Its sections, in the order of its table.
    pub sections: Vec<Section>,
    /// The mechanisms that a scenario can switch off.
    pub safeguards: Vec<String>,
    /// Everything that must stay true in it, whether or not a scenario judges it.
    pub properties: Vec<Statement>,
    /// Properties that no scenario violates, each with the reason.
    pub never_violated: &'static [(&'static str, &'static str)],
    /// Kinds of steps that no quick scenario has, each with the reason.
    pub never_exercised: &'static [(&'static str, &'static str)],
    /// Known facts that no scenario decides, each with the reason.
    pub left_out: &'static [(&'static str, &'static str)],
    /// The flags that put together a configuration.
    pub flags: fn(clap::Command) -> clap::Command,
    /// What to explore for a configuration that was put together from flags.
    pub ask: fn(&ArgMatches) -> Result<Vec<Workload>, Failure>,
}

/// Scenarios about one subject.
#[derive(Debug)]
pub struct Section {
    /// The subject, as a heading.
    pub title: &'static str,
    /// Its scenarios.
    pub entries: Vec<Entry>,
}

/// One scenario.
#[derive(Clone)]
pub struct Entry {
    /// The name of its family.
    pub family: &'static str,
    /// The title of its section.
    pub section: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The rows of the literature's table that it decides.
    pub rows: &'static [&'static str],
    /// What is asked.
    pub question: &'static str,
    /// How long it takes.
    pub tier: Tier,
    /// The whole question as its author put it: what is explored.
    pub put_as: String,
    /// How its protocol differs from the family's usual configuration.
    pub settings: Vec<Setting>,
    /// Which safeguards are off.
    pub without: Vec<String>,
    /// What surrounds its replicas.
    pub environment: Environment,
    /// Who asks for what.
    pub clients: &'static [Client],
    /// What is claimed of each property, in the order in which they are judged. The last is what
    /// exploring rests on.
    pub claims: Vec<(Statement, Verdict)>,
    /// What is explored.
    pub cluster: Arc<dyn Explorable>,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Family {
    fn of<P: Protocols>() -> Self {
        let sections = P::sections().iter().map(|section| Section {
            title: section.title,
            entries: section
                .scenarios
                .iter()
                .map(|scenario| Entry::new(section.title, scenario))
                .collect(),
        });
        Self {
            name: P::NAME,
            aliases: P::ALIASES,
            sections: sections.collect(),
            safeguards: P::safeguards(),
            properties: P::properties().iter().map(Statement::of).collect(),
            never_violated: P::NEVER_VIOLATED,
            never_exercised: P::NEVER_EXERCISED,
            left_out: P::LEFT_OUT,
            flags: P::flags,
            ask: P::ask,
        }
    }

    /// Every scenario of the family, in the order of its table.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.sections.iter().flat_map(|section| &section.entries)
    }
}

impl Entry {
    fn new<P: Protocols>(section: &'static str, scenario: &Scenario<P>) -> Self {
        let claims =
            scenario.verdicts.iter().map(|(property, verdict)| (Statement::of(property), *verdict));
        let mut cluster = Cluster::new(scenario);
        cluster.properties.push(Property::OBSOLETE_MESSAGES_ARE_IGNORED);
        Self {
            family: P::NAME,
            section,
            name: scenario.name,
            rows: scenario.rows,
            question: scenario.question,
            tier: scenario.tier,
            put_as: format!(
                "{:?} {:?} {:?}",
                scenario.protocol, scenario.environment, scenario.clients
            ),
            settings: scenario.protocol.settings(),
            without: scenario.protocol.without(),
            environment: scenario.environment,
            clients: scenario.clients,
            claims: claims.chain([(Statement::foundation::<P>(), Verdict::Holds)]).collect(),
            cluster: Arc::new(cluster),
        }
    }

    /// Whether `filter` is part of its name, or of its family's, its section's, one of its rows' or
    /// one of its properties' names.
    #[must_use]
    pub fn matches(&self, filter: &str) -> bool {
        let filter = filter.to_lowercase();
        self.terms().any(|term| term.to_lowercase().contains(&filter))
    }

    fn terms(&self) -> impl Iterator<Item = &'static str> {
        let properties = self.claims.iter().map(|(statement, _)| statement.name);
        [self.family, self.name, self.section]
            .into_iter()
            .chain(self.rows.iter().copied())
            .chain(properties)
    }

    /// The number of the property called `name`.
    ///
    /// # Errors
    /// If the scenario judges no such property.
    pub fn property(&self, name: &str) -> Result<usize, Failure> {
        let names = || self.claims.iter().map(|(statement, _)| statement.name);
        names().position(|other| other == name).ok_or_else(|| {
            let what = format!("property of {}", self.name);
            Failure::Usage(unknown(&what, name, names()))
        })
    }

    /// The property that is worth telling: the first that is violated, else the first that is
    /// reached, else the first.
    #[must_use]
    pub fn most_telling(&self) -> usize {
        let first = |wanted: fn(Verdict) -> bool| {
            self.claims.iter().position(|(_, verdict)| wanted(*verdict))
        };
        first(|verdict| matches!(verdict, Verdict::Violated { .. }))
            .or_else(|| first(|verdict| verdict == Verdict::Reached))
            .unwrap_or_default()
    }
}

/// The scenarios of all `families`, in the order of their tables.
pub fn entries(families: &[Family]) -> impl Iterator<Item = &Entry> {
    families.iter().flat_map(Family::entries)
}

/// The scenarios that `filter` selects: all without one.
///
/// # Errors
/// If it selects none.
pub fn select<'a>(families: &'a [Family], filter: Option<&str>) -> Result<Vec<&'a Entry>, Failure> {
    let Some(filter) = filter else { return Ok(entries(families).collect()) };
    let selected: Vec<_> = entries(families).filter(|entry| entry.matches(filter)).collect();
    if selected.is_empty() {
        let terms = entries(families).flat_map(Entry::terms);
        return Err(Failure::Usage(unknown("scenario, section, row or property", filter, terms)));
    }
    Ok(selected)
}

/// The scenario called `name`.
///
/// # Errors
/// If there is none.
pub fn find<'a>(families: &'a [Family], name: &str) -> Result<&'a Entry, Failure> {
    entries(families).find(|entry| entry.name == name).ok_or_else(|| {
        Failure::Usage(unknown("scenario", name, entries(families).map(|entry| entry.name)))
    })
}

/// The family called `name`, or also called so.
///
/// # Errors
/// If there is none.
pub fn family<'a>(families: &'a [Family], name: &str) -> Result<&'a Family, Failure> {
    families.iter().find(|family| family.name == name || family.aliases.contains(&name)).ok_or_else(
        || Failure::Usage(unknown("family", name, families.iter().map(|family| family.name))),
    )
}
