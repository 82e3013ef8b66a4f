//! The gateway of a node, where its cluster file has addresses for clients.

use std::net::{TcpListener, UdpSocket};

use super::StartError;
use crate::client::ClientKey;
use crate::config::{Cluster, Member};
use crate::gateway::{Config, Gateway, Sockets};
use crate::hosted::Service;
use crate::submission::Submitter;

pub(super) fn serve_clients(
    cluster: &Cluster,
    member: &Member,
    (service, transacts): (Service, bool),
    submitter: Submitter,
) -> Result<Option<Gateway>, StartError> {
    if member.resp.is_none() && member.client.is_none() {
        return Ok(None);
    }
    let bound = |what, address| move |error| StartError::Bind { what, address, error };
    let resp = member.resp.map(|at| TcpListener::bind(at).map_err(bound("resp", at)));
    let client = member.client.map(|at| UdpSocket::bind(at).map_err(bound("client", at)));
    let sockets = Sockets { resp: resp.transpose()?, client: client.transpose()? };
    let mut config = Config::new(ClientKey::derive(&cluster.name, None), service);
    config.transacts = transacts;
    Gateway::start(sockets, config, submitter).map(Some).map_err(StartError::Clients)
}
