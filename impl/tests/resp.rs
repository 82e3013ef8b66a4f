//! The Redis protocol, as connections see it, before the machine that nodes run.

mod support;

use std::time::Duration;

use holdfast_models::single_leader::SingleLeader;
use holdfast_node::gateway::{Counter, Gateway};
use support::Wire;
use support::cluster::Cluster;

/// One replica and its gateway. The gateway is the first to go.
struct Node {
    gateway: Gateway,
    cluster: Cluster,
}

impl Node {
    fn start() -> Self {
        let mut cluster = Cluster::start(SingleLeader::majority(1));
        let gateway = cluster.gateway(0, |_| ());
        Self { gateway, cluster }
    }

    fn connect(&self) -> Wire {
        Wire::to(self.gateway.resp())
    }
}

#[test]
fn commands_in_one_packet_are_answered_in_their_order() {
    let node = Node::start();
    let mut wire = node.connect();
    wire.say(b"SET x 1\r\nGET x\r\nPING\r\nINCR x\r\nGET x\r\nMGET x y\r\nDEL x y\r\nGET x\r\nECHO z\r\n");
    wire.hear(b"+OK\r\n$1\r\n1\r\n+PONG\r\n:2\r\n$1\r\n2\r\n*2\r\n$1\r\n2\r\n$-1\r\n:1\r\n$-1\r\n$1\r\nz\r\n");
}

#[test]
fn where_each_key_changes_on_its_own_there_are_no_transactions() {
    let node = Node::start();
    let mut wire = node.connect();
    wire.say(b"MULTI\r\nSET x 1\r\nWATCH x\r\nEXEC\r\n");
    let refused =
        |name| format!("-NOTSUPPORTED {name}: under this protocol each key changes on its own\r\n");
    wire.hear([&refused("MULTI"), "+OK\r\n", &refused("WATCH"), &refused("EXEC")].concat());
}

#[test]
fn a_command_in_many_packets_is_one_command() {
    let node = Node::start();
    let mut wire = node.connect();
    for byte in b"*3\r\n$3\r\nSET\r\n$1\r\nx\r\n$2\r\nab\r\n*2\r\n$3\r\nGET\r\n$1\r\nx\r\n" {
        wire.say([*byte]);
    }
    wire.hear(b"+OK\r\n$2\r\nab\r\n");
}

#[test]
fn values_are_any_bytes_up_to_their_limit() {
    let node = Node::start();
    let mut wire = node.connect();
    let value: Vec<u8> = (0..=255).cycle().take(30_000).collect();
    let set = |value: &[u8]| {
        let head = format!("*3\r\n$3\r\nSET\r\n$1\r\nx\r\n${}\r\n", value.len());
        [head.as_bytes(), value, b"\r\n"].concat()
    };
    wire.say(set(&value));
    wire.hear(b"+OK\r\n");
    wire.say(b"GET x\r\n");
    wire.hear([b"$30000\r\n", &value[..], b"\r\n"].concat());
    let too_long = b"-ERR a key has at most 4096 bytes, a value at most 30000\r\n";
    wire.say(set(&[b'x'; 30_001]));
    wire.hear(too_long);
    assert_eq!(wire.ask("APPEND x y"), String::from_utf8_lossy(too_long).trim_end());
    assert_eq!(wire.ask("STRLEN x"), ":30000");
}

#[test]
fn an_argument_that_is_too_long_ends_the_connection() {
    let node = Node::start();
    let mut wire = node.connect();
    wire.say(b"PING\r\n*2\r\n$4\r\nECHO\r\n$1048577\r\n");
    assert_eq!(wire.rest(), "+PONG\\r\\n-ERR Protocol error: invalid bulk length\\r\\n");
    assert_eq!(node.gateway.counters().get(Counter::ProtocolErrors), 1);
    assert_eq!(node.connect().ask("PING"), "+PONG");
}

