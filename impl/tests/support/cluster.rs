//! A cluster within the process: the machine that nodes run, stepped by one thread, without disks,
//! and with messages that arrive at once.

use std::collections::{HashMap, VecDeque};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use holdfast_models::protocol::{Effects, Input, Protocol};
use holdfast_models::single_leader::{Message, Participant, SingleLeader, Timer};
use holdfast_models::vocabulary::{ClientId, ReplicaId, Reply, Request, RequestId, Timestamp};
use holdfast_node::client::{Client, ClientKey};
use holdfast_node::gateway::{Config, Gateway, Sockets};
use holdfast_node::hosted::Hosted;
use holdfast_node::submission::{Addresses, Answer, Status, Submission, Submitted, Submitter};

/// How long a replica waits before it repeats what may have been lost.
const HEARTBEAT: Duration = Duration::from_millis(5);

/// What a test does to a cluster.
enum Order {
    /// The replica neither hears nor speaks from now on.
    Silence(ReplicaId),
    /// The replica hears and speaks again.
    Restore(ReplicaId),
    /// The replica suspects that the leader is gone.
    Suspect(ReplicaId),
    /// The replica suspects that the leader is gone, asks for votes, and is gone itself.
    SuspectAndFall(ReplicaId),
    /// The thread ends.
    Stop,
}

pub(crate) struct Cluster {
    pub(crate) submitters: Vec<Submitter>,
    pub(crate) addresses: Vec<Addresses>,
    sockets: Vec<Option<Sockets>>,
    policy: SingleLeader,
    orders: Sender<(Order, SyncSender<()>)>,
    wake: SyncSender<()>,
    thread: Option<JoinHandle<()>>,
}

impl Cluster {
    pub(crate) fn start(policy: SingleLeader) -> Self {
        let (wake, woken) = sync_channel(1);
        let (orders, taken) = channel();
        let mut sockets = Vec::new();
        let mut addresses = Vec::new();
        for _ in policy.replica_ids() {
            let resp = TcpListener::bind("127.0.0.1:0").expect("a port is free");
            let client = UdpSocket::bind("127.0.0.1:0").expect("a port is free");
            let (at, of) = (resp.local_addr().ok(), client.local_addr().ok());
            addresses.push(Addresses { resp: at, client: of });
            sockets.push(Some(Sockets { resp: Some(resp), client: Some(client) }));
        }
        let mut submitters = Vec::new();
        let mut members = Vec::new();
        for id in policy.replica_ids() {
            let wake = wake.clone();
            let wake = move || {
                let _ = wake.try_send(());
            };
            let (submitter, submitted) =
                Submitter::new(10_000, addresses.clone(), status(id), wake);
            members.push(Member::new(policy, id, submitter.clone(), submitted));
            submitters.push(submitter);
        }
        let mut world = World { policy, members, messages: VecDeque::new() };
        let thread = std::thread::spawn(move || world.run(&taken, &woken));
        Self { submitters, addresses, sockets, policy, orders, wake, thread: Some(thread) }
    }

    /// A gateway of one replica, as `change` makes it.
    pub(crate) fn gateway(&mut self, replica: u8, change: impl FnOnce(&mut Config)) -> Gateway {
        let at = usize::from(replica);
        let sockets = self.sockets[at].take().expect("the replica has no gateway yet");
        let mut config = Config::new(key(), self.policy.service());
        change(&mut config);
        Gateway::start(sockets, config, self.submitters[at].clone()).expect("a gateway")
    }

    /// A native client of the whole cluster.
    pub(crate) fn client(&self) -> Client {
        let addresses: Option<Vec<SocketAddr>> =
            self.addresses.iter().map(|of| of.client).collect();
        Client::new(addresses.expect("all have one"), key()).expect("a client")
    }

    pub(crate) fn silence(&self, replica: u8) {
        self.order(Order::Silence(ReplicaId(replica)));
    }

    pub(crate) fn restore(&self, replica: u8) {
        self.order(Order::Restore(ReplicaId(replica)));
    }

    pub(crate) fn suspect(&self, replica: u8) {
        self.order(Order::Suspect(ReplicaId(replica)));
    }

    pub(crate) fn suspect_and_fall(&self, replica: u8) {
        self.order(Order::SuspectAndFall(ReplicaId(replica)));
    }

