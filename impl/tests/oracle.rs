//! The same commands to a gateway and to Redis: every byte of the answers is the same.

mod support;

use std::io::Read;
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use holdfast_models::single_leader::SingleLeader;
use support::Wire;
use support::cluster::Cluster;

/// A Redis without files, on a port of its own. Ends with the test.
struct Redis(Child, SocketAddr);

impl Redis {
    fn start() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = free.local_addr().expect("it is bound");
        drop(free);
        let arguments = ["--save", "", "--appendonly", "no", "--bind", "127.0.0.1", "--port"];
        let child = Command::new("redis-server")
            .args(arguments)
            .arg(address.port().to_string())
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is installed");
        let redis = Self(child, address);
        let until = Instant::now() + Duration::from_secs(10);
        while std::net::TcpStream::connect(address).is_err() {
            assert!(Instant::now() < until, "redis-server does not answer");
            std::thread::sleep(Duration::from_millis(20));
        }
        redis
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }

    fn of<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }
}

const KEYS: &[&str] = &["a", "b", "c", "d", ""];
const VALUES: &[&[u8]] = &[
    b"",
    b"0",
    b"1",
    b"-7",
    b"41",
    b"text",
    b"two words",
    b"\x00\xff\r\n",
    b" 1",
    b"1.5",
    b"9999999999",
    b"9223372036854775807",
    b"-9223372036854775808",
    b"9223372036854775808",
    b"007",
    b"+7",
    b"-0",
];
const SUFFIXES: &[&[u8]] = &[b"", b"text", b" ", b"\x00\xff\r\n", b"1.5", b"0", b"1"];
const AMOUNTS: &[&str] = &[
    "1",
    "-3",
    "0",
    "100",
    "x",
    "1.5",
    "",
    "+1",
    "01",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
];
const OPTIONS: &[&[&str]] =
    &[&[], &[], &["NX"], &["XX"], &["GET"], &["nx", "get"], &["GET", "XX"], &["NX", "XX"], &["NO"]];

/// A command with arguments that make sense more often than not.
fn command(random: &mut Random) -> Vec<Vec<u8>> {
    let names = [
        "GET", "SET", "DEL", "EXISTS", "MGET", "MSET", "APPEND", "STRLEN", "GETSET", "SETNX",
        "INCR", "DECR", "INCRBY", "DECRBY", "TYPE", "PING", "ECHO", "SELECT", "CLIENT", "get",
        "GETDEL", "FLUSHALL", "FLUSHDB", "DBSIZE", "BOGUS",
    ];
    let name = random.of(&names);
    let mut words: Vec<Vec<u8>> = vec![name.into()];
    let key = |random: &mut Random| random.of(KEYS).as_bytes().to_vec();
    let value = |random: &mut Random| random.of(VALUES).to_vec();
    match name {
        "SET" => {
            words.extend([key(random), value(random)]);
            words.extend(random.of(OPTIONS).iter().map(|option| option.as_bytes().to_vec()));
        }
        "APPEND" => words.extend([key(random), random.of(SUFFIXES).to_vec()]),
        "GETSET" | "SETNX" => words.extend([key(random), value(random)]),
        "INCRBY" | "DECRBY" => words.extend([key(random), random.of(AMOUNTS).into()]),
        "DEL" | "EXISTS" | "MGET" => {
            (0..=random.below(3)).for_each(|_| words.push(key(random)));
        }
        "MSET" => (0..=random.below(3)).for_each(|_| words.extend([key(random), value(random)])),
        "ECHO" => words.push(value(random)),
        "FLUSHALL" | "FLUSHDB" => {
            let of: &[&[&str]] = &[&[], &[], &["SYNC"], &["async"], &["NOW"], &["SYNC", "SYNC"]];
            words.extend(random.of(of).iter().map(|word| word.as_bytes().to_vec()));
        }
        "DBSIZE" => {}
        "SELECT" => words.push(random.of(&["0", "0", "x", "99"]).into()),
        "CLIENT" => {
            let of: &[&[&str]] = &[
                &["GETNAME"],
                &["SETNAME", "me"],
                &["SETNAME", "not me"],
                &["NO-EVICT", "ON"],
                &["NO-EVICT", "MAYBE"],
                &["GETNAME", "x"],
            ];
            words.extend(random.of(of).iter().map(|word| word.as_bytes().to_vec()));
        }
        "PING" if random.below(2) == 0 => words.push(value(random)),
        "PING" => {}
        _ => words.push(key(random)),
    }
    // Now and then, an argument too few or too many.
    match random.below(40) {
        0 => drop(words.pop().filter(|_| words.len() > 1)),
        1 => words.push(key(random)),
        _ => {}
    }
    if words.is_empty() { vec![b"PING".to_vec()] } else { words }
}

fn encode(words: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", words.len()).into_bytes();
    for word in words {
        bytes.extend(format!("${}\r\n", word.len()).bytes());
        bytes.extend(word);
        bytes.extend(b"\r\n");
    }
    bytes
}

/// Says everything, and hears everything up to the answer to a last question.
fn answers(wire: &mut Wire, bytes: &[u8], round: usize) -> String {
    let marker = format!("the end of round {round}");
    wire.say([bytes, &encode(&[b"ECHO".to_vec(), marker.clone().into_bytes()])].concat());
    let end = format!("${}\r\n{marker}\r\n", marker.len()).into_bytes();
    let mut heard = Vec::new();
    let mut chunk = [0; 4096];
    while !heard.ends_with(&end) {
        let length = wire.0.read(&mut chunk).expect("it answers");
        assert!(length > 0, "it closed after {}", heard.escape_ascii());
        heard.extend(&chunk[..length]);
    }
    heard.escape_ascii().to_string().replace("\\r\\n", "\n")
}

#[test]
#[ignore = "needs redis-server in the path"]
fn redis_answers_the_same() {
    let redis = Redis::start();
    let mut cluster = Cluster::start(SingleLeader::majority(1));
    let gateway = cluster.gateway(0, |_| ());
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or(0x0123_4567_89AB_CDEF);
    println!("SEED={seed}");
    let mut random = Random(seed);
    let (mut ours, mut theirs) = (Wire::to(gateway.resp()), Wire::to(Some(redis.1)));
    for round in 0..1000 {
        if round == 500 {
            for wire in [&mut ours, &mut theirs] {
                wire.say(b"HELLO 3\r\n");
                // A map of seven pairs, of which some differ.
                while wire.line() != "*0" {}
            }
        }
        let commands: Vec<_> = (0..30).map(|_| command(&mut random)).collect();
        let bytes: Vec<u8> = commands.iter().flat_map(|words| encode(words)).collect();
        let (ours, theirs) =
            (answers(&mut ours, &bytes, round), answers(&mut theirs, &bytes, round));
        let asked = bytes.escape_ascii();
        assert_eq!(ours, theirs, "round {round}, after {asked}");
    }
}
