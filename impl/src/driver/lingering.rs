//! Messages that nobody waits for: they linger until there is more to go with them, or a while has
//! passed.

use std::time::Duration;

use holdfast_models::vocabulary::ReplicaId;

use super::outbox::Said;
use crate::hosted::Hosted;
use crate::moment::Moment;

pub(super) struct Lingering<P: Hosted> {
    said: Said<P>,
    /// When what lingers leaves; nothing lingers without it.
    until: Option<Moment>,
}

impl<P: Hosted> Default for Lingering<P> {
    fn default() -> Self {
        Self { said: Said::default(), until: None }
    }
}

impl<P: Hosted> Lingering<P> {
    /// Adds what may leave now. If somebody waits for any of it, all is due at once: messages to one
    /// replica keep their order.
    pub(super) fn add(
        &mut self,
        protocol: &P,
        messages: Vec<(ReplicaId, P::Message)>,
        room: usize,
        (now, linger): (Moment, Duration),
    ) {
        if messages.is_empty() {
            return;
        }
        let is_awaited = messages.iter().any(|(_, message)| !protocol.may_linger(message));
        let until = self.until.unwrap_or(now + linger);
        self.until = Some(if is_awaited { now } else { until });
        self.said.send_all(protocol, messages, room);
    }

    /// What has lingered long enough.
    pub(super) fn due(&mut self, now: Moment) -> Vec<(ReplicaId, P::Message)> {
        if self.until.is_none_or(|until| until > now) {
            return Vec::new();
        }
        self.until = None;
        std::mem::take(&mut self.said).send
    }

    pub(super) const fn deadline(&self) -> Option<Moment> {
        self.until
    }
}

#[cfg(test)]
mod tests {
    use holdfast_models::single_leader::{AckRule, Message, SingleLeader};
    use holdfast_models::vocabulary::{Epoch, LogMark, LogPosition};

    use super::*;

    const LINGER: Duration = Duration::from_millis(1);
    const FOLLOWER: ReplicaId = ReplicaId(1);

    fn under(ack: AckRule) -> SingleLeader {
        SingleLeader { ack, ..SingleLeader::majority(3) }
    }

    fn append() -> Message {
        let (previous, commit) = (LogMark::default(), LogPosition(0));
        Message::Append { epoch: Epoch(1), previous, entries: Vec::new(), commit }
    }

    fn at(nanoseconds: u64) -> (Moment, Duration) {
        (Moment(nanoseconds), LINGER)
    }

    #[test]
    fn what_nobody_waits_for_leaves_together_after_a_while() {
        let (policy, mut lingering) = (under(AckRule::Asynchronous), Lingering::default());
        lingering.add(&policy, vec![(FOLLOWER, append())], 1_000, at(0));
        lingering.add(&policy, vec![(FOLLOWER, append())], 1_000, at(900_000));
        assert_eq!(lingering.deadline(), Some(Moment(1_000_000)), "later ones do not put it off");
        assert_eq!(lingering.due(Moment(999_999)), []);
        assert_eq!(lingering.due(Moment(1_000_000)), [(FOLLOWER, append())]);
        assert_eq!((lingering.deadline(), lingering.due(Moment(u64::MAX))), (None, vec![]));
    }

    #[test]
    fn what_somebody_waits_for_leaves_at_once_after_what_lingered() {
        let (policy, mut lingering) = (under(AckRule::Asynchronous), Lingering::default());
        let vote = || Message::Vote { epoch: Epoch(1), granted: true };
        lingering.add(&policy, vec![(FOLLOWER, append())], 1_000, at(0));
        lingering.add(&policy, vec![(FOLLOWER, vote())], 1_000, at(1));
        assert_eq!(lingering.due(Moment(1)), [(FOLLOWER, append()), (FOLLOWER, vote())]);
    }

    #[test]
    fn nothing_lingers_where_clients_wait_for_followers() {
        for ack in [AckRule::Majority, AckRule::All, AckRule::Followers(1)] {
            let (policy, mut lingering) = (under(ack), Lingering::default());
            lingering.add(&policy, vec![(FOLLOWER, append())], 1_000, at(5));
            assert_eq!(lingering.due(Moment(5)), [(FOLLOWER, append())]);
        }
    }
}
