//! A folder of the operating system.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::files::LOCK;
use super::{Disk, DiskError};

/// A folder that no other process uses meanwhile.
#[derive(Clone, Debug)]
pub struct Directory(Arc<Open>);

#[derive(Debug)]
struct Open {
    path: PathBuf,
    /// Held for as long as the folder is used; the operating system lets go of it with the process.
    _lock: File,
    /// Files that are being written.
    files: Mutex<BTreeMap<String, Arc<File>>>,
}

impl Directory {
    /// Opens a folder, and makes it if it is not there.
    ///
    /// # Errors
    /// If it cannot be opened, or another process has it.
    pub fn open(path: &Path) -> Result<Self, DiskError> {
        let shown = path.display().to_string();
        std::fs::create_dir_all(path).map_err(DiskError::failed("making", &shown))?;
        let lock =
            OpenOptions::new().create(true).truncate(false).write(true).open(path.join(LOCK));
        let lock = lock.map_err(DiskError::failed("opening", LOCK))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DiskError::InUse),
            Err(TryLockError::Error(error)) => {
                return Err(DiskError::failed("locking", LOCK)(error));
            }
        }
        let files = Mutex::default();
        Ok(Self(Arc::new(Open { path: path.to_owned(), _lock: lock, files })))
    }

    fn files(&self) -> MutexGuard<'_, BTreeMap<String, Arc<File>>> {
        self.0.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path.join(name)
    }

    fn opened(&self, name: &str) -> io::Result<Arc<File>> {
        if let Some(file) = self.files().get(name) {
            return Ok(Arc::clone(file));
        }
        let file = OpenOptions::new().create(true).append(true).open(self.path(name))?;
        let file = Arc::new(file);
        self.files().insert(name.to_owned(), Arc::clone(&file));
        Ok(file)
    }
}

impl Disk for Directory {
    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.0.path)? {
            names.extend(entry?.file_name().into_string());
        }
        names.sort_unstable();
        Ok(names)
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        std::fs::read(self.path(name))
    }

    fn append(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        (&*self.opened(name)?).write_all(bytes)
    }

    fn sync(&self, name: &str) -> io::Result<()> {
        self.opened(name)?.sync_data()
    }

    fn truncate(&self, name: &str, length: u64) -> io::Result<()> {
        self.opened(name)?.set_len(length)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        std::fs::rename(self.path(from), self.path(to))?;
        let mut files = self.files();
        files.remove(to);
        if let Some(file) = files.remove(from) {
            files.insert(to.to_owned(), file);
        }
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.files().remove(name);
        std::fs::remove_file(self.path(name))
    }

    fn sync_names(&self) -> io::Result<()> {
        File::open(&self.0.path)?.sync_all()
    }
}
