//! The atlas in the documents, from what was recorded: exploring all of it takes hours.

use std::fs;
use std::path::{Path, PathBuf};

use super::generate::ATLAS;
use super::{pages, writing};
use crate::atlas::{Atlas, grid};
use crate::error::Failure;

/// The section.
pub(super) fn mapped(atlas: &Atlas) -> String {
    format!("```text\n{}```\n", grid(atlas))
}

/// Rewrites the parts of the documents that tell the atlas. Answers which files it wrote.
///
/// # Errors
/// If a file cannot be read, understood or written.
pub(crate) fn record_atlas(root: &Path, atlas: &Atlas) -> Result<Vec<PathBuf>, Failure> {
    let mut written = Vec::new();
    for page in pages(root)? {
        if !page.sections().any(|section| section.name == ATLAS) {
            continue;
        }
        let sections = page.sections().map(|section| match section.name {
            ATLAS => mapped(atlas),
            _ => section.body.to_owned(),
        });
        let text = page.with(&sections.collect::<Vec<_>>());
        fs::write(&page.file, text).map_err(writing(&page.file))?;
        written.push(page.file);
    }
    Ok(written)
}
