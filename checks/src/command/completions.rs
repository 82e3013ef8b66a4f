//! `check completions`: command lines that complete themselves.

use std::io::Write;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::CommandLine;
use crate::error::Failure;
use crate::verdict::Status;

/// Which shell.
#[derive(Args, Debug)]
pub struct Completions {
    /// The shell.
    shell: Shell,
}

impl Completions {
    pub(super) fn execute(self, out: &mut dyn Write) -> Result<Status, Failure> {
        // Into memory first: the generator panics where its output cannot be written.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut CommandLine::command(), "check", &mut script);
        out.write_all(&script)?;
        Ok(Status::Fine)
    }
}
