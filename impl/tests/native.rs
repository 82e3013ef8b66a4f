//! The native protocol, and nodes that ask other nodes.

mod support;

use std::net::UdpSocket;
use std::time::Duration;

use holdfast_models::single_leader::{AckRule, ReadRule, SingleLeader};
use holdfast_models::vocabulary::{Key, Operation, Outcome, Refusal, ReplicaId, Value};
use holdfast_node::client::{Body, Client, ClientKey, Failure, MAX_VALUE};
use holdfast_node::gateway::{Counter, Gateway};
use holdfast_node::hosted::Coordination;
use support::Wire;
use support::cluster::{Cluster, key};

const PATIENCE: Duration = Duration::from_secs(10);

/// Three replicas and their gateways, which are the first to go.
struct Three {
    gateways: Vec<Gateway>,
    cluster: Cluster,
}

impl Three {
    fn start(policy: SingleLeader) -> Self {
        Self::with_deadline(policy, Duration::from_secs(5))
    }

    fn with_deadline(policy: SingleLeader, deadline: Duration) -> Self {
        let mut cluster = Cluster::start(policy);
        let gateways =
            (0..3).map(|replica| cluster.gateway(replica, |config| config.deadline = deadline));
        let gateways = gateways.collect();
        Self { gateways, cluster }
    }

    fn connect(&self, replica: usize) -> Wire {
        Wire::to(self.gateways[replica].resp())
    }

    fn counted(&self, replica: usize, counter: Counter) -> u64 {
        self.gateways[replica].counters().get(counter)
    }
}

fn write(key: &str, value: &str) -> Operation {
    Operation::Write { key: Key::from(key), value: Value::from(value) }
}

fn read(key: &str) -> Operation {
    Operation::Read { key: Key::from(key) }
}

fn add(key: &str) -> Operation {
    Operation::Add { key: Key::from(key), amount: 1 }
}

fn outcome(client: &mut Client, operation: Operation) -> Result<Outcome, Failure> {
    client.perform(operation, PATIENCE).map(|heard| heard.outcome)
}

#[test]
fn every_operation_is_answered() {
    let three = Three::start(SingleLeader::majority(3));
    let mut client = three.cluster.client();
    let found = |text| Ok(Outcome::Found(Some(Value::from(text))));
    assert_eq!(outcome(&mut client, read("x")), Ok(Outcome::Found(None)));
    assert_eq!(outcome(&mut client, write("x", "1")), Ok(Outcome::Done));
    assert_eq!(outcome(&mut client, add("x")), Ok(Outcome::Counted(2)));
    assert_eq!(outcome(&mut client, read("x")), found("2"));
    let (key, value) = (Key::from("x"), Value::from("3"));
    let swap =
        |expected| Operation::CompareAndSet { key: key.clone(), expected, value: value.clone() };
    assert_eq!(outcome(&mut client, swap(None)), Ok(Outcome::Swapped(false)));
    assert_eq!(outcome(&mut client, swap(Some(Value::from("2")))), Ok(Outcome::Swapped(true)));
    assert_eq!(outcome(&mut client, Operation::Delete { key: key.clone() }), Ok(Outcome::Done));
    assert_eq!(outcome(&mut client, read("x")), Ok(Outcome::Found(None)));
    outcome(&mut client, write("x", "text")).expect("it is written");
    let refused = Err(Failure::Refused(Refusal::NotANumber));
    assert_eq!(outcome(&mut client, add("x")), refused);
    let long = Value::from(&vec![b'v'; MAX_VALUE + 1][..]);
    let long = Operation::Write { key: Key::from("x"), value: long };
    assert_eq!(outcome(&mut client, long), Err(Failure::TooLong));
}

#[test]
fn clients_follow_the_leader() {
    let three = Three::start(SingleLeader::majority(3));
    let mut client = three.cluster.client();
    assert_eq!(outcome(&mut client, add("x")), Ok(Outcome::Counted(1)));
    three.cluster.silence(0);
    three.cluster.suspect(1);
    assert_eq!(outcome(&mut client, add("x")), Ok(Outcome::Counted(2)));
    let heard = client.perform(read("x"), PATIENCE).expect("it is answered");
    assert_eq!(heard.outcome, Outcome::Found(Some(Value::from("2"))));
    assert_eq!(heard.from, ReplicaId(1));
}

#[test]
fn every_node_answers_as_the_leader_does() {
    let three = Three::start(SingleLeader::majority(3));
    for replica in 0..3 {
        let mut wire = three.connect(replica);
        let key = format!("key-{replica}");
        assert_eq!(wire.ask(&format!("SET {key} 1")), "+OK");
        assert_eq!(wire.ask(&format!("APPEND {key} 2")), ":2");
        assert_eq!(wire.ask(&format!("INCR {key}")), ":13");
        for other in 0..3 {
            let mut wire = three.connect(other);
            wire.say(format!("GET {key}\r\n"));
            wire.hear(b"$2\r\n13\r\n");
        }
    }
    assert_eq!(three.counted(0, Counter::AskedElsewhere), 0);
    assert!(three.counted(1, Counter::AskedElsewhere) > 0);
}

