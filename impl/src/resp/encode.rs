//! Responses to bytes.

/// Which version of the protocol a connection speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    /// The one that every connection begins with.
    #[default]
    Two,
    /// After `HELLO 3`: maps, text, and a nil of its own.
    Three,
}

/// What one command is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Response {
    /// A word that needs no length.
    Simple(&'static str),
    /// What went wrong. By convention its first word, in capitals, names the kind.
    Error(String),
    /// A number.
    Integer(i64),
    /// Any bytes.
    Bulk(Vec<u8>),
    /// Text for people. A bulk string in version 2.
    Text(String),
    /// Nothing.
    Nil,
    /// Nothing where there might have been several responses.
    NoArray,
    /// Several responses in order.
    Array(Vec<Self>),
    /// Pairs. In version 2 an array of twice the length.
    Map(Vec<(Self, Self)>),
}

impl Response {
    /// The usual answer to what went well.
    pub const OK: Self = Self::Simple("OK");

    /// An error of no kind of its own.
    #[must_use]
    pub fn error(text: impl Into<String>) -> Self {
        Self::Error(format!("ERR {}", text.into()))
    }

    /// A bulk string of text.
    #[must_use]
    pub fn bulk(text: impl AsRef<[u8]>) -> Self {
        Self::Bulk(text.as_ref().to_vec())
    }

    /// Appends the response as bytes.
    pub fn encode(&self, version: Version, out: &mut Vec<u8>) {
        match self {
            Self::Simple(word) => line(b'+', word, out),
            // A line break would end the error and begin another response.
            Self::Error(text) => line(b'-', &text.replace(['\r', '\n'], " "), out),
            Self::Integer(number) => line(b':', &number.to_string(), out),
            Self::Bulk(bytes) => bulk(b'$', bytes, out),
            Self::Text(text) => match version {
                Version::Two => bulk(b'$', text.as_bytes(), out),
                Version::Three => bulk(b'=', format!("txt:{text}").as_bytes(), out),
            },
            Self::Nil => out.extend_from_slice(match version {
                Version::Two => b"$-1\r\n",
                Version::Three => b"_\r\n",
            }),
            Self::NoArray => out.extend_from_slice(match version {
                Version::Two => b"*-1\r\n",
                Version::Three => b"_\r\n",
            }),
            Self::Array(items) => {
                line(b'*', &items.len().to_string(), out);
                items.iter().for_each(|item| item.encode(version, out));
            }
            Self::Map(pairs) => {
                match version {
                    Version::Two => line(b'*', &(2 * pairs.len()).to_string(), out),
                    Version::Three => line(b'%', &pairs.len().to_string(), out),
                }
                for (name, value) in pairs {
                    name.encode(version, out);
                    value.encode(version, out);
                }
            }
        }
    }
}

fn line(kind: u8, text: &str, out: &mut Vec<u8>) {
    out.push(kind);
    out.extend_from_slice(text.as_bytes());
    out.extend_from_slice(b"\r\n");
}

fn bulk(kind: u8, bytes: &[u8], out: &mut Vec<u8>) {
    line(kind, &bytes.len().to_string(), out);
    out.extend_from_slice(bytes);
    out.extend_from_slice(b"\r\n");
}
