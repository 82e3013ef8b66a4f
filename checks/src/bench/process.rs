//! Measurements, each in a process of its own.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::measurement::Measurement;
use super::plan::SMALL;
use super::task::Request;
use crate::error::Failure;

/// Starts the program again, for each measurement anew.
#[derive(Debug)]
pub struct Processes {
    program: PathBuf,
}

impl Processes {
    /// Processes of `program`, which is `check`.
    #[must_use]
    pub const fn of(program: PathBuf) -> Self {
        Self { program }
    }

    /// Processes of this program.
    ///
    /// # Errors
    /// If the system does not say where it is.
    pub fn of_this_program() -> Result<Self, Failure> {
        let program = std::env::current_exe();
        program.map(Self::of).map_err(Failure::while_doing("finding this program"))
    }

    /// Measures what is asked for.
    ///
    /// # Errors
    /// If the process cannot be started, or does not answer with a measurement.
    pub fn measure(&self, request: &Request) -> Result<Measurement, Failure> {
        let asked = serde_json::to_string(request);
        let asked = asked.map_err(|error| Failure::Usage(format!("{}: {error}", request.task)))?;
        let mut command = Command::new(&self.program);
        command.args(["bench", "--measure", &asked]).stdin(Stdio::null());
        let doing = format!("starting {}", self.program.display());
        let output = command.output().map_err(Failure::while_doing(doing))?;
        serde_json::from_slice(&output.stdout).map_err(|_| {
            let said = String::from_utf8_lossy(&output.stderr);
            Failure::Usage(format!("{}: {}: {}", request.task, output.status, said.trim()))
        })
    }

    /// How long it takes from starting the program to the end of `check run` with a small scenario.
    ///
    /// # Errors
    /// If the process cannot be started, or finds something that is not as claimed.
    pub fn start_to_verdict(&self) -> Result<Duration, Failure> {
        let mut command = Command::new(&self.program);
        command.args(["run", SMALL]).stdin(Stdio::null()).stdout(Stdio::null());
        let begun = Instant::now();
        let doing = format!("starting {}", self.program.display());
        let status = command.status().map_err(Failure::while_doing(doing))?;
        let time = begun.elapsed();
        if status.success() {
            return Ok(time);
        }
        Err(Failure::Usage(format!("check run {SMALL} ended with {status}")))
    }
}