#[test]
fn a_command_that_there_is_not_is_refused_and_the_connection_goes_on() {
    let node = Node::start();
    let mut wire = node.connect();
    let text = "-ERR unknown command 'bogus', with args beginning with: 'a'";
    assert_eq!(wire.ask("bogus a"), text);
    assert_eq!(wire.ask("GET"), "-ERR wrong number of arguments for 'get' command");
    assert_eq!(wire.ask("KEYS *"), "-NOTSUPPORTED KEYS: no operation of the store enumerates keys");
    assert_eq!(wire.ask("PING"), "+PONG");
}

#[test]
fn version_three_begins_with_hello_and_ends_with_reset() {
    let node = Node::start();
    let mut wire = node.connect();
    wire.say(b"GET x\r\nHELLO 3\r\nGET x\r\nRESET\r\nGET x\r\n");
    wire.hear(b"$-1\r\n%7\r\n$6\r\nserver\r\n$8\r\nholdfast\r\n$7\r\nversion\r\n$5\r\n7.0.0\r\n");
    wire.hear(b"$5\r\nproto\r\n:3\r\n$2\r\nid\r\n:1\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n");
    wire.hear(b"$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0\r\n_\r\n+RESET\r\n$-1\r\n");
    assert_eq!(wire.ask("HELLO 4"), "-NOPROTO unsupported protocol version");
}

#[test]
fn a_connection_knows_its_name() {
    let node = Node::start();
    let mut wire = node.connect();
    assert_eq!(wire.ask("CLIENT GETNAME"), "$-1");
    assert_eq!(wire.ask("CLIENT SETNAME me"), "+OK");
    assert_eq!(wire.ask("CLIENT SETINFO LIB-NAME tests"), "+OK");
    assert_eq!(wire.ask("CLIENT ID"), ":1");
    wire.say(b"CLIENT GETNAME\r\n");
    wire.hear(b"$2\r\nme\r\n");
    wire.say(b"CLIENT INFO\r\n");
    assert!(wire.line().starts_with('$'));
    let line = wire.line();
    assert!(line.starts_with("id=1 ") && line.contains(" name=me "), "{line}");
    assert!(line.contains(" lib-name=tests "), "{line}");
}

#[test]
fn quit_answers_what_came_before_and_nothing_after() {
    let node = Node::start();
    let mut wire = node.connect();
    wire.say(b"SET x 1\r\nQUIT\r\nSET x 2\r\n");
    assert_eq!(wire.rest(), "+OK\\r\\n+OK\\r\\n");
    assert_eq!(node.connect().ask("STRLEN x"), ":1");
    let mut wire = node.connect();
    wire.say(b"GET x\r\n");
    wire.hear(b"$1\r\n1\r\n");
}

#[test]
fn a_client_that_closes_its_side_hears_what_it_asked() {
    let node = Node::start();
    let mut wire = node.connect();
    wire.say(b"SET x 1\r\nINCR x\r\nGET");
    wire.0.shutdown(std::net::Shutdown::Write).expect("it is open");
    assert_eq!(wire.rest(), "+OK\\r\\n:2\\r\\n");
}

#[test]
fn keys_are_counted() {
    let node = Node::start();
    let mut wire = node.connect();
    assert_eq!(wire.ask("DBSIZE"), ":0");
    assert_eq!(wire.ask("MSET a 1 b 2 c 3"), "+OK");
    assert_eq!(wire.ask("DEL b"), ":1");
    assert_eq!(wire.ask("DBSIZE"), ":2");
}

#[test]
fn a_client_that_does_not_read_is_not_read_from_either() {
    let node = Node::start();
    let mut wire = node.connect();
    let value = "v".repeat(20_000);
    assert_eq!(wire.ask(&format!("SET x {value}")), "+OK");
    // 40 MB of responses: far more than sockets and the gateway hold.
    let mut asking = Wire(wire.0.try_clone().expect("another handle"));
    let asker = std::thread::spawn(move || asking.say(b"GET x\r\n".repeat(2000)));
    std::thread::sleep(Duration::from_millis(300));
    let answered = node.gateway.counters().get(Counter::Commands);
    assert!(answered < 1000, "{answered} responses wait for a client that reads none");
    assert_eq!(node.connect().ask("PING"), "+PONG", "others are served");
    let response = format!("$20000\r\n{value}\r\n");
    for _ in 0..2000 {
        wire.hear(&response);
    }
    asker.join().expect("everything was asked");
}

