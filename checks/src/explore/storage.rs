//! How a search keeps the states that it has seen.

use std::env;
use std::path::PathBuf;
use std::time::Duration;

/// How states are to be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Storage {
    /// Whether in less memory, which takes more time.
    pub compressed: bool,
    /// The folder that they go to when memory is short, in files that have no name and end with the
    /// process: that for temporary files, if not said.
    pub folder: Option<PathBuf>,
    /// If said, they go there at once, and what is reached may take so many bytes before it is compared
    /// with them. Otherwise that is what memory is left.
    pub room: Option<usize>,
    /// Whether what was seen is to outlast the process.
    pub checkpointing: Option<Checkpointing>,
}

/// How what was seen outlasts the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpointing {
    /// Where it is written.
    pub folder: PathBuf,
    /// How often.
    pub every: Duration,
    /// Whether to go on from what is there.
    pub resume: bool,
    /// What is explored, by what: no other search goes on from there.
    pub of: String,
}

impl Storage {
    /// In memory while there is enough, each as a row of its own.
    pub const PLAIN: Self =
        Self { compressed: false, folder: None, room: None, checkpointing: None };

    /// Where states go when memory is short.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.folder.clone().unwrap_or_else(env::temp_dir)
    }
}

/// How states were kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Whether rows were compressed.
    pub compressed: bool,
    /// How many bytes there were on disk in the end: 0, unless memory was short.
    pub on_disk: u64,
}
