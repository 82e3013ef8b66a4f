//! Running one replica.

use std::io::{IsTerminal, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use holdfast_models::vocabulary::ReplicaId;
use signal_hook::consts::{SIGINT, SIGTERM};
use tracing_subscriber::EnvFilter;

use super::{Failure, Serve};
use crate::config::Cluster;
use crate::node::{Node, Options};

pub(super) fn serve(said: &Serve) -> Result<(), Failure> {
    log_to_stderr(said.log == "json");
    let cluster = Cluster::load(&said.cluster).map_err(Failure::of)?;
    let options = Options {
        me: ReplicaId(said.replica),
        data: said.data.clone(),
        is_new: said.new,
        traces: said.traces.clone(),
        state_every: said.state_every,
    };
    let node = Node::open(&cluster, &options).map_err(Failure::of)?;
    let stop = stop_when_told(said.stop_with_input).map_err(Failure::of)?;
    let boot = node.submitter().status().boot;
    tracing::info!(cluster = cluster.name, replica = said.replica, boot, "started");
    node.run(&stop).map_err(Failure::of)?;
    tracing::info!("stopped");
    Ok(())
}

fn log_to_stderr(as_json: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // Somebody may have chosen where logs go already.
    let _ = if as_json { logs.json().try_init() } else { logs.try_init() };
}

/// A flag that SIGTERM and SIGINT set; a second signal ends the process at once.
fn stop_when_told(with_input: bool) -> std::io::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGTERM, SIGINT] {
        signal_hook::flag::register_conditional_shutdown(signal, 1, Arc::clone(&stop))?;
        signal_hook::flag::register(signal, Arc::clone(&stop))?;
    }
    if with_input {
        let stop = Arc::clone(&stop);
        let wait = move || {
            let mut nothing = [0; 64];
            while matches!(std::io::stdin().read(&mut nothing), Ok(1..)) {}
            stop.store(true, Ordering::Release);
        };
        std::thread::Builder::new().name("input".to_owned()).spawn(wait)?;
    }
    Ok(stop)
}
