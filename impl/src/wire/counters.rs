//! How many datagrams came through, and why the others did not.

/// Why a datagram, or a message in it, was dropped. Nothing else has happened to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dropped {
    /// It is shorter than a header and a tag.
    TooShort,
    /// It is longer than datagrams of this cluster are.
    TooLong,
    /// It does not begin as our datagrams do.
    Foreign,
    /// It is of a version that is not understood.
    Version,
    /// It is another cluster's.
    OtherCluster,
    /// Its sender follows other policies.
    OtherConfiguration,
    /// It is meant for another replica.
    NotForMe,
    /// There is no such sender.
    UnknownSender,
    /// Its sender has restarted since.
    OldBoot,
    /// It is not authentic: forged, altered, or sealed with another secret.
    Forged,
    /// It has arrived before.
    Replayed,
    /// It is so old that nobody can tell whether it has arrived before.
    TooOld,
    /// It is authentic, and its content is not of this version.
    Malformed,
    /// It is authentic, and says what no replica of this cluster can mean.
    Implausible,
    /// It is a piece of a message that is too long, or of one too many.
    TooMuch,
    /// A message of our own that is too long, or one too many.
    NotSent,
}

impl Dropped {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::TooShort,
        Self::TooLong,
        Self::Foreign,
        Self::Version,
        Self::OtherCluster,
        Self::OtherConfiguration,
        Self::NotForMe,
        Self::UnknownSender,
        Self::OldBoot,
        Self::Forged,
        Self::Replayed,
        Self::TooOld,
        Self::Malformed,
        Self::Implausible,
        Self::TooMuch,
        Self::NotSent,
    ];

    /// The name in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::Foreign => "foreign",
            Self::Version => "version",
            Self::OtherCluster => "other_cluster",
            Self::OtherConfiguration => "other_configuration",
            Self::NotForMe => "not_for_me",
            Self::UnknownSender => "unknown_sender",
            Self::OldBoot => "old_boot",
            Self::Forged => "forged",
            Self::Replayed => "replayed",
            Self::TooOld => "too_old",
            Self::Malformed => "malformed",
            Self::Implausible => "implausible",
            Self::TooMuch => "too_much",
            Self::NotSent => "not_sent",
        }
    }
}

/// How many datagrams came and went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Datagrams that were authentic and well-formed.
    pub opened: u64,
    /// Datagrams that were sent.
    pub sealed: u64,
    dropped: [u64; Dropped::ALL.len()],
}

impl Counters {
    pub(super) const fn count(&mut self, reason: Dropped) {
        self.dropped[reason as usize] += 1;
    }

    /// How many were dropped for `reason`.
    #[must_use]
    pub const fn dropped(&self, reason: Dropped) -> u64 {
        self.dropped[reason as usize]
    }
}
