//! The configuration: which policy decides each question. Policies are values, so that comparing two
//! of them compares one thing.

use super::spelling::{AGREEMENTS, DELETIONS, FALLBACKS};
use super::{Safeguard, Safeguards};

/// Registers that are kept on n replicas each, written to w of them and read from r.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Leaderless {
    /// How many replicas there are.
    pub replicas: u8,
    /// How many of them are homes of each key: n.
    pub copies: u8,
    /// How many homes have to store an update before it is acknowledged: w.
    pub write_quorum: u8,
    /// How many homes have to answer before a read is: r.
    pub read_quorum: u8,
    /// Which version an update gets.
    pub versions: Versions,
    /// Which of two contents wins whose versions are equal but for their authors.
    pub ties: TieBreak,
    /// What a read does with homes that are behind.
    pub write_back: WriteBack,
    /// Who stands in for a home that does not answer.
    pub fallback: Fallback,
    /// Whether hints are kept until their owner has them.
    pub hints: HintExpiry,
    /// Whether replicas compare what they hold.
    pub anti_entropy: AntiEntropy,
    /// What an update is told that too few homes have stored in time.
    pub partial: PartialWrite,
    /// How a deletion is kept, and when it is forgotten.
    pub deletion: Deletion,
    /// Which operations replicas agree on.
    pub agreement: Agreement,
    /// Whether the homes may change.
    pub membership: Membership,
    /// How many keys one message of anti-entropy, or of a change of homes, covers at most.
    pub batch: u16,
    /// How long a coordinator gives each request by its own clock, if its timers are for all that
    /// it coordinates together. `None`: when one fires, all have been given long enough.
    pub patience: Option<Patience>,
    /// The mechanisms that are on. A node has all of them.
    pub safeguards: Safeguards,
}

impl Leaderless {
    /// Majorities write and read, versions come from a query, reads write back to w homes: the
    /// linearizable register of Attiya, Bar-Noy & Dolev (1995) for several writers. Scenarios say
    /// how they differ.
    #[must_use]
    pub const fn majority(replicas: u8) -> Self {
        Self {
            replicas,
            copies: replicas,
            write_quorum: replicas / 2 + 1,
            read_quorum: replicas / 2 + 1,
            versions: Versions::Query,
            ties: TieBreak::Author,
            write_back: WriteBack::WriteQuorum,
            fallback: Fallback::Nobody,
            hints: HintExpiry::Never,
            anti_entropy: AntiEntropy::Off,
            partial: PartialWrite::Indeterminate,
            deletion: Deletion::Tombstone,
            agreement: Agreement::Nothing,
            membership: Membership::Configured,
            batch: 64,
            patience: None,
            safeguards: Safeguards::ALL,
        }
    }

    /// Whether `safeguard` is on.
    #[must_use]
    pub const fn has(&self, safeguard: Safeguard) -> bool {
        self.safeguards.contain(safeguard)
    }

    /// Whether anything can come of it: whether as many homes can be waited for as are, and whether
    /// its policies fit each other.
    ///
    /// # Errors
    /// With the setting that does not fit.
    pub fn validate(&self) -> Result<(), Senseless> {
        let Self { replicas, copies, write_quorum, read_quorum, .. } = *self;
        let senseless = |setting, value, problem| Err(Senseless { setting, value, problem });
        if replicas < copies {
            let problem = format!("there are {replicas} replicas");
            return senseless("n", copies.to_string(), problem);
        }
        for (setting, quorum, never) in [
            ("w", write_quorum, "update would be acknowledged"),
            ("r", read_quorum, "read would be answered"),
        ] {
            if quorum > copies {
                let problem = format!("a key has {copies} homes, so no {never}");
                return senseless(setting, quorum.to_string(), problem);
            }
        }
        if self.fallback != Fallback::Nobody && replicas == copies {
            let problem = format!(
                "every replica is a home, and none is left to stand in; of {} replicas one is",
                copies + 1
            );
            return senseless("fallback", spelt(FALLBACKS, self.fallback), problem);
        }
        if self.keeps_siblings() && self.agreement != Agreement::Nothing {
            let problem = "whoever agrees on one content has no siblings".to_owned();
            return senseless("agreement", spelt(AGREEMENTS, self.agreement), problem);
        }
        match self.membership {
            Membership::Configured => Ok(()),
            Membership::OneByOne => self.validate_for_changes(),
        }
    }

