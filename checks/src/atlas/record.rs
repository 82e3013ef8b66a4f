//! What surveys found, kept in a file: the whole grid takes hours.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Cell, Grade};
use crate::error::Failure;

const FILE: &str = "checks/atlas.json";

/// What is known of each cell: the letters of its grade, by the flags that ask about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Atlas(BTreeMap<String, String>);

impl Atlas {
    /// Reads the file. Nothing is known where it does not exist.
    ///
    /// # Errors
    /// If it cannot be read or understood.
    pub fn read(root: &Path) -> Result<Self, Failure> {
        let file = root.join(FILE);
        if !file.exists() {
            return Ok(Self::default());
        }
        let reading = Failure::while_doing(format!("reading {}", file.display()));
        let text = fs::read_to_string(&file).map_err(reading)?;
        serde_json::from_str(&text)
            .map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))
    }

    /// Writes the file.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&self, root: &Path) -> Result<(), Failure> {
        let file = root.join(FILE);
        let mut text = serde_json::to_string_pretty(self)
            .map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))?;
        text.push('\n');
        let writing = Failure::while_doing(format!("writing {}", file.display()));
        fs::write(&file, text).map_err(writing)
    }

    /// Notes what was found about a cell.
    pub fn note(&mut self, cell: &Cell, grade: Grade) {
        self.0.insert(cell.name(), grade.letters().to_owned());
    }

    /// The letters of a cell's grade, if it was explored.
    #[must_use]
    pub fn letters(&self, cell: &Cell) -> Option<&str> {
        self.0.get(&cell.name()).map(String::as_str)
    }
}
