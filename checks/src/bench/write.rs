//! What measuring came to, for people and for documents.

use std::io::{self, Write};

use comfy_table::{Cell, CellAlignment, Table, presets};

use super::bar::{Bar, Verdict};
use super::report::{Compared, FEW_STATES, Report, Row};
use crate::report::{Tone, cell, markdown_row, styled};
use crate::units::thousands;

const HEADS: [&str; 7] = [
    "search",
    "million steps a second",
    "times Stateright",
    "bytes a state",
    "resident",
    "time",
    "processor",
];

/// Writes the report for people at a terminal.
///
/// # Errors
/// If `out` cannot be written.
pub fn table(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", styled(Tone::Quiet, &machine(report)))?;
    for compared in &report.compared {
        writeln!(out, "\n{}", styled(Tone::Loud, &heading(compared)))?;
        writeln!(out, "{}", lined_up(HEADS, compared.rows.iter().map(cells), 1).trim_fmt())?;
        for sentence in sentences(compared) {
            writeln!(out, " {sentence}")?;
        }
        if !compared.agree {
            let said = " The searches disagree about what there is: one of them is wrong.";
            writeln!(out, "{}", styled(Tone::Bad, said))?;
        }
    }
    writeln!(out)?;
    for sentence in others(report) {
        writeln!(out, "{sentence}")?;
    }
    let bars = Bar::all(report);
    if !bars.is_empty() {
        let rows = bars.iter().map(|bar| {
            let [what, asked, found] = bar.told();
            let tone = match bar.verdict {
                Verdict::Met => Tone::Good,
                Verdict::Missed => Tone::Bad,
                Verdict::TooNoisy => Tone::Open,
            };
            [what, asked, found, styled(tone, &bar.verdict.to_string())]
        });
        writeln!(out, "\n{}", lined_up(["asked of it", "bar", "found", ""], rows, 1).trim_fmt())?;
    }
    writeln!(out, "\n{}", styled(Tone::Quiet, &noise(report)))
}

/// The report for documents.
#[must_use]
pub fn markdown(report: &Report) -> String {
    let mut text = format!("{}\n\n", machine(report));
    for compared in &report.compared {
        text.push_str(&format!("**{}**\n\n", heading(compared)));
        text.push_str(&ruled(HEADS, compared.rows.iter().map(cells)));
        let sentences: Vec<_> = sentences(compared).collect();
        if !sentences.is_empty() {
            text.push_str(&format!("\n{}\n", sentences.join(" ")));
        }
        text.push('\n');
    }
    for sentence in others(report) {
        text.push_str(&format!("{sentence}\n\n"));
    }
    let bars = Bar::all(report);
    if !bars.is_empty() {
        let rows = bars.iter().map(|bar| {
            let [what, asked, found] = bar.told();
            [what, asked, found, bar.verdict.to_string()]
        });
        text.push_str(&ruled(["asked of it", "bar", "found", ""], rows));
        text.push('\n');
    }
    text.push_str(&noise(report));
    text.push('\n');
    text
}

fn machine(report: &Report) -> String {
    let often = match report.repetitions {
        1 => "Everything once.".to_owned(),
        times => format!("Everything {times} times, in turns; median and ends."),
    };
    format!("{}. {often}", report.machine.told())
}

fn heading(compared: &Compared) -> String {
    let Compared { scenario, columns, states, steps, depth, .. } = compared;
    let depth = depth.map_or_else(String::new, |depth| format!(", depth {depth}"));
    let (states, steps) = (thousands(*states), thousands(*steps));
    format!("{scenario}: {states} states of {columns} numbers, {steps} steps{depth}")
}

