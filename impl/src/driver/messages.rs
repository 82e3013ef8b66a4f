//! How many messages come and go.

/// How many messages of each kind, by its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Messages {
    /// That the replica was given.
    pub received: Vec<(&'static str, u64)>,
    /// That it has sent.
    pub sent: Vec<(&'static str, u64)>,
}

impl Messages {
    pub(super) fn of(kinds: &[&'static str]) -> Self {
        let none: Vec<_> = kinds.iter().map(|kind| (*kind, 0)).collect();
        Self { received: none.clone(), sent: none }
    }

    pub(super) fn count_received(&mut self, kind: usize) {
        self.received[kind].1 += 1;
    }

    pub(super) fn count_sent(&mut self, kind: usize) {
        self.sent[kind].1 += 1;
    }
}
