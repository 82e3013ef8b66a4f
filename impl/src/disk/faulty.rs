//! A disk in memory that keeps what is on stable storage apart from what was merely written, and
//! fails where it is told to.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Disk;
use crate::random::Random;

/// A disk that forgets what was not synced.
#[derive(Clone, Debug, Default)]
pub struct FaultyDisk(Arc<Mutex<Inside>>);

#[derive(Clone, Debug, Default)]
struct Inside {
    names: BTreeMap<String, u64>,
    synced_names: BTreeMap<String, u64>,
    files: BTreeMap<u64, Content>,
    last_file: u64,
    operations: u64,
    injected: Option<(u64, Injected)>,
}

#[derive(Clone, Debug, Default)]
struct Content {
    bytes: Vec<u8>,
    synced: Vec<u8>,
}

/// What a crash of the machine does to what was not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrashDamage {
    /// All of it is there after all.
    Kept,
    /// None of it is there.
    Lost,
    /// The first part of it is there, up to any byte.
    Torn,
    /// Any of its sectors are there, the others are zeros.
    Reordered,
}

impl CrashDamage {
    /// All kinds.
    pub const ALL: &[Self] = &[Self::Kept, Self::Lost, Self::Torn, Self::Reordered];
}

/// What an operation reports instead of succeeding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Injected {
    /// The device has failed (EIO). What should have been synced is lost, and the next sync reports
    /// success all the same.
    Failed,
    /// There is no room (ENOSPC). Half of what was to be written is.
    Full,
}

const SECTOR: usize = 512;

impl FaultyDisk {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An independent disk with the same content.
    #[must_use]
    pub fn copy(&self) -> Self {
        Self(Arc::new(Mutex::new(self.inside().clone())))
    }

    /// How many operations have changed the disk, or tried to.
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.inside().operations
    }

    /// Lets operation number `operation`, counted from 1, report `fault`.
    pub fn inject(&self, operation: u64, fault: Injected) {
        self.inside().injected = Some((operation, fault));
    }

    /// The machine goes down and comes up again.
    pub fn crash(&self, damage: CrashDamage, random: &mut Random) {
        let mut inside = self.inside();
        let keeps_names = match damage {
            CrashDamage::Kept => true,
            CrashDamage::Lost => false,
            CrashDamage::Torn | CrashDamage::Reordered => random.per_mille(500),
        };
        if !keeps_names {
            inside.names = inside.synced_names.clone();
        }
        inside.synced_names = inside.names.clone();
        for content in inside.files.values_mut() {
            content.crash(damage, random);
        }
        inside.injected = None;
    }

    /// Changes one bit of what is on stable storage.
    pub fn flip(&self, name: &str, offset: usize, bit: u8) {
        let mut inside = self.inside();
        let Some(file) = inside.names.get(name).copied() else { return };
        if let Some(content) = inside.files.get_mut(&file)
            && offset < content.bytes.len()
        {
            content.bytes[offset] ^= 1 << bit;
            content.synced.clone_from(&content.bytes);
        }
    }
}

impl Content {
    fn crash(&mut self, damage: CrashDamage, random: &mut Random) {
        let safe = self.synced.len();
        let is_appended = self.bytes.len() >= safe && self.bytes[..safe] == self.synced;
        self.bytes = match damage {
            CrashDamage::Kept => std::mem::take(&mut self.bytes),
            CrashDamage::Torn if is_appended => {
                let length = safe + random.below((self.bytes.len() - safe + 1) as u64) as usize;
                self.bytes[..length].to_vec()
            }
            CrashDamage::Reordered if is_appended => {
                let mut bytes = std::mem::take(&mut self.bytes);
                for sector in safe / SECTOR..bytes.len().div_ceil(SECTOR) {
                    if random.per_mille(500) {
                        let start = (sector * SECTOR).max(safe);
                        let end = ((sector + 1) * SECTOR).min(bytes.len());
                        bytes[start..end].fill(0);
                    }
                }
                bytes
            }
            CrashDamage::Lost | CrashDamage::Torn | CrashDamage::Reordered => self.synced.clone(),
        };
        self.synced.clone_from(&self.bytes);
    }
}

impl Inside {
    /// Counts an operation. Answers the fault that it reports.
    fn operate(&mut self) -> Option<Injected> {
        self.operations += 1;
        let is_due = |(operation, _): &mut (u64, Injected)| *operation == self.operations;
        self.injected.take_if(is_due).map(|(_, fault)| fault)
    }

    fn content(&mut self, name: &str) -> io::Result<&mut Content> {
        let file = self.names.get(name).copied().ok_or(io::ErrorKind::NotFound)?;
        self.files.get_mut(&file).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

fn report(fault: Injected) -> io::Error {
    match fault {
        Injected::Failed => io::Error::other("injected: the device has failed"),
        Injected::Full => io::ErrorKind::StorageFull.into(),
    }
}

impl Disk for FaultyDisk {
    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.inside().names.keys().cloned().collect())
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        self.inside().content(name).map(|content| content.bytes.clone())
    }

    fn append(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut inside = self.inside();
        let fault = inside.operate();
        if !inside.names.contains_key(name) {
            inside.last_file += 1;
            let file = inside.last_file;
            inside.names.insert(name.to_owned(), file);
            inside.files.insert(file, Content::default());
        }
        let content = inside.content(name)?;
        let written = match fault {
            None => bytes.len(),
            Some(Injected::Full) => bytes.len() / 2,
            Some(Injected::Failed) => 0,
        };
        content.bytes.extend_from_slice(&bytes[..written]);
        fault.map_or(Ok(()), |fault| Err(report(fault)))
    }

    fn sync(&self, name: &str) -> io::Result<()> {
        let mut inside = self.inside();
        let fault = inside.operate();
        let content = inside.content(name)?;
        if let Some(fault) = fault {
            let safe = content.synced.len().min(content.bytes.len());
            content.bytes[safe..].fill(0);
            return Err(report(fault));
        }
        content.synced.clone_from(&content.bytes);
        Ok(())
    }

    fn truncate(&self, name: &str, length: u64) -> io::Result<()> {
        let mut inside = self.inside();
        if let Some(fault) = inside.operate() {
            return Err(report(fault));
        }
        inside.content(name)?.bytes.truncate(length as usize);
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut inside = self.inside();
        if let Some(fault) = inside.operate() {
            return Err(report(fault));
        }
        let file = inside.names.remove(from).ok_or(io::ErrorKind::NotFound)?;
        inside.names.insert(to.to_owned(), file);
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut inside = self.inside();
        if let Some(fault) = inside.operate() {
            return Err(report(fault));
        }
        inside.names.remove(name).map(drop).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn sync_names(&self) -> io::Result<()> {
        let mut inside = self.inside();
        if let Some(fault) = inside.operate() {
            return Err(report(fault));
        }
        inside.synced_names = inside.names.clone();
        Ok(())
    }
}
