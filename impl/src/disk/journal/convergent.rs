//! What changes in what a replica that converges remembers.

use holdfast_models::multi_leader::convergent::{Answered, Cell, CellDifference, Durable, Event};
use holdfast_models::vocabulary::{ClientId, Context, Dot, Key, Map};
use serde::{Deserialize, Serialize};

use super::Journal;
use super::entries::{Entries, entries, with};

/// What has changed in what a replica that converges remembers: of each map, the keys at which
/// something else is now, or nothing; of what is at a key, what is different.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellsChange {
    taken: u64,
    time: u64,
    delivered: Option<Context>,
    seen: Option<Context>,
    cells: Vec<(Key, Option<CellDifference>)>,
    removed: Entries<Dot, Dot>,
    answered: Entries<ClientId, Answered>,
    events: Entries<Dot, Event>,
}

impl Journal for Durable {
    type Change = CellsChange;

    fn change(&self, later: &Self) -> CellsChange {
        let nothing = Cell::default();
        let cells = self.cells.differences(&later.cells).map(|(key, after)| {
            let before = self.cells.get(key).unwrap_or(&nothing);
            (key.clone(), after.map(|after| before.difference(after)))
        });
        CellsChange {
            taken: later.taken,
            time: later.time,
            delivered: (self.delivered != later.delivered).then(|| later.delivered.clone()),
            seen: (self.seen != later.seen).then(|| later.seen.clone()),
            cells: cells.collect(),
            removed: entries(&self.removed, &later.removed),
            answered: entries(&self.answered, &later.answered),
            events: entries(&self.events, &later.events),
        }
    }

    fn changed(self, change: CellsChange) -> Result<Self, String> {
        let CellsChange { taken, time, delivered, seen, cells, removed, answered, events } = change;
        Ok(Self {
            taken,
            time,
            delivered: delivered.unwrap_or(self.delivered),
            seen: seen.unwrap_or(self.seen),
            cells: changed_cells(self.cells, cells)?,
            removed: with(self.removed, removed),
            answered: with(self.answered, answered),
            events: with(self.events, events),
        })
    }
}

fn changed_cells(
    mut cells: Map<Key, Cell>,
    changes: Vec<(Key, Option<CellDifference>)>,
) -> Result<Map<Key, Cell>, String> {
    for (key, difference) in changes {
        let cell = match difference {
            None => None,
            Some(difference) => {
                let before = cells.get(&key).cloned().unwrap_or_default();
                let after = before.after_difference(difference);
                let wrong = || format!("a change of more of the text at {key} than there is");
                Some(after.ok_or_else(wrong)?)
            }
        };
        cells.set(key, cell);
    }
    Ok(cells)
}
