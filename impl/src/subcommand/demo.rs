//! A cluster of processes on this machine.

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGINT, SIGTERM};

use super::Failure;
use crate::config::{Cluster, Keys};

/// How long a replica may take to be well.
const READY_WITHIN: Duration = Duration::from_secs(20);

pub(super) fn demo(replicas: u8, protocol: &str, dir: Option<PathBuf>) -> Result<(), Failure> {
    let is_temporary = dir.is_none();
    let dir = dir.unwrap_or_else(|| {
        std::env::temp_dir().join(format!("holdfast-demo-{}", std::process::id()))
    });
    let result = in_folder(replicas, protocol, &dir);
    if is_temporary {
        // What is left is in a folder for what may be left.
        let _ = std::fs::remove_dir_all(&dir);
    }
    result
}

fn in_folder(replicas: u8, protocol: &str, dir: &Path) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure(format!("{}: {error}", dir.display()));
    std::fs::create_dir_all(dir).map_err(failed)?;
    let file = dir.join("cluster.toml");
    if !file.exists() {
        Keys::generate(&dir.join("cluster.key")).map_err(failed)?;
        std::fs::write(&file, cluster_file(replicas, protocol).map_err(failed)?).map_err(failed)?;
    }
    let cluster = Cluster::load(&file).map_err(Failure::of)?;
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGTERM, SIGINT] {
        signal_hook::flag::register(signal, Arc::clone(&stop)).map_err(failed)?;
    }
    let mut children = Children(Vec::new());
    for id in 0..cluster.members.len() {
        children.0.push(Replica { child: start(&file, id, dir).map_err(failed)?, again: None });
    }
    for (id, member) in cluster.members.iter().enumerate() {
        await_health(id, member.admin, &stop)?;
    }
    println!("{}", instructions(&cluster, &file, &children));
    while !stop.load(Ordering::Acquire) {
        children.start_again(&file, dir)?;
        std::thread::sleep(Duration::from_millis(100));
    }
    children.stop()
}

/// The replicas. They stop when their standard input is closed: also if this process is killed.
struct Children(Vec<Replica>);

struct Replica {
    child: Child,
    /// When it is started again, if it has ended.
    again: Option<Instant>,
}

/// How long a replica that was killed stays away: time to see what the others do without it.
const STARTED_AGAIN_AFTER: Duration = Duration::from_secs(5);

impl Children {
    /// Starts again what was killed.
    fn start_again(&mut self, file: &Path, dir: &Path) -> Result<(), Failure> {
        for (id, replica) in self.0.iter_mut().enumerate() {
            match replica.again {
                Some(due) if due <= Instant::now() => {
                    replica.child = start(file, id, dir).map_err(Failure::of)?;
                    replica.again = None;
                    println!("replica {id} was started again");
                }
                Some(_) => {}
                None => {
                    let Some(status) = replica.child.try_wait().map_err(Failure::of)? else {
                        continue;
                    };
                    if status.code().is_some() {
                        let said = format!("replica {id} ended with {status}; its log is above");
                        return Err(Failure(said));
                    }
                    println!("replica {id} ended with {status}");
                    replica.again = Some(Instant::now() + STARTED_AGAIN_AFTER);
                }
            }
        }
        Ok(())
    }

    fn stop(mut self) -> Result<(), Failure> {
        self.0.iter_mut().for_each(|replica| drop(replica.child.stdin.take()));
        for (id, Replica { child, again }) in self.0.iter_mut().enumerate() {
            let status = child.wait().map_err(Failure::of)?;
            if !status.success() && again.is_none() {
                return Err(Failure(format!("replica {id} ended with {status}")));
            }
        }
        Ok(())
    }
}

fn start(file: &Path, id: usize, dir: &Path) -> std::io::Result<Child> {
    let data = dir.join(format!("replica-{id}"));
    Command::new(std::env::current_exe()?)
        .arg("--cluster")
        .arg(file)
        .args((!data.join("identity").exists()).then_some("--new"))
        .args(["--replica", &id.to_string(), "--stop-with-input", "--data"])
        .arg(data)
        .stdin(Stdio::piped())
        .spawn()
}

fn await_health(id: usize, admin: Option<SocketAddr>, stop: &AtomicBool) -> Result<(), Failure> {
    let Some(address) = admin else { return Ok(()) };
    let started = Instant::now();
    while !is_well(address).unwrap_or(false) {
        if stop.load(Ordering::Acquire) {
            return Err(Failure("interrupted".to_owned()));
        }
        if started.elapsed() > READY_WITHIN {
            return Err(Failure(format!("replica {id} is not ready after {READY_WITHIN:?}")));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn is_well(address: SocketAddr) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    stream.write_all(b"GET /healthz HTTP/1.1\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.starts_with("HTTP/1.1 200"))
}

/// A cluster file with ports that are free now.
fn cluster_file(replicas: u8, protocol: &str) -> std::io::Result<String> {
    let mut text = format!("name = \"demo\"\nprotocol = \"{protocol}\"\nkey = \"cluster.key\"\n");
    if protocol == "leaderless" {
        // Whoever was away holds everything again, whether it is read or not.
        text.push_str("[policies]\nanti-entropy = \"ranges\"\n");
    }
    // All are on one machine, and loopback carries that at once.
    text.push_str("\n[limits]\ndatagram = 16_384\n");
    // Held until all are chosen, so that no port is chosen twice.
    let mut held = (Vec::new(), Vec::new());
    for id in 0..replicas {
        let _ = write!(text, "\n[[replicas]]\nid = {id}\n");
        for name in ["peers", "client"] {
            let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
            let _ = writeln!(text, "{name} = \"{}\"", socket.local_addr()?);
            held.0.push(socket);
        }
        for name in ["resp", "admin"] {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            let _ = writeln!(text, "{name} = \"{}\"", listener.local_addr()?);
            held.1.push(listener);
        }
    }
    Ok(text)
}

fn instructions(cluster: &Cluster, file: &Path, children: &Children) -> String {
    let mut text = format!("{} replicas, as {} says:\n", cluster.members.len(), file.display());
    for (id, (member, replica)) in cluster.members.iter().zip(&children.0).enumerate() {
        let _ = write!(text, "\nreplica {id}   kill -9 {}", replica.child.id());
        if let Some(resp) = member.resp {
            let _ = write!(text, "   redis-cli -h {} -p {}", resp.ip(), resp.port());
        }
        if let Some(admin) = member.admin {
            let _ = write!(text, "   http://{admin}/state");
        }
    }
    text.push_str("\n\nCtrl-C stops them.");
    text
}
