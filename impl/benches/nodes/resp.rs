//! `SET` or `GET` of the Redis protocol, one at a time.

use crate::load::{Heard, Speaker};

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// A write.
    Set,
    /// A read.
    Get,
}

/// One connection.
pub(crate) struct Resp {
    command: Command,
    received: Vec<u8>,
}

impl Resp {
    pub(crate) const fn new(command: Command) -> Self {
        Self { command, received: Vec::new() }
    }
}

impl Speaker for Resp {
    fn ask(&mut self, key: &str, value: &[u8], out: &mut Vec<u8>) {
        let words: &[&[u8]] = match self.command {
            Command::Set => &[b"SET", key.as_bytes(), value],
            Command::Get => &[b"GET", key.as_bytes()],
        };
        let line = |out: &mut Vec<u8>, mark: u8, number: usize| {
            out.push(mark);
            out.extend_from_slice(number.to_string().as_bytes());
            out.extend_from_slice(b"\r\n");
        };
        line(out, b'*', words.len());
        for word in words {
            line(out, b'$', word.len());
            out.extend_from_slice(word);
            out.extend_from_slice(b"\r\n");
        }
    }

    fn hear(&mut self, bytes: &[u8], _: &mut Vec<u8>) -> Result<Heard, String> {
        self.received.extend_from_slice(bytes);
        let is_right = match self.command {
            Command::Set => self.received == b"+OK\r\n",
            Command::Get => self.received.starts_with(b"$"),
        };
        // A value of this load has no line ends in it.
        let lines = self.received.iter().filter(|byte| **byte == b'\n').count();
        let has_value =
            is_right && self.command == Command::Get && !self.received.starts_with(b"$-1");
        if lines < 1 + usize::from(has_value) || !self.received.ends_with(b"\r\n") {
            return Ok(Heard::Part);
        }
        let answer = std::mem::take(&mut self.received);
        if is_right {
            return Ok(Heard::Answer);
        }
        if answer.starts_with(b"-INDETERMINATE") || answer.starts_with(b"-NOREPLICAS") {
            return Ok(Heard::Nothing);
        }
        Err(format!("{:?} was answered {:?}", self.command, String::from_utf8_lossy(&answer)))
    }
}
