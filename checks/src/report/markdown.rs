//! Results for documents. Nothing here depends on time or threads.

use std::io::{self, Write};

use super::{Outcome, by_section};
use crate::describe::{configuration, faults};
use crate::explore::End;
use crate::units::thousands;
use crate::verdict::{Finding, Judgement};

pub(super) fn write(outcomes: &[Outcome<'_>], out: &mut dyn Write) -> io::Result<()> {
    for (index, (first, chunk)) in by_section(outcomes).enumerate() {
        let gap = if index == 0 { "" } else { "\n" };
        writeln!(out, "{gap}### {}: {}\n", first.family, first.section)?;
        write!(out, "{}", verdicts(chunk))?;
    }
    Ok(())
}

/// A table of verdicts: one row for each claim, the scenario told once.
#[must_use]
pub fn verdicts<'a>(outcomes: impl IntoIterator<Item = &'a Outcome<'a>>) -> String {
    let mut table =
        row(["question", "configuration", "faults", "property", "verdict", "states"].map(cell));
    table.push_str("|---|---|---|---|---|--:|\n");
    for outcome in outcomes {
        let Outcome { entry, judgement } = outcome;
        for (index, judged) in judgement.told().enumerate() {
            let once = |words: String| if index == 0 { words } else { String::new() };
            let question = format!("{} `{}`", cell(entry.question), entry.name);
            table.push_str(&row([
                once(question),
                once(cell(&configuration(&entry.settings))),
                once(cell(&faults(&entry.environment))),
                judged.statement.name.to_owned(),
                verdict(judged.finding, judgement),
                once(states(judgement)),
            ]));
        }
    }
    table
}

/// How many states were seen. A search that was truncated has not seen all.
#[must_use]
pub fn states(judgement: &Judgement) -> String {
    let known = thousands(judgement.exploration.states);
    if judgement.truncated().is_some() { format!("over {known}") } else { known }
}

/// What was found in `judgement`. What a truncated search has left open is told as that.
#[must_use]
pub fn verdict(finding: Finding, judgement: &Judgement) -> String {
    match (finding, &judgement.exploration.end) {
        (Finding::Undecided, End::Truncated(cause)) => format!("truncated: {cause}"),
        (Finding::Decided(_) | Finding::ReachedIn(_) | Finding::Undecided, _) => {
            finding.to_string()
        }
    }
}

/// One row of a table.
pub fn row<const COLUMNS: usize>(cells: [String; COLUMNS]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// Text that does not end its cell.
#[must_use]
pub fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
