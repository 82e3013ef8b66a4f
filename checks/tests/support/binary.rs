//! The built command, run to its end.

use std::process::{Command, Output, Stdio};

/// What a command came to.
pub(crate) struct Ran {
    /// What it exited with.
    pub(crate) code: i32,
    /// What it wrote to standard output.
    pub(crate) out: String,
    /// What it wrote to standard error.
    pub(crate) err: String,
}

/// `check`, ready to run where nobody has a terminal and no colour is asked for.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_check"));
    command.args(arguments).stdin(Stdio::null());
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command
}

/// Runs `check`.
pub(crate) fn check(arguments: &[&str]) -> Ran {
    ran(&mut command(arguments))
}

/// Runs `command` to its end.
pub(crate) fn ran(command: &mut Command) -> Ran {
    let Output { status, stdout, stderr } = command.output().expect("the command was built");
    let text = |bytes| String::from_utf8(bytes).expect("reports are UTF-8");
    let code = status.code().expect("no signal ends it");
    Ran { code, out: text(stdout), err: text(stderr) }
}
