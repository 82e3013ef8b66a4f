//! Why a replica cannot remember, and so must not speak.

use std::{fmt, io};

/// What is wrong with a disk. The node stops, or does not start.
#[derive(Debug)]
pub enum DiskError {
    /// The operating system reports a failure.
    Failed {
        /// What was being done.
        doing: &'static str,
        /// To which file.
        file: String,
        /// What it reports.
        error: io::Error,
    },
    /// A file cannot be read whole, and what is missing was safe once.
    Unreadable {
        /// Which file.
        file: String,
        /// From which byte on.
        offset: u64,
        /// What is wrong there.
        reason: String,
    },
    /// The disk is another replica's, another cluster's, or of another format.
    Foreign {
        /// Which file says so.
        file: String,
        /// What it says.
        reason: String,
    },
    /// Another process uses the disk.
    InUse,
    /// Nothing was ever kept on the disk, although the replica is said to have run.
    Empty,
    /// Something is kept on the disk, although the replica is said to be new.
    NotNew,
}

impl DiskError {
    pub(super) fn failed(doing: &'static str, file: &str) -> impl FnOnce(io::Error) -> Self {
        let file = file.to_owned();
        move |error| Self::Failed { doing, file, error }
    }

    pub(super) fn unreadable(file: &str, offset: usize, reason: impl Into<String>) -> Self {
        Self::Unreadable { file: file.to_owned(), offset: offset as u64, reason: reason.into() }
    }
}

impl fmt::Display for DiskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed { doing, file, error } => write!(f, "{doing} {file}: {error}"),
            Self::Unreadable { file, offset, reason } => {
                write!(f, "{file} cannot be read from byte {offset} on: {reason}")
            }
            Self::Foreign { file, reason } => write!(f, "{file}: {reason}"),
            Self::InUse => write!(f, "another process uses this folder"),
            Self::Empty => write!(
                f,
                "no replica was ever started here. One that has lost its disk has forgotten what it \
                 promised, and must not come back under its id. If it never ran, say so with --new"
            ),
            Self::NotNew => write!(f, "a replica was started here before, so it is not --new"),
        }
    }
}

impl std::error::Error for DiskError {}
