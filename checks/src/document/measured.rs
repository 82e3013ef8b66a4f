//! What measuring the engine came to, kept in a file: another machine would come to something else, so
//! it is compared with nothing but the documents.

use std::fs;
use std::path::{Path, PathBuf};

use super::generate::MEASURED;
use super::{nearest_root, pages, reading, writing};
use crate::bench::{Report, markdown};
use crate::error::Failure;

const FILE: &str = "checks/measured.json";

/// Records what was measured, and rewrites the parts of the documents that tell it. Answers which files
/// it wrote.
///
/// # Errors
/// If a file cannot be read, understood or written.
pub fn record_measured(root: Option<&Path>, report: &Report) -> Result<Vec<PathBuf>, Failure> {
    let root = root.map_or_else(nearest_root, |root| Ok(root.to_path_buf()))?;
    let pages = pages(&root)?;
    let file = root.join(FILE);
    let mut text = serde_json::to_string_pretty(report)
        .map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))?;
    text.push('\n');
    fs::write(&file, text).map_err(writing(&file))?;
    let mut written = vec![file];
    for page in pages.iter().filter(|page| page.sections().any(|section| section.name == MEASURED))
    {
        let sections = page.sections().map(|section| match section.name {
            MEASURED => markdown(report),
            _ => section.body.to_owned(),
        });
        let text = page.with(&sections.collect::<Vec<_>>());
        fs::write(&page.file, text).map_err(writing(&page.file))?;
        written.push(page.file.clone());
    }
    Ok(written)
}

/// What was recorded last, if anything was.
pub(super) fn measured(root: &Path) -> Result<Option<Report>, Failure> {
    let file = root.join(FILE);
    if !file.exists() {
        return Ok(None);
    }
    let text = fs::read_to_string(&file).map_err(reading(&file))?;
    let report = serde_json::from_str(&text);
    report.map(Some).map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))
}
