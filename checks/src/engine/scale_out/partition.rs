//! Which peer owns a state: by what its parts are, not by their numbers.

use std::hash::{DefaultHasher, Hash, Hasher};

use holdfast_models::protocol::Protocol;

use super::super::parts::Parts;

/// Divides all states among peers, in the same way at each of them. Two states that collide have one
/// owner, which is no harm.
pub(super) struct Partition {
    peers: u64,
    /// For each column, digests of the parts by their numbers; 0 where none was asked for yet.
    digests: Vec<Vec<u64>>,
}

impl Partition {
    pub(super) fn new(peers: usize, columns: usize) -> Self {
        Self { peers: peers as u64, digests: vec![Vec::new(); columns - 1] }
    }

    /// The peer that keeps the state `row`.
    pub(super) fn owner<P: Protocol>(&mut self, parts: &Parts<P>, row: &[u32]) -> usize {
        let broken = u64::from(row[self.digests.len()]);
        let columns = self.digests.iter_mut().zip(row).enumerate();
        let digest = columns.fold(broken, |digest, (column, (known, id))| {
            let place = *id as usize;
            if place >= known.len() {
                known.resize(place + 1, 0);
            }
            if known[place] == 0 {
                known[place] = digest_of(parts, column, *id).max(1);
            }
            mixed(digest ^ known[place])
        });
        // The upper half, scaled to the number of peers.
        (((digest >> 32) * self.peers) >> 32) as usize
    }
}

const fn mixed(digest: u64) -> u64 {
    let mixed = digest.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ mixed >> 29
}

/// A digest of a part. Its keys are fixed: in every process that runs the same program it is the same.
fn digest_of<P: Protocol>(parts: &Parts<P>, column: usize, id: u32) -> u64 {
    let mut hasher = DefaultHasher::new();
    if let Some(nodes) = parts.nodes.get(column) {
        let node = nodes.get(id);
        parts.places.get(node.place).hash(&mut hasher);
        parts.inboxes.get(node.inbox).hash(&mut hasher);
        node.out_of_danger.hash(&mut hasher);
    } else {
        parts.fronts.get(id).state.hash(&mut hasher);
    }
    hasher.finish()
}
