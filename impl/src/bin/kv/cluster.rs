//! Which cluster is asked: by its file, or by its addresses.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;

use clap::Args;
use holdfast_node::client::{Client, ClientError, ClientKey};
use holdfast_node::config::Cluster;

/// Whom to ask.
#[derive(Args, Debug)]
pub(crate) struct Whom {
    /// The cluster file: its name, and where its replicas are reached by clients.
    #[arg(long, value_name = "FILE", env = "HOLDFAST_CLUSTER", global = true)]
    cluster: Option<PathBuf>,
    /// Where the replicas are reached by clients, from replica 0 on, instead of the cluster file.
    #[arg(
        long,
        value_name = "HOST:PORT,...",
        value_delimiter = ',',
        requires = "name",
        global = true
    )]
    nodes: Vec<String>,
    /// The name of the cluster, with --nodes.
    #[arg(long, value_name = "NAME", requires = "nodes", global = true)]
    name: Option<String>,
}

/// A cluster that can be asked.
#[derive(Clone, Debug)]
pub(crate) struct Replicas {
    addresses: Vec<SocketAddr>,
    key: ClientKey,
}

impl Whom {
    /// Finds the cluster.
    pub(crate) fn resolve(&self) -> Result<Replicas, String> {
        match (&self.name, &self.cluster) {
            (Some(name), _) => {
                let addresses: Result<_, _> = self.nodes.iter().map(|node| address(node)).collect();
                Ok(Replicas { addresses: addresses?, key: ClientKey::derive(name, None) })
            }
            (None, Some(file)) => {
                let cluster = Cluster::load(file).map_err(|error| error.to_string())?;
                // The controller, if there is one, has no clients, and is the last.
                let members = cluster.members.iter().map(|member| member.client);
                let addresses: Vec<_> = members.map_while(|address| address).collect();
                if addresses.is_empty() {
                    let file = file.display();
                    return Err(format!("{file}: replica 0 has no address for clients"));
                }
                Ok(Replicas { addresses, key: ClientKey::derive(&cluster.name, None) })
            }
            (None, None) => {
                Err("which cluster? Say --cluster FILE, or --nodes HOST:PORT,... --name NAME"
                    .to_owned())
            }
        }
    }
}

impl Replicas {
    /// A new client.
    pub(crate) fn client(&self) -> Result<Client, ClientError> {
        Client::new(self.addresses.clone(), self.key.clone())
    }
}

fn address(node: &str) -> Result<SocketAddr, String> {
    let mut found = node
        .to_socket_addrs()
        .map_err(|error| format!("--nodes: {node} is no HOST:PORT: {error}"))?;
    found.next().ok_or_else(|| format!("--nodes: {node} has no address"))
}
