//! What is wrong with a cluster file, and where.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

/// Something in a file that cannot be meant. The node does not start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// Which file.
    pub file: PathBuf,
    /// Which of its lines, counted from 1, if it is about one.
    pub line: Option<usize>,
    /// Which field, such as `policies.ack`; empty if it is about none.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
}

impl ConfigError {
    /// A problem with a file as a whole.
    #[must_use]
    pub fn of_file(file: &Path, problem: String) -> Self {
        Self { file: file.to_owned(), line: None, field: String::new(), problem }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if !self.field.is_empty() {
            write!(f, ", {}", self.field)?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl std::error::Error for ConfigError {}

/// The text of a file and where it is from.
pub(super) struct Source<'a> {
    pub(super) path: &'a Path,
    pub(super) text: &'a str,
}

impl Source<'_> {
    pub(super) fn parse<T: DeserializeOwned>(&self) -> Result<T, ConfigError> {
        toml::from_str(self.text).map_err(|error| ConfigError {
            file: self.path.to_owned(),
            line: error.span().map(|span| self.line(&span)),
            field: String::new(),
            problem: error.message().to_owned(),
        })
    }

    /// A problem with `field`, which is at `span`.
    pub(super) fn wrong(
        &self,
        span: Range<usize>,
        field: &str,
        problem: impl Into<String>,
    ) -> ConfigError {
        ConfigError {
            file: self.path.to_owned(),
            line: Some(self.line(&span)),
            field: field.to_owned(),
            problem: problem.into(),
        }
    }

    fn line(&self, span: &Range<usize>) -> usize {
        let before = self.text.as_bytes().iter().take(span.start);
        1 + before.filter(|byte| **byte == b'\n').count()
    }
}
