//! Bytes to commands, as they arrive.

use std::fmt;
use std::ops::Range;

use holdfast_models::vocabulary::decimal;

/// A command and its arguments.
pub type Arguments = Vec<Vec<u8>>;

/// How much one command may be, in bytes unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Arguments of a command, its name included.
    pub arguments: usize,
    /// One argument.
    pub bulk: usize,
    /// All arguments of a command together.
    pub command: usize,
    /// One line: an inline command, or the length of what follows.
    pub line: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { arguments: 2049, bulk: 1 << 20, command: 4 << 20, line: 64 << 10 }
    }
}

/// Why the bytes are no command. The connection cannot go on: nobody knows where the next begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProtocolError {
    /// The number of arguments is no number, or over the limit.
    ArgumentCount,
    /// The length of an argument is no number, or over the limit.
    BulkLength,
    /// An argument does not begin with `$`, but with this.
    Expected(u8),
    /// An argument does not end where its length says.
    BulkEnd,
    /// A line does not end within the limit.
    LineLength,
    /// The arguments of one command exceed the limit together.
    CommandLength,
    /// An inline command opens a quotation and does not close it, or text follows a closing quote.
    Quotes,
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Protocol error: ")?;
        match self {
            Self::ArgumentCount => write!(f, "invalid multibulk length"),
            Self::BulkLength => write!(f, "invalid bulk length"),
            Self::Expected(found) => {
                write!(f, "expected '$', got '{}'", char::from(*found).escape_default())
            }
            Self::BulkEnd => write!(f, "a bulk string is longer than its length says"),
            Self::LineLength => write!(f, "too big inline request"),
            Self::CommandLength => write!(f, "too big request"),
            Self::Quotes => write!(f, "unbalanced quotes in request"),
        }
    }
}

impl std::error::Error for ProtocolError {}

/// Decodes the commands of one connection.
pub struct Decoder {
    limits: Limits,
    buffer: Vec<u8>,
    /// What of the buffer has been decoded.
    start: usize,
    /// Up to where the buffer, after `start`, is known to hold no end of a line.
    searched: usize,
    command: Partial,
    failure: Option<ProtocolError>,
}

/// A command of which some arguments are there.
#[derive(Default)]
struct Partial {
    arguments: Arguments,
    missing: usize,
    /// The length of the argument that comes next, once that is known.
    bulk: Option<usize>,
    bytes: usize,
}

