//! Results for build servers: a suite for each section, a case for each property.

use std::io::{self, Write};
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Outcome, by_section, trace};
use crate::explore::{End, Trace};
use crate::verdict::{Finding, Judged, words};

pub(super) fn write(outcomes: &[Outcome<'_>], out: &mut dyn Write) -> io::Result<()> {
    let mut report = Report::new("holdfast");
    for (first, chunk) in by_section(outcomes) {
        let mut suite = TestSuite::new(format!("{}: {}", first.family, first.section));
        for outcome in chunk {
            suite.add_test_cases(cases(outcome));
        }
        report.add_test_suite(suite);
    }
    report.serialize(&mut *out).map_err(io::Error::other)?;
    writeln!(out)
}

fn cases(Outcome { entry, judgement }: &Outcome<'_>) -> Vec<TestCase> {
    let end = &judgement.exploration.end;
    let mut cases: Vec<_> = judgement.told().map(|judged| case(judged, end)).collect();
    if let End::Panicked { message, trace } = end {
        let status = failed(NonSuccessKind::Error, message.clone(), trace.as_ref());
        cases.push(TestCase::new("no-handler-panics", status));
    }
    // The scenario's time belongs to all of its cases together.
    let share = u32::try_from(cases.len()).unwrap_or(u32::MAX).max(1);
    let time: Duration = judgement.exploration.time / share;
    for case in &mut cases {
        case.set_classname(format!("{}.{}", entry.family, entry.name)).set_time(time);
    }
    cases
}

fn case(judged: &Judged, end: &End) -> TestCase {
    let expected = judged.claimed.map(words).unwrap_or_default();
    let status = match judged.finding {
        Finding::Undecided => {
            let why = match end {
                End::Truncated(cause) => format!("truncated: {cause}"),
                End::Exhausted | End::Satisfied | End::Panicked { .. } => "undecided".to_owned(),
            };
            failed(NonSuccessKind::Error, why, None)
        }
        Finding::Decided(_) | Finding::ReachedIn(_) if judged.is_fine() => {
            TestCaseStatus::success()
        }
        Finding::Decided(_) | Finding::ReachedIn(_) => {
            let said = format!("expected: {expected}; found: {}", judged.finding);
            failed(NonSuccessKind::Failure, said, judged.trace.as_ref())
        }
    };
    TestCase::new(judged.statement.name, status)
}

fn failed(kind: NonSuccessKind, message: String, found: Option<&Trace>) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(message);
    if let Some(found) = found {
        status.set_description(trace::steps(found));
    }
    status
}
