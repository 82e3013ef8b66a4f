//! A moment of a cluster, under other names.

use super::{
    Address, Body, ClientState, Cluster, Disk, Envelope, Network, Place, Process, Shared, State,
    Waiting,
};
use crate::consistency::History;
use crate::protocol::Protocol;
use crate::renaming::{Rename, Renamer, Renaming};
use crate::vocabulary::{ClientId, ReplicaId};

impl<P: Protocol> Cluster<P> {
    /// `state` under other names. What a panic said stays as it is: it is for people.
    #[must_use]
    pub fn renamed(&self, state: &State<P>, renamer: &Renamer<P>, by: &Renaming) -> State<P> {
        let State { places, network, clients, history, budget, partitioned, broken, panicked } =
            state;
        let mut renamed = State {
            places: places.clone(),
            network: self.renamed_network(network, |envelope| {
                Shared::new(renamed_envelope(envelope, renamer, by))
            }),
            clients: clients.clone(),
            history: Shared::new(History::renamed(history, by)),
            budget: *budget,
            partitioned: *partitioned,
            broken: *broken,
            panicked: panicked.clone(),
        };
        for (old, place) in (0..).map(ReplicaId).zip(places) {
            let new = usize::from(old.renamed(by).0);
            renamed.places[new] = renamed_place(place, renamer, by);
        }
        for (old, client) in (0..).map(ClientId).zip(clients) {
            renamed.clients[old.renamed(by).0 as usize] = client.renamed(by);
        }
        renamed
    }

    /// What is in flight, each message replaced by what `rename` makes of it.
    #[must_use]
    pub fn renamed_network(
        &self,
        network: &Network<P::Message>,
        rename: impl Fn(&Shared<Envelope<P::Message>>) -> Shared<Envelope<P::Message>>,
    ) -> Network<P::Message> {
        let mut renamed = Network::empty();
        renamed.send(self.environment.network, network.iter().map(rename).collect());
        renamed
    }
}

/// A machine under other names.
#[must_use]
pub fn renamed_place<P: Protocol>(
    place: &Place<P>,
    renamer: &Renamer<P>,
    by: &Renaming,
) -> Place<P> {
    let Place { disk: Disk { written, synced }, clock, process } = place;
    let durable = |kept: &Shared<P::Durable>| Shared::new((renamer.durable)(kept, by));
    let written_anew = written.as_ref().map(durable);
    // Mostly they are the same.
    let synced =
        if synced == written { written_anew.clone() } else { synced.as_ref().map(durable) };
    Place {
        disk: Disk { written: written_anew, synced },
        clock: *clock,
        process: process.as_ref().map(|Process { replica, timers }| {
            let mut timers: Vec<_> =
                timers.iter().map(|timer| (renamer.timer)(timer, by)).collect();
            timers.sort_unstable();
            Process { replica: Shared::new((renamer.replica)(replica, by)), timers }
        }),
    }
}

/// A message under other names.
#[must_use]
pub fn renamed_envelope<P: Protocol>(
    envelope: &Envelope<P::Message>,
    renamer: &Renamer<P>,
    by: &Renaming,
) -> Envelope<P::Message> {
    let Envelope { from, to, body } = envelope;
    Envelope {
        from: from.renamed(by),
        to: to.renamed(by),
        body: match body {
            Body::Request(request) => Body::Request(request.renamed(by)),
            Body::Reply(reply) => Body::Reply(reply.renamed(by)),
            Body::Message(message) => Body::Message((renamer.message)(message, by)),
        },
    }
}

impl Rename for Address {
    fn renamed(&self, by: &Renaming) -> Self {
        match self {
            Self::Client(client) => Self::Client(client.renamed(by)),
            Self::Replica(replica) => Self::Replica(replica.renamed(by)),
        }
    }
}

impl Rename for ClientState {
    fn renamed(&self, by: &Renaming) -> Self {
        let Self { next, waiting, token, heard_from } = self;
        let told = (0..u16::BITS).filter(|client| heard_from & (1 << client) != 0);
        Self {
            next: *next,
            waiting: waiting.map(|Waiting { request, sent_again }| Waiting { request, sent_again }),
            token: *token,
            heard_from: told
                .map(|client| 1 << ClientId(u64::from(client)).renamed(by).0)
                .fold(0, |told, bit: u16| told | bit),
        }
    }
}
