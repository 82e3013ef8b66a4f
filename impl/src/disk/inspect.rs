//! What a disk holds, without changing it.

use std::fmt;

use super::files::{DiskIdentity, Head, IDENTITY, numbered, segment_name, snapshot_name};
use super::record::{Found, find_record};
use super::recovery::{list, read};
use super::{Disk, DiskError};

/// What a disk holds, file by file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspected {
    /// Whose disk it is, if that can be read.
    pub identity: Option<DiskIdentity>,
    /// What is in each file.
    pub files: Vec<(String, String)>,
}

impl fmt::Display for Inspected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.identity {
            Some(DiskIdentity { cluster, replica }) => {
                writeln!(f, "replica {replica} of cluster {cluster:016x}")?;
            }
            None => writeln!(f, "nobody's: there is no {IDENTITY} file that can be read")?,
        }
        for (name, content) in &self.files {
            writeln!(f, "{name:<26} {content}")?;
        }
        Ok(())
    }
}

/// Looks at every file of a disk.
///
/// # Errors
/// If a file cannot be read at all.
pub fn inspect<D: Disk>(disk: &D) -> Result<Inspected, DiskError> {
    let names = list(disk)?;
    let identity = match names.iter().find(|name| *name == IDENTITY) {
        Some(name) => head(&read(disk, name)?).map(|head| head.identity),
        None => None,
    };
    let segments: Vec<_> = numbered(&names, "log").into_iter().map(segment_name).collect();
    let snapshots: Vec<_> = numbered(&names, "snapshot").into_iter().map(snapshot_name).collect();
    let mut files = Vec::new();
    for name in names {
        let content = read(disk, &name)?;
        let said = if segments.contains(&name) {
            segment(&content)
        } else if snapshots.contains(&name) {
            format!("{} bytes, {}", content.len(), readable(&content))
        } else {
            format!("{} bytes", content.len())
        };
        files.push((name, said));
    }
    Ok(Inspected { identity, files })
}

fn head(content: &[u8]) -> Option<Head> {
    match find_record(content, 0) {
        Found::Record { payload, .. } => postcard::from_bytes(&payload).ok(),
        Found::End | Found::Incomplete | Found::Hole | Found::Damaged(_) => None,
    }
}

fn segment(content: &[u8]) -> String {
    let (records, numbers, end, last) = records(content);
    let range = numbers.map_or_else(String::new, |(first, last)| format!(" {first} to {last}"));
    format!("{} bytes, {records} records{range}, {}", content.len(), told(end, &last))
}

fn readable(content: &[u8]) -> String {
    let (_, _, end, last) = records(content);
    told(end, &last)
}

fn told(end: usize, last: &Found) -> String {
    match last {
        Found::Record { .. } | Found::End => "readable to the end".to_owned(),
        Found::Incomplete => format!("from byte {end} on incomplete"),
        Found::Hole => format!("from byte {end} on not written"),
        Found::Damaged(reason) => format!("from byte {end} on unreadable: {reason}"),
    }
}

/// How many records there are, their numbers, where they end, and what is there.
fn records(content: &[u8]) -> (u64, Option<(u64, u64)>, usize, Found) {
    let (mut offset, mut count, mut numbers) = (0, 0, None);
    loop {
        match find_record(content, offset) {
            Found::Record { header, end, .. } => {
                // The first is the head.
                if offset > 0 && header.length > 0 {
                    count += 1;
                    let (first, _) = numbers.unwrap_or((header.sequence, 0));
                    numbers = Some((first, header.sequence));
                }
                offset = end;
            }
            found @ (Found::End | Found::Incomplete | Found::Hole | Found::Damaged(_)) => {
                return (count, numbers, offset, found);
            }
        }
    }
}
