//! Client ids and request numbers: unique across the cluster and across restarts, and few.
//!
//! Replicas remember the last update of every client there ever was, so ids are used again. Each
//! replica has a fixed range of them: one half for the operations of its own connections, lowest
//! first, so that the client table grows no longer than that there were ever operations at the same
//! time; the other half for native clients, in turn.
//!
//! ```text
//! client id        replica << 32 | place in its range
//! request number   start of the replica: 20 bits | turn of the id: 20 bits | count: 24 bits
//! ```
//!
//! Numbers of an id only grow, whoever uses it. If a native client still uses an id that somebody
//! else has by now, its numbers are lower: replicas ignore them, and it hears nothing. Nobody is
//! ever given an answer to somebody else's request.

use holdfast_models::vocabulary::{ClientId, ReplicaId, RequestId};

use super::GatewayError;
use crate::client::Numbers;

/// How many operations of connections are under way at most.
const OWN: u32 = 4096;

/// How many native clients there are before the first of their ids is used again.
const NATIVE: u32 = 4096;

/// How many entries the client table has for one replica at most.
pub const CLIENTS_OF_A_REPLICA: u32 = OWN + NATIVE;

const COUNT_BITS: u32 = 24;
const TURN_BITS: u32 = 20;

/// How often a replica may be started.
pub(super) const MOST_BOOTS: u64 = (1 << (64 - TURN_BITS - COUNT_BITS)) - 1;

const MOST_TURNS: u64 = 1 << TURN_BITS;

/// The client ids of one replica.
pub(super) struct ClientIds {
    replica: ReplicaId,
    boot: u64,
    native: u32,
    native_turn: u64,
}

impl ClientIds {
    pub(super) const fn new(replica: ReplicaId, boot: u64) -> Result<Self, GatewayError> {
        if boot == 0 || boot > MOST_BOOTS {
            return Err(GatewayError::Boots(boot));
        }
        Ok(Self { replica, boot, native: 0, native_turn: 0 })
    }

    /// The numbers for the operations in one place of the gateway, if the place and the turn exist.
    pub(super) fn own(&self, place: usize, turn: u64) -> Option<Numbers> {
        let place = u32::try_from(place).ok().filter(|place| *place < OWN)?;
        self.numbers(place, turn)
    }

    /// The place of the operation that is under way for `client`, if the id is ours.
    pub(super) fn place(&self, client: ClientId) -> Option<usize> {
        let place = client.0.checked_sub(u64::from(self.replica.0) << 32)?;
        usize::try_from(place).ok().filter(|place| *place < OWN as usize)
    }

    /// Whether this replica has given out that number since it was started.
    pub(super) fn has_numbered(&self, client: ClientId, request: RequestId) -> bool {
        client.0 >> 32 == u64::from(self.replica.0)
            && request.0 >> (TURN_BITS + COUNT_BITS) == self.boot
    }

    /// Whether this replica gives out that id, now or before a restart.
    pub(super) fn has_named(&self, client: ClientId) -> bool {
        client.0 >> 32 == u64::from(self.replica.0)
    }

    /// The numbers for the next native client, unless all have been handed out.
    pub(super) fn native(&mut self) -> Option<Numbers> {
        let numbers = self.numbers(OWN + self.native, self.native_turn)?;
        self.native += 1;
        if self.native == NATIVE {
            self.native = 0;
            self.native_turn += 1;
        }
        Some(numbers)
    }

    fn numbers(&self, place: u32, turn: u64) -> Option<Numbers> {
        if turn >= MOST_TURNS {
            return None;
        }
        let client = ClientId(u64::from(self.replica.0) << 32 | u64::from(place));
        let first = self.boot << (TURN_BITS + COUNT_BITS) | turn << COUNT_BITS;
        Some(Numbers::new(client, RequestId(first), 1 << COUNT_BITS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(replica: u8, boot: u64) -> ClientIds {
        ClientIds::new(ReplicaId(replica), boot).expect("the boot is in range")
    }

    fn first(mut numbers: Numbers) -> RequestId {
        numbers.take().expect("numbers are left")
    }

    #[test]
    fn the_last_number_of_a_turn_is_below_the_first_of_the_next_and_of_the_next_start() {
        let last = |numbers: Numbers| first(numbers).0 + ((1 << COUNT_BITS) - 1);
        let own = |boot, turn| ids(1, boot).own(7, turn).expect("there is such a turn");
        assert!(last(own(1, 0)) < first(own(1, 1)).0);
        assert!(last(own(1, MOST_TURNS - 1)) < first(own(2, 0)).0);
        assert!(ids(1, 1).own(7, MOST_TURNS).is_none());
        assert_eq!(last(own(MOST_BOOTS, MOST_TURNS - 1)), u64::MAX);
    }

    #[test]
    fn no_two_replicas_and_no_two_uses_share_an_id() {
        let mut zero = ids(0, 1);
        let native = zero.native().expect("numbers are left").client();
        let clients = [
            zero.own(0, 0).expect("place 0").client(),
            zero.own(1, 0).expect("place 1").client(),
            native,
            zero.native().expect("numbers are left").client(),
            ids(1, 1).own(0, 0).expect("place 0").client(),
        ];
        assert_eq!(std::collections::BTreeSet::from(clients).len(), clients.len());
        assert_eq!(zero.place(clients[1]), Some(1));
        assert_eq!(zero.place(native), None);
        assert_eq!(zero.place(clients[4]), None);
        assert_eq!(ids(1, 1).place(clients[0]), None);
    }

    #[test]
    fn ids_of_native_clients_are_used_again_with_higher_numbers() {
        let mut ids = ids(2, 5);
        let before = ids.native().expect("numbers are left");
        for _ in 1..NATIVE {
            assert_ne!(ids.native().expect("numbers are left").client(), before.client());
        }
        let again = ids.native().expect("numbers are left");
        assert_eq!(again.client(), before.client());
        assert!(first(again) > first(before));
    }

    #[test]
    fn numbers_of_another_replica_and_of_an_earlier_start_are_told_from_ours() {
        let ours = ids(1, 5);
        let numbered = |mut numbers: Numbers| (numbers.client(), numbers.take().expect("left"));
        let native =
            |replica, boot| numbered(ids(replica, boot).native().expect("numbers are left"));
        let (client, request) = native(1, 5);
        assert!(ours.has_numbered(client, request));
        for (replica, boot) in [(0, 5), (2, 5), (1, 4), (1, 6)] {
            let (client, request) = native(replica, boot);
            assert!(!ours.has_numbered(client, request), "{replica} {boot}");
        }
    }

    #[test]
    fn a_start_that_cannot_be_numbered_is_refused() {
        for boot in [0, MOST_BOOTS + 1] {
            assert!(ClientIds::new(ReplicaId(0), boot).is_err());
        }
    }
}
