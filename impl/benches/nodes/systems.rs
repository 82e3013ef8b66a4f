//! The systems that are compared, each as three processes, or one, on this machine.

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use holdfast_node::config::Keys;

use crate::load::{Keys as Written, Spoken, Writes, load};
use crate::resp::Command as Asked;

/// How long a system may take until it answers.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum System {
    /// Three nodes of this build.
    Holdfast(Configuration),
    /// Three nodes of etcd.
    Etcd,
    /// One Redis that syncs once a second.
    Redis,
}

/// How nodes replicate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Configuration {
    /// What it is called in tables.
    pub(crate) title: &'static str,
    /// The protocol, as the cluster file names it.
    pub(crate) protocol: &'static str,
    /// What its table of policies says.
    pub(crate) policies: &'static str,
}

/// A majority has written and synced what is acknowledged.
pub(crate) const MAJORITY: System = System::Holdfast(Configuration {
    title: "Holdfast, a majority has synced it",
    protocol: "single-leader",
    policies: "",
});

/// The leader has.
pub(crate) const ASYNCHRONOUS: System = System::Holdfast(Configuration {
    title: "Holdfast, the leader has synced it",
    protocol: "single-leader",
    policies: "ack = \"async\"",
});

/// Nobody need have: each syncs once a second.
pub(crate) const LAZY: System = System::Holdfast(Configuration {
    title: "Holdfast, the leader has it; synced each second",
    protocol: "single-leader",
    policies: "ack = \"async\"\npersistence = \"lazy\"",
});

impl System {
    /// What it is called in tables.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Holdfast(configuration) => configuration.title,
            Self::Etcd => "etcd, three nodes",
            Self::Redis => "redis-server, synced each second",
        }
    }

    /// The program that has to be installed for it, and the Debian package that has it.
    pub(crate) const fn program(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Holdfast(_) => None,
            Self::Etcd => Some(("etcd", "etcd-server")),
            Self::Redis => Some(("redis-server", "redis-server")),
        }
    }

    /// How it is asked to write.
    pub(crate) const fn spoken(self) -> Spoken {
        match self {
            Self::Holdfast(_) | Self::Redis => Spoken::Resp(Asked::Set),
            Self::Etcd => Spoken::Grpc,
        }
    }

    /// Starts it in an empty folder, and waits until it writes.
    pub(crate) fn start(self, folder: &Path) -> Result<Running, String> {
        let failed = |error: std::io::Error| format!("{}: {error}", self.title());
        std::fs::create_dir_all(folder).map_err(failed)?;
        let mut running = Running {
            system: self,
            folder: folder.to_owned(),
            addresses: vec![],
            processes: vec![],
        };
        match self {
            Self::Holdfast(configuration) => running.start_nodes(configuration),
            Self::Etcd => running.start_etcd(),
            Self::Redis => running.start_redis(),
        }
        .map_err(failed)?;
        running.await_writes()?;
        for address in running.addresses.clone() {
            running.await_write(address)?;
        }
        Ok(running)
    }
}

/// A system that runs. It is killed and its folder removed in the end.
pub(crate) struct Running {
    system: System,
    folder: PathBuf,
    /// Where it is asked, its first leader first.
    addresses: Vec<SocketAddr>,
    processes: Vec<Child>,
}

impl Running {
    /// Where it is asked, its first leader first.
    pub(crate) fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Where its leader is asked.
    pub(crate) fn address(&self) -> Result<SocketAddr, String> {
        let first = self.addresses.first().copied();
        first.ok_or_else(|| format!("{}: nobody leads", self.system.title()))
    }

    /// Resident memory of each process, in bytes.
    pub(crate) fn memory(&self) -> Vec<u64> {
        self.processes.iter().map(|process| resident(process.id()).unwrap_or_default()).collect()
    }

    /// Kills all processes of nodes and starts them again on what their disks hold.
    pub(crate) fn restart_nodes(&mut self) -> Result<(), String> {
        self.kill();
        self.spawn_nodes().map_err(|error| format!("{}: {error}", self.system.title()))
    }

    fn start_nodes(&mut self, configuration: Configuration) -> std::io::Result<()> {
        let Configuration { title: _, protocol, policies } = configuration;
        Keys::generate(&self.folder.join("cluster.key"))?;
        let mut text =
            format!("name = \"measured\"\nprotocol = \"{protocol}\"\nkey = \"cluster.key\"\n");
        let mut free = FreePorts::default();
        for id in 0..3 {
            let (peers, client, resp) = (free.udp()?, free.udp()?, free.tcp()?);
            let _ = write!(
                text,
                "\n[[replicas]]\nid = {id}\npeers = \"{peers}\"\nclient = \"{client}\"\n\
                 resp = \"{resp}\"\n"
            );
            self.addresses.push(resp);
        }
        // What loopback carries in one packet, as TCP does for the others.
        let _ = write!(text, "\n[limits]\ndatagram = 16_384\n");
        let _ = write!(text, "\n[policies]\n{policies}\n");
        std::fs::write(self.folder.join("cluster.toml"), text)?;
        drop(free);
        self.spawn_nodes()
    }

