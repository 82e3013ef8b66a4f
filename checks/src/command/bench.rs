//! `check bench`: how fast the engine is, and how large its states are.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::bench::{Bar, Comparison, Plan, Processes, Report, Request, table};
use crate::catalog::{families, find};
use crate::document::record_measured;
use crate::error::Failure;
use crate::units::{duration, size};
use crate::verdict::Status;

/// What is measured.
#[derive(Args, Debug)]
pub struct Bench {
    /// The scenarios, by name. Without any: a very large, a large, a middle and a small one, and the
    /// quick tier.
    scenarios: Vec<String>,
    /// How often everything is repeated, in turns.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..))]
    repetitions: u8,
    /// Writes the results as JSON.
    #[arg(long)]
    json: bool,
    /// Records the results in checks/measured.json, and brings spec-docs up to date with them.
    #[arg(long)]
    write: bool,
    /// The folder that holds README.md and spec-docs [default: the nearest with a Cargo.lock].
    #[arg(long, value_name = "FOLDER", requires = "write")]
    root: Option<PathBuf>,
    /// How much memory each process may use [default: 8G].
    #[arg(long, value_name = "SIZE", value_parser = size)]
    memory: Option<u64>,
    /// How long each measurement may take [default: 10m].
    #[arg(long, value_name = "TIME", value_parser = duration)]
    time: Option<Duration>,
    /// Measures one thing in this process: what the others are started for.
    #[arg(long, hide = true, value_name = "JSON", value_parser = request, exclusive = true)]
    measure: Option<Request>,
}

fn request(text: &str) -> Result<Request, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

impl Bench {
    pub(super) fn execute(self, out: &mut dyn Write) -> Result<Status, Failure> {
        if let Some(request) = &self.measure {
            writeln!(out, "{}", json!(request.measure()?))?;
            return Ok(Status::Fine);
        }
        let report = self.measured(&self.plan()?)?;
        if self.json {
            writeln!(out, "{:#}", json!({ "report": report, "bars": Bar::all(&report) }))?;
        } else {
            table(&report, out)?;
        }
        if self.write {
            for file in record_measured(self.root.as_deref(), &report)? {
                anstream::eprintln!("{}: rewritten", file.display());
            }
        }
        Ok(if !report.agrees() {
            Status::Differs
        } else if report.truncated().is_some() {
            Status::Truncated
        } else {
            Status::Fine
        })
    }

    fn plan(&self) -> Result<Plan, Failure> {
        let usual = Plan::usual();
        let plan = Plan {
            repetitions: self.repetitions.into(),
            memory: self.memory.unwrap_or(usual.memory),
            time: self.time.unwrap_or(usual.time),
            ..usual
        };
        if self.scenarios.is_empty() {
            return Ok(plan);
        }
        let families = families();
        let named: Result<Vec<_>, _> = self
            .scenarios
            .iter()
            .map(|name| find(&families, name).map(|entry| Comparison::in_speed(entry.name)))
            .collect();
        Ok(Plan { comparisons: named?, quick_tier: false, ..plan })
    }

    fn measured(&self, plan: &Plan) -> Result<Report, Failure> {
        let processes = Processes::of_this_program()?;
        // Draws on standard error, and only if that is a terminal.
        let bar = ProgressBar::new(plan.measurements() as u64);
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len}  {msg}") {
            bar.set_style(style);
        }
        let mut done = 0;
        let report = plan.run(&processes, |task| {
            bar.set_position(done);
            bar.set_message(task);
            done += 1;
        });
        bar.finish_and_clear();
        report
    }
}
