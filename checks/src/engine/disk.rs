//! Blocks of rows in files that have no name: nothing is left of them, however the process ends.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::block::Block;
use crate::explore::Cause;

/// Blocks in the order in which they were written, each with a checksum that is compared when it is read.
pub(super) struct BlockFile {
    file: File,
    /// Where it is, for people.
    folder: PathBuf,
    /// Where each block begins.
    starts: Vec<u64>,
    end: u64,
}

/// How many bytes the numbers take that come before the widths of a block, and its checksum.
const HEAD: usize = 8;
const CHECKSUM: usize = 4;

impl BlockFile {
    /// # Errors
    /// If `folder` does not take a file.
    pub(super) fn new(folder: &Path) -> Result<Self, Cause> {
        let file =
            tempfile::tempfile_in(folder).map_err(|error| failed(folder, "opened", &error))?;
        Ok(Self { file, folder: folder.to_owned(), starts: Vec::new(), end: 0 })
    }

    /// How many blocks there are.
    pub(super) const fn len(&self) -> usize {
        self.starts.len()
    }

    /// # Errors
    /// If the disk is full, or fails. Then nothing can be added any more.
    pub(super) fn append(&mut self, block: &Block) -> Result<(), Cause> {
        let bytes = encoded(block);
        self.file
            .seek(SeekFrom::Start(self.end))
            .and_then(|_| self.file.write_all(&bytes))
            .map_err(|error| failed(&self.folder, "written", &error))?;
        self.starts.push(self.end);
        self.end += bytes.len() as u64;
        Ok(())
    }

    /// # Errors
    /// If the disk fails, or does not give back what was written.
    pub(super) fn read(&self, index: usize) -> Result<Block, Cause> {
        let end = self.starts.get(index + 1).copied().unwrap_or(self.end);
        let mut bytes = vec![0; (end - self.starts[index]) as usize];
        let mut file = &self.file;
        file.seek(SeekFrom::Start(self.starts[index]))
            .and_then(|_| file.read_exact(&mut bytes))
            .and_then(|()| {
                let altered = "not as it was written";
                decoded(bytes).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, altered))
            })
            .map_err(|error| failed(&self.folder, "read", &error))
    }

    /// Bytes on disk.
    pub(super) const fn bytes_on_disk(&self) -> u64 {
        self.end
    }

    /// Bytes in memory.
    pub(super) const fn bytes(&self) -> usize {
        self.starts.capacity() * size_of::<u64>()
    }
}

fn failed(folder: &Path, doing: &str, error: &io::Error) -> Cause {
    Cause::Disk(format!("states cannot be {doing} in {}: {error}", folder.display()))
}

/// A block as bytes, with a checksum.
pub(super) fn encoded(block: &Block) -> Vec<u8> {
    let widths = block.widths();
    let mut bytes = Vec::with_capacity(HEAD + widths.len() + block.packed().len() + CHECKSUM);
    bytes.extend((widths.len() as u32).to_le_bytes());
    bytes.extend((block.len() as u32).to_le_bytes());
    bytes.extend(widths.iter().map(|width| *width as u8));
    bytes.extend(block.packed());
    bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
    bytes
}

/// The inverse. `None` if it was altered.
pub(super) fn decoded(mut bytes: Vec<u8>) -> Option<Block> {
    let checksum = *bytes.last_chunk::<CHECKSUM>()?;
    bytes.truncate(bytes.len() - CHECKSUM);
    if crc32fast::hash(&bytes).to_le_bytes() != checksum {
        return None;
    }
    let number =
        |bytes: &[u8]| bytes.first_chunk().map(|bytes| u32::from_le_bytes(*bytes) as usize);
    let (columns, len) = (number(&bytes)?, number(bytes.get(4..)?)?);
    let widths: Vec<_> =
        bytes.get(HEAD..HEAD + columns)?.iter().map(|width| u32::from(*width)).collect();
    bytes.drain(..HEAD + columns);
    Block::unpack(&widths, len, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(rows: &[[u32; 3]]) -> Block {
        let mut block = Block::new(&[0; 3], 0);
        rows.iter().for_each(|row| block.push(row));
        block
    }

    #[test]
    fn blocks_are_read_as_they_were_written() {
        let mut file = BlockFile::new(&std::env::temp_dir()).expect("there is such a folder");
        let rows = [&[[1, 0, u32::MAX], [7, 0, 2]][..], &[[0, 0, 0]], &[[1 << 20, 3, 4]; 500]];
        for rows in rows {
            file.append(&block(rows)).expect("there is room for this");
        }
        for (index, rows) in rows.iter().enumerate().rev() {
            let block = file.read(index).expect("it was written");
            assert_eq!(block.len(), rows.len());
            for (at, row) in rows.iter().enumerate() {
                assert!(block.is(at, row));
            }
        }
    }

    #[test]
    fn what_was_altered_on_disk_is_noticed_wherever_it_is() {
        let mut file = BlockFile::new(&std::env::temp_dir()).expect("there is such a folder");
        file.append(&block(&[[1, 2, 3], [4, 5, 6]])).expect("there is room for this");
        for at in 0..file.bytes_on_disk() {
            let mut byte = [0];
            file.file.seek(SeekFrom::Start(at)).expect("within the file");
            file.file.read_exact(&mut byte).expect("within the file");
            for altered in [byte[0] ^ 1, byte[0] ^ 0x80, byte[0]] {
                file.file.seek(SeekFrom::Start(at)).expect("within the file");
                file.file.write_all(&[altered]).expect("within the file");
                assert_eq!(file.read(0).is_ok(), altered == byte[0], "byte {at}");
            }
        }
        file.file.set_len(9).expect("files can be cut");
        let Err(Cause::Disk(said)) = file.read(0) else { panic!("a file that was cut is read") };
        assert!(said.contains("cannot be read in"), "{said}");
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let folder = std::env::temp_dir().join("holdfast-nobody-made-this");
        let Err(Cause::Disk(said)) = BlockFile::new(&folder) else { panic!("there is no folder") };
        assert!(said.contains("holdfast-nobody-made-this"), "{said}");
    }
}
