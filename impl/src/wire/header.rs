//! The header of a datagram: 48 bytes, little-endian, in the clear, authenticated with the body.

use holdfast_models::vocabulary::ReplicaId;

use super::{Dropped, TAG_LENGTH};

/// The version that is spoken.
pub const VERSION: u8 = 1;

/// The oldest version that is understood: clusters are upgraded one replica at a time. The layout
/// has not changed since.
pub const VERSION_OLDEST: u8 = 0;

/// Bytes of a header.
pub const HEADER_LENGTH: usize = 48;

const MAGIC: [u8; 4] = *b"HFST";

/// When a replica started: the count of its starts, kept on its disk, and a random number for the
/// case that the disk was replaced by an older copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Boot {
    /// How often the replica has been started on its disk.
    pub count: u64,
    /// Random.
    pub salt: u64,
}

/// Who says what to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// How the rest is laid out.
    pub version: u8,
    /// Who says it.
    pub from: ReplicaId,
    /// To whom.
    pub to: ReplicaId,
    /// In which cluster.
    pub cluster: u64,
    /// Under which configuration.
    pub configuration: u64,
    /// When the sender started.
    pub boot: Boot,
    /// Counts the sender's datagrams to this receiver since then, from 1.
    pub sequence: u64,
}

impl Header {
    /// The header's bytes.
    #[must_use]
    pub fn bytes(&self) -> [u8; HEADER_LENGTH] {
        let mut bytes = [0; HEADER_LENGTH];
        bytes[..4].copy_from_slice(&MAGIC);
        bytes[4] = self.version;
        bytes[5] = self.from.0;
        bytes[6] = self.to.0;
        let words =
            [self.cluster, self.configuration, self.boot.count, self.boot.salt, self.sequence];
        for (place, word) in bytes[8..].chunks_exact_mut(8).zip(words) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    /// The header at the beginning of `datagram`.
    ///
    /// # Errors
    /// If this is none of our datagrams, or of a version that is not understood.
    pub fn read(datagram: &[u8]) -> Result<Self, Dropped> {
        if datagram.len() < HEADER_LENGTH + TAG_LENGTH {
            return Err(Dropped::TooShort);
        }
        if datagram[..4] != MAGIC || datagram[7] != 0 {
            return Err(Dropped::Foreign);
        }
        let version = datagram[4];
        if !(VERSION_OLDEST..=VERSION).contains(&version) {
            return Err(Dropped::Version);
        }
        let word = |index: usize| {
            let mut word = [0; 8];
            word.copy_from_slice(&datagram[8 + 8 * index..16 + 8 * index]);
            u64::from_le_bytes(word)
        };
        Ok(Self {
            version,
            from: ReplicaId(datagram[5]),
            to: ReplicaId(datagram[6]),
            cluster: word(0),
            configuration: word(1),
            boot: Boot { count: word(2), salt: word(3) },
            sequence: word(4),
        })
    }

    /// Whether `me` may look at the datagram at all.
    pub(super) fn meant_for(
        &self,
        me: ReplicaId,
        cluster: u64,
        configuration: u64,
    ) -> Result<(), Dropped> {
        if self.cluster != cluster {
            return Err(Dropped::OtherCluster);
        }
        if self.configuration != configuration {
            return Err(Dropped::OtherConfiguration);
        }
        if self.to == me { Ok(()) } else { Err(Dropped::NotForMe) }
    }
}
