//! Any bytes, however split; and what is encoded is decoded again.

use proptest::prelude::*;

use super::{Arguments, Decoder, ProtocolError, Response, Version};
use crate::hostile::{self, SMALL, decoded};

fn whole(bytes: &[u8]) -> (Vec<Arguments>, Option<ProtocolError>) {
    decoded(SMALL, [bytes])
}

fn words(words: &[&str]) -> Arguments {
    words.iter().map(|word| word.as_bytes().to_vec()).collect()
}

fn encode(arguments: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::new();
    let items = arguments.iter().cloned().map(Response::Bulk).collect();
    Response::Array(items).encode(Version::Two, &mut out);
    out
}

#[test]
fn commands_follow_each_other_in_one_packet() {
    let bytes = b"*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nGET\r\n$1\r\nx\r\nPING again\r\n";
    let commands = [words(&["PING"]), words(&["GET", "x"]), words(&["PING", "again"])];
    assert_eq!(whole(bytes), (commands.to_vec(), None));
}

#[test]
fn an_inline_command_is_split_as_a_shell_would() {
    for (line, expected) in [
        ("  GET   x \r\n", Some(words(&["GET", "x"]))),
        ("SET x \"a b\"\n", Some(words(&["SET", "x", "a b"]))),
        ("SET x 'a\\'b\\n'\n", Some(words(&["SET", "x", "a'b\\n"]))),
        ("SET x \"\\x41\\n\\\"\"\n", Some(words(&["SET", "x", "A\n\""]))),
        ("SET x \"\"\n", Some(words(&["SET", "x", ""]))),
        ("SET x \"a\n", None),
        ("SET x \"a\"b\n", None),
    ] {
        let (commands, failure) = whole(line.as_bytes());
        assert_eq!(commands.first().cloned(), expected, "{line:?}");
        assert_eq!(failure, expected.is_none().then_some(ProtocolError::Quotes), "{line:?}");
    }
}

#[test]
fn nothing_is_not_a_command_and_no_error() {
    assert_eq!(whole(b"\r\n\n*0\r\n*-1\r\n   \r\nPING\r\n"), (vec![words(&["PING"])], None));
}

#[test]
fn each_limit_has_its_error() {
    let long = [b'x'; 33];
    for (bytes, failure) in [
        (&b"*9\r\n"[..], ProtocolError::ArgumentCount),
        (b"*x\r\n", ProtocolError::ArgumentCount),
        (b"*99999999999999999999\r\n", ProtocolError::ArgumentCount),
        (b"a a a a a a a a a\r\n", ProtocolError::ArgumentCount),
        (b"*1\r\n$65\r\n", ProtocolError::BulkLength),
        (b"*1\r\n$-1\r\n", ProtocolError::BulkLength),
        (b"*1\r\n:5\r\n", ProtocolError::Expected(b':')),
        (b"*1\r\n$1\r\nxx", ProtocolError::BulkEnd),
        (&long, ProtocolError::LineLength),
    ] {
        assert_eq!(whole(bytes), (Vec::new(), Some(failure)), "{}", bytes.escape_ascii());
    }
    let three = vec![vec![b'x'; 64]; 3];
    assert_eq!(whole(&encode(&three)).1, Some(ProtocolError::CommandLength));
}

#[test]
fn an_error_is_the_last_word() {
    let mut decoder = Decoder::new(SMALL);
    decoder.push(b"*1\r\n!");
    assert_eq!(decoder.decode(), Err(ProtocolError::Expected(b'!')));
    decoder.push(b"PING\r\n");
    assert_eq!(decoder.decode(), Err(ProtocolError::Expected(b'!')));
}

#[test]
fn an_error_never_spans_lines() {
    let mut out = Vec::new();
    Response::error("no\r\n+OK").encode(Version::Two, &mut out);
    assert_eq!(out, b"-ERR no  +OK\r\n");
}

/// What the protocol is made of.
const TOKENS: &[&[u8]] = &[
    b"\r\n",
    b"*",
    b"$",
    b"*1\r\n$4\r\nPING\r\n",
    b"*2\r\n$1\r\nx\r\n",
    b"0",
    b"1",
    b"33",
    b"-",
    b"\"",
    b"'",
    b"\\x4",
    b" ",
    b"GET",
    b"\xff\x00",
];

