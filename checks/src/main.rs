//! `check`: which guarantee holds under which faults.

use std::io::Write;
use std::process::ExitCode;

use holdfast_check::command::CommandLine;

fn main() -> ExitCode {
    let command_line = CommandLine::read(std::env::args_os()).unwrap_or_else(|error| error.exit());
    // Takes colours away again where nobody would see them.
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    let executed = command_line.execute(&mut out);
    let flushed = out.flush();
    match executed.and_then(|status| Ok(flushed.map(|()| status)?)) {
        Ok(status) => ExitCode::from(status.exit_code()),
        Err(failure) => {
            if failure.is_worth_a_word() {
                anstream::eprintln!("check: {failure}");
            }
            ExitCode::from(failure.exit_code())
        }
    }
}