fn cells(row: &Row) -> [String; 7] {
    let or_none = |told: Option<String>| told.unwrap_or_else(|| "-".to_owned());
    let with =
        |digits: usize, unit: &'static str| move |value: f64| format!("{value:.digits$}{unit}");
    let early =
        row.truncated.as_ref().map_or_else(String::new, |cause| format!(", truncated: {cause}"));
    let seconds = if row.seconds.median < 0.1 {
        row.seconds.told(|value| format!("{:.1} ms", value * 1e3))
    } else {
        row.seconds.told(with(2, " s"))
    };
    [
        row.name.clone(),
        row.rate.told(|rate| format!("{:.2}", rate / 1e6)),
        or_none(row.times_reference.map(|times| times.told(with(1, "")))),
        or_none(row.bytes_a_state.map(|bytes| bytes.told(with(1, "")))),
        or_none(row.resident_a_state.map(|bytes| bytes.told(with(0, "")))),
        format!("{seconds}{early}"),
        row.share.told(|share| format!("{:.0} %", share * 100.0)),
    ]
}

fn sentences(compared: &Compared) -> impl Iterator<Item = String> {
    // Fewer are explored before anything can be said about rates.
    let is_large = compared.states >= FEW_STATES;
    let second = compared.second_thread.filter(|_| is_large).map(|gain| {
        let gain = gain.told(|gain| format!("{gain:.2}"));
        format!("The second thread makes the engine {gain} times as fast.")
    });
    let floor = compared.of_floor.filter(|_| is_large).map(|part| {
        let part = part.told(|part| format!("{:.0} %", part * 100.0));
        format!("One thread has {part} of the floor's rate.")
    });
    second.into_iter().chain(floor)
}

fn others(report: &Report) -> impl Iterator<Item = String> {
    let seconds = |value: f64| format!("{value:.1} s");
    let tier = report.quick_tier.as_ref().map(|tier| {
        let early = tier
            .truncated
            .as_ref()
            .map_or_else(String::new, |cause| format!("; truncated: {cause}"));
        format!(
            "Quick tier: {} states in {}, of which all threads together computed {}{early}.",
            thousands(tier.states),
            tier.seconds.told(seconds),
            tier.computed.told(seconds)
        )
    });
    let start = report.start.map(|start| {
        let time = start.told(|value| format!("{:.0} ms", value * 1e3));
        format!("A small scenario from start to verdict: {time}.")
    });
    tier.into_iter().chain(start)
}

/// How much is to be made of it.
fn noise(report: &Report) -> String {
    let percent = |value: f64| format!("{:.0} %", value * 100.0);
    let spread = report.noisiest().filter(|_| report.repetitions > 1).map(|(compared, row)| {
        let spread = percent(row.rate.spread());
        format!(
            "The ends of a rate are at most {spread} of it apart ({}: {}).",
            compared.scenario, row.name
        )
    });
    let share = report.share().map(|share| {
        let share = share.told(percent);
        format!("A thread had a processor for {share} of its time: the rest went to other work.")
    });
    let said: Vec<_> = spread.into_iter().chain(share).collect();
    if said.is_empty() { "How noisy it was is not known.".to_owned() } else { said.join(" ") }
}

/// A table without lines, the columns from `numbers` on to the right.
fn lined_up<const COLUMNS: usize>(
    heads: [&str; COLUMNS],
    rows: impl Iterator<Item = [String; COLUMNS]>,
    numbers: usize,
) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let aligned = |(column, cell): (usize, Cell)| {
        if column < numbers { cell } else { cell.set_alignment(CellAlignment::Right) }
    };
    let heads = heads.map(|head| Cell::new(styled(Tone::Quiet, head)));
    table.set_header(heads.into_iter().enumerate().map(aligned));
    for row in rows {
        table.add_row(row.map(Cell::new).into_iter().enumerate().map(aligned));
    }
    table
}

fn ruled<const COLUMNS: usize>(
    heads: [&str; COLUMNS],
    rows: impl Iterator<Item = [String; COLUMNS]>,
) -> String {
    let mut text = markdown_row(heads.map(cell));
    text.push_str(&format!("|---|{}\n", "--:|".repeat(COLUMNS - 1)));
    for row in rows {
        text.push_str(&markdown_row(row.map(|text| cell(&text))));
    }
    text
}
