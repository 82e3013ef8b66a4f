//! What exploring the thorough scenarios came to, kept in a file: they take too long to be explored
//! whenever a document is compared.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{reading, writing};
use crate::catalog::Entry;
use crate::error::Failure;
use crate::explore::{Cause, End, Exploration, Kept};
use crate::report::Outcome;
use crate::verdict::Judgement;

const FILE: &str = "checks/thorough.json";

/// Everything that was recorded, by scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Records(BTreeMap<String, Record>);

/// What exploring one scenario came to, and what was explored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    /// The question as it was put: another question needs another answer.
    put_as: String,
    states: usize,
    depth: Option<usize>,
    /// Why there may be more than that, if the search ended early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    truncated: Option<Cause>,
    /// For each property, the path to where it is violated or reached.
    paths: BTreeMap<String, Option<Vec<usize>>>,
}

impl Records {
    /// Reads the file. Nothing is recorded where it does not exist.
    ///
    /// # Errors
    /// If it cannot be read or understood.
    pub fn read(root: &Path) -> Result<Self, Failure> {
        let file = root.join(FILE);
        if !file.exists() {
            return Ok(Self::default());
        }
        let text = fs::read_to_string(&file).map_err(reading(&file))?;
        serde_json::from_str(&text)
            .map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))
    }

    pub(super) fn write(&self, root: &Path) -> Result<(), Failure> {
        let file = root.join(FILE);
        let mut text = serde_json::to_string_pretty(self)
            .map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))?;
        text.push('\n');
        fs::write(&file, text).map_err(writing(&file))
    }

    /// Records an outcome. Answers whether that changes anything. A search that ended early says
    /// nothing against one that did not, or that saw more.
    pub(super) fn update(&mut self, outcome: &Outcome<'_>) -> bool {
        let Outcome { entry, judgement } = outcome;
        let path = |judged: &crate::verdict::Judged| {
            let path = judged.trace.as_ref().map(|trace| trace.path.clone());
            (judged.statement.name.to_owned(), path)
        };
        let record = Record {
            put_as: entry.put_as.clone(),
            states: judgement.exploration.states,
            depth: judgement.exploration.depth,
            truncated: judgement.truncated(),
            paths: judgement.judged.iter().map(path).collect(),
        };
        let before = self.0.get(entry.name);
        let is_known = before.is_some_and(|before| {
            let saw_as_much = before.truncated.is_none() || before.states >= record.states;
            *before == record
                || record.truncated.is_some() && before.put_as == record.put_as && saw_as_much
        });
        if !is_known {
            self.0.insert(entry.name.to_owned(), record);
        }
        !is_known
    }

    /// What was recorded of a scenario. Its paths are retraced, so that they are told as they are
    /// today.
    ///
    /// # Errors
    /// If nothing was, if the scenario was another then, or if a path leads elsewhere today.
    pub fn outcome<'a>(&self, entry: &'a Entry) -> Result<Outcome<'a>, Failure> {
        let stale = |why: &str| {
            let mend = format!("{} --tier all", super::REWRITE);
            Failure::Usage(format!("{FILE}: {} {why}; to mend it: {mend}", entry.name))
        };
        let record = self.0.get(entry.name).ok_or_else(|| stale("is missing"))?;
        if record.put_as != entry.put_as {
            return Err(stale("was another scenario when it was recorded"));
        }
        let mut traces = Vec::new();
        for (index, (statement, _)) in entry.claims.iter().enumerate() {
            let path = record.paths.get(statement.name);
            let path = path.ok_or_else(|| stale("has other properties than were recorded"))?;
            let retrace = |path: &Vec<usize>| {
                entry
                    .cluster
                    .retrace(path, index)
                    .ok_or_else(|| stale("has a recorded path that leads elsewhere today"))
            };
            traces.push(path.as_ref().map(retrace).transpose()?);
        }
        let exploration = Exploration {
            coverage: Vec::new(),
            states: record.states,
            orbits: None,
            depth: record.depth,
            generated: None,
            bytes: None,
            kept: Kept::default(),
            time: Duration::ZERO,
            end: record.truncated.clone().map_or(End::Exhausted, End::Truncated),
            traces,
        };
        let claims = entry.claims.iter().map(|(what, claimed)| (*what, Some(*claimed)));
        Ok(Outcome { entry, judgement: Judgement::new(exploration, claims) })
    }
}