    fn order(&self, order: Order) {
        let (done, is_done) = sync_channel(1);
        self.orders.send((order, done)).expect("the cluster runs");
        let _ = self.wake.try_send(());
        is_done.recv().expect("the cluster runs");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = self.orders.send((Order::Stop, sync_channel(1).0));
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking(), "the cluster panicked");
        }
    }
}

/// What clients and gateways of tests seal with.
pub(crate) fn key() -> ClientKey {
    ClientKey::derive("test", Some(b"secret"))
}

fn status(replica: ReplicaId) -> Status {
    Status::new("test".to_owned(), replica, 1)
}

struct World {
    policy: SingleLeader,
    members: Vec<Member>,
    messages: VecDeque<(ReplicaId, ReplicaId, Message)>,
}

struct Member {
    policy: SingleLeader,
    id: ReplicaId,
    machine: Participant,
    is_silent: bool,
    submitter: Submitter,
    submitted: Receiver<Submitted>,
    answers: HashMap<ClientId, (RequestId, Answer)>,
}

impl Member {
    fn new(
        policy: SingleLeader,
        id: ReplicaId,
        submitter: Submitter,
        submitted: Receiver<Submitted>,
    ) -> Self {
        let mut effects = Effects::none();
        let machine = policy.start(id, None, Timestamp(0), &mut effects);
        assert!(effects.send.is_empty(), "a new replica has nothing to say");
        let answers = HashMap::new();
        let member = Self { policy, id, machine, is_silent: false, submitter, submitted, answers };
        member.publish();
        member
    }

    fn publish(&self) {
        let observation = self.policy.observe(&self.machine, &mut ());
        let waiting = self.answers.len();
        self.submitter.publish(Status { observation, waiting, ..status(self.id) });
    }
}

impl World {
    fn run(&mut self, orders: &Receiver<(Order, SyncSender<()>)>, woken: &Receiver<()>) {
        loop {
            let is_quiet = woken.recv_timeout(HEARTBEAT).is_err();
            for (order, done) in orders.try_iter() {
                match order {
                    Order::Silence(id) => self.members[usize::from(id.0)].is_silent = true,
                    Order::Restore(id) => self.members[usize::from(id.0)].is_silent = false,
                    Order::Suspect(id) => self.step(id, Input::Timeout(Timer::Suspect)),
                    Order::SuspectAndFall(id) => {
                        self.step(id, Input::Timeout(Timer::Suspect));
                        self.members[usize::from(id.0)].is_silent = true;
                    }
                    Order::Stop => return,
                }
                let _ = done.send(());
            }
            for id in self.policy.replica_ids() {
                self.take_requests(id);
                if is_quiet {
                    self.step(id, Input::Timeout(Timer::Heartbeat));
                }
            }
            while let Some((from, to, message)) = self.messages.pop_front() {
                self.step(to, Input::Message { from, message });
            }
            self.members.iter().for_each(Member::publish);
        }
    }

    fn take_requests(&mut self, id: ReplicaId) {
        let at = usize::from(id.0);
        while let Ok(submitted) = self.members[at].submitted.try_recv() {
            match submitted {
                Submitted::Request(Submission { client, request, answer }) => {
                    self.members[at].answers.insert(client, (request.id, answer));
                    self.request(id, client, request);
                }
                Submitted::Inspection(inspection) => {
                    inspection(SingleLeader::contents(&self.members[at].machine));
                }
            }
        }
    }

    fn request(&mut self, id: ReplicaId, from: ClientId, request: Request) {
        self.step(id, Input::Request { from, request });
    }

    fn step(&mut self, id: ReplicaId, input: Input<SingleLeader>) {
        let member = &mut self.members[usize::from(id.0)];
        if member.is_silent {
            return;
        }
        let mut effects = Effects::none();
        self.policy.step(id, &mut member.machine, Timestamp(0), input, &mut effects);
        self.messages.extend(effects.send.into_iter().map(|(to, message)| (id, to, message)));
        member.publish();
        for (client, reply) in effects.reply {
            member.answer(client, reply);
        }
    }
}

impl Member {
    fn answer(&mut self, client: ClientId, reply: Reply) {
        if self.answers.get(&client).is_some_and(|(request, _)| *request == reply.request)
            && let Some((_, answer)) = self.answers.remove(&client)
        {
            answer(reply);
        }
    }
}