#[test]
fn connections_beyond_the_limit_are_turned_away() {
    let mut cluster = Cluster::start(SingleLeader::majority(1));
    let gateway = cluster.gateway(0, |config| config.connections = 2);
    let mut two = [Wire::to(gateway.resp()), Wire::to(gateway.resp())];
    two.iter_mut().for_each(|wire| assert_eq!(wire.ask("PING"), "+PONG"));
    let mut third = Wire::to(gateway.resp());
    assert_eq!(third.rest(), "-ERR max number of clients reached\\r\\n");
    drop(two);
    drop(gateway);
}

#[test]
fn an_idle_connection_is_closed_and_one_that_waits_for_us_is_not() {
    let mut cluster = Cluster::start(SingleLeader::majority(1));
    let gateway = cluster.gateway(0, |config| {
        config.idle = Some(Duration::from_millis(200));
        config.deadline = Duration::from_secs(2);
    });
    cluster.silence(0);
    let mut waiting = Wire::to(gateway.resp());
    waiting.say(b"GET x\r\n");
    let mut idle = Wire::to(gateway.resp());
    assert_eq!(idle.rest(), "");
    waiting.hear(b"-TIMEOUT not answered until the deadline, nothing was changed\r\n");
    assert_eq!(gateway.counters().get(Counter::ConnectionsStalled), 1);
}

#[test]
fn any_bytes_are_answered_or_end_the_connection() {
    let node = Node::start();
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let pieces: [&[u8]; 12] = [
        b"*2\r\n$3\r\nGET\r\n$1\r\nx\r\n",
        b"SET x 1\r\n",
        b"*",
        b"$",
        b"\r\n",
        b"-1",
        b"\xff\x00",
        b"HELLO 3\r\n",
        b"INFO\r\n",
        b"COMMAND\r\n",
        b"\"",
        b"*3\r\n$6\r\nAPPEND\r\n$1\r\nx\r\n$1\r\n!\r\n",
    ];
    for _ in 0..200 {
        let mut wire = node.connect();
        let count = random() % 12;
        let bytes: Vec<_> = (0..count).map(|_| pieces[(random() % 12) as usize]).collect();
        wire.say(bytes.concat());
        wire.0.shutdown(std::net::Shutdown::Write).expect("it is open");
        wire.rest();
    }
    assert_eq!(node.connect().ask("PING"), "+PONG");
}

#[test]
fn a_gateway_that_stops_answers_what_has_begun_and_closes() {
    let mut cluster = Cluster::start(SingleLeader::majority(1));
    let gateway = cluster.gateway(0, |config| config.drain = Duration::from_millis(500));
    let address = gateway.resp().expect("it listens");
    let mut done = Wire::to(Some(address));
    assert_eq!(done.ask("SET x 1"), "+OK");
    cluster.silence(0);
    let mut begun = Wire::to(Some(address));
    begun.say(b"SET x 2\r\nGET x\r\n");
    std::thread::sleep(Duration::from_millis(100));
    gateway.stop();
    assert_eq!(done.rest(), "");
    let open = "-INDETERMINATE the update took effect, or will, or never will\\r\\n";
    let refused = "-BUSY this node is stopping, nothing was changed\\r\\n";
    assert_eq!(begun.rest(), format!("{open}{refused}"));
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[test]
fn a_node_that_stops_closes_its_connections() {
    let node = Node::start();
    let mut wire = node.connect();
    assert_eq!(wire.ask("PING"), "+PONG");
    node.cluster.submitters[0].stop();
    assert_eq!(wire.rest(), "");
}
