//! Of the states that renamings make of each other, the one that stands for all.
//!
//! It is the one whose parts come first when parts are compared by digests of what is in them, the
//! parts of interchangeable replicas first, so that mostly one renaming is in question. Digests are
//! the same in every run, and so is the choice. Where two are the same by accident, numbers decide:
//! then the order in which states are found may differ from run to run, and nothing else.

use holdfast_models::protocol::Protocol;

use super::symmetry::{Image, Member, Symmetry};

/// Finds representatives. Each thread has its own.
pub(super) struct Representatives<'a, P: Protocol> {
    symmetry: &'a Symmetry<'a, P>,
    /// Places in a row that some renaming moves.
    moving: Vec<usize>,
    /// For each place in a row, what is known of the parts there, by number.
    known: Vec<Vec<Option<Known>>>,
    parts: Vec<Known>,
    /// Renamings in question.
    candidates: Vec<usize>,
    best: Vec<Image>,
    next: Vec<Image>,
}

#[derive(Clone, Copy)]
struct Known {
    member: Member,
    key: u64,
}

impl<'a, P: Protocol> Representatives<'a, P> {
    pub(super) fn new(symmetry: &'a Symmetry<'a, P>) -> Self {
        let places = symmetry.takes_from(0).len();
        let moves =
            |place: &usize| (0..symmetry.len()).any(|by| symmetry.takes_from(by)[*place] != *place);
        Self {
            symmetry,
            moving: (0..places).filter(moves).collect(),
            known: vec![Vec::new(); places],
            parts: Vec::new(),
            candidates: Vec::new(),
            best: Vec::new(),
            next: Vec::new(),
        }
    }

    /// Makes `row` the representative of its orbit.
    pub(super) fn represent(&mut self, row: &mut [u32]) {
        self.look_at(row);
        let by = match &*self.candidates {
            [by] => *by,
            _ => self.first_of_candidates(),
        };
        if by > 0 {
            self.rename(row, by);
        }
    }

    /// Makes `row` what renaming `by` makes of it. What the last step broke has no names in it.
    pub(super) fn renamed(&mut self, row: &mut [u32], by: usize) {
        self.look_at(row);
        self.rename(row, by);
    }

    /// How many different rows renamings make of `row`, which is the representative of its orbit.
    pub(super) fn size(&mut self, row: &[u32]) -> usize {
        self.look_at(row);
        let symmetry = self.symmetry;
        let is_same = |by: &&usize| {
            let from = symmetry.takes_from(**by).iter();
            from.zip(row).all(|(from, id)| symmetry.image(self.parts[*from].member, **by).id == *id)
        };
        let unchanged = self.candidates.iter().filter(is_same).count();
        symmetry.len() / unchanged
    }

    /// Finds what is known of the parts of `row`, and for which renamings the keys of the parts that
    /// are moved come first.
    fn look_at(&mut self, row: &[u32]) {
        let Self { symmetry, moving, known, parts, candidates, .. } = self;
        parts.clear();
        for (place, (known, id)) in known.iter_mut().zip(row).enumerate() {
            let index = *id as usize;
            if index >= known.len() {
                known.resize(index + 1, None);
            }
            parts.push(*known[index].get_or_insert_with(|| {
                let member = symmetry.member(place, *id);
                Known { member, key: symmetry.key(member) }
            }));
        }
        candidates.clear();
        candidates.push(0);
        let keys = |by: usize| {
            let from = symmetry.takes_from(by);
            moving.iter().map(|place| parts[from[*place]].key)
        };
        for by in 1..symmetry.len() {
            match keys(by).cmp(keys(candidates[0])) {
                std::cmp::Ordering::Less => {
                    candidates.clear();
                    candidates.push(by);
                }
                std::cmp::Ordering::Equal => candidates.push(by),
                std::cmp::Ordering::Greater => {}
            }
        }
    }

    fn first_of_candidates(&mut self) -> usize {
        let mut first = self.candidates[0];
        let mut best = std::mem::take(&mut self.best);
        let mut next = std::mem::take(&mut self.next);
        self.images(first, &mut best);
        for by in self.candidates[1..].iter().copied() {
            self.images(by, &mut next);
            let digests = next.iter().zip(&best).map(|(it, best)| it.digest.cmp(&best.digest));
            let ids = next.iter().zip(&best).map(|(it, best)| it.id.cmp(&best.id));
            if digests.chain(ids).find(|order| order.is_ne()).is_some_and(|order| order.is_lt()) {
                std::mem::swap(&mut best, &mut next);
                first = by;
            }
        }
        (self.best, self.next) = (best, next);
        first
    }

    /// What renaming `by` makes of the parts that were looked at.
    fn images(&self, by: usize, images: &mut Vec<Image>) {
        let from = self.symmetry.takes_from(by).iter();
        images.clear();
        images.extend(from.map(|from| self.symmetry.image(self.parts[*from].member, by)));
    }

    fn rename(&self, row: &mut [u32], by: usize) {
        for (id, from) in row.iter_mut().zip(self.symmetry.takes_from(by)) {
            *id = self.symmetry.image(self.parts[*from].member, by).id;
        }
    }
}
