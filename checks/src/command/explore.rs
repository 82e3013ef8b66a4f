//! `check explore`: a trace in Stateright's Explorer.

use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use clap::Args;

use super::Limits;
use super::explain::{chosen, nearest};
use crate::catalog::{families, find};
use crate::error::Failure;
use crate::explore::{End, interrupt};
use crate::verdict::Status;

/// The files that the Explorer takes from here instead of its own, if they exist.
const SHADOWED: [&str; 4] = ["index.htm", "app.css", "app.js", "knockout-3.5.0.js"];

/// Which trace, and where it is served.
#[derive(Args, Debug)]
pub struct Explore {
    /// The scenario.
    scenario: String,
    /// The property: the first that is violated, else the first that is reached, if not said.
    property: Option<String>,
    /// The port to serve at, on this machine only. 0 takes a free one.
    #[arg(long, value_name = "PORT", default_value_t = 3000)]
    port: u16,
    #[command(flatten)]
    limits: Limits,
}

impl Explore {
    pub(super) fn execute(self, out: &mut dyn Write) -> Result<Status, Failure> {
        let families = families();
        let entry = find(&families, &self.scenario)?;
        let property = chosen(entry, self.property.as_deref())?;
        if let Some(file) = SHADOWED.iter().find(|file| Path::new("ui").join(file).exists()) {
            let said = format!("./ui/{file} would replace the Explorer's own: start elsewhere");
            return Err(Failure::Usage(said));
        }
        // Before the search, which may take a while: nobody waits for an address that is taken.
        let port = free(self.port)?;
        interrupt::listen();
        let exploration = nearest(entry, property, &self.limits);
        let trace = exploration.traces.get(property).and_then(Option::as_ref);
        let path = trace.map_or_else(|| vec![0], |trace| trace.path.clone());
        let indices: Vec<_> = path.iter().map(usize::to_string).collect();
        let name = entry.claims[property].0.name;
        match trace {
            Some(trace) => writeln!(out, "{name}: after {} steps, at the address", trace.steps())?,
            None => {
                let why = match &exploration.end {
                    End::Truncated(cause) => format!(" ({cause})"),
                    End::Exhausted | End::Satisfied | End::Panicked { .. } => String::new(),
                };
                writeln!(out, "{name}: no trace was found{why}, so this is the first state")?;
            }
        }
        writeln!(out, "http://127.0.0.1:{port}/#/steps/{}", indices.join("/"))?;
        writeln!(out, "Ctrl-C ends it.")?;
        out.flush()?;
        interrupt::end_process();
        let said = entry.cluster.serve(port);
        Err(Failure::Usage(format!("port {port}: {said}")))
    }
}

/// The port, if nobody has it; any free one for 0.
fn free(port: u16) -> Result<u16, Failure> {
    let doing = format!("opening port {port}");
    // Closed again at once: the Explorer opens it itself, and panics where it cannot.
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(Failure::while_doing(doing))
}
