//! Taking edits of sets and texts.

use super::Kind;
use super::state::Change;
use super::transition::Turn;
use super::update::Decision;
use crate::vocabulary::{Edit, Key, Outcome, Place, Value};

impl Turn<'_> {
    /// What `edit` comes to here, of what this replica shows at `key`.
    pub(super) fn decide_edit(&self, key: &Key, edit: &Edit) -> Decision {
        let kind = match edit {
            Edit::Include(_) | Edit::Exclude(_) => Kind::Set,
            Edit::Insert { .. } | Edit::Erase { .. } => Kind::Text,
        };
        if let Some(refusal) = self.refusal(key, kind) {
            return Err(Outcome::Refused(refusal));
        }
        match edit {
            Edit::Include(element) => {
                Ok((key.clone(), Change::Include(element.clone()), Outcome::Done))
            }
            Edit::Exclude(element) => self.decide_exclusion(key, element),
            Edit::Insert { place, element } => {
                let between = self.cell(key).text.between(place.index());
                let change = Change::Insert { between, element: element.clone() };
                Ok((key.clone(), change, Outcome::Done))
            }
            Edit::Erase { place } => self.decide_erasure(key, *place),
        }
    }

    fn decide_exclusion(&self, key: &Key, element: &Value) -> Decision {
        let additions = self.cell(key).set.additions_of(element);
        if additions.is_empty() {
            return Err(Outcome::Found(None));
        }
        let change = Change::Exclude { element: element.clone(), additions };
        Ok((key.clone(), change, Outcome::Found(Some(element.clone()))))
    }

    fn decide_erasure(&self, key: &Key, place: Place) -> Decision {
        match self.cell(key).text.shown_at(place.index()) {
            Some(element) => {
                let change = Change::Erase(element.name);
                Ok((key.clone(), change, Outcome::Found(element.value.clone())))
            }
            None => Err(Outcome::Found(None)),
        }
    }
}
