//! Which replicas are homes of a key: consistent hashing over a ring (Karger et al. 1997; DeCandia et
//! al. 2007, §4.2).

use std::hash::Hasher;

use super::Leaderless;
use crate::vocabulary::{Key, ReplicaId, ReplicaSet};

/// How many points each replica has on the ring. More would spread keys more evenly, and take longer
/// to walk.
const POINTS: u8 = 16;

impl Leaderless {
    /// All replicas in the order in which the ring has them from `key` on: its homes, then those
    /// that stand in for them.
    #[must_use]
    pub fn preference(&self, key: &Key) -> Vec<ReplicaId> {
        let start = fingerprint(key.as_bytes());
        let mut ring: Vec<_> = (0..self.replicas)
            .flat_map(|id| (0..POINTS).map(move |point| (fingerprint(&[id, point]), id)))
            .map(|(point, id)| (point.wrapping_sub(start), ReplicaId(id)))
            .collect();
        ring.sort_unstable();
        let mut met = ReplicaSet::EMPTY;
        let mut order = Vec::with_capacity(usize::from(self.replicas));
        for (_, id) in ring {
            if !met.contains(id) {
                met = met.with(id);
                order.push(id);
            }
        }
        order
    }

    /// The replicas that `key` belongs to.
    #[must_use]
    pub fn homes(&self, key: &Key) -> ReplicaSet {
        if self.copies == self.replicas {
            return ReplicaSet::first(self.replicas);
        }
        self.preference(key).into_iter().take(usize::from(self.copies)).collect()
    }

    /// Who stands in for the homes of `key`, the first first.
    pub(super) fn fallbacks(&self, key: &Key) -> impl Iterator<Item = ReplicaId> {
        self.preference(key).into_iter().skip(usize::from(self.copies))
    }
}

/// Where `bytes` are on the ring. The same on every machine and in every version.
fn fingerprint(bytes: &[u8]) -> u64 {
    let mut fingerprint = Fingerprint::default();
    fingerprint.write(bytes);
    fingerprint.finish()
}

/// FNV-1a with 64 bits, and a last mixing so that short inputs spread too (Fowler, Noll & Vo;
/// Appleby's finaliser).
pub(super) struct Fingerprint(u64);

impl Default for Fingerprint {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fingerprint {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        mixed ^ (mixed >> 33)
    }
}
