//! The files of the project, and what stands in them.

use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("packages are folders of the workspace")
}

/// What stands directly in `folder`, sorted.
pub(crate) fn listed(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|why| panic!("{}: {why}", folder.display()));
    let mut paths: Vec<_> =
        entries.map(|entry| entry.expect("a listed file exists").path()).collect();
    paths.sort();
    paths
}

/// All files below `folder` that have `extension`, sorted. Nothing that is built.
pub(crate) fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in listed(folder) {
        let is_built = path == root().join("target") || path == root().join(".git");
        if path.is_dir() && !is_built {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|other| other == extension) {
            found.push(path);
        }
    }
    found
}

/// What stands in `file`.
pub(crate) fn text(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|why| panic!("{}: {why}", file.display()))
}

/// How `file` is called in the project.
pub(crate) fn name(file: &Path) -> String {
    file.strip_prefix(root()).unwrap_or(file).display().to_string()
}
