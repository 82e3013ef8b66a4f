//! What a search has seen, on disk, to go on from there after whatever ended it.
//!
//! A checkpoint is a folder: the rows of all states, who leads to whom, lessons by which another
//! process understands the rows (see [`super::lessons`]), and a head that says what else was found and how
//! much of each file counts. The files are only added to. The head is replaced at once, after they
//! are on disk: so there is a whole checkpoint at every moment from the first on. Whoever resumes writes
//! files of its own, in its own numbers, and removes those before once its first head is there.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::Path;
use std::time::Instant;

use holdfast_models::protocol::Protocol;
use serde::{Deserialize, Serialize};

use super::block::{BLOCK, Block};
use super::disk::encoded;
use super::frames::{Writer, failed};
use super::lessons::{Successors, Teller};
use super::visited::Visited;
use crate::explore::{Cause, Checkpointing};

/// The first file of a checkpoint.
pub(super) const HEAD: &str = "head";

/// What a search has found out beside the states, and where it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Progress {
    /// How many states there are.
    pub(super) states: usize,
    /// How many levels there are beyond the first, and where the last begins to be unknown.
    pub(super) depth: usize,
    pub(super) level_end: usize,
    /// The first state that is not expanded.
    pub(super) next: usize,
    pub(super) generated: usize,
    pub(super) counts: Vec<usize>,
    pub(super) shown: Vec<Option<usize>>,
    pub(super) panicked: Option<usize>,
    pub(super) misjudged: Option<(usize, usize, String)>,
}

/// What is replaced at once.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Head {
    /// What was explored, by what.
    pub(super) of: String,
    /// Which files belong to it.
    pub(super) generation: u64,
    /// How many bytes of them count.
    pub(super) lens: [u64; 3],
    pub(super) progress: Progress,
}

/// The files beside the head.
pub(super) const FILES: [&str; 3] = ["states", "family", "lessons"];

pub(super) fn file(generation: u64, index: usize) -> String {
    format!("{}-{generation}", FILES[index])
}

/// Bits of a family in one frame: whole bytes.
const BITS: usize = 1 << 20;

/// Keeps other processes away from a checkpoint, as long as this one runs.
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Of the folder that `plan` names, which is made if there is none.
    ///
    /// # Errors
    /// If another process has it, or it cannot be written.
    pub(super) fn take(plan: &Checkpointing) -> Result<Self, Cause> {
        fs::create_dir_all(&plan.folder).map_err(|error| failed(&plan.folder, &error))?;
        let path = plan.folder.join("lock");
        let file = File::create(&path).map_err(|error| failed(&path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => {
                Err(failed(&path, &"another process writes this checkpoint"))
            }
            Err(TryLockError::Error(error)) => Err(failed(&path, &error)),
        }
    }
}

/// Writes checkpoints.
pub(super) struct Checkpoints<'a, P: Protocol> {
    plan: Checkpointing,
    _lock: Lock,
    generation: u64,
    files: [Writer; 3],
    teller: Teller,
    pub(super) successors: Successors<'a, P>,
    /// How many states and how many bits of the family are in the files.
    states: usize,
    bits: usize,
    /// How many states those bits are about.
    expanded: usize,
    last: Instant,
}

impl<'a, P: Protocol> Checkpoints<'a, P> {
    /// Of a search whose first state is `initial`.
    pub(super) fn new(
        plan: &Checkpointing,
        lock: Lock,
        generation: u64,
        initial: &[u32],
        successors: Successors<'a, P>,
    ) -> Result<Self, Cause> {
        let create = |index| Writer::create(plan.folder.join(file(generation, index)));
        Ok(Self {
            plan: plan.clone(),
            _lock: lock,
            generation,
            files: [create(0)?, create(1)?, create(2)?],
            teller: Teller::new(initial),
            successors,
            states: 0,
            bits: 0,
            expanded: 0,
            last: Instant::now(),
        })
    }

    pub(super) fn is_due(&self) -> bool {
        self.last.elapsed() >= self.plan.every
    }

