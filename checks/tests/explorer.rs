//! `check explore` serves a trace in Stateright's Explorer: the address it prints leads to the step
//! that breaks the property.

#[path = "support/binary.rs"]
mod binary;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Stdio};
use std::time::{Duration, Instant};

use binary::{check, command};
use serde_json::Value;

const FAILOVER: &str = "asynchronous-failover";
const PATIENCE: Duration = Duration::from_secs(60);

/// A command that serves until it is dropped.
struct Served {
    child: Child,
    /// It ends when nobody reads what it writes.
    out: BufReader<ChildStdout>,
    port: u16,
    /// The steps of the address that was printed.
    path: Vec<usize>,
}

impl Drop for Served {
    fn drop(&mut self) {
        // Whatever became of it, it is over.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    fn start() -> Self {
        let mut command = command(&["explore", FAILOVER, "--port", "0"]);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the command was built");
        let out = BufReader::new(child.stdout.take().expect("it was piped"));
        let mut served = Self { child, out, port: 0, path: Vec::new() };
        let address = served.address();
        let (port, path) = address.split_once("/#/steps/").expect("the address leads to a step");
        served.port = port.parse().expect("a port is a number");
        served.path = path.split('/').map(|step| step.parse().expect("an index")).collect();
        served
    }

    /// What it says behind the name of this machine.
    fn address(&mut self) -> String {
        let mut line = String::new();
        while self.out.read_line(&mut line).expect("it writes UTF-8") > 0 {
            if let Some(address) = line.trim_end().strip_prefix("http://127.0.0.1:") {
                return address.to_owned();
            }
            line.clear();
        }
        panic!("it does not say where it serves")
    }

    /// What the Explorer answers, once it listens.
    fn get(&self, path: &str) -> Value {
        let begun = Instant::now();
        let mut stream = loop {
            match TcpStream::connect(("127.0.0.1", self.port)) {
                Ok(stream) => break stream,
                Err(error) => assert!(begun.elapsed() < PATIENCE, "nobody listens: {error}"),
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        stream.set_read_timeout(Some(PATIENCE)).expect("patience is not zero");
        write!(stream, "GET {path} HTTP/1.0\r\n\r\n").expect("somebody listens");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers in UTF-8");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.lines().next().is_some_and(|line| line.contains(" 200 ")), "{path}: {head}");
        serde_json::from_str(body).expect("the body is JSON")
    }
}

#[test]
fn the_printed_address_leads_to_the_step_that_breaks_the_property() {
    let served = Served::start();
    assert_eq!(served.path.len(), 5, "a first state and four steps");
    let (last, before) = served.path.split_last().expect("it is not empty");
    let indices: String = before.iter().map(|index| format!("/{index}")).collect();
    let steps = served.get(&format!("/.states{indices}"));
    let steps = steps.as_array().expect("a list of steps");
    let step = steps.iter().find(|step| step["actionIndex"] == *last).expect("it can be taken");

    let explained = check(&["explain", FAILOVER]).out;
    let headline = step["action"].as_str().expect("a step has a headline");
    assert!(explained.contains(&format!("4. {headline}.")), "{headline} ends\n{explained}");
    let outcome = step["outcome"].as_str().expect("a step has an outcome");
    assert!(outcome.lines().count() > 1, "{outcome}");
    let svg = step["svg"].as_str().expect("a step has a diagram");
    assert!(svg.starts_with("<svg") && svg.contains("Replica 1"), "{svg}");

    let properties = step["properties"].as_array().expect("a list of properties");
    let expectation = |name: &str| {
        let named = properties.iter().find(|property| property[1] == name);
        named.map(|property| property[0].clone())
    };
    assert_eq!(expectation("no-acknowledged-update-is-lost"), Some("Always".into()));
    assert_eq!(expectation("an-update-is-acknowledged"), Some("Sometimes".into()));
    assert_eq!(expectation("no-handler-panics"), Some("Always".into()));
}

#[test]
fn a_port_that_is_taken_is_refused_before_anything_is_explored() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).expect("some port is free");
    let port = taken.local_addr().expect("it has an address").port().to_string();
    let refused = check(&["explore", FAILOVER, "--port", &port]);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""));
    assert!(refused.err.contains(&format!("opening port {port}")), "{}", refused.err);
}
