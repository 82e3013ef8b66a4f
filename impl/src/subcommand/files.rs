//! Cluster files, key files, folders of replicas, traces.

use std::path::Path;

use super::Failure;
use crate::config::{Cluster, Keys, with_protocol};
use crate::disk::Directory;
use crate::hosted::Hosted;
use crate::steps;

pub(super) fn check_config(file: &Path) -> Result<(), Failure> {
    let cluster = Cluster::load(file).map_err(Failure::of)?;
    println!("cluster {} ({:016x})", cluster.name, cluster.id());
    println!("configuration {:016x}", cluster.configuration());
    with_protocol!(cluster.family, policy => println!("{policy:#?}"));
    println!("{:#?}\n{:#?}", cluster.timers, cluster.limits);
    for (id, member) in cluster.members.iter().enumerate() {
        println!("replica {id}: {member:?}");
    }
    Ok(())
}

pub(super) fn keygen(path: &Path, pairs: Option<u8>) -> Result<(), Failure> {
    let made = match pairs {
        None => Keys::generate(path),
        Some(replicas) => Keys::generate_pairs(path, replicas),
    };
    made.map_err(|error| Failure(format!("{}: {error}", path.display())))
}

pub(super) fn inspect(dir: &Path) -> Result<(), Failure> {
    let failed = |error| Failure(format!("{}: {error}", dir.display()));
    if !dir.is_dir() {
        return Err(failed("there is no such folder".to_owned()));
    }
    let directory = Directory::open(dir).map_err(|error| failed(error.to_string()))?;
    let inspected = crate::disk::inspect(&directory).map_err(|error| failed(error.to_string()))?;
    print!("{inspected}");
    Ok(())
}

pub(super) fn replay(cluster: &Path, trace: &Path) -> Result<(), Failure> {
    let cluster = Cluster::load(cluster).map_err(Failure::of)?;
    let failed = |error: String| Failure(format!("{}: {error}", trace.display()));
    let content = std::fs::read(trace).map_err(|error| failed(error.to_string()))?;
    let replayed = with_protocol!(cluster.family, protocol => {
        steps::replay(&protocol.paced(&cluster.timers), cluster.configuration(), &content)
    });
    let steps::Replayed { starts, steps, states } =
        replayed.map_err(|divergence| failed(divergence.to_string()))?;
    println!("{starts} starts and {steps} steps agree, {states} of them in the whole state");
    Ok(())
}
