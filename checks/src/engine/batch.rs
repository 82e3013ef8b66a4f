//! What some states lead to.

/// Rows, one after the other, in the order in which they were reached.
pub(super) struct Batch {
    columns: usize,
    rows: Vec<u32>,
    /// A digest of each.
    digests: Vec<u64>,
    /// For each expanded state, how many rows there are up to its last.
    ends: Vec<usize>,
}

impl Batch {
    pub(super) const fn new(columns: usize) -> Self {
        Self { columns, rows: Vec::new(), digests: Vec::new(), ends: Vec::new() }
    }

    pub(super) const fn len(&self) -> usize {
        self.digests.len()
    }

    pub(super) fn row(&self, at: usize) -> &[u32] {
        &self.rows[at * self.columns..(at + 1) * self.columns]
    }

    pub(super) fn digests(&self) -> &[u64] {
        &self.digests
    }

    pub(super) fn ends(&self) -> &[usize] {
        &self.ends
    }

    pub(super) fn push(&mut self, row: &[u32], digest: u64) {
        self.rows.extend_from_slice(row);
        self.digests.push(digest);
    }

    /// The state that was expanded leads to nothing more.
    pub(super) fn end_state(&mut self) {
        self.ends.push(self.digests.len());
    }

    /// Keeps what `is_kept`, asked in order, says of: where it is, its digest, the row.
    pub(super) fn retain(&mut self, mut is_kept: impl FnMut(usize, u64, &[u32]) -> bool) {
        let columns = self.columns;
        let (mut at, mut kept) = (0, 0);
        for end in &mut self.ends {
            while at < *end {
                let row = at * columns..(at + 1) * columns;
                if is_kept(at, self.digests[at], &self.rows[row.clone()]) {
                    self.rows.copy_within(row, kept * columns);
                    self.digests[kept] = self.digests[at];
                    kept += 1;
                }
                at += 1;
            }
            *end = kept;
        }
        self.rows.truncate(kept * columns);
        self.digests.truncate(kept);
    }

    /// Lets `change` make of each row what it likes, and answer the digest of that.
    pub(super) fn change(&mut self, mut change: impl FnMut(&mut [u32]) -> u64) {
        let rows = self.rows.chunks_exact_mut(self.columns);
        for (row, digest) in rows.zip(&mut self.digests) {
            *digest = change(row);
        }
    }

    /// Adds what came of later states.
    pub(super) fn append(&mut self, later: &Self) {
        let before = self.digests.len();
        self.rows.extend_from_slice(&later.rows);
        self.digests.extend_from_slice(&later.digests);
        self.ends.extend(later.ends.iter().map(|end| before + end));
    }

    pub(super) fn clear(&mut self) {
        self.rows.clear();
        self.digests.clear();
        self.ends.clear();
    }
}