    /// Writes what has come since the last time. All states have to have their numbers.
    pub(super) fn write(&mut self, visited: &mut Visited, progress: Progress) -> Result<(), Cause> {
        self.explain(visited)?;
        let columns = visited.columns();
        let mut row = vec![0; columns];
        let mut block = Block::new(&vec![0; columns], 0);
        for index in self.states..progress.states {
            visited.fetch(index, &mut row)?;
            block.push(&row);
            if block.len() == BLOCK || index + 1 == progress.states {
                self.files[0].append(&encoded(&block))?;
                block = block.next();
            }
        }
        self.states = progress.states;
        let [states, family, lessons] = &mut self.files;
        let lens = [states.sync()?, family.sync()?, lessons.sync()?];
        let (of, generation) = (self.plan.of.clone(), self.generation);
        self.replace_head(&Head { of, generation, lens, progress })?;
        self.last = Instant::now();
        Ok(())
    }

    /// Writes who leads to whom, and a lesson wherever a row has numbers that none before it had.
    fn explain(&mut self, visited: &mut Visited) -> Result<(), Cause> {
        let columns = visited.columns();
        let (mut row, mut parent) = (vec![0; columns], vec![0; columns]);
        // The first state is nobody's child.
        let mut child = self.states.max(1);
        let end = visited.family().len();
        while self.bits < end {
            let count = BITS.min(end - self.bits);
            let mut packed = vec![0_u8; count.div_ceil(8)];
            for at in 0..count {
                if !visited.family().get(self.bits + at) {
                    self.expanded += 1;
                    continue;
                }
                packed[at / 8] |= 1 << (at % 8);
                visited.fetch(child, &mut row)?;
                child += 1;
                if !self.teller.has_told(&row) {
                    visited.fetch(self.expanded, &mut parent)?;
                    let lesson = self.teller.lesson_for(&row, &parent, &mut self.successors);
                    let Some(lesson) = lesson else { continue };
                    let numbers = lesson.of.iter().chain(&lesson.successors);
                    let bytes: Vec<_> = numbers.flat_map(|number| number.to_le_bytes()).collect();
                    self.files[2].append(&bytes)?;
                }
            }
            let mut content = (count as u32).to_le_bytes().to_vec();
            content.extend(packed);
            self.files[1].append(&content)?;
            self.bits += count;
        }
        Ok(())
    }

    fn replace_head(&self, head: &Head) -> Result<(), Cause> {
        let folder = &self.plan.folder;
        let replace = || {
            let mut text = serde_json::to_vec(head)?;
            let checksum = crc32fast::hash(&text);
            writeln!(text, "\n{checksum:08x}")?;
            let new = folder.join("head.new");
            let mut file = File::create(&new)?;
            file.write_all(&text)?;
            file.sync_all()?;
            fs::rename(new, folder.join(HEAD))?;
            sync_folder(folder)
        };
        replace().map_err(|error: io::Error| failed(&folder.join(HEAD), &error))?;
        self.remove_older();
        Ok(())
    }

    /// Removes what no head names any more.
    fn remove_older(&self) {
        let Some(older) = self.generation.checked_sub(1) else { return };
        for index in 0..FILES.len() {
            // What is left over is in nobody's way.
            let _ = fs::remove_file(self.plan.folder.join(file(older, index)));
        }
    }
}

/// A name in a folder is on disk once the folder is.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

impl Head {
    /// The head in `folder`, if it is of what `plan` explores.
    pub(super) fn read(plan: &Checkpointing) -> Result<Self, Cause> {
        let path = plan.folder.join(HEAD);
        let text = fs::read_to_string(&path).map_err(|error| failed(&path, &error))?;
        let parsed = text.trim_end().rsplit_once('\n').and_then(|(json, checksum)| {
            let checksum = u32::from_str_radix(checksum, 16).ok()?;
            (crc32fast::hash(json.as_bytes()) == checksum).then_some(())?;
            serde_json::from_str::<Self>(json).ok()
        });
        let head = parsed.ok_or_else(|| failed(&path, &"not as it was written"))?;
        if head.of != plan.of {
            let said = format!("is a checkpoint of {}, and this is {}", head.of, plan.of);
            return Err(failed(&path, &said));
        }
        Ok(head)
    }
}

/// Whether a search that is resumed as `plan` says can go on from there.
///
/// # Errors
/// If there is no such checkpoint, or it is of something else.
pub(crate) fn may_resume(plan: &Checkpointing) -> Result<(), Cause> {
    Head::read(plan).map(drop)
}
