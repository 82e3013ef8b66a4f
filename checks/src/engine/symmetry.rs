//! Renamings that change nothing, and what each part of a state looks like under them.
//!
//! A renaming makes of each part another part, at the same replica or at another. The parts that some
//! renaming makes of each other are an *orbit*. What one part of it becomes is worked out once; what
//! the others become follows, since one renaming after another is a renaming.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hash};

use holdfast_models::cluster::{
    Address, Cluster, Envelope, Shared, renamed_envelope, renamed_place,
};
use holdfast_models::protocol::Protocol;
use holdfast_models::renaming::{Renamer, Renaming};
use rustc_hash::FxBuildHasher;

use super::intern::{Interner, Memo};
use super::kinds::Node;
use super::parts::Parts;

/// The symmetry of one cluster.
pub(super) struct Symmetry<'a, P: Protocol> {
    parts: &'a Parts<P>,
    renamer: Renamer<P>,
    /// A group; the first changes nothing.
    renamings: Vec<Renaming>,
    /// For each renaming, where in a row it takes what is at each place from.
    takes_from: Vec<Box<[usize]>>,
    /// For each two, which renaming the first after the second is.
    after: Vec<u16>,
    orbits: boxcar::Vec<Orbit>,
    /// By place in a row, and number of the part there.
    members: Memo<(u8, u32), Member>,
    places: Memo<(u32, u16), u32>,
    inboxes: Memo<(u32, u16), u32>,
    envelopes: Interner<Shared<Envelope<P::Message>>>,
    renamed_envelopes: Memo<(u32, u16), u32>,
}

/// Which part of an orbit a part is.
#[derive(Clone, Copy, Default)]
pub(super) struct Member {
    pub(super) orbit: u32,
    /// The renaming that makes it of the first.
    pub(super) by: u16,
}

/// Parts that renamings make of each other.
pub(super) struct Orbit {
    /// The same for all of them, and in every run; seldom the same for another orbit.
    pub(super) key: u64,
    /// What each renaming makes of the first.
    pub(super) images: Box<[Image]>,
}

/// What a renaming makes of a part.
#[derive(Clone, Copy)]
pub(super) struct Image {
    pub(super) id: u32,
    /// The same in every run, and seldom the same as another's.
    pub(super) digest: u64,
}

impl<'a, P: Protocol> Symmetry<'a, P> {
    /// The symmetry that `cluster` declares. `None` if there is none, or nothing rests on states alone:
    /// which actions a behaviour owes depends on what its replicas are called.
    ///
    /// # Errors
    /// If somebody is declared interchangeable who is not.
    pub(super) fn of(cluster: &Cluster<P>, parts: &'a Parts<P>) -> Result<Option<Self>, String> {
        let renamings = cluster.symmetries()?;
        let is_about_actions = cluster.properties.iter().any(|property| property.is_liveness());
        let Some(renamer) = P::RENAMER.filter(|_| renamings.len() > 1 && !is_about_actions) else {
            return Ok(None);
        };
        let takes_from = renamings.iter().map(|renaming| {
            let mut from: Vec<_> = (0..=renaming.replicas.len()).collect();
            for (old, new) in renaming.replicas.iter().enumerate() {
                from[usize::from(new.0)] = old;
            }
            from.into()
        });
        Ok(Some(Self {
            parts,
            renamer,
            takes_from: takes_from.collect(),
            after: compositions(&renamings),
            renamings,
            orbits: boxcar::Vec::new(),
            members: Memo::new(),
            places: Memo::new(),
            inboxes: Memo::new(),
            envelopes: Interner::new(),
            renamed_envelopes: Memo::new(),
        }))
    }

    /// How many renamings there are.
    pub(super) const fn len(&self) -> usize {
        self.renamings.len()
    }

    pub(super) fn renaming(&self, by: usize) -> &Renaming {
        &self.renamings[by]
    }

    /// Where in a row renaming `by` takes what it puts at each place from.
    pub(super) fn takes_from(&self, by: usize) -> &[usize] {
        &self.takes_from[by]
    }

    /// What renaming `by` makes of a part.
    pub(super) fn image(&self, part: Member, by: usize) -> Image {
        let by = self.after[by * self.len() + usize::from(part.by)];
        self.orbits[part.orbit as usize].images[usize::from(by)]
    }

    pub(super) fn key(&self, part: Member) -> u64 {
        self.orbits[part.orbit as usize].key
    }

    /// Which part of which orbit the part with number `id` at `place` of a row is.
    pub(super) fn member(&self, place: usize, id: u32) -> Member {
        self.members.get((place as u8, id)).unwrap_or_else(|| self.work_out(place, id))
    }

    /// Renamings that all others come of.
    pub(super) fn generators(&self) -> Vec<usize> {
        let (mut generators, mut generated) = (Vec::new(), vec![0]);
        for by in 1..self.len() {
            if generated.contains(&by) {
                continue;
            }
            generators.push(by);
            let mut next = 0;
            while next < generated.len() {
                for generator in &generators {
                    let product = self.after[generator * self.len() + generated[next]].into();
                    if !generated.contains(&product) {
                        generated.push(product);
                    }
                }
                next += 1;
            }
        }
        generators
    }

