//! What a replica remembers, on a disk.
//!
//! ```text
//! identity             whose disk this is
//! boot                 how often the replica was started on it
//! log-0000000000000003 what has changed since segment 3 began, record after record
//! snapshot-…0003       everything as it was when segment 3 began; there is none for the first
//! ```
//!
//! Records carry the difference between two durable states, a checksum, and how far the segment was
//! known to be on stable storage when they were written. So at start it can be told whether a record
//! that cannot be read was lost with the crash, which is what crashes do, or was safe and has decayed
//! since: then the replica does not start, because it can no longer tell what it has promised.
//!
//! A failed write or sync ends the node. After it, nobody knows what the disk holds: a second sync
//! may succeed although the pages of the first are gone.

mod directory;
mod error;
mod faulty;
mod files;
mod inspect;
mod journal;
mod record;
mod recovery;
mod store;

#[cfg(test)]
mod tests;

use std::io;

pub use directory::Directory;
pub use error::DiskError;
pub use faulty::{CrashDamage, FaultyDisk, Injected};
#[cfg(any(test, fuzzing))]
pub(crate) use files::snapshot_of;
pub use files::{DiskIdentity, FORMAT};
pub use inspect::{Inspected, inspect};
pub use journal::{
    CellsChange, Change, DurableChange, Journal, LockChange, OrderChange, RegionChange,
    RegistersChange, RememberedChange,
};
pub use record::RECORD_HEADER_LENGTH;
pub(crate) use record::{Found, find_record, write_record};
pub use recovery::is_unused;
pub use store::{Store, Writing};

/// A folder of files. Handles are cloned for every thread that writes.
///
/// Nothing is on stable storage before it is synced: content by [`Disk::sync`], the names of files by
/// [`Disk::sync_names`].
pub trait Disk: Clone + Send + 'static {
    /// The names of all files, in order.
    ///
    /// # Errors
    /// If the folder cannot be read.
    fn list(&self) -> io::Result<Vec<String>>;
    /// All that is in a file.
    ///
    /// # Errors
    /// If there is no such file, or it cannot be read.
    fn read(&self, name: &str) -> io::Result<Vec<u8>>;
    /// Adds bytes at the end of a file, which is created if it is not there.
    ///
    /// # Errors
    /// If not all bytes could be written. Some may have been.
    fn append(&self, name: &str, bytes: &[u8]) -> io::Result<()>;
    /// Brings the content of a file to stable storage.
    ///
    /// # Errors
    /// If nobody knows whether it is there now.
    fn sync(&self, name: &str) -> io::Result<()>;
    /// Cuts a file to `length` bytes.
    ///
    /// # Errors
    /// If it cannot be cut.
    fn truncate(&self, name: &str, length: u64) -> io::Result<()>;
    /// Gives a file another name, over a file that has it.
    ///
    /// # Errors
    /// If it cannot be renamed.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Removes a file.
    ///
    /// # Errors
    /// If it cannot be removed.
    fn remove(&self, name: &str) -> io::Result<()>;
    /// Brings to stable storage which files there are.
    ///
    /// # Errors
    /// If nobody knows whether it is there now.
    fn sync_names(&self) -> io::Result<()>;
}
