//! Results for programs.

use std::io::{self, Write};

use holdfast_models::cluster::{Kind, Verdict};
use serde_json::{Value, json};

use super::{Outcome, status};
use crate::explore::{End, Trace};
use crate::verdict::{Finding, Judged, Status};

pub(super) fn write(outcomes: &[Outcome<'_>], out: &mut dyn Write) -> io::Result<()> {
    let scenarios: Vec<_> = outcomes.iter().map(scenario).collect();
    let report = json!({ "status": word(status(outcomes)), "scenarios": scenarios });
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

const fn word(status: Status) -> &'static str {
    match status {
        Status::Fine => "as-expected",
        Status::Truncated => "truncated",
        Status::Differs => "not-as-expected",
        Status::Panicked => "panicked",
    }
}

fn scenario(Outcome { entry, judgement }: &Outcome<'_>) -> Value {
    let exploration = &judgement.exploration;
    let (truncated, panicked) = match &exploration.end {
        End::Exhausted | End::Satisfied => (Value::Null, Value::Null),
        End::Truncated(cause) => (json!(cause.to_string()), Value::Null),
        End::Panicked { message, trace } => {
            (Value::Null, json!({ "message": message, "trace": told(trace.as_ref()) }))
        }
    };
    json!({
        "family": entry.family,
        "section": entry.section,
        "scenario": entry.name,
        "rows": entry.rows,
        "question": entry.question,
        "status": word(judgement.status()),
        "states": exploration.states,
        "orbits": exploration.orbits,
        "depth": exploration.depth,
        "steps": exploration.generated,
        "bytes_a_state": exploration.bytes_a_state(),
        "compressed": exploration.kept.compressed,
        "bytes_on_disk": exploration.kept.on_disk,
        "coverage": coverage(&exploration.coverage),
        "seconds": exploration.time.as_secs_f64(),
        "truncated": truncated,
        "panicked": panicked,
        "properties": judgement.told().map(property).collect::<Vec<_>>(),
    })
}

fn coverage(kinds: &[(Kind, usize)]) -> Value {
    kinds.iter().map(|(kind, steps)| (kind.to_string(), json!(steps))).collect()
}

fn property(judged: &Judged) -> Value {
    // A trace that was expected can be had by its path; one that was not is told. Of either, so many of
    // the last steps happen again and again.
    let path = judged.trace.as_ref().map(|trace| &trace.path);
    let trace = if judged.is_fine() { Value::Null } else { told(judged.trace.as_ref()) };
    json!({
        "property": judged.statement.name,
        "sentence": judged.statement.sentence,
        "expected": judged.claimed.map(verdict),
        "found": finding(judged.finding),
        "as_expected": judged.is_fine(),
        "path": path,
        "cycle": judged.trace.as_ref().map(|trace| trace.story.cycle),
        "trace": trace,
    })
}

fn finding(finding: Finding) -> Value {
    match finding {
        Finding::Decided(decided) => verdict(decided),
        Finding::ReachedIn(steps) => json!({ "verdict": "reached", "steps": steps }),
        Finding::Undecided => json!({ "verdict": "undecided" }),
    }
}

fn verdict(verdict: Verdict) -> Value {
    match verdict {
        Verdict::Holds => json!({ "verdict": "holds" }),
        Verdict::Violated { steps } => json!({ "verdict": "violated", "steps": steps }),
        Verdict::Reached => json!({ "verdict": "reached" }),
        Verdict::Unreachable => json!({ "verdict": "unreachable" }),
    }
}

fn told(trace: Option<&Trace>) -> Value {
    let Some(trace) = trace else { return Value::Null };
    let steps = trace.story.moments.iter().map(|moment| {
        json!({ "headline": moment.headline, "details": moment.details().collect::<Vec<_>>() })
    });
    steps.collect()
}
