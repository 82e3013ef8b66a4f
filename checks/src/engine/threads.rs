//! Threads that work side by side and are done together.

use rayon::{ThreadPool, ThreadPoolBuilder};

/// Whoever calls, and threads that wait to help.
pub(super) struct Threads {
    helpers: Option<ThreadPool>,
    count: usize,
}

impl Threads {
    /// So many, the caller among them; at least that.
    pub(super) fn new(count: usize) -> Self {
        let count = count.max(1);
        let helpers = (count > 1).then(|| {
            // By this name their panics are known to be findings.
            let name = |index| format!("checker-engine-{index}");
            let pool = ThreadPoolBuilder::new().num_threads(count - 1).thread_name(name).build();
            pool.expect("a process that explores may start threads")
        });
        Self { helpers, count }
    }

    pub(super) const fn count(&self) -> usize {
        self.count
    }

    /// What `work` makes of each item, in their order: the first by the caller, each other by whoever
    /// is free.
    pub(super) fn each<I: Send, T: Send>(
        &self,
        items: impl IntoIterator<Item = I>,
        work: impl Fn(I) -> T + Sync,
    ) -> Vec<T> {
        let Some(helpers) = &self.helpers else {
            return items.into_iter().map(work).collect();
        };
        let work = &work;
        let mut items: Vec<_> = items.into_iter().map(|item| (Some(item), None)).collect();
        helpers.in_place_scope(|scope| {
            let mut all = items.iter_mut();
            let first = all.next();
            for (item, made) in all {
                scope.spawn(move |_| *made = item.take().map(work));
            }
            if let Some((item, made)) = first {
                *made = item.take().map(work);
            }
        });
        items.into_iter().filter_map(|(_, made)| made).collect()
    }
}