impl Decoder {
    /// A decoder that has seen nothing.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let command = Partial::default();
        Self { limits, buffer: Vec::new(), start: 0, searched: 0, command, failure: None }
    }

    /// Takes in what has arrived.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// How many bytes wait to be decoded.
    #[must_use]
    pub fn buffered(&self) -> usize {
        self.buffer.len() - self.start
    }

    /// The next command, if all of it is there.
    ///
    /// # Errors
    /// If the bytes are no command, and then always.
    pub fn decode(&mut self) -> Result<Option<Arguments>, ProtocolError> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let decoded = self.advance();
        if let Err(failure) = decoded {
            self.failure = Some(failure);
        }
        decoded
    }

    fn advance(&mut self) -> Result<Option<Arguments>, ProtocolError> {
        loop {
            if self.command.missing > 0 {
                if !self.argument()? {
                    return Ok(None);
                }
                if self.command.missing == 0 {
                    return Ok(Some(std::mem::take(&mut self.command).arguments));
                }
                continue;
            }
            let Some(line) = self.line()? else { return Ok(None) };
            let line = &self.buffer[line];
            if let Some(count) = line.strip_prefix(b"*") {
                let count = decimal(count).ok_or(ProtocolError::ArgumentCount)?;
                // Nothing and less than nothing are no command, and no error either.
                let count = usize::try_from(count.max(0)).unwrap_or(usize::MAX);
                if count > self.limits.arguments {
                    return Err(ProtocolError::ArgumentCount);
                }
                self.command = Partial { missing: count, ..Partial::default() };
            } else {
                let arguments = split(line).ok_or(ProtocolError::Quotes)?;
                if arguments.len() > self.limits.arguments {
                    return Err(ProtocolError::ArgumentCount);
                }
                if !arguments.is_empty() {
                    return Ok(Some(arguments));
                }
            }
        }
    }

    /// Decodes the next argument, or its length. Whether there was anything to decode.
    fn argument(&mut self) -> Result<bool, ProtocolError> {
        let Some(length) = self.command.bulk else {
            // Before the end of the line has arrived: it may never.
            if let Some(first) = self.buffer.get(self.start).filter(|first| **first != b'$') {
                return Err(ProtocolError::Expected(*first));
            }
            let Some(line) = self.line()? else { return Ok(false) };
            let length = self.buffer[line].strip_prefix(b"$").and_then(decimal);
            let length = length.and_then(|length| usize::try_from(length).ok());
            let length = length.filter(|length| *length <= self.limits.bulk);
            let length = length.ok_or(ProtocolError::BulkLength)?;
            self.command.bytes += length;
            if self.command.bytes > self.limits.command {
                return Err(ProtocolError::CommandLength);
            }
            self.command.bulk = Some(length);
            return Ok(true);
        };
        let rest = &self.buffer[self.start..];
        let Some((bulk, rest)) = rest.split_at_checked(length) else { return Ok(false) };
        if !b"\r\n".starts_with(&rest[..rest.len().min(2)]) {
            return Err(ProtocolError::BulkEnd);
        }
        if rest.len() < 2 {
            return Ok(false);
        }
        self.command.arguments.push(bulk.to_vec());
        self.command.missing -= 1;
        self.command.bulk = None;
        self.start += length + 2;
        self.searched = 0;
        Ok(true)
    }

    /// Where in the buffer the next line is, without its end, which is a line feed, after a carriage
    /// return or not.
    fn line(&mut self) -> Result<Option<Range<usize>>, ProtocolError> {
        let rest = &self.buffer[self.start..];
        let unsearched = &rest[self.searched..];
        let end = unsearched.iter().position(|byte| *byte == b'\n').map(|at| at + self.searched);
        if end.unwrap_or(rest.len()) > self.limits.line {
            return Err(ProtocolError::LineLength);
        }
        let Some(end) = end else {
            self.searched = rest.len();
            return Ok(None);
        };
        let line = self.start..self.start + end - usize::from(rest[..end].ends_with(b"\r"));
        self.start += end + 1;
        self.searched = 0;
        Ok(Some(line))
    }
}

/// Splits an inline command at spaces that are not quoted, as Redis does: escapes within double
/// quotes, nothing but `\'` within single ones. Nothing if the quotes do not match.
fn split(line: &[u8]) -> Option<Arguments> {
    let mut arguments = Vec::new();
    let mut rest = line;
    loop {
        let begin = rest.iter().position(|byte| !is_space(*byte));
        let Some(begin) = begin else { return Some(arguments) };
        rest = &rest[begin..];
        let mut argument = Vec::new();
        while let Some((first, after)) = rest.split_first() {
            rest = match first {
                byte if is_space(*byte) => break,
                b'"' => double_quoted(after, &mut argument)?,
                b'\'' => single_quoted(after, &mut argument)?,
                byte => {
                    argument.push(*byte);
                    after
                }
            };
            let closed = matches!(first, b'"' | b'\'');
            if closed && rest.first().is_some_and(|byte| !is_space(*byte)) {
                return None;
            }
        }
        arguments.push(argument);
    }
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r' | 0)
}

/// Reads up to the closing quote; what follows it.
fn double_quoted<'a>(mut rest: &'a [u8], argument: &mut Vec<u8>) -> Option<&'a [u8]> {
    loop {
        rest = match rest {
            [b'"', after @ ..] => return Some(after),
            [b'\\', b'x', high, low, after @ ..]
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                let digits = [*high, *low];
                let digits = std::str::from_utf8(&digits).ok()?;
                argument.push(u8::from_str_radix(digits, 16).ok()?);
                after
            }
            [b'\\', escaped, after @ ..] => {
                argument.push(match escaped {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 8,
                    b'a' => 7,
                    other => *other,
                });
                after
            }
            [byte, after @ ..] => {
                argument.push(*byte);
                after
            }
            [] => return None,
        };
    }
}

/// Reads up to the closing quote; what follows it.
fn single_quoted<'a>(mut rest: &'a [u8], argument: &mut Vec<u8>) -> Option<&'a [u8]> {
    loop {
        rest = match rest {
            [b'\'', after @ ..] => return Some(after),
            [b'\\', b'\'', after @ ..] => {
                argument.push(b'\'');
                after
            }
            [byte, after @ ..] => {
                argument.push(*byte);
                after
            }
            [] => return None,
        };
    }
}