#[test]
fn a_pipeline_at_a_follower_is_answered_in_its_order() {
    let three = Three::start(SingleLeader::majority(3));
    let mut wire = three.connect(2);
    let mut asked = String::new();
    let mut expected = String::new();
    for number in 1..=500 {
        asked.push_str(&format!("INCR n\r\nSET k{number} {number}\r\nSTRLEN k{number}\r\n"));
        expected.push_str(&format!(":{number}\r\n+OK\r\n:{}\r\n", number.to_string().len()));
    }
    wire.say(asked);
    wire.hear(expected);
}

#[test]
fn connections_live_through_a_failover() {
    let three = Three::start(SingleLeader::majority(3));
    let mut wires = [three.connect(0), three.connect(1), three.connect(2)];
    assert_eq!(wires[2].ask("INCR n"), ":1");
    three.cluster.silence(0);
    wires[2].say(b"INCR n\r\n");
    wires[0].say(b"INCR m\r\n");
    std::thread::sleep(Duration::from_millis(150));
    three.cluster.suspect(1);
    wires[2].hear(b":2\r\n");
    assert_eq!(wires[1].ask("INCR n"), ":3");
    three.cluster.restore(0);
    wires[0].hear(b":1\r\n");
    assert_eq!(wires[0].ask("INCR n"), ":4");
}

#[test]
fn without_a_majority_updates_are_open_and_reads_are_not() {
    let three = Three::with_deadline(SingleLeader::majority(3), Duration::from_millis(300));
    three.cluster.silence(1);
    three.cluster.silence(2);
    let mut wire = three.connect(0);
    let open = "-INDETERMINATE the update took effect, or will, or never will";
    assert_eq!(wire.ask("SET x 1"), open);
    assert_eq!(wire.ask("GET x"), "-TIMEOUT not answered until the deadline, nothing was changed");
    assert_eq!(wire.ask("MSET a 1 b 2"), open);
}

#[test]
fn where_nobody_leads_nothing_is_changed() {
    let three = Three::with_deadline(SingleLeader::majority(3), Duration::from_millis(300));
    three.cluster.suspect_and_fall(2);
    let mut wire = three.connect(0);
    let none = "-NOLEADER no replica led until the deadline, nothing was changed";
    assert_eq!(wire.ask("SET x 1"), none);
    assert_eq!(wire.ask("GET x"), none);
}

#[test]
fn a_native_client_that_is_never_answered_says_what_is_open() {
    let three = Three::start(SingleLeader::majority(3));
    let mut client = three.cluster.client();
    assert_eq!(outcome(&mut client, write("x", "1")), Ok(Outcome::Done));
    (0..3).for_each(|replica| three.cluster.silence(replica));
    let patience = Duration::from_millis(300);
    let open = client.perform(write("x", "2"), patience);
    assert_eq!(open, Err(Failure::Indeterminate));
    assert_eq!(client.perform(read("x"), patience), Err(Failure::Unanswered));
}

#[test]
fn a_node_that_is_not_there_makes_nobody_a_client() {
    let nobody = UdpSocket::bind("127.0.0.1:0").expect("a port is free");
    let address = nobody.local_addr().expect("it is bound");
    let mut client = Client::new(vec![address], key()).expect("a client");
    let unreachable = client.perform(write("x", "1"), Duration::from_millis(200));
    assert_eq!(unreachable, Err(Failure::Unreachable));
}

/// A socket that speaks the protocol by hand.
struct Raw(UdpSocket, ClientKey);

impl Raw {
    fn new(three: &Three, key: ClientKey) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a port is free");
        socket.connect(three.gateways[0].client().expect("it listens")).expect("a peer");
        socket.set_read_timeout(Some(Duration::from_secs(5))).expect("a timeout");
        Self(socket, key)
    }

    fn say(&self, bytes: &[u8]) {
        self.0.send(bytes).expect("it is sent");
    }

    fn hear(&self) -> Body {
        let mut buffer = [0; 65_536];
        let length = self.0.recv(&mut buffer).expect("it is answered");
        self.1.open(&buffer[..length]).expect("it is sealed")
    }

    fn ask(&self, body: &Body) -> Body {
        self.say(&self.1.seal(body));
        self.hear()
    }
}

#[test]
fn a_request_that_arrives_often_takes_effect_once() {
    let three = Three::start(SingleLeader::majority(3));
    let raw = Raw::new(&three, key());
    let Body::Opened { nonce: 7, mut numbers, .. } = raw.ask(&Body::Open { nonce: 7 }) else {
        panic!("no client")
    };
    let id = numbers.take().expect("there are numbers");
    let request = holdfast_models::vocabulary::Request {
        id,
        token: holdfast_models::vocabulary::Token::default(),
        operation: add("n"),
        terms: holdfast_models::vocabulary::Terms::default(),
    };
    let ask = Body::Ask { client: numbers.client(), request };
    let first = raw.ask(&ask);
    let Body::Answer { reply, .. } = &first else { panic!("not answered: {first:?}") };
    assert_eq!(reply.outcome, Outcome::Counted(1));
    for _ in 0..20 {
        assert_eq!(raw.ask(&ask), first);
    }
    assert_eq!(outcome(&mut three.cluster.client(), add("n")), Ok(Outcome::Counted(2)));
}

