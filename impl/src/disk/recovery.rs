//! Starting: what the disk holds, and whether that is all that was ever safe on it.

use super::files::{
    BOOT, DiskIdentity, Head, IDENTITY, decode, encode, is_unfinished, numbered, payload, replace,
    segment_name, snapshot_name,
};
use super::record::{Found, find_record, known_to_be_synced, write_record};
use super::{Change, Disk, DiskError, Journal};

/// What was found on a disk.
pub(super) struct Recovered<J> {
    pub(super) durable: Option<J>,
    /// The segment that is written to, and its length.
    pub(super) segment: u64,
    pub(super) length: u64,
    /// The last record's number.
    pub(super) sequence: u64,
    /// Bytes of the latest snapshot.
    pub(super) snapshot_length: u64,
    /// Bytes of a torn tail that were cut off.
    pub(super) cut: u64,
}

/// Whether no replica was ever started on the disk.
///
/// # Errors
/// If the disk cannot be read.
pub fn is_unused<D: Disk>(disk: &D) -> Result<bool, DiskError> {
    Ok(!list(disk)?.iter().any(|name| name == IDENTITY || is_content(name)))
}

/// Claims an empty disk, or checks that this one is ours. Answers how often the replica has now been
/// started on it.
pub(super) fn claim<D: Disk>(disk: &D, identity: DiskIdentity) -> Result<u64, DiskError> {
    let names = list(disk)?;
    if names.iter().any(|name| name == IDENTITY) {
        let content = read(disk, IDENTITY)?;
        decode::<()>(&content, IDENTITY, identity, 0)?;
    } else {
        if let Some(other) = names.iter().find(|name| is_content(name)) {
            let reason =
                format!("there is no {IDENTITY} file beside it, so nobody knows whose it is");
            return Err(DiskError::Foreign { file: other.clone(), reason });
        }
        replace(disk, IDENTITY, &encode(&Head::new(identity, 0), 0, &()))?;
    }
    let started = if names.iter().any(|name| name == BOOT) {
        decode::<u64>(&read(disk, BOOT)?, BOOT, identity, 0)?.1
    } else if names.iter().any(|name| is_content(name)) {
        let reason = "it is missing, and what was sent before cannot be told from what comes";
        return Err(DiskError::unreadable(BOOT, 0, reason));
    } else {
        0
    };
    replace(disk, BOOT, &encode(&Head::new(identity, 0), 0, &(started + 1)))?;
    Ok(started + 1)
}

fn is_content(name: &str) -> bool {
    name.starts_with("log-") || name.starts_with("snapshot-") && !is_unfinished(name)
}

/// Reads everything, removes what is of no use, and leaves a segment to be written to.
pub(super) fn recover<D: Disk, J: Journal>(
    disk: &D,
    identity: DiskIdentity,
) -> Result<Recovered<J>, DiskError> {
    let names = list(disk)?;
    let mut recovered = latest_snapshot(disk, identity, &names)?;
    let first = recovered.segment;
    let segments = numbered(&names, "log");
    let last = segments.last().copied().filter(|last| *last >= first);
    if let Some(last) = last {
        for number in first..=last {
            if !segments.contains(&number) {
                let reason = "it is missing, and a later one is there";
                return Err(DiskError::unreadable(&segment_name(number), 0, reason));
            }
            recovered.replay(disk, identity, number, number == last)?;
        }
    } else if first > FIRST_SEGMENT {
        let reason = "it is missing, and was there before the snapshot was";
        return Err(DiskError::unreadable(&segment_name(first), 0, reason));
    }
    if recovered.length == 0 {
        begin_segment(disk, identity, recovered.segment, recovered.sequence)
            .map(|length| recovered.length = length)?;
    }
    remove_before(disk, first)?;
    Ok(recovered)
}

/// The number of the first segment of all.
pub(super) const FIRST_SEGMENT: u64 = 1;

fn latest_snapshot<D: Disk, J: Journal>(
    disk: &D,
    identity: DiskIdentity,
    names: &[String],
) -> Result<Recovered<J>, DiskError> {
    let Some(number) = numbered(names, "snapshot").last().copied() else {
        return Ok(Recovered {
            durable: None,
            segment: FIRST_SEGMENT,
            length: 0,
            sequence: 0,
            snapshot_length: 0,
            cut: 0,
        });
    };
    let name = snapshot_name(number);
    let content = read(disk, &name)?;
    let (sequence, durable) = decode(&content, &name, identity, number)?;
    Ok(Recovered {
        durable: Some(durable),
        segment: number,
        length: 0,
        sequence,
        snapshot_length: content.len() as u64,
        cut: 0,
    })
}