    fn spawn_nodes(&mut self) -> std::io::Result<()> {
        for id in 0..3 {
            let data = self.folder.join(format!("replica-{id}"));
            let mut command = Command::new(env!("CARGO_BIN_EXE_node"));
            command
                .arg("--cluster")
                .arg(self.folder.join("cluster.toml"))
                .args((!data.exists()).then_some("--new"))
                .args(["--replica", &id.to_string(), "--stop-with-input", "--data"])
                .arg(data)
                .env("RUST_LOG", "warn")
                .stdin(Stdio::piped());
            self.processes.push(command.spawn()?);
        }
        Ok(())
    }

    fn start_etcd(&mut self) -> std::io::Result<()> {
        let mut free = FreePorts::default();
        let mut members = Vec::new();
        for id in 0..3 {
            members.push((format!("m{id}"), free.tcp()?, free.tcp()?));
        }
        drop(free);
        let cluster: Vec<_> =
            members.iter().map(|(name, peers, _)| format!("{name}=http://{peers}")).collect();
        for (name, peers, clients) in &members {
            let (peers, clients) = (format!("http://{peers}"), format!("http://{clients}"));
            let data = self.folder.join(name);
            let mut command = Command::new("etcd");
            command
                .args(["--name", name, "--data-dir"])
                .arg(data)
                .args(["--listen-peer-urls", &peers, "--initial-advertise-peer-urls", &peers])
                .args(["--listen-client-urls", &clients, "--advertise-client-urls", &clients])
                .args(["--initial-cluster", &cluster.join(",")])
                .args(["--logger", "zap", "--log-level", "error"]);
            self.spawn_quietly(command, name)?;
        }
        let until = Instant::now() + READY_WITHIN;
        while self.addresses.is_empty() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(200));
            let mut clients = members.iter().map(|(_, _, clients)| *clients);
            self.addresses.extend(clients.find(|address| leads(*address).unwrap_or(false)));
        }
        Ok(())
    }

    fn start_redis(&mut self) -> std::io::Result<()> {
        let address = FreePorts::default().tcp()?;
        let mut command = Command::new("redis-server");
        command
            .args(["--port", &address.port().to_string(), "--bind", &address.ip().to_string()])
            .args(["--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--dir"])
            .arg(&self.folder)
            .args(["--loglevel", "warning"]);
        self.addresses.push(address);
        self.spawn_quietly(command, "redis")
    }

    /// Starts a program that writes what it says into a file of the folder.
    fn spawn_quietly(&mut self, mut command: Command, name: &str) -> std::io::Result<()> {
        let log = std::fs::File::create(self.folder.join(format!("{name}.log")))?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        self.processes.push(command.spawn()?);
        Ok(())
    }

    /// Waits until a write is answered. How long that took.
    pub(crate) fn await_writes(&self) -> Result<Duration, String> {
        self.await_write(self.address()?)
    }

    fn await_write(&self, address: SocketAddr) -> Result<Duration, String> {
        let started = Instant::now();
        let one = Writes { clients: 1, value: 1, keys: Written::Each(1) };
        loop {
            let second = Duration::from_secs(1);
            match load(&[address], self.system.spoken(), one, Duration::ZERO, second) {
                Ok(written) if !written.times.is_empty() => return Ok(started.elapsed()),
                Err(failure) if started.elapsed() > READY_WITHIN => {
                    return Err(format!("{}: {failure}", self.system.title()));
                }
                Ok(_) | Err(_) => std::thread::sleep(Duration::from_millis(5)),
            }
        }
    }

    fn kill(&mut self) {
        for mut process in self.processes.drain(..) {
            // One that has ended by itself is as well gone.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
        // What is left is in the folder for what is built.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Ports that were free, held until all are chosen, so that none is chosen twice.
#[derive(Default)]
struct FreePorts {
    udp: Vec<UdpSocket>,
    tcp: Vec<TcpListener>,
}

impl FreePorts {
    fn udp(&mut self) -> std::io::Result<SocketAddr> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = socket.local_addr();
        self.udp.push(socket);
        address
    }

    fn tcp(&mut self) -> std::io::Result<SocketAddr> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr();
        self.tcp.push(listener);
        address
    }
}

/// Whether the member of etcd that is reached there leads.
fn leads(address: SocketAddr) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    let request = "POST /v3/maintenance/status HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}";
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let status: serde_json::Value = serde_json::from_str(body)?;
    let leader = status["leader"].as_str().filter(|leader| *leader != "0");
    Ok(leader.is_some() && leader == status["header"]["member_id"].as_str())
}

fn resident(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kibibytes| kibibytes << 10)
}