#[test]
fn datagrams_of_others_are_counted_and_dropped() {
    let three = Three::start(SingleLeader::majority(3));
    let right = key().seal(&Body::Open { nonce: 1 });
    let mut altered = right.clone();
    *altered.last_mut().expect("it is not empty") ^= 1;
    let mut version = right.clone();
    version[4] = 2;
    let foreign = ClientKey::derive("elsewhere", Some(b"secret")).seal(&Body::Open { nonce: 1 });
    let stray = key().seal(&Body::Opened {
        nonce: 1,
        from: ReplicaId(0),
        coordination: Coordination::Leader,
        numbers: match Raw::new(&three, key()).ask(&Body::Open { nonce: 2 }) {
            Body::Opened { numbers, .. } => numbers,
            other => panic!("no client: {other:?}"),
        },
    });
    let raw = Raw::new(&three, key());
    let bad: [&[u8]; 7] = [b"", b"HFkv", &[0; 1500], &altered, &version, &foreign, &stray];
    bad.into_iter().for_each(|bytes| raw.say(bytes));
    // Answered after all of them have been looked at.
    raw.ask(&Body::Open { nonce: 3 });
    assert_eq!(three.counted(0, Counter::DatagramsDropped), bad.len() as u64);
}

#[test]
fn wait_tells_who_holds_what_the_connection_changed() {
    let policy = SingleLeader { ack: AckRule::Asynchronous, ..SingleLeader::majority(3) };
    let three = Three::start(policy);
    let mut wire = three.connect(0);
    assert_eq!(wire.ask("SET x 1"), "+OK");
    assert_eq!(wire.ask("WAIT 2 5000"), ":2");
    three.cluster.silence(2);
    assert_eq!(wire.ask("SET x 2"), "+OK");
    assert_eq!(wire.ask("WAIT 1 0"), ":1");
    assert_eq!(wire.ask("WAIT 2 50"), ":1");
    three.cluster.silence(1);
    assert_eq!(wire.ask("SET x 3"), "+OK");
    assert_eq!(wire.ask("WAIT 1 50"), ":0");
    let mut gone = three.connect(0);
    gone.say(b"SET x 4\r\nWAIT 2 0\r\n");
    gone.0.shutdown(std::net::Shutdown::Write).expect("it is open");
    assert_eq!(gone.rest(), "+OK\\r\\n", "nobody waits for ever for who has gone");
    wire.say(b"WAIT 2 0\r\nPING\r\n");
    std::thread::sleep(Duration::from_millis(50));
    three.cluster.restore(1);
    three.cluster.restore(2);
    wire.hear(b":2\r\n+PONG\r\n");
}

#[test]
fn wait_at_a_follower_tells_what_every_acknowledgement_promises() {
    for (ack, promised) in [(AckRule::Asynchronous, 0), (AckRule::Majority, 1), (AckRule::All, 2)] {
        let three = Three::start(SingleLeader { ack, ..SingleLeader::majority(3) });
        let mut wire = three.connect(1);
        assert_eq!(wire.ask("SET x 1"), "+OK");
        assert_eq!(wire.ask("WAIT 2 0"), format!(":{promised}"), "{ack:?}");
    }
}

#[test]
fn a_connection_is_not_shown_less_than_it_has_seen() {
    let policy = SingleLeader { read: ReadRule::FollowerWithToken, ..SingleLeader::majority(3) };
    let three = Three::with_deadline(policy, Duration::from_millis(400));
    three.cluster.silence(2);
    let mut wire = three.connect(0);
    assert_eq!(wire.ask("SET x 1"), "+OK");
    three.cluster.restore(2);
    let mut wire = three.connect(2);
    assert_eq!(wire.ask("INCR x"), ":2");
    wire.say(b"GET x\r\n");
    wire.hear(b"$1\r\n2\r\n");
    assert_eq!(three.counted(2, Counter::AskedElsewhere), 1, "reads are answered by the follower");
}

#[test]
fn more_operations_than_there_are_client_ids_are_all_answered() {
    let three = Three::with_deadline(SingleLeader::majority(3), Duration::from_millis(500));
    (0..3).for_each(|replica| three.cluster.silence(replica));
    let keys: Vec<_> = (0..2000).map(|key| format!("k{key}")).collect();
    let command = format!("EXISTS {}\r\n", keys.join(" "));
    let mut wires: Vec<_> = (0..4).map(|_| three.connect(0)).collect();
    wires.iter_mut().for_each(|wire| wire.say(&command));
    for wire in &mut wires {
        let line = wire.line();
        assert!(line.starts_with("-TIMEOUT ") || line.starts_with("-BUSY "), "{line}");
    }
    (0..3).for_each(|replica| three.cluster.restore(replica));
    for wire in &mut wires {
        wire.say(&command);
        wire.hear(b":0\r\n");
    }
}
