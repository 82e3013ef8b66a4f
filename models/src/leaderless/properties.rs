//! What must stay true of replicas, whatever clients see, and what must come true in the end.

use super::agreement::rank;
use super::judging::{
    are_equal_in_order, cells, durable_of, effective, has_seen, have_converged, hints, holders,
    holds_all, homes, is_by, is_deletion, is_replaced_knowingly, is_well_formed, known_homes,
    registers, settled, those_who_know,
};
use super::{Leaderless, Register};
use crate::cluster::{Property, common_properties, properties};
use crate::consistency::OperationId;
use crate::vocabulary::{is_majority, majority};

common_properties! { for Leaderless; EVERY_REQUEST_IS_ANSWERED }

properties! { for Leaderless;

    /// Every r homes of a key have one among them that holds an acknowledged update or something newer.
    pub const READ_QUORUMS_MEET_WRITE_QUORUMS = invariant("read-quorums-meet-write-quorums", |view| {
        let policy = view.protocol();
        effective(view).all(|(id, record, key)| {
            holders(view, id, record, key).is_none_or(|holders| {
                let homes = homes(view, key);
                let others = homes.difference(holders).len();
                others < usize::from(policy.enough(policy.read_quorum, homes))
            })
        })
    });

    /// An acknowledged update, or something newer, is held by w homes.
    pub const ACKNOWLEDGED_UPDATES_ARE_STORED = invariant("acknowledged-updates-are-stored", |view| {
        let policy = view.protocol();
        effective(view).all(|(id, record, key)| {
            let wanted = usize::from(policy.enough(policy.write_quorum, homes(view, key)));
            holders(view, id, record, key).is_none_or(|holders| holders.len() >= wanted)
        })
    });

    /// An acknowledged update goes away only if somebody who had seen it replaced it.
    pub const NO_UPDATE_IS_LOST_UNSEEN = invariant("no-update-is-lost-unseen", |view| {
        effective(view).all(|(id, _, key)| {
            cells(view).any(|(at, cell)| at == key && is_by(cell, id))
                || is_replaced_knowingly(view, id, key)
        })
    });

    /// Contents of the same version are the same.
    pub const EQUAL_VERSIONS_ARE_EQUAL = invariant("equal-versions-are-equal", |view| {
        let policy = view.protocol();
        let all: Vec<_> = cells(view).collect();
        all.iter().all(|(key, one)| {
            all.iter().all(|(at, other)| {
                at != key || !are_equal_in_order(policy, one, other) || one.value == other.value
            })
        })
    });

    /// Contents that are kept beside each other were written by clients that had not seen the other.
    pub const SIBLINGS_ARE_CONCURRENT = invariant("siblings-are-concurrent", |view| {
        registers(view).all(|(_, _, register)| {
            let author = |cell: &super::Cell| {
                OperationId::of(cell.version.author.client, cell.version.author.request)
            };
            register.cells.iter().all(|one| {
                register.cells.iter().all(|other| !has_seen(view, author(one), author(other)))
            })
        })
    });

    /// While somebody holds what an acknowledged deletion removed, somebody holds its tombstone.
    pub const TOMBSTONES_OUTLIVE_WHAT_THEY_DELETE = invariant(
        "tombstones-outlive-what-they-delete",
        |view| {
            let history = view.history();
            effective(view)
                .filter(|(_, record, _)| is_deletion(&record.operation))
                .all(|(_, deletion, key)| {
                    let is_older = |cell: &super::Cell| {
                        let author = cell.version.author;
                        let update = history.get(OperationId::of(author.client, author.request));
                        update.is_some_and(|update| update.precedes(deletion))
                    };
                    let mut held = cells(view).filter(|(at, _)| *at == key).peekable();
                    held.peek().is_none() || held.any(|(_, cell)| !is_older(cell))
                })
        }
    );

    /// A replica holds what it is a home of, keeps hints for homes, and counts homes alone.
    pub const REGISTERS_ARE_WELL_FORMED = invariant("registers-are-well-formed", |view| {
        view.running().all(|(id, replica)| is_well_formed(view.protocol(), id, replica))
    });

    /// What a replica answers from, its disk already holds.
    pub const DISKS_HOLD_WHAT_WAS_ANSWERED = invariant("disks-hold-what-was-answered", |view| {
        view.running().all(|(id, replica)| {
            view.disk(id).synced.as_deref() == Some(&replica.durable)
        })
    });

    /// Whoever knows of as many changes of homes knows the same homes.
    pub const CHANGES_LEAD_TO_THE_SAME_HOMES = invariant(
        "changes-lead-to-the-same-homes",
        |view| {
            known_homes(view).all(|one| {
                known_homes(view)
                    .all(|other| one.changes != other.changes || one.members == other.members)
            })
        }
    );

    /// In the end all running homes of a key hold the same.
    pub const HOMES_CONVERGE = eventually("homes-converge", have_converged);

    /// That nothing is kept for homes any more stays within reach.
    pub const HINTS_CAN_BE_HANDED_OVER = recoverable("hints-can-be-handed-over", |view| {
        hints(view).next().is_none()
    });

    /// What a replica holds is replaced by something newer, or forgotten.
    pub const VERSIONS_NEVER_DECREASE = transition("versions-never-decrease", |before, after| {
        let policy = before.protocol();
        registers(before).all(|(id, key, was)| {
            let is = durable_of(after, id).and_then(|durable| durable.registers.get(key));
            is.is_none_or(|is: &Register| policy.merge(was, is) == *is)
        })
    });

    /// A hint goes away only once its owner holds what was kept for it.
    pub const HINTS_ARE_KEPT_UNTIL_HANDED_OVER = transition(
        "hints-are-kept-until-handed-over",
        |before, after| {
            hints(before).all(|(id, hint, kept)| {
                let stays = durable_of(after, id)
                    .is_some_and(|durable| durable.hints.get(hint).is_some());
                let owner = durable_of(after, hint.owner);
                stays || holds_all(before.protocol(), owner, &hint.key, kept)
            })
        }
    );

    /// A change of homes is settled only once majorities of the homes before and after it know of it.
    pub const SETTLED_CHANGES_ARE_KNOWN = transition(
        "settled-changes-are-known",
        |before, after| {
            settled(before, after).is_none_or(|(old, homes)| {
                let knowing = those_who_know(after, homes.changes);
                is_majority(knowing, old) && is_majority(knowing, homes.members)
            })
        }
    );

    /// Once a change is settled, a majority of the homes holds what is acknowledged, or something newer.
    pub const SETTLED_CHANGES_ARE_HANDED_OVER = transition(
        "settled-changes-are-handed-over",
        |before, after| {
            settled(before, after).is_none_or(|(_, homes)| {
                effective(after).all(|(id, record, key)| {
                    let enough = majority(homes.members.len());
                    holders(after, id, record, key).is_none_or(|holders| holders.len() >= enough)
                })
            })
        }
    );

    /// Nobody promises a lower ballot than before.
    pub const PROMISES_NEVER_DECREASE = transition("promises-never-decrease", |before, after| {
        before.ids().all(|id| {
            let (was, is) = (durable_of(before, id), durable_of(after, id));
            was.is_none_or(|was| {
                was.promised.iter().all(|(key, promised)| {
                    let now = is.and_then(|is| is.promised.get(key));
                    now.is_some_and(|now| rank(*now) >= rank(*promised))
                })
            })
        })
    });
}
