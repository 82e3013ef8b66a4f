//! Stands between replicas on loopback: loses, repeats and reorders their datagrams.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use holdfast_node::random::Random;

/// Of a thousand datagrams.
#[derive(Clone, Copy)]
pub(crate) struct Trouble {
    pub(crate) lost: u64,
    pub(crate) repeated: u64,
    /// These are overtaken by the next.
    pub(crate) held: u64,
}

impl Trouble {
    /// Everything arrives once, in order.
    pub(crate) const NONE: Self = Self { lost: 0, repeated: 0, held: 0 };
}

pub(crate) struct Relay {
    /// Where replica `from` reaches replica `to`: `[from][to]`.
    pub(crate) addresses: Vec<Vec<SocketAddr>>,
    stop: Arc<AtomicBool>,
    /// Whose datagrams are all lost, a bit each.
    isolated: Arc<AtomicU64>,
    threads: Vec<JoinHandle<()>>,
}

impl Relay {
    /// Passes on to replicas that listen at `real`.
    pub(crate) fn start(real: &[SocketAddr], trouble: Trouble, seed: u64) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let isolated = Arc::new(AtomicU64::new(0));
        let (mut addresses, mut threads) = (Vec::new(), Vec::new());
        for from in 0..real.len() {
            let mut row = Vec::new();
            for (to, target) in real.iter().enumerate() {
                let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("there are ports");
                row.push(socket.local_addr().expect("it is bound"));
                let random = Random::new(seed ^ (from as u64) << 32 ^ (to as u64) << 40);
                let (stop, target) = (Arc::clone(&stop), *target);
                let (ends, isolated) = (1 << from | 1 << to, Arc::clone(&isolated));
                let is_cut = move || isolated.load(Ordering::Acquire) & ends != 0;
                let run = move || pass_on(&socket, target, trouble, random, &stop, is_cut);
                threads.push(std::thread::spawn(run));
            }
            addresses.push(row);
        }
        Self { addresses, stop, isolated, threads }
    }

    /// From now on `replica` hears nobody, and nobody hears it.
    pub(crate) fn isolate(&self, replica: usize) {
        self.isolated.fetch_or(1 << replica, Ordering::AcqRel);
    }

    /// From now on everybody hears everybody.
    pub(crate) fn heal(&self) {
        self.isolated.store(0, Ordering::Release);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn pass_on(
    socket: &UdpSocket,
    target: SocketAddr,
    trouble: Trouble,
    mut random: Random,
    stop: &AtomicBool,
    is_cut: impl Fn() -> bool,
) {
    let patience = Some(Duration::from_millis(20));
    socket.set_read_timeout(patience).expect("it is no zero");
    let mut buffer = vec![0; 65_536];
    let mut held: Option<Vec<u8>> = None;
    while !stop.load(Ordering::Acquire) {
        let Ok(length) = socket.recv(&mut buffer) else { continue };
        if is_cut() || random.per_mille(trouble.lost) {
            continue;
        }
        if held.is_none() && random.per_mille(trouble.held) {
            held = Some(buffer[..length].to_vec());
            continue;
        }
        // What the replica does not take is lost, as anything may be.
        let _ = socket.send_to(&buffer[..length], target);
        if random.per_mille(trouble.repeated) {
            let _ = socket.send_to(&buffer[..length], target);
        }
        if let Some(late) = held.take() {
            let _ = socket.send_to(&late, target);
        }
    }
}
