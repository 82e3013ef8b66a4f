//! Names of files, and what is in those that are not segments.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::record::{Found, find_record, write_record};
use super::{Disk, DiskError};

/// The format of everything in the folder.
pub const FORMAT: u32 = 1;

pub(super) const IDENTITY: &str = "identity";
pub(super) const BOOT: &str = "boot";
pub(super) const LOCK: &str = "lock";
const UNFINISHED: &str = ".unfinished";

/// Whose disk it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskIdentity {
    /// The cluster.
    pub cluster: u64,
    /// The replica.
    pub replica: u8,
}

/// What a file says first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) format: u32,
    pub(super) identity: DiskIdentity,
    /// The number of the segment, or of the one that begins where the snapshot ends. 0 elsewhere.
    pub(super) segment: u64,
}

impl Head {
    pub(super) const fn new(identity: DiskIdentity, segment: u64) -> Self {
        Self { format: FORMAT, identity, segment }
    }

    /// Whether this is the head of `segment` of `identity`'s disk.
    pub(super) fn check(
        &self,
        identity: DiskIdentity,
        segment: u64,
        file: &str,
    ) -> Result<(), DiskError> {
        let foreign = |reason| Err(DiskError::Foreign { file: file.to_owned(), reason });
        if self.format != FORMAT {
            return foreign(format!("written in format {}; this node reads {FORMAT}", self.format));
        }
        if self.identity.cluster != identity.cluster {
            return foreign("it belongs to another cluster".to_owned());
        }
        if self.identity.replica != identity.replica {
            let (theirs, own) = (self.identity.replica, identity.replica);
            return foreign(format!("it belongs to replica {theirs}, and this is replica {own}"));
        }
        if self.segment != segment {
            return foreign(format!("it says that it is number {}", self.segment));
        }
        Ok(())
    }
}

pub(super) fn segment_name(number: u64) -> String {
    format!("log-{number:016x}")
}

pub(super) fn snapshot_name(number: u64) -> String {
    format!("snapshot-{number:016x}")
}

/// The numbers of the files that are called `prefix` and a number, in order.
pub(super) fn numbered(names: &[String], prefix: &str) -> Vec<u64> {
    let number = |name: &String| {
        let digits = name.strip_prefix(prefix)?.strip_prefix('-')?;
        let is_ours = digits.len() == 16 && !digits.contains('+');
        is_ours.then(|| u64::from_str_radix(digits, 16).ok()).flatten()
    };
    let mut numbers: Vec<_> = names.iter().filter_map(number).collect();
    numbers.sort_unstable();
    numbers
}

/// Whether a file of that name was being written when the node stopped, and is of no use.
pub(super) fn is_unfinished(name: &str) -> bool {
    name.ends_with(UNFINISHED)
}

/// Writes a file that is either there whole or not there at all.
pub(super) fn replace<D: Disk>(disk: &D, name: &str, content: &[u8]) -> Result<(), DiskError> {
    let unfinished = format!("{name}{UNFINISHED}");
    if disk.list().map_err(DiskError::failed("listing", name))?.contains(&unfinished) {
        disk.remove(&unfinished).map_err(DiskError::failed("removing", &unfinished))?;
    }
    disk.append(&unfinished, content).map_err(DiskError::failed("writing", &unfinished))?;
    disk.sync(&unfinished).map_err(DiskError::failed("syncing", &unfinished))?;
    disk.rename(&unfinished, name).map_err(DiskError::failed("renaming", &unfinished))?;
    disk.sync_names().map_err(DiskError::failed("syncing the folder of", name))
}

/// A file of a head and one value.
pub(super) fn encode<T: Serialize>(head: &Head, sequence: u64, value: &T) -> Vec<u8> {
    let mut content = Vec::new();
    write_record(&mut content, sequence, 0, &payload(head));
    write_record(&mut content, sequence, 0, &payload(value));
    content
}

/// The first snapshot, with any payload at all, and its name.
#[cfg(any(test, fuzzing))]
pub(crate) fn snapshot_of(identity: DiskIdentity, bytes: &[u8]) -> (String, Vec<u8>) {
    let mut content = Vec::new();
    write_record(&mut content, 0, 0, &payload(&Head::new(identity, 1)));
    write_record(&mut content, 0, 0, bytes);
    (snapshot_name(1), content)
}

/// Reads what [`encode`] wrote: the sequence number and the value.
pub(super) fn decode<T: DeserializeOwned>(
    content: &[u8],
    name: &str,
    identity: DiskIdentity,
    segment: u64,
) -> Result<(u64, T), DiskError> {
    let (_, head, end): (u64, Head, usize) = whole_record(content, 0, name)?;
    head.check(identity, segment, name)?;
    let (sequence, value, end) = whole_record(content, end, name)?;
    if end == content.len() {
        Ok((sequence, value))
    } else {
        Err(DiskError::unreadable(name, end, "there should be nothing more"))
    }
}

fn whole_record<T: DeserializeOwned>(
    content: &[u8],
    offset: usize,
    name: &str,
) -> Result<(u64, T, usize), DiskError> {
    let reason = match find_record(content, offset) {
        Found::Record { header, payload, end } => {
            return match postcard::from_bytes(&payload) {
                Ok(value) => Ok((header.sequence, value, end)),
                Err(error) => Err(DiskError::unreadable(name, offset, error.to_string())),
            };
        }
        Found::End | Found::Incomplete => "the file ends too early",
        Found::Hole => "a sector is missing",
        Found::Damaged(reason) => reason,
    };
    Err(DiskError::unreadable(name, offset, reason))
}

pub(super) fn payload<T: Serialize>(value: &T) -> Vec<u8> {
    postcard::to_stdvec(value).expect("plain data, and memory is all that writing it needs")
}
