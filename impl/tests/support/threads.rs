//! Nodes as threads, in a folder that is removed in the end.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, UdpSocket};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use holdfast_models::vocabulary::{
    ClientId, Operation, Outcome, ReplicaId, Request, RequestId, Terms, Token,
};
use holdfast_node::config::{Cluster, Keys};
use holdfast_node::node::{Node, Options};
use holdfast_node::submission::{Submission, Submitter};

pub(crate) struct Threads {
    folder: PathBuf,
    cluster: Cluster,
    running: Vec<Running>,
}

struct Running {
    submitter: Submitter,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Threads {
    pub(crate) fn start(name: &str, replicas: u8, policies: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("holdfast-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("the folder can be made");
        Keys::generate(&folder.join("cluster.key")).expect("it is not there");
        let file = folder.join("cluster.toml");
        std::fs::write(&file, cluster_file(replicas, policies)).expect("the folder is ours");
        let cluster = Cluster::load(&file).expect("the file is right");
        let mut threads = Self { folder, cluster, running: Vec::new() };
        threads.start_all();
        threads
    }

    fn start_all(&mut self) {
        for id in 0..self.cluster.members.len() as u8 {
            let data = self.folder.join(format!("replica-{id}"));
            let options = Options {
                me: ReplicaId(id),
                is_new: !data.exists(),
                data,
                traces: None,
                state_every: 1,
            };
            let node = Node::open(&self.cluster, &options).expect("it can start");
            let (submitter, stop) = (node.submitter(), Arc::new(AtomicBool::new(false)));
            let told = Arc::clone(&stop);
            let thread = std::thread::spawn(move || node.run(&told).expect("its disk is well"));
            self.running.push(Running { submitter, stop, thread: Some(thread) });
        }
    }

    pub(crate) fn restart_all(&mut self) {
        self.stop_all();
        self.start_all();
    }

    fn stop_all(&mut self) {
        for mut running in self.running.drain(..) {
            running.stop.store(true, Ordering::Release);
            running.submitter.stop();
            if let Some(thread) = running.thread.take() {
                thread.join().expect("it ends well");
            }
        }
    }

    /// Asks one replica once.
    pub(crate) fn ask(
        &self,
        replica: usize,
        client: u64,
        request: u64,
        operation: Operation,
    ) -> Option<Outcome> {
        let (heard, answer) = sync_channel(1);
        let request = Request {
            id: RequestId(request),
            token: Token::default(),
            operation,
            terms: Terms::default(),
        };
        let client = ClientId(client);
        let answer_to = Box::new(move |reply| drop(heard.try_send(reply)));
        let submission = Submission { client, request, answer: answer_to };
        self.running[replica].submitter.submit(submission).ok()?;
        answer.recv_timeout(Duration::from_secs(2)).ok().map(|reply| reply.outcome)
    }

    /// Asks one replica after the other until one of them answers.
    pub(crate) fn ask_until_answered(&self, client: u64, operation: Operation) -> Outcome {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(20) {
            for replica in 0..self.running.len() {
                match self.ask(replica, client, 1, operation.clone()) {
                    None | Some(Outcome::Refused(_)) => {
                        std::thread::sleep(Duration::from_millis(20));
                    }
                    Some(outcome) => return outcome,
                }
            }
        }
        panic!("nobody answers");
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.stop_all();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Lets so many clients ask replica 0 one thing after another for so long. Answers how many of the
/// updates were done.
pub(crate) fn load(
    cluster: &Threads,
    clients: u64,
    duration: Duration,
    operation: fn(u64, u64) -> Operation,
) -> u64 {
    let done = Arc::new(AtomicU64::new(0));
    let until = Instant::now() + duration;
    let submitter = &cluster.running[0].submitter;
    let (heard, answers) = sync_channel(4_096);
    let ask = |client: u64, index: u64| {
        let request = Request {
            id: RequestId(index),
            token: Token::default(),
            operation: operation(client, index),
            terms: Terms::default(),
        };
        let (heard, done) = (heard.clone(), Arc::clone(&done));
        let answer = Box::new(move |reply: holdfast_models::vocabulary::Reply| {
            if reply.outcome == Outcome::Done {
                done.fetch_add(1, Ordering::Relaxed);
            }
            let _ = heard.try_send((client, reply.request.0 + 1));
        });
        let submission = Submission { client: ClientId(client), request, answer };
        submitter.submit(submission).expect("the queue is long enough");
    };
    (0..clients).for_each(|client| ask(client, 1));
    while Instant::now() < until {
        if let Ok((client, next)) = answers.recv_timeout(Duration::from_millis(100)) {
            ask(client, next);
        }
    }
    done.load(Ordering::Relaxed)
}

fn cluster_file(replicas: u8, policies: &str) -> String {
    let mut text = format!(
        "name = \"test\"\nprotocol = \"single-leader\"\nkey = \"cluster.key\"\n\
         [policies]\n{policies}\n"
    );
    let mut held = Vec::new();
    for id in 0..replicas {
        let peers = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("there are free ports");
        let address = peers.local_addr().expect("it is bound");
        let _ = write!(text, "[[replicas]]\nid = {id}\npeers = \"{address}\"\n");
        held.push(peers);
    }
    text
}
