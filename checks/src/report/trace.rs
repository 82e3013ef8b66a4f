//! A trace in words: numbered sentences, with what each step leads to.

use std::fmt::Write as _;

use holdfast_models::cluster::Moment;

use crate::explore::Trace;

/// The steps for a terminal: what each leads to is on lines of its own.
#[must_use]
pub fn steps(trace: &Trace) -> String {
    let width = trace.story.moments.len().to_string().len();
    let mut out = String::new();
    for (index, moment) in trace.story.moments.iter().enumerate() {
        if trace.story.begins_cycle(index) {
            out.push_str("  and then for ever:\n");
        }
        put(&mut out, format_args!("  {:>width$}. {}.\n", index + 1, moment.headline));
        for detail in moment.details() {
            put(&mut out, format_args!("  {:width$}    {detail}\n", ""));
        }
    }
    if let Some(ending) = trace.ending() {
        put(&mut out, format_args!("  {ending}\n"));
    }
    out
}

/// The steps as a Markdown list, one sentence each.
#[must_use]
pub fn list(trace: &Trace) -> String {
    let mut out = String::new();
    for (index, moment) in trace.story.moments.iter().enumerate() {
        if trace.story.begins_cycle(index) {
            out.push_str("\nAnd then for ever:\n\n");
        }
        put(&mut out, format_args!("{}. {}\n", index + 1, sentence(moment)));
    }
    if let Some(ending) = trace.ending() {
        let (first, rest) = ending.split_at(1);
        put(&mut out, format_args!("\n{}{rest}.\n", first.to_uppercase()));
    }
    out
}

fn sentence(moment: &Moment) -> String {
    let details: Vec<_> = moment.details().collect();
    if details.is_empty() {
        format!("{}.", moment.headline)
    } else {
        format!("{}: {}.", moment.headline, details.join("; "))
    }
}

fn put(out: &mut String, words: std::fmt::Arguments<'_>) {
    out.write_fmt(words).expect("writing to a string cannot fail");
}
