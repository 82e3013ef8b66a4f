//! Configurations and bounds, in words.

use holdfast_models::cluster::{
    At, Client, CrashPoints, Environment, FaultBudget, Links, NetworkKind, Session, Step,
};
use holdfast_models::vocabulary::ReplicaSet;

use crate::family::Setting;

/// A configuration: `3 replicas, ack async, election anyone`.
#[must_use]
pub fn configuration(settings: &[Setting]) -> String {
    let words = settings.iter().map(|setting| match (setting.flag, setting.value.as_str()) {
        ("replicas", "1") => "1 replica".to_owned(),
        ("replicas", count) => format!("{count} replicas"),
        (flag, value) => format!("{} {value}", flag.replace('-', " ")),
    });
    words.collect::<Vec<_>>().join(", ")
}

/// The faults that may happen: `1 suspicion, 2 crashes`.
#[must_use]
pub fn faults(environment: &Environment) -> String {
    let FaultBudget {
        crashes,
        unclean_crashes,
        amnesias,
        suspicions,
        repeats,
        ticks,
        losses,
        partitions,
        retries,
        give_ups,
    } = environment.faults;
    let budgets = [
        (suspicions, "suspicion", "suspicions"),
        (crashes, "crash", "crashes"),
        (unclean_crashes, "unclean crash", "unclean crashes"),
        (amnesias, "lost disk", "lost disks"),
        (losses, "lost message", "lost messages"),
        (partitions, "partition", "partitions"),
        (retries, "retry", "retries"),
        (give_ups, "request given up", "requests given up"),
        (repeats, "repetition", "repetitions"),
        (ticks, "tick", "ticks"),
    ];
    let mut words: Vec<_> = budgets
        .into_iter()
        .filter(|(count, _, _)| *count > 0)
        .map(|(count, one, many)| match count {
            FaultBudget::UNLIMITED => format!("any number of {many}"),
            1 => format!("1 {one}"),
            _ => format!("{count} {many}"),
        })
        .collect();
    words.extend(standing(environment));
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

/// Faults that stand from the beginning, and what makes the others harder or easier.
fn standing(environment: &Environment) -> Vec<String> {
    let Environment {
        network,
        faults: _,
        crash_points,
        forgets: _,
        clock_skew,
        suspecting,
        spared,
        down,
        cut,
        partition,
        symmetry: _,
    } = environment;
    let mut words = Vec::new();
    match network {
        NetworkKind::Datagram => {}
        NetworkKind::AtMostOnce => words.push("no message arrives twice".to_owned()),
        NetworkKind::Fifo => words.push("links keep their order".to_owned()),
    }
    match crash_points {
        CrashPoints::BetweenSteps => {}
        CrashPoints::BetweenEffects => words.push("crashes in the middle of steps".to_owned()),
    }
    if *clock_skew > 0 {
        words.push(format!("clocks up to {clock_skew} apart"));
    }
    if *suspecting != Environment::CALM.suspecting {
        words.push(format!("only {} suspecting", ids(*suspecting)));
    }
    if !down.is_empty() {
        words.push(format!("{} down", ids(*down)));
    }
    if !cut.is_empty() {
        words.push(format!("{} cut", arrows(*cut)));
    }
    if !partition.is_empty() {
        words.push(format!("a partition cuts {}", arrows(*partition)));
    }
    if !spared.is_empty() {
        words.push(format!("{} spared", ids(*spared)));
    }
    words
}

/// What each client does, one sentence each, without full stops.
#[must_use]
pub fn clients(clients: &[Client]) -> Vec<String> {
    let sentence = |(index, client): (usize, &Client)| {
        let steps: Vec<_> = client.script.iter().map(step).collect();
        let session = match client.session {
            Session::Plain => "",
            Session::WithToken => ", and hands back what it has seen",
        };
        format!("Client {index} {}{session}", steps.join(", then "))
    };
    clients.iter().enumerate().map(sentence).collect()
}

fn step(step: &Step) -> String {
    match step {
        Step::Ask(ask, At::Replica(replica)) => {
            format!("asks replica {replica} to {}", ask.operation())
        }
        Step::Ask(ask, At::Any) => format!("asks any replica to {}", ask.operation()),
        Step::Tell(other) => format!("tells client {other} so, outside the store"),
        Step::HearFrom(other) => format!("waits to hear from client {other}"),
    }
}

/// What messages may suffer.
#[must_use]
pub const fn network(kind: NetworkKind) -> &'static str {
    match kind {
        NetworkKind::Datagram => "Messages may be lost, repeated, late and out of order",
        NetworkKind::AtMostOnce => "Messages may be lost, late and out of order",
        NetworkKind::Fifo => "Each link delivers in order, or stops",
    }
}

fn ids(set: ReplicaSet) -> String {
    let ids: Vec<_> = set.iter().map(|id| id.0.to_string()).collect();
    if ids.len() == 1 {
        format!("replica {}", ids[0])
    } else {
        format!("replicas {}", ids.join(", "))
    }
}

fn arrows(links: Links) -> String {
    let (mut words, pairs) = (Vec::new(), links.pairs());
    for (from, to) in pairs {
        if !pairs.contains(&(*to, *from)) {
            words.push(format!("{from} to {to}"));
        } else if from < to {
            words.push(format!("{from} and {to}"));
        }
    }
    words.join(", ")
}
