//! The text that Prometheus reads.

use std::fmt::Write;

use holdfast_models::vocabulary::ReplicaId;

use super::Report;
use crate::driver::Messages;
use crate::gateway::{Counter, Counters};
use crate::hosted::{
    CellFacts, Facts, LockFacts, LogFacts, OrderFacts, RegionFacts, RegisterFacts,
};
use crate::wire::Dropped;

/// Takes a name, its kind, what it means, and the values by their labels.
type Tell<'a> = dyn FnMut(&str, &str, &str, &[(String, u64)]) + 'a;

/// A value without a label.
fn one(value: u64) -> [(String, u64); 1] {
    [(String::new(), value)]
}

fn log(facts: &LogFacts, role: &str, tell: &mut Tell<'_>) {
    let roles = ["leader", "candidate", "follower", "controller"];
    let roles = roles.map(|known| (format!("{{role=\"{known}\"}}"), u64::from(known == role)));
    tell("role", "gauge", "What the replica is doing.", &roles);
    tell("epoch", "gauge", "The epoch it takes part in.", &one(facts.epoch.0));
    tell("log_last", "gauge", "Where its log ends.", &one(facts.last.0));
    tell("log_committed", "gauge", "Known to be acknowledged.", &one(facts.committed.0));
    tell("log_applied", "gauge", "Up to where readers see.", &one(facts.applied.0));
    let matched = facts.matched.iter();
    let matched: Vec<_> =
        matched.map(|(id, to)| (format!("{{follower=\"{}\"}}", id.0), to.0)).collect();
    tell("log_matched", "gauge", "What each follower has acknowledged.", &matched);
}

fn registers(facts: &RegisterFacts, tell: &mut Tell<'_>) {
    for (name, help, count) in [
        ("registers", "Registers it holds, deleted ones included.", facts.registers),
        ("tombstones", "Registers that hold tombstones alone.", facts.tombstones),
        ("hints", "Hints it keeps for other homes.", facts.hints),
        ("coordinated", "Requests it coordinates.", facts.coordinated),
    ] {
        tell(name, "gauge", help, &one(count as u64));
    }
}

fn cells(facts: &CellFacts, tell: &mut Tell<'_>) {
    for (name, help, count) in [
        ("keys", "Keys at which readers see something.", facts.keys),
        ("cells", "Keys at which anything ever was.", facts.cells),
        ("erased", "Elements of texts that were erased.", facts.erased),
        ("tombstones", "Additions to sets, known to be removed.", facts.tombstones),
        ("early", "Updates that arrived before what they had seen.", facts.early),
        ("untold", "Updates that somebody may still lack.", facts.untold),
    ] {
        tell(name, "gauge", help, &one(count as u64));
    }
    let delivered = facts.delivered.iter();
    let delivered: Vec<_> =
        delivered.map(|(id, to)| (format!("{{of=\"{}\"}}", id.0), *to)).collect();
    tell("delivered", "gauge", "Updates of each replica that were applied.", &delivered);
}

fn order(facts: &OrderFacts, tell: &mut Tell<'_>) {
    for (name, help, count) in [
        ("order_applied", "Up to where it has the order.", facts.applied.0),
        ("order_everywhere", "Known to be with everybody.", facts.everywhere.0),
        ("order_kept", "How much of the order it keeps.", facts.kept as u64),
        ("order_early", "Arrived before what it follows.", facts.early as u64),
        ("asked", "Requests that wait for what they have to see.", facts.asked as u64),
        ("handed_in", "Transactions that are not in the order.", facts.handed_in as u64),
        ("registers", "Registers ever written, deleted ones included.", facts.registers as u64),
    ] {
        tell(name, "gauge", help, &one(count));
    }
}

fn regions(facts: &RegionFacts, tell: &mut Tell<'_>) {
    let of = |counts: &[(ReplicaId, u64)]| {
        let counts = counts.iter();
        counts.map(|(id, count)| (format!("{{region=\"{}\"}}", id.0), *count)).collect::<Vec<_>>()
    };
    tell("region_time", "gauge", "The logical time.", &one(facts.time));
    let help = "Decisions of each region that it has applied.";
    tell("region_applied", "gauge", help, &of(&facts.applied));
    let help = "Up to which time it has everything of each other region.";
    tell("region_closed", "gauge", help, &of(&facts.closed));
    let help = "Its own decisions that somebody may lack.";
    tell("region_kept", "gauge", help, &one(facts.kept as u64));
    let help = "Keys ever written or moved, deleted ones included.";
    tell("records", "gauge", help, &one(facts.records as u64));
    let help = "How many regions it takes to be gone.";
    tell("suspected", "gauge", help, &one(facts.suspected.len() as u64));
}

fn locks(facts: &LockFacts, tell: &mut Tell<'_>) {
    for (name, help, count) in [
        ("lock_pending", "Updates it coordinates that are not decided.", facts.pending),
        ("lock_locked", "Keys locked for somebody who is not prepared.", facts.locked),
        ("lock_waiting", "Updates that wait for a key.", facts.waiting),
        ("lock_prepared", "Keys at which it has promised a change.", facts.prepared),
        ("lock_decided", "Decisions that somebody may not have applied.", facts.decided),
        ("registers", "Registers ever locked, deleted ones included.", facts.registers),
    ] {
        tell(name, "gauge", help, &one(count as u64));
    }
}

pub(super) fn text(report: &Report, gateway: Option<&Counters>) -> String {
    let Report { status, work, messages, counters, unsent, .. } = report;
    let mut text = String::new();
    let mut tell = |name: &str, kind: &str, help: &str, samples: &[(String, u64)]| {
        let _ = writeln!(text, "# HELP holdfast_{name} {help}\n# TYPE holdfast_{name} {kind}");
        for (labels, value) in samples {
            let _ = writeln!(text, "holdfast_{name}{labels} {value}");
        }
    };
    match status.facts() {
        Facts::Log(facts) => log(facts, status.observation.role, &mut tell),
        Facts::Registers(facts) => registers(facts, &mut tell),
        Facts::Cells(facts) => cells(facts, &mut tell),
        Facts::Order(facts) => order(facts, &mut tell),
        Facts::Regions(facts) => regions(facts, &mut tell),
        Facts::Locks(facts) => locks(facts, &mut tell),
    }
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
    let Messages { received, sent } = messages;
    for (name, help, counted) in [
        ("messages_received_total", "Messages between replicas that were handled.", received),
        ("messages_sent_total", "Messages between replicas that were sent.", sent),
    ] {
        let labelled = counted.iter().map(|(kind, count)| (format!("{{kind=\"{kind}\"}}"), *count));
        tell(name, "counter", help, &labelled.collect::<Vec<_>>());
    }
    if let Some(gateway) = gateway {
        let counted: Vec<_> = Counter::ALL
            .iter()
            .map(|(counter, name)| (format!("{{what=\"{name}\"}}"), gateway.get(*counter)))
            .collect();
        tell("gateway_total", "counter", "What clients asked, by kind.", &counted);
    }
    text
}
