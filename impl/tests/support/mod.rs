//! What tests of the gateway have in common.

#![allow(dead_code, reason = "each test uses what it needs")]

pub(crate) mod cluster;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A client that says exactly what it is told to.
pub(crate) struct Wire(pub(crate) TcpStream);

impl Wire {
    pub(crate) fn to(address: Option<SocketAddr>) -> Self {
        let stream = TcpStream::connect(address.expect("it listens")).expect("it accepts");
        // So that a test that waits in vain fails.
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        stream.set_nodelay(true).expect("an option");
        Self(stream)
    }

    pub(crate) fn say(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).expect("it takes that");
    }

    /// As many bytes as are expected, compared with them.
    #[track_caller]
    pub(crate) fn hear(&mut self, expected: impl AsRef<[u8]>) {
        let expected = expected.as_ref();
        let mut heard = vec![0; expected.len()];
        let mut length = 0;
        while length < heard.len() {
            match self.0.read(&mut heard[length..]) {
                Ok(0) => break,
                Ok(more) => length += more,
                Err(error) => {
                    let heard = heard[..length].escape_ascii();
                    panic!("heard {heard}, then {error}, not {}", expected.escape_ascii());
                }
            }
        }
        let heard = heard[..length].escape_ascii().to_string();
        assert_eq!(heard, expected.escape_ascii().to_string());
    }

    /// One line.
    pub(crate) fn line(&mut self) -> String {
        let mut line = Vec::new();
        let mut byte = [0];
        while !line.ends_with(b"\r\n") && self.0.read(&mut byte).expect("it answers") == 1 {
            line.extend(byte);
        }
        String::from_utf8_lossy(&line).trim_end().to_owned()
    }

    /// Says an inline command and hears one line.
    pub(crate) fn ask(&mut self, command: &str) -> String {
        self.say(format!("{command}\r\n"));
        self.line()
    }

    /// Everything until the other side closes.
    pub(crate) fn rest(&mut self) -> String {
        let mut rest = Vec::new();
        self.0.read_to_end(&mut rest).expect("it closes");
        rest.escape_ascii().to_string()
    }
}
