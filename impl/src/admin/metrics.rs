//! The text that Prometheus reads.

use std::fmt::Write;

use super::Report;
use crate::gateway::{Counter, Counters};
use crate::wire::Dropped;

pub(super) fn text(report: &Report, gateway: Option<&Counters>) -> String {
    let Report { status, work, counters, unsent, .. } = report;
    let mut text = String::new();
    let mut tell = |name: &str, kind: &str, help: &str, samples: &[(String, u64)]| {
        let _ = writeln!(text, "# HELP holdfast_{name} {help}\n# TYPE holdfast_{name} {kind}");
        for (labels, value) in samples {
            let _ = writeln!(text, "holdfast_{name}{labels} {value}");
        }
    };
    let one = |value| [(String::new(), value)];
    let roles = ["leader", "candidate", "follower", "controller"];
    let role = roles.map(|role| (format!("{{role=\"{role}\"}}"), u64::from(role == status.role)));
    tell("role", "gauge", "What the replica is doing.", &role);
    tell("epoch", "gauge", "The epoch it takes part in.", &one(status.epoch.0));
    tell("log_last", "gauge", "Where its log ends.", &one(status.last.0));
    tell("log_committed", "gauge", "Known to be acknowledged.", &one(status.committed.0));
    tell("log_applied", "gauge", "Up to where readers see.", &one(status.applied.0));
    let matched = status.matched.iter();
    let matched: Vec<_> =
        matched.map(|(id, to)| (format!("{{follower=\"{}\"}}", id.0), to.0)).collect();
    tell("log_matched", "gauge", "What each follower has acknowledged.", &matched);
    tell("requests_waiting", "gauge", "Clients that wait.", &one(status.waiting as u64));
    tell("boots", "counter", "Starts on this disk.", &one(status.boot));
    tell("steps_total", "counter", "Inputs that the machine handled.", &one(work.steps));
    tell("writes_total", "counter", "Commits that wrote.", &one(work.writes));
    tell("syncs_total", "counter", "Commits that synced.", &one(work.syncs));
    tell("answers_total", "counter", "Requests that were answered.", &one(work.answers));
    let help = "Answers for which nobody waited any more.";
    tell("answers_late_total", "counter", help, &one(work.late_answers));
    tell("datagrams_received_total", "counter", "Authentic datagrams.", &one(counters.opened));
    tell("datagrams_sent_total", "counter", "Sealed datagrams.", &one(counters.sealed));
    tell("datagrams_unsent_total", "counter", "Not taken by the system.", &one(*unsent));
    let dropped: Vec<_> = Dropped::ALL
        .iter()
        .map(|reason| (format!("{{reason=\"{}\"}}", reason.name()), counters.dropped(*reason)))
        .collect();
    tell("dropped_total", "counter", "What was dropped, by reason.", &dropped);
    if let Some(gateway) = gateway {
        let counted: Vec<_> = Counter::ALL
            .iter()
            .map(|(counter, name)| (format!("{{what=\"{name}\"}}"), gateway.get(*counter)))
            .collect();
        tell("gateway_total", "counter", "What clients asked, by kind.", &counted);
    }
    text
}