    pub(super) fn bytes(&self) -> usize {
        let orbit = size_of::<Orbit>() + self.len() * size_of::<Image>();
        self.orbits.count() * orbit
            + self.members.bytes()
            + self.places.bytes()
            + self.inboxes.bytes()
            + self.envelopes.bytes()
            + self.renamed_envelopes.bytes()
    }

    fn work_out(&self, place: usize, id: u32) -> Member {
        let images: Box<[_]> = (0..self.len()).map(|by| self.renamed(place, id, by)).collect();
        let key = images.iter().map(|image| image.digest).min().unwrap_or_default();
        let places: Vec<_> = (0..self.len()).map(|by| self.place_after(place, by)).collect();
        let ids: Vec<_> = images.iter().map(|image| image.id).collect();
        let orbit = u32::try_from(self.orbits.push(Orbit { key, images }));
        let orbit = orbit.expect("no more orbits than parts");
        // Another thread may have met another part of the same orbit meanwhile. Then both orbits are
        // right, and the same.
        for (by, (place, id)) in places.into_iter().zip(ids).enumerate() {
            self.members.update((place as u8, id), Member { orbit, by: by as u16 }, |_| {});
        }
        Member { orbit, by: 0 }
    }

    /// Where renaming `by` puts what is at `place` of a row.
    fn place_after(&self, place: usize, by: usize) -> usize {
        let renamed = self.renamings[by].replicas.get(place);
        renamed.map_or(place, |replica| usize::from(replica.0))
    }

    fn renamed(&self, place: usize, id: u32, by: usize) -> Image {
        let (parts, renaming) = (self.parts, &self.renamings[by]);
        if place == parts.replicas() {
            let front = &parts.fronts.get(id).state;
            let renamed = match by {
                0 => front.clone(),
                _ => parts.cluster.renamed(front, &self.renamer, renaming),
            };
            return Image { digest: digest(&renamed), id: parts.front_of(&renamed) };
        }
        let Node { place: at, inbox, out_of_danger, .. } = parts.nodes[place].get(id);
        let renamed = (self.renamed_place(*at, by), self.renamed_inbox(*inbox, by));
        let digest =
            digest(&(parts.places.get(renamed.0), parts.inboxes.get(renamed.1), out_of_danger));
        let me = self.place_after(place, by);
        Image { id: parts.node(me, renamed.0, renamed.1, *out_of_danger), digest }
    }

    fn renamed_place(&self, place: u32, by: usize) -> u32 {
        let parts = self.parts;
        if by == 0 {
            return place;
        }
        self.places.get_or((place, by as u16), || {
            let place = parts.places.get(place);
            parts.places.intern(renamed_place(place, &self.renamer, &self.renamings[by]))
        })
    }

    fn renamed_inbox(&self, inbox: u32, by: usize) -> u32 {
        let parts = self.parts;
        if by == 0 {
            return inbox;
        }
        self.inboxes.get_or((inbox, by as u16), || {
            let renamed = parts.cluster.renamed_network(parts.inboxes.get(inbox), |envelope| {
                let id = self.envelopes.intern(envelope.clone());
                self.envelopes.get(self.renamed_envelope(id, by)).clone()
            });
            parts.inboxes.intern(renamed)
        })
    }

    fn renamed_envelope(&self, envelope: u32, by: usize) -> u32 {
        self.renamed_envelopes.get_or((envelope, by as u16), || {
            let (envelope, renaming) = (self.envelopes.get(envelope), &self.renamings[by]);
            let renamed = renamed_envelope::<P>(envelope, &self.renamer, renaming);
            debug_assert!(matches!(renamed.to, Address::Replica(_)), "fronts keep the others");
            self.envelopes.intern(Shared::new(renamed))
        })
    }
}

/// Which renaming each is after each other. What is written follows from who writes.
fn compositions(renamings: &[Renaming]) -> Vec<u16> {
    let names = renamings.iter().map(|renaming| (&*renaming.replicas, &*renaming.clients));
    let places: BTreeMap<_, u16> = names.zip(0..).collect();
    let of = |one: &Renaming, other: &Renaming| {
        let replicas = other.replicas.iter().map(|id| one.replicas[usize::from(id.0)]);
        let clients = other.clients.iter().map(|id| one.clients[id.0 as usize]);
        let (replicas, clients): (Vec<_>, Vec<_>) = (replicas.collect(), clients.collect());
        *places.get(&(&*replicas, &*clients)).expect("renamings that change nothing are a group")
    };
    renamings
        .iter()
        .flat_map(|one| renamings.iter().map(move |other| (one, other)))
        .map(|(one, other)| of(one, other))
        .collect()
}

/// The same in every run: parts are hashed by what is in them.
fn digest(value: &impl Hash) -> u64 {
    let digest = FxBuildHasher.hash_one(value);
    (digest ^ digest >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
