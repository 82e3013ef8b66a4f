//! A small HTTP server: three pages, read only, one connection at a time.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use super::{Board, metrics};
use crate::submission::Submitter;

/// How long a client may take to ask.
const PATIENCE: Duration = Duration::from_secs(2);

/// How much of a request is read.
const LONGEST_REQUEST: u64 = 8_192;

/// Answers requests for as long as the process lives, on a thread of its own.
///
/// # Errors
/// If the thread cannot be started.
pub fn serve(listener: TcpListener, board: Arc<Board>, submitter: Submitter) -> io::Result<()> {
    let answer_all = move || {
        for stream in listener.incoming() {
            // A client that goes away early is its own affair.
            let _ = stream.and_then(|stream| answer(&stream, &board, &submitter));
        }
    };
    std::thread::Builder::new().name("admin".to_owned()).spawn(answer_all).map(drop)
}

fn answer(stream: &TcpStream, board: &Board, submitter: &Submitter) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut lines = BufReader::new(stream.take(LONGEST_REQUEST)).lines();
    let asked = lines.next().transpose()?.unwrap_or_default();
    // The rest of the request, so that closing does not cut the answer off.
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let mut words = asked.split(' ');
    let (status, kind, body) = match (words.next(), words.next()) {
        (Some("GET"), Some(path)) => page(path, board, submitter),
        _ => ("405 Method Not Allowed", TEXT, "only GET\n".to_owned()),
    };
    let length = body.len();
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    )
}

const TEXT: &str = "text/plain; charset=utf-8";

fn page(path: &str, board: &Board, submitter: &Submitter) -> (&'static str, &'static str, String) {
    match path {
        "/metrics" => {
            let gateway = board.gateway.get().map(Arc::as_ref);
            let text =
                board.last().map(|report| metrics::text(&report, gateway)).unwrap_or_default();
            ("200 OK", "text/plain; version=0.0.4", text)
        }
        "/healthz" => match board.complaint(submitter) {
            None => ("200 OK", TEXT, "ok\n".to_owned()),
            Some(complaint) => ("503 Service Unavailable", TEXT, format!("{complaint}\n")),
        },
        "/state" => {
            let state = serde_json::to_string_pretty(&submitter.status());
            ("200 OK", "application/json", state.unwrap_or_default() + "\n")
        }
        _ => ("404 Not Found", TEXT, "there are /metrics, /healthz and /state\n".to_owned()),
    }
}