impl<J: Journal> Recovered<J> {
    /// Applies the records of one segment.
    fn replay<D: Disk>(
        &mut self,
        disk: &D,
        identity: DiskIdentity,
        number: u64,
        is_last: bool,
    ) -> Result<(), DiskError> {
        let name = segment_name(number);
        let content = read(disk, &name)?;
        let mut offset = 0;
        self.segment = number;
        loop {
            match find_record(&content, offset) {
                Found::Record { header, payload, end } => {
                    if offset == 0 {
                        let head: Head = postcard::from_bytes(&payload)
                            .map_err(|error| DiskError::unreadable(&name, 0, error.to_string()))?;
                        head.check(identity, number, &name)?;
                        self.follows(header.sequence, self.sequence, &name, offset)?;
                    } else if header.length > 0 {
                        self.follows(header.sequence, self.sequence + 1, &name, offset)?;
                        self.apply(&payload)
                            .map_err(|reason| DiskError::unreadable(&name, offset, reason))?;
                        self.sequence += 1;
                    }
                    offset = end;
                }
                Found::End if offset > 0 || is_last => break,
                torn @ (Found::End | Found::Incomplete | Found::Hole | Found::Damaged(_)) => {
                    refuse_unless_torn(&content, offset, &torn, is_last, &name)?;
                    self.cut = (content.len() - offset) as u64;
                    disk.truncate(&name, offset as u64)
                        .map_err(DiskError::failed("cutting", &name))?;
                    disk.sync(&name).map_err(DiskError::failed("syncing", &name))?;
                    break;
                }
            }
        }
        self.length = offset as u64;
        Ok(())
    }

    fn follows(&self, found: u64, due: u64, name: &str, offset: usize) -> Result<(), DiskError> {
        if found == due {
            return Ok(());
        }
        let reason = format!("record {found} is where record {due} should be");
        Err(DiskError::unreadable(name, offset, reason))
    }

    fn apply(&mut self, payload: &[u8]) -> Result<(), String> {
        let change = postcard::from_bytes(payload).map_err(|error| error.to_string())?;
        self.durable = Some(match (self.durable.take(), change) {
            (_, Change::Whole(durable)) => durable,
            (Some(durable), Change::Part(part)) => durable.changed(part)?,
            (None, Change::Part(_)) => return Err("a change of nothing".to_owned()),
        });
        Ok(())
    }
}

/// Whether what is at `offset`, where a record should be, was certainly never on stable storage
/// whole: it is at the end of the last segment, no later record knows better, and it looks as lost
/// writes do.
fn refuse_unless_torn(
    content: &[u8],
    offset: usize,
    found: &Found,
    is_last: bool,
    name: &str,
) -> Result<(), DiskError> {
    let unreadable = |reason: String| Err(DiskError::unreadable(name, offset, reason));
    if !is_last {
        return unreadable("and a later segment was begun, before which all was synced".to_owned());
    }
    let synced = known_to_be_synced(content, offset);
    if synced > offset as u64 {
        return unreadable(format!("a later record knows that {synced} bytes were synced"));
    }
    match found {
        Found::Damaged(reason) => unreadable(format!(
            "{reason}, and nobody can tell whether it was torn by a crash or has decayed since"
        )),
        Found::Record { .. } | Found::End | Found::Incomplete | Found::Hole => Ok(()),
    }
}

/// Creates a segment. Answers its length.
pub(super) fn begin_segment<D: Disk>(
    disk: &D,
    identity: DiskIdentity,
    number: u64,
    sequence: u64,
) -> Result<u64, DiskError> {
    let name = segment_name(number);
    let mut content = Vec::new();
    write_record(&mut content, sequence, 0, &payload(&Head::new(identity, number)));
    disk.append(&name, &content).map_err(DiskError::failed("writing", &name))?;
    disk.sync(&name).map_err(DiskError::failed("syncing", &name))?;
    disk.sync_names().map_err(DiskError::failed("syncing the folder of", &name))?;
    Ok(content.len() as u64)
}

/// Removes what a snapshot made superfluous, and what was being written when the node stopped.
pub(super) fn remove_before<D: Disk>(disk: &D, first: u64) -> Result<(), DiskError> {
    let names = list(disk)?;
    let logs = numbered(&names, "log").into_iter().filter(|number| *number < first);
    let snapshots = numbered(&names, "snapshot").into_iter().filter(|number| *number < first);
    let unfinished = names.iter().filter(|name| is_unfinished(name)).cloned();
    for name in logs.map(segment_name).chain(snapshots.map(snapshot_name)).chain(unfinished) {
        disk.remove(&name).map_err(DiskError::failed("removing", &name))?;
    }
    Ok(())
}

pub(super) fn list<D: Disk>(disk: &D) -> Result<Vec<String>, DiskError> {
    disk.list().map_err(DiskError::failed("listing", "the folder"))
}

pub(super) fn read<D: Disk>(disk: &D, name: &str) -> Result<Vec<u8>, DiskError> {
    disk.read(name).map_err(DiskError::failed("reading", name))
}
