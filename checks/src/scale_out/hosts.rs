//! Who takes part: one process a line.

use std::fs;
use std::path::Path;

use crate::error::Failure;

/// The addresses of all processes, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hosts(Vec<String>);

/// More than this many processes are a mistake.
const MOST: usize = 1024;

impl Hosts {
    /// Reads a file of lines like `10.0.0.5:7000`. Empty lines and what follows a `#` do not count.
    ///
    /// # Errors
    /// If it cannot be read, or is no such file.
    pub fn read(file: &Path) -> Result<Self, Failure> {
        let name = file.display();
        let text = fs::read_to_string(file)
            .map_err(Failure::while_doing(format!("reading the hosts in {name}")))?;
        Self::parse(&text).map_err(|why| Failure::Usage(format!("{name}{why}")))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut hosts: Vec<(usize, String)> = Vec::new();
        for (line, text) in (1..).zip(text.lines()) {
            let host = text.split('#').next().unwrap_or_default().trim();
            if host.is_empty() {
                continue;
            }
            if !is_address(host) {
                return Err(format!(
                    ", line {line}: \"{host}\" is no host and port, like 10.0.0.5:7000"
                ));
            }
            if let Some((other, _)) = hosts.iter().find(|(_, other)| other == host) {
                return Err(format!(", line {line}: {host} is in line {other} already"));
            }
            hosts.push((line, host.to_owned()));
        }
        match hosts.len() {
            0 => Err(": no hosts are in it, one host:port a line".to_owned()),
            1..=MOST => Ok(Self(hosts.into_iter().map(|(_, host)| host).collect())),
            more => Err(format!(": {more} hosts are more than the {MOST} that may take part")),
        }
    }

    /// How many processes there are.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.0.len()
    }

    /// Where process `process` listens.
    #[must_use]
    pub fn address(&self, process: usize) -> &str {
        &self.0[process]
    }

    pub(super) fn all(&self) -> &[String] {
        &self.0
    }
}

fn is_address(text: &str) -> bool {
    text.rsplit_once(':').is_some_and(|(host, port)| {
        let is_port = port.parse::<u16>().is_ok_and(|port| port != 0);
        is_port && !host.is_empty() && !host.contains(char::is_whitespace)
    })
}

#[cfg(test)]
mod tests {
    use super::Hosts;

    #[test]
    fn hosts_stand_one_a_line() {
        let hosts = Hosts::parse("# ours\n10.0.0.5:7000\n\n  [::1]:7001 # the second\n");
        let expected = ["10.0.0.5:7000", "[::1]:7001"].map(str::to_owned);
        assert_eq!(hosts, Ok(Hosts(expected.to_vec())));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, told) in [
            ("a:1\n\nb", ", line 3: \"b\" is no host and port, like 10.0.0.5:7000"),
            ("a:0", ", line 1: \"a:0\" is no host and port, like 10.0.0.5:7000"),
            ("a:70000", ", line 1: \"a:70000\" is no host and port, like 10.0.0.5:7000"),
            (":1", ", line 1: \":1\" is no host and port, like 10.0.0.5:7000"),
            ("a:1\nb:1\na:1", ", line 3: a:1 is in line 1 already"),
            ("# nobody\n", ": no hosts are in it, one host:port a line"),
        ] {
            assert_eq!(Hosts::parse(text), Err(told.to_owned()), "{text:?}");
        }
    }
}
