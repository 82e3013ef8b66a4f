//! Names, ids and addresses of a cluster file.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use holdfast_models::vocabulary::ReplicaSet;
use toml::Spanned;

use super::Member;
use super::error::{ConfigError, Source};
use super::file::ReplicaTable;

pub(super) fn name(source: &Source<'_>, name: &Spanned<String>) -> Result<String, ConfigError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let text = name.get_ref();
    if text.is_empty() || text.len() > 64 || !text.chars().all(allowed) {
        let problem = "1 to 64 letters, digits, - or _";
        return Err(source.wrong(name.span(), "name", problem));
    }
    Ok(text.clone())
}

/// The replicas in the order of their ids, which are 0, 1, 2 and so on in any order.
pub(super) fn members(
    source: &Source<'_>,
    replicas: &Spanned<Vec<ReplicaTable>>,
) -> Result<Vec<Member>, ConfigError> {
    let listed = replicas.get_ref();
    let most = usize::from(ReplicaSet::CAPACITY) - 1;
    if listed.is_empty() || listed.len() > most {
        let problem = format!("{} of them; there are 1 to {most}", listed.len());
        return Err(source.wrong(replicas.span(), "replicas", problem));
    }
    let mut members: Vec<Option<Member>> = vec![None; listed.len()];
    let mut seen = BTreeMap::new();
    for table in listed {
        let id = usize::from(*table.id.get_ref());
        let field = format!("replicas[{id}]");
        let Some(place) = members.get_mut(id) else {
            let problem =
                format!("with {} replicas, ids are 0 to {}", listed.len(), listed.len() - 1);
            return Err(source.wrong(table.id.span(), &format!("{field}.id"), problem));
        };
        if place.is_some() {
            let problem = format!("replica {id} is there twice");
            return Err(source.wrong(table.id.span(), &format!("{field}.id"), problem));
        }
        let mut address = |said: &Spanned<String>, name: &str, transport: &'static str| {
            let field = format!("{field}.{name}");
            let address = parse(source, said, &field)?;
            match seen.insert((transport, address), field.clone()) {
                Some(other) if address.port() != 0 => {
                    let problem = format!("{address} is also that of {other}");
                    Err(source.wrong(said.span(), &field, problem))
                }
                Some(_) | None => Ok(address),
            }
        };
        *place = Some(Member {
            peers: address(&table.peers, "peers", "udp")?,
            client: table.client.as_ref().map(|a| address(a, "client", "udp")).transpose()?,
            resp: table.resp.as_ref().map(|a| address(a, "resp", "tcp")).transpose()?,
            admin: table.admin.as_ref().map(|a| address(a, "admin", "tcp")).transpose()?,
        });
    }
    Ok(members.into_iter().flatten().collect())
}

fn parse(
    source: &Source<'_>,
    said: &Spanned<String>,
    field: &str,
) -> Result<SocketAddr, ConfigError> {
    said.get_ref().parse().map_err(|_| {
        let problem = format!(
            "\"{}\" is no address and port, such as 10.0.0.1:7000 or [::1]:7000",
            said.get_ref()
        );
        source.wrong(said.span(), field, problem)
    })
}