    /// Whether the other policies fit homes that change.
    fn validate_for_changes(&self) -> Result<(), Senseless> {
        let usual = Self::majority(self.copies);
        let senseless = |setting, value, problem: &str| {
            Err(Senseless { setting, value, problem: problem.to_owned() })
        };
        let problem = "homes change, and only majorities meet those of one home more or less";
        if self.write_quorum != usual.write_quorum {
            return senseless("w", self.write_quorum.to_string(), problem);
        }
        if self.read_quorum != usual.read_quorum {
            return senseless("r", self.read_quorum.to_string(), problem);
        }
        if self.fallback != usual.fallback {
            let problem = "homes change, and whoever stands in may become one";
            return senseless("fallback", spelt(FALLBACKS, self.fallback), problem);
        }
        if self.deletion != usual.deletion {
            let problem = "homes change, and one that comes back may hold what was deleted";
            return senseless("deletion", spelt(DELETIONS, self.deletion), problem);
        }
        if self.agreement != usual.agreement {
            let problem = "homes change, and ballots are promised by those that were";
            return senseless("agreement", spelt(AGREEMENTS, self.agreement), problem);
        }
        Ok(())
    }

    /// Whether contents that do not know of each other are all kept.
    #[must_use]
    pub const fn keeps_siblings(&self) -> bool {
        matches!(self.versions, Versions::Siblings)
    }
}

/// How long a coordinator waits for homes, in ticks of its clock. Whether that is right decides
/// nothing but how soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Patience {
    /// Before it turns to those that stand in for them.
    pub fallback: u64,
    /// Before it gives up.
    pub deadline: u64,
}

/// A setting that does not fit the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Senseless {
    /// Its name, as it is written.
    pub setting: &'static str,
    /// What it is set to, as it is written.
    pub value: String,
    /// Why that does not fit.
    pub problem: String,
}

fn spelt<T: Copy + PartialEq>(choices: &[(&str, T)], wanted: T) -> String {
    let found = choices.iter().find(|(_, choice)| *choice == wanted);
    found.map_or_else(String::new, |(name, _)| (*name).to_owned())
}

/// Which version an update gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Versions {
    /// The number that its only writer gave the request.
    SingleWriter,
    /// One more than the highest that r homes answer with (Lynch & Shvartsman 1997).
    Query,
    /// What the coordinator's clock reads.
    WallClock,
    /// The same, and the acknowledgement waits until every clock has passed it: until the
    /// coordinator's is more than `uncertainty` ticks ahead of it (Corbett et al. 2012, commit
    /// wait).
    CommitWait {
        /// By how many ticks two clocks may differ.
        uncertainty: u64,
    },
    /// What the coordinator's clock reads, or a little more than the highest that it has seen
    /// (Kulkarni et al. 2014).
    HybridClock,
    /// A dot of the coordinator's: contents that do not know of each other are all kept.
    Siblings,
}

/// Which of two contents wins whose versions are equal but for their authors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TieBreak {
    /// That of the greater author.
    Author,
    /// The greater value.
    Value,
    /// The one that arrives later.
    Arrival,
}

/// What a read does with homes that are behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WriteBack {
    /// Nothing.
    Nobody,
    /// Writes to those that answered and are behind, and waits for nobody (read repair).
    Asynchronous,
    /// Writes to those that answered and are behind, and waits for them (blocking read repair).
    Contacted,
    /// Writes to all homes, and waits for w.
    WriteQuorum,
    /// The same, unless all r answers agree.
    UnlessUnanimous,
}

/// Who stands in for a home that does not answer: replicas after the homes, with a hint of whom they
/// stand in for (DeCandia et al. 2007, sloppy quorum).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fallback {
    /// Nobody.
    Nobody,
    /// They keep the update for the home, and count for nothing.
    KeepsHints,
    /// What they keep counts for w.
    CountsForWrites,
    /// They are asked too, and what they answer counts for r; what they keep counts for nothing.
    CountsForReads,
}

/// Whether hints are kept until their owner has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HintExpiry {
    /// They are.
    Never,
    /// They are dropped after a while.
    AfterAWhile,
}

/// Whether replicas compare what they hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AntiEntropy {
    /// They do not.
    Off,
    /// Every now and then, range of keys by range of keys.
    Ranges,
}

/// What an update is told that too few homes have stored in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PartialWrite {
    /// That it may have taken effect.
    Indeterminate,
    /// That it has failed.
    Failed,
}

/// How a deletion is kept, and when it is forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deletion {
    /// As a tombstone, for ever.
    Tombstone,
    /// As a tombstone, until every home has stored it.
    ReapedEverywhere,
    /// As a tombstone, for a while (Cassandra's `gc_grace_seconds`).
    ReapedAfterAWhile,
    /// Not at all: the value is removed.
    Erased,
}

/// Which operations replicas agree on, register by register, by Paxos (Rystsov 2018, CASPaxos). The
/// others read and write like everything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Agreement {
    /// None: an addition or a compare-and-set reads, and then writes.
    Nothing,
    /// Additions, compare-and-sets and reads. Plain writes and deletions do not ask.
    Conditional,
    /// All of them.
    Everything,
}

/// Whether the homes may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Membership {
    /// They are configured, key by key.
    Configured,
    /// The first n replicas are homes of every key at first; an operator adds and removes homes, one
    /// at a time, and a majority of them is w and r.
    OneByOne,
}
