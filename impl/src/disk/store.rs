//! The durable state of one replica, on a disk.

use std::thread::JoinHandle;

use serde::Serialize;

use super::files::{DiskIdentity, Head, encode, payload, replace, segment_name, snapshot_name};
use super::record::write_record;
use super::recovery::{Recovered, begin_segment, claim, recover, remove_before};
use super::{Change, Disk, DiskError, Journal};

/// Where snapshots are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    /// On a thread of their own, while the replica goes on.
    Aside,
    /// At once, so that a simulation is the same each time.
    AtOnce,
}

/// Keeps a durable state on a disk.
pub struct Store<D, J> {
    disk: D,
    identity: DiskIdentity,
    boot: u64,
    durable: Option<J>,
    segment: u64,
    /// Bytes of the segment: written, synced, and said to be synced.
    length: u64,
    synced: u64,
    marked: u64,
    /// Whether a record with a payload was written since the last sync.
    is_dirty: bool,
    sequence: u64,
    /// Bytes of a segment after which a snapshot is written.
    log_limit: u64,
    snapshot_length: u64,
    cut: u64,
    writing: Writing,
    snapshot: Option<JoinHandle<Result<u64, DiskError>>>,
}

impl<D: Disk, J: Journal> Store<D, J> {
    /// Opens a disk, or makes a new one of an empty folder.
    ///
    /// # Errors
    /// If it is another replica's, or not all that was safe on it can be read.
    pub fn open(
        disk: D,
        identity: DiskIdentity,
        log_limit: u64,
        writing: Writing,
    ) -> Result<Self, DiskError> {
        let boot = claim(&disk, identity)?;
        let recovered: Recovered<J> = recover(&disk, identity)?;
        let mut store = Self {
            disk,
            identity,
            boot,
            durable: recovered.durable,
            segment: recovered.segment,
            length: recovered.length,
            synced: 0,
            marked: 0,
            is_dirty: true,
            sequence: recovered.sequence,
            log_limit,
            snapshot_length: recovered.snapshot_length,
            cut: recovered.cut,
            writing,
            snapshot: None,
        };
        // What was read may have come from memory that no disk has seen yet.
        store.sync()?;
        Ok(store)
    }

    /// What it holds; nothing if nothing was ever written.
    #[must_use]
    pub const fn durable(&self) -> Option<&J> {
        self.durable.as_ref()
    }

    /// How often the replica has been started on this disk, this time included.
    #[must_use]
    pub const fn boot(&self) -> u64 {
        self.boot
    }

    /// Bytes of a torn record that were cut off when the disk was opened.
    #[must_use]
    pub const fn cut(&self) -> u64 {
        self.cut
    }

    /// Hands `durable` to the operating system: it survives a crash of the process.
    ///
    /// # Errors
    /// If it cannot be written whole. The node has to stop.
    pub fn write(&mut self, durable: &J) -> Result<(), DiskError> {
        self.sequence += 1;
        let change = match &self.durable {
            Some(before) => payload(&Change::<&J, _>::Part(before.change(durable))),
            None => payload(&Change::<_, J::Change>::Whole(durable)),
        };
        self.append(&change)?;
        self.is_dirty = true;
        self.durable = Some(durable.clone());
        Ok(())
    }

    fn append(&mut self, payload: &[u8]) -> Result<(), DiskError> {
        let mut record = Vec::new();
        write_record(&mut record, self.sequence, self.synced, payload);
        let name = segment_name(self.segment);
        self.disk.append(&name, &record).map_err(DiskError::failed("writing", &name))?;
        self.length += record.len() as u64;
        Ok(())
    }

    /// Whether something was written that is not on stable storage.
    #[must_use]
    pub const fn is_dirty(&self) -> bool {
        self.is_dirty
    }

    /// Brings what was written to stable storage: it survives any crash.
    ///
    /// # Errors
    /// If nobody knows whether it is there. The node has to stop.
    pub fn sync(&mut self) -> Result<(), DiskError> {
        if self.is_dirty { self.sync_segment() } else { Ok(()) }
    }

    fn sync_segment(&mut self) -> Result<(), DiskError> {
        let name = segment_name(self.segment);
        self.disk.sync(&name).map_err(DiskError::failed("syncing", &name))?;
        self.synced = self.length;
        self.is_dirty = false;
        Ok(())
    }

    /// Says on the disk up to where it is synced, if no later record does: when there is nothing
    /// else to do.
    ///
    /// # Errors
    /// If it cannot be written. The node has to stop.
    pub fn mark(&mut self) -> Result<(), DiskError> {
        if !self.is_dirty && self.marked < self.synced {
            self.append(&[])?;
            self.marked = self.synced;
        }
        Ok(())
    }

    /// Begins a new segment and a snapshot if this one has become long, and looks whether the last
    /// snapshot was written.
    ///
    /// # Errors
    /// If either could not be written. The node has to stop.
    pub fn maintain(&mut self) -> Result<(), DiskError> {
        if let Some(snapshot) = self.snapshot.take_if(|snapshot| snapshot.is_finished()) {
            self.snapshot_length = joined(snapshot)?;
        }
        let limit = self.log_limit.max(self.snapshot_length);
        if self.length < limit || self.snapshot.is_some() {
            return Ok(());
        }
        let Some(durable) = self.durable.clone() else { return Ok(()) };
        // Marks too: where a later segment follows, everything has to be readable.
        self.sync_segment()?;
        self.segment += 1;
        self.length = begin_segment(&self.disk, self.identity, self.segment, self.sequence)?;
        (self.synced, self.marked) = (self.length, 0);
        let (disk, head) = (self.disk.clone(), Head::new(self.identity, self.segment));
        let sequence = self.sequence;
        match self.writing {
            Writing::AtOnce => self.snapshot_length = snapshot(&disk, &head, sequence, &durable)?,
            Writing::Aside => {
                let write = move || snapshot(&disk, &head, sequence, &durable);
                self.snapshot = Some(std::thread::spawn(write));
            }
        }
        Ok(())
    }

    /// Syncs everything, and waits for a snapshot that is being written.
    ///
    /// # Errors
    /// If something could not be written.
    pub fn close(mut self) -> Result<(), DiskError> {
        self.sync()?;
        self.mark()?;
        self.snapshot.take().map_or(Ok(()), |snapshot| joined(snapshot).map(drop))
    }
}

fn joined(snapshot: JoinHandle<Result<u64, DiskError>>) -> Result<u64, DiskError> {
    let panicked = |_| {
        let error = std::io::Error::other("the thread that wrote it panicked");
        Err(DiskError::Failed { doing: "writing", file: "a snapshot".to_owned(), error })
    };
    snapshot.join().unwrap_or_else(panicked)
}

/// Writes a snapshot and removes what it makes superfluous. Answers its length.
fn snapshot<D: Disk>(
    disk: &D,
    head: &Head,
    sequence: u64,
    durable: &impl Serialize,
) -> Result<u64, DiskError> {
    let content = encode(head, sequence, durable);
    replace(disk, &snapshot_name(head.segment), &content)?;
    remove_before(disk, head.segment)?;
    Ok(content.len() as u64)
}
