//! Why a command cannot do what it was asked to do.

use std::fmt;
use std::io;

/// What the process exits with if it was asked for something that makes no sense.
pub const WRONG_USAGE: u8 = 2;

/// Why a command ended without an answer.
#[derive(Debug)]
pub enum Failure {
    /// It was asked for something that does not exist or contradicts itself.
    Usage(String),
    /// Something could not be read, written or opened.
    System {
        /// What it was doing.
        doing: String,
        /// Why it could not.
        source: io::Error,
    },
    /// Nobody reads the output any more. Not worth a word.
    Hangup,
}

impl Failure {
    /// For errors met while `doing` something.
    pub fn while_doing(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |source| Self::System { doing, source }
    }

    /// Whether anybody should be told.
    #[must_use]
    pub const fn is_worth_a_word(&self) -> bool {
        !matches!(self, Self::Hangup)
    }

    /// What the process exits with.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::System { .. } => WRONG_USAGE,
            Self::Hangup => 0,
        }
    }
}

/// Errors of the output. Those of files say which file.
impl From<io::Error> for Failure {
    fn from(source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::BrokenPipe {
            return Self::Hangup;
        }
        Self::System { doing: "writing the output".to_owned(), source }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(said) => f.write_str(said),
            Self::System { doing, source } => write!(f, "{doing}: {source}"),
            Self::Hangup => f.write_str("nobody reads the output any more"),
        }
    }
}

impl std::error::Error for Failure {}
