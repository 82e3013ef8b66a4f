//! What is being explored right now, on terminals only.

use std::collections::BTreeMap;
use std::sync::Arc;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::explore::Ticket;
use crate::units::{seconds, thousands};

/// A bar for all explorations, and a line for each that is under way. Erased at the end.
#[derive(Debug)]
pub struct Progress {
    // Draws on standard error, and only if that is a terminal.
    lines: MultiProgress,
    overall: ProgressBar,
    running: BTreeMap<usize, (ProgressBar, Arc<Ticket>)>,
}

impl Progress {
    /// Nothing has begun of `count` explorations.
    #[must_use]
    pub fn new(count: usize) -> Self {
        let lines = MultiProgress::new();
        let overall = ProgressBar::new(count as u64).with_style(style("{bar:40} {pos}/{len}"));
        Self { overall: lines.add(overall), lines, running: BTreeMap::new() }
    }

    /// Exploration `index` begins.
    pub fn start(&mut self, index: usize, name: &str, ticket: Arc<Ticket>) {
        let line = ProgressBar::new_spinner().with_style(style("  {prefix}: {msg}"));
        let line = self.lines.add(line).with_prefix(name.to_owned());
        self.running.insert(index, (line, ticket));
        self.refresh();
    }

    /// Exploration `index` has ended.
    pub fn finish(&mut self, index: usize) {
        if let Some((line, _)) = self.running.remove(&index) {
            line.finish_and_clear();
        }
        self.overall.inc(1);
    }

    /// Shows how far the running explorations are.
    pub fn refresh(&self) {
        for (line, ticket) in self.running.values() {
            let (states, time) = (thousands(ticket.states()), seconds(ticket.elapsed()));
            line.set_message(format!("{states} states, {time}"));
        }
        self.overall.tick();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.overall.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    // A template that cannot be read would be a mistake in this file; the default still informs.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}
