//! Files that are only added to, frame by frame: how long it is, a checksum, and what is in it.

use std::fmt::Display;
use std::fs::File;
use std::io::{BufReader, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use crate::explore::Cause;

/// Bytes before what is in a frame.
const HEAD: usize = 8;

/// A file that is being written.
pub(super) struct Writer {
    file: BufWriter<File>,
    path: PathBuf,
    len: u64,
}

impl Writer {
    /// An empty file at `path`, whatever was there.
    pub(super) fn create(path: PathBuf) -> Result<Self, Cause> {
        let file = File::create(&path).map_err(|error| failed(&path, &error))?;
        Ok(Self { file: BufWriter::new(file), path, len: 0 })
    }

    pub(super) fn append(&mut self, content: &[u8]) -> Result<(), Cause> {
        let mut write =
            |bytes: &[u8]| self.file.write_all(bytes).map_err(|error| failed(&self.path, &error));
        write(&(content.len() as u32).to_le_bytes())?;
        write(&crc32fast::hash(content).to_le_bytes())?;
        write(content)?;
        self.len += (HEAD + content.len()) as u64;
        Ok(())
    }

    /// Waits until all of it is on disk. Answers how long it is.
    pub(super) fn sync(&mut self) -> Result<u64, Cause> {
        let synced = self.file.flush().and_then(|()| self.file.get_ref().sync_data());
        synced.map_err(|error| failed(&self.path, &error))?;
        Ok(self.len)
    }
}

/// A file that is read from its beginning.
pub(super) struct Reader {
    file: BufReader<File>,
    path: PathBuf,
    /// Where the next frame begins, and where the last ends.
    at: u64,
    end: u64,
}

impl Reader {
    /// The first `end` bytes of a file.
    pub(super) fn open(path: PathBuf, end: u64) -> Result<Self, Cause> {
        let file = File::open(&path).map_err(|error| failed(&path, &error))?;
        Ok(Self { file: BufReader::new(file), path, at: 0, end })
    }

    /// What is in the next frame, unless that was the last.
    pub(super) fn next(&mut self) -> Result<Option<Vec<u8>>, Cause> {
        if self.at == self.end {
            return Ok(None);
        }
        let mut head = [0; HEAD];
        self.fill(&mut head)?;
        let [a, b, c, d, checksum @ ..] = head;
        let len = u32::from_le_bytes([a, b, c, d]);
        if u64::from(len) > self.end - self.at {
            return Err(self.says("not as it was written"));
        }
        let mut content = vec![0; len as usize];
        self.fill(&mut content)?;
        if crc32fast::hash(&content).to_le_bytes() != checksum {
            return Err(self.says("not as it was written"));
        }
        self.at += (HEAD + content.len()) as u64;
        Ok(Some(content))
    }

    /// What is wrong with the frame that is read.
    pub(super) fn says(&self, what: impl Display) -> Cause {
        Cause::Disk(format!("{}, byte {}: {what}", self.path.display(), self.at))
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Cause> {
        self.file.read_exact(bytes).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => self.says("the file ends here, and did not"),
            _ => self.says(error),
        })
    }
}

pub(super) fn failed(path: &Path, error: &impl Display) -> Cause {
    Cause::Disk(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn frames_are_read_as_they_were_written_and_nothing_else_is() {
        let folder = tempfile::tempdir().expect("there is a folder for such files");
        let path = folder.path().join("frames");
        let frames: [&[u8]; 3] = [b"one", b"", b"another"];
        let mut writer = Writer::create(path.clone()).expect("it can be made");
        for frame in frames {
            writer.append(frame).expect("there is room");
        }
        let len = writer.sync().expect("there is room");
        let read = |len| {
            let mut reader = Reader::open(path.clone(), len)?;
            let mut read = Vec::new();
            while let Some(frame) = reader.next()? {
                read.push(frame);
            }
            Ok::<_, Cause>(read)
        };
        assert_eq!(read(len).expect("it is as it was written"), frames);
        let written = fs::read(&path).expect("it is there");
        for at in 0..written.len() {
            let mut altered = written.clone();
            altered[at] ^= 4;
            fs::write(&path, altered).expect("there is room");
            let said = read(len).expect_err("a byte was altered").to_string();
            assert!(said.contains("frames, byte "), "{said}");
            fs::write(&path, &written[..at]).expect("there is room");
            assert!(read(len).is_err(), "cut at byte {at}");
        }
    }
}
