//! Taking edits of sets and texts.

use super::Kind;
use super::state::Change;
use super::transition::Turn;
use super::update::Decision;
use crate::vocabulary::{Context, Edit, Key, Outcome, Place, Refusal, Value};

impl Turn<'_> {
    /// What `edit` comes to here, of what this replica shows at `key`; if it is of a text, of what that
    /// shows to whoever knows of the updates in `known`, if the client says.
    pub(super) fn decide_edit(&self, key: &Key, edit: &Edit, known: Option<&Context>) -> Decision {
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
                if !self.has_applied(known) {
                    return Err(Outcome::Refused(Refusal::Behind));
                }
                let between = self.cell(key).text.between(place.index(), known);
                let change = Change::Insert { between, element: element.clone() };
                Ok((key.clone(), change, Outcome::Done))
            }
            Edit::Erase { place } => self.decide_erasure(key, *place, known),
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

    /// Whether what a client has seen of a text is here.
    fn has_applied(&self, known: Option<&Context>) -> bool {
        known.is_none_or(|known| known.is_subset(&self.replica.durable.delivered))
    }

    fn decide_erasure(&self, key: &Key, place: Place, known: Option<&Context>) -> Decision {
        if !self.has_applied(known) {
            return Err(Outcome::Refused(Refusal::Behind));
        }
        match self.cell(key).text.shown_at(place.index(), known) {
            Some(element) => {
                let change = Change::Erase(element.name);
                Ok((key.clone(), change, Outcome::Found(element.value.clone())))
            }
            None => Err(Outcome::Found(None)),
        }
    }
}
