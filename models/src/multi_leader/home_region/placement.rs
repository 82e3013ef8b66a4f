//! Where a key is at home at first: the same everywhere, without anybody being asked.

use super::HomeRegion;
use crate::vocabulary::{Key, ReplicaId};

impl HomeRegion {
    /// The first home of `key`.
    ///
    /// # Panics
    /// If there are no regions.
    #[must_use]
    pub fn first_home(&self, key: &Key) -> ReplicaId {
        let region = fingerprint(key.as_bytes()) % u64::from(self.replicas);
        ReplicaId(u8::try_from(region).expect("there are fewer regions than a byte can count"))
    }
}

/// FNV-1a with 64 bits (Fowler, Noll & Vo): the same on every machine and in every version.
fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |print, byte| {
        (print ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
