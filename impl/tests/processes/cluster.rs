//! A cluster of processes on loopback, in a folder that is removed in the end.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use holdfast_node::client::{Client, ClientKey};
use holdfast_node::config::{Cluster, Keys};
use serde_json::Value;

/// Replicas that run, stop and are killed.
pub(crate) struct Processes {
    pub(crate) folder: PathBuf,
    pub(crate) cluster: Cluster,
    /// The cluster file of each replica.
    files: Vec<PathBuf>,
    /// Every how many steps a trace has a digest of the whole state.
    pub(crate) state_every: u64,
    children: Vec<Option<Child>>,
}

impl Processes {
    /// A cluster of `replicas` with `policies`, none of which runs yet.
    pub(crate) fn new(name: &str, replicas: u8, policies: &str) -> Self {
        Self::of("single-leader", name, replicas, policies)
    }

    /// The same, at that address.
    pub(crate) fn at(ip: IpAddr, name: &str, replicas: u8, policies: &str) -> Self {
        Self::with(ip, "single-leader", name, replicas, policies)
    }

    /// The same, of nodes that run `protocol`.
    pub(crate) fn of(protocol: &str, name: &str, replicas: u8, policies: &str) -> Self {
        Self::with(Ipv4Addr::LOCALHOST.into(), protocol, name, replicas, policies)
    }

