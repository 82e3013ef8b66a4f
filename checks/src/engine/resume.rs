//! Going on from a checkpoint: its rows are understood by its lessons, and added in their order.

use holdfast_models::protocol::Protocol;

use super::batch::Batch;
use super::checkpoint::{Head, file};
use super::disk::decoded;
use super::frames::Reader;
use super::lessons::{Learner, Lesson, Successors};
use super::visited::digest;
use crate::explore::{Cause, Checkpointing};

/// How many rows are added at a time.
const ROWS: usize = 1 << 14;

/// Reads the checkpoint that `plan` names, and hands its states to `add` in their order: those that some
/// states are the first to lead to, and how many states that is.
///
/// # Errors
/// If it cannot be read, or is not of the model of `successors`, whose first state is `initial`.
pub(super) fn replay<P: Protocol>(
    plan: &Checkpointing,
    initial: &[u32],
    successors: &mut Successors<'_, P>,
    mut add: impl FnMut(&Batch) -> Result<(), Cause>,
) -> Result<Head, Cause> {
    let head = Head::read(plan)?;
    let columns = initial.len();
    let reader = |index: usize| {
        Reader::open(plan.folder.join(file(head.generation, index)), head.lens[index])
    };
    let mut states = Rows { file: reader(0)?, columns, rows: Vec::new().into_iter() };
    let first = states.next()?.ok_or_else(|| states.file.says("there are no states"))?;
    let mut learner =
        Learner::new(&first, initial).map_err(|why| states.file.says(other_model(&why)))?;
    let mut lessons = reader(2)?;
    while let Some(lesson) = lessons.next()? {
        let mut numbers = numbers(&lesson);
        if numbers.len() < columns {
            return Err(lessons.says("no lesson"));
        }
        let of = numbers.drain(..columns).collect();
        let lesson = Lesson { of, successors: numbers };
        learner.learn(&lesson, successors).map_err(|why| lessons.says(other_model(&why)))?;
    }
    let mut family = reader(1)?;
    let mut batch = Batch::new(columns);
    while let Some(bits) = family.next()? {
        for is_child in is_set(&bits) {
            if !is_child {
                batch.end_state();
                if batch.len() >= ROWS {
                    add(&batch)?;
                    batch.clear();
                }
                continue;
            }
            let mut row =
                states.next()?.ok_or_else(|| family.says("more states than there are"))?;
            learner.translate(&mut row).map_err(|why| states.file.says(other_model(&why)))?;
            batch.push(&row, digest(&row));
        }
    }
    add(&batch)?;
    Ok(head)
}

fn other_model(why: &impl std::fmt::Display) -> String {
    format!("is not of the model that is explored: {why}")
}

/// The rows of a file, one after the other.
struct Rows {
    file: Reader,
    columns: usize,
    rows: std::vec::IntoIter<Vec<u32>>,
}

impl Rows {
    fn next(&mut self) -> Result<Option<Vec<u32>>, Cause> {
        if let Some(row) = self.rows.next() {
            return Ok(Some(row));
        }
        let Some(content) = self.file.next()? else { return Ok(None) };
        let block = decoded(content).filter(|block| block.widths().len() == self.columns);
        let block = block.ok_or_else(|| self.file.says("no rows of this model"))?;
        let rows = (0..block.len()).map(|index| {
            let mut row = vec![0; self.columns];
            block.read(index, &mut row);
            row
        });
        self.rows = rows.collect::<Vec<_>>().into_iter();
        Ok(self.rows.next())
    }
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect()
}

/// The bits of a frame: how many, and they.
fn is_set(content: &[u8]) -> impl Iterator<Item = bool> {
    let (count, packed) = content
        .split_first_chunk()
        .map_or((0, content), |(count, packed)| (u32::from_le_bytes(*count) as usize, packed));
    (0..count.min(packed.len() * 8)).map(|at| packed[at / 8] >> (at % 8) & 1 == 1)
}
