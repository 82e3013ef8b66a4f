//! The states of one level at one peer, each with the least of the shortest paths to it.

/// States with consecutive numbers, all equally many steps away.
pub(super) struct Level {
    /// The number of the first.
    pub(super) first: usize,
    /// How many there are.
    len: usize,
    /// How many steps away they are.
    steps: usize,
    /// The paths, one after the other.
    paths: Vec<u16>,
}

impl Level {
    pub(super) const fn new(first: usize, steps: usize) -> Self {
        Self { first, len: 0, steps, paths: Vec::new() }
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) const fn steps(&self) -> usize {
        self.steps
    }

    /// The path to the state with number `index`.
    pub(super) fn path(&self, index: usize) -> &[u16] {
        let place = (index - self.first) * self.steps;
        &self.paths[place..place + self.steps]
    }

    /// Notes that `path` leads to state `index`. Those that are new come in their order.
    pub(super) fn offer(&mut self, index: usize, path: &[u16]) {
        debug_assert_eq!(path.len(), self.steps, "all states of a level are equally far away");
        if index - self.first == self.len {
            self.len += 1;
            self.paths.extend_from_slice(path);
        } else if path < self.path(index) {
            let place = (index - self.first) * self.steps;
            self.paths[place..place + self.steps].copy_from_slice(path);
        }
    }

    /// The numbers of the states, in the order of their paths: that in which a search by one process
    /// comes to them.
    pub(super) fn in_order(&self) -> Vec<u32> {
        let numbers = self.first..self.first + self.len;
        let mut numbers: Vec<_> = numbers.map(|index| index as u32).collect();
        numbers.sort_unstable_by(|one, other| {
            self.path(*one as usize).cmp(self.path(*other as usize))
        });
        numbers
    }

    pub(super) const fn bytes(&self) -> usize {
        self.paths.capacity() * size_of::<u16>()
    }
}