    fn with(ip: IpAddr, protocol: &str, name: &str, replicas: u8, policies: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("holdfast-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("the folder can be made");
        Keys::generate(&folder.join("cluster.key")).expect("it is not there");
        let text = cluster_file(ip, protocol, replicas, policies);
        std::fs::write(folder.join("cluster.toml"), text).expect("the folder is ours");
        let cluster = Cluster::load(&folder.join("cluster.toml")).expect("the file is right");
        let files = vec![folder.join("cluster.toml"); usize::from(replicas)];
        let children = (0..replicas).map(|_| None).collect();
        Self { folder, cluster, files, state_every: 1, children }
    }

    /// Lets replica `from` reach replica `to` at `addresses[from][to]`: each has a file of its own
    /// then. Who somebody is does not depend on where.
    pub(crate) fn reach_through(&mut self, addresses: &[Vec<SocketAddr>]) {
        let text = std::fs::read_to_string(self.file()).expect("it was written");
        for (from, row) in addresses.iter().enumerate() {
            let mut own = text.clone();
            for (to, address) in row.iter().enumerate().filter(|(to, _)| *to != from) {
                let real = format!("peers = \"{}\"", self.cluster.members[to].peers);
                own = own.replace(&real, &format!("peers = \"{address}\""));
            }
            self.files[from] = self.folder.join(format!("cluster-{from}.toml"));
            std::fs::write(&self.files[from], own).expect("the folder is ours");
        }
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.join("cluster.toml")
    }

    pub(crate) fn data(&self, replica: usize) -> PathBuf {
        self.folder.join(format!("replica-{replica}"))
    }

    pub(crate) fn start(&mut self, replica: usize) {
        let child = node()
            .arg("--cluster")
            .arg(&self.files[replica])
            .args((!self.data(replica).join("identity").exists()).then_some("--new"))
            .args(["--replica", &replica.to_string(), "--stop-with-input", "--data"])
            .arg(self.data(replica))
            .args(["--state-every", &self.state_every.to_string(), "--traces"])
            .arg(self.folder.join("traces"))
            .env("RUST_LOG", "warn")
            .stdin(Stdio::piped())
            .spawn();
        self.children[replica] = Some(child.expect("the binary was built"));
    }

    pub(crate) fn start_all(&mut self) {
        (0..self.children.len()).for_each(|replica| self.start(replica));
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self, replica: usize) {
        let mut child = self.children[replica].take().expect("it runs");
        child.kill().expect("it is ours");
        child.wait().expect("it is ours");
    }

    /// Sends it a signal, by its name.
    pub(crate) fn signal(&self, replica: usize, name: &str) {
        let child = self.children[replica].as_ref().expect("it runs");
        let arguments = [format!("-{name}"), child.id().to_string()];
        let sent = Command::new("kill").args(arguments).status();
        assert!(sent.expect("it is there").success());
    }

    /// Waits until it ends. Answers whether it ended well.
    pub(crate) fn ended_well(&mut self, replica: usize) -> bool {
        let mut child = self.children[replica].take().expect("it runs");
        child.wait().expect("it is ours").success()
    }

    /// Asks a replica over the Redis protocol. Answers the first line that is more than a length.
    pub(crate) fn ask(&self, replica: usize, words: &[&str]) -> std::io::Result<String> {
        ask(self.cluster.members[replica].resp.expect("it has one"), words)
    }

    /// Tells it to stop. Answers whether it ended well.
    pub(crate) fn stop(&mut self, replica: usize) -> bool {
        let mut child = self.children[replica].take().expect("it runs");
        drop(child.stdin.take());
        child.wait().expect("it is ours").success()
    }

    /// Where replicas hear each other.
    pub(crate) fn peers(&self) -> Vec<SocketAddr> {
        self.cluster.members.iter().map(|member| member.peers).collect()
    }

    /// A native client, which may ask each of them.
    pub(crate) fn client(&self) -> Client {
        let addresses = self.cluster.members.iter().filter_map(|member| member.client).collect();
        let key = ClientKey::derive(&self.cluster.name, None);
        Client::new(addresses, key).expect("there are ports")
    }

    /// What a replica says of itself, if it answers.
    pub(crate) fn state(&self, replica: usize) -> Option<Value> {
        let (_, body) = get(self.cluster.members[replica].admin?, "/state").ok()?;
        serde_json::from_str(&body).ok()
    }

    /// Asks with `kv`. Answers its exit code, and what it printed.
    pub(crate) fn kv(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let mut kv = Command::new(env!("CARGO_BIN_EXE_kv"));
        let output = kv.arg("--cluster").arg(self.file()).args(arguments).output();
        let output = output.expect("the binary was built");
        let printed = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&printed).into_owned())
    }

    /// What a replica counts under that name and label.
    pub(crate) fn counted(&self, replica: usize, what: &str) -> u64 {
        let admin = self.cluster.members[replica].admin.expect("it has one");
        let (_, metrics) = get(admin, "/metrics").expect("it answers");
        let line = metrics.lines().find_map(|line| line.strip_prefix(what));
        line.and_then(|count| count.trim().parse().ok())
            .unwrap_or_else(|| panic!("{what}: {metrics}"))
    }

    /// Waits until `condition` is met.
    pub(crate) fn wait(&self, what: &str, mut condition: impl FnMut(&Self) -> bool) {
        let started = Instant::now();
        while !condition(self) {
            let waited = started.elapsed();
            assert!(waited < Duration::from_secs(30), "{what}: not within {waited:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// The replica that says it leads and that `others` all follow.
    pub(crate) fn leader(&self, others: &[usize]) -> Option<usize> {
        let states: Option<Vec<_>> = others.iter().map(|replica| self.state(*replica)).collect();
        let states = states?;
        let leader = states.iter().find(|state| state["role"] == "leader")?;
        let agreed = |state: &Value| {
            state["leader"] == leader["replica"] && state["epoch"] == leader["epoch"]
        };
        let id = leader["replica"].as_u64()? as usize;
        states.iter().all(agreed).then_some(id)
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        for child in self.children.iter_mut().flatten() {
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

pub(crate) fn node() -> Command {
    Command::new(env!("CARGO_BIN_EXE_node"))
}

pub(crate) fn run(arguments: &[&str], path: &Path) -> Output {
    node().args(arguments).arg(path).output().expect("the binary was built")
}

/// Asks for a page. Answers its status line and its body.
pub(crate) fn get(address: SocketAddr, path: &str) -> std::io::Result<(String, String)> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: node\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    Ok((head.lines().next().unwrap_or_default().to_owned(), body.to_owned()))
}

/// A command of the Redis protocol.
pub(crate) fn encode(words: &[&str]) -> String {
    let mut command = format!("*{}\r\n", words.len());
    words.iter().for_each(|word| command += &format!("${}\r\n{word}\r\n", word.len()));
    command
}

/// Asks over the Redis protocol. Answers the first line of the answer that is more than a length.
pub(crate) fn ask(address: SocketAddr, words: &[&str]) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
    stream.set_read_timeout(Some(Duration::from_secs(8)))?;
    stream.write_all(encode(words).as_bytes())?;
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    if line.starts_with('$') && line != "$-1\r\n" {
        line.clear();
        reader.read_line(&mut line)?;
    }
    Ok(line.trim_end().to_owned())
}

fn cluster_file(ip: IpAddr, protocol: &str, replicas: u8, policies: &str) -> String {
    let mut text = format!(
        "name = \"test\"\nprotocol = \"{protocol}\"\nkey = \"cluster.key\"\n\
         [policies]\n{policies}\n[timers]\nsuspect = \"300ms\"\ncompare = \"100ms\"\n"
    );
    // Held until all are chosen, so that no port is chosen twice.
    let mut held = Vec::new();
    for id in 0..replicas {
        let peers = UdpSocket::bind((ip, 0)).expect("there are free ports");
        let client = UdpSocket::bind((ip, 0)).expect("there are free ports");
        let admin = TcpListener::bind((ip, 0)).expect("there are free ports");
        let resp = TcpListener::bind((ip, 0)).expect("there are free ports");
        let address = |of: std::io::Result<SocketAddr>| of.expect("it is bound");
        let (p, c) = (address(peers.local_addr()), address(client.local_addr()));
        let (a, r) = (address(admin.local_addr()), address(resp.local_addr()));
        let _ = write!(text, "[[replicas]]\nid = {id}\npeers = \"{p}\"\nclient = \"{c}\"\n");
        let _ = writeln!(text, "admin = \"{a}\"\nresp = \"{r}\"");
        held.push((peers, client, admin, resp));
    }
    text
}
