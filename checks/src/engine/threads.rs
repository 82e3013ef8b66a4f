//! Threads that work side by side and are done together.

use std::panic::resume_unwind;
use std::thread;

/// What `work` makes of each item, in their order. With one thread, or for one item, nothing is
/// started.
pub(super) fn each<I: Send, T: Send>(
    threads: usize,
    items: impl IntoIterator<Item = I>,
    work: impl Fn(I) -> T + Sync,
) -> Vec<T> {
    if threads <= 1 {
        return items.into_iter().map(work).collect();
    }
    let work = &work;
    thread::scope(|scope| {
        let started: Vec<_> = items
            .into_iter()
            .map(|item| {
                // By this name their panics are known to be findings.
                let name = "checker-engine".to_owned();
                let spawned = thread::Builder::new().name(name).spawn_scoped(scope, || work(item));
                spawned.expect("a process that explores may start threads")
            })
            .collect();
        started
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|payload| resume_unwind(payload)))
            .collect()
    })
}
