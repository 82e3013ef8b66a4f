//! `SET` of the Redis protocol, one at a time.

use crate::load::Speaker;

/// One connection.
#[derive(Default)]
pub(crate) struct Resp {
    received: Vec<u8>,
}

impl Speaker for Resp {
    fn ask(&mut self, key: &str, value: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(b"*3\r\n$3\r\nSET\r\n$");
        out.extend_from_slice(key.len().to_string().as_bytes());
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(key.as_bytes());
        out.extend_from_slice(b"\r\n$");
        out.extend_from_slice(value.len().to_string().as_bytes());
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(value);
        out.extend_from_slice(b"\r\n");
    }

    fn hear(&mut self, bytes: &[u8], _: &mut Vec<u8>) -> Result<bool, String> {
        self.received.extend_from_slice(bytes);
        if !self.received.ends_with(b"\r\n") {
            return Ok(false);
        }
        let answer = std::mem::take(&mut self.received);
        if answer == b"+OK\r\n" {
            return Ok(true);
        }
        Err(format!("SET was answered {:?}", String::from_utf8_lossy(&answer)))
    }
}
