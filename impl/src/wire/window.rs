//! Which datagrams have arrived already: the highest number, and the ones shortly before it
//! (RFC 4303, §3.4.3).

use super::Dropped;

/// How far behind the highest number a datagram may arrive.
pub const REPLAY_WINDOW: u64 = 1_024;

const WORDS: usize = (REPLAY_WINDOW / 64) as usize;

/// The numbers that have arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplayWindow {
    highest: u64,
    /// Bit `n % REPLAY_WINDOW` is number `n`, for those that are not too old.
    seen: [u64; WORDS],
}

impl Default for ReplayWindow {
    fn default() -> Self {
        Self { highest: 0, seen: [0; WORDS] }
    }
}

impl ReplayWindow {
    /// Whether `sequence` may be new.
    ///
    /// # Errors
    /// If it has arrived, or is so old that it may have. Numbers count from 1.
    pub const fn check(&self, sequence: u64) -> Result<(), Dropped> {
        if sequence > self.highest {
            return Ok(());
        }
        if sequence == 0 || self.highest - sequence >= REPLAY_WINDOW {
            return Err(Dropped::TooOld);
        }
        if self.has(sequence) { Err(Dropped::Replayed) } else { Ok(()) }
    }

    /// Takes note of `sequence`, which was checked.
    pub fn mark(&mut self, sequence: u64) {
        if sequence > self.highest {
            let passed = (sequence - self.highest).min(REPLAY_WINDOW);
            for skipped in sequence - passed + 1..=sequence {
                self.seen[word(skipped)] &= !bit(skipped);
            }
            self.highest = sequence;
        }
        self.seen[word(sequence)] |= bit(sequence);
    }

    const fn has(&self, sequence: u64) -> bool {
        self.seen[word(sequence)] & bit(sequence) != 0
    }
}

const fn word(sequence: u64) -> usize {
    (sequence % REPLAY_WINDOW / 64) as usize
}

const fn bit(sequence: u64) -> u64 {
    1 << (sequence % 64)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Against a set that forgets nothing.
        #[test]
        fn each_number_is_accepted_once_and_never_when_too_old(
            steps in prop::collection::vec((0_u64..3_000, any::<bool>()), 1..400),
            start in 1_u64..100_000,
        ) {
            let mut window = ReplayWindow::default();
            let mut seen = BTreeSet::new();
            let mut highest = 0;
            let mut at = start;
            for (distance, forward) in steps {
                at = if forward { at + distance } else { at.saturating_sub(distance) };
                let expected = if at == 0 || at + REPLAY_WINDOW <= highest {
                    Err(Dropped::TooOld)
                } else if seen.contains(&at) {
                    Err(Dropped::Replayed)
                } else {
                    Ok(())
                };
                prop_assert_eq!(window.check(at), expected);
                if expected.is_ok() {
                    window.mark(at);
                    seen.insert(at);
                    highest = highest.max(at);
                }
            }
        }
    }

    #[test]
    fn the_last_number_of_all_is_accepted() {
        let mut window = ReplayWindow::default();
        assert_eq!(window.check(u64::MAX), Ok(()));
        window.mark(u64::MAX);
        assert_eq!(window.check(u64::MAX), Err(Dropped::Replayed));
        assert_eq!(window.check(u64::MAX - REPLAY_WINDOW + 1), Ok(()));
        assert_eq!(window.check(u64::MAX - REPLAY_WINDOW), Err(Dropped::TooOld));
    }
}
