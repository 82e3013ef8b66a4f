//! `Put` of etcd over gRPC, as much of HTTP/2 as one request at a time needs (RFC 9113, RFC 7541).
//!
//! etcd's own clients speak it. Its JSON gateway is slower, and would make etcd look slower than it is.

use crate::load::{Heard, Speaker};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const PATH: &str = "/etcdserverpb.KV/Put";

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GO_AWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;

const ACKNOWLEDGED: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// Bytes before the payload of a frame.
const FRAME_HEADER: usize = 9;

/// One connection.
#[derive(Default)]
pub(crate) struct Grpc {
    /// The number of the last request; they are odd.
    stream: u32,
    /// Whether the answer has had a message: a refusal has none.
    has_message: bool,
    received: Vec<u8>,
}

impl Speaker for Grpc {
    fn ask(&mut self, key: &str, value: &[u8], out: &mut Vec<u8>) {
        let block = if self.stream == 0 {
            out.extend_from_slice(PREFACE);
            frame(SETTINGS, 0, 0, &[], out);
            // All that the answers of a run will ever take.
            frame(WINDOW_UPDATE, 0, 0, &0x7fff_0000_u32.to_be_bytes(), out);
            self.stream = 1;
            first_headers()
        } else {
            self.stream += 2;
            // `:method`, `:scheme`, and the four that the first request has put into the table.
            vec![0x83, 0x86, 0xc1, 0xc0, 0xbf, 0xbe]
        };
        self.has_message = false;
        frame(HEADERS, END_HEADERS, self.stream, &block, out);
        let mut message = Vec::with_capacity(key.len() + value.len() + 16);
        for (field, bytes) in [(1_u8, key.as_bytes()), (2, value)] {
            message.push(field << 3 | 2);
            varint(bytes.len(), &mut message);
            message.extend_from_slice(bytes);
        }
        let mut body = vec![0];
        body.extend_from_slice(&(message.len() as u32).to_be_bytes());
        body.extend_from_slice(&message);
        frame(DATA, END_STREAM, self.stream, &body, out);
    }

    fn hear(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<Heard, String> {
        self.received.extend_from_slice(bytes);
        let mut is_answered = false;
        let mut at = 0;
        while let Some(head) = self.received.get(at..at + FRAME_HEADER) {
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
            let (kind, flags) = (head[3], head[4]);
            let Some(payload) = self.received.get(at + FRAME_HEADER..at + FRAME_HEADER + length)
            else {
                break;
            };
            match kind {
                DATA => self.has_message = true,
                HEADERS if flags & END_STREAM != 0 && self.has_message => is_answered = true,
                HEADERS if flags & END_STREAM != 0 => {
                    let said = String::from_utf8_lossy(payload);
                    return Err(format!("etcd refuses to put: {said:?}"));
                }
                SETTINGS if flags & ACKNOWLEDGED == 0 => frame(SETTINGS, ACKNOWLEDGED, 0, &[], out),
                PING if flags & ACKNOWLEDGED == 0 => frame(PING, ACKNOWLEDGED, 0, payload, out),
                RESET | GO_AWAY => return Err(format!("etcd ends the connection: {payload:?}")),
                // ignored: room to send that one small request does not need, and what is settled.
                _ => {}
            }
            at += FRAME_HEADER + length;
        }
        self.received.drain(..at);
        Ok(if is_answered { Heard::Answer } else { Heard::Part })
    }
}

/// The headers of the first request. Four of them go into the table of the connection.
fn first_headers() -> Vec<u8> {
    let mut block = vec![0x83, 0x86];
    // `:path` and `:authority` are named by the static table, and `content-type` is.
    for (name, value) in [(4, PATH), (1, "localhost"), (31, "application/grpc")] {
        block.push(0x40 | name);
        string(value, &mut block);
    }
    block.push(0x40);
    string("te", &mut block);
    string("trailers", &mut block);
    block
}

fn string(text: &str, block: &mut Vec<u8>) {
    block.push(text.len() as u8);
    block.extend_from_slice(text.as_bytes());
}

fn varint(mut number: usize, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&(payload.len() as u32).to_be_bytes()[1..]);
    out.extend_from_slice(&[kind, flags]);
    out.extend_from_slice(&stream.to_be_bytes());
    out.extend_from_slice(payload);
}