/// Bytes that look like the protocol more often than not.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let token = proptest::sample::select(TOKENS);
    let likely = proptest::collection::vec(token, 0..40).prop_map(|tokens| tokens.concat());
    prop_oneof![3 => likely, 1 => proptest::collection::vec(any::<u8>(), 0..200)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn however_bytes_are_split_they_mean_the_same(
        bytes in bytes(),
        cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..8),
    ) {
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let pieces = cuts.windows(2).map(|cut| &bytes[cut[0]..cut[1]]);
        let at_once = whole(&bytes);
        prop_assert_eq!(decoded(SMALL, pieces), at_once);
        hostile::resp(&bytes);
    }

    #[test]
    fn what_is_encoded_is_decoded(
        commands in proptest::collection::vec(
            proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..12), 1..8),
            0..5,
        ),
    ) {
        let bytes: Vec<u8> = commands.iter().flat_map(|command| encode(command)).collect();
        prop_assert_eq!(whole(&bytes), (commands, None));
    }

    #[test]
    fn responses_are_read_as_they_were_meant(response in response(), three in any::<bool>()) {
        let version = if three { Version::Three } else { Version::Two };
        let mut out = Vec::new();
        response.encode(version, &mut out);
        let (read, rest) = parse(&out, version);
        prop_assert!(rest.is_empty());
        prop_assert_eq!(read, as_seen(response, version));
    }
}

fn response() -> impl Strategy<Value = Response> {
    let leaf = prop_oneof![
        Just(Response::OK),
        "[A-Z]{1,5} [a-z ]{0,9}".prop_map(Response::Error),
        any::<i64>().prop_map(Response::Integer),
        proptest::collection::vec(any::<u8>(), 0..9).prop_map(Response::Bulk),
        "[a-z\r\n]{0,9}".prop_map(Response::Text),
        Just(Response::Nil),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Response::Array),
            proptest::collection::vec((inner.clone(), inner), 0..3).prop_map(Response::Map),
        ]
    })
}

/// What a client of this version sees of a response.
fn as_seen(response: Response, version: Version) -> Response {
    match (response, version) {
        (Response::Text(text), Version::Two) => Response::Bulk(text.into_bytes()),
        (Response::Array(items), _) => {
            Response::Array(items.into_iter().map(|item| as_seen(item, version)).collect())
        }
        (Response::Map(pairs), Version::Two) => {
            let items = pairs.into_iter().flat_map(|(name, value)| [name, value]);
            Response::Array(items.map(|item| as_seen(item, version)).collect())
        }
        (Response::Map(pairs), Version::Three) => {
            let seen = |(name, value)| (as_seen(name, version), as_seen(value, version));
            Response::Map(pairs.into_iter().map(seen).collect())
        }
        (response, _) => response,
    }
}

/// Reads one response as a client would, and what follows it.
fn parse(bytes: &[u8], version: Version) -> (Response, &[u8]) {
    let end = bytes.windows(2).position(|pair| pair == b"\r\n").expect("a line ends");
    let (line, rest) = (&bytes[1..end], &bytes[end + 2..]);
    let text = || String::from_utf8(line.to_vec()).expect("text");
    let count = || text().parse::<i64>().expect("a number");
    let size = || usize::try_from(count()).expect("a length");
    let items = |count: usize| {
        let mut rest = rest;
        let mut items = Vec::new();
        for _ in 0..count {
            let (item, after) = parse(rest, version);
            items.push(item);
            rest = after;
        }
        (items, rest)
    };
    match (bytes[0], version) {
        (b'+', _) => (Response::OK, rest),
        (b'-', _) => (Response::Error(text()), rest),
        (b':', _) => (Response::Integer(count()), rest),
        (b'$', Version::Two) if line == b"-1" => (Response::Nil, rest),
        (b'_', Version::Three) => (Response::Nil, rest),
        (b'$', _) => (Response::Bulk(rest[..size()].to_vec()), &rest[size() + 2..]),
        (b'=', Version::Three) => {
            let text = String::from_utf8(rest[4..size()].to_vec()).expect("text");
            (Response::Text(text), &rest[size() + 2..])
        }
        (b'*', _) => {
            let (items, rest) = items(size());
            (Response::Array(items), rest)
        }
        (b'%', Version::Three) => {
            let (items, rest) = items(2 * size());
            let pairs = items.chunks(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect();
            (Response::Map(pairs), rest)
        }
        (kind, _) => panic!("{} begins no response of this version", kind.escape_ascii()),
    }
}
